"""What the shopper and the staff read of an exchange: what goes out, what it costs more, and what comes back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.values import ExchangeVariant, Resolution
from services.portal.domain import Awaiting, FeeState, Line, MoneyState
from services.portal.store.people import Retailer
from services.portal.store.returns import Happened, Story
from services.portal.web import assets, exchanged, present, story
from tests.unit.portal.lives import a_line, a_return, an_id, pounds

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
ALDER = Retailer(an_id("alder"), "alder", "GBP", assets.HOUSE, None)


def swapped(price: int, *, owed: int = 4500, quantity: int = 1, more: int = 0, **changes: object) -> Line:
    """A shirt that comes back for trousers."""
    chosen = ExchangeVariant(
        id="gid://v/2",
        title="Wide-leg trousers, Ink / 12",
        price=pounds(price),
        difference=pounds(more) if more else None,
    )
    line = a_line(owed=owed, quantity=quantity, resolution=Resolution.EXCHANGE)
    asked = line.asked.model_copy(update={"exchange_variant": chosen, "fallback": Resolution.REFUND})
    return replace(line, asked=asked, **changes)


def told(*lines: Line, gave: Resolution | None = None, awaiting: Awaiting = Awaiting.DROPOFF) -> Story:
    facts = ()
    if gave:
        fact = SettlementSucceededV1(
            return_id=an_id("return"),
            settlement_id=an_id("settlement"),
            line_ids=tuple(line.asked.id for line in lines),
            resolution=gave,
            amount=lines[0].asked.owed,
            reference="gid://shopify/Refund/1",
        )
        facts = (Happened(SettlementSucceededV1.type(), NOON, "applied", fact.model_dump(mode="json")),)
    return Story(replace(a_return(*lines), awaiting=awaiting), NOON, NOON, NOON, {}, "/r/x", facts, {})


def a_page(whole: Story):
    return present.status_page(ALDER, whole, {}, link="/alder/r/x", fresh=False)


@pytest.mark.parametrize(
    ("price", "owed", "quantity", "back"),
    [
        (4500, 4500, 1, 0),
        (3800, 4500, 1, 700),
        (3800, 9000, 2, 1400),
        (5100, 4500, 1, 0),
        (4000, 3825, 1, 0),
        (3800, 3825, 1, 25),
    ],
)
def test_of_an_exchange_only_what_it_costs_less_comes_back_as_money(price: int, owed: int, quantity: int, back: int):
    line = swapped(price, owed=owed, quantity=quantity)

    assert exchanged.money_back(line, Resolution.EXCHANGE) == pounds(back)
    assert exchanged.money_back(line, Resolution.REFUND) == line.due


def test_the_page_of_a_return_shows_what_was_chosen_and_what_it_costs_more():
    page = a_page(told(swapped(6500, more=2000)))

    (item,) = page.items
    assert [(note.words, note.amount) for note in item.notes[:2]] == [
        ("In exchange: Wide-leg trousers, Ink / 12", None),
        ("More to pay", pounds(2000)),
    ]
    assert item.amount == pounds(0)
    assert [(row.words, row.amount, row.note) for row in page.receipt.on_top] == [
        ("Wide-leg trousers, Ink / 12", pounds(2000), "You pay this apart.")
    ]
    assert (page.receipt.total, page.receipt.nothing) == (pounds(0), "Exchange")
    assert page.receipt.promise == "We order it once the parcel reaches our hub."


def test_the_receipt_of_a_cheaper_exchange_adds_up():
    page = a_page(told(swapped(3800)))

    first = page.receipt.rows[0]
    assert (first.words, first.amount) == ("Linen shirt", pounds(700))
    assert page.receipt.total == pounds(700)


def test_an_even_exchange_is_never_said_to_be_worth_nothing():
    page = a_page(told(swapped(4500)))

    assert (page.receipt.total_words, page.receipt.nothing) == ("You get", "Even exchange")
    assert page.receipt.rows[0].nothing == "Even exchange"


def test_of_an_exchange_that_was_called_off_nothing_was_got():
    page = a_page(told(swapped(4500), awaiting=Awaiting.CANCELLED))

    assert (page.receipt.total_words, page.receipt.total, page.receipt.nothing) == ("You got back", pounds(0), None)


def test_what_sold_out_is_told_with_what_was_given_instead():
    line = swapped(6500, more=2000, money=MoneyState.SETTLED, paid=pounds(4500))
    whole = told(line, gave=Resolution.REFUND, awaiting=Awaiting.CLOSED)

    page, (staff_line,) = a_page(whole), story.facts_of(whole, (), photos="/photos").lines

    (item,) = page.items
    assert item.notes[0].words == "Wide-leg trousers, Ink / 12 sold out, so you got this instead"
    assert (item.resolution, item.amount, page.receipt.total) == ("refund", pounds(4500), pounds(4500))
    assert page.receipt.on_top == ()
    assert "Sold out, so it gave: refund" in staff_line.notes


def test_an_exchange_that_was_made_is_on_order_and_gave_the_remainder():
    line = swapped(3800, money=MoneyState.SETTLED, paid=pounds(4500))

    page = a_page(told(line, gave=Resolution.EXCHANGE, awaiting=Awaiting.CLOSED))

    assert (page.items[0].resolution, page.receipt.total) == ("exchange", pounds(700))
    assert page.items[0].notes[-1].amount == pounds(700)


@pytest.mark.parametrize(("state", "words"), [(FeeState.OPEN, "awaited"), (FeeState.PAID, "paid")])
def test_staff_read_what_was_chosen_what_it_costs_more_and_what_follows_if_it_sells_out(state: FeeState, words: str):
    whole = told(swapped(6500, more=2000, difference=state))

    (line,) = story.facts_of(whole, (), photos="/photos").lines

    assert line.notes == (
        "In exchange: Wide-leg trousers, Ink / 12",
        f"20.00 GBP more to pay: {words}",
        "If it sells out: refund",
    )
