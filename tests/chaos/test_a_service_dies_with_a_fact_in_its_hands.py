"""kill -9 at the worst moments: holding a fact, after the commit, and between an outside call and its record."""

import pytest

from deploy.local.journey import drive
from deploy.local.stack import Stack
from tests.chaos.auditor import assert_settled_once
from tests.chaos.conftest import Revived
from tests.waiting import until

CONSUMERS = ("portal", "orders", "rules", "labels", "payments", "tracking", "notifications")
CALLERS = ("orders", "labels", "notifications")


@pytest.mark.parametrize("service", CONSUMERS)
def test_one_that_dies_before_its_work_leaves_the_fact_to_its_next_life(suite: Stack, revived: Revived, service: str):
    suite.restart(service, {"CRASH_AT": f"{service}.before_work"}, wait=False)

    with revived(service) as deaths:
        until(lambda: deaths or suite.is_ready(service), within=60)
        journey = drive(suite.facts, say=print)

    assert deaths == [service]
    assert_settled_once(journey)


@pytest.mark.parametrize("service", CONSUMERS)
def test_one_that_dies_after_its_commit_does_nothing_twice(suite: Stack, revived: Revived, service: str):
    suite.restart(service, {"CRASH_AT": f"{service}.before_ack"}, wait=False)

    with revived(service) as deaths:
        until(lambda: deaths or suite.is_ready(service), within=60)
        journey = drive(suite.facts, slug="kite", say=print)

    assert deaths == [service]
    assert_settled_once(journey)


@pytest.mark.parametrize("service", CALLERS)
def test_one_that_dies_between_an_outside_call_and_its_record_reads_back_first(
    suite: Stack, revived: Revived, service: str
):
    suite.restart(service, {"CRASH_AT": f"{service}.after_call"}, wait=False)

    with revived(service) as deaths:
        until(lambda: deaths or suite.is_ready(service), within=60)
        journey = drive(suite.facts, say=print)

    assert deaths == [service]
    assert_settled_once(journey)
