"""What is told of each line of an order, from answers of the Admin API and payloads as shops send them."""

import json
from pathlib import Path

import pytest

from libs.contracts.values import Money, Option
from services.orders.domain.orders import BoughtOrder, KnownOrder, absorb, buyer_of, view
from services.orders.outside.orders import reading
from services.orders.outside.webhooks import read
from tests.unit.orders.shirts import ORDER, SHIRT, SHOP, at, order, pounds, shirts

SAMPLES = Path(__file__).parents[4] / "shared" / "shopify" / "samples" / "webhooks" / "official"
OFFICIAL = pytest.mark.skipif(not SAMPLES.exists(), reason="the official samples in ../shared are absent")
HOME = {
    "name": "Maya Lind",
    "company": None,
    "address1": "3 Tenter Lane",
    "address2": None,
    "city": "York",
    "provinceCode": "ENG",
    "zip": "YO1 7HH",
    "countryCodeV2": "GB",
    "phone": None,
}
NOTHING = {"unit": "GRAMS", "value": 0.0}


def bag(shown: str, kept: str | None = None, *, currency: str = "GBP") -> dict:
    return {
        "presentmentMoney": {"amount": shown, "currencyCode": currency},
        "shopMoney": {"amount": kept or shown, "currencyCode": "GBP"},
    }


def item(unit: str, weight: float, **changes) -> dict:
    weighs = {"measurement": {"weight": {"unit": unit, "value": weight}}}
    return {"harmonizedSystemCode": "620690", "countryCodeOfOrigin": "PT"} | weighs | changes


def line(**changes) -> dict:
    return {
        "id": SHIRT,
        "title": "Linen camp shirt",
        "variantTitle": "Sage / 10",
        "sku": "AL-CAMP-SHIRT-10",
        "vendor": "Alder",
        "quantity": 2,
        "unfulfilledQuantity": 0,
        "isGiftCard": False,
        "image": {"url": "https://cdn.shopify.com/shirt.webp"},
        "originalUnitPriceSet": bag("45.0"),
        "discountAllocations": [],
        "taxLines": [],
        "product": {"id": "gid://shopify/Product/7", "productType": "Shirts", "tags": ["linen", "summer"]},
        "variant": {
            "id": "gid://shopify/ProductVariant/71",
            "selectedOptions": [{"name": "Colour", "value": "Sage"}, {"name": "Size", "value": "10"}],
            "inventoryItem": item("GRAMS", 210.0),
        },
        "lineItemGroup": None,
    } | changes


def at_shop(*lines: dict, **changes) -> dict:
    return {
        "id": ORDER,
        "name": "AL-1001",
        "email": "maya@example.com",
        "phone": None,
        "tags": ["gift-wrap"],
        "processedAt": "2026-11-20T12:00:00Z",
        "cancelledAt": None,
        "updatedAt": "2026-11-20T16:00:00Z",
        "customerLocale": "en-GB",
        "sourceName": "web",
        "taxesIncluded": True,
        "shippingAddress": HOME,
        "billingAddress": HOME | {"zip": "LS1 4AP", "phone": "07700 900123"},
        "totalPriceSet": bag("90.0"),
        "customer": {"tags": ["vip"]},
        "lines": lines or (line(),),
    } | changes


def known(*lines: dict, **changes) -> KnownOrder:
    return absorb(KnownOrder(), reading(at_shop(*lines, **changes), [], {SHIRT: 2}, read_at=at(4)))


def told(*lines: dict, **changes):
    return view(known(*lines, **changes), SHOP)


def shirt_of(*lines: dict, **changes):
    return told(*lines, **changes).lines[0]


def test_a_line_tells_what_was_bought():
    shirt = shirt_of()

    assert (shirt.title, shirt.variant, shirt.sku, shirt.vendor) == (
        "Linen camp shirt",
        "Sage / 10",
        "AL-CAMP-SHIRT-10",
        "Alder",
    )
    assert (shirt.image, shirt.product_type, shirt.tags) == (
        "https://cdn.shopify.com/shirt.webp",
        "Shirts",
        ("linen", "summer"),
    )
    assert shirt.options == (Option(name="Colour", value="Sage"), Option(name="Size", value="10"))
    assert (shirt.product_id, shirt.variant_id) == ("gid://shopify/Product/7", "gid://shopify/ProductVariant/71")
    assert (shirt.quantity, shirt.returnable) == (2, 2)


def test_a_line_tells_what_carriers_and_customs_ask_for():
    shirt = shirt_of()

    assert (shirt.hs_code, shirt.origin, shirt.grams) == ("620690", "PT", 210)


@pytest.mark.parametrize(
    ("unit", "weight", "grams"),
    [("KILOGRAMS", 1.35, 1350), ("POUNDS", 1.0, 454), ("OUNCES", 7.5, 213), ("GRAMS", 0.5, 1)],
)
def test_a_weight_is_told_in_grams_whatever_the_shop_weighs_in(unit: str, weight: float, grams: int):
    assert shirt_of(line(variant={"id": "v", "inventoryItem": item(unit, weight)})).grams == grams


@pytest.mark.parametrize("said", [{"measurement": {"weight": None}}, {"measurement": {"weight": NOTHING}}])
def test_what_nobody_entered_at_the_shop_is_not_known(said: dict):
    blank = item("GRAMS", 0.0, harmonizedSystemCode=None, countryCodeOfOrigin="ZZ", **said)

    shirt = shirt_of(line(variant={"id": "gid://shopify/ProductVariant/71", "inventoryItem": blank}))

    assert (shirt.hs_code, shirt.origin, shirt.grams) == (None, None, None)


def test_a_payload_tells_the_weight_and_the_reading_the_rest():
    newer = order(6, lines=(shirts(grams=230),))

    shirt = view(absorb(known(), newer), SHOP).lines[0]

    assert (shirt.hs_code, shirt.origin, shirt.grams) == ("620690", "PT", 230)


def test_an_order_tells_its_own_tags_and_its_customers():
    seen = told()

    assert (seen.tags, seen.customer_tags) == (("gift-wrap",), ("vip",))


def test_an_order_without_a_customer_has_no_tags_of_one():
    assert told(customer=None).customer_tags == ()


def test_an_amount_is_told_as_the_shopper_paid_it_and_as_the_shop_keeps_it():
    abroad = line(
        originalUnitPriceSet=bag("53.10", "45.00", currency="EUR"),
        discountAllocations=[{"allocatedAmountSet": bag("10.62", "9.00", currency="EUR")}],
    )

    seen = told(abroad, totalPriceSet=bag("95.58", "81.00", currency="EUR"))

    shirt = seen.lines[0]
    assert (shirt.paid, shirt.paid_at_shop) == (Money(amount=9558, currency="EUR"), pounds("81.00"))
    assert (shirt.discount, shirt.discount_percent) == (Money(amount=1062, currency="EUR"), 10)
    assert (seen.currency, seen.total, seen.total_at_shop) == (
        "EUR",
        Money(amount=9558, currency="EUR"),
        pounds("81.00"),
    )


def test_a_currency_without_cents_is_kept_whole():
    yen = line(quantity=1, originalUnitPriceSet=bag("8500.0", "45.00", currency="JPY"))

    assert shirt_of(yen, totalPriceSet=bag("8500.0", "45.00", currency="JPY")).paid == Money(
        amount=8500, currency="JPY"
    )


def test_taxes_are_paid_on_top_where_prices_are_net_of_them():
    net = line(taxLines=[{"priceSet": bag("7.20")}, {"priceSet": bag("1.80")}])

    assert shirt_of(net, taxesIncluded=False).paid == pounds("99.00")
    assert shirt_of(net, taxesIncluded=True).paid == pounds("90.00")


def test_several_discounts_add_up_and_the_percent_is_rounded_down():
    off = [{"allocatedAmountSet": bag("9.00")}, {"allocatedAmountSet": bag("4.05")}]

    shirt = shirt_of(line(discountAllocations=off))

    assert (shirt.paid, shirt.discount, shirt.discount_percent) == (pounds("76.95"), pounds("13.05"), 14)


@pytest.mark.parametrize(
    ("price", "off", "percent"), [("0.0", [], 0), ("45.0", [{"allocatedAmountSet": bag("90.00")}], 100)]
)
def test_what_cost_nothing_divides_by_nothing(price: str, off: list, percent: int):
    shirt = shirt_of(line(originalUnitPriceSet=bag(price), discountAllocations=off))

    assert (shirt.paid, shirt.discount_percent) == (pounds("0.00"), percent)


def test_gift_cards_components_and_deleted_products_are_marked():
    voucher = shirt_of(line(isGiftCard=True))
    component = shirt_of(line(lineItemGroup={"id": "gid://shopify/LineItemGroup/3", "title": "Weekend set"}))
    gone = shirt_of(line(product=None, variant=None, image=None))

    assert (voucher.gift_card, voucher.bundle, voucher.product_gone) == (True, None, False)
    assert (component.bundle, component.bundle_id) == ("Weekend set", "gid://shopify/LineItemGroup/3")
    assert (gone.product_gone, gone.product_id, gone.options, gone.image) == (True, None, (), None)
    assert gone.title == "Linen camp shirt"


def test_a_payload_keeps_what_only_a_reading_tells():
    newer = order(6, lines=(shirts(title="Camp shirt"),))

    seen = view(absorb(known(line(lineItemGroup={"id": "g", "title": "Weekend set"})), newer), SHOP)

    assert (seen.lines[0].title, seen.lines[0].bundle, seen.customer_tags) == ("Camp shirt", "Weekend set", ("vip",))
    assert [option.value for option in seen.lines[0].options] == ["Sage", "10"]


def test_a_product_that_is_deleted_after_it_was_read_is_gone():
    newer = order(6, lines=(shirts(product_gone=True),))

    assert view(absorb(known(), newer), SHOP).lines[0].product_gone


def test_who_bought_it_is_known_by_both_addresses():
    buyer = buyer_of(known())

    assert (buyer.email, buyer.sent_to, buyer.billed_to) == ("maya@example.com", "YO1 7HH", "LS1 4AP")
    assert (buyer.phones, buyer.country) == (("07700 900123",), "GB")


def test_an_order_over_the_counter_proves_nothing_but_is_told():
    counter = known(email=None, shippingAddress=None, billingAddress=None, customer=None)

    assert (buyer_of(counter).email, buyer_of(counter).sent_to, buyer_of(counter).phones) == (None, None, ())
    assert view(counter, SHOP).address.country == "ZZ"


def test_the_proofs_of_an_order_are_told_to_nobody():
    assert "LS1 4AP" not in told().model_dump_json()
    assert "900123" not in told().model_dump_json()


@OFFICIAL
@pytest.mark.parametrize("topic", ["orders/create", "orders/updated", "orders/cancelled"])
def test_the_lines_of_shopifys_own_samples_are_told(topic: str):
    sample = json.loads((SAMPLES / f"{topic.replace('/', '_')}.json").read_text())["payload"]
    heard = read(topic, json.dumps(sample), told_at=at(0))
    [bought] = [news for news in heard.news if isinstance(news, BoughtOrder)]
    sold = sample["line_items"]

    seen = view(absorb(KnownOrder(), *heard.news), SHOP)

    assert len(seen.lines) == len(sold) > 0
    assert [line.product_gone for line in seen.lines] == [not one["product_exists"] for one in sold]
    assert [line.gift_card for line in seen.lines] == [one["gift_card"] for one in sold]
    assert all(line.discount.currency == line.paid.currency == seen.currency for line in seen.lines)
    assert seen.total_at_shop.currency == sample["currency"]
    assert buyer_of(absorb(KnownOrder(), bought)).billed_to == (sample["billing_address"] or {}).get("zip")
