"""What an order, a decision and a quote make of a shopper's wish: held or not, with a lane or to be quoted later."""

from dataclasses import replace

import pytest

from libs.contracts.errors import Refused
from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.values import CreditTerms, ExchangeVariant, LabelTerms, Resolution, Stage
from services.portal.intake import Picked, Wish, digest_of, draft, held_by, sends_something
from services.portal.photos import KeptPhoto
from services.portal.store.people import Retailer
from services.portal.terms import grams_sent
from services.portal.web import assets
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


def test_what_carriers_and_customs_ask_for_is_kept_with_the_line():
    told = {"hs_code": "620690", "origin": "PT", "grams": 210, "shipped_as": ("SBX1",), "product_type": "Shirt"}
    order = ORDER.model_copy(update={"lines": (ORDER.lines[0].model_copy(update=told),)})

    (line,) = draft(order, a_decision(), None, [PICK], policy_version=1).lines

    assert {name: getattr(line.asked, name) for name in told} == told


def test_an_item_that_is_kept_asks_for_no_way_back():
    assert sends_something(a_decision(), [PICK])
    assert not sends_something(a_decision(keep_item=True), [PICK])
    assert draft(ORDER, a_decision(keep_item=True), None, [PICK], policy_version=1).lines[0].asked.keep_item


def test_what_is_posted_is_weighed_and_what_is_kept_is_not():
    shirts = ORDER.lines[0].model_copy(update={"grams": 210})

    assert grams_sent([shirts], a_decision(), [replace(PICK, quantity=3)]) == 630
    assert grams_sent([shirts], a_decision(keep_item=True), [replace(PICK, quantity=3)]) == 0
    assert grams_sent(ORDER.lines, a_decision(), [PICK]) is None


def test_what_is_not_offered_is_refused():
    with pytest.raises(Refused, match=r"portal\.not_offered"):
        draft(ORDER, a_decision(), None, [Picked(SHIRT, 1, "other", resolution="exchange")], policy_version=1)


TWELVE = ExchangeVariant(id="gid://shopify/ProductVariant/12", title="Sage / 12")
CREDIT = CreditTerms(bonus=pounds(450), valid_days=365)


def an_offer(resolution: Resolution, **more) -> DecisionV1:
    offer = Offer(resolution=resolution, amount=pounds(4500), stage=Stage.HUB_SCAN, words="Yours", **more)
    return DecisionV1(policy_version=1, lines=(LineDecision(line_id=SHIRT, offers=(offer,)),), label=LabelTerms.FREE)


def test_store_credit_keeps_the_terms_that_the_policy_offers_it_on():
    decision = an_offer(Resolution.STORE_CREDIT, credit=CREDIT)

    ret = draft(ORDER, decision, None, [Picked(SHIRT, 1, "other", resolution="store_credit")], policy_version=1)

    assert (ret.lines[0].asked.resolution, ret.lines[0].asked.credit) == (Resolution.STORE_CREDIT, CREDIT)


def test_an_exchange_keeps_what_was_chosen_and_what_is_given_where_that_is_sold_out():
    decision = an_offer(Resolution.EXCHANGE, fallback=Resolution.REFUND)
    pick = Picked(SHIRT, 1, "other", resolution="exchange", exchange_variant=TWELVE.id)

    ret = draft(ORDER, decision, None, [pick], policy_version=1, variants={SHIRT: TWELVE})

    asked = ret.lines[0].asked
    assert (asked.exchange_variant, asked.fallback) == (TWELVE, Resolution.REFUND)


def test_an_exchange_for_nothing_is_refused():
    with pytest.raises(Refused, match=r"portal\.variant_not_offered"):
        pick = Picked(SHIRT, 1, "other", resolution="exchange")
        draft(ORDER, an_offer(Resolution.EXCHANGE), None, [pick], policy_version=1)


def test_a_form_that_wishes_for_another_variant_says_something_else():
    eight, twelve = (
        Wish(ORDER.order_id, (replace(PICK, resolution="exchange", exchange_variant=size),), "k1")
        for size in ("8", "12")
    )

    assert digest_of(eight) != digest_of(twelve)


def test_reviews_are_mailed_to_their_own_address_or_to_the_one_that_helps_shoppers():
    plain = Retailer(
        an_id("alder"), "alder", "GBP", assets.HOUSE.model_copy(update={"support_email": "help@alder.example"}), None
    )

    assert plain.review_to == "help@alder.example"
    assert replace(plain, review_email="reviews@alder.example").review_to == "reviews@alder.example"
