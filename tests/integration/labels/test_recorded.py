"""What carriers really answered, kept outside the project: each case means to labels what carriers.md says of it."""

import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, OutcomeUnknown
from libs.contracts.labels_accounts import CarrierMode
from libs.contracts.values import Money
from services.labels.carriers import CARRIERS, Reach
from services.labels.domain import Account, Offer, Sample, State
from tests.integration.chassis.answering import Answering, reply
from tests.unit.labels.parcels import DAVENTRY, MAYA, parcel
from tests.unit.labels.test_contents import OSLO, SCARF, SHIRTS

CASES = Path(__file__).parents[4] / "shared" / "carriers"
SAMPLE = Sample("any", "Rocket", MAYA, DAVENTRY.address, 2000)
PAGE = b"%PDF-1.4 a page that the carrier made"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded answers of carriers in ../shared are absent")


def answers(case):
    """The answers of a case, in their order."""
    return [each["response"] for each in json.loads((CASES / f"{case}.json").read_text())["interactions"]]


def requests(case):
    """What was asked in a case, in its order."""
    return [each["request"] for each in json.loads((CASES / f"{case}.json").read_text())["interactions"]]


@pytest.fixture
def carrier():
    server = Answering()
    yield server
    server.close()


def replaying(server, name, *told, secrets=None):
    """An account with a carrier that gives these answers in turn; its files are a page."""
    left = list(told)

    def behave(handler: BaseHTTPRequestHandler) -> None:
        if "/files/" in handler.path:
            reply(handler, 200, PAGE)
        else:
            answer = left.pop(0)
            reply(handler, answer["status"], json.dumps(answer["body"]).encode())

    server.behave = behave
    account = Account(new_id(), name, CarrierMode.TEST, {"currency": "GBP"}, {"access_key": "k", "api_key": "k"})
    return CARRIERS[name].open(account, Reach(server.url, seconds=5))


def at_home(server, shipment):
    """The shipment with its page as PDF at the server of the test: the recorded address is outside."""
    page = shipment["body"]["postage_label"] | {"label_pdf_url": f"{server.url}/files/label.pdf"}
    return {"status": shipment["status"], "body": shipment["body"] | {"postage_label": page}}


def kept():
    """Where an id goes, and what went there."""
    ids = []
    return ids, ids.append


def test_a_consignment_of_seko_is_a_label_though_errors_stand_beside_it(carrier):
    seko = replaying(carrier, "seko", *answers("seko/printshipment"))

    label = seko.book(parcel(carrier="seko"), print)

    assert (label.tracking_number, label.carrier_ref, label.cost) == (
        "6994008906",
        "5473553",
        Money(amount=600, currency="GBP"),
    )
    assert label.pdf.startswith(b"%PDF-")


def test_seko_is_told_of_goods_in_no_other_fields_than_its_own(carrier):
    seko = replaying(carrier, "seko", *answers("seko/printshipment"))
    (recorded,) = (each["body"] for each in requests("seko/printshipment"))

    seko.book(parcel(carrier="seko", sender=OSLO, goods=(SHIRTS, SCARF), grams=600), print)

    told = json.loads(carrier.asked[0][3])
    assert told["Packages"][0]["Kg"] == 0.6
    assert [each["HarmonizedCode"] for each in told["Commodities"][:1]] == ["620690"]
    assert {name for each in told["Commodities"] for name in each} <= set(recorded["Commodities"][0])


def test_what_became_of_each_consignment_is_read_by_its_number(carrier):
    (answer,) = answers("seko/delete_partial")
    outcomes = {}
    for number in answer["body"]:
        seko = replaying(carrier, "seko", answer)
        try:
            seko.void(parcel(carrier="seko", tracking_number=number, state=State.DONE))
            outcomes[number] = "void"
        except Declined as no:
            outcomes[number] = no.words

    assert outcomes == {
        "SSPOT014112": "void",
        "SSPOT014113": "void",
        "SSPOT014114": "void",  # already deleted
        "SSPOT014115": "Cannot be deleted. Already in transit.",
    }


def test_a_consignment_that_the_answer_does_not_name_is_asked_for_again(carrier):
    seko = replaying(carrier, "seko", *answers("seko/delete_partial"))

    with pytest.raises(OutcomeUnknown):
        seko.void(parcel(carrier="seko", tracking_number="SSPOT999999", state=State.DONE))


def test_errors_without_a_consignment_are_a_no(carrier):
    seko = replaying(carrier, "seko", *answers("seko/error_validation"))

    with pytest.raises(Declined) as no:
        seko.book(parcel(carrier="seko"), print)

    assert (no.value.code, no.value.words) == (
        "CountryCode",
        "Destination.Address.CountryCode: CountryCode is required",
    )


def test_a_shipment_of_easypost_is_kept_before_it_is_bought(carrier):
    created, bought = answers("easypost/shipment_buy")
    ids, keep = kept()
    easypost = replaying(carrier, "easypost", created, at_home(carrier, bought))

    label = easypost.book(parcel(carrier="easypost", service="USPS GroundAdvantage"), keep)

    assert ids == ["shp_16578f588f9546ec914afd2474e24ff5"]
    assert (label.tracking_number, label.cost) == ("9400100208303109505657", Money(amount=607, currency="USD"))
    assert (label.carrier_ref, label.pdf) == (ids[0], PAGE)
    assert json.loads(carrier.asked[1][3]) == {"rate": {"id": "rate_4d1f36fa716c4b1292cacbdf19227c2d"}}


def test_easypost_is_told_of_customs_in_no_other_fields_than_its_own(carrier):
    created, bought = answers("easypost/shipment_buy")
    (recorded,) = (each["body"] for each in answers("easypost/customs_info_create"))
    easypost = replaying(carrier, "easypost", created, at_home(carrier, bought))

    abroad = parcel(service="USPS GroundAdvantage", sender=OSLO, goods=(SHIRTS, SCARF), order_number="AL-1001")
    easypost.book(abroad, kept()[1])

    told = json.loads(carrier.asked[0][3])["shipment"]
    assert (told["parcel"]["weight"], told["options"]["invoice_number"]) == (35.3, "AL-1001")
    assert set(told["customs_info"]) <= set(recorded)
    assert {name for each in told["customs_info"]["customs_items"] for name in each} <= set(
        recorded["customs_items"][0]
    )
    assert told["customs_info"]["customs_items"][0]["hs_tariff_number"] == "620690"


def test_a_shipment_that_is_bought_is_found_again(carrier):
    _, bought = answers("easypost/shipment_buy")
    easypost = replaying(carrier, "easypost", at_home(carrier, bought))

    label = easypost.find(parcel(carrier="easypost", carrier_ref="shp_1", state=State.SENT))

    assert label.tracking_number == "9400100208303109505657"


def test_a_shipment_that_is_not_bought_is_no_label(carrier):
    easypost = replaying(carrier, "easypost", *answers("easypost/shipment_create_is_return"))

    assert easypost.find(parcel(carrier="easypost", carrier_ref="shp_1", state=State.SENT)) is None


def test_a_refund_that_is_submitted_is_a_void_label(carrier):
    bought, refunded = answers("easypost/shipment_refund")
    easypost = replaying(carrier, "easypost", bought, refunded)

    easypost.void(parcel(carrier="easypost", carrier_ref="shp_1", state=State.DONE))

    assert [path.rpartition("/")[2] for _, path, _, _ in carrier.asked] == ["shp_1", "refund"]


@pytest.mark.parametrize(
    ("case", "code", "words"),
    [
        (
            "error_address_verify",
            "ADDRESS.VERIFY.FAILURE",
            "Unable to verify address.; address: Address not found; street1: House number is missing",
        ),
        ("error_parameter_required", "PARAMETER.REQUIRED", "Missing required parameter.; shipment: cannot be blank"),
        (
            "error_not_found_alt",
            "NOT_FOUND",
            "The requested resource could not be found.; No eligible insurance found with provided tracking code.",
        ),
        ("error_payload_not_found", "PAYLOAD.NOT_FOUND", "The payload(s) could not be found."),
    ],
)
def test_each_recorded_error_of_easypost_is_a_no_in_its_words(carrier, case, code, words):
    easypost = replaying(carrier, "easypost", answers(f"easypost/{case}")[-1])

    with pytest.raises(Declined) as no:
        easypost.book(parcel(carrier="easypost"), print)

    assert (no.value.code, no.value.words) == (code, words)


@pytest.mark.parametrize(
    "body", [{"error": "no"}, {"error": None}, [], "no", {"errors": ["no"]}, {"error": {"code": "X"}}]
)
def test_a_no_in_a_shape_that_nobody_documents_is_a_no(carrier, body):
    easypost = replaying(carrier, "easypost", {"status": 422, "body": body})

    with pytest.raises(Declined):
        easypost.book(parcel(carrier="easypost"), print)


@pytest.mark.parametrize("status", [200, 500, 502, 503, 504])
def test_an_answer_that_is_no_answer_leaves_the_outcome_open(carrier, status):
    easypost = replaying(carrier, "easypost")
    carrier.behave = lambda handler: reply(handler, status, b"<html>Maya Okafor</html>")

    with pytest.raises(OutcomeUnknown) as lost:
        easypost.book(parcel(carrier="easypost"), print)

    assert "Maya" not in str(lost.value)


def test_a_rate_of_seko_is_read_though_errors_stand_beside_it(carrier):
    (answer,) = answers("seko/rates")
    seko = replaying(carrier, "seko", answer)

    offer = seko.rate(replace(SAMPLE, service="Air Tracked"))

    assert offer == Offer(Money(amount=582, currency="GBP"), "Omni Parcel AIR TRACKED")
    asked = json.loads(carrier.asked[0][3])
    assert asked["Origin"]["Address"]["PostCode"] == "BS8 2HY"
    assert asked["Packages"][0]["Kg"] == 2


def test_a_service_that_seko_turns_down_has_no_rate(carrier):
    (answer,) = answers("seko/rates")
    seko = replaying(carrier, "seko", answer | {"body": answer["body"] | {"Available": []}})

    with pytest.raises(Declined) as no:
        seko.rate(SAMPLE)

    assert no.value.words == "DeliveryType: Reason; Destination.Address.CountryCode: CountryCode is required"


def test_a_rate_of_easypost_is_read_from_a_shipment_that_is_never_bought(carrier):
    (answer,) = answers("easypost/shipment_create_is_return")
    easypost = replaying(carrier, "easypost", answer)

    offer = easypost.rate(replace(SAMPLE, service="Cheapest"))

    cheapest = min(answer["body"]["rates"], key=lambda rate: float(rate["rate"]))
    assert offer.cost == Money(amount=round(float(cheapest["rate"]) * 100), currency=cheapest["currency"])
    assert [path.rpartition("/")[2] for _, path, _, _ in carrier.asked] == ["shipments"]


def test_a_question_without_an_answer_is_asked_later(carrier):
    easypost = replaying(carrier, "easypost", {"status": 500, "body": {}})

    with pytest.raises(Transient):
        easypost.find(parcel(carrier="easypost", carrier_ref="shp_1", state=State.SENT))
