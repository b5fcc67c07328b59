"""A mail that would confuse by now is not sent, whether the fact that overtakes it comes before it or while it waits."""

from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.contracts.notifications import MessageDeliveredV1
from libs.contracts.portal import StaffLinkPurpose
from libs.contracts.values import Milestone
from tests.integration.facts import said
from tests.integration.notifications import told

OVERTAKEN = {
    "a reminder after the drop-off": (
        lambda desk: told.reminded(desk, "awaiting_dropoff"),
        lambda desk: told.milestone(desk, Milestone.ACCEPTED),
        "reminder",
    ),
    "a reminder after a drop-off that was only inferred": (
        lambda desk: told.reminded(desk, "awaiting_dropoff"),
        lambda desk: told.milestone(desk, Milestone.IN_TRANSIT, implied=True),
        "reminder",
    ),
    "a reminder after the answer": (
        lambda desk: told.reminded(desk, "awaiting_information"),
        told.answered,
        "reminder",
    ),
    "a reminder to pay after the payment": (
        lambda desk: told.reminded(desk, "awaiting_payment"),
        told.fee_paid,
        "reminder",
    ),
    "a reminder to decide after the decision": (
        lambda desk: told.reminded(desk, "awaiting_review", "agent"),
        told.rejected,
        "staff_reminder",
    ),
    "the bill after the payment": (told.fee_requested, told.fee_paid, "fee_requested"),
    "a payment that failed after one that did not": (told.fee_failed, told.fee_paid, "fee_failed"),
    "the label takes longer after the label": (told.label_refused, told.issued, "label_delayed"),
    "the label of a cancelled return": (told.issued, told.cancelled, "label_ready"),
    "we are looking at it after the decision": (told.held, told.approved, "review_pending"),
    "decide on it after the decision": (told.held, told.rejected, "review_due"),
    "a question after the answer": (told.asked, told.answered, "information_requested"),
    "lost after the arrival": (
        told.parcel_lost,
        lambda desk: told.milestone(desk, Milestone.HUB_RECEIVED),
        "parcel_in_trouble",
    ),
    "on its way after the arrival": (
        lambda desk: told.milestone(desk, Milestone.ACCEPTED),
        lambda desk: told.milestone(desk, Milestone.HUB_RECEIVED),
        "in_transit",
    ),
    "an end that the refund tells": (told.ended, told.settled, "closed"),
    "kept after matched": (told.intake_kept, told.intake_matched, "intake_kept"),
    "unmatched after matched": (told.intake_unmatched, told.intake_matched, "intake_unmatched"),
}


@pytest.mark.parametrize(("first", "then", "template"), OVERTAKEN.values(), ids=OVERTAKEN)
def test_a_mail_that_waits_is_overtaken_by_what_happens_meanwhile(desk, first, then, template):
    desk.submit()
    desk.hear(first(desk))
    desk.hear(then(desk))
    desk.work_all()

    assert (template, "overtaken") in desk.messages()
    assert template not in [each.template for each in said(desk.service.mails, desk.retailer_id, MessageDeliveredV1)]


@pytest.mark.parametrize(("first", "then", "template"), OVERTAKEN.values(), ids=OVERTAKEN)
def test_a_mail_that_comes_too_late_is_not_planned(desk, first, then, template):
    early = now() - timedelta(hours=1)
    desk.submit()
    desk.hear(then(desk))
    desk.hear(first(desk), time=early)

    assert template not in [planned for planned, _ in desk.messages()]


def test_an_acceptance_is_told_however_far_the_return_is(desk):
    desk.submit()
    desk.hear(told.milestone(desk, Milestone.HUB_RECEIVED))
    desk.hear(told.approved(desk), time=now() - timedelta(hours=1))
    desk.work()

    assert ("accepted", "done") in desk.messages()


def test_a_revived_return_gets_its_new_label(desk):
    desk.submit()
    desk.hear(told.cancelled(desk))
    desk.hear(told.approved(desk, attempt=2))
    desk.hear(told.issued(desk, attempt=2))

    assert ("label_ready", "planned") in desk.messages()


def test_a_link_that_works_no_more_is_not_mailed(desk):
    desk.hear(told.staff_link(desk, StaffLinkPurpose.RESET, lives=-timedelta(seconds=1)))

    assert desk.messages() == []
