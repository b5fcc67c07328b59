"""A parcel that its shopper sends by themselves is known by the number they tell, and only a hub's scan of it counts."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.portal_parcels import ParcelSentV1
from libs.contracts.tracking import HubResult, MilestoneReachedV1
from libs.contracts.values import Milestone

NUMBER = "15501234567890"


@pytest.fixture
def slip(hub):
    """The packing slip of Maya's parcel, with a number of ours."""
    fact = hub.label()
    hub.service.on_label_issued(fact)
    return fact.data


def told(hub, slip, number=NUMBER, **changes):
    """Maya says how the parcel is under way."""
    of = {"return_id": slip.return_id, "number": "R-7KQ2M9", "parcel": 1, "carrier": "DPD", "by": "shopper"}
    hub.service.on_parcel_sent(hub.fact(ParcelSentV1(**of | changes, tracking_number=number)))


def reached(hub, return_id):
    return {each.milestone for each in hub.said(MilestoneReachedV1) if each.return_id == return_id}


def test_a_hub_knows_the_parcel_by_the_carriers_number(hub, slip):
    told(hub, slip)

    answer = hub.scan(NUMBER)

    assert (answer.result, answer.return_id, answer.parcel) == (HubResult.OK, slip.return_id, 1)
    assert Milestone.HUB_RECEIVED in reached(hub, slip.return_id)


def test_it_is_bound_for_where_its_slip_leads(hub, slip):
    told(hub, slip)

    assert hub.scan(NUMBER, hub="TIL").result is HubResult.WRONG_HUB


def test_a_parcel_that_came_before_it_was_told_of_is_received_then(hub, slip):
    unknown = hub.scan(NUMBER)

    told(hub, slip)

    assert unknown.result is HubResult.UNKNOWN
    assert Milestone.HUB_RECEIVED in reached(hub, slip.return_id)


def test_what_carriers_report_of_a_number_that_was_only_told_proves_nothing(hub, slip):
    told(hub, slip)

    hub.report(NUMBER, "delivered", carrier="dpd")
    hub.report(NUMBER, "delivered", carrier="DPD")

    assert reached(hub, slip.return_id) == {Milestone.LABEL_CREATED}


def test_a_number_that_is_another_returns_stays_that_ones(hub, slip):
    other = hub.label(tracking_number=NUMBER, carrier="evri")
    hub.service.on_label_issued(other)

    told(hub, slip)

    assert hub.scan(NUMBER).return_id == other.data.return_id


def test_the_slips_own_number_told_as_the_carriers_changes_nothing(hub, slip):
    told(hub, slip, slip.tracking_number)

    assert hub.scan(slip.tracking_number).result is HubResult.OK


def test_a_return_that_has_no_slip_is_known_by_what_is_told_too(hub):
    return_id = new_id()
    of = {"return_id": return_id, "number": "R-7KQ2M9", "parcel": 1, "carrier": "DPD", "by": "shopper"}

    hub.service.on_parcel_sent(hub.fact(ParcelSentV1(**of, tracking_number=NUMBER)))

    assert hub.scan(NUMBER).return_id == return_id


def test_the_same_told_twice_is_one_parcel(hub, slip):
    told(hub, slip)
    told(hub, slip)

    assert hub.scan(NUMBER).result is HubResult.OK
