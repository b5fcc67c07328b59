import pytest

from libs.contracts.errors import Refused
from libs.contracts.labels import Hub, SaveLanesV1
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

    assert claim.account == "own"
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
