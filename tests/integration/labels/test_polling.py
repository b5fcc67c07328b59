"""Where a parcel is, asked of its carrier: SEKO and EasyPost in the sandbox, and carriers that misbehave."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import httpx
import pytest

from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelIssuedV1, PollTrackerV1
from services.labels.carriers import Reach
from services.labels.dispatch import Dispatch
from services.labels.polling import AT_ONCE
from services.tracking.carriers import read_answer
from tests.integration.labels.conftest import HOME
from tests.integration.sandbox.running import running
from tests.unit.labels.carriers import Answering

KEYS = {"seko": {"access_key": "seko-sandbox-alder"}, "easypost": {"api_key": "EZTKalder"}}
SERVICES = {"seko": "eCommerce Express Tracked", "easypost": "Tracked"}


class Tracking(Answering):
    """A carrier that answers as it is told where parcels are."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def track(self, number):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer() if callable(self.answer) else self.answer


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


def poll(desk, booking_id, number="H00ABC123"):
    return desk.service.poll_tracker(desk.call(PollTrackerV1(booking_id=booking_id, tracking_number=number)))


def refusal(desk, booking_id):
    with pytest.raises(Refused) as refused:
        poll(desk, booking_id)
    return refused.value.code


@pytest.fixture
def booking(desk):
    """Maya's parcel, booked; call it with the carrier that is asked from now on."""

    def of(carrier):
        claim = desk.plan()
        desk.work()
        desk.use(carrier)
        return claim.subject

    return of


@pytest.mark.parametrize("carrier", ["seko", "easypost"])
def test_a_carrier_is_asked_with_the_account_of_the_label_and_tracking_reads_its_answer(new_desk, world, carrier):
    desk = new_desk()
    desk.service.dispatch = Dispatch(reach=lambda name: Reach(f"{world.carrier}/{name}", seconds=5))
    desk.save_account(carrier, secrets=KEYS[carrier], options={"currency": "GBP"})
    desk.open(HOME.model_copy(update={"carrier": carrier, "service": SERVICES[carrier]}))
    desk.plan()
    desk.work()
    (issued,) = desk.said(LabelIssuedV1)
    for code in ("accepted", "in_transit", "delivered"):
        scan = {"tracking_number": issued.tracking_number, "code": code}
        httpx.post(f"{world.carrier}/control/scan", json=scan).raise_for_status()

    answer = poll(desk, issued.booking_id, issued.tracking_number)

    seen = read_answer(answer.carrier, answer.body)
    assert answer.carrier == carrier
    assert {scan.tracking_number for scan in seen} == {issued.tracking_number}
    assert [str(scan.code) for scan in seen][1:] == ["in_transit", "delivered"]
    assert str(seen[0].code) in {"accepted", "in_transit"}


def test_a_booking_that_is_not_there_or_is_anothers_is_not_found(new_desk, booking):
    mine = booking(Tracking([]))
    other = new_desk()
    other.open()

    assert [refusal(other, new_id()), refusal(other, mine)] == ["labels.not_found"] * 2


def test_a_carrier_that_cannot_be_asked_says_so(desk, booking):
    assert refusal(desk, booking(Answering())) == "labels.not_tracked"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Declined("404", "not found"), "labels.carrier_declined"),
        (NotSent("refused"), "labels.carrier_away"),
        (OutcomeUnknown("HTTP 500"), "labels.carrier_away"),
    ],
)
def test_what_goes_wrong_at_the_carrier_is_told_by_a_code(desk, booking, failure, code):
    assert refusal(desk, booking(Tracking(failure))) == code


def test_an_answer_travels_as_the_carrier_gave_it(desk, booking):
    answer = poll(desk, booking(Tracking([{"ConsignmentNo": "H00ABC123", "Events": []}])))

    assert json.loads(answer.body) == [{"ConsignmentNo": "H00ABC123", "Events": []}]


def test_a_carrier_that_hangs_takes_no_more_than_a_few_workers(desk, booking):
    hanging, released = Barrier(AT_ONCE + 1), Event()

    def hang():
        hanging.wait(20)
        released.wait(20)
        return []

    booking_id = booking(Tracking(hang))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = [pool.submit(poll, desk, booking_id) for _ in range(AT_ONCE)]
        hanging.wait(20)
        code = refusal(desk, booking_id)
        released.set()

    assert code == "labels.carrier_away"
    assert [each.result().body for each in asked] == ["[]"] * AT_ONCE
