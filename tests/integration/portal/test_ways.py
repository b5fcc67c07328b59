"""A label that stands though it should be void is asked about again, and a shopper's own parcel is told of: both once."""

import pytest

from libs.contracts.labels import LabelVoidRefusedV1, LaneMethod
from libs.contracts.values import Address
from services.portal.access import May
from tests.integration.portal.programs import Program, submitted, tell
from tests.unit.portal import lives

HUB = Address(name="Alder Returns", line1="Royal Oak Way", city="Daventry", postcode="NN11 8PQ", country="GB")


@pytest.fixture
def erp(browser, retailer, a_key):
    """The retailer's own program."""
    return Program(browser, a_key(retailer.id))


@pytest.fixture
def not_voided(returns, retailer):
    """A cancelled return whose carrier keeps the label."""
    ret = submitted(returns, retailer)
    tell(returns, retailer, lives.fee_waived(ret), lives.label_issued(ret), refusal(ret))
    return ret


@pytest.fixture
def own_carrier(returns, retailer):
    """A return that its shopper sends by themselves."""
    ret = submitted(returns, retailer)
    how = {"method": LaneMethod.OWN_CARRIER, "hub_address": HUB}
    tell(returns, retailer, lives.fee_waived(ret), lives.label_issued(ret).model_copy(update=how))
    return ret


def refusal(ret, *, asked=1):
    ids = {"return_id": ret.id, "booking_id": lives.an_id("booking")}
    return LabelVoidRefusedV1(**ids, parcel=1, code="no", words="It is in use.", asked=asked)


def kinds(told):
    return [task["kind"] for task in told["tasks"]]


def test_a_carrier_is_asked_again_once_and_its_task_goes(erp, not_voided, outbox, retailer):
    address = f"/returns/{not_voided.number}/labels/void-again"
    before = kinds(erp.get(f"/returns/{not_voided.number}").json())

    first = erp.post(address, {"parcel": 1}, key="ask again")
    repeated = erp.post(address, {"parcel": 1}, key="ask again")
    twice = erp.post(address, {"parcel": 1}, key="another")

    assert (before, kinds(first.json()), first.json()) == (["label_not_voided"], [], repeated.json())
    assert (twice.status_code, twice.json()["code"]) == (409, "portal.no_such_task")
    assert outbox(retailer.id).count("label_void_requested.v1") == 1


def test_another_no_makes_another_task(erp, not_voided, returns, retailer):
    erp.post(f"/returns/{not_voided.number}/labels/void-again")

    tell(returns, retailer, refusal(not_voided), refusal(not_voided, asked=2))

    assert kinds(erp.get(f"/returns/{not_voided.number}").json()) == ["label_not_voided"]


def test_who_only_reads_asks_no_carrier(browser, a_key, not_voided, retailer):
    key = a_key(retailer.id, May.READ_RETURNS)

    answer = browser.post(
        f"/api/v1/returns/{not_voided.number}/labels/void-again",
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "k"},
    )

    assert answer.status_code == 403


def test_a_program_is_told_how_each_parcel_is_sent(erp, own_carrier):
    told = erp.get(f"/returns/{own_carrier.number}").json()

    (parcel,) = told["parcels"]
    assert (told["method"], parcel["method"], parcel["hub"]["city"]) == ("own_carrier", "own_carrier", "Daventry")


def test_what_is_told_of_a_shoppers_own_parcel_is_stated_once(erp, own_carrier, outbox, retailer):
    address, told = (
        f"/returns/{own_carrier.number}/parcels/1/sent",
        {"carrier": "DPD", "tracking_number": "15501234567890"},
    )

    answers = [erp.post(address, told, key=key) for key in ("one", "one", "two")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[2].json()["parcels"][0]["sent_as"] == "15501234567890"
    assert outbox(retailer.id).count("parcel_sent.v1") == 1


@pytest.mark.parametrize("number", ["", "1234", "no number!", "1" * 41])
def test_what_is_no_tracking_number_is_refused_at_its_field(erp, own_carrier, number):
    answer = erp.post(f"/returns/{own_carrier.number}/parcels/1/sent", {"carrier": "DPD", "tracking_number": number})

    assert (answer.status_code, answer.json()["faults"][0]["pointer"]) == (422, "/tracking_number")
