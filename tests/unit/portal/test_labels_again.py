"""A label that its carrier keeps is a person's task; a label that may be used is mailed once more where staff say."""

import pytest
from starlette.datastructures import FormData

from libs.contracts.labels import LabelVoidRefusedV1
from libs.contracts.notifications import ResendLabelV1
from services.portal.domain import Awaiting, TaskKind, acts, tasks_of
from services.portal.domain.acting import act
from services.portal.resending import sendable
from services.portal.web.deeds import DEEDS, Said
from tests.unit.portal.lives import a_return, after, an_id, fee_waived, first_scan, label_issued, shop_differs

ONCE = an_id("once")


@pytest.fixture
def labelled():
    """A return whose parcel has its label."""
    ret = a_return()
    return after(ret, fee_waived(ret), label_issued(ret))


def refused(ret):
    return LabelVoidRefusedV1(return_id=ret.id, booking_id=an_id("booking"), parcel=1, code="used", words="In transit")


def said(**fields):
    return Said(FormData(fields), by="staff Robin Hale", once=ONCE)


def test_a_label_that_its_carrier_does_not_make_void_is_a_task_though_the_return_has_ended(labelled):
    ret = after(cancelled(labelled), refused(labelled))

    (task,) = tasks_of(ret)
    assert (ret.awaiting, task.kind, task.subject, task.words) == (
        Awaiting.CANCELLED,
        TaskKind.LABEL_NOT_VOIDED,
        "1/1",
        "In transit",
    )


def test_the_task_is_there_once_however_often_the_carrier_says_no(labelled):
    ret = after(cancelled(labelled), refused(labelled), refused(labelled))

    assert [task.kind for task in tasks_of(ret)] == [TaskKind.LABEL_NOT_VOIDED]


def test_a_parcels_number_that_the_shop_does_not_take_is_a_task_until_it_is_seen_to(labelled):
    ret = after(labelled, shop_differs(labelled), shop_differs(labelled))

    (task,) = tasks_of(ret)
    assert (task.kind, task.subject, task.words) == (
        TaskKind.SHOP_UPDATE_FAILED,
        str(an_id("step")),
        "Parcel 2 travels as HW2. Each unit stands under another number already.",
    )
    cleared, _ = act(ret, acts.ClearMark(task.kind, task.subject, "Written there."))
    assert (tasks_of(cleared), cleared.awaiting) == (frozenset(), labelled.awaiting)


def test_a_label_that_may_be_used_is_mailed_to_whatever_address_is_given(labelled):
    asked = DEEDS["labels/send"].read(labelled, "1", said(to="printer@library.example"))

    assert asked == ResendLabelV1(
        return_id=labelled.id,
        parcel=1,
        document_id=an_id("document"),
        tracking_number="HW1",
        to="printer@library.example",
        once=ONCE,
        service="post",
    )


def test_an_address_is_needed(labelled):
    told = said(to=" ")

    DEEDS["labels/send"].read(labelled, "1", told)

    assert told.problems == {"to": "Enter an email address"}


def test_a_label_is_not_mailed_before_it_is_there_nor_once_its_parcel_is_on_the_way(labelled):
    unlabelled, posted = a_return(), after(labelled, first_scan(labelled))

    assert [sendable(ret, 1) for ret in (unlabelled, posted, cancelled(labelled))] == [None] * 3
    assert sendable(labelled, 1).tracking_number == "HW1"
    assert sendable(labelled, 2) is None


def cancelled(ret):
    return act(ret, acts.Cancel("staff"))[0]
