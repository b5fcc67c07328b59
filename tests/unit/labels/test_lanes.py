import pytest

from libs.contracts.errors import Refused
from libs.contracts.labels import Lane, LaneMethod, Pricing
from libs.contracts.values import Money
from services.labels.domain import check_lane, crosses, key_of, price_of, territory

HOME = Lane(country="GB", hub="DAV", service="Standard return", price=Money(amount=0, currency="GBP"))
SIX = Money(amount=601, currency="GBP")


def lane(**changes):
    return HOME.model_copy(update=changes)


def pounds(amount):
    return Money(amount=amount, currency="GBP")


@pytest.mark.parametrize(
    ("percent", "more", "price"),
    [(0, 0, 601), (10, 0, 661), (-50, 0, 301), (0, 199, 800), (0, -300, 301), (-100, -5, 0)],
)
def test_a_price_is_made_of_the_cost_and_never_below_nothing(percent, more, price):
    made = lane(pricing=Pricing.COST_PLUS, percent=percent, price=pounds(more), cost=SIX)

    assert price_of(made) == pounds(price)


def test_a_fixed_price_is_what_the_retailer_says_whatever_it_costs():
    assert price_of(lane(price=pounds(295), cost=SIX, percent=10)) == pounds(295)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hub": "ROM"}, "labels.unknown_hub"),
        ({"carrier": "pigeon"}, "labels.unknown_carrier"),
        ({"carrier": "seko", "method": LaneMethod.IN_STORE}, "labels.lane_wrong"),
        ({"postcodes": "B?"}, "labels.lane_wrong"),
        ({"postcodes": "2000-1000"}, "labels.lane_wrong"),
        ({"least_grams": 500, "most_grams": 400}, "labels.lane_wrong"),
        ({"pricing": Pricing.COST_PLUS}, "labels.lane_wrong"),
        ({"pricing": Pricing.COST_PLUS, "cost": Money(amount=1, currency="EUR")}, "labels.lane_wrong"),
        ({"price": Money(amount=-1, currency="GBP")}, "labels.lane_wrong"),
    ],
)
def test_a_lane_that_does_not_fit_together_is_refused(changes, code):
    with pytest.raises(Refused) as refused:
        check_lane(lane(**changes), hubs={"DAV"}, carriers={"own", "seko"})

    assert refused.value.code == code


def test_a_lane_is_the_same_however_its_postcodes_are_written():
    assert key_of(lane(postcodes="bt1 - bt9")) == key_of(lane(postcodes="BT1-BT9", price=SIX, on=False))
    assert key_of(lane(postcodes="BT")) != key_of(lane())


@pytest.mark.parametrize(
    ("country", "postcode", "to", "to_postcode", "declared"),
    [
        ("GB", "BS8 2HY", "GB", "NN11 8PQ", False),
        ("IE", "D02 AF30", "NL", "5015", False),
        ("IE", "D02 AF30", "GB", "NN11 8PQ", True),
        ("NO", "0150", "NL", "5015", True),
        ("GB", "BT1 5GS", "GB", "NN11 8PQ", False),
        ("GB", "BT1 5GS", "NL", "5015", False),
        ("GB", "BS8 2HY", "NL", "5015", True),
        ("ES", "35001", "NL", "5015", True),
        ("ES", "28001", "NL", "5015", False),
        ("JE", "JE2 3AB", "GB", "NN11 8PQ", False),
        ("MC", "98000", "NL", "5015", False),
    ],
)
def test_a_parcel_is_declared_where_it_crosses_a_customs_border(country, postcode, to, to_postcode, declared):
    assert crosses(country, postcode, to_country=to, to_postcode=to_postcode) is declared


def test_a_country_outside_every_union_is_a_territory_of_its_own():
    assert territory("NO", "0150") == "NO"
