"""A row of a ledger is sealed with the row before it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.chassis.ledger import GENESIS, entry_hash

REFUND = {
    "return_id": UUID("01930000-0000-7000-8000-000000000001"),
    "at": datetime(2026, 11, 23, 10, tzinfo=UTC),
    "account": "done",
    "amount": 4500,
    "line_id": None,
}


def test_the_order_of_the_fields_does_not_change_the_seal():
    backwards = dict(reversed(REFUND.items()))

    assert entry_hash(GENESIS, REFUND) == entry_hash(GENESIS, backwards)


def test_the_same_moment_in_another_zone_has_the_same_seal():
    in_berlin = datetime.fromisoformat("2026-11-23T11:00:00+01:00")

    assert entry_hash(GENESIS, REFUND) == entry_hash(GENESIS, REFUND | {"at": in_berlin})


@pytest.mark.parametrize("change", [{"amount": 4501}, {"account": "owed"}, {"line_id": REFUND["return_id"]}])
def test_any_change_breaks_the_seal(change):
    assert entry_hash(GENESIS, REFUND) != entry_hash(GENESIS, REFUND | change)


def test_the_seal_holds_the_row_before():
    first = entry_hash(GENESIS, REFUND)

    assert entry_hash(first, REFUND) != first


def test_a_value_without_one_way_of_writing_is_refused():
    with pytest.raises(TypeError, match="set has no one way"):
        entry_hash(GENESIS, {"tags": {"sale"}})
