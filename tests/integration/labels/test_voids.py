"""A label that is not to be used becomes void, whenever that is said, and another may take its place."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.contracts.labels import (
    GetDocumentV1,
    LabelIssuedV1,
    LabelOutcome,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LabelVoidRefusedV1,
)
from tests.unit.labels.carriers import Answering


@pytest.fixture
def maya():
    """Maya's return."""
    return new_id()


def test_an_issued_label_is_made_void_by_its_carrier(desk, maya):
    carrier = Answering()
    desk.use(carrier)
    desk.plan(return_id=maya)
    desk.work()

    desk.unwant(maya)
    desk.work()

    (issued,), (voided,) = desk.said(LabelIssuedV1), desk.said(LabelVoidedV1)
    assert (voided.return_id, voided.booking_id, voided.parcel) == (maya, issued.booking_id, 1)
    assert (carrier.booked, carrier.voided, desk.states(maya)) == (1, 1, ["void"])


def test_the_document_of_a_void_label_can_still_be_read(desk, maya):
    desk.plan(return_id=maya)
    desk.work()
    (issued,) = desk.said(LabelIssuedV1)

    desk.unwant(maya)
    desk.work()

    document = desk.service.get_document(desk.call(GetDocumentV1(document_id=issued.document_id)))
    assert document.content.startswith(b"%PDF")


def test_a_label_that_was_not_sent_for_yet_is_never_booked(desk, maya):
    carrier = Answering()
    desk.use(carrier)
    desk.plan(return_id=maya)

    desk.unwant(maya)
    desk.work()

    assert [voided.return_id for voided in desk.said(LabelVoidedV1)] == [maya]
    assert (carrier.booked, carrier.voided, desk.states(maya)) == (0, 0, ["void"])


def test_a_label_asked_for_after_it_was_not_wanted_is_never_booked(desk, maya):
    desk.unwant(maya)
    before = desk.said(LabelVoidedV1)

    desk.service.on_label_requested(desk.request(return_id=maya))

    assert before == []
    assert [voided.return_id for voided in desk.said(LabelVoidedV1)] == [maya]
    assert (desk.claims(), desk.states(maya)) == ([], ["void"])


def test_a_label_that_comes_while_it_is_not_wanted_any_more_is_void_and_not_told_of(desk, maya):
    claim = desk.plan(return_id=maya)
    bookings = desk.service.bookings
    slow = bookings.send(desk.retailer_id, claim.subject)
    desk.unwant(maya)
    waiting = desk.states(maya)

    desk.service.book(claim)
    desk.finish(claim)
    desk.work()

    assert slow.state == "planned"
    assert (waiting, desk.states(maya)) == (["sent"], ["void"])
    assert (desk.said(LabelIssuedV1), len(desk.said(LabelVoidedV1))) == ([], 1)


def test_a_refusal_that_comes_while_the_label_is_not_wanted_leaves_nothing_to_make_void(desk, maya):
    desk.use(carrier := Answering(book=Declined("422", "postcode not served")))
    desk.service.bookings.send(desk.retailer_id, desk.plan(return_id=maya).subject)
    desk.unwant(maya)

    desk.work()

    assert (desk.said(LabelRefusedV1), len(desk.said(LabelVoidedV1))) == ([], 1)
    assert (carrier.voided, desk.states(maya)) == (0, ["void"])


def test_a_carrier_that_never_heard_of_a_label_not_wanted_any_more_is_not_asked_again(desk, maya):
    claim = desk.plan(return_id=maya)
    booking = desk.service.bookings.send(desk.retailer_id, claim.subject)
    desk.unwant(maya)

    desk.service.bookings.unsend(desk.retailer_id, booking)
    desk.work()

    assert desk.states(maya) == ["void"]
    assert (desk.said(LabelIssuedV1), len(desk.said(LabelVoidedV1))) == ([], 1)


def test_a_refused_label_is_void_at_once(desk, maya):
    desk.use(Answering(book=Declined("422", "postcode not served")))
    desk.plan(return_id=maya)
    desk.work()

    desk.unwant(maya)

    assert (len(desk.said(LabelVoidedV1)), desk.states(maya)) == (1, ["void"])


@pytest.mark.parametrize(
    ("outcome", "number", "voided_at_carrier"),
    [(LabelOutcome.ISSUED, "JD0002", 1), (LabelOutcome.REFUSED, None, 0)],
)
def test_an_unknown_label_is_void_once_a_person_says_what_became_of_it(desk, maya, outcome, number, voided_at_carrier):
    lost = OutcomeUnknown("HTTP 500")
    desk.use(carrier := Answering(book=lost, find=lost))
    claim = desk.plan(return_id=maya)
    with pytest.raises(Transient):
        desk.service.book(claim)
    desk.work()
    desk.unwant(maya)
    waiting = (desk.states(maya), desk.said(LabelVoidedV1))

    desk.record(maya, outcome, number)
    desk.work()

    assert waiting == (["unknown"], [])
    assert (desk.said(LabelIssuedV1), len(desk.said(LabelVoidedV1))) == ([], 1)
    assert (carrier.voided, desk.states(maya)) == (voided_at_carrier, ["void"])


def test_a_label_not_wanted_whose_outcome_is_lost_is_a_persons_task(desk, maya):
    lost = OutcomeUnknown("HTTP 500")
    desk.use(Answering(find=lost))
    desk.service.bookings.send(desk.retailer_id, desk.plan(return_id=maya).subject)
    desk.unwant(maya)

    desk.work()

    assert (len(desk.said(LabelOutcomeUnknownV1)), desk.said(LabelVoidedV1)) == (1, [])
    assert desk.states(maya) == ["unknown"]


@pytest.mark.parametrize("fault", [NotSent("refused"), OutcomeUnknown("HTTP 500")])
def test_a_carrier_that_is_away_is_told_later_that_a_label_is_void(desk, maya, fault):
    desk.use(Answering(void=fault))
    desk.plan(return_id=maya)
    desk.work()
    desk.unwant(maya)
    (claim,) = desk.claims()

    with pytest.raises(Transient):
        desk.service.void(claim)
    waiting = desk.states(maya)
    desk.use(Answering())
    desk.work()

    assert (waiting, desk.states(maya)) == (["done"], ["void"])


def test_the_last_try_to_make_a_label_void_leaves_it_to_a_person(desk, maya):
    desk.use(Answering(void=OutcomeUnknown("HTTP 500")))
    desk.plan(return_id=maya)
    desk.work()
    desk.unwant(maya)
    (claim,) = desk.claims(tries=100)

    desk.service.void(claim)

    (refused,) = desk.said(LabelVoidRefusedV1)
    assert (refused.return_id, refused.code, desk.states(maya)) == (maya, "away", ["done"])


def test_a_label_is_made_void_once_however_often_that_is_asked(desk, maya):
    carrier = Answering()
    desk.use(carrier)
    desk.plan(return_id=maya)
    desk.work()
    desk.unwant(maya)
    (claim,) = desk.claims()

    desk.work()
    desk.service.void(claim)
    desk.unwant(maya)
    desk.work()

    assert (carrier.voided, len(desk.said(LabelVoidedV1))) == (1, 1)


def test_a_new_label_takes_the_place_of_a_void_one(desk, maya):
    desk.plan(return_id=maya)
    desk.work()
    desk.unwant(maya)
    desk.work()

    desk.plan(return_id=maya, attempt=2)
    desk.work()

    first, second = desk.said(LabelIssuedV1)
    assert (first.attempt, second.attempt, desk.states(maya)) == (1, 2, ["void", "done"])
    assert first.tracking_number != second.tracking_number
    assert first.document_id != second.document_id


def test_a_new_label_waits_until_the_last_one_has_ended(desk, maya):
    desk.plan(return_id=maya)
    again = desk.request(return_id=maya, attempt=2)
    with pytest.raises(Transient):
        desk.service.on_label_requested(again)
    desk.unwant(maya)
    desk.work()

    desk.service.on_label_requested(again)
    desk.work()

    assert desk.states(maya) == ["void", "done"]


def test_a_new_label_does_not_overtake_the_first(desk, maya):
    with pytest.raises(Transient):
        desk.service.on_label_requested(desk.request(return_id=maya, attempt=2))

    assert desk.states(maya) == []


def test_a_label_that_is_wanted_is_not_made_void_by_stray_work(desk, maya):
    claim = desk.plan(return_id=maya)
    desk.work()

    desk.service.void(claim)

    assert desk.states(maya) == ["done"]


def test_only_the_label_that_is_not_wanted_is_void(desk, maya):
    for number in (1, 2):
        desk.plan(return_id=maya, parcel=number, parcels=2)
    desk.work()

    desk.unwant(maya, parcel=2)
    desk.work()

    assert desk.states(maya) == ["done", "void"]
    assert [voided.parcel for voided in desk.said(LabelVoidedV1)] == [2]


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_asked_for_and_not_wanted_ends_in_one_state(desk, maya, seed):
    asked = desk.request(return_id=maya)
    story = [partial(desk.service.on_label_requested, asked), partial(desk.unwant, maya), desk.work] * 2
    Random(seed).shuffle(story)

    for part in [*story, desk.work]:
        part()

    assert desk.states(maya) == ["void"]
    assert len(desk.said(LabelVoidedV1)) == 1


def test_asked_for_and_not_wanted_at_the_same_moment_do_not_miss_each_other(desk):
    returns = [new_id() for _ in range(10)]
    for return_id in returns:
        acts = (
            partial(desk.service.on_label_requested, desk.request(return_id=return_id)),
            partial(desk.unwant, return_id),
        )
        start = threading.Barrier(2)
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda act, start=start: (start.wait(), act()), acts))
    desk.work()

    assert [desk.states(return_id) for return_id in returns] == [["void"]] * 10
    assert len(desk.said(LabelVoidedV1)) == 10
