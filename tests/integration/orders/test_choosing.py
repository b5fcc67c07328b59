"""What may be had in exchange, asked of the sandbox shop, and what becomes of it between the choice and the settlement."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders import GetExchangesV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.orders_shops import ConnectNativeShopV1
from libs.contracts.values import ExchangeFrom, ExchangeTerms, ExchangeVariant, Money, Resolution
from tests.integration.orders.conftest import Desk, approved, asked, line_back, only, pounds
from tests.integration.orders.test_native import an_order, save

EVERYDAY = ExchangeTerms(chosen_from=ExchangeFrom.COLLECTION, collection="everyday")
ANYTHING = ExchangeTerms(chosen_from=ExchangeFrom.ANY_PRODUCT)
SIZES = {"wide-trousers": ("8", "10", "12", "14"), "wool-scarf": ("One size",), "camp-shirt": ("8", "10", "12", "14")}


@pytest.fixture(autouse=True)
def full_shelves(alder):
    """Twenty of everything at the list price."""
    for product, sizes in SIZES.items():
        for size in sizes:
            alder.shop.stock(alder.domain, product, size)


def choose(desk, order, terms=EVERYDAY, **more):
    """What the order's shirt may be exchanged for."""
    question = GetExchangesV1(order_id=order.order_id, line_id=order.lines[0].id, terms=terms, **more)
    return desk.service.get_exchanges(desk.call(question))


def titles(answer):
    return [product.title for product in answer.products]


def wished(desk, order, title, size="10", **changes):
    """The shirt's exchange for a size of another product, as portal would ask for it."""
    answer = choose(desk, order, owed=order.lines[0].paid)
    product = next(product for product in answer.products if product.title == title)
    choice = next(choice for choice in product.choices if choice.options[-1].value == size)
    on_top = choice.to_settle if choice.to_settle.amount > 0 else None
    chosen = ExchangeVariant(
        id=choice.variant_id, title=f"{title}, {choice.title}", price=choice.price, difference=on_top
    )
    return line_back(order.lines[0], resolution=Resolution.EXCHANGE, exchange_variant=chosen, **changes)


def settle(desk, approval):
    desk.tell(asked(approval))
    desk.work()


def opened(desk, approval):
    desk.tell(approval)
    desk.work()


def test_the_products_of_a_collection_stand_beside_the_product_itself(alder):
    _, order = alder.order()

    answer = choose(alder, order, owed=pounds(4500))

    trousers = answer.products[1]
    assert titles(answer) == ["Bias-cut midi dress", "Wide-leg trousers", "Wool scarf"]
    assert answer.product.title == "Linen camp shirt" and answer.choices == answer.product.choices
    assert "/cdn/shop/images/wide-trousers.webp?width=" in trousers.image
    assert [(option.name, option.value) for option in trousers.choices[0].options] == [("Color", "Ink"), ("Size", "8")]
    told = [(choice.difference, choice.to_settle, choice.in_stock, choice.stock) for choice in trousers.choices]
    assert told == [(pounds(2000), pounds(2000), True, 20)] * 4
    assert answer.products[2].choices[0].to_settle == pounds(-700)
    assert answer.next is None


def test_any_product_that_the_shop_shows_may_be_had_where_the_retailer_says_so(alder):
    _, order = alder.order()

    assert "Waxed field jacket" in titles(choose(alder, order, ANYTHING))


def test_products_come_by_the_page_and_none_twice(alder):
    _, order = alder.order()

    pages, after = [], None
    for _ in range(4):
        answer = choose(alder, order, first=1, after=after)
        pages.append(titles(answer))
        after = answer.next

    assert [title for page in pages for title in page] == [
        "Bias-cut midi dress",
        "Wide-leg trousers",
        "Wool scarf",
    ]  # the shirt's own page has none
    assert after is None


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("wide", ["Wide-leg trousers"]),
        ("  WOOL sca ", ["Wool scarf"]),
        ("jacket", []),
        ('" OR status:draft', []),
        ("---", ["Bias-cut midi dress", "Wide-leg trousers", "Wool scarf"]),
    ],
)
def test_products_are_found_by_their_titles(alder, search, found):
    _, order = alder.order()

    assert titles(choose(alder, order, search=search)) == found


def test_the_product_of_a_variant_is_told_where_the_terms_allow_it(alder):
    _, order = alder.order()
    trousers = choose(alder, order).products[1]

    by_variant = choose(alder, order, variant_id=trousers.choices[2].variant_id)
    by_product = choose(alder, order, product_id=trousers.product_id)

    assert by_variant.product == by_product.product
    assert (by_product.product.title, by_product.products, len(by_product.choices)) == ("Wide-leg trousers", (), 4)


@pytest.mark.parametrize("terms", [ExchangeTerms(), ExchangeTerms(chosen_from="collection", collection="outdoor")])
def test_a_product_that_the_terms_do_not_allow_is_no_choice(alder, terms):
    _, order = alder.order()
    trousers = choose(alder, order).products[1]

    with pytest.raises(Refused) as no:
        choose(alder, order, terms, product_id=trousers.product_id)

    assert no.value.code == "orders.no_exchanges"


@pytest.mark.parametrize(
    "one",
    [
        {"product_id": "gid://shopify/Product/1"},
        {"product_id": "nonsense"},
        {"variant_id": "gid://shopify/ProductVariant/1"},
        {"variant_id": "gid://shopify/Order/1"},
    ],
)
def test_what_the_shop_does_not_have_is_no_choice(alder, one):
    _, order = alder.order()

    with pytest.raises(Refused, match=r"orders\.no_exchanges"):
        choose(alder, order, **one)


def test_a_collection_that_is_gone_is_said_by_its_name(alder):
    _, order = alder.order()

    with pytest.raises(Refused) as no:
        choose(alder, order, ExchangeTerms(chosen_from="collection", collection="last-summer"))

    assert (no.value.code, "last-summer" in no.value.detail) == ("orders.no_exchanges", True)


def test_a_collection_is_looked_up_once_an_hour_and_not_with_every_page(alder):
    _, order = alder.order()
    choose(alder, order)
    alder.shop.misbehave("refuse", "CollectionByHandle")

    again = choose(alder, order)

    assert titles(again)
    assert len(alder.shop.faults()) == 1  # it met no call


def test_another_retailers_collection_is_not_known_by_its_handle(alder, kite):
    _, order = kite.order(email="niamh@example.com")

    with pytest.raises(Refused, match=r"everyday"):
        choose(kite, order)


def test_a_shop_that_is_away_says_so(alder):
    _, order = alder.order()
    alder.shop.misbehave("fail_before", "ExchangeProducts")

    with pytest.raises(Refused, match=r"orders\.shop_not_reached"):
        choose(alder, order)


def test_a_shop_without_room_is_waited_for_and_not_flooded(alder):
    _, order = alder.order()
    alder.shop.misbehave("throttled", "ExchangeProducts")

    with pytest.raises(Refused, match=r"orders\.shop_not_reached"):
        choose(alder, order)


def test_another_product_at_a_higher_price_goes_out_and_what_is_paid_apart_is_told_at_the_shop(alder):
    sold, order = alder.order()
    approval = approved(order, wished(alder, order, "Wide-leg trousers"))

    opened(alder, approval)
    settle(alder, approval)

    kept = alder.shop.kept(sold)
    out = kept["lines"][-1]
    assert (out["title"], out["price"], out["discount"]) == ("Wide-leg trousers", 6500, 2000)
    assert kept["refunds"] == []
    assert kept["returns"][0]["status"] == "CLOSED"
    (fact,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (fact.resolution, fact.amount) == (Resolution.EXCHANGE, pounds(4500))
    (request,) = requests(alder, approval, "open_return")
    (line,) = request["variables"]["returnInput"]["exchangeLineItems"]
    assert line["appliedDiscount"]["description"] == "Exchange, 20.00 GBP paid apart"


def requests(desk, approval, action):
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        told = "SELECT request FROM settlements WHERE return_id = %s AND action = %s"
        return unit.db.exec_driver_sql(told, (approval.return_id, action)).scalars().all()


@pytest.mark.parametrize(("percent", "back"), [(None, 700), (15, 25), (20, 0)])
def test_a_cheaper_product_gives_back_the_remainder_to_the_penny(alder, percent, back):
    sold, order = alder.order(**({"discount_percent": percent} if percent else {}))
    line = wished(alder, order, "Wool scarf", "One size")
    shown = choose(alder, order, owed=line.owed).products[-1].choices[0].to_settle
    approval = approved(order, line)

    opened(alder, approval)
    settle(alder, approval)

    assert shown == pounds(-back)
    assert alder.shop.refunded(sold) == ([back] if back else [])
    assert alder.shop.kept(sold)["lines"][-1]["title"] == "Wool scarf"


@pytest.mark.parametrize("now", [{"available": 0}, {"gone": True}])
def test_another_product_that_sold_out_or_was_deleted_meanwhile_becomes_what_is_named(alder, now):
    sold, order = alder.order()
    approval = approved(order, wished(alder, order, "Wide-leg trousers", fallback=Resolution.REFUND))
    opened(alder, approval)
    alder.shop.stock(alder.domain, "wide-trousers", "10", **now)

    settle(alder, approval)

    (fact,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (fact.resolution, alder.shop.refunded(sold)) == (Resolution.REFUND, [4500])
    assert alder.steps(approval.return_id)["drop_exchange"] == "done"


@pytest.mark.parametrize("opened_before", [True, False])
@pytest.mark.parametrize("price", [6600, 6400])
def test_another_price_than_the_shopper_saw_stops_and_asks_a_person(alder, opened_before, price):
    sold, order = alder.order()
    approval = approved(order, wished(alder, order, "Wide-leg trousers", fallback=Resolution.REFUND))
    if opened_before:
        opened(alder, approval)
    alder.shop.stock(alder.domain, "wide-trousers", "10", price=price)
    if not opened_before:
        opened(alder, approval)

    settle(alder, approval)

    (fact,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert fact.code == "orders.price_changed"
    assert "65.00 GBP" in fact.words and f"{price / 100:.2f} GBP" in fact.words
    assert alder.shop.refunded(sold) == []
    assert [line["title"] for line in alder.shop.kept(sold)["lines"]].count("Wide-leg trousers") == 0


def test_a_person_gives_something_else_where_the_price_has_changed(alder):
    sold, order = alder.order()
    approval = approved(order, wished(alder, order, "Wide-leg trousers"))
    opened(alder, approval)
    alder.shop.stock(alder.domain, "wide-trousers", "10", price=7000)
    settle(alder, approval)

    alder.tell(asked(approval, only(approval, resolution=Resolution.REFUND), attempt=2))
    alder.work()

    assert alder.shop.refunded(sold) == [4500]
    assert alder.shop.kept(sold)["returns"][0]["status"] == "CLOSED"


def test_a_dearer_product_that_nobody_pays_for_is_refused(alder):
    _, order = alder.order()
    line = wished(alder, order, "Wide-leg trousers")
    unpaid = line.exchange_variant.model_copy(update={"difference": Money(amount=1999, currency="GBP")})
    approval = approved(order, line.model_copy(update={"exchange_variant": unpaid}))

    opened(alder, approval)
    settle(alder, approval)

    (fact,) = alder.told(SettlementRefusedV1, approval.return_id)
    assert fact.code == "orders.variant_dearer"


@pytest.mark.parametrize("terms", [ExchangeTerms(), EVERYDAY, ANYTHING])
def test_a_retailer_without_a_shop_to_ask_says_clearly_that_there_is_nothing_to_choose_from(alder, terms):
    native = Desk(alder.service, alder.shop, new_id(), "")
    native.service.connect_native_shop(native.call(ConnectNativeShopV1(currency="GBP")))
    order = native.get(save(native, an_order()).orders[0].order_id)

    with pytest.raises(Refused) as no:
        choose(native, order, terms)

    assert no.value.code == "orders.no_exchanges"
    assert no.value.detail == "No shop tells us what Linen camp shirt could be exchanged for."


def test_an_order_that_is_not_known_is_not_found(alder):
    with pytest.raises(Refused, match=r"orders\.not_found"):
        alder.service.get_exchanges(alder.call(GetExchangesV1(order_id=new_id(), line_id=new_id())))
