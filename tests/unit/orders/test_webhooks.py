import json
from pathlib import Path

import pytest

from libs.chassis.errors import Malformed, Permanent
from libs.chassis.ids import new_id
from libs.chassis.objects import Objects
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.heard import Heard
from services.orders.domain.orders import BoughtOrder, Delivery, Fulfillment
from services.orders.outside.webhooks import body_of, read
from tests.unit.orders.shirts import NOON, ORDER, PARCEL, SHIRT, at, pounds

SAMPLES = Path(__file__).parents[4] / "shared" / "shopify" / "samples" / "webhooks" / "official"
OFFICIAL = pytest.mark.skipif(not SAMPLES.exists(), reason="the official samples in ../shared are absent")


def money(amount, currency="GBP"):
    return {
        "shop_money": {"amount": amount, "currency_code": "USD"},
        "presentment_money": {"amount": amount, "currency_code": currency},
    }


def line(**changes):
    return {
        "id": 11,
        "title": "Linen camp shirt",
        "quantity": 2,
        "price_set": money("45.00"),
        "variant_title": "Sage / 10",
        "sku": "AL-SHIRT-10",
        "vendor": "Alder",
        "gift_card": False,
        "discount_allocations": [],
        "tax_lines": [],
    } | changes


def payload(**changes):
    return {
        "id": 1,
        "admin_graphql_api_id": ORDER,
        "name": "AL-1001",
        "created_at": "2026-11-20T12:00:00Z",
        "processed_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T13:00:00+01:00",
        "email": "maya@example.com",
        "contact_email": None,
        "phone": None,
        "customer_locale": "en-GB",
        "cancelled_at": None,
        "tags": "vip, gift",
        "taxes_included": True,
        "total_price_set": money("93.95"),
        "fulfillments": [],
        "line_items": [line()],
        "customer": {"first_name": "Maya", "last_name": "Lind"},
        "billing_address": None,
        "shipping_address": {
            "name": "Maya Lind",
            "company": None,
            "address1": "3 Tenter Lane",
            "address2": None,
            "city": "York",
            "province_code": None,
            "zip": "YO1 7HH",
            "country_code": "GB",
        },
    } | changes


def parcel(**changes):
    return {
        "id": 21,
        "admin_graphql_api_id": PARCEL,
        "order_id": 1,
        "status": "success",
        "created_at": "2026-11-20T13:00:00Z",
        "updated_at": "2026-11-20T13:00:00Z",
        "line_items": [line(quantity=1)],
    } | changes


def heard(topic, body):
    return read(topic, json.dumps(body), told_at=NOON)


def bought(**changes):
    (order,) = heard("orders/create", payload(**changes)).news
    return order


def test_an_order_payload_tells_the_whole_order():
    order = bought()

    assert (order.shop_order_id, order.number, order.placed_at, order.updated_at) == (ORDER, "AL-1001", NOON, NOON)
    assert (order.contact.name, order.contact.language, order.address.postcode) == ("Maya Lind", "en-GB", "YO1 7HH")
    assert (order.tags, order.total, order.cancelled) == (("vip", "gift"), pounds("93.95"), False)
    assert order.lines[0].shop_line_id == SHIRT


def test_what_was_paid_is_less_every_discount_and_in_the_shoppers_currency():
    off = [{"amount_set": money("9.00")}, {"amount_set": money("4.05")}]

    shirt = bought(line_items=[line(discount_allocations=off)]).lines[0]

    assert (shirt.paid, shirt.list_price, shirt.discount_percent) == (pounds("76.95"), pounds("45.00"), 14)


def test_taxes_are_added_only_where_prices_are_net_of_them():
    taxed = [line(tax_lines=[{"price_set": money("18.00")}])]

    assert bought(line_items=taxed, taxes_included=False).lines[0].paid == pounds("108.00")
    assert bought(line_items=taxed, taxes_included=True).lines[0].paid == pounds("90.00")


def test_a_gift_costs_nothing_and_has_no_percent_to_speak_of():
    shirt = bought(line_items=[line(price_set=money("0.00"))]).lines[0]

    assert (shirt.paid, shirt.discount_percent) == (pounds("0.00"), 0)


def test_an_order_over_a_counter_has_neither_address_nor_email():
    order = bought(shipping_address=None, email=None, customer=None)

    assert (order.address.country, order.contact.email, order.contact.name) == ("ZZ", "", "")


def test_the_parcels_in_an_order_payload_are_heard_too():
    news = heard("orders/updated", payload(fulfillments=[parcel()])).news

    assert isinstance(news[0], BoughtOrder)
    assert news[1].quantities == ((SHIRT, 1),)


@pytest.mark.parametrize(("said", "grams"), [({"grams": 210}, 210), ({"grams": 0}, None), ({}, None)])
def test_a_payload_tells_what_a_piece_weighs_and_nothing_is_not_known(said, grams):
    assert bought(line_items=[line(**said)]).lines[0].grams == grams


def test_a_parcel_is_told_with_its_numbers():
    (news,) = heard("fulfillments/create", parcel(tracking_numbers=["SBX123", None])).news

    assert news.tracking_numbers == ("SBX123",)


def test_a_parcel_is_news_of_its_order():
    told = heard("fulfillments/update", parcel(status="cancelled"))

    assert told.shop_order_id == ORDER
    assert isinstance(told.news[0], Fulfillment)
    assert told.news[0].cancelled


def test_a_delivery_is_news_and_a_parcel_on_its_way_only_a_reason_to_look():
    event = {"order_id": 1, "fulfillment_id": 21, "happened_at": "2026-11-20T15:00:00Z", "status": "delivered"}

    assert heard("fulfillment_events/create", event).news == (Delivery(PARCEL, at(3)),)
    assert heard("fulfillment_events/create", event | {"status": "in_transit"}).news == ()


def test_a_topic_that_says_nothing_of_an_order_or_a_product_is_ignored():
    assert read("inventory_levels/update", "{}", told_at=NOON) is None


@pytest.mark.parametrize("topic", ["paid", "fulfilled", "partially_fulfilled", "cancelled"])
def test_every_payload_that_is_an_order_tells_the_whole_order(topic):
    (order,) = heard(f"orders/{topic}", payload(cancelled_at="2026-11-20T14:00:00Z")).news

    assert (order.shop_order_id, order.cancelled) == (ORDER, True)


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("orders/edited", {"order_edit": {"id": 7, "order_id": 1}}),
        ("orders/delete", {"id": 1}),
        ("refunds/create", {"id": 7, "order_id": 1, "refund_line_items": [], "transactions": []}),
    ],
)
def test_what_happened_to_an_order_is_a_reason_to_read_it(topic, body):
    assert heard(topic, body) == Heard(ORDER)


@pytest.mark.parametrize(
    ("topic", "body", "order_id"),
    [
        ("returns/request", {"id": 5, "order": {"id": 1, "admin_graphql_api_id": ORDER}}, ORDER),
        ("returns/close", {"id": 5, "admin_graphql_api_id": "gid://shopify/Return/5", "order_id": 1}, ORDER),
        ("returns/update", {"admin_graphql_api_id": "gid://shopify/Return/5"}, None),
    ],
)
def test_a_return_is_told_with_its_order_where_the_topic_names_it(topic, body, order_id):
    assert heard(topic, body) == Heard(order_id, shop_return_id="gid://shopify/Return/5")


def test_a_return_that_names_nothing_says_nothing():
    assert read("returns/process", "{}", told_at=NOON) is None


def product_told(**changes):
    return {
        "id": 77,
        "admin_graphql_api_id": "gid://shopify/Product/77",
        "title": "Linen camp shirt",
        "product_type": "Shirts",
        "updated_at": "2026-11-20T12:00:00Z",
        "tags": "linen, summer",
        "variants": [
            {"admin_graphql_api_id": "gid://shopify/ProductVariant/1", "image_id": 2},
            {"admin_graphql_api_id": "gid://shopify/ProductVariant/2", "image_id": None},
        ],
        "images": [
            {"id": 1, "src": "https://cdn.shopify.com/shirt.jpg?v=1"},
            {"id": 2, "src": "https://pictures.example/sage.jpg"},
        ],
        "image": {"id": 1, "src": "https://cdn.shopify.com/shirt.jpg?v=1"},
    } | changes


def test_a_product_is_told_with_its_pictures_no_larger_than_they_are_shown():
    told = heard("products/update", product_told())

    assert (told.title, told.product_type, told.tags, told.updated_at) == (
        "Linen camp shirt",
        "Shirts",
        ("linen", "summer"),
        NOON,
    )
    assert told.image == "https://cdn.shopify.com/shirt.jpg?v=1&width=480"
    assert told.images == (("gid://shopify/ProductVariant/1", "https://pictures.example/sage.jpg"),)


def test_a_product_is_told_with_the_weights_of_its_variants():
    sage, oat = ({"admin_graphql_api_id": f"gid://shopify/ProductVariant/{number}"} for number in (1, 2))

    told = heard("products/update", product_told(variants=[sage | {"grams": 210}, oat | {"grams": 0}]))

    assert told.weights == (("gid://shopify/ProductVariant/1", 210),)


def test_a_product_without_pictures_is_told_without():
    told = heard("products/update", product_told(images=[], image=None))

    assert (told.image, told.images) == (None, ())


@OFFICIAL
def test_shopifys_own_sample_of_a_product_is_read():
    sample = json.loads((SAMPLES / "products_update.json").read_text())["payload"]

    told = heard("products/update", sample)

    assert (told.shop_product_id, told.title) == ("gid://shopify/Product/788032119674292922", "Example T-Shirt")
    assert told.tags == ("example", "mens", "t-shirt")


@OFFICIAL
@pytest.mark.parametrize(
    "topic",
    [
        "orders/cancelled",
        "orders/edited",
        "orders/paid",
        "orders/fulfilled",
        "refunds/create",
        "returns/request",
        "returns/approve",
        "returns/close",
        "returns/cancel",
        "returns/decline",
        "returns/reopen",
    ],
)
def test_shopifys_own_sample_names_its_order(topic):
    sample = json.loads((SAMPLES / f"{topic.replace('/', '_')}.json").read_text())["payload"]

    assert heard(topic, sample).shop_order_id.startswith("gid://shopify/Order/")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"id": 1}',
        json.dumps(payload(updated_at="2026-11-20T12:00:00")),
        json.dumps(payload(total_price_set=money(93.95))),
        json.dumps(payload(tags=None)),
    ],
)
def test_a_payload_that_is_not_an_order_is_malformed(body):
    with pytest.raises(Malformed):
        read("orders/create", body, told_at=NOON)


@OFFICIAL
@pytest.mark.parametrize("topic", ["orders/create", "orders/updated"])
def test_shopifys_own_sample_of_an_order_is_read(topic):
    sample = json.loads((SAMPLES / f"{topic.replace('/', '_')}.json").read_text())["payload"]

    order = heard(topic, sample).news[0]

    assert order.shop_order_id == sample["admin_graphql_api_id"]
    assert order.contact.email == "jon@example.com"
    assert [row.title for row in order.lines] == [row["title"] for row in sample["line_items"]]
    assert all(row.paid.currency == sample["presentment_currency"] for row in order.lines)


@OFFICIAL
def test_shopifys_own_sample_of_a_parcel_is_read():
    sample = json.loads((SAMPLES / "fulfillments_create.json").read_text())["payload"]

    (sent,) = heard("fulfillments/create", sample).news

    assert sent.shop_fulfillment_id == "gid://shopify/Fulfillment/123456"
    assert len(sent.quantities) == 5


@OFFICIAL
def test_shopifys_own_sample_of_a_parcel_event_is_read():
    sample = json.loads((SAMPLES / "fulfillment_events_create.json").read_text())["payload"]

    assert heard("fulfillment_events/create", sample).shop_order_id == f"gid://shopify/Order/{sample['order_id']}"
    assert heard("fulfillment_events/create", sample | {"status": "delivered"}).news[0].delivered_at.year == 2022


def aside(key="webhooks/alder/1"):
    return ShopWebhookReceivedV1(delivery_id=new_id(), topic="carts/create", shop="s", body="", body_key=key)


def test_a_large_payload_is_read_from_its_object(tmp_path):
    objects = Objects(tmp_path)
    objects.put("webhooks/alder/1", '{"words": "für Maya"}'.encode())

    assert json.loads(body_of(aside(), objects)) == {"words": "für Maya"}


@pytest.mark.parametrize("body", [b"\xff", b"not json", b"", b"[" * 100_000])
def test_a_payload_that_is_no_json_is_told_whatever_its_topic(tmp_path, body):
    objects = Objects(tmp_path)
    objects.put("webhooks/alder/1", body)

    with pytest.raises(Malformed, match="no JSON"):
        body_of(aside(), objects)


def test_a_payload_whose_object_is_gone_is_told(tmp_path):
    with pytest.raises(Permanent, match="given up"):
        body_of(aside(), Objects(tmp_path))
