"""An exchange goes out before its parcel comes: its value is held on a card meanwhile, and released or taken in the end."""

from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any

import httpx
import pytest

from deploy.local.journey import Journey, place
from deploy.local.stack import Stack
from tests.waiting import until

AT_ONCE = {"chosen_from": "same_product", "instant": True}


class Erp:
    """Alder's program, and what its shopper is told."""

    def __init__(self, suite: Stack) -> None:
        self.journey = Journey(suite.facts, suite.facts["retailers"][0])
        key = {"Authorization": f"Bearer {self.journey.retailer['api_key']}"}
        self.http = httpx.Client(base_url=f"{suite.facts['gateway']}/api/v1", headers=key, timeout=20)

    def post(self, path: str, body: Any = None) -> httpx.Response:
        return self.http.post(path, json=body, headers={"Idempotency-Key": token_hex(8)})

    def record(self, what: str, **told: str) -> httpx.Response:
        """Staff write down what they did at the card."""
        body = {"line_id": self.line["id"], "words": "Authorisation 4711"} | told
        return self.post(f"/returns/{self.journey.number}/{what}", body).raise_for_status()

    @property
    def line(self) -> dict[str, Any]:
        found: dict[str, Any] = self.journey.look()["lines"][0]
        return found

    @property
    def tasks(self) -> set[str]:
        return {task["kind"] for task in self.journey.look()["tasks"]}

    def told(self, words: str) -> bool:
        """Whether the shopper has a mail of this subject."""
        return any(words in mail["subject"] for mail in self.journey.mails())


@pytest.fixture(scope="module")
def at_once(suite: Stack) -> Iterator[None]:
    """Alder gives exchanges at once while these tests run."""
    erp = Erp(suite)
    before = erp.http.get("/policies/current").raise_for_status().json()
    offers = [each for each in before["document"]["offers"] if each["resolution"] != "exchange"]
    offers.append({"resolution": "exchange", "exchange": AT_ONCE, "fallback": "refund"})
    text = httpx.Response(200, json=before["document"] | {"offers": offers}).text
    erp.post("/policies/publish", {"text": text}).raise_for_status()
    yield
    erp.post(f"/policies/{before['head']['version']}/restore").raise_for_status()


@pytest.fixture
def erp(suite: Stack, at_once: None) -> Erp:
    """A shirt on its way to be exchanged for another size, accepted, with its label made."""
    erp = Erp(suite)
    place(erp.journey)
    order = erp.journey.order
    who = {"order": order["number"], "email": order["email"]}
    line = {"sku": order["lines"][0]["sku"], "reason": "does_not_fit", "sub_reason": "too_small"}
    asked = who | {"line": line}
    told = until(lambda: a.json() if (a := erp.post("/returns/exchanges", asked)).status_code == 200 else None)
    choice = next(each for each in told["choices"] if each["options"][-1]["value"] == "12")
    wish = line | {"resolution": "exchange", "exchange_variant": choice["variant_id"]}
    made = erp.post("/returns", who | {"lines": [wish]}).raise_for_status().json()
    erp.journey.number = made["number"]
    until(lambda: erp.journey.look()["awaiting"] == "awaiting_dropoff", within=30)
    until(lambda: _is_asked(erp), within=30)
    return erp


def _is_asked(erp: Erp) -> bool:
    """Whether payments knows of the hold that is asked for."""
    body = {"line_id": erp.line["id"], "outcome": "captured", "words": "Too early"}
    answer = erp.post(f"/returns/{erp.journey.number}/hold", body)
    return bool(answer.json()["code"] == "payments.not_now")


def test_the_exchange_is_ordered_when_the_hold_is_placed_and_the_hold_released_when_the_parcel_is_there(erp: Erp):
    assert erp.tasks == {"hold_to_place"}
    assert erp.line["money"] == "not_due"

    erp.record("hold", outcome="placed")
    until(lambda: erp.line["money"] == "settled", within=30)
    before = erp.journey.look()["awaiting"]
    until(lambda: erp.told("is held on your card") and erp.told("Your exchange is on order"), within=30)
    erp.post(f"/returns/{erp.journey.number}/milestones", {"milestone": "hub_received"}).raise_for_status()
    until(lambda: erp.tasks == {"hold_to_release"}, within=30)
    erp.record("hold", outcome="released")
    until(lambda: erp.tasks == set(), within=30)

    assert before == "awaiting_dropoff", "it did not wait for the parcel"
    assert (erp.journey.look()["awaiting"], erp.line["hold"]) == ("closed", "released")


def test_what_is_held_is_taken_when_the_parcel_does_not_come_and_a_dispute_of_it_calls_finance(
    erp: Erp, move: Callable[[str], dict]
):
    erp.record("hold", outcome="placed")
    until(lambda: erp.line["money"] == "settled", within=30)

    move("+15d")
    until(lambda: "hold_to_capture" in erp.tasks, within=60)
    erp.record("hold", outcome="captured")
    until(lambda: erp.told("was taken from your card"), within=30)
    erp.record("dispute", reference="dp_1")
    until(lambda: "payment_disputed" in erp.tasks, within=30)
    erp.post(f"/returns/{erp.journey.number}/milestones", {"milestone": "hub_received"}).raise_for_status()
    until(lambda: "taken_yet_back" in erp.tasks, within=30)

    assert erp.line["hold"] == "captured"
    assert "hold_to_capture" not in erp.tasks
