import pytest

from services.orders.domain.throttle import Bucket, Told
from services.orders.outside.gate import told_of

FULL = Bucket(size=2000, available=2000, restore=100)


def test_a_full_bucket_lets_everybody_in():
    assert FULL.wait(100, person=True) == 0
    assert FULL.wait(100, person=False) == 0


def test_work_in_the_background_waits_while_less_than_half_is_left():
    low = Bucket(size=2000, available=990, restore=100)

    assert low.wait(60, person=False) == pytest.approx(0.1)
    assert low.wait(60, person=True) == 0


def test_a_person_waits_only_for_the_points_of_the_call():
    empty = Bucket(size=2000, available=0, restore=100)

    assert empty.wait(50, person=True) == pytest.approx(0.5)
    assert empty.wait(50, person=False) == pytest.approx(10)


def test_points_come_back_with_time_and_no_more_than_the_bucket_holds():
    assert Bucket(size=2000, available=0, restore=100).later(3).available == 300
    assert FULL.later(60).available == 2000


def test_a_clock_that_went_back_takes_nothing():
    assert Bucket(size=2000, available=500, restore=100).later(-5).available == 500


def test_a_call_dearer_than_the_bucket_waits_for_a_full_one_and_not_for_ever():
    small = Bucket(size=100, available=50, restore=10)

    assert small.wait(500, person=True) == pytest.approx(5)
    assert small.take(500).available == -50


def test_what_a_call_did_not_use_comes_back():
    reserved = FULL.take(200)

    assert reserved.hear(Told(50, 2000, 1990, 100), reserved=200).available == 1950


def test_the_shop_s_lower_account_stands():
    told = Told(cost=50, size=2000, available=300, restore=100)

    assert FULL.take(50).hear(told, reserved=50).available == 300


def test_points_that_are_on_their_way_are_not_given_twice_because_the_shop_does_not_count_them_yet():
    two_under_way = FULL.take(400).take(400)

    assert two_under_way.hear(Told(400, 2000, 1600, 100), reserved=400).available == 1200


def test_a_shop_on_another_plan_is_believed_at_once():
    heard = FULL.take(10).hear(Told(10, 20_000, 19_990, 1000), reserved=10)

    assert (heard.size, heard.available, heard.restore) == (20_000, 19_990, 1000)


def test_nobody_asks_while_the_shop_wants_to_be_left_alone():
    held = FULL.hold(2)

    assert held.wait(1, person=True) == 2
    assert held.later(2).wait(1, person=True) == 0


def test_a_call_that_was_turned_away_cost_nothing():
    status = {"maximumAvailable": 2000, "currentlyAvailable": 12, "restoreRate": 100}
    answer = {"errors": [], "extensions": {"cost": {"actualQueryCost": None, "throttleStatus": status}}}

    assert told_of(answer) == Told(cost=0, size=2000, available=12, restore=100)


@pytest.mark.parametrize("answer", [None, [], {}, {"extensions": {"cost": {}}}, {"extensions": "none"}])
def test_an_answer_that_says_nothing_of_the_bucket_changes_nothing(answer):
    assert told_of(answer) is None
