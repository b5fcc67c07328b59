"""The line of a return, as a mail shows it; and in which locale."""

from datetime import timedelta

import pytest

from libs.contracts.values import Resolution
from services.notifications.domain import Step, Template, What, line, locale_for
from tests.unit.notifications.examples import BOOKED, dress, mail, notice, shirt

LABELLED = BOOKED + timedelta(seconds=4)
ARRIVED = BOOKED + timedelta(days=3)


def words(steps: tuple[Step, ...]) -> list[tuple[str, bool]]:
    return [(step.words, step.done) for step in steps]


def test_the_line_shows_what_was_done_up_to_the_mail_and_what_is_ahead():
    happened = {What.SUBMITTED: BOOKED, What.LABELLED: LABELLED}

    steps = line(mail(Template.LABEL_READY, notice=notice(Template.LABEL_READY, at=LABELLED), happened=happened))

    assert words(steps) == [
        ("Return booked", True),
        ("Label sent", True),
        ("In transit", False),
        ("Arrived", False),
        ("Refunded", False),
    ]
    assert [step.at for step in steps[:2]] == [BOOKED, LABELLED]


def test_a_mail_sent_again_later_shows_the_same_line():
    then = {What.SUBMITTED: BOOKED}
    later = then | {What.ARRIVED: ARRIVED}

    assert line(mail(happened=later)) == line(mail(happened=then))


def test_a_scan_that_was_missed_is_shown_as_done_without_a_day():
    arrived = mail(
        Template.ARRIVED,
        notice=notice(Template.ARRIVED, at=ARRIVED),
        happened={What.SUBMITTED: BOOKED, What.ARRIVED: ARRIVED},
    )

    steps = line(arrived)

    assert steps[2] == Step("In transit", None, done=True)
    assert steps[3] == Step("Arrived", ARRIVED, done=True)


def test_money_that_comes_before_the_parcel_does_not_say_that_it_arrived():
    steps = line(mail(Template.REFUNDED, happened={What.SUBMITTED: BOOKED, What.SETTLED: BOOKED}))

    assert words(steps)[3:] == [("Arrived", False), ("Refunded", True)]


def test_a_reviewed_return_shows_that_it_was_checked():
    happened = {What.SUBMITTED: BOOKED, What.HELD: BOOKED, What.APPROVED: BOOKED}

    assert words(line(mail(Template.ACCEPTED, happened=happened)))[:3] == [
        ("Return booked", True),
        ("Checked", True),
        ("Label sent", False),
    ]


def test_a_return_without_a_label_shows_none():
    happened = {What.SUBMITTED: BOOKED, What.NO_LABEL: BOOKED}

    assert "Label sent" not in dict(words(line(mail(happened=happened))))


def test_what_is_kept_travels_nowhere():
    happened = {What.SUBMITTED: BOOKED, What.NOTHING_TO_SEND: BOOKED}

    assert words(line(mail(happened=happened))) == [("Return booked", True), ("Refunded", False)]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        ((shirt(),), "Refunded"),
        ((shirt(resolution=Resolution.STORE_CREDIT),), "Credit given"),
        ((shirt(resolution=Resolution.EXCHANGE),), "Exchanged"),
        ((shirt(), dress(resolution=Resolution.EXCHANGE)), "Completed"),
    ],
)
def test_the_last_step_is_what_the_shopper_gets(lines, last):
    assert line(mail(lines=lines))[-1].words == last


@pytest.mark.parametrize(
    ("template", "last"),
    [
        (Template.REJECTED, "Not accepted"),
        (Template.CANCELLED, "Cancelled"),
        (Template.EXPIRED, "Ended"),
        (Template.CLOSED, "Completed"),
    ],
)
def test_an_ended_return_has_nothing_ahead(template, last):
    happened = {What.SUBMITTED: BOOKED, What.LABELLED: BOOKED}

    assert words(line(mail(template, happened=happened))) == [
        ("Return booked", True),
        ("Label sent", True),
        (last, True),
    ]


def test_a_fee_that_comes_back_after_the_end_has_nothing_ahead_either():
    happened = {What.SUBMITTED: BOOKED, What.CANCELLED: BOOKED}

    assert words(line(mail(Template.FEE_REFUNDED, happened=happened))) == [
        ("Return booked", True),
        ("Cancelled", True),
    ]


def test_what_belongs_to_no_return_has_no_line():
    assert line(mail(Template.INTAKE_KEPT)) == ()


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
