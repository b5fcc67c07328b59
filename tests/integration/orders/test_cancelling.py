"""What was not sent is cancelled once, for what the shopper was shown; what was sent in between is left alone."""

from contextlib import suppress

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderChangedV1, SettlementOutcome
from libs.contracts.orders_cancelling import (
    CancellationOutcomeUnknownV1,
    CancellationRefusedV1,
    CancellationSucceededV1,
    RecordCancellationV1,
)
from tests.integration.orders.cancelled import asked, quote, state_of, tell, unsent
from tests.integration.orders.conftest import pounds
from tests.integration.orders.test_killed import PowerCut, power_cut  # noqa: F401 (a fixture is used by name)
from tests.waiting import until


def try_until_done(desk):
    """All planned work, whatever its shop says to it at first."""

    def is_done():
        for claim in desk.claims():
            with suppress(Transient, PowerCut):
                desk.do(claim)
        return not desk.claims()

    until(is_done, within=20)


def hour_ago(desk, request):
    """As if its call had been sent an hour ago."""
    with desk.service.cancellations.unit(retailer_id=desk.retailer_id) as unit:
        earlier = "UPDATE cancellations SET sent_at = sent_at - interval '1 hour' WHERE id = %s"
        unit.db.exec_driver_sql(earlier, (request.cancellation_id,))


def the(desk, kind, request):
    """The facts of a kind that were stated about one cancellation."""
    return [fact for fact in desk.said(kind) if fact.cancellation_id == request.cancellation_id]


def test_a_part_is_given_back_for_what_its_units_cost_and_the_rest_is_still_to_be_sent(alder):
    sold, order = unsent(alder)
    quoted = quote(alder, order, 1)

    request = tell(alder, asked(order, quoted))
    alder.work()

    assert (quoted.amount, quoted.whole, quoted.shipping) == (pounds(4500), False, pounds(0))
    (done,) = the(alder, CancellationSucceededV1, request)
    assert (done.amount, alder.shop.refunded(sold)) == (pounds(4500), [4500])
    assert done.reference.startswith("gid://shopify/Refund/")
    assert [line.unsent for line in alder.get(order.order_id).lines] == [1, 1]
    assert not alder.get(order.order_id).cancelled


def test_a_whole_order_is_cancelled_with_its_postage_by_the_shops_own_job(alder):
    sold, order = unsent(alder)
    quoted = quote(alder, order)

    request = tell(alder, asked(order, quoted))
    try_until_done(alder)

    assert (quoted.amount, quoted.whole, quoted.shipping) == (pounds(15895), True, pounds(395))
    assert (alder.shop.refunded(sold), alder.shop.effects(sold)[-1]) == ([15895], "order_cancelled")
    assert len(the(alder, CancellationSucceededV1, request)) == 1
    assert alder.get(order.order_id).cancelled
    assert [line.unsent for line in alder.get(order.order_id).lines] == [0, 0]
    assert any(fact.order_id == order.order_id and fact.cancelled for fact in alder.said(OrderChangedV1))


def test_a_job_that_ends_between_two_looks_is_seen_at_the_order_and_not_asked_for_again(alder, monkeypatch):
    sold, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order)))
    from services.orders import cancelling

    read = cancelling.read_standing

    def before_it_ran(client, shop_order_id):
        found = read(client, shop_order_id)
        until(lambda: alder.shop.refunded(sold) or read(client, shop_order_id).is_cancelled, within=10)
        return found

    with pytest.raises(Transient):
        alder.work()
    monkeypatch.setattr(cancelling, "read_standing", before_it_ran)
    try_until_done(alder)

    assert (alder.shop.refunded(sold), state_of(alder, request)) == ([15895], "done")


def test_what_is_left_after_a_part_is_the_whole_of_it(alder):
    sold, order = unsent(alder)
    tell(alder, asked(order, quote(alder, order, 1)))
    alder.work()
    rest = quote(alder, order)

    tell(alder, asked(order, rest))
    try_until_done(alder)

    assert (rest.whole, rest.amount) == (True, pounds(11395))
    assert alder.shop.refunded(sold) == [4500, 11395]


def test_of_an_order_sent_in_part_the_rest_is_cancelled_without_the_postage(alder):
    sold, order = unsent(alder)
    alder.shop.ask("/control/fulfil", {"order": sold["name"], "shop": sold["shop"], "products": ["camp-shirt"]})
    quoted = quote(alder, order)

    tell(alder, asked(order, quoted))
    alder.work()

    assert ([line.title for line in quoted.lines], quoted.whole) == (["Wide-leg trousers"], False)
    assert alder.shop.refunded(sold) == [6500]


def test_three_units_of_a_discounted_line_add_up_to_the_penny(alder):
    sold, order = unsent(alder, lines=[{"product": "wool-scarf", "quantity": 3}], discount_percent=33)

    amounts = []
    for _ in range(2):
        quoted = quote(alder, order, 1)
        tell(alder, asked(order, quoted))
        alder.work()
        amounts.append(quoted.amount.amount)
    last = quote(alder, order)

    assert sum(amounts) + last.amount.amount - last.shipping.amount == order.lines[0].paid.amount
    assert alder.shop.refunded(sold) == amounts


def test_a_line_sent_between_the_look_and_the_call_is_refused_in_clear_words_and_nothing_is_half_done(alder):
    sold, order = unsent(alder)
    request = asked(order, quote(alder, order, 2))
    alder.shop.ask("/control/fulfil", {"order": sold["name"], "shop": sold["shop"]})

    tell(alder, request)
    alder.work()

    (no,) = the(alder, CancellationRefusedV1, request)
    assert (no.code, no.late, state_of(alder, request)) == ("orders.already_sent", True, "refused")
    assert "is on its way already" in no.words
    assert alder.shop.refunded(sold) == []


@pytest.mark.parametrize("quantities", [(1,), ()])
def test_a_line_sent_right_before_the_call_is_refused_by_the_shop_and_told_alike(alder, monkeypatch, quantities):
    sold, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order, *quantities)))
    from services.orders import cancelling

    offer = cancelling.offer

    def sent_meanwhile(*given, **named):
        found = offer(*given, **named)
        alder.shop.ask("/control/fulfil", {"order": sold["name"], "shop": sold["shop"]})
        return found

    monkeypatch.setattr(cancelling, "offer", sent_meanwhile)
    alder.work()

    (no,) = the(alder, CancellationRefusedV1, request)
    assert (no.code, no.late, alder.shop.refunded(sold)) == ("orders.already_sent", True, [])


@pytest.mark.parametrize("fault", ["fail_before", "fail_after", "reset_after", "throttled"])
@pytest.mark.parametrize(
    ("operation", "quantities", "given"), [("RefundCreate", (1,), [4500]), ("OrderCancel", (), [15895])]
)
def test_a_call_that_is_lost_or_not_taken_cancels_once(alder, fault, operation, quantities, given):
    sold, order = unsent(alder)
    request = asked(order, quote(alder, order, *quantities))
    alder.shop.misbehave(fault, operation)

    tell(alder, request)
    with suppress(Transient):
        alder.do(next(claim for claim in alder.claims() if claim.kind == "cancellations"))
    if fault == "fail_before":  # nothing is repeated before it is sure that nothing was done
        hour_ago(alder, request)
    try_until_done(alder)

    assert alder.shop.refunded(sold) == given
    assert len(the(alder, CancellationSucceededV1, request)) == 1


@pytest.mark.parametrize(("quantities", "given"), [((1,), [4500]), ((), [15895])])
def test_a_process_that_dies_between_the_call_and_its_record_cancels_once(alder, power_cut, quantities, given):  # noqa: F811
    sold, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order, *quantities)))
    power_cut()

    with pytest.raises(PowerCut):
        alder.work()
    try_until_done(alder)

    assert (alder.shop.refunded(sold), state_of(alder, request)) == (given, "done")
    assert len(the(alder, CancellationSucceededV1, request)) == 1


def test_the_same_request_heard_twice_cancels_once(alder):
    sold, order = unsent(alder)
    request = asked(order, quote(alder, order, 1))

    tell(alder, request)
    tell(alder, request)
    alder.work()

    assert alder.shop.refunded(sold) == [4500]


def test_an_amount_that_is_not_what_the_shopper_was_shown_is_for_a_person(alder):
    sold, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order, 1), amount=pounds(4501)))

    alder.work()

    (no,) = the(alder, CancellationRefusedV1, request)
    assert (no.code, no.late, alder.shop.refunded(sold)) == ("orders.amount_differs", False, [])


def test_a_refusal_of_the_shop_is_told_in_its_words_and_recorded_by_a_person_once(alder):
    _sold, order = unsent(alder)
    request = asked(order, quote(alder, order, 1))
    alder.shop.misbehave("refuse", "RefundCreate")
    tell(alder, request)
    alder.work()
    (no,) = the(alder, CancellationRefusedV1, request)
    record = RecordCancellationV1(
        cancellation_id=request.cancellation_id,
        outcome=SettlementOutcome.SUCCEEDED,
        reference="gid://shopify/Refund/1",
        words="Refunded in the admin",
        by="staff Ana",
    )

    told = [alder.service.record_cancellation(alder.call(record)).state for _ in range(2)]

    assert (no.words, no.late) == ("Declined on demand.", False)
    assert told == ["done", "done"]
    assert [fact.reference for fact in the(alder, CancellationSucceededV1, request)] == ["gid://shopify/Refund/1"]


def test_an_order_cancelled_at_the_shop_meanwhile_is_not_paid_twice(alder):
    sold, order = unsent(alder)
    first, second = (asked(order, quote(alder, order)) for _ in range(2))

    tell(alder, first)
    try_until_done(alder)
    tell(alder, second)
    try_until_done(alder)

    assert alder.shop.refunded(sold) == [15895]
    (no,) = the(alder, CancellationRefusedV1, second)
    assert (no.code, no.late) == ("orders.already_cancelled", True)


def test_a_lost_answer_that_the_order_does_not_settle_within_days_is_unknown(alder):
    sold, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order)))
    alder.shop.misbehave("fail_before", "OrderCancel")
    with pytest.raises(Transient):
        alder.work()
    with alder.service.cancellations.unit(retailer_id=alder.retailer_id) as unit:
        long_ago = "UPDATE cancellations SET planned_at = planned_at - interval '4 days' WHERE id = %s"
        unit.db.exec_driver_sql(long_ago, (request.cancellation_id,))

    alder.service.cancellations.persist(alder.retailer_id, request.cancellation_id, because="away")

    assert state_of(alder, request) == "unknown"
    assert len(the(alder, CancellationOutcomeUnknownV1, request)) == 1
    assert alder.shop.refunded(sold) == []


def test_an_order_that_is_sent_or_has_returns_is_not_offered(alder):
    sold, approval = alder.shirt_back()
    order = alder.find(sold["name"], sold["email"])

    with pytest.raises(Refused) as sent:
        quote(alder, order)

    assert sent.value.code == "orders.already_sent"
    assert [line.unsent for line in order.lines] == [0, 0]
    assert approval.order_id == order.order_id


def test_the_ledger_says_where_the_money_of_a_cancellation_is(alder):
    _, order = unsent(alder)
    request = tell(alder, asked(order, quote(alder, order)))

    try_until_done(alder)

    with alder.service.cancellations.unit(retailer_id=alder.retailer_id) as unit:
        balance = (
            "SELECT account, sum(amount_amount)::bigint AS amount FROM ledger_entries WHERE return_id = %s "
            "GROUP BY account HAVING sum(amount_amount) <> 0"
        )
        rows = unit.db.exec_driver_sql(balance, (request.cancellation_id,)).all()
    assert {row.account: row.amount for row in rows} == {"owed": -15895, "done": 15895}


def test_an_order_that_a_retailer_brings_is_cancelled_by_a_person_with_the_same_states(alder):
    from libs.contracts.orders_shops import ConnectNativeShopV1
    from tests.integration.orders.conftest import Desk
    from tests.integration.orders.test_native import an_order, save

    robin = Desk(alder.service, alder.shop, new_id(), "")
    robin.service.connect_native_shop(robin.call(ConnectNativeShopV1(currency="GBP")))
    order = robin.get(save(robin, an_order(fulfilled_at=None)).orders[0].order_id)
    quoted = quote(robin, order, 1)
    request = tell(robin, asked(order, quoted))
    robin.work()
    (no,) = the(robin, CancellationRefusedV1, request)
    record = RecordCancellationV1(
        cancellation_id=request.cancellation_id,
        outcome=SettlementOutcome.SUCCEEDED,
        reference="GB-7",
        words="Cancelled in our till",
        by="staff Ana",
    )

    robin.service.record_cancellation(robin.call(record))

    assert (quoted.by_hand, quoted.amount) == (True, pounds(4500))
    assert (no.code, no.late) == ("orders.by_hand", False)
    assert "1 × Linen camp shirt" in no.words
    assert [fact.reference for fact in the(robin, CancellationSucceededV1, request)] == ["GB-7"]
    assert quote(robin, order).lines[0].quantity == 1  # the other one is left, whatever the retailer has told so far


def test_what_a_retailer_has_sent_cannot_be_cancelled(alder):
    from libs.contracts.orders_shops import ConnectNativeShopV1
    from tests.integration.orders.conftest import Desk
    from tests.integration.orders.test_native import an_order, save

    robin = Desk(alder.service, alder.shop, new_id(), "")
    robin.service.connect_native_shop(robin.call(ConnectNativeShopV1(currency="GBP")))
    order = robin.get(save(robin, an_order()).orders[0].order_id)

    with pytest.raises(Refused) as no:
        quote(robin, order)

    assert no.value.code == "orders.already_sent"
