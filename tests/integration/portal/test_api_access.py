"""Every route of the API as every role, without access, and as another retailer. The routes come from the document."""

import pytest
from sqlalchemy import text

from services.portal.access import GRANTS, NOBODY, May, Role
from services.portal.api.describe import document, routes, scopes_of
from services.portal.api.examples import example_of
from services.portal.security import STAFF
from tests.integration.portal.programs import Program, submitted
from tests.integration.portal.test_gateway import _another

EVERY = [(method, path, route) for path, method, route in routes()]
NAMES = [f"{method} {path}" for method, path, _ in EVERY]
every_route = pytest.mark.parametrize(("method", "path", "route"), EVERY, ids=NAMES)


class Nowhere(dict[str, str]):
    """Places where nothing is, for the parts of an address that are not said."""

    def __missing__(self, name: str) -> str:
        return "018f0000-0000-7000-8000-00000000000f" if name.endswith("id") else "1"


NOWHERE = {
    "number": "R-222222",
    "order": "AP-0",
    "queue": "portal.nothing",
    "message_id": "m-1",
    "cancellation": "C-222222",
    "which": "current",
    "carrier": "easypost",
}


def body_of(method: str, path: str):
    """A body that the route takes, from the document."""
    schemas = document()["components"]["schemas"]
    asked = document()["paths"][path][method].get("requestBody")
    if asked is None or "application/json" not in asked["content"]:
        return None
    schema = asked["content"]["application/json"]["schema"]
    return example_of(schema, schemas)


def call(browser, method: str, path: str, headers: dict[str, str], **where: str):
    """The answer of a route at these places."""
    address = path.format_map(Nowhere(NOWHERE | where))
    own = {"idempotency-key": f"{method} {address} {headers.get('authorization', '')}"}
    return browser.request(method.upper(), address, json=body_of(method, path), headers=own | headers)


@every_route
def test_a_route_names_what_it_needs_and_the_document_says_so(method, path, route):
    needed = scopes_of(route)

    assert needed
    assert set(needed) <= {str(may) for may in May}
    assert document()["paths"][path][method]["security"] == [{"key": needed}]


@every_route
def test_a_route_without_access_tells_nothing(browser, method, path, route):
    answer = call(browser, method, path, {})

    assert (answer.status_code, answer.json()["code"]) == (401, "api.no_access")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PLATFORM])
def test_a_role_may_do_what_the_table_grants_it_and_nothing_else(browser, retailer, sit, role):
    sit(browser, retailer, role)
    headers = {"sec-fetch-site": "same-origin"}

    answers = {name: call(browser, method, path, headers) for name, (method, path, _) in zip(NAMES, EVERY, strict=True)}

    refused = {name for name, answer in answers.items() if answer.status_code in {401, 403}}
    granted = {str(may) for may in GRANTS[role]}
    assert refused == {name for name, (*_, route) in zip(NAMES, EVERY, strict=True) if set(scopes_of(route)) - granted}


@pytest.mark.parametrize("may", list(May))
def test_a_key_may_do_what_its_scopes_say_and_nothing_else(browser, retailer, a_key, may):
    headers = {"authorization": f"Bearer {a_key(retailer.id, may)}"}
    needing_more = [(m, p) for m, p, route in EVERY if set(scopes_of(route)) - {str(may)}]

    answers = [call(browser, method, path, headers) for method, path in needing_more]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "api.forbidden")}


def test_the_platform_s_key_reaches_no_return(browser, retailer, returns, a_key):
    number = submitted(returns, retailer).number
    headers = {"authorization": f"Bearer {a_key(NOBODY, *GRANTS[Role.PLATFORM])}"}
    about_returns = [(method, path) for method, path, _ in EVERY if "{number}" in path]

    answers = [call(browser, method, path, headers, number=number) for method, path in about_returns]

    assert {answer.status_code for answer in answers} == {403}


def without_reference(answer):
    told = answer.json()
    told.pop("reference", None)
    return answer.status_code, told


@pytest.mark.parametrize(
    ("method", "path"), [(method, path) for method, path, _ in EVERY if "{number}" in path or "{task_id}" in path]
)
def test_another_retailer_is_answered_as_if_it_were_not_there(browser, returns, people, retailer, a_key, method, path):
    ret = submitted(returns, retailer, held="photo")
    with returns.look(retailer.id) as db:
        task = db.execute(text("SELECT id FROM tasks WHERE return_id = :id"), {"id": ret.id}).scalar_one()
    before = returns.get(retailer.id, number=ret.number)
    stranger = Program(browser, a_key(people.save_retailer(_another(retailer)).id))
    headers = {"authorization": f"Bearer {stranger.key}"}

    existing = call(browser, method, path, headers, number=ret.number, task_id=str(task))
    unknown = call(browser, method, path, headers)

    assert existing.status_code == 404
    assert without_reference(existing) == without_reference(unknown)
    assert returns.get(retailer.id, number=ret.number) == before


def test_lists_hold_a_retailer_s_own_only(browser, returns, people, retailer, a_key):
    submitted(returns, retailer, held="photo")
    stranger = Program(browser, a_key(people.save_retailer(_another(retailer)).id))

    assert stranger.get("/returns").json() == {"returns": [], "next": None}
    assert stranger.get("/tasks").json() == {"tasks": [], "next": None}


def test_a_page_of_another_site_gains_nothing_by_a_session(browser, retailer, sit):
    sit(browser, retailer)

    answers = [
        browser.get("/api/v1/returns", headers=headers)
        for headers in ({}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-origin"})
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 200]
    assert STAFF in browser.cookies
