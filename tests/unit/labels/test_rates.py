from datetime import UTC, datetime, timedelta

import pytest

from libs.chassis.outside import Declined
from libs.contracts.errors import Refused
from libs.contracts.labels import Lane, Pricing, RatesFrom
from libs.contracts.labels_lanes import RateUse
from libs.contracts.values import Money
from services.labels.carriers import CARRIERS, Rating, Reach, easypost_rates, seko_rates
from services.labels.dispatch import NOBODYS
from services.labels.domain import (
    NoAnswer,
    NoOffer,
    Offer,
    Rate,
    asked_again,
    bands_of,
    check_lane,
    cost_of,
    place_of,
    sender_of,
    use_of,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
THREE_DAYS = timedelta(days=3)
BRISTOL = RatesFrom(city="Bristol", postcode="BS8 2HY")
LANE = Lane(
    country="GB",
    hub="DAV",
    carrier="seko",
    service="Air Tracked",
    price=Money(amount=0, currency="GBP"),
    cost=Money(amount=600, currency="GBP"),
    rates_from=BRISTOL,
)


def lane(**changes):
    return LANE.model_copy(update=changes)


def rate(amount=485, currency="GBP", *, hours=0):
    return Rate(Money(amount=amount, currency=currency), NOW - timedelta(hours=hours))


@pytest.mark.parametrize(
    ("least", "most", "bands"),
    [
        (0, None, (500, 1000, 2000, 5000, 10000, 20000, 30000)),
        (0, 900, (500, 900)),
        (2000, 5000, (2000, 5000)),
        (3000, 4000, (4000,)),
        (25000, None, (30000,)),
        (40000, None, (40000,)),
        (10000, 70000, (10000, 20000, 30000, 70000)),
    ],
)
def test_rates_are_asked_for_the_weights_that_a_lane_takes(least, most, bands):
    assert bands_of(lane(least_grams=least, most_grams=most)) == bands


def test_a_lane_that_does_not_say_from_where_asks_for_no_rates():
    assert bands_of(lane(rates_from=None)) == ()


@pytest.mark.parametrize(
    ("known", "use", "cost"),
    [
        (rate(), RateUse.IN_USE, 485),
        (rate(hours=72), RateUse.IN_USE, 485),
        (rate(hours=73), RateUse.TOO_OLD, 600),
        (rate(currency="USD"), RateUse.OTHER_CURRENCY, 600),
        (None, RateUse.NONE, 600),
    ],
)
def test_the_lanes_own_cost_stands_in_for_a_rate_that_cannot_be_used(known, use, cost):
    assert use_of(known, currency="GBP", now=NOW, good_for=THREE_DAYS) is use
    assert cost_of(LANE, known, now=NOW, good_for=THREE_DAYS) == Money(amount=cost, currency="GBP")


def test_a_carrier_that_gave_no_answer_is_asked_again_soon_and_one_that_did_after_a_while():
    half_a_day, offered = timedelta(hours=12), Offer(Money(amount=485, currency="GBP"), "Air Tracked")

    waits = [asked_again(each, every=half_a_day) for each in (NoAnswer(), NoOffer("too heavy"), offered)]

    assert waits == [timedelta(minutes=10), half_a_day, half_a_day]


def test_a_rate_is_asked_for_nobody_in_the_place_that_the_retailer_names():
    sender = sender_of(LANE)

    assert place_of(LANE) == "Bristol, BS8 2HY"
    assert (sender.city, sender.postcode, sender.country) == ("Bristol", "BS8 2HY", "GB")


def test_a_lane_cannot_take_the_rates_of_a_carrier_that_tells_none():
    with pytest.raises(Refused) as refused:
        check_lane(lane(carrier="own"), hubs={"DAV"}, carriers={"own", "seko"}, rating={"seko"})

    assert (refused.value.code, refused.value.detail) == (
        "labels.no_rates",
        "own tells no rates: leave rates_from empty, and write the cost",
    )


def test_a_price_made_of_rates_needs_a_cost_that_stands_in_for_them():
    with pytest.raises(Refused) as refused:
        check_lane(lane(pricing=Pricing.COST_PLUS, cost=None), hubs={"DAV"}, carriers={"seko"}, rating={"seko"})

    assert "counts while no rate of the carrier is known" in refused.value.detail


@pytest.mark.parametrize("name", CARRIERS)
def test_a_carrier_that_says_it_tells_rates_can_be_asked_for_them(name):
    kind = CARRIERS[name]

    assert isinstance(kind.open(NOBODYS, Reach()), Rating) is kind.asks.rates


EASYPOST = {
    "rates": [
        {"carrier": "USPS", "service": "Priority", "rate": "7.42", "currency": "USD"},
        {"carrier": "USPS", "service": "GroundAdvantage", "rate": "6.07", "currency": "USD"},
        {"carrier": "Other", "service": "GroundAdvantage", "rate": "9.07", "currency": "USD"},
    ],
    "messages": [{"carrier": "UPS", "type": "rate_error", "message": "no account"}],
}


@pytest.mark.parametrize(
    ("service", "amount"),
    [("priority", 742), ("GroundAdvantage", 607), ("Other GroundAdvantage", 907), ("cheapest", 607)],
)
def test_easyposts_rate_is_that_of_the_lanes_service(service, amount):
    assert easypost_rates.offer(EASYPOST, service).cost == Money(amount=amount, currency="USD")


@pytest.mark.parametrize(
    ("shipment", "words"),
    [
        (EASYPOST, "no rate for Rocket; there are Other GroundAdvantage, USPS GroundAdvantage, USPS Priority"),
        (EASYPOST | {"rates": []}, "UPS: no account"),
        ({"rates": None, "messages": ["odd", {"type": "rate_error"}]}, "easypost: rate_error"),
        ({}, "no carrier has a rate"),
    ],
)
def test_why_easypost_has_no_rate_is_told_in_its_words(shipment, words):
    with pytest.raises(Declined) as no:
        easypost_rates.offer(shipment, "Rocket")

    assert no.value.words == words


SEKO = {
    "Available": [{"CarrierName": "Omni Parcel", "DeliveryType": "AIR TRACKED", "Cost": 5.82}],
    "Rejected": [{"CarrierName": "Other", "DeliveryType": "SEA", "Reason": "too slow"}],
    "ValidationErrors": {
        "Property": "Origin.PhoneNumber",
        "Message": "PhoneNumber is recommended",
        "Key": "PhoneNumber",
    },
}


@pytest.mark.parametrize("service", ["Air Tracked", "omni parcel air tracked", "Cheapest"])
def test_sekos_rate_is_that_of_the_lanes_service_though_errors_stand_beside_it(service):
    assert seko_rates.offer(SEKO, service, "GBP") == Offer(Money(amount=582, currency="GBP"), "Omni Parcel AIR TRACKED")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (SEKO, "no_rate", "no rate for Rocket; there are AIR TRACKED"),
        (SEKO | {"Available": []}, "no_rate", "SEA: too slow; Origin.PhoneNumber: PhoneNumber is recommended"),
        ({"ValidationErrors": [{"Message": "odd"}, "x"]}, "no_rate", "odd"),
        ({}, "no_rate", "no service takes such a parcel"),
        (
            {"Available": [{"DeliveryType": "Rocket", "Cost": "ask"}]},
            "no_amount",
            "the rate has no amount that can be read",
        ),
    ],
)
def test_why_seko_has_no_rate_is_told_in_its_words(answer, code, words):
    with pytest.raises(Declined) as no:
        seko_rates.offer(answer, "Rocket", "GBP")

    assert (no.value.code, no.value.words) == (code, words)
