"""A party outside that fails or hangs is left alone, and tried again after a while."""

import threading

import pytest

from libs.chassis.breaker import Breaker, Open
from libs.chassis.errors import Permanent


class Hands:
    """A clock whose hands a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def breaker(clock):
    return Breaker("carrier", limit=3, patience=8, rest=30, clock=clock)


def fail(breaker, error=TimeoutError):
    with pytest.raises(error), breaker.call():
        raise error


def test_a_party_that_fails_thrice_in_a_row_is_left_alone(breaker):
    for _ in range(3):
        fail(breaker)

    with pytest.raises(Open, match="carrier"), breaker.call():
        pytest.fail("it was called")


def test_an_answer_between_failures_begins_the_count_anew(breaker):
    for _ in range(2):
        fail(breaker)
    with breaker.call():
        pass
    for _ in range(2):
        fail(breaker)

    assert not breaker.is_open


def test_a_clear_no_is_an_answer(breaker):
    for _ in range(5):
        fail(breaker, Permanent)

    assert not breaker.is_open


def test_after_its_rest_one_call_is_let_through_and_the_others_wait_for_it(breaker, clock):
    for _ in range(3):
        fail(breaker)
    clock.now = 30

    with breaker.call():
        meanwhile = breaker.is_open

    assert (meanwhile, breaker.is_open) == (True, False)


def test_a_trial_that_fails_begins_the_rest_anew(breaker, clock):
    for _ in range(3):
        fail(breaker)
    clock.now = 30
    fail(breaker)
    clock.now = 59

    assert breaker.is_open


def test_a_party_that_hangs_is_left_alone_before_its_calls_have_ended(breaker, clock):
    release, started = threading.Event(), threading.Semaphore(0)

    def hang():
        with breaker.call():
            started.release()
            release.wait(10)

    calls = [threading.Thread(target=hang) for _ in range(3)]
    for call in calls:
        call.start()
        started.acquire()
    before = breaker.is_open
    clock.now = 9
    hanging = breaker.is_open
    release.set()
    for call in calls:
        call.join(10)

    assert (before, hanging, breaker.is_open) == (False, True, False)
