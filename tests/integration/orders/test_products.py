import json

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.orders import OrderChangedV1
from libs.contracts.portal import ShopWebhookReceivedV1
from tests.unit.orders.test_webhooks import product_told


@pytest.fixture(autouse=True)
def products_forgotten(alder):
    yield
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM products")


def tell(desk, topic, body):
    told = ShopWebhookReceivedV1(
        delivery_id=new_id(), topic=topic, shop=desk.domain, triggered_at=now(), body=json.dumps(body)
    )
    desk.service.on_shop_webhook_received(desk.fact(told))


def changed(line, **changes):
    """The product of a line, changed just now."""
    return product_told(admin_graphql_api_id=line.product_id, updated_at=now().isoformat(), **changes)


def test_a_product_that_is_renamed_and_tagged_is_told_so_in_orders_that_are_there_already(alder):
    sold, order = alder.order(lines=[{"product": "wool-scarf"}])
    stated = len(alder.said(OrderChangedV1))

    tell(alder, "products/update", changed(order.lines[0], title="Oat scarf", tags="final-sale, winter"))

    (line,) = alder.find(sold["name"], sold["email"]).lines
    assert (line.title, line.tags) == ("Oat scarf", ("final-sale", "winter"))
    assert line.image == "https://cdn.shopify.com/shirt.jpg?v=1&width=480"
    assert alder.get(order.order_id).lines == (line,)
    assert len(alder.said(OrderChangedV1)) == stated


def test_a_variant_that_is_weighed_anew_weighs_so_in_orders_that_are_there_already(alder):
    sold, order = alder.order(lines=[{"product": "wool-scarf"}])
    (scarf,) = order.lines

    tell(alder, "products/update", changed(scarf, variants=[{"admin_graphql_api_id": scarf.variant_id, "grams": 205}]))

    (line,) = alder.find(sold["name"], sold["email"]).lines
    assert (scarf.grams, line.grams, line.hs_code) == (180, 205, "621420")


def test_another_retailer_sees_nothing_of_it(alder, kite):
    _, order = kite.order()
    (first, *_) = order.lines

    tell(alder, "products/update", changed(first, title="Not theirs"))

    assert kite.get(order.order_id) == order


def test_a_return_that_the_shop_opened_itself_is_a_reason_to_read_its_order(alder):
    sold, order = alder.order()
    number = int(sold["id"].rsplit("/", 1)[1])
    gid = f"gid://shopify/Return/{number}"

    tell(alder, "returns/update", {"admin_graphql_api_id": gid})
    unknown = alder.claims()
    tell(alder, "returns/request", {"admin_graphql_api_id": gid, "order": {"id": number}})
    alder.work()
    tell(alder, "returns/update", {"admin_graphql_api_id": gid})

    assert unknown == []
    assert [claim.subject for claim in alder.claims()] == [order.order_id]
