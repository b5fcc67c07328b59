"""Every door of the gateway: each names what it needs, opens to whom the table says, and leaves a row in the audit."""

import inspect
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import NamedTuple

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from libs.chassis.ids import new_id
from services.portal.access import GRANTS, NOBODY, May, Role
from services.portal.api.access import Allowed
from services.portal.api.describe import ROUTERS as FOR_PROGRAMS
from services.portal.security import STAFF
from services.portal.web.admin import ROUTERS as FOR_STAFF
from services.portal.web.seats import Seated
from tests.integration.portal.programs import submitted
from tests.integration.portal.test_gateway import _another, a_form

PUBLIC = {
    "/admin/sign-in": "the way in",
    "/admin/forgot": "the way in for who has no password",
    "/admin/join/{token}": "whoever has the mailed link",
    "/admin/reset/{token}": "whoever has the mailed link",
    "/admin/review/{token}": "whoever has the mailed link",
    "/admin/review/{token}/photos/{photo_id}": "whoever has the mailed link",
    "/admin/review/{token}/{code}": "whoever has the mailed link",
    "/hub/worker.js": "a script, the same for everybody",
}
SHOPPERS = ("/{slug}", "/webhooks/", "/assets/")  # an order's session, a mailed link, a signature, or anybody
ANYBODY = {"/", "/favicon.ico", "/robots.txt", "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/docs.css"}
UNAUDITED = {
    "/api/v1/returns/preview": "it asks, and changes nothing",
    "/api/v1/returns/exchanges": "it asks, and changes nothing",
    "/api/v1/orders/{order_id}/cancellations/preview": "it asks, and changes nothing",
    "/api/v1/policies/check": "it asks, and changes nothing",
    "/api/v1/policies/simulate": "it asks, and changes nothing",
    "/api/v1/policies/replays": "a trial changes no policy, and tells who began it",
    "/api/v1/persons/preview": "it counts, and tells nothing that is held of the person",
    "/api/v1/scans": "each scan is a fact that names who scanned",
    "/hub": "each scan is a fact that names who scanned",
    "/hub/photo": "each scan is a fact that names who scanned",
    "/hub/read": "it reads a picture, and keeps nothing",
}
NOWHERE = {
    "number": "R-222222",
    "token": "nothing-has-this-token",
    "name": "nothing",
    "code": "accept",
    "carrier": "easypost",
    "mode": "test",
}
OWN_PAGES = {"/admin/sign-out", "/admin/account/password", "/admin/account/end-others"}


class Door(NamedTuple):
    """One method of one route; `may` is what it needs, `asked` whether it asks who is there at all."""

    method: str
    path: str
    route: APIRoute
    may: frozenset[May]
    asked: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, **where: str) -> str:
        return self.path.format_map(_Nowhere(NOWHERE | where))


class _Nowhere(dict[str, str]):
    """Names of what is nowhere, for the parts of an address that are not said."""

    def __missing__(self, name: str) -> str:
        return "018f0000-0000-7000-8000-00000000000f" if name.endswith("id") else "1"


def doors_of(*routers) -> tuple[Door, ...]:
    """The doors of these routers; of the whole gateway its own router is one."""
    found = [context.original_route for router in routers for context in iter_route_contexts(router.routes)]
    return tuple(
        Door(method, route.path, route, *_needs(route.dependant))
        for route in found
        if isinstance(route, APIRoute)
        for method in sorted(route.methods)
    )


def _needs(dependant: Dependant) -> tuple[frozenset[May], bool]:
    guards = [call for call in _calls(dependant) if isinstance(call, Allowed | Seated)]
    needed = [guard.may if isinstance(guard, Allowed) else {guard.may} - {None} for guard in guards]
    return frozenset[May]().union(*needed), bool(guards)


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for deeper in dependant.dependencies:
        yield from _calls(deeper)


ADMIN = doors_of(*FOR_STAFF)
GUARDED = [door for door in ADMIN if door.asked]
SAFE = [door for door in GUARDED if door.method == "GET"]
UNSAFE = [door for door in GUARDED if door.method != "GET"]
API = doors_of(*FOR_PROGRAMS)


def each(doors):
    return pytest.mark.parametrize("door", doors, ids=[door.name for door in doors])


@pytest.fixture
def platform(people):
    """What belongs to no retailer, as a retailer's fixtures are given it."""
    from services.portal.web.seats import PLATFORM

    return PLATFORM


@pytest.fixture
def home(retailer, platform):
    """Call it with a role: where somebody of that role works."""
    return lambda role: platform if role is Role.PLATFORM else retailer


def test_every_door_of_the_gateway_names_what_it_needs_or_is_meant_for_anybody(browser):
    open_to_all = {door.path for door in doors_of(browser.app.router) if not door.asked}

    unexplained = {path for path in open_to_all - PUBLIC.keys() - ANYBODY if not path.startswith(SHOPPERS)}
    assert unexplained == set()
    assert PUBLIC.keys() | ANYBODY <= open_to_all


def test_pages_ask_for_a_seat_and_the_api_for_a_caller(browser):
    guards = {
        door.path: {type(call) for call in _calls(door.route.dependant)} & {Allowed, Seated}
        for door in doors_of(browser.app.router)
        if door.asked
    }

    assert {
        path
        for path, kinds in guards.items()
        if kinds != ({Seated} if path.startswith(("/admin", "/hub", "/shops/")) else {Allowed})
    } == set()


def test_a_page_without_a_session_asks_to_sign_in(browser, people):
    answers = {door.name: browser.get(door.at()) for door in SAFE}

    led = {name: (answer.status_code, answer.headers.get("location", "")[:20]) for name, answer in answers.items()}
    assert led == dict.fromkeys(led, (303, "/admin/sign-in?to=%2"))
    assert len(led) > 5


def test_a_form_without_a_session_is_refused(browser, people):
    form = a_form(browser, "/admin/sign-in")

    answers = {door.name: browser.request(door.method, door.at(), data=form).status_code for door in UNSAFE}

    assert answers == dict.fromkeys(answers, 401)
    assert len(answers) > 5


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_the_pages_that_the_table_grants_it_and_no_other(browser, sit, home, role):
    sit(browser, home(role), role)

    closed = {door.name for door in SAFE if browser.get(door.at()).status_code == 403}

    assert closed == {door.name for door in SAFE if not door.may <= GRANTS[role]}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sends_the_forms_that_the_table_grants_it_and_no_other(browser, sit, home, role):
    sit(browser, home(role), role)
    form = a_form(browser, "/admin/account")
    needing = [door for door in UNSAFE if door.may]

    closed = {door.name for door in needing if browser.request(door.method, door.at(), data=form).status_code == 403}

    assert closed == {door.name for door in needing if not door.may <= GRANTS[role]}


FORGED = {
    "with a token that we did not give": ({"csrf": "00"}, {}),
    "from another site": ({}, {"sec-fetch-site": "cross-site"}),
    "from another origin": ({}, {"origin": "https://evil.example"}),
}


@pytest.mark.parametrize("how", FORGED)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.PLATFORM])
def test_a_form_that_is_forged_is_refused(browser, sit, home, role, how):
    changes, headers = FORGED[how]
    sit(browser, home(role), role)
    form = a_form(browser, "/admin/account") | changes
    tried = [door for door in ADMIN if door.method != "GET" and door.may <= GRANTS[role]]

    answers = {
        door.name: browser.request(door.method, door.at(), data=form, headers=headers).status_code for door in tried
    }

    # A mailed link that is none is not there, before its form is read.
    expected = {door.name: {403, 404} if "{token}" in door.path and not door.asked else {403} for door in tried}
    assert {name for name, status in answers.items() if status not in expected[name]} == set()
    assert len(answers) > 5


def test_a_return_of_another_retailer_is_not_there(browser, sit, people, retailer, returns):
    ret = submitted(returns, people.save_retailer(_another(retailer)), held="photo")
    sit(browser, retailer)
    form = a_form(browser, "/admin/account")
    tried = [door for door in GUARDED if "{number}" in door.path]

    answers = {
        door.name: browser.request(
            door.method, door.at(number=ret.number), data=None if door.method == "GET" else form
        ).status_code
        for door in tried
    }

    assert answers == dict.fromkeys(answers, 404)


def test_a_door_that_changes_something_writes_to_the_audit():
    changing = [door for door in (*ADMIN, *API) if door.method != "GET" and door.path not in UNAUDITED]

    silent = {door.name for door in changing if "audit" not in _names_below(door.route.endpoint, set())}

    assert silent == set()


def test_a_door_that_writes_nothing_would_be_found():
    [scans] = [door for door in API if door.name == "POST /api/v1/scans"]

    assert "audit" not in _names_below(scans.route.endpoint, set())


def test_what_is_not_written_to_the_audit_is_still_there():
    assert UNAUDITED.keys() <= {door.path for door in (*ADMIN, *API) if door.method != "GET"}


def _names_below(code: object, seen: set[int]) -> set[str]:
    """Every name that a function of ours uses, and those that it calls, and they."""
    if not isinstance(code, FunctionType) or id(code) in seen or not code.__module__.startswith("services.portal"):
        return set()
    seen.add(id(code))
    names = _names_in(code.__code__)
    modules = [value for name in names if isinstance(value := code.__globals__.get(name), ModuleType)]
    cells = [cell.cell_contents for cell in code.__closure__ or () if cell.cell_contents is not code]
    called = [code.__globals__.get(name) for name in names] + cells
    called += [getattr(module, name, None) for module in modules for name in names]
    return names.union(*(_names_below(inspect.unwrap(each) if callable(each) else each, seen) for each in called))


def _names_in(code) -> set[str]:
    return {*code.co_names}.union(*(_names_in(const) for const in code.co_consts if inspect.iscode(const)))


FORMS = {
    "/admin/staff": {"name": "Asha", "email": "asha-{one}@alder.example", "role": "agent"},
    "/admin/staff/{id}/role": {"role": "hub"},
    "/admin/keys": {"label": "Stock system", "once": "{one}", "scope": "returns.read"},
    "/admin/account/password": {"current": "walk the long way home", "password": "the parcel went by river"},
}
SUBJECTS = {"/admin/keys/{id}/revoke": "key", "/admin/staff/{id}/invite": "invited"}
MINE = [door for door in UNSAFE if door.path.startswith(("/admin/staff", "/admin/keys", *OWN_PAGES))]


@each(MINE)
def test_what_is_done_to_people_and_keys_leaves_who_did_it_and_how_it_ended(
    browser, retailer, sit, a_member, keys, people, door
):
    from services.portal.store.audit import Audit
    from services.portal.store.invites import Invites

    manager = sit(browser, retailer)
    subjects = {
        "key": lambda: keys.make(retailer.id, label="ERP", scopes={May.SCAN}, by="system")[0].id,
        "invited": lambda: (
            (
                Invites().invite(
                    retailer.id, email=f"i@{retailer.slug}", name="I", role=Role.HUB, by="R", base="https://x/join"
                )
            ).id
        ),
        "agent": lambda: a_member(retailer, Role.AGENT).id,
    }
    subject = str(subjects[SUBJECTS.get(door.path, "agent")]())
    form = {name: value.format(one=new_id()) for name, value in FORMS.get(door.path, {}).items()}

    answer = browser.request(door.method, door.at(id=subject), data=a_form(browser, "/admin/account") | form)
    [entry] = Audit().list(retailer.id)

    assert answer.status_code in {200, 303}
    assert (entry.actor, entry.outcome) == (f"staff {manager.email}", "done")
    assert entry.subject in {subject, str(manager.id), form.get("once"), None}
    assert STAFF not in str(entry) and "river" not in str(entry)


def test_the_platform_s_people_and_keys_are_apart_from_every_retailer_s(browser, retailer, sit, platform, keys):
    foreign = keys.make(retailer.id, label="ERP", scopes={May.SCAN}, by="system")[0]
    sit(browser, platform, Role.PLATFORM)
    form = a_form(browser, "/admin/keys")

    shown = browser.get("/admin/keys").text
    answer = browser.post(f"/admin/keys/{foreign.id}/revoke", data=form)

    assert str(foreign.id) not in shown
    assert answer.status_code == 404
    assert keys.list(retailer.id)[0].revoked_at is None
    assert platform.id == NOBODY
