"""A retailer's own program makes a return, receives and inspects its parcel, and sees it paid: by the API alone."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from secrets import token_hex
from typing import Any

import httpx
import pytest

from deploy.local.journey import Journey, place
from deploy.local.stack import Stack
from tests.waiting import until


class Erp:
    """The retailer's program."""

    def __init__(self, suite: Stack) -> None:
        self.facts, self.retailer = suite.facts, suite.facts["retailers"][0]
        root = f"{self.facts['gateway']}/api/v1"
        key = {"Authorization": f"Bearer {self.retailer['api_key']}"}
        self.http = httpx.Client(base_url=root, headers=key, timeout=20)

    def post(self, path: str, body: Any = None, key: str = "") -> httpx.Response:
        return self.http.post(path, json=body, headers={"Idempotency-Key": key or token_hex(8)})

    def look(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/returns/{number}").raise_for_status().json()
        return found


@pytest.fixture(scope="module")
def erp(suite: Stack) -> Erp:
    return Erp(suite)


@pytest.fixture
def order(erp: Erp) -> dict[str, Any]:
    """An order of two things, paid and delivered, which our index knows."""
    journey = Journey(erp.facts, erp.retailer)
    place(journey)
    asked = wish(journey.order)
    until(lambda: erp.post("/returns/preview", asked).status_code == 200, within=20)
    return journey.order


def wish(order: dict[str, Any], **changes: Any) -> dict[str, Any]:
    line = {"sku": order["lines"][0]["sku"], "reason": "changed_mind", "resolution": "refund"} | changes
    return {"order": order["number"], "email": order["email"], "lines": [line]}


def test_a_preview_tells_what_would_be_decided_and_makes_nothing(erp: Erp, order: dict[str, Any]):
    told = erp.post("/returns/preview", wish(order)).json()

    assert (told["order"], told["label"]) == (order["number"], "free")
    assert [offer["resolution"] for offer in told["lines"][0]["offers"]] == ["refund", "store_credit", "exchange"]
    assert erp.http.get("/returns", params={"search": order["number"]}).json()["returns"] == []


def test_one_return_is_made_of_equal_requests_and_driven_to_its_end_by_facts_by_hand(erp: Erp, order: dict[str, Any]):
    with ThreadPoolExecutor(10) as clients:
        made = list(clients.map(lambda _: erp.post("/returns", wish(order), f"job {order['number']}"), range(10)))
    number = made[0].json()["number"]
    reached = partial(_awaits, erp, number)
    until(lambda: reached("awaiting_dropoff"), within=30)
    line = erp.look(number)["lines"][0]["id"]

    sent = erp.post(f"/returns/{number}/milestones", {"milestone": "accepted"})
    until(lambda: reached("in_transit"), within=30)
    checked = {"lines": [{"line_id": line, "quantity": 1, "condition": "as_expected"}]}
    inspected = [erp.post(f"/returns/{number}/inspections", checked, "hub 1") for _ in range(2)]
    until(lambda: reached("closed"), within=30)
    told = erp.look(number)

    assert {answer.status_code for answer in made} == {201}
    assert {answer.content for answer in made} == {made[0].content}
    assert made[0].headers["location"] == f"/api/v1/returns/{number}"
    assert sent.json()["milestone"] == "accepted"
    assert inspected[0].json() == inspected[1].json()
    assert told["paid"] == told["owed"] == told["due"]
    assert told["lines"][0]["money"] == "settled"
    assert told["tasks"] == []


def test_a_fact_by_hand_that_its_owner_knows_better_is_refused_in_the_owner_s_words(erp: Erp, order: dict[str, Any]):
    number = erp.post("/returns", wish(order)).json()["number"]
    until(lambda: _awaits(erp, number, "awaiting_dropoff"), within=30)
    line = erp.look(number)["lines"][0]["id"]

    answers = [
        erp.post(f"/returns/{number}/fee", {"outcome": "paid", "words": "At the desk."}),
        erp.post(f"/returns/{number}/label", {"outcome": "refused", "words": "Their portal says so."}),
        erp.post(f"/returns/{number}/settlement", {"line_ids": [line], "outcome": "refused", "words": "Seen there."}),
        erp.post(f"/returns/{number}/milestones", {"parcel": 7, "milestone": "accepted"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "payments.not_now"),
        (409, "labels.not_now"),
        (404, "orders.not_found"),
        (404, "tracking.no_parcel"),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"resolution": "none"}, "returns.not_offered"),
        ({"reason": "the_weather"}, "returns.no_such_reason"),
        ({"quantity": 9}, "returns.too_many_units"),
        ({"sku": "NOT-THERE"}, "returns.not_in_the_order"),
    ],
)
def test_what_the_policy_does_not_give_is_a_clear_problem(erp: Erp, order: dict[str, Any], changes, code):
    answer = erp.post("/returns", wish(order, **changes))

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["faults"][0]["pointer"].startswith("/lines/0")


def test_an_order_that_the_email_does_not_fit_is_not_found(erp: Erp, order: dict[str, Any]):
    answer = erp.post("/returns", wish(order) | {"email": "somebody@else.example"})

    assert (answer.status_code, answer.json()["code"]) == (404, "orders.not_found")


def _awaits(erp: Erp, number: str, state: str) -> bool:
    return bool(erp.look(number)["awaiting"] == state)
