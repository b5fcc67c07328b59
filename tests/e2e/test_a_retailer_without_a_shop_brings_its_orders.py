"""A retailer without a shop of ours brings an order as a file; what comes back of it is settled by a person, once."""

import json
import re
from datetime import timedelta
from secrets import token_hex
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from deploy.local.journey import Journey, find, place
from deploy.local.retailers import retailers
from deploy.local.stack import Stack
from libs.chassis.clock import now
from tests.e2e.test_a_purchase_is_proved_by_its_receipt import desk, page, show_the_receipt
from tests.e2e.test_a_shopper_is_served_while_a_service_is_away import check, letters, way_on
from tests.waiting import until

__all__ = ["desk", "page"]


class Erp:
    """A program of the retailer's."""

    def __init__(self, gateway: str, key: str, manager: str = "") -> None:
        self.key, self.manager = key, manager
        self._http = httpx.Client(base_url=f"{gateway}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def get(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, body: Any) -> httpx.Response:
        return self._http.post(path, json=body, headers={"Idempotency-Key": token_hex(8)})

    def bring(self, file: str, **query: str) -> Any:
        headers = {"Content-Type": "text/csv"}
        return self._http.post("/orders/csv", content=file.encode(), params=query, headers=headers).json()

    def awaits(self, number: str, state: str) -> bool:
        return bool(self.get(f"/returns/{number}")["awaiting"] == state)

    def tasks(self, number: str) -> list[str]:
        return [task["kind"] for task in self.get(f"/returns/{number}")["tasks"]]


@pytest.fixture(scope="module")
def fir(suite: Stack) -> Erp:
    """The program of Fir, a retailer as Alder is but without its shop."""
    facts, slug = suite.facts, f"fir-{token_hex(3)}"
    alder = retailers(facts["sandbox"]["shopify"])[0]
    staff = [alder["staff"][0] | {"email": f"manager@{slug}.example"}]
    asked = alder | {"slug": slug, "name": "Fir", "staff": staff, "shop": {"kind": "native", "currency": "GBP"}}
    asked.pop("host", None)
    operator = httpx.post(
        f"{facts['gateway']}/api/v1/retailers",
        content=json.dumps(asked),
        headers={"Authorization": f"Bearer {facts['platform']['api_key']}", "Content-Type": "application/json"},
        timeout=60,
    )
    made = operator.raise_for_status().json()
    assert made["webhooks"]["shopify"] is None
    return Erp(facts["gateway"], made["api_key"], staff[0]["email"])


def sold() -> str:
    """A file as an English spreadsheet on a German machine would write it: two shirts, and a scarf with a fault."""
    day = (now() - timedelta(days=3)).date().strftime("%d/%m/%Y")
    return (
        "\ufeffOrder no;Date;E-mail;Item;SKU;Qty;Line total;Shipping name;Street;City;Postcode;Sent on;Delivered on\r\n"
        f"F-1001;{day};ana@example.com;Linen camp shirt;SHIRT;2;90,00;Ana Webb;3 Tenter Lane;York;YO1 7HH;{day};{day}\r\n"
        f"F-1002;{day};bea@example.com;Wool scarf;SCARF;1;dear;Bea Webb;3 Tenter Lane;York;YO1 7HH;{day};{day}\r\n"
    )


def test_a_file_of_orders_is_returned_from_and_a_person_settles_once(fir: Erp):
    brought, again = fir.bring(sold()), fir.bring(sold())
    wish = {"sku": "SHIRT", "quantity": 1, "reason": "changed_mind", "resolution": "refund"}
    made = fir.post("/returns", {"order": "#f-1001", "email": "ana@example.com", "lines": [wish]})
    number = made.raise_for_status().json()["number"]
    until(lambda: fir.awaits(number, "awaiting_dropoff"), within=30)
    line = fir.get(f"/returns/{number}")["lines"][0]["id"]
    fir.post(f"/returns/{number}/milestones", {"milestone": "accepted"}).raise_for_status()
    found = {"lines": [{"line_id": line, "quantity": 1, "condition": "as_expected"}]}
    fir.post(f"/returns/{number}/inspections", found).raise_for_status()
    until(lambda: fir.tasks(number) == ["give_by_hand"], within=30)

    record = {"line_ids": [line], "outcome": "succeeded", "reference": "CN-1042", "words": "Refunded at the bank."}
    done = fir.post(f"/returns/{number}/settlement", record).raise_for_status().json()
    until(lambda: fir.awaits(number, "closed"), within=30)

    assert (brought["created"], brought["faulty"], again["unchanged"]) == (1, 1, 1)
    assert [(fault["row"], fault["column"], fault["order"]) for fault in brought["faults"]] == [
        (3, "Line total", "F-1002")
    ]
    assert done["state"] == "done"
    assert (fir.get(f"/returns/{number}")["paid"], fir.tasks(number)) == ({"amount": 4500, "currency": "GBP"}, [])
    until(lambda: [each["returnable"] for each in fir.get("/orders/F-1001")["lines"]] == [1], within=20)


@pytest.fixture
def journey(suite: Stack) -> Journey:
    """A shopper of Alder."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    place(journey)
    find(journey)
    return journey


def test_staff_write_down_a_receipt_and_the_return_goes_on_from_it(page: Page, desk: Page, journey: Journey):
    number, receipt = show_the_receipt(page, journey), f"T{token_hex(3)}"
    until(lambda: letters(journey, number))

    desk.goto(f"{journey.facts['gateway']}/admin/intakes/{number}")
    desk.get_by_role("link", name="Write down what the receipt says").click()
    desk.get_by_label("Receipt number").fill(receipt)
    desk.get_by_label("Which of your shops").fill("York")
    desk.get_by_label("Date on the receipt").fill((now() - timedelta(days=2)).date().isoformat())
    first = desk.get_by_role("group", name="Item 1")
    first.get_by_label("Item", exact=True).fill("Linen camp shirt")
    first.get_by_label("Paid for them").fill("45.00")
    desk.get_by_role("button", name="Accept the receipt").click()
    expect(desk.get_by_text("The order is matched")).to_be_visible()

    page.goto(way_on(journey))
    page.get_by_role("button", name="Go on with your return").click()
    page.get_by_text("Linen camp shirt", exact=True).first.click()
    page.get_by_role("radio", name="Changed my mind").first.check()
    check(page)
    page.get_by_role("button", name="Send for review").click()
    page.wait_for_url(re.compile("/r/"))
    found = re.search(r"R-[2-9A-Z]{6}", page.locator("main").inner_text())
    assert found is not None
    journey.number = found.group()

    erp = Erp(journey.facts["gateway"], journey.retailer["api_key"])
    known = erp.get(f"/orders/{receipt}")
    assert (known["channel"], known["lines"][0]["paid"]) == ("store", {"amount": 4500, "currency": "GBP"})
    assert journey.look()["awaiting"] == "awaiting_review"


def test_staff_bring_a_file_whose_columns_they_choose(desk: Page, journey: Journey):
    day, number = (now() - timedelta(days=2)).date().isoformat(), f"T{token_hex(3)}"
    content = f"Bon,When,What,Sum,Channel,Shop\n{number},{day},Wool scarf,38.00,store,York\n".encode()
    file: Any = {"name": "till.csv", "mimeType": "text/csv", "buffer": content}

    desk.goto(f"{journey.facts['gateway']}/admin/orders/import")
    desk.get_by_label("File", exact=True).set_input_files(file)
    desk.get_by_role("button", name="Bring them in").click()
    expect(desk.get_by_role("alert")).to_contain_text("Choose the column")
    for label, column in (("Order number", "Bon"), ("Ordered on", "When"), ("Item (needed)", "What")):
        desk.get_by_label(label).first.select_option(column)
    desk.get_by_label("Paid for all pieces").select_option("Sum")
    desk.get_by_label("File", exact=True).set_input_files(file)
    desk.get_by_role("button", name="Bring them in").click()

    expect(desk.get_by_text("New orders")).to_be_visible()
    known = Erp(journey.facts["gateway"], journey.retailer["api_key"]).get(f"/orders/{number}")
    assert [line["title"] for line in known["lines"]] == ["Wool scarf"]
