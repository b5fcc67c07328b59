"""What every carrier must do, said once and tried on each: our own, SEKO and EasyPost, the last two in the sandbox."""

from dataclasses import dataclass

import httpx
import pypdfium2
import pytest
import zxingcpp

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import NotSent
from libs.contracts.errors import Refused
from libs.contracts.labels import (
    GetDocumentV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LabelVoidRefusedV1,
)
from libs.contracts.labels_accounts import CheckCarrierAccountV1
from services.labels.carriers import Reach
from services.labels.dispatch import Dispatch
from tests.integration.labels.conftest import HOME, Desk
from tests.integration.sandbox.running import Running, running

KEYS = {"seko": {"access_key": "seko-sandbox-alder"}, "easypost": {"api_key": "EZTKalder"}}
SERVICES = {"own": "Standard return", "seko": "eCommerce Express Tracked", "easypost": "Tracked"}
MODE = {"seko": "test", "easypost": "test"}


@dataclass
class Trade:
    """A retailer whose parcels travel with one carrier, and that carrier's own side of it."""

    desk: Desk
    world: Running
    carrier: str

    def misbehave(self, kind, operation, **more):
        """What the carrier's next call of `operation` meets."""
        fault = {"kind": kind, "operation": f"{self.carrier}.{operation}", **more}
        httpx.post(f"{self.world.carrier}/control/faults", json=fault).raise_for_status()

    def labels(self):
        """The labels that the carrier made of this test's return."""
        made = httpx.get(f"{self.world.carrier}/control/labels").json()["labels"]
        return [each for each in made if each["reference"] == self.number]

    @property
    def number(self):
        """The number of the return, which no other test has."""
        return f"R-{self.desk.retailer_id.hex[-6:].upper()}"

    def plan(self, **changes):
        """Maya's parcel, planned."""
        return self.desk.plan(**{"number": self.number} | changes)

    def work(self, times=1):
        """Do what is planned; again where the carrier's answer was lost, as the chassis does after a while."""
        for _ in range(times):
            try:
                self.desk.work()
            except Transient:
                continue

    def page(self, issued):
        """The page that is kept of a label."""
        return self.desk.service.get_document(self.desk.call(GetDocumentV1(document_id=issued.document_id))).content


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


def trade(new_desk, world, carrier, **lane):
    desk = new_desk()
    desk.service.dispatch = Dispatch(reach=lambda name: Reach(f"{world.carrier}/{name}", seconds=0.8))
    if carrier in KEYS:
        desk.save_account(carrier, secrets=KEYS[carrier], options={"currency": "GBP"})
    desk.open(HOME.model_copy(update={"carrier": carrier, "service": SERVICES[carrier], **lane}))
    return Trade(desk, world, carrier)


@pytest.fixture(params=["own", "seko", "easypost"])
def every(request, new_desk, world):
    """A retailer for each carrier there is."""
    yield trade(new_desk, world, request.param)
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


@pytest.fixture(params=["seko", "easypost"])
def outer(request, new_desk, world):
    """A retailer for each carrier that is not ours."""
    yield trade(new_desk, world, request.param)
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


@pytest.fixture
def easypost(new_desk, world):
    yield trade(new_desk, world, "easypost")
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


@pytest.fixture
def seko(new_desk, world):
    yield trade(new_desk, world, "seko")
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


def codes(pdf):
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=203 / 72).to_pil()
    return {code.text for code in zxingcpp.read_barcodes(image)}


def text(pdf):
    return pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()


def row(desk, table="bookings"):
    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        return unit.db.exec_driver_sql(f"SELECT * FROM {table}").one()


def test_a_label_is_booked_kept_and_can_be_scanned(every):
    every.plan()

    every.work()

    (issued,) = every.desk.said(LabelIssuedV1)
    assert (issued.carrier, issued.service, issued.hub) == (every.carrier, SERVICES[every.carrier], "DAV")
    assert issued.tracking_number in codes(every.page(issued))


def test_the_parcel_goes_from_the_shopper_to_the_hub(every):
    every.plan()

    every.work()

    (issued,) = every.desk.said(LabelIssuedV1)
    words = " ".join(text(every.page(issued)).split()).upper()
    sender, receiver = words.index("MAYA OKAFOR"), words.index("ALDER RETURNS")
    assert words.index("FROM") < sender < words.index("SHIP TO") < receiver


def test_several_parcels_of_one_return_have_a_label_each(every):
    return_id = new_id()
    for parcel in (1, 2):
        every.plan(return_id=return_id, parcel=parcel, parcels=2)

    every.work()

    issued = every.desk.said(LabelIssuedV1)
    assert [one.parcel for one in issued] == [1, 2]
    assert len({one.tracking_number for one in issued}) == 2
    assert len({one.document_id for one in issued}) == 2


def test_a_label_is_made_void_once(every):
    return_id = new_id()
    every.plan(return_id=return_id)
    every.work()

    every.desk.unwant(return_id)
    every.work()

    assert (len(every.desk.said(LabelVoidedV1)), every.desk.states(return_id)) == (1, ["void"])
    assert row(every.desk, "voids").state == ("promised" if every.carrier == "easypost" else "done")
    assert all(each["voided_at"] for each in every.labels())


def test_after_a_void_a_new_label_can_be_had(every):
    return_id = new_id()
    every.plan(return_id=return_id)
    every.work()
    every.desk.unwant(return_id)
    every.work()

    every.plan(return_id=return_id, attempt=2)
    every.work()

    first, second = every.desk.said(LabelIssuedV1)
    assert (first.attempt, second.attempt) == (1, 2)
    assert first.tracking_number != second.tracking_number


def test_the_cost_is_kept_in_minor_units(outer):
    outer.plan()

    outer.work()

    kept = row(outer.desk)
    assert (kept.cost_amount, kept.cost_currency) == ({"seko": 485, "easypost": 420}[outer.carrier], "GBP")
    assert kept.carrier_ref is not None


@pytest.mark.parametrize("kind", ["partial", "slow"])
def test_warnings_beside_a_label_and_a_slow_answer_are_no_refusal(outer, kind):
    outer.misbehave(kind, "create" if outer.carrier == "easypost" and kind == "partial" else "book", seconds=0.3)
    outer.plan()

    outer.work()

    assert len(outer.desk.said(LabelIssuedV1)) == len(outer.labels()) == 1


def test_a_carrier_that_says_no_is_quoted_without_the_shoppers_address(outer):
    outer.misbehave("refuse", "book")
    outer.plan()

    outer.work()

    (refused,) = outer.desk.said(LabelRefusedV1)
    assert outer.labels() == []
    assert {"seko": "PostCode is not served", "easypost": "Address not found"}[outer.carrier] in refused.words
    assert "Alma Vale" not in refused.words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("refuse", "Unable to create shipment.; address: Address not found"),
        ("refuse_plain", "Unable to create shipment.; shipment: cannot be blank"),
        ("refuse_words", "Unable to create shipment.; The address is not served."),
        ("refuse_fields", "Unable to create shipment.; zip: is not served"),
        ("refuse_empty", "Unable to create shipment."),
    ],
)
def test_each_shape_of_easyposts_errors_is_read(easypost, kind, words):
    easypost.misbehave(kind, "create")
    easypost.plan()

    easypost.work()

    (refused,) = easypost.desk.said(LabelRefusedV1)
    assert (refused.code, refused.words) == ("SHIPMENT.INVALID_PARAMS", words)


def test_a_carrier_that_is_asked_too_often_is_asked_later(outer):
    outer.misbehave("throttled", "book")
    claim = outer.plan()

    with pytest.raises(NotSent):
        outer.desk.service.book(claim)

    assert (row(outer.desk).state, outer.labels()) == ("planned", [])
    outer.work()
    assert len(outer.labels()) == 1


@pytest.mark.parametrize("kind", ["fail_before", "fail_after", "hang", "hang_after"])
def test_an_easypost_answer_that_is_lost_is_read_back_and_nothing_is_bought_twice(easypost, kind):
    easypost.misbehave(kind, "book", seconds=1.2)
    easypost.plan()

    easypost.work(times=2)

    (issued,), (made,) = easypost.desk.said(LabelIssuedV1), easypost.labels()
    assert issued.tracking_number == made["tracking_number"]


@pytest.mark.parametrize("operation", ["create", "file"])
def test_an_easypost_answer_beside_the_purchase_costs_nothing_when_it_is_lost(easypost, operation):
    easypost.misbehave("fail_after" if operation == "create" else "refuse", operation)
    easypost.plan()

    easypost.work(times=2)

    assert len(easypost.desk.said(LabelIssuedV1)) == len(easypost.labels()) == 1


def test_an_easypost_shipment_that_cannot_be_read_now_is_read_later(easypost):
    easypost.misbehave("fail_after", "book")
    easypost.misbehave("fail_before", "find")
    easypost.plan()

    easypost.work(times=3)

    assert len(easypost.desk.said(LabelIssuedV1)) == len(easypost.labels()) == 1


@pytest.mark.parametrize("kind", ["fail_before", "fail_after", "hang", "hang_after", "no_page"])
def test_a_seko_answer_that_is_lost_waits_for_a_person_and_is_never_sent_again(seko, kind):
    seko.misbehave(kind, "book", seconds=1.2)
    return_id = new_id()
    seko.plan(return_id=return_id)

    seko.work(times=4)

    assert seko.desk.states(return_id) == ["unknown"]
    assert [each.return_id for each in seko.desk.said(LabelOutcomeUnknownV1)] == [return_id]
    assert len(seko.labels()) == (0 if kind in ("fail_before", "hang") else 1)


def test_a_void_that_the_carrier_refuses_is_stated_and_can_be_asked_again(outer):
    return_id = new_id()
    outer.plan(return_id=return_id)
    outer.work()
    (issued,) = outer.desk.said(LabelIssuedV1)
    outer.misbehave("refuse", "void")
    outer.desk.unwant(return_id)
    outer.work()
    refused, kept = outer.desk.said(LabelVoidRefusedV1), row(outer.desk, "voids").state

    outer.desk.unwant(return_id)
    outer.work()

    assert [(one.return_id, one.booking_id) for one in refused] == [(return_id, issued.booking_id)]
    assert (kept, row(outer.desk, "voids").state) == ("refused", "promised" if outer.carrier == "easypost" else "done")
    assert outer.desk.states(return_id) == ["void"]


def test_a_label_that_is_in_use_is_not_made_void(outer):
    return_id = new_id()
    outer.plan(return_id=return_id)
    outer.work()
    (made,) = outer.labels()
    httpx.post(f"{outer.world.carrier}/control/labels/{made['tracking_number']}/use").raise_for_status()

    outer.desk.unwant(return_id)
    outer.work()

    assert (outer.desk.said(LabelVoidedV1), len(outer.desk.said(LabelVoidRefusedV1))) == ([], 1)
    assert outer.desk.states(return_id) == ["done"]


@pytest.mark.parametrize("kind", ["fail_before", "fail_after"])
def test_a_void_whose_answer_is_lost_is_asked_again_and_done_once(outer, kind):
    return_id = new_id()
    outer.plan(return_id=return_id)
    outer.work()
    outer.misbehave(kind, "void")

    outer.desk.unwant(return_id)
    outer.work(times=2)

    assert (outer.desk.states(return_id), len(outer.desk.said(LabelVoidedV1))) == (["void"], 1)
    assert outer.desk.said(LabelVoidRefusedV1) == []


def test_an_account_is_tried_at_its_carrier(outer):
    good = outer.desk.save_account(outer.carrier, secrets=KEYS[outer.carrier])
    check = outer.desk.service.check_carrier_account

    taken = check(outer.desk.call(CheckCarrierAccountV1(account_id=good.account_id)))
    outer.desk.save_account(outer.carrier, secrets=dict.fromkeys(KEYS[outer.carrier], "wrong"))
    refused = check(outer.desk.call(CheckCarrierAccountV1(account_id=good.account_id)))

    assert (taken.checked_words, taken.checked_at is not None) == (None, True)
    words = {"seko": "Authorization has been denied for this request.", "easypost": "This api key is no longer active."}
    assert refused.checked_words.startswith(words[outer.carrier])


def test_a_carrier_that_does_not_answer_says_nothing_of_an_account(outer):
    account = outer.desk.save_account(outer.carrier, secrets=KEYS[outer.carrier])
    outer.misbehave("hang", "check" if outer.carrier == "easypost" else "find", seconds=1.2)

    with pytest.raises(Refused) as refused:
        outer.desk.service.check_carrier_account(outer.desk.call(CheckCarrierAccountV1(account_id=account.account_id)))

    assert refused.value.code == "labels.carrier_not_reached"


def test_a_test_key_makes_no_live_labels(new_desk, world):
    alder = trade(new_desk, world, "easypost")
    alder.desk.save_account("easypost", mode="live", secrets=KEYS["easypost"])
    alder.plan()

    alder.work()

    (refused,) = alder.desk.said(LabelRefusedV1)
    assert (refused.code, alder.labels()) == ("mode", [])


def test_a_service_that_easypost_does_not_have_is_refused_with_those_it_has(new_desk, world):
    alder = trade(new_desk, world, "easypost", service="Rocket")
    alder.plan()

    alder.work()

    (refused,) = alder.desk.said(LabelRefusedV1)
    assert refused.code == "no_rate"
    assert "SandboxPost Economy" in refused.words


def test_the_cheapest_service_is_taken_where_the_lane_says_so(new_desk, world):
    alder = trade(new_desk, world, "easypost", service="Cheapest")
    alder.plan()

    alder.work()

    assert row(alder.desk).cost_amount == 310
