"""Requests about persons' data over the API, and in the admin, while the service that leads them is away."""

import pytest

from libs.chassis.ids import new_id
from services.portal.access import GRANTS, May, Role

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

    assert "Yes, erase their data" in first.text
    assert (first.status_code, second.status_code) == (200, 503)
    assert "not answering" in second.text
