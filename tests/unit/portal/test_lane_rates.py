from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.contracts.labels import Lane, RatesFrom
from libs.contracts.labels_lanes import LaneInForce, LaneRate, RateUse
from libs.contracts.values import Money
from services.portal.bringing.cells import BadCell
from services.portal.lane_files import place_of, place_text
from services.portal.web.lane_rates import rates_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BRISTOL = RatesFrom(city="Bristol", postcode="BS8 2HY")
LANE = Lane(
    country="GB",
    hub="DAV",
    carrier="seko",
    service="Air",
    price=Money(amount=0, currency="GBP"),
    rates_from=BRISTOL,
)


def rate(grams, use=RateUse.IN_USE, amount=485, **more):
    if amount is None:
        return LaneRate(up_to_grams=grams, use=use, **more)
    cost = Money(amount=amount, currency="GBP")
    return LaneRate(up_to_grams=grams, use=use, cost=cost, service="Omni Parcel Air", fetched_at=NOON, **more)


def shown(*rates, lane=LANE):
    return rates_of(LaneInForce(lane_id=UUID(int=1), lane=lane, rates=rates), None, rating={"seko"})


def test_of_a_lane_whose_carrier_tells_no_rates_nothing_is_shown():
    assert shown(lane=LANE.model_copy(update={"carrier": "own", "rates_from": None})) is None


@pytest.mark.parametrize(
    ("rates", "words"),
    [
        ((), ""),
        ((rate(500, RateUse.NONE, None),), "Being asked"),
        ((rate(500), rate(1000)), "In use"),
        ((rate(500), rate(1000, RateUse.NONE, None, error="too heavy", failed_at=NOON)), "In use for some weights"),
        ((rate(500, RateUse.NONE, None, error="no", failed_at=NOON),), "No rate: our cost counts"),
        ((rate(500, RateUse.TOO_OLD), rate(1000, RateUse.NONE, None)), "Too old: our cost counts"),
        ((rate(500, RateUse.OTHER_CURRENCY),), "In another currency: our cost counts"),
    ],
)
def test_how_a_lane_stands_is_said_in_a_few_words(rates, words):
    assert shown(*rates).words == words


def test_weights_that_cost_the_same_are_one_row_and_the_whole_span_is_told():
    seen = shown(rate(500), rate(1000), rate(2000, amount=545))

    assert [(row.kilograms, row.cost.amount) for row in seen.rows] == [("1", 485), ("2", 545)]
    assert (seen.place, seen.least.amount, seen.most.amount) == ("Bristol, BS8 2HY", 485, 545)
    assert (seen.service, seen.asked_at, seen.error) == ("Omni Parcel Air", NOON, "")


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("Bristol, BS8 2HY", BRISTOL),
        ("  Bristol ,BS8 2HY ", BRISTOL),
        ("Hong Kong", RatesFrom(city="Hong Kong")),
        ("Stoke, Devon, PL1 4AB", RatesFrom(city="Stoke, Devon", postcode="PL1 4AB")),
        (" ", None),
    ],
)
def test_a_place_is_read_as_it_is_typed(typed, place):
    assert place_of(typed) == place
    assert place_of(place_text(place)) == place


@pytest.mark.parametrize("typed", [", BS8 2HY", "Bristol, much more than a postcode ever is", "B" * 81])
def test_a_place_without_a_town_is_none(typed):
    with pytest.raises(BadCell):
        place_of(typed)
