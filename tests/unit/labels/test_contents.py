"""What carriers are told of a parcel's goods: in the vendors' own fields, and nothing that nobody knows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.values import Goods, Money
from services.labels.carriers import contents
from services.labels.domain import declared, goods_in, net_grams
from tests.unit.labels.parcels import MAYA, address, parcel

OSLO = address(line1="Storgata 1", line2=None, city="Oslo", postcode="0155", country="NO")
SHIRTS = Goods(
    title="Linen camp shirt",
    variant="Sage / 10",
    sku="AL-1-10",
    quantity=2,
    value=Money(amount=8999, currency="GBP"),
    hs_code="620690",
    origin="PT",
    grams=210,
    shipped_as=("SBX1",),
)
SCARF = Goods(title="Wool scarf", quantity=1, value=Money(amount=3800, currency="GBP"), shipped_as=("SBX1", "SBX2"))
NORSE = parcel(sender=OSLO, goods=(SHIRTS, SCARF), grams=None)


def test_seko_is_told_of_one_piece_of_each_item():
    shirt, scarf = contents.commodities(NORSE)

    assert shirt == {
        "Description": "Linen camp shirt, Sage / 10",
        "Units": 2,
        "UnitValue": 45.0,
        "Currency": "GBP",
        "UnitKg": 0.21,
        "HarmonizedCode": "620690",
        "Country": "PT",
        "itemSKU": "AL-1-10",
    }
    assert scarf == {"Description": "Wool scarf", "Units": 1, "UnitValue": 38.0, "Currency": "GBP"}


def test_easypost_is_told_of_all_pieces_of_each_item_together():
    told = contents.customs_info(NORSE, grams=900)

    shirts, scarf = told["customs_items"]
    assert (told["contents_type"], told["customs_signer"]) == ("returned_goods", "Alder")
    assert shirts == {
        "description": "Linen camp shirt, Sage / 10",
        "quantity": 2,
        "value": 89.99,
        "currency": "GBP",
        "weight": 14.815,
        "hs_tariff_number": "620690",
        "origin_country": "PT",
        "code": "AL-1-10",
    }
    assert (scarf["weight"], "hs_tariff_number" in scarf, "origin_country" in scarf) == (10.582, False, False)


def test_a_yen_has_no_hundredths():
    dear = SCARF.model_copy(update={"value": Money(amount=8500, currency="JPY")})

    (item,) = contents.customs_info(parcel(sender=OSLO, goods=(dear,)), grams=300)["customs_items"]

    assert (item["value"], item["currency"]) == (8500.0, "JPY")


def test_no_customs_are_told_of_a_parcel_that_crosses_no_border():
    assert contents.customs_info(parcel(sender=MAYA, goods=(SHIRTS,)), grams=420) is None


@pytest.mark.parametrize(("country", "postcode", "filed"), [("US", "94107", "NOEEI 30.37(a)"), ("NO", "0155", None)])
def test_an_export_from_the_united_states_names_why_it_is_not_filed(country, postcode, filed):
    sender = address(country=country, postcode=postcode)

    assert contents.customs_info(parcel(sender=sender, goods=(SHIRTS,)), grams=420).get("eel_pfc") == filed


@pytest.mark.parametrize(
    ("booking", "grams"),
    [
        (parcel(goods=(SHIRTS,), grams=420), 420),
        (parcel(goods=(SCARF,)), 1000),
        (parcel(goods=(SHIRTS,), grams=210, parcels=2), 210),
        (parcel(goods=(SHIRTS,), grams=210, parcels=2, sender=OSLO), 210),
        (parcel(goods=(SHIRTS, SHIRTS), grams=210, parcels=3, parcel=3, sender=OSLO), 420),
        (parcel(goods=(SHIRTS.model_copy(update={"grams": 0}),), grams=0), 1000),
    ],
)
def test_a_parcel_weighs_what_its_goods_do_and_no_less_than_is_declared(booking, grams):
    assert contents.grams_of(booking, usual=1000) == grams


def test_a_weight_is_known_when_that_of_every_item_is():
    assert (net_grams((SHIRTS,)), net_grams((SHIRTS, SCARF)), net_grams(())) == (420, None, None)


def test_a_declaration_names_each_parcel_of_the_way_out_once():
    assert declared(NORSE, "HW1").shipped_as == ("SBX1", "SBX2")


def test_the_ounce_is_the_international_avoirdupois_one():
    (item,) = contents.customs_info(parcel(sender=OSLO, goods=(SHIRTS,)), grams=420)["customs_items"]

    assert Decimal(str(item["weight"])) == (Decimal(420) / Decimal("28.349523125")).quantize(Decimal("0.001"))


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 20_000)), min_size=1, max_size=5),
    st.integers(1, 9),
)
def test_the_parcels_of_a_return_declare_everything_once_and_each_of_them_something(items, parcels):
    goods = tuple(
        SHIRTS.model_copy(
            update={"sku": str(at), "quantity": units, "value": SHIRTS.value.model_copy(update={"amount": paid})}
        )
        for at, (units, paid) in enumerate(items)
    )

    told = [goods_in(parcel(sender=OSLO, goods=goods, parcel=n, parcels=parcels)) for n in range(1, parcels + 1)]

    pieces = sum(item.quantity for item in goods)
    assert all(told)
    assert sum(item.value.amount for each in told for item in each) == sum(paid for _, paid in items)
    if pieces >= parcels:
        for item in goods:
            assert sum(one.quantity for each in told for one in each if one.sku == item.sku) == item.quantity


def test_two_boxes_of_one_thing_share_its_value():
    sofa = SCARF.model_copy(update={"value": Money(amount=8901, currency="GBP")})

    values = [goods_in(parcel(goods=(sofa,), parcel=n, parcels=2))[0].value.amount for n in (1, 2)]

    assert values == [4450, 4451]


def test_carriers_and_customs_are_told_of_a_parcels_part():
    first, second = (parcel(sender=OSLO, goods=(SHIRTS, SCARF), parcel=n, parcels=2) for n in (1, 2))

    assert [item["Units"] for item in contents.commodities(first) + contents.commodities(second)] == [1, 1, 1]
    assert contents.customs_info(first, grams=300)["customs_items"][0]["value"] == 44.99
    assert [declared(each, "HW1").totals[0].amount for each in (first, second)] == [4499, 8300]
