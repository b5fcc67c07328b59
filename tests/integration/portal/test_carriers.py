"""Accounts with carriers over the API and in the admin: kept by labels, never told again, and audited without a secret."""

import pytest

from libs.chassis.ids import new_id
from services.portal.access import GRANTS, May, Role
from tests.integration.portal.test_gateway import a_form

KEY = "EZTKalderalderalder"
WISH = {"mode": "test", "secrets": {"api_key": KEY}, "options": {"grams": "600"}}


def headers(key):
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PUT", "/easypost"), ("POST", "/accounts/018f6e2c-0000-7000-8000-000000000001/check")],
)
def test_it_needs_a_right_that_an_agent_has_not(browser, retailer, a_key, method, path):
    key = a_key(retailer.id, *GRANTS[Role.AGENT])

    answer = browser.request(method, f"/api/v1/carriers{path}", headers=headers(key), json=WISH)

    assert (answer.status_code, answer.json()["missing"]) == (403, ["carriers.manage"])


def test_a_program_keeps_an_account_and_reads_it_without_its_secret(start, browser, retailer, a_key):
    from services.portal.store.audit import Audit

    start("labels")
    told = headers(a_key(retailer.id, May.MANAGE_CARRIERS))

    saved = browser.put("/api/v1/carriers/easypost", headers=told, json=WISH)
    listed = browser.get("/api/v1/carriers", headers=told)
    faulty = browser.put("/api/v1/carriers/easypost", headers=told, json=WISH | {"options": {"size": "large"}})
    unknown = browser.put("/api/v1/carriers/pigeon", headers=told, json=WISH)
    nobodys = browser.post(f"/api/v1/carriers/accounts/{new_id()}/check", headers=told)

    (account,) = listed.json()["accounts"]
    assert (saved.status_code, saved.json()) == (200, account)
    assert (account["kept"], account["options"], account["on"]) == (["api_key"], {"grams": "600"}, True)
    assert [each["carrier"] for each in listed.json()["carriers"]] == ["own", "seko", "easypost"]
    assert (faulty.status_code, faulty.json()["code"]) == (422, "labels.field_wrong")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "labels.unknown_carrier")
    assert (nobodys.status_code, nobodys.json()["code"]) == (404, "labels.no_account")
    assert {entry.action for entry in Audit().list(retailer.id)} == {"carrier.save", "carrier.check"}
    assert all(KEY not in text for text in (saved.text, listed.text, faulty.text, str(Audit().list(retailer.id))))


def test_a_manager_keeps_an_account_on_the_page_which_never_shows_its_secret(start, browser, retailer, sit):
    start("labels")
    sit(browser, retailer)
    form = a_form(browser, "/admin/account") | {"grams": "600", "size": "30x20x10", "accounts": "", "on": "yes"}

    lacking = browser.post("/admin/carriers/easypost/test", data=form)
    saved = browser.post("/admin/carriers/easypost/test", data=form | {"api_key": KEY})
    again = browser.post("/admin/carriers/easypost/test", data=form | {"grams": "700"})
    page = browser.get("/admin/carriers")

    assert (lacking.status_code, "API key is needed" in lacking.text) == (422, True)
    assert (saved.status_code, saved.headers["location"]) == (303, "/admin/carriers?done=saved")
    assert again.status_code == 303
    assert 'value="700"' in page.text
    assert "Kept encrypted" in page.text
    assert KEY not in lacking.text + page.text


def test_the_page_says_that_it_cannot_know_while_labels_is_away(browser, retailer, sit):
    sit(browser, retailer)

    answer = browser.get("/admin/carriers")

    assert answer.status_code == 503
    assert "is not answering" in answer.text
