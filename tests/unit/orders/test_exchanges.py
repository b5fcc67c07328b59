"""What a shirt may be exchanged for, what that costs, and how what goes out is found at the shop."""

from uuid import UUID

import pytest

from libs.contracts.values import (
    ExchangeFrom,
    ExchangeTerms,
    ExchangeVariant,
    Money,
    Option,
    OrderLine,
    Resolution,
)
from services.orders.domain.exchanges import (
    Agreed,
    ExchangeNotOpened,
    OnSale,
    PriceChanged,
    Shelf,
    ShopExchangeLine,
    SoldOut,
    Variant,
    VariantDearer,
    Wanted,
    agreed,
    charge,
    choices,
    cost,
    instead,
    is_allowed,
    offered,
    to_settle,
)
from services.orders.domain.matching import Effect, Finding, ShopReturn, exchange_of, exchanged
from services.orders.outside.returns import Exchange, opening
from tests.unit.orders.shirts import pounds, returned

SHIRT_12 = "gid://shopify/ProductVariant/12"
TWELVE = ExchangeVariant(id=SHIRT_12, title="Sage / 12")
SHIRT = OrderLine(
    id=UUID(int=101),
    shop_line_id="gid://shopify/LineItem/11",
    title="Linen camp shirt",
    quantity=1,
    returnable=1,
    paid=pounds("45.00"),
    list_price=pounds("45.00"),
    variant_id="gid://shopify/ProductVariant/10",
)


def twelve(**changes):
    told = {"id": SHIRT_12, "title": "Sage / 12", "price": pounds("45.00"), "for_sale": True, "stock": 3}
    return Variant(**told | {"options": (Option(name="Size", value="12"),)} | changes)


def exchange(number=1, **changes):
    return returned(number, **{"resolution": Resolution.EXCHANGE, "exchange_variant": TWELVE} | changes)


def held(*lines):
    return ShopReturn(id="gid://shopify/Return/1", is_closed=False, lines=(), exchanges=lines)


def going_out(line_id="x1", variant_id=SHIRT_12, quantity=1, processed=0):
    return ShopExchangeLine(line_id, variant_id, quantity, processed)


@pytest.mark.parametrize(
    ("variant", "in_stock", "difference", "can_be_taken"),
    [
        ({}, True, 0, True),
        ({"price": pounds("40.00")}, True, -500, True),
        ({"price": pounds("45.01")}, True, 1, False),
        ({"stock": 0}, False, 0, False),
        ({"stock": None}, True, 0, True),
        ({"for_sale": False}, False, 0, False),
    ],
)
def test_a_variant_can_be_taken_when_it_is_there_and_not_dearer(variant, in_stock, difference, can_be_taken):
    (choice,) = choices(Wanted(SHIRT), [twelve(**variant)])

    assert (choice.in_stock, choice.difference.amount, choice.can_be_taken) == (in_stock, difference, can_be_taken)
    assert not choice.bought


def test_the_variant_that_was_bought_is_marked():
    (choice,) = choices(Wanted(SHIRT), [twelve(id=SHIRT.variant_id)])

    assert choice.bought


def test_a_price_in_another_currency_is_no_choice():
    assert choices(Wanted(SHIRT), [twelve(price=Money(amount=100, currency="EUR"))]) == ()


@pytest.mark.parametrize(
    ("owed", "price", "quantity", "expected"),
    [
        ("45.00", "45.00", 1, "45.00"),
        ("38.25", "45.00", 1, "38.25"),  # bought at a discount: the same goods are paid in full
        ("45.00", "40.00", 1, "40.00"),
        ("38.25", "40.00", 1, "38.25"),
        ("38.25", "30.00", 1, "30.00"),
        ("90.00", "45.00", 2, "90.00"),
        ("0.00", "45.00", 1, "0.00"),
    ],
)
def test_an_exchange_costs_the_price_but_never_more_than_what_is_owed(owed, price, quantity, expected):
    line = exchange(owed=pounds(owed), quantity=quantity)

    assert charge(line, twelve(price=pounds(price)), pounds("45.00")) == pounds(expected)


@pytest.mark.parametrize("price", [pounds("45.01"), Money(amount=4500, currency="EUR")])
def test_a_dearer_variant_is_refused(price):
    with pytest.raises(VariantDearer) as no:
        charge(exchange(), twelve(price=price), pounds("45.00"))

    assert no.value.code == "orders.variant_dearer"


@pytest.mark.parametrize("owed", ["45.00", "38.25"])
def test_a_dearer_variant_whose_difference_is_paid_apart_costs_what_is_owed(owed):
    line = exchange(owed=pounds(owed), exchange_variant=TWELVE.model_copy(update={"difference": pounds("6.00")}))

    assert charge(line, twelve(price=pounds("51.00")), pounds("45.00")) == pounds(owed)


def test_a_variant_that_is_dearer_by_more_than_is_paid_is_refused():
    line = exchange(exchange_variant=TWELVE.model_copy(update={"difference": pounds("6.00")}), quantity=2)

    with pytest.raises(VariantDearer):
        charge(line, twelve(price=pounds("51.00")), pounds("45.00"))


@pytest.mark.parametrize("price", ["44.99", "45.01", "40.00"])
def test_another_price_than_the_shopper_saw_is_for_a_person(price):
    line = exchange(exchange_variant=TWELVE.model_copy(update={"price": pounds("45.00")}))

    with pytest.raises(PriceChanged) as no:
        charge(line, twelve(price=pounds(price)), pounds("45.00"))

    assert no.value.code == "orders.price_changed"
    assert "45.00 GBP" in no.value.detail and price in no.value.detail


@pytest.mark.parametrize(
    ("price", "quantity", "owed", "settled"),
    [
        ("45.00", 1, "45.00", 0),
        ("51.00", 1, "45.00", 600),
        ("51.00", 2, "90.00", 1200),
        ("41.00", 1, "45.00", -400),
        ("41.00", 2, "90.00", -800),
        ("51.00", 1, "38.25", 600),  # bought at a discount: the list prices are compared, and nothing is taken for it
        ("45.00", 1, "38.25", 0),
        ("40.00", 1, "38.25", 0),
        ("38.24", 1, "38.25", -1),
    ],
)
def test_what_is_paid_on_top_or_comes_back_is_told_to_the_penny(price, quantity, owed, settled):
    assert to_settle(pounds(price), pounds("45.00"), quantity, pounds(owed)) == Money(amount=settled, currency="GBP")


@pytest.mark.parametrize(
    ("price", "owed"), [("45.00", "45.00"), ("41.00", "45.00"), ("40.00", "38.25"), ("30.00", "38.25")]
)
def test_what_comes_back_is_what_the_exchange_costs_less_than_is_owed(price, owed):
    line, variant = exchange(owed=pounds(owed)), twelve(price=pounds(price))

    back = -to_settle(variant.price, pounds("45.00"), 1, pounds(owed)).amount

    assert back == pounds(owed).amount - charge(line, variant, pounds("45.00")).amount


def test_two_pieces_need_two_in_stock():
    (choice,) = choices(Wanted(SHIRT, quantity=2), [twelve(stock=1)])

    assert (choice.in_stock, choice.stock) == (False, 1)


def test_a_product_is_shown_with_its_picture_and_what_each_variant_settles():
    trousers = OnSale("gid://shopify/Product/2", "Wide-leg trousers", (twelve(price=pounds("65.00")),), "https://pic")

    told = offered(Wanted(SHIRT, owed=pounds("45.00")), trousers)

    assert (told.title, told.image) == ("Wide-leg trousers", "https://pic")
    assert told.choices[0].to_settle == pounds("20.00")


@pytest.mark.parametrize(
    ("chosen_from", "own", "in_collection", "listed", "allowed"),
    [
        (ExchangeFrom.SAME_PRODUCT, True, False, True, True),
        (ExchangeFrom.SAME_PRODUCT, False, True, True, False),
        (ExchangeFrom.COLLECTION, True, False, False, True),
        (ExchangeFrom.COLLECTION, False, True, True, True),
        (ExchangeFrom.COLLECTION, False, False, True, False),
        (ExchangeFrom.COLLECTION, False, True, False, False),
        (ExchangeFrom.ANY_PRODUCT, False, False, True, True),
        (ExchangeFrom.ANY_PRODUCT, False, False, False, False),
    ],
)
def test_the_terms_say_which_products_may_be_had(chosen_from, own, in_collection, listed, allowed):
    product = OnSale("gid://shopify/Product/2", "Wide-leg trousers", (), listed=listed)

    assert is_allowed(ExchangeTerms(chosen_from=chosen_from), product, own=own, in_collection=in_collection) is allowed


def test_what_a_shopper_types_is_searched_for_and_says_nothing_else():
    shelf = Shelf("gid://shopify/Collection/7", search='Linen" OR status:draft --(x')

    assert shelf.query == (
        "status:active AND gift_card:false AND collection_id:7 AND title:linen* AND title:or* AND title:status* "
        "AND title:draft* AND title:x*"
    )


def test_of_any_product_only_those_that_the_shop_shows_are_searched():
    assert Shelf().query == "status:active AND gift_card:false AND published_status:published"


def test_units_of_an_exchange_cost_their_shares_of_what_was_agreed():
    told = Agreed(place=0, charged=10000)
    parts = [cost(told, going_out(quantity=3, processed=done), 1, "GBP").amount for done in range(3)]

    assert parts == [3333, 3334, 3333]


@pytest.mark.parametrize("fallback", [Resolution.REFUND, Resolution.STORE_CREDIT])
def test_what_is_sold_out_becomes_what_is_named(fallback):
    assert instead(exchange(fallback=fallback), "Sage / 12") is fallback


@pytest.mark.parametrize("fallback", [None, Resolution.EXCHANGE, Resolution.NONE])
def test_what_is_sold_out_with_nothing_named_to_give_is_for_a_person(fallback):
    with pytest.raises(SoldOut):
        instead(exchange(fallback=fallback), "Sage / 12")


def test_what_a_return_is_opened_with_is_found_again_in_the_kept_request():
    lines = [exchange(2, owed=pounds("38.25")), exchange(1)]
    request = opening("gid://shopify/Order/1", [], [], [Exchange(line, twelve(), line.owed) for line in lines])
    kept = {"before": request.before}

    asked = request.variables["returnInput"]["exchangeLineItems"]
    assert agreed(kept) == {lines[1].id: Agreed(0, 4500), lines[0].id: Agreed(1, 3825)}
    assert asked[0] == {"variantId": SHIRT_12, "quantity": 1}
    assert asked[1]["appliedDiscount"]["value"]["amount"] == {"amount": "6.75", "currencyCode": "GBP"}
    assert agreed(None) == {}


def test_two_exchanges_for_the_same_variant_take_each_its_own_line():
    both = held(going_out("x1"), going_out("x2"))

    assert [exchange_of(both, exchange(), Agreed(place, 4500)).id for place in (0, 1)] == ["x1", "x2"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([going_out()], None),
        ([], Agreed(0, 4500)),
        ([going_out(variant_id="gid://shopify/ProductVariant/14")], Agreed(0, 4500)),
        ([going_out(processed=1)], Agreed(0, 4500)),
    ],
)
def test_an_exchange_that_the_shops_return_does_not_hold_is_refused(lines, told):
    with pytest.raises(ExchangeNotOpened):
        exchange_of(held(*lines), exchange(), told)


@pytest.mark.parametrize(
    ("effect", "processed", "expected"),
    [
        (Effect("return"), 1, Effect("x1")),
        (Effect("return"), 0, Finding.UNCLEAR),
        (Finding.NOT_THERE, 0, Finding.NOT_THERE),
        (Finding.UNCLEAR, 1, Finding.UNCLEAR),
    ],
)
def test_an_exchange_is_made_when_goods_came_in_and_others_went_out(effect, processed, expected):
    after = held(going_out(processed=processed))

    assert exchanged(after, effect, line_id="x1", quantity=1, before=0) == expected
