"""Which facts make a mail, and what the mail shows of the return."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Milestone, Money, Resolution
from services.notifications.domain import (
    Template,
    is_overtaken,
    line,
    locale_for,
    of_label,
    of_milestone,
    of_settlement,
    of_submission,
)
from tests.unit.notifications.examples import BOOKED, DOCUMENT, LINE, RETURN

PARCEL = UUID("01930000-0000-7000-8000-000000000005")
SETTLEMENT = UUID("01930000-0000-7000-8000-000000000006")


def reached(milestone: Milestone, **changes) -> MilestoneReachedV1:
    whole = {
        "return_id": RETURN,
        "parcel_id": PARCEL,
        "parcel": 1,
        "tracking_number": "HW0000000001",
        "milestone": milestone,
        "occurred_at": BOOKED,
    }
    return MilestoneReachedV1(**(whole | changes))


def settled(resolution: Resolution) -> SettlementSucceededV1:
    return SettlementSucceededV1(
        return_id=RETURN,
        settlement_id=SETTLEMENT,
        line_ids=(LINE,),
        resolution=resolution,
        amount=Money(amount=4500, currency="GBP"),
        reference="gid://shopify/Refund/1",
    )


@pytest.mark.parametrize(
    ("milestone", "template"),
    [
        (Milestone.ACCEPTED, Template.IN_TRANSIT),
        (Milestone.IN_TRANSIT, Template.IN_TRANSIT),
        (Milestone.HUB_RECEIVED, Template.ARRIVED),
    ],
)
def test_the_first_scan_and_the_arrival_are_told(milestone, template):
    notice = of_milestone(reached(milestone))

    assert notice is not None
    assert (notice.template, notice.part, notice.at) == (template, "parcel 1", BOOKED)


@pytest.mark.parametrize("milestone", [Milestone.LABEL_CREATED, Milestone.DELIVERED, Milestone.PROCESSED])
def test_other_milestones_are_not_told(milestone):
    assert of_milestone(reached(milestone)) is None


def test_a_first_scan_that_was_only_inferred_from_the_arrival_is_not_told():
    assert of_milestone(reached(Milestone.ACCEPTED, implied=True)) is None


def test_each_parcel_has_a_mail_of_its_own():
    first, second = (of_milestone(reached(Milestone.ACCEPTED, parcel=number)) for number in (1, 2))

    assert first.part != second.part


def test_an_arrival_overtakes_the_mail_that_the_parcel_is_on_its_way():
    on_its_way = of_milestone(reached(Milestone.ACCEPTED))

    assert is_overtaken(on_its_way, {Template.LABEL_READY, Template.ARRIVED})
    assert not is_overtaken(on_its_way, {Template.LABEL_READY})


def test_a_late_label_is_sent_all_the_same():
    issued = LabelIssuedV1(
        return_id=RETURN,
        booking_id=PARCEL,
        parcel=1,
        carrier="own",
        service="standard",
        tracking_number="HW0000000001",
        document_id=DOCUMENT,
        hub="DAV",
    )

    notice = of_label(issued, BOOKED)

    assert notice.document_id == DOCUMENT
    assert not is_overtaken(notice, {Template.ARRIVED})


def test_a_refund_is_told_with_its_amount_once_a_settlement():
    notice = of_settlement(settled(Resolution.REFUND), BOOKED)

    assert (notice.template, notice.part) == (Template.REFUNDED, str(SETTLEMENT))
    assert notice.amount == Money(amount=4500, currency="GBP")


@pytest.mark.parametrize("resolution", [Resolution.EXCHANGE, Resolution.STORE_CREDIT, Resolution.NONE])
def test_no_refund_is_announced_for_another_resolution(resolution):
    assert of_settlement(settled(resolution), BOOKED) is None


def test_the_line_shows_what_was_done_up_to_the_mail_and_what_is_ahead():
    happened = {Template.RETURN_SUBMITTED: BOOKED, Template.LABEL_READY: BOOKED + timedelta(seconds=4)}

    steps = line(Template.LABEL_READY, happened)

    assert [(step.words, step.done) for step in steps] == [
        ("Return booked", True),
        ("Label sent", True),
        ("In transit", False),
        ("Arrived", False),
        ("Refunded", False),
    ]
    assert [step.at for step in steps[:2]] == [BOOKED, BOOKED + timedelta(seconds=4)]


def test_a_mail_sent_again_later_shows_the_same_line():
    then = {Template.RETURN_SUBMITTED: BOOKED}
    later = then | {Template.ARRIVED: BOOKED + timedelta(days=3)}

    assert line(Template.RETURN_SUBMITTED, later) == line(Template.RETURN_SUBMITTED, then)


def test_a_scan_that_was_missed_is_shown_as_done_without_a_day():
    steps = line(Template.ARRIVED, {Template.RETURN_SUBMITTED: BOOKED, Template.ARRIVED: BOOKED})

    assert (steps[2].words, steps[2].done, steps[2].at) == ("In transit", True, None)


def test_a_submission_is_told_once_a_return():
    assert of_submission(BOOKED).part == "whole"


@pytest.mark.parametrize(
    ("shopper", "retailer", "locale"),
    [
        ("en-US", "en-GB", "en-US"),
        ("en", "en-GB", "en-GB"),
        ("de", "en-IE", "en-IE"),
        ("de", "de-DE", "en"),
        ("en", "de-DE", "en"),
    ],
)
def test_days_and_amounts_follow_the_shopper_within_the_languages_of_the_templates(shopper, retailer, locale):
    assert locale_for(shopper, retailer) == locale
