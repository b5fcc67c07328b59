"""Planned work: a few at once per account over all processes, tried again, parked, and taken over from the dead."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine

from libs.chassis.claims import _TAKE, CAP, Claimer
from libs.chassis.clock import now
from libs.chassis.retries import Ladder
from libs.chassis.settings import load
from tests.waiting import until


def plan(toys, retailer, account, *subjects, after=timedelta()):
    with toys.unit(retailer_id=retailer) as unit:
        for subject in subjects:
            unit.claim("calls", account=account, subject=subject, after=after)


def planned(toys, columns="tries"):
    with toys.engine.begin() as db:
        return db.exec_driver_sql(f"SELECT {columns} FROM claims ORDER BY id").all()


def words(toys, retailer, subject):
    return [note for _, _, note in toys.notes(retailer, subject)]


@pytest.fixture
def claimer(toys):
    """A claimer that takes when the test says so, and leaves the work to the test."""
    claimer = Claimer(toys.engine, Ladder.from_settings(load()), 60, lambda work: None)
    claimer.methods["calls"] = lambda claim: None
    return claimer


def test_work_begins_at_once_after_the_commit(toys, retailer, poke, worker):
    began = time.monotonic()

    for _ in range(6):
        toy_id = poke(account=f"quick {uuid4()}")
        until(lambda toy_id=toy_id: words(toys, retailer, toy_id) == ["begun", "done"])

    assert time.monotonic() - began < 3  # one that looked only once a second would need six


def test_a_hanging_account_holds_nobody_else(toys, retailer, worker):
    hanging = [uuid4() for _ in range(10)]
    quick = uuid4()
    plan(toys, retailer, "hangs", *hanging)
    until(lambda: [words(toys, retailer, subject) for subject in hanging].count(["begun"]) == CAP)

    plan(toys, retailer, "quick", quick)

    until(lambda: words(toys, retailer, quick) == ["begun", "done"])
    assert not any("done" in words(toys, retailer, subject) for subject in hanging)


def test_work_that_plans_itself_again_waits_for_its_new_time(toys, retailer, claimer):
    subject = uuid4()
    plan(toys, retailer, "later", subject)
    [claim] = claimer.take()

    plan(toys, retailer, "later", subject, after=timedelta(minutes=5))
    claimer.work(claim)

    [(due, held)] = planned(toys, "due_at, claimed_until")
    assert timedelta(minutes=4) < due - now() <= timedelta(minutes=5)
    assert held is None
    assert claimer.take() == []


def test_work_that_fails_for_a_while_is_tried_again(toys, retailer, worker):
    subject = uuid4()

    plan(toys, retailer, "fails twice", subject)

    until(lambda: words(toys, retailer, subject) == ["begun", "begun", "begun", "done"])
    assert until(lambda: planned(toys) == [])


def test_work_that_fails_for_ever_is_parked_with_its_reason(toys, retailer, worker):
    subject = uuid4()

    plan(toys, retailer, "never", subject)

    until(lambda: planned(toys, "parked_at IS NOT NULL, tries, error") == [(True, 5, "Transient: the outside is away")])
    assert words(toys, retailer, subject) == ["begun"] * 5


def test_hopeless_work_is_parked_at_once(toys, retailer, worker):
    plan(toys, retailer, "hopeless", uuid4())

    assert until(lambda: planned(toys, "parked_at IS NOT NULL, tries") == [(True, 1)])


def test_work_that_outlasts_its_lease_is_broken_off_before_another_takes_it(toys, retailer, worker):
    subject = uuid4()

    plan(toys, retailer, "hangs alone", subject)

    until(lambda: words(toys, retailer, subject) == ["begun", "begun"])
    assert [error for (error,) in planned(toys, "error")] == ["Transient: the work took longer than its lease"]


def test_several_that_take_at_the_same_moment_keep_to_the_cap_together(toys, retailer):
    claimers = [Claimer(toys.engine, Ladder.from_settings(load()), 60, lambda work: None) for _ in range(8)]
    for claimer in claimers:
        claimer.methods["calls"] = lambda claim: None
    together = Barrier(8)

    def take(claimer):
        together.wait()
        return claimer.take()

    for _ in range(5):
        plan(toys, retailer, f"busy {uuid4()}", *(uuid4() for _ in range(30)))
        with ThreadPoolExecutor(8) as threads:
            taken = [claim for claims in threads.map(take, claimers) for claim in claims]
        assert len(taken) == CAP


def test_planned_again_while_it_waits_is_done_once(toys, retailer, claimer):
    subject = uuid4()
    plan(toys, retailer, "quick", subject, subject)
    plan(toys, retailer, "quick", subject)

    for claim in claimer.take():
        claimer.work(claim)

    assert planned(toys) == []


def test_planned_again_while_it_is_in_hand_is_done_once_more(toys, retailer, claimer):
    subject = uuid4()
    plan(toys, retailer, "quick", subject)
    [in_hand] = claimer.take()

    plan(toys, retailer, "quick", subject)

    assert claimer.take() == []  # not twice at the same time
    claimer.work(in_hand)
    [again] = claimer.take()
    assert (again.subject, again.tries) == (subject, 1)
    claimer.work(again)
    assert planned(toys) == []


def test_planned_again_for_another_account_it_waits_there(toys, retailer, claimer):
    subject = uuid4()
    plan(toys, retailer, "refused", subject)
    [claim] = claimer.take()

    plan(toys, retailer, "the next", subject)
    claimer.work(claim)

    [again] = claimer.take()
    assert (again.subject, again.account) == (subject, "the next")


def test_planned_again_when_it_was_parked_it_has_another_life(toys, retailer, claimer):
    subject = uuid4()
    plan(toys, retailer, "quick", subject)
    with toys.engine.begin() as db:
        db.exec_driver_sql("UPDATE claims SET parked_at = now(), tries = 5")
    assert claimer.take() == []

    plan(toys, retailer, "quick", subject)

    assert [claim.tries for claim in claimer.take()] == [1]


def test_a_holder_whose_lease_ran_out_cannot_end_the_work_of_the_next(toys, retailer, claimer):
    plan(toys, retailer, "quick", uuid4())
    [late] = claimer.take()
    with toys.engine.begin() as db:
        db.exec_driver_sql("UPDATE claims SET claimed_until = now() - interval '1 second'")
    [holder] = claimer.take()

    claimer.work(late)

    assert planned(toys, "tries, claimed_until > now()") == [(2, True)]
    claimer.work(holder)
    assert planned(toys) == []


def rows_read(plan_node):
    """The rows that a plan's scans of claims gave up, over all their loops."""
    own = plan_node["Actual Rows"] * plan_node["Actual Loops"] if plan_node.get("Relation Name") == "claims" else 0
    return own + sum(rows_read(below) for below in plan_node.get("Plans", ()))


def test_a_flood_in_one_account_costs_the_taking_no_more_rows(toys, retailer, claimer):
    plan(toys, retailer, "calm", *(uuid4() for _ in range(5 * CAP)))
    plan(toys, retailer, "flooded", *(uuid4() for _ in range(20_000)))
    with create_engine(load().owner_database("toy"), poolclass=NullPool).begin() as owner:
        owner.exec_driver_sql("ANALYZE claims")

    with toys.engine.connect() as db:  # rolled back: nothing is taken
        values = {"kinds": ["calls"], "cap": CAP, "room": 40, "lease": 60, "now": now()}
        explained = db.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {_TAKE}", values).scalar_one()

    assert rows_read(explained[0]["Plan"]) < 20 * CAP
