"""API keys: made with scopes, shown once, used, and ended for every process at once."""

import re
import time

import pytest

from libs.chassis.ids import new_id
from services.portal.access import GRANTS, May, Role
from tests.integration.portal.test_gateway import a_form

ASKED = {"label": "Stock system", "scope": ["returns.read", "scans.write"]}


def make(browser, **changes):
    page = browser.get("/admin/keys").text
    once = re.search(r'name="once" value="([^"]+)"', page)[1]
    return browser.post("/admin/keys", data=a_form(browser, "/admin/keys") | {"once": once} | ASKED | changes)


def shown(answer) -> str:
    return re.search(r"hw_[A-Za-z0-9_-]{43}", answer.text)[0]


def read(browser, key: str):
    return browser.get("/api/v1/returns/R-222222", headers={"authorization": f"Bearer {key}"})


def test_a_key_is_shown_once_and_kept_as_a_hash(browser, retailer, sit, keys, people):
    sit(browser, retailer)

    answer = make(browser)
    key = shown(answer)
    again = browser.get("/admin/keys").text
    with people.engine.connect() as db:
        [kept] = db.exec_driver_sql(
            "SELECT api_keys::text FROM api_keys WHERE retailer_id = %s", (retailer.id,)
        ).scalars()

    assert answer.status_code == 200
    assert key not in again and key[:8] in again
    assert key not in kept and key.encode().hex() not in kept
    assert keys.of(key).scopes == {May.READ_RETURNS, May.SCAN}


def test_a_form_for_a_key_sent_twice_makes_one(browser, retailer, sit, keys):
    sit(browser, retailer)
    once = str(new_id())

    first, second = make(browser, once=once), make(browser, once=once)

    assert (first.status_code, second.status_code) == (200, 409)
    assert len(keys.list(retailer.id)) == 1


@pytest.mark.parametrize(
    ("changes", "words"), [({"label": " "}, "Say what uses the key"), ({"scope": []}, "Choose what the key may do")]
)
def test_a_key_without_a_use_or_a_scope_is_not_made(browser, retailer, sit, keys, changes, words):
    sit(browser, retailer)

    answer = make(browser, **changes)

    assert (answer.status_code, answer.text.count(words)) == (422, 2)
    assert keys.list(retailer.id) == []


def test_nobody_makes_a_key_that_may_more_than_they_may_themselves(browser, retailer, sit, keys):
    sit(browser, retailer)

    answer = make(browser, scope=["returns.read", "platform.operate", "everything"])

    assert keys.of(shown(answer)).scopes == {May.READ_RETURNS}


def test_a_revoked_key_opens_nothing_in_any_process_at_once(browser, retailer, sit, keys, environment):
    from starlette.testclient import TestClient

    from libs.chassis.settings import load
    from services.portal.gateway import build
    from services.portal.reach import Portal
    from services.portal.settings import PortalSettings

    sit(browser, retailer)
    key = shown(make(browser))
    with TestClient(build(Portal.from_settings(load(PortalSettings))), raise_server_exceptions=False) as other:
        before = [read(each, key).status_code for each in (browser, other)]
        began = time.monotonic()
        browser.post(f"/admin/keys/{keys.of(key).id}/revoke", data=a_form(browser, "/admin/keys"))
        after = [read(each, key).status_code for each in (other, browser)]

    assert (before, after) == ([404, 404], [401, 401])
    assert time.monotonic() - began < 5


def test_a_key_is_revoked_once_and_by_its_own_retailer_only(browser, retailer, people, sit, keys):
    from tests.integration.portal.test_gateway import _another

    other = people.save_retailer(_another(retailer))
    id = keys.make(other.id, label="ERP", scopes={May.SCAN}, by="system")[0].id
    sit(browser, retailer)

    foreign = browser.post(f"/admin/keys/{id}/revoke", data=a_form(browser, "/admin/keys"))
    own = [keys.revoke(other.id, id) is not None for _ in range(2)]

    assert (foreign.status_code, own) == (404, [True, False])


def test_a_key_says_what_it_lacks(browser, retailer, a_key):
    answer = browser.get(
        "/api/v1/returns/R-222222", headers={"authorization": f"Bearer {a_key(retailer.id, May.SCAN)}"}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "api.forbidden")
    assert answer.json()["missing"] == ["returns.read"]


def test_a_wrong_key_is_refused_also_where_somebody_is_signed_in(browser, retailer, sit):
    sit(browser, retailer)

    answer = browser.get(
        "/api/v1/returns/R-222222", headers={"authorization": "Bearer hw_wrong", "sec-fetch-site": "same-origin"}
    )

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 404),
        ({"sec-fetch-site": "cross-site"}, 401),
        ({"sec-fetch-site": "same-site"}, 401),
        ({}, 401),
    ],
)
def test_a_session_calls_the_api_from_a_page_of_ours_only(browser, retailer, sit, headers, status):
    sit(browser, retailer)

    assert browser.get("/api/v1/returns/R-222222", headers=headers).status_code == status


def test_a_session_changes_nothing_for_a_page_that_names_another_origin(browser, retailer, sit):
    sit(browser, retailer)

    answer = browser.post(
        "/api/v1/scans",
        json={"code": "R-222222"},
        headers={"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    )

    assert answer.status_code == 401


def test_the_last_use_of_a_key_is_written_down_a_minute_at_a_time(browser, retailer, keys, a_key):
    key = a_key(retailer.id)
    fresh = keys.of(key).last_used_at

    [first, second] = [(read(browser, key), keys.list(retailer.id)[0].last_used_at)[1] for _ in range(2)]

    assert fresh is None
    assert first is not None and first == second


def test_too_many_calls_of_one_key_are_stopped_and_another_key_goes_on(browser, retailer, a_key, monkeypatch):
    from datetime import timedelta

    from services.portal.api import access
    from services.portal.store.limits import Limit

    monkeypatch.setattr(access, "API_BY_KEY", Limit("api_key_in_a_test", 3, timedelta(hours=1)))
    one, other = a_key(retailer.id), a_key(retailer.id)

    answers = [read(browser, one) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert read(browser, other).status_code == 404


def test_only_a_manager_sees_the_keys(browser, retailer, sit):
    seen = {}
    for role in Role:
        if role is not Role.PLATFORM:
            sit(browser, retailer, role)
            seen[role] = browser.get("/admin/keys").status_code

    assert seen == {role: 200 if May.MANAGE_KEYS in GRANTS[role] else 403 for role in seen}
