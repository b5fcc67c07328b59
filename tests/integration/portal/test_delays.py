"""A parcel that is late: a task of staff with its age, on staff's page, the shopper's and the API, until it comes along."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.contracts.tracking import Expected
from libs.contracts.values import Milestone
from services.portal.access import May, Role
from services.portal.store.tasks import Tasks
from tests.integration.facts import fact
from tests.integration.portal.test_returns import a_submission
from tests.unit.portal import lives


@pytest.fixture
def sent(returns, retailer):
    """A return whose parcel should have come yesterday."""
    asked = a_submission()
    returns.submit(retailer.id, asked)
    ret, day = asked.ret, timedelta(days=1)
    awaited = Expected(milestone=Milestone.HUB_RECEIVED, at=now() - 3 * day, latest=now() - day, parcels=34)
    taken = lives.first_scan(ret).model_copy(
        update={"expected": awaited, "upcoming": (awaited,), "place": "Leeds", "words": "Taken at the shop"}
    )
    for body in (lives.fee_waived(ret), lives.label_issued(ret), taken):
        returns.change(fact(retailer.id, body))
    return asked


@pytest.fixture
def open_tasks(retailer):
    """Call it: what is to be done, and since when."""
    return lambda: [(task.kind, task.opened_at) for task in Tasks().list(retailer.id)]


def test_a_late_parcel_is_one_task_however_often_it_is_told(returns, retailer, sent, open_tasks):
    told = [fact(retailer.id, lives.delayed(sent.ret)) for _ in range(4)]

    with ThreadPoolExecutor(4) as all_of_them:
        list(all_of_them.map(returns.change, told + told))

    [(kind, opened_at)] = open_tasks()
    assert (kind, opened_at <= now()) == ("parcel_delayed", True)


def test_it_is_done_when_the_parcel_comes(returns, retailer, sent, open_tasks):
    returns.change(fact(retailer.id, lives.delayed(sent.ret)))
    before = len(open_tasks())

    returns.change(fact(retailer.id, lives.hub_scan(sent.ret)))

    assert (before, open_tasks()) == (1, [])


def test_staff_see_that_it_is_late_what_was_expected_and_by_what(returns, retailer, browser, sent, sit):
    sit(browser, retailer, Role.AGENT)
    returns.change(fact(retailer.id, lives.delayed(sent.ret)))

    page, tasks = (browser.get(address).text for address in (f"/admin/returns/{sent.ret.number}", "/admin/tasks"))

    assert '<span class="status warn">Late</span>' in page
    assert "by 34 parcels of the last 90 days" in page
    assert "Leeds · Taken at the shop" in page
    for shown in (page, tasks):
        assert "A parcel is late: ask its carrier where it is" in shown
        assert "Parcel 1 should have come to its hub by 2026-12-06" in shown


def test_the_shopper_is_told_in_kind_words_with_the_carriers_and_times_of_the_readers_zone(
    returns, retailer, browser, people, sent
):
    page = browser.get(f"/{retailer.slug}/r/{sent.link}").text

    assert "It takes longer than usual: it was expected by" in page
    assert "We look into it, and you need do nothing." in page
    assert "Leeds · Taken at the shop" in page
    assert 'datetime="2026-12-03T00:00:00Z" data-local' in page
    assert 'data-day="It takes longer than usual' in page


def test_programs_are_told_what_a_parcel_is_late_for(returns, retailer, browser, a_key, sent):
    returns.change(fact(retailer.id, lives.delayed(sent.ret)))
    key = a_key(retailer.id, May.READ_RETURNS)

    told = browser.get(f"/api/v1/returns/{sent.ret.number}", headers={"Authorization": f"Bearer {key}"}).json()

    assert told["parcels"][0]["delayed"] == ["hub_received"]
    assert [(task["kind"], task["subject"]) for task in told["tasks"]] == [("parcel_delayed", "1/hub_received")]
