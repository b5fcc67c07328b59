"""What an order, a decision and a quote make of a shopper's wish: held or not, with a lane or to be quoted later."""

import pytest

from libs.contracts.errors import Refused
from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.values import LabelTerms, Resolution, Stage
from services.portal.intake import Picked, Wish, draft, held_by, sends_something
from services.portal.photos import KeptPhoto
from tests.unit.portal.lives import an_id, pounds
from tests.unit.portal.test_answers import SHIRT, a_draft

ORDER = a_draft().order
PICK = Picked(SHIRT, 1, "other", resolution="refund")
SEAM = KeptPhoto(SHIRT, "photos/r/order/seam.webp", 1200, 900)


def a_decision(*, review: bool = False, keep_item: bool = False, label: LabelTerms = LabelTerms.FREE) -> DecisionV1:
    offer = Offer(
        resolution=Resolution.REFUND, amount=pounds(4500), stage=Stage.HUB_SCAN, words="Refund", keep_item=keep_item
    )
    line = LineDecision(line_id=SHIRT, offers=(offer,), review=review)
    return DecisionV1(policy_version=1, lines=(line,), label=label)


def a_wish(**more) -> Wish:
    return Wish(ORDER.order_id, (PICK,), "k1", **more)


@pytest.mark.parametrize(
    ("wish", "decision", "held"),
    [
        (a_wish(), a_decision(), set()),
        (a_wish(), a_decision(review=True), {"rule"}),
        (a_wish(photos=(SEAM,)), a_decision(), {"photo"}),
        (a_wish(proof=True), a_decision(), {"proof"}),
        (a_wish(proof=True, photos=(SEAM,)), a_decision(review=True), {"rule", "photo", "proof"}),
        (a_wish(photos=(KeptPhoto(an_id("another line"), "photos/x.webp", 1, 1),)), a_decision(), set()),
    ],
)
def test_a_rule_a_photo_or_a_proof_of_purchase_holds_a_return(wish: Wish, decision: DecisionV1, held: set[str]):
    assert held_by(wish, decision) == held


def test_while_labels_is_away_a_return_has_no_lane_and_no_fee_yet():
    ret = draft(ORDER, a_decision(label=LabelTerms.PAID), None, [PICK], policy_version=1)

    assert (ret.lane_id, ret.fee, ret.label) == (None, pounds(0), LabelTerms.PAID)


def test_an_item_that_is_kept_asks_for_no_way_back():
    assert sends_something(a_decision(), [PICK])
    assert not sends_something(a_decision(keep_item=True), [PICK])
    assert draft(ORDER, a_decision(keep_item=True), None, [PICK], policy_version=1).lines[0].asked.keep_item


def test_what_is_not_offered_is_refused():
    with pytest.raises(Refused, match=r"portal\.not_offered"):
        draft(ORDER, a_decision(), None, [Picked(SHIRT, 1, "other", resolution="exchange")], policy_version=1)
