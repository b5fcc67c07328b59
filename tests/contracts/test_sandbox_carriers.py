"""The sandbox's carriers answer in the shapes that the vendors' recorded and documented answers have, field for field."""

import json
from pathlib import Path

import httpx
import pytest

from tests.integration.sandbox.running import running

RECORDED = Path(__file__).parents[3] / "shared" / "carriers"
SHIPMENT = {
    "reference": "R-7KQ2M9",
    "is_return": True,
    "to_address": {
        "name": "Maya Okafor",
        "street1": "18 Alma Vale Road",
        "city": "Bristol",
        "zip": "BS8",
        "country": "GB",
    },
    "from_address": {"name": "Alder", "street1": "Unit 4", "city": "Daventry", "zip": "NN11", "country": "GB"},
    "parcel": {"length": 13.8, "width": 9.8, "height": 3.9, "weight": 35.3},
}
PARTY = {"Name": "Maya", "Address": {"StreetAddress": "18 Alma Vale Road", "Suburb": "Bristol", "CountryCode": "GB"}}
HEAVY = {"Packages": [{"Kg": 26}]}
CONSIGNMENT = {"DeliveryReference": "R-7KQ2M9", "ShipType": "INBOUND", "Origin": PARTY, "Destination": PARTY}


def recorded(case, interaction=0):
    """What the vendor answered."""
    file = RECORDED / f"{case}.json"
    if not file.exists():
        pytest.skip("the recorded answers in ../shared are absent")
    return json.loads(file.read_text())["interactions"][interaction]["response"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox.carrier


@pytest.fixture
def easypost(world):
    with httpx.Client(base_url=f"{world}/easypost/v2", headers={"Authorization": "Bearer EZTKalder"}) as client:
        yield client


@pytest.fixture
def seko(world):
    with httpx.Client(base_url=f"{world}/seko", headers={"access_key": "seko-sandbox"}) as client:
        yield client


def differences(ours, theirs, path=""):
    """Where the shapes differ: a field more or less, or another kind of value where both have one."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        yield from (f"{path}.{name}: only on one side" for name in ours.keys() ^ theirs.keys())
        for name in ours.keys() & theirs.keys():
            yield from differences(ours[name], theirs[name], f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list):
        if ours and theirs:
            yield from differences(ours[0], theirs[0], f"{path}[]")
    elif ours is not None and theirs is not None and type(ours) is not type(theirs):
        yield f"{path}: {type(ours).__name__}, not {type(theirs).__name__}"


def of_a_vendor_only(name):
    """Parts of the recorded answers that depend on what was asked or on the carrier behind EasyPost."""
    return name.startswith((".customs_info", ".options", ".fees", ".messages")) or ".verifications." in name


def test_a_shipment_has_the_fields_that_easypost_documents(easypost):
    theirs = recorded("easypost/shipment_create_is_return")

    ours = easypost.post("/shipments", json={"shipment": SHIPMENT})

    found = [each for each in differences(ours.json(), theirs["body"]) if not of_a_vendor_only(each)]
    assert (ours.status_code, found) == (theirs["status"], [])


def test_a_bought_shipment_has_the_fields_that_easypost_documents(easypost):
    theirs = recorded("easypost/shipment_buy", interaction=1)
    made = easypost.post("/shipments", json={"shipment": SHIPMENT}).json()

    ours = easypost.post(f"/shipments/{made['id']}/buy", json={"rate": {"id": made["rates"][0]["id"]}})

    found = [each for each in differences(ours.json(), theirs["body"]) if not of_a_vendor_only(each)]
    assert (ours.status_code, found) == (theirs["status"], [])


def test_a_refund_is_submitted_as_easypost_does(easypost):
    theirs = recorded("easypost/shipment_refund", interaction=1)
    made = easypost.post("/shipments", json={"shipment": SHIPMENT}).json()
    easypost.post(f"/shipments/{made['id']}/buy", json={"rate": {"id": made["rates"][0]["id"]}}).raise_for_status()

    ours = easypost.post(f"/shipments/{made['id']}/refund", json={})

    assert ours.json()["refund_status"] == theirs["body"]["refund_status"]


@pytest.mark.parametrize(
    ("case", "interaction", "kind"),
    [
        ("error_address_verify", 1, "refuse"),
        ("error_parameter_required", 0, "refuse_plain"),
        ("error_not_found_alt", 0, "refuse_words"),
        ("error_payload_not_found", 1, "refuse_empty"),
    ],
)
def test_a_refusal_has_one_of_easyposts_shapes(world, easypost, case, interaction, kind):
    theirs = recorded(f"easypost/{case}", interaction)
    fault = {"kind": kind, "operation": "easypost.create"}
    httpx.post(f"{world}/control/faults", json=fault).raise_for_status()

    ours = easypost.post("/shipments", json={"shipment": SHIPMENT})

    assert 400 <= ours.status_code < 500
    assert list(differences(ours.json(), theirs["body"])) == []
    assert bool(ours.json()["error"]["errors"]) == bool(theirs["body"]["error"]["errors"])


def test_a_consignment_has_fields_that_seko_documents(world, seko):
    theirs = recorded("seko/printshipment")["body"]
    fault = {"kind": "partial", "operation": "seko.book"}
    httpx.post(f"{world}/control/faults", json=fault).raise_for_status()

    ours = seko.post("/labels/printshipment", json=CONSIGNMENT).json()

    less = [each for each in differences(ours, theirs) if ".Items[]" not in each and ".CommodityChanges" not in each]
    assert less == []
    assert ours["Consignments"][0]["Items"][0].keys() <= theirs["Consignments"][0]["Items"][0].keys()
    assert (bool(ours["Errors"]), bool(theirs["Errors"])) == (True, True)


def test_seko_says_of_each_consignment_what_became_of_it(world, seko):
    theirs = recorded("seko/delete_partial")["body"]
    numbers = [seko.post("/labels/printshipment", json=CONSIGNMENT).json()["Consignments"][0]["Connote"] for _ in "123"]
    httpx.post(f"{world}/control/labels/{numbers[2]}/use").raise_for_status()
    seko.post("/labels/delete", json=[numbers[1]]).raise_for_status()

    ours = seko.post("/labels/delete", json=numbers).json()

    assert list(ours) == numbers
    assert list(ours.values()) == [
        "Deleted",
        "Cannot be deleted. Already deleted.",
        "Cannot be deleted. Already in transit.",
    ]
    assert set(ours.values()) == set(theirs.values())


def test_what_is_wrong_with_a_request_has_sekos_shape(seko):
    theirs = recorded("seko/error_validation")["body"]

    ours = seko.post("/labels/printshipment", json=CONSIGNMENT | {"ShipType": "OUTBOUND"}).json()

    assert ours["Consignments"] == []
    assert list(differences(ours["Errors"], theirs["Errors"])) == []


def test_seko_tells_what_a_parcel_costs_in_its_shape(world, seko):
    theirs = recorded("seko/rates")["body"]
    fault = {"kind": "partial", "operation": "seko.rates"}
    httpx.post(f"{world}/control/faults", json=fault).raise_for_status()
    question = {"DeliveryReference": "rate", "Origin": PARTY, "Destination": PARTY, "Packages": [{"Kg": 1.5}]}

    both, none = (seko.post("/ratesqueryv1/availablerates", json=question | heavy).json() for heavy in ({}, HEAVY))

    assert list(differences(both, theirs)) == []
    assert all(both.values())
    assert (none["Available"], list(differences(none["Rejected"], theirs["Rejected"]))) == ([], [])


def test_a_dearer_rate_is_told_for_a_heavier_shipment(easypost):
    heavy = SHIPMENT | {"parcel": SHIPMENT["parcel"] | {"weight": 70.6}}

    light, heavier = (
        easypost.post("/shipments", json={"shipment": each}).json()["rates"] for each in (SHIPMENT, heavy)
    )

    assert [float(two["rate"]) - float(one["rate"]) for one, two in zip(light, heavier, strict=True)] == [
        pytest.approx(0.6)
    ] * 3


def test_seko_tells_where_a_consignment_is_in_its_shape(seko):
    theirs = recorded("seko/statusv2_delivered")["body"]
    number = seko.post("/labels/printshipment", json=CONSIGNMENT).json()["Consignments"][0]["Connote"]

    ours = seko.post("/labels/statusv2", json=[number, "0"]).json()

    assert [each["ConsignmentNo"] for each in ours] == [number]
    assert ours[0].keys() == theirs[0].keys()
