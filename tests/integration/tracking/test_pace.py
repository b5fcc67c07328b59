"""A lane's pace is learned from the parcels that came, and told with each that is on its way; one that is late is stated once."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from libs.chassis.clock import now
from libs.contracts.tracking import MilestoneReachedV1, ParcelDelayedV1
from libs.contracts.values import Milestone
from services.tracking.domain import ENOUGH
from tests.integration.tracking.conftest import Hub, at_once

LANE = {"carrier": "evri", "country": "GB", "service": "Standard return"}
ACCEPTED, HUB = Milestone.ACCEPTED, Milestone.HUB_RECEIVED


def sent(hub: Hub, n: int, /, **changes):
    """The label of the n-th parcel of the lane."""
    label = hub.label(**LANE | {"tracking_number": f"H{n:03}{str(hub.retailer_id)[-12:]}".upper()} | changes)
    hub.service.on_label_issued(label)
    return label.data


def came(hub: Hub, n: int, /, *, after: timedelta = timedelta(hours=30), **changes) -> None:
    """One parcel of the lane was accepted, and came to the hub so much later."""
    number, start = sent(hub, n, **changes).tracking_number, now() - timedelta(days=9)
    hub.report(number, "accepted", at=start)
    hub.scan(number, occurred_at=start + after)


def accepted(hub: Hub, n: int, /, *, ago: timedelta = timedelta(days=1), **changes):
    """The label of a parcel that its carrier has had for so long, and what was told with that."""
    label = sent(hub, n, **changes)
    hub.report(label.tracking_number, "accepted", at=now() - ago)
    (told,) = (
        fact
        for fact in hub.said(MilestoneReachedV1)
        if fact.milestone is ACCEPTED and fact.tracking_number == label.tracking_number
    )
    return label, told


def rows(hub: Hub, query: str):
    with hub.service.parcels.unit(retailer_id=hub.retailer_id) as unit:
        return [tuple(row) for row in unit.db.exec_driver_sql(query)]


def looks(hub: Hub) -> None:
    """What is planned for the parcels is done, as the claimer does when it is due."""
    for (parcel_id,) in rows(hub, "SELECT id FROM parcels ORDER BY registered_at"):
        hub.service.delays.look_after(hub.retailer_id, parcel_id)


def delayed(hub: Hub) -> list[Milestone]:
    return [fact.milestone for fact in hub.said(ParcelDelayedV1)]


def test_nothing_is_promised_until_twenty_parcels_of_the_lane_came_and_then_what_they_took(new_hub):
    hub = new_hub()
    for n in range(ENOUGH - 1):
        came(hub, n)
    _, before = accepted(hub, 50)
    came(hub, ENOUGH)

    label, told = accepted(hub, 51)

    assert (before.expected, before.upcoming) == (None, ())
    assert (told.expected.at, told.expected.parcels) == (told.occurred_at + timedelta(hours=30), ENOUGH)
    [parcel] = hub.parcels(label.return_id)
    assert (parcel.expected, parcel.upcoming, parcel.late) == (told.expected, (told.expected,), False)


@pytest.mark.parametrize("other", [{"country": "DE"}, {"service": "Express"}, {"carrier": "dpd"}, {"hub": "TIL"}])
def test_a_lane_learns_nothing_of_another_country_service_carrier_or_hub(new_hub, other):
    hub = new_hub()
    for n in range(ENOUGH):
        came(hub, n)

    label = sent(hub, 50, **other)
    hub.report(label.tracking_number, "accepted", at=now(), carrier=other.get("carrier", "evri"))

    assert hub.parcels(label.return_id)[0].upcoming == ()


def test_what_came_more_than_ninety_days_ago_is_forgotten(new_hub):
    hub = new_hub()
    for n in range(ENOUGH):
        came(hub, n)
    for table, day in (("lane_steps", "day"), ("lane_paces", "found_on")):
        rows(hub, f"UPDATE {table} SET {day} = {day} - 91 RETURNING 1")

    assert accepted(hub, 50)[1].upcoming == ()


def test_a_lane_that_is_not_known_goes_by_its_setting(hub):
    label, told = accepted(hub, 1, expected_days=3)

    [parcel] = hub.parcels(label.return_id)
    assert (told.expected.at, told.expected.parcels) == (told.occurred_at + timedelta(days=3), 0)
    assert (parcel.country, parcel.service, parcel.expected) == ("GB", "Standard return", told.expected)


def test_a_scan_of_another_century_is_told_and_counted_from_when_we_heard_of_it(hub):
    label = sent(hub, 1, expected_days=3)

    hub.report(label.tracking_number, "in_transit", at=now() + timedelta(days=365 * 73))

    told = {fact.milestone: fact for fact in hub.said(MilestoneReachedV1)}[Milestone.IN_TRANSIT]
    [parcel] = hub.parcels(label.return_id)
    assert told.occurred_at <= now()
    assert (told.expected.at, parcel.expected) == (told.occurred_at + timedelta(days=3), told.expected)


def test_each_step_of_a_known_lane_is_promised_as_the_one_before_it_is_done(new_hub):
    hub, start = new_hub(), now() - timedelta(days=9)
    for n in range(ENOUGH):
        label = sent(hub, n)
        hub.report(label.tracking_number, "accepted", at=start)
        hub.report(label.tracking_number, "in_transit", at=start + timedelta(hours=30))
        hub.scan(label.tracking_number, occurred_at=now() - timedelta(hours=40))
        hub.inspect(label.return_id, key=f"tablet/{n}")
    number = sent(hub, 50).tracking_number

    hub.report(number, "accepted", at=now() - timedelta(days=3))
    hub.report(number, "in_transit", at=now() - timedelta(days=2))
    hub.scan(number)

    told = [fact.upcoming for fact in hub.said(MilestoneReachedV1) if fact.tracking_number == number]
    assert [[each.milestone.value for each in upcoming] for upcoming in told] == [
        [],
        ["in_transit", "hub_received"],
        ["hub_received"],
        ["processed"],
    ]


def test_the_words_of_a_carrier_are_told_with_its_scan_and_those_of_staff_are_not(hub):
    label = sent(hub, 1)
    hub.report(label.tracking_number, "accepted", at=now(), description="Taken at the shop", location="Leeds")
    hub.reach(label.return_id, HUB, words="He brought it himself")

    words = {fact.milestone: fact.words for fact in hub.said(MilestoneReachedV1)}
    assert (words[ACCEPTED], words[HUB]) == ("Taken at the shop", None)
    [parcel] = hub.parcels(label.return_id)
    assert [step.words for step in parcel.steps if step.words] == ["Taken at the shop"]


def test_the_timeline_tells_when_a_hub_opened_the_parcel(hub):
    label, _ = accepted(hub, 1)
    hub.inspect(label.return_id)

    steps = [step.milestone.value for step in hub.parcels(label.return_id)[0].steps]
    assert steps[-2:] == ["hub_received", "processed"]


def test_a_parcel_that_is_overdue_is_late_until_it_comes(hub):
    label, _ = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)

    late = hub.parcels(label.return_id)[0].late
    hub.scan(label.tracking_number)

    [parcel] = hub.parcels(label.return_id)
    assert (late, parcel.late, parcel.expected) == (True, False, None)


def test_a_late_parcel_is_stated_once_however_often_and_wherever_it_is_looked_after(hub):
    label, told = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)

    at_once(*[lambda: looks(hub)] * 4)
    looks(hub)

    (stated,) = hub.said(ParcelDelayedV1)
    assert (stated.return_id, stated.milestone, stated.latest) == (label.return_id, HUB, told.expected.latest)
    assert hub.parcels(label.return_id)[0].late


def test_a_parcel_is_looked_after_as_soon_as_it_may_be_late(hub):
    accepted(hub, 1, ago=timedelta(days=1), expected_days=3)
    (wait,) = rows(
        hub, f"SELECT due_at - now() FROM claims WHERE kind = 'promises' AND retailer_id = '{hub.retailer_id}'"
    )

    looks(hub)

    assert timedelta(days=3, hours=23) < wait[0] < timedelta(days=4, minutes=1)
    assert delayed(hub) == []


def test_one_that_comes_before_it_is_looked_after_is_never_late(hub):
    label, _ = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)
    hub.scan(label.tracking_number)

    looks(hub)

    assert delayed(hub) == []


def test_one_that_its_carrier_lost_is_a_task_already(hub):
    label, _ = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)
    hub.report(label.tracking_number, "lost", at=now())

    looks(hub)

    assert delayed(hub) == []


def test_a_parcel_that_was_stated_to_be_late_stays_so_though_it_moves(hub):
    label, _ = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)
    looks(hub)

    hub.report(label.tracking_number, "in_transit", at=now())
    looks(hub)

    assert (delayed(hub), hub.parcels(label.return_id)[0].late) == ([HUB], True)


def test_the_pace_of_a_known_lane_is_counted_once_a_day(new_hub):
    hub = new_hub()
    for n in range(ENOUGH):
        came(hub, n)
    accepted(hub, 50)
    counted = []

    def note(_connection, _cursor, statement, *_):
        counted.append(statement) if "FROM lane_steps" in statement else None

    engine = hub.service.parcels.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        label, told = accepted(hub, 51)
        hub.parcels(label.return_id)
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert told.expected.parcels == ENOUGH
    assert len(counted) == 1  # of the step to the depot, which is not known; of the whole way the day's pace is kept


def test_a_lane_learns_nothing_from_a_scan_that_was_a_mistake(hub):
    label, _ = accepted(hub, 1, ago=timedelta(days=30), expected_days=3)
    scan = hub.scan(label.tracking_number)
    learned = rows(hub, "SELECT hours FROM lane_steps")

    hub.void_scan(scan.scan_id)
    looks(hub)

    assert (len(learned), rows(hub, "SELECT hours FROM lane_steps")) == (1, [])
    assert (delayed(hub), hub.parcels(label.return_id)[0].late) == ([HUB], True)
