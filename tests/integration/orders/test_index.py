import random

import pytest

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders import OrderChangedV1
from libs.contracts.orders_shops import ConnectShopV1


def refused(call, *args, **named):
    with pytest.raises(Refused) as no:
        call(*args, **named)
    return no.value.code


def test_an_order_is_found_from_its_webhooks_before_the_shop_is_read(alder):
    sold = alder.sell()
    alder.index(sold, refreshed=False)
    alder.shop.misbehave("fail_before", "OrderForReturn")

    order = alder.find(sold["name"], sold["email"])

    assert [line.title for line in order.lines] == ["Linen camp shirt", "Bias-cut midi dress"]
    assert [line.paid.amount for line in order.lines] == [line["paid"] for line in sold["lines"]]
    assert all(line.delivered_at > line.fulfilled_at > order.placed_at for line in order.lines)


def test_reading_the_shop_adds_pictures_and_what_may_come_back(alder):
    _, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 3}, {"product": "wool-scarf"}])

    shirt, scarf = order.lines
    assert (shirt.quantity, shirt.returnable, shirt.product_type, shirt.vendor) == (3, 3, "Shirts", "Alder")
    assert "/images/camp-shirt" in shirt.image
    assert scarf.tags == ("made-to-order",)
    assert (shirt.paid.amount, shirt.list_price.amount) == (13500, 4500)


def test_reading_the_shop_tells_what_carriers_and_customs_ask_for(alder):
    _, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 3}])

    (shirt,) = order.lines
    assert (shirt.hs_code, shirt.origin, shirt.grams) == ("620690", "PT", 210)
    assert len(shirt.shipped_as) == 1


def test_a_discount_is_in_what_was_paid_and_in_the_percent(alder):
    _, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 2}], discount_percent=15)

    assert (order.lines[0].paid.amount, order.lines[0].discount_percent) == (7650, 15)


def test_an_order_that_is_not_delivered_says_so(alder):
    _, order = alder.order(delivered=False)

    assert order.lines[0].fulfilled_at is not None
    assert order.lines[0].delivered_at is None


@pytest.mark.parametrize("seed", range(6))
def test_duplicate_shuffled_and_late_webhooks_end_in_the_same_order(alder, seed):
    sold, order = alder.order()
    again = alder.sell(email=sold["email"])
    heard = alder.shop.webhooks(again) * 2
    random.Random(seed).shuffle(heard)

    for webhook in heard:
        alder.service.on_shop_webhook_received(alder.fact(webhook))
    alder.work()

    told = alder.find(again["name"], again["email"])
    same = {"order_id", "number", "placed_at", "lines", "earlier_orders"}
    assert told.model_dump(exclude=same) == order.model_dump(exclude=same)
    assert [(line.title, line.returnable, line.image) for line in told.lines] == [
        (line.title, line.returnable, line.image) for line in order.lines
    ]
    assert all(line.delivered_at for line in told.lines)


def test_a_webhook_that_comes_twice_under_one_id_is_heard_once(alder):
    sold = alder.sell()
    fact = alder.fact(alder.shop.webhooks(sold)[0])

    alder.service.on_shop_webhook_received(fact)
    changes = alder.said(OrderChangedV1)
    alder.service.on_shop_webhook_received(fact)

    assert alder.said(OrderChangedV1) == changes


def test_a_change_is_stated_once_and_no_change_is_not(alder):
    sold, order = alder.order()

    def stated():
        return [fact for fact in alder.said(OrderChangedV1) if fact.order_id == order.order_id]

    before = len(stated())
    alder.index(sold)

    assert before >= 1
    assert len(stated()) == before


def test_a_webhook_of_another_shop_is_parked(alder, kite):
    told = alder.shop.webhooks(kite.sell())[0]

    with pytest.raises(Permanent):
        alder.service.on_shop_webhook_received(alder.fact(told))


def test_a_topic_without_orders_and_products_is_left_alone(alder):
    told = alder.shop.webhooks(alder.sell())[0].model_copy(update={"topic": "inventory_levels/update"})

    alder.service.on_shop_webhook_received(alder.fact(told))

    assert alder.claims() == []


def test_every_failure_to_find_an_order_is_answered_alike(alder, kite):
    sold, _ = alder.order()
    foreign, _ = kite.order()

    codes = {
        refused(alder.find, number, email)
        for number, email in [
            (sold["name"], "somebody@example.com"),
            ("AL-999999", sold["email"]),
            ("'; drop table", sold["email"]),
            (foreign["name"], foreign["email"]),
            (sold["name"], ""),
            ("", ""),
        ]
    }

    assert codes == {"orders.not_found"}


def test_a_wrong_email_and_an_unknown_number_cost_the_same_look_at_the_shop(alder):
    sold, _ = alder.order()
    left = []

    for number, email in [(sold["name"], "somebody@example.com"), ("AL-999997", sold["email"])]:
        alder.shop.misbehave("fail_before", "OrderLookup", times=2)
        refused(alder.find, number, email)
        left += [fault["left"] for fault in alder.shop.faults()]
        alder.shop.behave()

    assert left == [1, 1]


@pytest.mark.parametrize("typed", ["{digits}", "#{name}", " {name} ", "al-{digits}"])
def test_an_order_is_found_however_its_number_is_typed(alder, typed):
    sold, order = alder.order()
    digits = sold["name"].removeprefix("AL-")

    assert alder.find(typed.format(name=sold["name"], digits=digits), sold["email"].upper()).order_id == order.order_id


def test_an_order_that_no_webhook_told_of_is_found_at_the_shop(alder):
    sold = alder.sell()

    order = alder.find(sold["name"], sold["email"])

    assert order.number == sold["name"]
    assert alder.get(order.order_id) == order


def test_an_order_heard_of_since_it_was_read_is_read_again_and_then_no_more(alder):
    sold, order = alder.order()
    alder.index(sold, refreshed=False)

    again = alder.find(sold["name"], sold["email"])
    alder.shop.misbehave("fail_before", "OrderForReturn")
    once_more = alder.find(sold["name"], sold["email"])

    assert order == again == once_more
    assert len(alder.shop.faults()) == 1


def test_several_webhooks_of_one_event_are_one_reading(alder):
    sold = alder.sell()
    alder.index(sold, refreshed=False)

    assert [claim.kind for claim in alder.claims()] == ["refreshes"]


def test_an_order_that_a_shopper_has_made_us_read_is_not_read_again(alder):
    sold = alder.sell()
    alder.index(sold, refreshed=False)
    alder.find(sold["name"], sold["email"])
    alder.shop.misbehave("fail_before", "OrderForReturn")

    alder.work()

    assert len(alder.shop.faults()) == 1


def test_a_shop_that_is_away_finds_nothing_new_and_keeps_what_is_known(alder):
    sold, order = alder.order()
    alder.shop.misbehave("fail_before", "OrderLookup", times=5)

    assert refused(alder.find, "AL-999998", "maya@example.com") == "orders.not_found"
    assert alder.find(sold["name"], sold["email"]) == order


def test_an_order_by_an_id_of_another_retailer_is_not_there(alder, kite):
    _, order = kite.order()

    assert refused(alder.get, order.order_id) == "orders.not_found"
    assert refused(alder.get, new_id()) == "orders.not_found"


def connect(desk, **changes):
    asked = {"domain": desk.domain, "token": "shpat_alder_demo", "currency": "GBP"} | changes
    return desk.service.connect_shop(desk.call(ConnectShopV1(**asked)))


def test_connecting_again_replaces_the_token_of_the_same_shop(alder):
    first, second = connect(alder), connect(alder)

    assert first.shop_id == second.shop_id
    assert (second.domain, second.missing) == (alder.domain, ())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"token": "stolen"}, "orders.shop_not_reached"),
        ({"domain": "alder.example"}, "orders.shop_not_reached"),
        ({"domain": "nowhere.myshopify.com"}, "orders.shop_not_reached"),
        ({"currency": "EUR"}, "orders.currency_differs"),
        (
            {"domain": "kite-demo.myshopify.com", "token": "shpat_kite_demo", "currency": "EUR"},
            "orders.other_shop_connected",
        ),
    ],
)
def test_a_connection_that_cannot_be_is_refused_with_its_reason(alder, change, code):
    assert refused(connect, alder, **change) == code


def test_a_shop_belongs_to_one_retailer(alder, desks):
    stranger = type(alder)(alder.service, alder.shop, new_id(), alder.domain)

    assert refused(connect, stranger) == "orders.shop_taken"


def test_a_token_is_not_readable_in_the_database(alder):
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        (kept,) = unit.db.exec_driver_sql("SELECT token FROM shops").scalars().all()

    assert b"shpat" not in bytes(kept)


def test_an_email_is_not_what_orders_are_found_by_in_the_clear(alder):
    sold, _ = alder.order()

    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        keys = unit.db.exec_driver_sql("SELECT email_key FROM orders").scalars().all()

    assert all(sold["email"].encode() not in bytes(key) for key in keys if key)
