"""What a shopper's form says: cleaned, bounded, and only what was among the choices."""

import pytest
from starlette.datastructures import FormData

from libs.contracts.orders import OrderV1
from libs.contracts.rules import EligibilityV1, LineEligibility, Reason
from libs.contracts.values import Money, OrderLine
from services.portal.intake import Picked, asked_of
from services.portal.web import answers
from services.portal.web.answers import Draft, KeptPhoto
from services.portal.web.forms import said
from tests.unit.portal.lives import a_return, an_id, first_scan, pounds

SHIRT = an_id("order shirt")
OTHER = Reason(code="other", words="Something else")
REASONS = (
    Reason(code="size", words="Wrong size", sub_reasons=(Reason(code="other", words="Too long in the arms"),)),
    OTHER,
)


def a_line(*, quantity: int = 3, returnable: int = 3, paid: Money | None = None) -> OrderLine:
    return OrderLine(
        id=SHIRT,
        shop_line_id="1",
        title="Linen shirt",
        quantity=quantity,
        returnable=returnable,
        paid=paid or pounds(13500),
        list_price=pounds(4500),
    )


def a_draft(line: OrderLine | None = None, *, eligible: bool = True, **more) -> Draft:
    ret = a_return()
    order = OrderV1(
        order_id=ret.order_id,
        number=ret.order_number,
        placed_at=first_scan(ret).occurred_at,
        currency="GBP",
        total=pounds(13500),
        contact=ret.contact,
        address=ret.address,
        lines=(line or a_line(),),
    )
    judged = EligibilityV1(
        policy_version=1, lines=(LineEligibility(line_id=SHIRT, eligible=eligible),), reasons=REASONS
    )
    return Draft(order, judged, "k1", **more)


def a_form(**fields: str) -> FormData:
    return FormData([("item", str(SHIRT)), *((f"{name}-{SHIRT}", value) for name, value in fields.items())])


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2", 2), ("9" * 5000, 3), ("9", 3), ("0", 1), ("-1", 1), ("²", 1), ("1e1", 1), ("", 1), (" 2 ", 2)],
)
def test_a_quantity_is_one_that_may_come_back_whatever_is_written(written: str, meant: int):
    assert answers.picked(a_form(quantity=written), a_draft())[0].quantity == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a\0b", "ab"),
        ("torn\r\nseam", "torn\nseam"),
        ("\ud800x", "x"),
        ("\x1b[31mred", "[31mred"),
        ("قميص 👕", "قميص 👕"),
    ],
)
def test_words_lose_what_no_text_may_hold_and_nothing_else(written: str, meant: str):
    assert said(FormData([("comment", written)]), "comment") == meant


def test_a_sub_reason_of_another_reason_is_as_good_as_not_said():
    pick = answers.picked(a_form(reason="other", sub="other"), a_draft())[0]

    assert (pick.reason, pick.sub_reason) == ("other", None)


def test_answers_go_through_a_session_s_row_unchanged():
    draft = a_draft(
        picked=(Picked(SHIRT, 2, "size", "other", "It is torn", "refund"),),
        photos=(KeptPhoto(SHIRT, "photos/a/b.webp", 60, 40),),
    )

    assert Draft.from_json(draft.as_json()) == draft


def test_more_photos_of_a_line_than_may_be_are_not_submitted():
    photos = tuple(KeptPhoto(SHIRT, f"photos/a/{n}.webp", 60, 40) for n in range(9))
    draft = a_draft(picked=(Picked(SHIRT, 1, "size"),), photos=photos)

    assert draft.photos_to_submit() == photos[:4]


def test_photos_of_a_line_that_does_not_come_back_are_not_submitted():
    assert a_draft(photos=(KeptPhoto(SHIRT, "photos/a/b.webp", 60, 40),)).photos_to_submit() == ()


def test_answers_given_before_are_taken_up_as_far_as_they_still_fit():
    before = a_draft(picked=(Picked(SHIRT, 3, "size", "other", "It is torn", "refund"),))

    taken = answers.resumed(a_draft(a_line(returnable=2)), before)

    assert taken.picked == (Picked(SHIRT, 2, "size", "other", "It is torn", "refund"),)


@pytest.mark.parametrize("now", [a_draft(eligible=False), a_draft(a_line(returnable=0), eligible=False)])
def test_answers_for_what_may_no_longer_come_back_are_left(now: Draft):
    assert answers.resumed(now, a_draft(picked=(Picked(SHIRT, 1, "size"),))).picked == ()


@pytest.mark.parametrize("paid", [100, 101, 13500, 1, 0])
def test_units_that_come_back_one_return_at_a_time_add_up_to_what_was_paid(paid: int):
    shares = [
        asked_of(a_line(returnable=left, paid=pounds(paid)), Picked(SHIRT, 1, "size")).paid.amount for left in (3, 2, 1)
    ]

    assert sum(shares) == paid


def test_a_session_holds_a_draft_whole():
    loose = KeptPhoto(None, "photos/r/form-1/seam.webp", 1200, 900)
    draft = a_draft(picked=(Picked(SHIRT, 2, "other"),), photos=(loose,), words="Torn", proof=True)

    assert Draft.from_json(draft.as_json()) == draft


def test_photos_of_a_kept_request_go_with_the_first_line_that_is_ticked():
    loose = KeptPhoto(None, "photos/r/form-1/seam.webp", 1200, 900)
    draft = a_draft(picked=(Picked(SHIRT, 1, "other"),), photos=(loose,))

    assert [photo.line_id for photo in draft.photos_to_submit()] == [SHIRT]


def test_while_rules_is_away_every_line_that_the_shop_takes_back_may_be_ticked():
    order = a_draft().order

    assert [line.line_id for line in answers.unjudged(order).lines] == [SHIRT]
    assert answers.unjudged(a_draft(a_line(returnable=0)).order).lines == ()


def test_ticks_made_without_terms_keep_the_reason_given_before():
    draft = a_draft(picked=(Picked(SHIRT, 1, "size", "other"),))
    form = FormData([("item", str(SHIRT)), (f"quantity-{SHIRT}", "2"), (f"comment-{SHIRT}", "Too long")])

    [pick] = answers.picked_unjudged(form, draft)

    assert pick == Picked(SHIRT, 2, "size", "other", "Too long")


def test_without_terms_a_line_needs_words():
    untold = a_draft(picked=(Picked(SHIRT, 1, ""),))
    told = a_draft(picked=(Picked(SHIRT, 1, "", comment="Too long"),))

    assert list(answers.missing_unjudged(untold)) == [f"comment-{SHIRT}"]
    assert answers.missing_unjudged(told) == {}
    assert list(answers.missing_unjudged(a_draft())) == ["item"]
