"""Who clears which task, at the pages and over the API: what a task of finance holds back is money."""

import pytest

from libs.chassis.ids import new_id
from libs.contracts.portal import SettlementRequestedV1
from services.portal.access import GRANTS, May, Role
from services.portal.domain import TASKS, TaskKind
from tests.integration.facts import said
from tests.integration.portal.programs import Program, submitted, tell
from tests.integration.portal.test_gateway import a_form
from tests.unit.portal import lives

OWNERS = [role for role in Role if role is not Role.PLATFORM]
FROM_HERE = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def disputed(returns, retailer):
    """A return whose parcel came, and whose money waits because a bank disputes what was paid."""
    ret = submitted(returns, retailer)
    made = (lives.fee_waived, lives.label_issued, lives.first_scan, lives.disputed, lives.hub_scan)
    tell(returns, retailer, *(fact(ret) for fact in made))
    return ret


def asked_for(returns, retailer):
    return len(said(returns, retailer.id, SettlementRequestedV1))


def the_task(browser, ret):
    tasks = browser.get(f"/api/v1/returns/{ret.number}", headers=FROM_HERE).json()["tasks"]
    return next(task["id"] for task in tasks if task["kind"] == "payment_disputed")


def by_api(browser, ret):
    address = f"/api/v1/tasks/{the_task(browser, ret)}/clear"
    return browser.post(address, json={"words": "Seen to"}, headers=FROM_HERE | {"idempotency-key": str(new_id())})


@pytest.mark.parametrize("role", OWNERS)
def test_what_a_dispute_holds_back_is_released_over_the_api_by_those_who_move_money(
    browser, retailer, returns, disputed, sit, role
):
    sit(browser, retailer, role)

    answer = by_api(browser, disputed)

    allowed = May.MOVE_MONEY in GRANTS[role]
    assert (answer.status_code, asked_for(returns, retailer)) == ((200, 1) if allowed else (403, 0))


@pytest.mark.parametrize("role", OWNERS)
def test_and_at_the_page_by_the_same_people(browser, retailer, returns, disputed, sit, role):
    sit(browser, retailer, Role.MANAGER)
    ret = returns.get(retailer.id, number=disputed.number).ret
    [mark] = [mark for mark in ret.known.marks if mark.kind == "payment_disputed"]
    address, of = f"/admin/returns/{ret.number}/clear", f"{mark.kind}:{mark.subject}"
    sit(browser, retailer, role)
    allowed = May.MOVE_MONEY in GRANTS[role]

    page = browser.get(f"{address}?of={of}")
    form = a_form(browser, "/admin/account") | {"of": of, "words": "Seen to", "once": str(new_id())}
    sent = browser.post(address, data=form)

    assert (page.status_code, sent.status_code) == ((200, 303) if allowed else (403, 403))
    assert asked_for(returns, retailer) == (1 if allowed else 0)


def test_a_key_clears_what_its_scopes_own(browser, retailer, returns, disputed, a_key):
    hub = Program(browser, a_key(retailer.id, May.READ_RETURNS, May.CLEAR_TASKS, May.SCAN))
    books = Program(browser, a_key(retailer.id, May.READ_RETURNS, May.CLEAR_TASKS, May.MOVE_MONEY))
    [task] = [each for each in hub.get("/tasks").json()["tasks"] if each["kind"] == "payment_disputed"]

    refused, cleared = (program.post(f"/tasks/{task['id']}/clear", {"words": "Seen to"}) for program in (hub, books))

    assert (refused.status_code, refused.json()["code"], refused.json()["missing"]) == (
        403,
        "api.forbidden",
        ["money.move"],
    )
    assert cleared.status_code == 200


@pytest.mark.parametrize("kind", [TaskKind.UNKNOWN_PARCEL, TaskKind.SHOP_ACCESS_LOST, TaskKind.CANCELLATION_REFUSED])
@pytest.mark.parametrize("role", OWNERS)
def test_a_task_of_no_return_is_cleared_by_its_owner_at_both_doors(browser, retailer, people, sit, kind, role):
    from services.portal.store.tasks import Tasks

    store = Tasks()
    with store.unit(retailer_id=retailer.id) as unit:
        store.raise_for(unit, kind=kind, subject=new_id())
    [task] = store.list(retailer.id)
    sit(browser, retailer, role)
    owns = role in {Role.MANAGER, Role(TASKS[kind].role)}

    form = a_form(browser, "/admin/account") | {"words": "Seen to"}
    page = browser.post(f"/admin/tasks/{task.id}", data=form)
    key = FROM_HERE | {"idempotency-key": str(new_id())}
    api = browser.post(f"/api/v1/tasks/{task.id}/clear", json={"words": "Seen to"}, headers=key)

    assert (page.status_code, api.status_code) == ((303, 200) if owns else (403, 403))
