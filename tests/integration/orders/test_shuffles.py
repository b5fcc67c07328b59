"""The same forty deliveries in many orders, through the service and its database: one state at the end."""

import random

import pytest

from libs.chassis.ids import new_id
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.orders import identity
from tests.unit.orders.deliveries import forty
from tests.unit.orders.shirts import ORDER

STATE = {
    "orders": "SELECT id, known, view, number_key, email_key, proof_keys FROM orders WHERE shop_order_id = %s",
    "products": "SELECT id, updated_at, told_at, known FROM products WHERE %s <> ''",
    "shop_returns": "SELECT id, shop_order_id FROM shop_returns WHERE shop_order_id = %s",
}


def deliver(desk, deliveries):
    for each in deliveries:
        told = ShopWebhookReceivedV1(
            delivery_id=new_id(), topic=each.topic, shop=desk.domain, triggered_at=each.told_at, body=each.body
        )
        desk.service.on_shop_webhook_received(desk.fact(told))


def state(desk):
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        return {table: unit.db.exec_driver_sql(asked, (ORDER,)).all() for table, asked in STATE.items()}


def forget(desk):
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM orders WHERE shop_order_id = %s", (ORDER,))
        for table in ("products", "shop_returns", "claims"):
            unit.db.exec_driver_sql(f"DELETE FROM {table}")


@pytest.fixture(scope="module")
def straight(desks):
    """What is known once they have come in the order in which they were sent."""
    forget(desks["alder"])
    deliver(desks["alder"], forty())
    return state(desks["alder"])


@pytest.mark.parametrize("seed", range(10))
def test_forty_deliveries_in_any_order_and_some_twice_end_in_one_state(alder, straight, seed):
    forget(alder)
    chance, told = random.Random(seed), forty()
    told += chance.sample(told, 10)
    chance.shuffle(told)

    deliver(alder, told)

    assert state(alder) == straight
    assert [len(rows) for rows in straight.values()] == [1, 1, 1]


def test_the_shopper_sees_the_newest_of_it(alder, straight):
    forget(alder)
    deliver(alder, reversed(forty()))
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        shop_id = unit.db.exec_driver_sql("SELECT id FROM shops").scalar_one()

    order = alder.get(identity(shop_id, ORDER))

    assert order.cancelled
    assert order.lines[0].title in ("Shirt", "Blouse")
    assert order.lines[0].tags == ("linen", "summer")
    forget(alder)
