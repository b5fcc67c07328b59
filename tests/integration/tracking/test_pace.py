"""A lane's pace is learned from the parcels that came, and told with each that is on its way."""

from datetime import timedelta

from libs.chassis.clock import now
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Milestone
from services.tracking.domain import ENOUGH, USUAL
from tests.integration.tracking.conftest import Hub


def came(hub: Hub, *, after: timedelta) -> None:
    """One parcel of the lane was accepted, and came to the hub so much later."""
    label = hub.label(carrier="evri", tracking_number=f"H{len(hub.milestones()):08}{str(hub.retailer_id)[-4:]}")
    hub.service.on_label_issued(label)
    start = now() - timedelta(days=9)
    hub.report(label.data.tracking_number, "accepted", at=start)
    hub.scan(label.data.tracking_number, occurred_at=start + after)


def test_the_expected_day_is_the_usual_one_until_twenty_parcels_came_and_then_the_lanes_own(new_hub):
    hub = new_hub()
    for _ in range(ENOUGH):
        came(hub, after=timedelta(hours=30))
    label = hub.label(carrier="evri", tracking_number=f"H9{str(hub.retailer_id)[-12:]}")
    hub.service.on_label_issued(label)
    start = now() - timedelta(days=1)

    hub.report(label.data.tracking_number, "accepted", at=start)

    told = [fact.expected for fact in hub.said(MilestoneReachedV1) if fact.milestone is Milestone.ACCEPTED]
    assert {(each.latest - each.at, each.parcels) for each in told[:ENOUGH]} == {(USUAL.slow - USUAL.median, 0)}
    assert (told[-1].at, told[-1].parcels) == (start + timedelta(hours=30), ENOUGH)
    [parcel] = hub.parcels(label.data.return_id)
    assert (parcel.expected, parcel.late) == (told[-1], False)


def test_a_parcel_that_is_overdue_is_late_until_it_comes(new_hub):
    hub = new_hub()
    label = hub.label()
    number = label.data.tracking_number
    hub.service.on_label_issued(label)
    hub.report(number, "accepted", at=now() - timedelta(days=30))

    late = hub.parcels(label.data.return_id)[0].late
    hub.scan(number)

    [parcel] = hub.parcels(label.data.return_id)
    assert (late, parcel.late, parcel.expected) == (True, False, None)
