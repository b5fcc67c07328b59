"""A label has a last day. After it the label is expired, once, unless it is void or about to be."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, NotSent
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelExpiredV1, LabelIssuedV1, LabelOutcome, LabelVoidedV1
from tests.unit.labels.carriers import Answering


@pytest.fixture
def maya(desk):
    """Maya's return, whose parcel has its label."""
    return_id = new_id()
    desk.plan(return_id=return_id)
    desk.work()
    return return_id


def test_a_label_is_good_for_ninety_days_from_its_issue(desk, maya):
    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        query = "SELECT settled_at, expires_at, due_at FROM bookings JOIN claims ON subject = bookings.id"
        issued_at, expires_at, woken_at = unit.db.exec_driver_sql(query).one()

    assert (expires_at - issued_at, woken_at) == (timedelta(days=90), expires_at)


def test_a_label_whose_last_day_is_over_is_expired(desk, maya):
    desk.expire()

    (issued,), (expired,) = desk.said(LabelIssuedV1), desk.said(LabelExpiredV1)
    assert (expired.return_id, expired.booking_id, expired.parcel, expired.attempt) == (maya, issued.booking_id, 1, 1)
    assert desk.states(maya) == ["expired"]


def test_a_label_expires_once_however_often_it_is_woken(desk, maya):
    (claim,) = desk.claims(due="due_at > now()")

    for _ in range(2):
        desk.service.expire(claim)

    assert len(desk.said(LabelExpiredV1)) == 1


def test_a_void_label_does_not_expire(desk, maya):
    desk.unwant(maya)
    desk.work()

    desk.expire()

    assert (desk.said(LabelExpiredV1), desk.states(maya)) == ([], ["void"])


def test_a_label_that_its_carrier_is_still_to_make_void_does_not_expire(desk, maya):
    desk.use(Answering(void=NotSent("refused")))
    desk.unwant(maya)
    (claim,) = desk.claims()
    with pytest.raises(Transient):
        desk.service.void(claim)

    desk.expire()
    before = desk.states(maya)
    desk.use(Answering())
    desk.work()

    assert (before, desk.states(maya)) == (["done"], ["void"])
    assert (desk.said(LabelExpiredV1), len(desk.said(LabelVoidedV1))) == ([], 1)


def test_a_label_that_was_never_told_of_does_not_expire(desk):
    return_id = new_id()
    desk.service.bookings.send(desk.retailer_id, desk.plan(return_id=return_id).subject)
    desk.unwant(return_id)
    desk.work()

    assert desk.claims(due="due_at > now()") == []
    assert desk.states(return_id) == ["void"]


def test_an_expired_label_is_made_void_by_its_carrier_too(desk, maya):
    desk.use(carrier := Answering())
    desk.expire()

    for _ in range(2):
        desk.unwant(maya)
        desk.work()

    (expired,), (voided,) = desk.said(LabelExpiredV1), desk.said(LabelVoidedV1)
    assert voided.booking_id == expired.booking_id
    assert (carrier.voided, desk.states(maya)) == (1, ["void"])


def test_a_new_label_takes_the_place_of_an_expired_one(desk, maya):
    again = desk.request(return_id=maya, attempt=2)
    with pytest.raises(Transient):
        desk.service.on_label_requested(again)

    desk.expire()
    desk.service.on_label_requested(again)
    desk.work()
    before = desk.states(maya)
    desk.expire()

    assert (before, desk.states(maya)) == (["expired", "done"], ["expired", "expired"])
    assert [expired.attempt for expired in desk.said(LabelExpiredV1)] == [1, 2]


def test_an_expired_label_is_void_while_the_new_one_stays(desk, maya):
    desk.expire()
    desk.plan(return_id=maya, attempt=2)
    desk.work()

    desk.unwant(maya, attempt=1)
    desk.work()

    assert desk.states(maya) == ["void", "done"]


def test_a_label_issued_by_hand_expires_as_any_other(desk):
    desk.use(Answering(book=Declined("422", "postcode not served")))
    return_id = new_id()
    desk.plan(return_id=return_id)
    desk.work()
    desk.record(return_id, LabelOutcome.ISSUED, "JD0010")

    desk.expire()

    assert desk.states(return_id) == ["expired"]


@pytest.mark.parametrize("outcome", LabelOutcome)
def test_nothing_can_be_said_by_hand_of_an_expired_label(desk, maya, outcome):
    (issued,) = desk.said(LabelIssuedV1)
    desk.expire()

    with pytest.raises(Refused) as no:
        desk.record(maya, outcome, issued.tracking_number)

    assert no.value.code == "labels.not_now"
    assert desk.states(maya) == ["expired"]


def test_expired_and_not_wanted_at_the_same_moment_ends_void(desk):
    returns = [new_id() for _ in range(8)]
    for return_id in returns:
        desk.plan(return_id=return_id)
    desk.work()

    for return_id, claim in zip(returns, desk.claims(due="due_at > now()"), strict=True):
        start = threading.Barrier(2)
        acts = (partial(desk.service.expire, claim), partial(desk.unwant, return_id))
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda act, start=start: (start.wait(), act()), acts))
    desk.work()

    assert [desk.states(return_id) for return_id in returns] == [["void"]] * 8
    assert len(desk.said(LabelVoidedV1)) == 8
