"""A shopper's data is handed out, and then erased from all seven stores and the objects: the books stay, the person does not."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx
import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from psycopg import sql

from deploy.local.journey import Journey, hand_over, receive
from deploy.local.stack import Stack
from tests.e2e.test_a_shopper_is_served_while_a_service_is_away import away
from tests.e2e.test_a_shopper_returns_one_of_two_shirts import find_the_order, submit, take_the_money
from tests.waiting import until

__all__ = ["away"]
pytestmark = pytest.mark.timeout(300)  # a whole life of a return, and the suite that is started for it


class Person:
    """Somebody whose every word can be told from everybody else's."""

    def __init__(self) -> None:
        self.mark = token_hex(4)
        self.name = f"Maya Quill{self.mark}"
        self.email = f"maya.{self.mark}@example.com"
        self.phone = "+44 7700 9" + str(int(self.mark, 16))[:5].rjust(5, "1")
        self.street = f"{int(self.mark[:2], 16)} Lantern{self.mark} Row"
        self.comment = f"The seam came apart, says my sister Quill{self.mark}"
        self.answer = [self.mark, self.email, self.phone, self.phone.replace(" ", "")]


def a_photo(mark: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), f"#{mark[:6]}").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(scope="module")
def person() -> Person:
    return Person()


@pytest.fixture(scope="module")
def journey(suite: Stack, person: Person) -> Journey:
    """The person bought two things, which were delivered."""
    journey = Journey(suite.facts, suite.facts["retailers"][0])
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    asked = {"shop": shop, "name": person.name, "email": person.email, "phone": person.phone, "street": person.street}
    made = journey.http.post(f"{suite.facts['sandbox']['shopify']}/control/orders", json=asked).raise_for_status()
    journey.order = made.json() | {"number": made.json()["name"]}
    return journey


def return_one(journey: Journey, person: Person, browser: Browser) -> None:
    """One item comes back, with a photo and words; staff accept it."""
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    find_the_order(page, journey)
    page.get_by_text(journey.order["lines"][0]["title"], exact=True).first.click()
    page.get_by_role("radio", name="Faulty or damaged").first.check()
    page.get_by_label("Tell us in your own words").first.fill(person.comment)
    take_the_money(page)
    page.get_by_label("Add a photo of it").first.set_input_files(
        {"name": "seam.jpg", "mimeType": "image/jpeg", "buffer": a_photo(person.mark)}
    )
    journey.number = submit(page, held=True)
    api(journey).post(f"/returns/{journey.number}/accept", json={"label": "free"}, headers=once()).raise_for_status()
    journey.until_told("labels.label_issued.v1")


def api(journey: Journey) -> httpx.Client:
    """The retailer's own program."""
    key = {"Authorization": f"Bearer {journey.retailer['api_key']}"}
    return httpx.Client(base_url=f"{journey.facts['gateway']}/api/v1", headers=key, timeout=20)


def once() -> dict[str, str]:
    return {"Idempotency-Key": token_hex(8)}


def found(facts: dict[str, Any], words: list[str]) -> dict[str, list[str]]:
    """Where any of the words stands, in every column of every table of all databases."""
    places: dict[str, list[str]] = {}
    for service, url in facts["databases"].items():
        with psycopg.connect(url) as db:
            named = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
            for (table,) in db.execute(named).fetchall():
                for word in words:
                    asked = sql.SQL("SELECT t::text FROM {} t WHERE t::text ILIKE {} OR t::text LIKE {}").format(
                        sql.Identifier(table), sql.Literal(f"%{word}%"), sql.Literal(f"%{word.encode().hex()}%")
                    )
                    if rows := db.execute(asked).fetchall():
                        places.setdefault(f"{service}.{table}", []).append(f"{word}: {rows[0][0][:300]}")
    return places


def objects(suite: Stack) -> dict[str, bytes]:
    """Everything in the object store."""
    folder = Path(suite.folder) / "objects"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def requests_of(journey: Journey) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = api(journey).get("/persons/requests").raise_for_status().json()["requests"]
    return rows


def ask_by_the_shop(journey: Journey, topic: str) -> None:
    """The compliance webhook, as Shopify sends it."""
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    asked = {"shop": shop, "order": journey.order["number"], "topics": [topic]}
    sandbox = journey.facts["sandbox"]["shopify"]
    journey.http.post(f"{sandbox}/control/compliance", json=asked).raise_for_status()


def reports(facts: dict[str, Any]) -> list[Any]:
    with psycopg.connect(facts["databases"]["portal"]) as db:
        lines = db.execute("SELECT t::text FROM report_lines t ORDER BY line_id").fetchall()
        return lines + db.execute("SELECT t::text FROM report_returns t ORDER BY return_id").fetchall()


def ledgers(facts: dict[str, Any]) -> list[Any]:
    rows = []
    for service in ("orders", "payments"):
        with psycopg.connect(facts["databases"][service]) as db:
            rows += db.execute("SELECT t::text FROM ledger_entries t ORDER BY retailer_id, seq").fetchall()
    return rows


def test_a_shopper_s_data_is_handed_out_and_then_forgotten_everywhere(
    suite: Stack, journey: Journey, person: Person, browser: Browser
):
    others = set(objects(suite))
    return_one(journey, person, browser)
    before = set(found(suite.facts, [person.mark]))
    assert {name.partition(".")[0] for name in before} >= {"portal", "orders", "labels", "notifications"}
    assert {name.partition("/")[0] for name in set(objects(suite)) - others} >= {"labels", "photos"}

    # The export: gathered from every service, mailed as a link, and whole.
    ask_by_the_shop(journey, "customers/data_request")
    mailed: list[dict[str, Any]] = []

    def came() -> bool:
        mails = journey.http.get(f"{suite.facts['mailbox']}/messages").json()["messages"]
        mailed[:] = [mail for mail in mails if "data is ready to be handed out" in mail["subject"]]
        return bool(mailed)

    until(came, within=40)
    text = json.dumps(journey.http.get(f"{suite.facts['mailbox']}/messages/{mailed[0]['id']}").json())
    link = re.search(r"/alder/x/[A-Za-z0-9_-]+", text)
    assert link is not None
    answer = journey.http.get(f"{suite.facts['gateway']}{link.group()}").raise_for_status()
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    told = archive.read("person.json").decode()
    assert person.comment in told
    assert person.email in told
    assert person.street in told
    assert set(json.loads(told)) == {"orders", *suite.facts["databases"]}
    assert [name for name in archive.namelist() if name.startswith("photos/")] != []

    # The erasure waits for the open return, and says so.
    ask_by_the_shop(journey, "customers/redact")
    until(lambda: requests_of(journey)[0]["state"] == "waiting", within=40)
    assert requests_of(journey)[0]["open_returns"] != []
    assert person.name in json.dumps(journey.look())

    # It ends, and with it everything that tells who it was.
    journey.story = journey.look()
    hand_over(journey)
    receive(journey)
    until(lambda: journey.look()["awaiting"] in ("at_hub", "awaiting_settlement", "closed"), within=30)
    if journey.look()["awaiting"] == "at_hub":
        line = journey.story["lines"][0]["id"]
        inspected = {"lines": [{"line_id": line, "quantity": 1, "condition": "as_expected", "words": person.comment}]}
        checked = api(journey).post(f"/returns/{journey.number}/inspections", json=inspected, headers=once())
        checked.raise_for_status()
    until(lambda: journey.look()["awaiting"] == "closed", within=40)
    books = reports(suite.facts), ledgers(suite.facts)
    until(lambda: requests_of(journey)[0]["state"] == "done", within=60)

    assert found(suite.facts, person.answer) == {}
    until(lambda: {name.partition("/")[0] for name in set(objects(suite)) - others} == {"persons"}, within=20)
    assert [name for name, content in objects(suite).items() if person.mark.encode() in content] == []
    assert (reports(suite.facts), ledgers(suite.facts)) == books
    look = journey.look()
    assert look["contact"]["name"].startswith("erased ")
    assert look["lines"][0]["comment"] == "erased"

    # Staff still open its page; a repeat, and a webhook that comes late, bring nobody back.
    manager = journey.retailer["staff"][0]
    page = browser.new_context().new_page()
    page.goto(f"{suite.facts['gateway']}/admin/sign-in")
    page.get_by_label("Email").fill(manager["email"])
    page.get_by_label("Password").fill(manager["password"])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{suite.facts['gateway']}/admin/returns/{journey.number}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(journey.number)
    expect(page.get_by_text("erased").first).to_be_visible()
    page.goto(f"{suite.facts['gateway']}/admin/persons")
    expect(page.get_by_text("Erasure").first).to_be_visible()
    page.goto(f"{suite.facts['gateway']}/admin/audit")
    expect(page.get_by_text("person.erase_done").first).to_be_visible()

    again = {"order": journey.order["number"], "shop": journey.retailer["webhooks"]["shopify"]["shop"], "shuffle": True}
    journey.http.post(f"{suite.facts['sandbox']['shopify']}/control/redeliver", json=again).raise_for_status()
    ask_by_the_shop(journey, "customers/redact")
    until(lambda: [each["state"] for each in requests_of(journey)] == ["done"] * 3, within=60)
    assert found(suite.facts, person.answer) == {}


def test_a_service_that_is_away_holds_an_erasure_up_and_no_longer(
    suite: Stack, journey: Journey, away: Callable[[str], None]
):
    other = Person()
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    asked = {"shop": shop, "name": other.name, "email": other.email, "phone": other.phone, "street": other.street}
    made = journey.http.post(f"{suite.facts['sandbox']['shopify']}/control/orders", json=asked).raise_for_status()
    until(lambda: "orders.orders" in found(suite.facts, [other.mark]), within=30)
    away("labels")

    wish = {"kind": "erase", "email": other.email}
    begun = api(journey).post("/persons/requests", json=wish).raise_for_status().json()["request"]
    until(lambda: requests_of(journey)[0]["silent"] == ["labels"], within=30)
    assert (requests_of(journey)[0]["state"], requests_of(journey)[0]["request_id"]) == ("open", begun["request_id"])

    suite.restart("labels")
    until(lambda: requests_of(journey)[0]["state"] == "done", within=90)
    assert requests_of(journey)[0]["orders"] == 1
    assert found(suite.facts, [other.mark, other.email]) == {}
    assert made.json()["name"] in json.dumps(found(suite.facts, [made.json()["name"]]))
