"""Planned work where processes are several, die, or have their clock moved."""

from datetime import timedelta
from uuid import uuid4

from libs.chassis.claims import CAP
from tests.integration.chassis.test_claims import plan, planned, words
from tests.waiting import until


def most_at_once(notes):
    running = most = 0
    for _, _, note in notes:
        running += {"begun": 1, "done": -1}[note]
        most = max(most, running)
    return most


def test_an_account_has_at_most_four_in_hand_over_all_processes(toys, retailer, start):
    start("toy")
    start("toy")
    accounts = [f"meets another {number}" for number in range(12)]  # 48 pieces at once, and one process takes 40

    for account in accounts:
        plan(toys, retailer, account, *(uuid4() for _ in range(6)))

    until(lambda: planned(toys) == [], within=30)
    notes = toys.notes(retailer)
    of_each = [[note for note in notes if note.account == account] for account in accounts]
    assert [len(mine) for mine in of_each] == [12] * 12
    assert max(most_at_once(mine) for mine in of_each) == CAP
    assert len({note.process for note in notes}) == 2


def test_work_of_a_killed_process_is_taken_over_when_its_lease_ends(toys, retailer, start):
    process = start("toy", CRASH_AT="toy.after_call")
    subject = uuid4()
    plan(toys, retailer, "quick", subject)
    until(lambda: process.running.poll() is not None)
    assert words(toys, retailer, subject) == ["begun"]

    start("toy")

    until(lambda: words(toys, retailer, subject) == ["begun", "begun", "done"])


def test_work_for_later_follows_the_clock(toys, retailer, start, tmp_path):
    clock = tmp_path / "clock"
    start("toy", CLOCK_FILE=str(clock))
    later, now = uuid4(), uuid4()
    plan(toys, retailer, "quick", later, after=timedelta(days=2))
    plan(toys, retailer, "quick too", now)
    until(lambda: words(toys, retailer, now) == ["begun", "done"])
    assert words(toys, retailer, later) == []

    clock.write_text(str(3 * 86_400))

    until(lambda: words(toys, retailer, later) == ["begun", "done"])
