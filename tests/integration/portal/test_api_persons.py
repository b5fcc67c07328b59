"""Requests about persons' data over the API, and in the admin, while the service that leads them is away."""

import pytest

from libs.chassis.ids import new_id
from services.portal.access import GRANTS, May, Role
from tests.integration.portal.programs import submitted

WISH = {"kind": "erase", "email": "maya.quill@example.com"}


def headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("GET", f"/{new_id()}/export")], ids=["list", "begin", "fetch"]
)
def test_it_needs_a_right_that_an_agent_has_not(browser, retailer, a_key, method, path):
    key = a_key(retailer.id, *GRANTS[Role.AGENT])

    answer = browser.request(method, f"/api/v1/persons/requests{path}", headers=headers(key), json=WISH)

    assert (answer.status_code, answer.json()["missing"]) == (403, ["persons.manage"])


def test_while_orders_is_away_nothing_is_begun_and_the_audit_says_so_without_the_address(
    browser, retailer, a_key, people
):
    from services.portal.store.audit import Audit

    key = a_key(retailer.id, May.MANAGE_PERSONS)

    answer = browser.post("/api/v1/persons/requests", headers=headers(key), json=WISH)

    (entry,) = Audit().list(retailer.id)
    assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")
    assert (entry.action, entry.outcome) == ("person.erase", "failed")
    assert "quill" not in str(entry).lower()


@pytest.mark.parametrize("wish", [{}, {"kind": "erase_shop", "email": "a@b.c"}, {"kind": "erase", "email": ""}])
def test_what_does_not_name_a_person_and_a_wish_is_refused(browser, retailer, a_key, wish):
    key = a_key(retailer.id, May.MANAGE_PERSONS)

    answer = browser.post("/api/v1/persons/requests", headers=headers(key), json=wish)

    assert answer.status_code == 422


def test_a_manager_is_asked_once_more_before_somebody_is_erased(browser, retailer, sit):
    sit(browser, retailer)
    form = browser.get("/admin/persons").text
    csrf = form.partition('name="csrf" value="')[2].partition('"')[0]

    first = browser.post("/admin/persons", data={"csrf": csrf} | WISH)
    second = browser.post("/admin/persons", data={"csrf": csrf, "sure": "yes"} | WISH)

    assert (first.status_code, second.status_code) == (503, 503)  # what is meant is said first, and orders is away
    assert "Yes, erase their data" not in first.text
    assert "not answering" in second.text


def test_before_somebody_is_erased_their_orders_and_returns_are_counted(start, browser, retailer, a_key, returns, sit):
    start("orders")
    ret = submitted(returns, retailer)
    key, person = a_key(retailer.id, May.MANAGE_PERSONS), {"email": ret.contact.email}
    sit(browser, retailer)
    form = browser.get("/admin/persons").text
    csrf = form.partition('name="csrf" value="')[2].partition('"')[0]

    counted = browser.post("/api/v1/persons/preview", headers=headers(key), json=person)
    page = browser.post("/admin/persons", data={"csrf": csrf, "kind": "erase"} | person)

    assert counted.json() == {"orders": 0, "returns": 1, "open_returns": 1, "kept_requests": 0}
    assert page.status_code == 200
    assert "Yes, erase their data" in page.text
    assert "Orders: 0, returns: 1, of them open: 1, kept requests: 0." in page.text
    nobody = browser.post("/api/v1/persons/preview", headers=headers(key), json={"email": "nobody"})
    assert (nobody.status_code, nobody.json()["code"]) == (409, "orders.nobody_meant")
