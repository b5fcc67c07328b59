"""A label mailed once more, to whatever address staff were given: often enough for a typing error, and no oftener."""

from datetime import timedelta

import pytest

from libs.chassis.ids import new_id
from libs.contracts.base import Call
from libs.contracts.errors import Refused
from libs.contracts.notifications import ResendLabelV1
from services.notifications.store.resends import MOST_A_DAY


def resend(desk, to="printer@library.example", *, once=None, **changes):
    """The answer to staff who have the label sent again."""
    label = {"return_id": desk.return_id, "parcel": 1, "document_id": new_id(), "tracking_number": "HW1"}
    asked = ResendLabelV1(**label | changes, to=to, once=once or new_id())
    call = Call(retailer_id=desk.retailer_id, correlation_id=new_id(), deadline=0, data=asked)
    return desk.service.resend_label(call)


def refusal(desk, **asked):
    with pytest.raises(Refused) as refused:
        resend(desk, **asked)
    return refused.value.code


def addresses(desk):
    with desk.service.mails.unit(retailer_id=desk.retailer_id) as unit:
        return list(unit.db.exec_driver_sql("SELECT contact ->> 'email' FROM addressees ORDER BY message_id").scalars())


def sent_again(desk):
    return [state for template, state in desk.messages() if template == "label_sent"]


def test_a_label_is_planned_for_the_address_that_was_given(desk):
    desk.submit()

    answer = resend(desk)

    assert addresses(desk) == ["printer@library.example"]
    assert answer.message_id in {claim.subject for claim in desk.claims()}


def test_the_same_request_is_one_mail(desk):
    desk.submit()
    once = new_id()

    answers = [resend(desk, once=once) for _ in range(2)]

    assert answers[0] == answers[1]
    assert sent_again(desk) == ["planned"]


@pytest.mark.parametrize("to", ["", "printer", "a@b", "a@b.example, c@d.example", "x@y.example\r\nBcc: z@y.example"])
def test_what_is_no_address_is_refused(desk, to):
    desk.submit()

    assert refusal(desk, to=to) == "notifications.bad_address"
    assert sent_again(desk) == []


def test_a_return_that_is_not_known_is_refused(desk):
    assert refusal(desk) == "notifications.no_return"


def test_a_return_has_so_many_a_day(desk):
    desk.submit()
    for _ in range(MOST_A_DAY):
        resend(desk)

    assert refusal(desk) == "notifications.too_many"
    assert len(sent_again(desk)) == MOST_A_DAY


def test_the_next_day_there_are_as_many_again(desk):
    desk.submit()
    for _ in range(MOST_A_DAY):
        resend(desk)
    with desk.service.mails.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql("UPDATE messages SET planned_at = planned_at - %s", (timedelta(days=1, seconds=1),))

    assert resend(desk).message_id
