"""A mail that what happened since has overtaken is not sent."""

from datetime import timedelta

import pytest

from services.notifications.domain import Details, Happened, Template, What, is_overtaken
from tests.unit.notifications.examples import BOOKED, notice

EARLIER, LATER = BOOKED - timedelta(hours=1), BOOKED + timedelta(hours=1)
NOW = BOOKED + timedelta(hours=2)
ALWAYS = [
    Template.RETURN_SUBMITTED,
    Template.ACCEPTED,
    Template.REJECTED,
    Template.FEE_REFUNDED,
    Template.ARRIVED,
    Template.REFUNDED,
    Template.CREDITED,
    Template.EXCHANGED,
    Template.CANCELLED,
    Template.EXPIRED,
    Template.CLOSED,
    Template.WITHDRAWAL_RECEIVED,
    Template.INTAKE_MATCHED,
    Template.ORDER_CANCELLED,
    Template.ORDER_NOT_CANCELLED,
]


def of_parcel(template: Template, parcel: str = "parcel 1"):
    return notice(template, about=parcel)


def reminder(awaiting: str, template: Template = Template.REMINDER):
    return notice(template, details=Details(awaiting=awaiting))


@pytest.mark.parametrize(
    ("template", "what"),
    [
        (Template.REVIEW_PENDING, What.APPROVED),
        (Template.REVIEW_PENDING, What.REJECTED),
        (Template.REVIEW_PENDING, What.INFORMATION_ASKED),
        (Template.REVIEW_DUE, What.APPROVED),
        (Template.REVIEW_DUE, What.CANCELLED),
        (Template.INFORMATION_REQUESTED, What.INFORMATION_GIVEN),
        (Template.INFORMATION_REQUESTED, What.EXPIRED),
        (Template.INFORMATION_RECEIVED, What.REJECTED),
        (Template.FEE_REQUESTED, What.FEE_SETTLED),
        (Template.FEE_REQUESTED, What.CANCELLED),
        (Template.FEE_FAILED, What.FEE_SETTLED),
        (Template.LABEL_DELAYED, What.CANCELLED),
        (Template.LABEL_READY, What.CANCELLED),
        (Template.INTAKE_KEPT, What.MATCHED),
        (Template.INTAKE_KEPT, What.UNMATCHED),
        (Template.INTAKE_UNMATCHED, What.MATCHED),
        (Template.CANCELLATION_ASKED, What.CANCELLATION_ENDED),
    ],
)
def test_what_came_later_overtakes_a_mail_that_says_less(template, what):
    assert is_overtaken(notice(template), [Happened(what, LATER)], NOW)
    assert not is_overtaken(notice(template), [], NOW)


@pytest.mark.parametrize("template", ALWAYS)
@pytest.mark.parametrize("what", list(What))
def test_a_decision_an_end_and_money_are_always_told(template, what):
    assert not is_overtaken(notice(template, details=Details(by="staff")), [Happened(what, LATER)], NOW)


def test_an_end_that_nobody_brought_about_is_told_only_where_nothing_was_given():
    by_itself = notice(Template.CLOSED, details=Details())

    assert is_overtaken(by_itself, [Happened(What.SETTLED, EARLIER, "settlement")], NOW)
    assert not is_overtaken(by_itself, [Happened(What.ARRIVED, EARLIER, "parcel 1")], NOW)


def test_a_second_question_is_not_overtaken_by_the_answer_to_the_first():
    second = notice(Template.INFORMATION_REQUESTED)

    assert not is_overtaken(second, [Happened(What.INFORMATION_GIVEN, EARLIER)], NOW)


def test_an_arrival_overtakes_the_mail_that_the_parcel_is_on_its_way_whenever_it_was_scanned():
    on_its_way = of_parcel(Template.IN_TRANSIT)

    assert is_overtaken(on_its_way, [Happened(What.ARRIVED, EARLIER, "parcel 1")], NOW)
    assert not is_overtaken(on_its_way, [Happened(What.ARRIVED, LATER, "parcel 2")], NOW)


def test_a_parcel_that_arrived_is_not_in_trouble():
    assert is_overtaken(of_parcel(Template.PARCEL_IN_TROUBLE), [Happened(What.ARRIVED, LATER, "parcel 1")], NOW)


def test_a_label_overtakes_the_mail_that_it_takes_longer():
    late = of_parcel(Template.LABEL_DELAYED)

    assert is_overtaken(late, [Happened(What.LABELLED, LATER, "parcel 1")], NOW)


def test_a_new_label_that_takes_longer_is_not_overtaken_by_the_old_one():
    late = of_parcel(Template.LABEL_DELAYED, "parcel 1, attempt 2")

    assert not is_overtaken(late, [Happened(What.LABELLED, LATER, "parcel 1")], NOW)


def test_a_label_that_comes_after_the_return_was_called_off_is_not_sent():
    label = of_parcel(Template.LABEL_READY)

    assert is_overtaken(label, [Happened(What.CANCELLED, EARLIER)], NOW)


def test_a_label_of_a_revived_return_is_sent():
    label = of_parcel(Template.LABEL_READY, "parcel 1, attempt 2")
    revived = [Happened(What.CANCELLED, EARLIER), Happened(What.APPROVED, BOOKED)]

    assert not is_overtaken(label, revived, NOW)


@pytest.mark.parametrize(
    ("awaiting", "what"),
    [
        ("awaiting_dropoff", What.MOVING),
        ("awaiting_information", What.INFORMATION_GIVEN),
        ("awaiting_payment", What.FEE_SETTLED),
        ("awaiting_review", What.APPROVED),
        ("awaiting_label", What.LABELLED),
        ("at_hub", What.SETTLED),
        ("awaiting_settlement", What.SETTLED),
        ("awaiting_dropoff", What.CANCELLED),
        ("awaiting_review", What.EXPIRED),
    ],
)
@pytest.mark.parametrize("template", [Template.REMINDER, Template.STAFF_REMINDER])
def test_a_reminder_is_overtaken_by_what_it_reminds_of(template, awaiting, what):
    assert is_overtaken(reminder(awaiting, template), [Happened(what, LATER, "parcel 1")], NOW)
    assert not is_overtaken(reminder(awaiting, template), [Happened(What.SUBMITTED, EARLIER)], NOW)


def test_a_reminder_to_drop_off_is_not_sent_once_the_carrier_has_the_parcel_however_late_that_is_known():
    assert is_overtaken(reminder("awaiting_dropoff"), [Happened(What.MOVING, EARLIER, "parcel 1")], NOW)


def test_a_reminder_whose_last_day_is_past_is_not_sent():
    late = notice(Template.REMINDER, details=Details(awaiting="awaiting_dropoff", until=BOOKED))

    assert is_overtaken(late, [], BOOKED + timedelta(seconds=1))
    assert not is_overtaken(late, [], BOOKED)


def test_a_link_that_works_no_more_is_not_sent():
    assert is_overtaken(notice(Template.STAFF_INVITED), [], BOOKED + timedelta(days=11))
    assert not is_overtaken(notice(Template.STAFF_INVITED), [], BOOKED)


def test_an_exchange_that_is_paid_overtakes_its_own_mails_and_no_others():
    shirt, scarf = "shirt", "scarf"
    asked, failed = Template.DIFFERENCE_REQUESTED, Template.FEE_FAILED
    paid = [Happened(What.DIFFERENCE_SETTLED, LATER, shirt)]

    assert is_overtaken(notice(asked, about=shirt), paid, NOW)
    assert is_overtaken(notice(failed, about=shirt), paid, NOW)
    assert not is_overtaken(notice(asked, about=scarf), paid, NOW)
    assert not is_overtaken(notice(failed), paid, NOW)
    assert not is_overtaken(notice(failed, about=shirt), [Happened(What.FEE_SETTLED, LATER)], NOW)
