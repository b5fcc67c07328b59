import pytest

from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, Pricing, SaveLanesV1
from libs.contracts.labels_lanes import ChangeLanesV1, GetLanesV1
from libs.contracts.values import Money
from tests.integration.labels.conftest import HOME
from tests.unit.labels.parcels import DAVENTRY

IRISH = HOME.model_copy(update={"country": "IE", "price": Money(amount=495, currency="EUR")})


def test_a_quote_names_the_hub_and_the_price(desk):
    desk.open(HOME, IRISH)

    quote = desk.quote("IE")

    assert (quote.hub, quote.hub_address, quote.price) == ("DAV", DAVENTRY.address, Money(amount=495, currency="EUR"))


def test_nothing_comes_back_from_a_country_without_a_lane(desk):
    with pytest.raises(Refused) as refused:
        desk.quote("FR")

    assert refused.value.code == "labels.no_lane"


def test_the_first_lane_that_is_on_is_the_one_quoted(desk):
    express = HOME.model_copy(update={"service": "Express return"})
    desk.open(HOME.model_copy(update={"on": False}), express, HOME.model_copy(update={"service": "Slow return"}))

    assert desk.quote().service == "Express return"


def test_a_parcel_goes_to_the_hub_that_is_wished_where_a_lane_leads_there(desk):
    york = Hub(code="YRK", address=DAVENTRY.address)
    desk.open(HOME, HOME.model_copy(update={"hub": "YRK"}), hubs=(DAVENTRY, york))

    hubs = [desk.quote(hub=hub).hub for hub in (None, "YRK", "ROM")]

    assert hubs == ["DAV", "YRK", "DAV"]


def test_saving_again_keeps_the_lane_and_changes_its_price(desk):
    before = desk.quote()
    desk.open(HOME.model_copy(update={"price": Money(amount=295, currency="GBP")}))

    after = desk.quote()

    assert after.lane_id == before.lane_id
    assert after.price == Money(amount=295, currency="GBP")


def test_a_lane_left_out_is_quoted_no_more_but_its_returns_still_get_labels(desk):
    old = desk.quote()
    desk.open(IRISH)

    claim = desk.plan(lane_id=old.lane_id)

    assert claim.account == f"own:{desk.retailer_id}"
    with pytest.raises(Refused):
        desk.quote("GB")


def test_a_lane_that_comes_back_is_the_same_lane(desk):
    before = desk.quote()
    desk.open(IRISH)
    desk.open(HOME, IRISH)

    assert desk.quote().lane_id == before.lane_id


def test_lanes_that_cannot_be_in_force_change_nothing(desk):
    wrong = SaveLanesV1(hubs=(DAVENTRY,), lanes=(HOME.model_copy(update={"hub": "TIL"}),))

    with pytest.raises(Refused):
        desk.service.save_lanes(desk.call(wrong))

    assert desk.quote().hub == "DAV"


def test_one_retailer_sees_nothing_of_anothers_lanes(new_desk):
    alder, kite = new_desk(), new_desk()
    alder.open(HOME)
    kite.open(IRISH)

    with pytest.raises(Refused):
        kite.quote("GB")

    assert alder.quote("GB").lane_id != kite.quote("IE").lane_id


def test_a_hub_may_move_without_a_new_lane(desk):
    before = desk.quote()
    moved = DAVENTRY.address.model_copy(update={"line1": "Unit 9, Drayton Fields"})
    desk.open(HOME, hubs=(Hub(code="DAV", address=moved),))

    assert desk.quote().hub_address == moved
    assert desk.quote().lane_id == before.lane_id


def test_a_lane_for_some_postcodes_goes_before_one_for_all(desk):
    ulster = HOME.model_copy(update={"postcodes": "BT", "price": Money(amount=395, currency="GBP")})
    desk.open(HOME, ulster)

    amounts = [desk.quote(postcode=code).price.amount for code in ("bt15 3xy", "BS8 2HY", None)]

    assert amounts == [395, 0, 0]


def test_a_range_takes_what_begins_with_its_last_too(desk):
    inland = HOME.model_copy(update={"country": "NL", "postcodes": "1000-1999"})
    desk.open(HOME, inland)

    taken = [code for code in ("0999 AB", "1000 AA", "1999ZZ", "2000 AA") if can_quote(desk, "NL", postcode=code)]

    assert taken == ["1000 AA", "1999ZZ"]


def test_a_parcel_takes_the_lane_of_its_weight(desk):
    light = HOME.model_copy(update={"most_grams": 1999})
    heavy = HOME.model_copy(update={"least_grams": 2000, "price": Money(amount=600, currency="GBP")})
    desk.open(light, heavy)

    amounts = [desk.quote(grams=grams).price.amount for grams in (300, 2000, None)]

    assert amounts == [0, 600, 0]


def test_a_parcel_that_is_too_heavy_for_every_lane_is_told_so(desk):
    desk.open(HOME.model_copy(update={"most_grams": 1999}))

    with pytest.raises(Refused) as refused:
        desk.quote(grams=2000)

    assert refused.value.detail == "no lane from GB that takes 2000 g is on"


def test_a_country_without_a_lane_of_its_own_takes_the_default_one(desk):
    desk.open(HOME.model_copy(update={"default": True, "service": "From anywhere"}), IRISH)

    assert [desk.quote(country).service for country in ("FR", "IE", "GB")] == [
        "From anywhere",
        "Standard return",
        "From anywhere",
    ]


def test_a_hub_that_is_off_or_takes_other_things_is_no_destination(desk):
    faulty = Hub(code="FLT", address=DAVENTRY.address, reasons=("faulty",), product_types=("Jacket", "Dress"))
    closed = Hub(code="OFF", address=DAVENTRY.address, on=False)
    lanes = [HOME.model_copy(update={"hub": code}) for code in ("OFF", "FLT", "DAV")]
    desk.open(*lanes, hubs=(DAVENTRY, faulty, closed))

    hubs = [
        desk.quote(reasons=reasons, product_types=types, hub="FLT").hub
        for reasons, types in [
            (("faulty",), ("Jacket",)),
            (("faulty", "too_big"), ()),
            (("faulty",), ("Shoes",)),
            ((), ()),
        ]
    ]

    assert hubs == ["FLT", "DAV", "DAV", "FLT"]


def test_a_price_made_of_the_cost_is_quoted_with_it(desk):
    cost = Money(amount=600, currency="GBP")
    desk.open(HOME.model_copy(update={"pricing": Pricing.COST_PLUS, "cost": cost, "percent": -50}))

    quote = desk.quote()

    assert (quote.price.amount, quote.cost, quote.customs) == (300, cost, False)


def test_a_quote_says_that_a_customs_border_is_crossed(desk):
    desk.open(HOME, IRISH)

    assert desk.quote("IE").customs


def test_lanes_that_are_sent_again_change_nothing_and_wrong_ones_are_told_of(desk):
    wrong = HOME.model_copy(update={"hub": "ROM"})
    dear = HOME.model_copy(update={"price": Money(amount=295, currency="GBP")})
    sent = ChangeLanesV1(lanes=(dear, wrong, IRISH))

    first, again = (desk.service.change_lanes(desk.call(sent)) for _ in range(2))

    assert [each.outcome for each in first.lanes] == ["changed", "refused", "created"]
    assert [each.outcome for each in again.lanes] == ["unchanged", "refused", "unchanged"]
    assert first.lanes[1].words == "no hub has the code ROM"
    in_force = desk.service.get_lanes(desk.call(GetLanesV1()))
    assert [each.lane for each in in_force.lanes] == [dear, IRISH]
    assert [hub.code for hub in in_force.hubs] == ["DAV"]


def test_a_quote_finds_the_one_lane_of_a_postcode_among_thousands(desk):
    many = [
        HOME.model_copy(update={"country": "NL", "postcodes": str(1000 + n), "service": f"Round {n}"})
        for n in range(2000)
    ]
    desk.open(HOME, *many)

    assert desk.quote("NL", postcode="2456 AB").service == "Round 1456"


def can_quote(desk, country, **asked):
    try:
        return bool(desk.quote(country, **asked))
    except Refused:
        return False
