"""What portal decides, and the mails it makes."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.contracts.portal import (
    FeeRequestedV1,
    InformationReceivedV1,
    InformationRequestedV1,
    ReminderDueV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    ReturnSubmittedV1,
    WithdrawalDeclaredV1,
)
from libs.contracts.values import Address, LabelTerms, Money
from services.notifications.domain import (
    Notice,
    Template,
    What,
    of_approval,
    of_cancellation,
    of_closing,
    of_expiry,
    of_fee_request,
    of_hold,
    of_information,
    of_question,
    of_rejection,
    of_reminder,
    of_submission,
    of_withdrawal,
)
from tests.unit.notifications.examples import (
    BOOKED,
    FACT,
    LINE,
    MANAGE,
    PRICE,
    RETURN,
    STATUS,
    contact,
    dress,
    fact,
    shirt,
)

TEAM = "team@alder.example"
OF_RETURN = {"return_id": RETURN, "number": "R-7KQ2M9"}
HOME = Address(name="Ada Byron", line1="1 Canal Street", city="Bath", postcode="BA1 1AA", country="GB")


def submitted(*lines) -> ReturnSubmittedV1:
    return ReturnSubmittedV1(
        **OF_RETURN,
        order_id=FACT,
        order_number="AL-1001",
        contact=contact(),
        address=HOME,
        lines=lines,
        status_url=STATUS,
        policy_version=1,
    )


def approved(*lines, **changes) -> ReturnApprovedV1:
    whole = {"order_id": FACT, "lines": lines or (shirt(),), "label": LabelTerms.FREE, "reviewed": True}
    return ReturnApprovedV1(**OF_RETURN, **(whole | changes))


def reminder(**changes) -> ReminderDueV1:
    whole = {"awaiting": "awaiting_dropoff", "reminded": "shopper", "until": BOOKED + timedelta(days=4)}
    return ReminderDueV1(**OF_RETURN, **(whole | changes))


def only(notices: tuple[Notice, ...]) -> Notice:
    (notice,) = notices
    return notice


def test_a_submission_is_told_once_a_return():
    news = of_submission(fact(submitted(shirt())))

    assert (only(news.notices).template, only(news.notices).part) == (Template.RETURN_SUBMITTED, "whole")
    assert [happened.what for happened in news.happened] == [What.SUBMITTED]


def test_a_return_whose_items_are_all_kept_has_nothing_to_send():
    kept = of_submission(fact(submitted(shirt(keep_item=True))))
    partly = of_submission(fact(submitted(shirt(keep_item=True), dress())))

    assert What.NOTHING_TO_SEND in {happened.what for happened in kept.happened}
    assert What.NOTHING_TO_SEND not in {happened.what for happened in partly.happened}


def test_a_review_is_told_to_the_shopper_and_asked_of_the_staff():
    held = ReturnHeldForReviewV1(**OF_RETURN, because=("photo",), photo_ids=(LINE,), review_to=TEAM, manage_url=MANAGE)

    told, asked = of_hold(fact(held)).notices

    assert (told.template, told.to) == (Template.REVIEW_PENDING, None)
    assert (asked.template, asked.to.email) == (Template.REVIEW_DUE, TEAM)
    assert (asked.details.link, asked.details.photo_ids) == (MANAGE, (LINE,))


def test_without_an_address_for_reviews_only_the_shopper_is_told():
    held = ReturnHeldForReviewV1(**OF_RETURN, because=("rule",))

    assert [notice.template for notice in of_hold(fact(held)).notices] == [Template.REVIEW_PENDING]


def test_the_shopper_is_asked_in_the_words_of_the_staff():
    asked = InformationRequestedV1(**OF_RETURN, words="Which seam?", wants_photo=True, answer_url=STATUS)

    notice = only(of_question(fact(asked)).notices)

    assert (notice.template, notice.to) == (Template.INFORMATION_REQUESTED, None)
    assert (notice.details.words, notice.details.link, notice.details.wants_photo) == ("Which seam?", STATUS, True)


def test_each_question_is_a_mail_of_its_own():
    asked = InformationRequestedV1(**OF_RETURN, words="Which seam?", answer_url=STATUS)

    parts = {only(of_question(fact(asked, id=UUID(int=number))).notices).part for number in (1, 2)}

    assert len(parts) == 2


def test_the_answer_goes_to_the_staff():
    given = InformationReceivedV1(**OF_RETURN, words="The left.", review_to=TEAM, manage_url=MANAGE)

    notice = only(of_information(fact(given)).notices)

    assert (notice.template, notice.to.email, notice.details.words) == (
        Template.INFORMATION_RECEIVED,
        TEAM,
        "The left.",
    )


def test_an_acceptance_that_was_waited_for_is_told_with_its_terms():
    notice = only(of_approval(fact(approved(label=LabelTerms.PAID, words="Fine."))).notices)

    assert (notice.template, notice.part) == (Template.ACCEPTED, "attempt 1")
    assert (notice.details.label, notice.details.words) == (LabelTerms.PAID, "Fine.")


def test_an_acceptance_at_once_is_not_told_beside_the_label():
    news = of_approval(fact(approved(reviewed=False)))

    assert news.notices == ()
    assert [happened.what for happened in news.happened] == [What.APPROVED]


def test_an_acceptance_without_a_label_is_told_though_nobody_reviewed_it():
    news = of_approval(fact(approved(reviewed=False, label=LabelTerms.NONE)))

    assert only(news.notices).template is Template.ACCEPTED
    assert What.NO_LABEL in {happened.what for happened in news.happened}


def test_an_acceptance_names_what_the_shopper_keeps():
    kept = shirt(keep_item=True)

    partly, wholly = of_approval(fact(approved(kept, dress()))), of_approval(fact(approved(kept)))

    assert only(partly.notices).details.line_ids == (LINE,)
    assert What.NOTHING_TO_SEND not in {happened.what for happened in partly.happened}
    assert What.NOTHING_TO_SEND in {happened.what for happened in wholly.happened}


def test_a_return_that_is_taken_up_again_is_told_though_nobody_reviewed_it():
    notice = only(of_approval(fact(approved(reviewed=False, attempt=2))).notices)

    assert (notice.part, notice.details.attempt) == ("attempt 2", 2)


@pytest.mark.parametrize(
    ("news", "template", "what", "words"),
    [
        (of_rejection(fact(ReturnRejectedV1(**OF_RETURN, words="Worn."))), Template.REJECTED, What.REJECTED, "Worn."),
        (
            of_cancellation(fact(ReturnCancelledV1(**OF_RETURN, order_id=FACT, by="staff", words="By phone."))),
            Template.CANCELLED,
            What.CANCELLED,
            "By phone.",
        ),
        (
            of_expiry(fact(ReturnExpiredV1(**OF_RETURN, order_id=FACT, awaiting="awaiting_dropoff"))),
            Template.EXPIRED,
            What.EXPIRED,
            None,
        ),
        (
            of_closing(fact(ReturnClosedV1(**OF_RETURN, by_hand=True, words="In Leeds."))),
            Template.CLOSED,
            What.CLOSED,
            "In Leeds.",
        ),
    ],
)
def test_every_end_is_told_with_what_a_person_said(news, template, what, words):
    notice = only(news.notices)

    assert (notice.template, notice.details.words, notice.to) == (template, words, None)
    assert [happened.what for happened in news.happened] == [what]


def test_a_return_that_ends_by_itself_leaves_its_money_a_moment_to_tell_it():
    notice = only(of_closing(fact(ReturnClosedV1(**OF_RETURN))).notices)

    assert (notice.template, notice.details.by) == (Template.CLOSED, None)
    assert notice.wait > timedelta()


def test_a_paid_label_is_asked_for_with_its_price():
    notice = only(of_fee_request(fact(FeeRequestedV1(**OF_RETURN, label=LabelTerms.PAID, price=PRICE))).notices)

    assert (notice.template, notice.amount, notice.wait) == (Template.FEE_REQUESTED, PRICE, timedelta())


@pytest.mark.parametrize(("label", "amount"), [(LabelTerms.FREE, 295), (LabelTerms.NONE, 295), (LabelTerms.PAID, 0)])
def test_nobody_is_asked_to_pay_what_is_free(label, amount):
    asked = FeeRequestedV1(**OF_RETURN, label=label, price=Money(amount=amount, currency="GBP"))

    assert of_fee_request(fact(asked)).notices == ()


def test_a_voucher_has_a_moment_to_pay_before_the_shopper_is_asked():
    asked = FeeRequestedV1(**OF_RETURN, label=LabelTerms.PAID, price=PRICE, voucher="SPRING")

    assert only(of_fee_request(fact(asked)).notices).wait > timedelta()


def test_the_shopper_is_reminded_of_what_the_return_waits_for():
    notice = only(of_reminder(fact(reminder())).notices)

    assert (notice.template, notice.to) == (Template.REMINDER, None)
    assert (notice.details.awaiting, notice.details.until) == ("awaiting_dropoff", BOOKED + timedelta(days=4))


def test_a_reminder_comes_at_most_once_a_day():
    again, tomorrow = BOOKED + timedelta(hours=3), BOOKED + timedelta(days=1)

    first, second, third = (
        only(of_reminder(fact(reminder(), time=at)).notices).part for at in (BOOKED, again, tomorrow)
    )

    assert first == second != third


def test_staff_are_reminded_at_the_address_for_reviews():
    due = reminder(reminded="agent", awaiting="awaiting_review", until=None, review_to=TEAM, manage_url=MANAGE)

    notice = only(of_reminder(fact(due)).notices)

    assert (notice.template, notice.to.email) == (Template.STAFF_REMINDER, TEAM)
    assert (notice.details.role, notice.details.link) == ("agent", MANAGE)


def test_staff_without_an_address_for_reviews_are_not_reminded_by_mail():
    assert of_reminder(fact(reminder(reminded="agent"))).notices == ()


def test_a_withdrawal_is_acknowledged_as_of_the_moment_it_was_declared():
    declared = WithdrawalDeclaredV1(**OF_RETURN, declared_at=BOOKED - timedelta(seconds=3), line_ids=(LINE,))

    notice = only(of_withdrawal(fact(declared)).notices)

    assert (notice.template, notice.at) == (Template.WITHDRAWAL_RECEIVED, BOOKED - timedelta(seconds=3))
    assert notice.details.line_ids == (LINE,)
