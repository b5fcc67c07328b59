"""What a shopper and the staff are told of a return."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from libs.contracts.rules import Reason
from libs.contracts.values import LabelTerms
from services.portal.domain import LIMITS, Awaiting, Deduction, LabelState, MoneyState, Parcel
from services.portal.store.people import Retailer
from services.portal.store.returns import Story
from services.portal.web import assets, present
from tests.unit.portal.lives import a_line, a_return, an_id, pounds

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
ALDER = Retailer(an_id("alder"), "alder", "GBP", assets.HOUSE, None)


def a_page(ret, reasons=None):
    story = Story(ret, NOON, NOON, NOON, {}, "/r/x", (), {})
    return present.status_page(ALDER, story, reasons or {}, link="/alder/r/x", fresh=False)


@pytest.mark.parametrize(("fee", "said"), [(0, "awaiting_label"), (295, "awaiting_payment")])
def test_nobody_is_told_to_pay_who_has_nothing_to_pay(fee: int, said: str):
    assert a_page(replace(a_return(awaiting=Awaiting.PAYMENT), fee=pounds(fee))).status == said


def test_two_reasons_may_each_have_a_sub_reason_of_one_name():
    words = present.words_of(
        Reason(code=code, words=code.capitalize(), sub_reasons=(Reason(code="other", words=f"Other {code}"),))
        for code in ("size", "quality")
    )
    line = a_line()
    line = replace(line, asked=line.asked.model_copy(update={"sub_reason": "other"}))

    item = a_page(a_return(line), words).items[0]

    assert (item.reason, item.sub_reason) == ("Size", "Other size")


def a_parcel(number: int, label: LabelState = LabelState.ISSUED) -> Parcel:
    return Parcel(number, label=label, tracking_number=f"HW{number}", document_id=an_id(f"document {number}"))


def test_each_parcel_shows_its_own_label_and_a_void_one_is_gone():
    ret = a_return(awaiting=Awaiting.DROPOFF)
    two = a_page(ret.knowing(parcels=(a_parcel(1), a_parcel(2))))
    void = a_page(ret.knowing(parcels=(a_parcel(1, LabelState.VOID), a_parcel(2))))
    cancelled = a_page(replace(ret.knowing(parcels=(a_parcel(1),)), awaiting=Awaiting.CANCELLED))

    assert [label.address for label in two.labels] == ["/alder/r/x/label.pdf?parcel=1", "/alder/r/x/label.pdf?parcel=2"]
    assert [label.tracking_number for label in void.labels] == ["HW2"]
    assert cancelled.labels == ()


@pytest.mark.parametrize(
    ("awaiting", "offered"),
    [
        (Awaiting.REVIEW, True),
        (Awaiting.INFORMATION, True),
        (Awaiting.PAYMENT, True),
        (Awaiting.LABEL, True),
        (Awaiting.DROPOFF, True),
        (Awaiting.IN_TRANSIT, False),
        (Awaiting.AT_HUB, False),
        (Awaiting.SETTLEMENT, False),
        (Awaiting.CLOSED, False),
        (Awaiting.CANCELLED, False),
    ],
)
def test_a_return_may_be_cancelled_until_its_first_scan(awaiting: Awaiting, offered: bool):
    acts = [act.address for act in a_page(a_return(awaiting=awaiting)).acts]

    assert ("/alder/r/x/cancel" in acts) is offered


def test_the_right_of_withdrawal_is_offered_where_the_directive_holds():
    home = a_return()
    abroad = replace(home, address=home.address.model_copy(update={"country": "IE"}))

    assert [act.words for act in a_page(abroad).acts] == ["Cancel this return", "Withdraw from this purchase"]
    assert [act.words for act in a_page(home).acts] == ["Cancel this return"]
    assert "Withdraw" not in str(a_page(abroad.knowing(withdrawn_at=NOON)).acts)


def test_what_is_taken_off_is_in_the_receipt_with_its_reason():
    off = Deduction("by_hand", pounds(500), "Worn")
    page = a_page(a_return(replace(a_line(), deductions=(off,)), awaiting=Awaiting.SETTLEMENT))

    assert [(row.words, row.amount.amount, row.note) for row in page.receipt.rows][:2] == [
        ("Linen shirt", 4500, None),
        ("Taken off", -500, "Worn"),
    ]
    assert page.receipt.total == pounds(4000)
    assert page.items[0].amount == pounds(4000)


def test_a_closed_return_says_what_was_given():
    given = replace(a_line(), money=MoneyState.SETTLED, paid=pounds(4500))
    kept_back = replace(a_line("scarf", owed=900), money=MoneyState.WAIVED)

    page = a_page(a_return(given, kept_back, awaiting=Awaiting.CLOSED))

    assert page.receipt.total == pounds(4500)
    assert [[note.words for note in item.notes] for item in page.items] == [["Given"], ["Nothing is given for it"]]


@pytest.mark.parametrize(
    ("label", "said"),
    [(LabelTerms.FREE, "We email you the label."), (LabelTerms.PAID, "We email you the price of the label")],
)
def test_a_return_without_a_lane_says_that_its_label_comes_by_mail(label: LabelTerms, said: str):
    page = a_page(replace(a_return(), lane_id=None, label=label))

    assert page.notice is not None
    assert said in page.notice.words
    assert all(row.words != "Return label" for row in page.receipt.rows)


def test_a_rejected_return_gives_nothing_and_says_why():
    page = a_page(a_return(awaiting=Awaiting.REJECTED).knowing(words="It was worn.", held=frozenset({"photo"})))

    assert (page.said, page.receipt.total) == ("It was worn.", pounds(0))
    assert [step.words for step in page.line] == ["Return booked", "Not accepted"]


def test_a_held_return_is_checked_before_its_label():
    page = a_page(a_return(awaiting=Awaiting.REVIEW).knowing(held=frozenset({"photo"}), approved=False))

    assert [step.words for step in page.line][:3] == ["Return booked", "Checked by our team", "Label ready"]


def test_a_paid_label_stands_apart_from_what_comes_back():
    page = a_page(replace(a_return(), label=LabelTerms.PAID, fee=pounds(395)))

    assert [row.words for row in page.receipt.rows] == ["Linen shirt"]
    assert (page.receipt.total, page.receipt.apart.amount) == (pounds(4500), pounds(395))


def test_the_last_day_to_send_it_is_the_day_on_which_it_expires():
    page = a_page(a_return(awaiting=Awaiting.DROPOFF))

    assert page.send_by == (NOON + LIMITS[Awaiting.DROPOFF].after).date()
