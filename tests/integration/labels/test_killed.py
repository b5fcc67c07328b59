"""Killed anywhere between the intent and its record: one label, or a task for a person, and never two labels."""

import signal
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest

from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelVoidedV1, QuoteLabelV1, SaveLanesV1
from libs.contracts.labels_accounts import SaveCarrierAccountV1
from libs.contracts.portal import LabelRequestedV1, LabelVoidRequestedV1, RetailerChangedV1
from tests.integration.facts import bus, fact
from tests.integration.labels.conftest import HOME
from tests.integration.labels.test_carriers import KEYS, SERVICES, world
from tests.unit.labels.parcels import ALDER, DAVENTRY, MAYA
from tests.waiting import until

__all__ = ["world"]
OUTCOMES = (LabelIssuedV1, LabelOutcomeUnknownV1, LabelVoidedV1)


class Asked(NamedTuple):
    """A return of Alder's, whose label was asked for."""

    alder: UUID
    return_id: UUID
    number: str


@pytest.fixture
def broker(broker_url):
    with bus(broker_url) as link:
        for kind in OUTCOMES:
            link.listen(kind)
        yield link


def ask_for_a_label(broker, carrier):
    alder, return_id = new_id(), new_id()
    lane = HOME.model_copy(update={"carrier": carrier, "service": SERVICES[carrier]})
    ask(alder, SaveLanesV1(hubs=(DAVENTRY,), lanes=(lane,)), timeout=5)
    if carrier in KEYS:
        ask(alder, SaveCarrierAccountV1(carrier=carrier, mode="test", secrets=KEYS[carrier], by="staff Ana"), timeout=5)
    lane_id = ask(alder, QuoteLabelV1(country="GB"), timeout=5).lane_id
    number = f"R-{alder.hex[-6:].upper()}"
    asked = LabelRequestedV1(return_id=return_id, number=number, parcel=1, lane_id=lane_id, sender=MAYA)
    broker.state(fact(alder, RetailerChangedV1(look=ALDER)))
    broker.state(fact(alder, asked))
    return Asked(alder, return_id, number)


def made(world, asked):
    """The labels that the carrier has of this return."""
    labels = httpx.get(f"{world.carrier}/control/labels").json()["labels"]
    return [each for each in labels if each["reference"] == asked.number]


@pytest.mark.parametrize(
    ("carrier", "point", "expected", "labels"),
    [
        ("own", "labels.after_send", LabelIssuedV1, 0),
        ("easypost", "labels.after_send", LabelIssuedV1, 1),
        ("easypost", "labels.after_keep", LabelIssuedV1, 1),
        ("easypost", "labels.after_call", LabelIssuedV1, 1),
        ("seko", "labels.after_send", LabelOutcomeUnknownV1, 0),
        ("seko", "labels.after_call", LabelOutcomeUnknownV1, 1),
    ],
)
def test_killed_on_the_way_to_a_label(start, broker, world, carrier, point, expected, labels):
    base = f"{world.carrier}/{{carrier}}"
    dying = start("labels", CRASH_AT=point, LABELS_CARRIER_BASE=base)
    asked = ask_for_a_label(broker, carrier)
    until(lambda: dying.running.poll() is not None)
    before = (dying.running.returncode, [broker.heard(kind, of=asked.alder) for kind in OUTCOMES])

    start("labels", LABELS_CARRIER_BASE=base)
    stated = until(lambda: broker.heard(expected, of=asked.alder))

    assert before == (-signal.SIGKILL, [None] * len(OUTCOMES))
    assert stated.return_id == asked.return_id
    assert len(made(world, asked)) == labels
    assert [broker.heard(kind, of=asked.alder) for kind in OUTCOMES] == [None] * len(OUTCOMES)


@pytest.mark.parametrize("carrier", ["seko", "easypost"])
def test_killed_between_a_void_and_its_record(start, broker, world, carrier):
    base = f"{world.carrier}/{{carrier}}"
    dying = start("labels", CRASH_AT="labels.after_void", LABELS_CARRIER_BASE=base)
    asked = ask_for_a_label(broker, carrier)
    until(lambda: broker.heard(LabelIssuedV1, of=asked.alder))
    broker.state(fact(asked.alder, LabelVoidRequestedV1(return_id=asked.return_id, number=asked.number, parcel=1)))
    until(lambda: dying.running.poll() is not None)

    start("labels", LABELS_CARRIER_BASE=base)
    until(lambda: broker.heard(LabelVoidedV1, of=asked.alder))

    assert [each["voided_at"] is not None for each in made(world, asked)] == [True]
    assert broker.heard(LabelVoidedV1, of=asked.alder) is None


def test_a_carrier_that_hangs_holds_up_nobody_else(start, broker, world):
    start("labels", LABELS_CARRIER_BASE=f"{world.carrier}/{{carrier}}")
    hang = {"kind": "hang", "operation": "seko.book", "times": 8, "seconds": 12}
    httpx.post(f"{world.carrier}/control/faults", json=hang).raise_for_status()
    held = [ask_for_a_label(broker, "seko") for _ in range(2)]

    quick = ask_for_a_label(broker, "own")
    until(lambda: broker.heard(LabelIssuedV1, of=quick.alder))

    meanwhile = [broker.heard(kind, of=asked.alder) for asked in held for kind in OUTCOMES]
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()
    assert meanwhile == [None] * len(held) * len(OUTCOMES)


def test_no_address_and_no_secret_stands_in_the_log(start, broker, world):
    process = start("labels", LABELS_CARRIER_BASE=f"{world.carrier}/{{carrier}}", LOG_LEVEL="DEBUG")
    for carrier, fault in (
        ("seko", "refuse"),
        ("seko", "fail_after"),
        ("easypost", "refuse"),
        ("easypost", "fail_after"),
    ):
        told = {"kind": fault, "operation": f"{carrier}.book"}
        httpx.post(f"{world.carrier}/control/faults", json=told).raise_for_status()
    for carrier in ("seko", "seko", "seko", "easypost", "easypost", "easypost"):
        asked = ask_for_a_label(broker, carrier)
        broker.state(fact(asked.alder, LabelVoidRequestedV1(return_id=asked.return_id, number=asked.number, parcel=1)))
    until(lambda: broker.heard(LabelVoidedV1, of=asked.alder))

    log = process.log.read_text()

    assert "chassis.worked" in log
    for word in (MAYA.name, MAYA.line1, MAYA.postcode, DAVENTRY.address.line1, *KEYS["seko"].values(), "EZTK"):
        assert word not in log
