"""Token buckets: shared, exact under racers, and refilled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from libs.chassis.ids import new_id


@pytest.fixture
def limits(people):
    from services.portal.store.limits import Limits

    return Limits()


def a_limit(burst=3, per=timedelta(minutes=10)):
    from services.portal.store.limits import Limit

    return Limit(f"tries {new_id()}", burst, per)


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait(limits):
    limit = a_limit()

    waits = [limits.wait((limit, "ana")) for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 198 <= waits[3] <= 200


def test_racers_for_a_bucket_that_nobody_used_before_get_its_burst_and_no_more(limits):
    limit = a_limit(burst=5)

    with ThreadPoolExecutor(16) as racers:
        waits = list(racers.map(lambda _: limits.wait((limit, "ana")), range(40)))

    assert waits.count(0) == 5


def test_an_empty_bucket_holds_up_a_request_whatever_the_others_have(limits):
    narrow, wide = a_limit(burst=1), a_limit(burst=100)
    limits.wait((narrow, "ana"), (wide, "ana"))

    assert limits.wait((wide, "ana"), (narrow, "ana")) > 500


def test_a_bucket_fills_again(limits):
    limit = a_limit(burst=1, per=timedelta(microseconds=1))

    assert [limits.wait((limit, "ana")) for _ in range(3)] == [0, 0, 0]


def test_what_has_long_been_full_again_is_forgotten(limits):
    limit = a_limit()
    limits.wait((limit, "ana"))
    with limits.engine.begin() as db:
        db.exec_driver_sql("UPDATE rate_buckets SET at = at - interval '2 days'")

    limits.purge()

    with limits.engine.connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM rate_buckets").scalar() == 0


def test_a_token_given_back_is_there_for_the_next_and_never_makes_more_than_the_burst(limits):
    limit = a_limit(burst=2)

    for _ in range(10):
        assert limits.wait((limit, "ana")) == 0
        limits.give_back((limit, "ana"))

    assert [limits.wait((limit, "ana")) > 0 for _ in range(3)] == [False, False, True]
