"""What is chosen in exchange: kept with the answers, shown to the penny, and looked at once more before a return is made."""

from dataclasses import replace
from datetime import date

import pytest
from starlette.datastructures import FormData

from libs.contracts.errors import Refused
from libs.contracts.orders import ExchangesV1
from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.values import ExchangeFrom, ExchangeTerms, LabelTerms, Resolution, Stage
from services.portal.exchanging import chosen_of
from services.portal.intake import Picked, Seen, Wish, digest_of
from services.portal.web import answers, choosing, choosing_exchange, views
from services.portal.web.answers import Draft
from tests.unit.portal.exchanges import SHIRTS, TROUSERS, a_choice, a_product, pounds, told
from tests.unit.portal.test_answers import SHIRT, a_draft, a_form, a_line

TWELVE = a_choice("12")
DEARER = a_choice("14", price=5100)
CHEAPER = a_choice("10", price=4100)
SEEN = Seen("Sage / 12", 4500, 0, SHIRTS)
PICK = Picked(SHIRT, 1, "size", "other", resolution="exchange", exchange_variant=TWELVE.variant_id, seen=SEEN)
LINE = a_line(quantity=1, returnable=1, paid=pounds(4500)).model_copy(update={"product_id": SHIRTS})
DRAFT = a_draft(LINE, picked=(PICK,))
FORM = {"quantity": "1", "reason": "size", "sub": "other", "resolution": "exchange"}


def chosen(choice=TWELVE, **changes):
    pick = replace(PICK, **{"exchange_variant": choice.variant_id} | changes)
    return chosen_of(DRAFT.order, pick, told(TWELVE, DEARER, CHEAPER))


def an_offer(terms: ExchangeTerms | None = None) -> Offer:
    return Offer(
        resolution=Resolution.EXCHANGE, amount=pounds(4500), stage=Stage.HUB_SCAN, words="Sent later", exchange=terms
    )


def a_decision(*offers: Offer) -> DecisionV1:
    decided = LineDecision(line_id=SHIRT, offers=offers)
    return DecisionV1(policy_version=1, lines=(decided,), label=LabelTerms.FREE)


def test_what_was_seen_and_is_still_so_is_taken_with_its_price():
    variant = chosen()

    assert (variant.id, variant.title, variant.price, variant.difference) == (
        TWELVE.variant_id,
        "12",
        pounds(4500),
        None,
    )


def test_what_a_dearer_variant_costs_more_goes_with_it_once_it_was_agreed_to():
    variant = chosen(DEARER, seen=Seen("14", 5100, 600), on_top=600)

    assert variant.difference == pounds(600)


def test_what_comes_back_is_no_difference_to_pay():
    assert chosen(CHEAPER, seen=Seen("10", 4100, -400)).difference is None


def test_a_variant_of_another_product_is_called_by_both_names():
    trousers = a_product(a_choice("10", price=4500), title="Wide-leg trousers", id=TROUSERS)
    answer = ExchangesV1(line_id=SHIRT, choices=trousers.choices, product=trousers)
    pick = replace(PICK, exchange_variant=trousers.choices[0].variant_id)

    assert chosen_of(DRAFT.order, pick, answer).title == "Wide-leg trousers, 10"


@pytest.mark.parametrize(
    ("choice", "changes", "code"),
    [
        (a_choice("16"), {}, "portal.variant_not_offered"),
        (TWELVE, {"seen": replace(SEEN, price=4400)}, "portal.price_changed"),
        (TWELVE, {"seen": replace(SEEN, to_settle=-100)}, "portal.price_changed"),
        (DEARER, {"seen": None}, "portal.difference_not_agreed"),
        (DEARER, {"seen": None, "on_top": 599}, "portal.difference_not_agreed"),
    ],
)
def test_what_is_otherwise_by_now_is_refused(choice, changes, code):
    with pytest.raises(Refused) as no:
        chosen(choice, **changes)

    assert no.value.code == code


def test_what_has_sold_out_is_refused():
    with pytest.raises(Refused, match=r"portal\.variant_not_offered"):
        chosen_of(DRAFT.order, PICK, told(a_choice("12", stock=0)))


def test_a_choice_stays_while_the_answers_it_hangs_on_stay():
    (again,) = answers.picked(a_form(**FORM, comment="Too tight"), DRAFT)
    (other,) = answers.picked(a_form(**FORM | {"resolution": "refund"}), DRAFT)

    assert (again.exchange_variant, again.seen, again.comment) == (TWELVE.variant_id, SEEN, "Too tight")
    assert (other.exchange_variant, other.seen, other.on_top) == (None, None, None)


def test_a_choice_is_kept_with_the_session():
    assert Draft.from_json(DRAFT.as_json()) == DRAFT


def test_answers_lead_to_what_is_still_to_be_chosen_and_then_to_the_last_page():
    unsaid = replace(DRAFT, picked=(replace(PICK, exchange_variant=None, seen=None),))

    unseen = replace(DRAFT, picked=(replace(PICK, seen=None),))  # as a program wished, whose request was kept

    assert choosing_exchange.next_stop("alder", unsaid) == f"/alder/exchange/{SHIRT}"
    assert choosing_exchange.next_stop("alder", unseen) == f"/alder/exchange/{SHIRT}"
    assert choosing_exchange.next_stop("alder", DRAFT) == "/alder/check"


@pytest.mark.parametrize(
    ("seen", "on_top", "total", "extra"),
    [(SEEN, None, 0, []), (Seen("14", 5100, 600), 600, 0, [600]), (Seen("10", 4100, -400), None, 400, [])],
)
def test_the_last_page_says_what_is_settled_to_the_penny(seen: Seen, on_top: int | None, total: int, extra: list[int]):
    draft = replace(DRAFT, picked=(replace(PICK, seen=seen, on_top=on_top),))

    page = choosing.check_page(draft, a_decision(an_offer()), None, "csrf", date(2026, 11, 23), root="/alder")

    assert page.receipt.total == pounds(total)
    assert [row.amount.amount for row in page.receipt.on_top] == extra
    assert page.items[0].notes[0].words == f"In exchange: {seen.title}"
    assert page.items[0].again == views.Link("Choose another", f"/alder/exchange/{SHIRT}")


def test_the_dock_says_what_comes_back_once_something_was_chosen_and_nothing_before():
    decided = {SHIRT: a_decision(an_offer()).lines[0]}
    cheaper = replace(PICK, seen=Seen("10", 4100, -400))

    assert choosing.dock([replace(PICK, seen=None)], decided).total is None
    assert choosing.dock([cheaper], decided).total == pounds(400)


def a_page(answer: ExchangesV1 | None, terms: ExchangeTerms | None = None, **more):
    refund = Offer(resolution=Resolution.REFUND, amount=pounds(4500), stage=Stage.HUB_SCAN, words="Refund")
    offer = an_offer(terms)
    decided = a_decision(refund, offer).lines[0]
    found = choosing_exchange.Choosing(DRAFT, LINE, PICK, offer, decided, "/alder/exchange/1", **more)
    return choosing_exchange.page_of(found, answer, csrf="csrf", problems={})


def test_the_page_shows_other_products_where_the_policy_lets_a_shopper_choose_them():
    trousers = a_product(a_choice("10", price=6500), title="Wide-leg trousers", id=TROUSERS)
    answer = told(TWELVE, products=(trousers,))
    wide = ExchangeTerms(chosen_from=ExchangeFrom.COLLECTION, collection="everyday")

    narrow, open_to = a_page(answer), a_page(answer, wide)

    assert narrow.grid is None
    assert [tile.product.title for tile in open_to.grid.tiles] == ["Wide-leg trousers"]
    assert open_to.others == ("refund",)


def test_the_page_of_another_product_leads_back_to_the_others():
    wide = ExchangeTerms(chosen_from=ExchangeFrom.ANY_PRODUCT)

    page = a_page(told(TWELVE), wide, product=TROUSERS)

    assert (page.grid, page.product_id, page.back.address) == (None, TROUSERS, "/alder/exchange/1?q=")


def test_without_an_answer_of_orders_the_page_still_offers_something_else():
    page = a_page(None)

    assert (page.product, page.rows, page.others) == (None, (), ("refund",))


def test_a_product_whose_every_size_is_sold_out_says_so():
    assert a_page(told(a_choice("12", stock=0), a_choice("14", stock=0))).notice.words == choosing_exchange.SOLD_OUT


def test_what_a_program_agreed_to_pay_is_part_of_what_it_asks_for():
    cheap, dear = (Wish(DRAFT.order.order_id, (replace(PICK, on_top=more),), "k1") for more in (None, 600))

    assert digest_of(cheap) != digest_of(dear)


def test_a_form_that_says_nothing_of_an_item_forgets_its_exchange():
    assert answers.picked(FormData([]), DRAFT) == ()
