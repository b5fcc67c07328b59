"""Lanes and hubs over the API, as a file both ways, and in the admin."""

import pytest

from services.portal.access import GRANTS, May, Role
from tests.integration.portal.test_gateway import a_form
from tests.waiting import until

DAVENTRY = {
    "code": "DAV",
    "address": {
        "name": "Alder Returns",
        "line1": "Unit 4",
        "city": "Daventry",
        "postcode": "NN11 8PQ",
        "country": "GB",
    },
}
IRISH = {
    "country": "IE",
    "hub": "DAV",
    "service": "Standard return",
    "price": {"amount": 495, "currency": "EUR"},
    "cost": {"amount": 610, "currency": "EUR"},
}


def headers(key, media="application/json"):
    return {"Authorization": f"Bearer {key}", "Content-Type": media}


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("GET", "/csv"), ("POST", "/csv")])
def test_it_needs_a_right_that_an_agent_has_not(browser, retailer, a_key, method, path):
    key = a_key(retailer.id, *GRANTS[Role.AGENT])

    answer = browser.request(
        method, f"/api/v1/lanes{path}", headers=headers(key, "text/csv" if path else "application/json"), content=b"{}"
    )

    assert (answer.status_code, answer.json()["missing"]) == (403, ["carriers.manage"])


def test_a_program_saves_lanes_and_sends_their_file_back_and_forth(start, browser, retailer, a_key):
    start("labels")
    key = a_key(retailer.id, May.MANAGE_CARRIERS)
    told, as_file = headers(key), headers(key, "text/csv")

    saved = browser.post(
        "/api/v1/lanes", headers=told, json={"hubs": [DAVENTRY], "lanes": [IRISH, IRISH | {"hub": "ROM"}]}
    )
    file = browser.get("/api/v1/lanes/csv", headers=told)
    same = browser.post("/api/v1/lanes/csv", headers=as_file, content=file.content)
    more = (
        file.text.replace("4.95", "5.95")
        + "GB,BT,DAV,own,Ulster,qr,GBP,3.95,,,,,,,,\nFR,,DAV,,Slow,,EUR,ninety,,,,,,,,\n"
    )
    mended = browser.post(
        "/api/v1/lanes/csv", headers=as_file, content=(more + "NL,,ROM,,Slow,,EUR,1,,,,,,,,\n").encode()
    )
    listed = browser.get("/api/v1/lanes", headers=told).json()
    headless = browser.post("/api/v1/lanes/csv", headers=as_file, content=b"country,price\nGB,1\n")

    assert [each["outcome"] for each in saved.json()["lanes"]] == ["created", "refused"]
    assert (same.json()["unchanged"], same.json()["changed"], same.json()["faults"]) == (1, 0, [])
    assert {name: mended.json()[name] for name in ("rows", "created", "changed")} == {
        "rows": 4,
        "created": 1,
        "changed": 1,
    }
    assert [(fault["row"], fault["column"]) for fault in mended.json()["faults"]] == [(4, "price"), (5, "")]
    lanes = [each["lane"] for each in listed["lanes"]]
    assert [(lane["country"], lane["price"]["amount"], lane["method"]) for lane in lanes] == [
        ("IE", 595, "label"),
        ("GB", 395, "qr"),
    ]
    assert (headless.status_code, headless.json()["code"]) == (422, "lanes.not_a_file_of_lanes")


def test_a_manager_changes_prices_hubs_and_files_on_the_page(start, browser, retailer, sit):
    start("labels")
    sit(browser, retailer)
    form = a_form(browser, "/admin/account")
    hub = {"code": "dav", "name": "Alder Returns", "line1": "Unit 4", "city": "Daventry", "country": "GB", "on": "yes"}
    file = "country,hub,service,currency,price\nIE,DAV,Standard return,EUR,4.95\nNL,DAV,Slow,EUR,x\n"

    lacking = browser.post("/admin/lanes/hubs", data=form | hub | {"city": ""})
    kept = browser.post("/admin/lanes/hubs", data=form | hub)
    brought = browser.post("/admin/lanes/import", data=form, files={"file": ("lanes.csv", file, "text/csv")})
    lane = brought.text.split('name="price-')[1].split('"')[0]
    wrong = browser.post("/admin/lanes", data=form | {f"price-{lane}": "free"})
    never = browser.post("/admin/lanes", data=form | {f"price-{lane}": "0", f"days-{lane}": "0"})
    saved = browser.post(
        "/admin/lanes", data=form | {f"price-{lane}": "0", f"cost-{lane}": "6.10", f"days-{lane}": "3"}
    )
    csv = browser.get("/admin/lanes.csv").text

    assert (lacking.status_code, kept.status_code, kept.headers["location"]) == (422, 303, "/admin/lanes?done=hub")
    assert "“x” is not an amount" in brought.text
    assert (wrong.status_code, "“free” is not an amount" in wrong.text) == (422, True)
    assert (never.status_code, "Write whole days, from 1 to 90" in never.text) == (422, True)
    assert saved.headers["location"] == "/admin/lanes?done=saved"
    assert "IE,,DAV,own,Standard return,label,EUR,0.00,fixed,0,6.10,0,,no,no,,,3" in csv


RATED = IRISH | {"carrier": "seko", "service": "Air", "rates_from": {"city": "Cork", "postcode": "T12 AB34"}}


def test_live_rates_are_asked_for_and_left_out_over_the_api_and_in_a_file(start, browser, retailer, a_key):
    start("labels")
    key = a_key(retailer.id, May.MANAGE_CARRIERS)
    told, as_file = headers(key), headers(key, "text/csv")
    own = IRISH | {"rates_from": {"city": "Cork"}}

    saved = browser.post("/api/v1/lanes", headers=told, json={"hubs": [DAVENTRY], "lanes": [RATED, own]}).json()[
        "lanes"
    ]
    file = browser.get("/api/v1/lanes/csv", headers=told).text
    same = browser.post("/api/v1/lanes/csv", headers=as_file, content=file.encode())
    nowhere = browser.post("/api/v1/lanes/csv", headers=as_file, content=file.replace("Cork,", ",").encode())
    without = browser.post("/api/v1/lanes/csv", headers=as_file, content=file.replace("Cork, T12 AB34", "").encode())
    listed = browser.get("/api/v1/lanes", headers=told).json()

    assert [(each["outcome"], each["code"]) for each in saved] == [("created", None), ("refused", "labels.no_rates")]
    assert '"Cork, T12 AB34"' in file
    assert (same.json()["unchanged"], same.json()["faults"]) == (1, [])
    assert [fault["column"] for fault in nowhere.json()["faults"]] == ["rates_from"]
    assert without.json()["changed"] == 1
    assert (listed["rating"], listed["lanes"][0]["rates"]) == (["seko", "easypost"], [])


def test_a_manager_reads_on_the_page_why_there_is_no_rate_and_asks_from_elsewhere(start, browser, retailer, sit, a_key):
    start("labels")
    wish = {"hubs": [DAVENTRY], "lanes": [RATED, IRISH]}
    browser.post("/api/v1/lanes", headers=headers(a_key(retailer.id, May.MANAGE_CARRIERS)), json=wish)
    sit(browser, retailer)
    form = a_form(browser, "/admin/account")

    told = until(
        lambda: page if "No account with the carrier is on." in (page := browser.get("/admin/lanes").text) else ""
    )
    lane = told.split('name="rates-')[1].split('"')[0]
    prices = {f"price-{lane}": "4.95", f"cost-{lane}": "6.10", f"on-{lane}": "yes"}
    wrong = browser.post("/admin/lanes", data=form | prices | {f"rates-{lane}": ", T12"})
    browser.post("/admin/lanes", data=form | prices | {f"rates-{lane}": "Galway, H91 AB12"})

    assert told.count('name="rates-') == 1
    assert "No rate: our cost counts" in told
    assert (wrong.status_code, "Write a town and its postcode" in wrong.text) == (422, True)
    assert 'value="Galway, H91 AB12"' in browser.get("/admin/lanes").text


def test_the_page_says_that_it_cannot_know_while_labels_is_away(browser, retailer, sit):
    sit(browser, retailer)

    answer = browser.get("/admin/lanes")

    assert answer.status_code == 503
