"""Conversations recorded with a live Shopify shop, held again with the sandbox: it answers as that shop did.

Held are the requests whose mutations and fields are of the part that we use. Requests for returns are not: where one was approved,
the return is opened at once, as we open ours.
"""

from pathlib import Path

import pytest

from deploy.sandbox.shopify.schema import schema
from tests.contracts.replaying import Replay
from tests.integration.sandbox.shops import ShopInHand

CAPTURES = Path(__file__).parents[3] / "shared" / "shopify" / "samples" / "admin-captures"
HELD = {
    "order-return-status-lifecycle": 14,
    "return-query-roots-recorded": 1,
    "return-reason-validation": 2,
    "return-reverse-logistics-dispose-validation": 1,
    "return-reverse-logistics-recorded": 10,
    "returnApprove-decline-state-preconditions": 2,
    "returnClose-Reopen-Cancel-state-preconditions": 19,
}

pytestmark = pytest.mark.skipif(
    not CAPTURES.exists(), reason="Recorded answers of Shopify are not in ../shared/shopify"
)


@pytest.mark.parametrize("name", HELD)
def test_a_recorded_conversation_goes_as_it_went_with_shopify(tmp_path: Path, name: str):
    replay = Replay(ShopInHand(tmp_path), schema()).of(CAPTURES / f"2026-04_{name}.json")

    assert replay.differs == []
    assert len(replay.held) == HELD[name]


def test_a_shop_that_answers_otherwise_is_found_out(tmp_path: Path):
    recorded = (CAPTURES / "2026-04_returnClose-Reopen-Cancel-state-preconditions.json").read_text()
    other = tmp_path / "other.json"
    other.write_text(recorded.replace("Return status is invalid.", "It is closed.").replace('"CLOSED"', '"SHUT"'))

    differs = Replay(ShopInHand(tmp_path), schema()).of(other).differs

    assert any("'CLOSED' instead of 'SHUT'" in each for each in differs)
    assert any("'Return status is invalid.' instead of 'It is closed.'" in each for each in differs)
