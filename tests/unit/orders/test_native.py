"""Orders that a retailer brings itself: known by what it calls them, sent as it says, settled by a person."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from libs.contracts.orders import LineGiven, OrderGiven
from libs.contracts.values import Channel, Contact, Money, Resolution
from services.orders.domain import native
from services.orders.domain.jobs import Job
from services.orders.domain.native import BY_HAND, KeptByTheShop, MixedCurrencies
from services.orders.domain.orders import NOWHERE, KnownOrder, identity, view
from services.orders.domain.shops import Shop, ShopKind
from services.orders.domain.steps import Action, State
from tests.unit.orders.shirts import HOME, MAYA, NOON, SHOP, at, pounds, returned

RETURN = UUID(int=7)


def shirts_given(**changes) -> LineGiven:
    return LineGiven(**{"title": "Linen camp shirt", "quantity": 2, "paid": pounds("81.00")} | changes)


def given(**changes) -> OrderGiven:
    """Maya's order of two shirts, as her shop's own system tells of it."""
    sold = {"number": "AP-77", "placed_at": NOON, "fulfilled_at": at(5), "contact": MAYA, "address": HOME}
    return OrderGiven(**sold | {"lines": (shirts_given(),)} | changes)


def told(order: OrderGiven, settled=None):
    found = view(native.known_from(order, SHOP, settled or {}, at(9)), SHOP)
    assert found is not None
    return found


def a_step(action: Action, **changes) -> Job:
    """A step of a return that no shop knows."""
    shop = Shop(SHOP, UUID(int=1), "native:1", "GBP", "", "", b"", kind=ShopKind.NATIVE)
    of = {"id": UUID(int=3), "return_id": RETURN, "number": "R-7KQ2M9", "action": action, "key": UUID(int=4)}
    at_shop = {
        "state": State.PLANNED,
        "shop": shop,
        "shop_order_id": "native:online::ap-77",
        "shop_return_id": "opened",
    }
    what = {"lines": (returned(),), "places": {}, "shop_lines": {}, "tracking_number": "", "owed": pounds("45.00")}
    return Job(**of | at_shop | what | {"request": None, "sent_for": None, "taken": frozenset()} | changes)


def test_an_order_is_the_same_however_its_number_is_written_and_another_at_every_counter():
    york = given(number="77", channel=Channel.STORE, place="York")

    assert native.key_of(given(number=" ap-77 ")) == native.key_of(given())
    assert len({native.key_of(order) for order in (given(), york, york.model_copy(update={"place": "Leeds"}))}) == 3


def test_what_was_sent_can_come_back_less_what_was_settled():
    line = identity(SHOP, f"{native.key_of(given())}/1")

    assert [each.returnable for each in told(given()).lines] == [2]
    assert [each.returnable for each in told(given(), settled={line: 1}).lines] == [1]


@pytest.mark.parametrize("changes", [{"fulfilled_at": None}, {"cancelled": True}])
def test_what_was_never_sent_cannot_come_back(changes):
    assert [line.returnable for line in told(given(**changes)).lines] == [0]


def test_a_receipt_is_handed_over_at_its_counter_and_needs_neither_email_nor_address():
    nobody = Contact(name="", email="")

    receipt = told(given(channel=Channel.STORE, place="York", fulfilled_at=None, contact=nobody, address=None))

    assert (receipt.channel, receipt.address.country) == (Channel.STORE, NOWHERE)
    assert [(line.returnable, line.delivered_at) for line in receipt.lines] == [(2, NOON)]


def test_a_line_tells_what_was_paid_and_the_discount_in_whole_percents():
    (line,) = told(given(lines=(shirts_given(list_price=pounds("45.00")),))).lines

    assert (line.paid, line.list_price, line.discount_percent) == (pounds("81.00"), pounds("45.00"), 10)


def test_a_line_tells_what_carriers_and_customs_ask_for():
    (line,) = told(given(lines=(shirts_given(hs_code="620690", origin="PT", grams=210),))).lines

    assert (line.hs_code, line.origin, line.grams) == ("620690", "PT", 210)


@pytest.mark.parametrize("wrong", [{"hs_code": "6206.90"}, {"hs_code": "62069"}, {"origin": "pt"}, {"grams": -1}])
def test_a_line_with_what_no_customs_would_read_is_not_taken(wrong):
    with pytest.raises(ValidationError):
        shirts_given(**wrong)


def test_a_line_with_a_key_of_its_own_may_change_its_place():
    socks, shirt = shirts_given(title="Socks", key="S"), shirts_given(key="T")

    first, second = told(given(lines=(socks, shirt))), told(given(lines=(shirt, socks)))

    assert {line.title: line.id for line in first.lines} == {line.title: line.id for line in second.lines}


def test_what_the_retailer_told_later_stands():
    known = native.known_from(given(updated_at=at(3)), SHOP, {}, at(9))

    assert native.is_stale(given(updated_at=at(2)), known)
    assert not native.is_stale(given(updated_at=at(3)), known)
    assert not native.is_stale(given(), known)
    assert not native.is_stale(given(updated_at=at(2)), KnownOrder())


def test_a_shop_that_tells_of_its_orders_itself_leaves_receipts_only():
    with pytest.raises(KeptByTheShop):
        native.check(given(), shop_is_native=False)
    native.check(given(channel=Channel.STORE), shop_is_native=False)


def test_an_order_is_in_one_currency():
    euros = shirts_given(paid=Money(amount=100, currency="EUR"))

    with pytest.raises(MixedCurrencies):
        native.check(given(lines=(shirts_given(), euros)), shop_is_native=True)


@pytest.mark.parametrize(
    "resolution, said",
    [
        (Resolution.REFUND, "Refund 45.00 GBP in your own system"),
        (Resolution.STORE_CREDIT, "Give a gift card of 45.00 GBP"),
        (Resolution.EXCHANGE, "Send what was chosen in exchange, worth 45.00 GBP,"),
    ],
)
def test_money_is_for_a_person_to_give_who_is_told_how_much(resolution, said):
    ending = native.ending_by_hand(a_step(Action.SETTLE, lines=(returned(resolution=resolution),)))

    assert (ending.state, ending.code) == (State.REFUSED, BY_HAND)
    assert ending.words is not None
    assert ending.words.startswith(said)


def test_where_nothing_is_owed_nobody_is_asked():
    assert native.ending_by_hand(a_step(Action.SETTLE, owed=pounds("0"))).state is State.DONE


def test_every_other_step_is_done_at_once_and_closing_is_an_effect_on_the_return_itself():
    endings = {action: native.ending_by_hand(a_step(action)) for action in Action if action is not Action.SETTLE}

    assert {ending.state for ending in endings.values()} == {State.DONE}
    assert endings[Action.OPEN_RETURN].reference == str(UUID(int=4))
    assert endings[Action.CLOSE_RETURN].reference == endings[Action.CANCEL_RETURN].reference == "opened"
