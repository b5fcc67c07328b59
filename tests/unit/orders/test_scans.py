from dataclasses import replace
from datetime import timedelta

from services.orders.domain.scans import EVERY, OVERLAP, REACH, Kind, begun, first, pause, turned
from tests.unit.orders.shirts import NOON, at


def over(kind, *changes):
    """A run that is over, having met orders that changed then."""
    return turned(begun(first(kind, NOON), NOON), list(changes), kept=len(changes), after=None, now=at(1))


def test_the_import_reaches_back_and_the_sweep_begins_at_the_connection():
    assert first(Kind.IMPORT, NOON).since == NOON - REACH
    assert first(Kind.SWEEP, NOON).since == NOON - OVERLAP


def test_a_page_with_another_after_it_goes_on_at_once():
    run = turned(begun(first(Kind.SWEEP, NOON), NOON), [at(1), at(2)], kept=1, after="page-2", now=at(3))

    assert (run.after, run.listed, run.kept, run.ended_at) == ("page-2", 2, 1, None)
    assert pause(run) == timedelta()
    assert begun(run, at(4)) == run


def test_counts_of_a_run_add_up_over_its_pages():
    run = begun(first(Kind.IMPORT, NOON), NOON)
    for after in ("page-2", "page-3", None):
        run = turned(run, [at(1)] * 50, kept=20, after=after, now=at(2))

    assert (run.listed, run.kept, run.ended_at) == (150, 60, at(2))


def test_the_next_sweep_begins_an_overlap_before_the_last_change_of_the_shop():
    run = over(Kind.SWEEP, at(0.5), at(2))

    again = begun(run, at(9))

    assert (again.since, again.after, again.listed, again.began_at) == (at(2) - OVERLAP, None, 0, at(9))
    assert pause(run) == EVERY


def test_a_sweep_that_met_nothing_begins_where_it_began():
    again = begun(over(Kind.SWEEP), at(9))

    assert again.since == NOON - OVERLAP


def test_a_sweep_never_goes_back_behind_where_it_was():
    run = replace(over(Kind.SWEEP, at(-5)), since=NOON)

    assert begun(run, at(9)).since == NOON


def test_there_is_one_import():
    run = over(Kind.IMPORT, at(0))

    assert begun(run, at(9)) is None
    assert pause(run) is None
