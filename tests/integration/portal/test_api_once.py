"""An effect is made once for its key: raced, repeated, taken over from the dead, and never held for ever."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event

import anyio
import pytest
from starlette.responses import JSONResponse

from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from services.portal.api.once import Once
from services.portal.problems import Problem
from services.portal.store.idempotency import Asked, Busy, Given, Held, Idempotency, KeyReused


@pytest.fixture
def store(people) -> Idempotency:
    return Idempotency()


@pytest.fixture
def asked(retailer) -> Asked:
    """A request that has not come before."""
    return Asked(retailer.id, "key 1", str(new_id()), b"a shirt comes back")


class Shirts:
    """An effect that can be counted."""

    def __init__(self, status: int = 201, failure: Exception | None = None) -> None:
        self.made, self.status, self.failure = [], status, failure

    def __call__(self, effect_id):
        self.made.append(effect_id)
        if self.failure is not None:
            raise self.failure
        return JSONResponse({"shirt": len(self.made)}, self.status, {"Location": "/api/v1/returns/R-7KQ2M9"})


def told(response):
    return response.status_code, bytes(response.body), response.headers.get("location")


def give(once: Once, asked: Asked, effect, times: int = 1):
    """The answers to so many equal requests at once, in one process."""
    answers = []

    async def one():
        try:
            answers.append(told(await once.give(asked, effect)))
        except Problem as refused:
            answers.append((refused.status, refused.code, (refused.headers or {}).get("Retry-After")))

    async def all_of_them():
        async with anyio.create_task_group() as group:
            for _ in range(times):
                group.start_soon(one)

    anyio.run(all_of_them)
    return answers


def test_fifty_equal_requests_at_once_make_one_effect_and_have_one_answer(store, asked):
    shirts = Shirts()

    answers = give(Once(store), asked, shirts, times=50)

    assert len(shirts.made) == 1
    assert answers == [(201, b'{"shirt":1}', "/api/v1/returns/R-7KQ2M9")] * 50


def test_equal_requests_at_several_gateways_make_one_effect_and_have_one_answer(store, asked):
    shirts, together = Shirts(), Barrier(4)

    def at_a_gateway(_):
        together.wait(10)
        return give(Once(store), asked, shirts, times=3)

    with ThreadPoolExecutor(4) as gateways:
        answers = [answer for some in gateways.map(at_a_gateway, range(4)) for answer in some]

    assert len(shirts.made) == 1
    assert answers == [(201, b'{"shirt":1}', "/api/v1/returns/R-7KQ2M9")] * 12


def test_a_repeat_has_the_first_answer_and_says_so(store, asked):
    shirts = Shirts()
    give(Once(store), asked, shirts)

    again = anyio.run(Once(store).give, asked, shirts)

    assert told(again) == (201, b'{"shirt":1}', "/api/v1/returns/R-7KQ2M9")
    assert again.headers["idempotency-replayed"] == "true"


def test_another_request_under_the_same_key_is_refused(store, asked):
    shirts = Shirts()
    give(Once(store), asked, shirts)

    answers = give(Once(store), replace(asked, request=b"a coat comes back"), shirts)

    assert answers == [(422, "idempotency.key_reused", None)]
    assert len(shirts.made) == 1


def test_the_same_key_of_another_caller_or_retailer_is_another_key(store, asked):
    shirts = Shirts()
    others = [asked, replace(asked, caller="key 2"), replace(asked, retailer_id=new_id())]

    answers = [give(Once(store), each, shirts)[0][1] for each in others]

    assert answers == [b'{"shirt":1}', b'{"shirt":2}', b'{"shirt":3}']


def test_a_refusal_is_an_answer_and_is_given_again(store, asked):
    shirts = Shirts(failure=Refused("portal.not_offered", "Linen shirt"))

    answers = [give(Once(store), asked, shirts)[0] for _ in range(2)]

    assert answers[0] == answers[1]
    assert answers[0][0] == 409
    assert len(shirts.made) == 1


@pytest.mark.parametrize("failure", [Unavailable("orders"), RuntimeError("a bug")])
def test_an_error_of_ours_is_not_kept_and_the_next_try_has_the_same_effect_id(store, asked, failure):
    shirts = Shirts(failure=failure)
    failed = give(Once(store), asked, shirts)[0][0]
    shirts.failure = None

    answers = give(Once(store), asked, shirts)

    assert failed in {500, 503}
    assert answers[0][:2] == (201, b'{"shirt":2}')
    assert shirts.made[0] == shirts.made[1]


def test_a_repeat_that_waits_too_long_is_told_when_to_come_back(store, asked):
    assert isinstance(store.begin(asked), Held)  # by a gateway that is still at work

    answers = give(Once(store, wait=0.3), asked, Shirts())

    assert answers == [(409, "idempotency.in_progress", "2")]


def test_those_who_wait_in_the_same_gateway_are_told_as_soon_as_the_first_is_answered(store, asked):
    began, go_on = Event(), Event()

    def slow(effect_id):
        began.set()
        assert go_on.wait(10)
        return JSONResponse({"shirt": str(effect_id)})

    async def wait_and_race():
        once, answers = Once(store, wait=30), []

        async def one():
            answers.append(told(await once.give(asked, slow)))

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            await anyio.to_thread.run_sync(began.wait, 10)
            for _ in range(5):
                group.start_soon(one)
            await anyio.wait_all_tasks_blocked()
            go_on.set()
        return answers

    answers = anyio.run(wait_and_race, backend="asyncio")

    assert len(answers) == 6
    assert len(set(answers)) == 1


def test_a_process_that_died_in_the_middle_holds_its_key_no_longer_than_its_lease(asked):
    dead = Idempotency(held_for=timedelta(0)).begin(asked)
    shirts = Shirts()

    answers = give(Once(Idempotency()), asked, shirts)

    assert answers[0][0] == 201
    assert shirts.made == [dead.effect_id]  # under which the dead one's effect would be found


def test_a_holder_who_was_taken_for_dead_gives_the_answer_that_was_kept(store, asked):
    slow = Idempotency(held_for=timedelta(0))
    slow.begin(asked)
    kept = Given(201, {"content-type": "application/json"}, b'{"shirt":1}')
    store.begin(asked)
    store.answer(asked, kept)

    late = slow.answer(asked, Given(201, {"content-type": "application/json"}, b'{"shirt":2}'))

    assert late == kept


def test_a_holder_who_was_taken_for_dead_lets_nobody_in_beside_its_follower(store, asked):
    slow = Idempotency(held_for=timedelta(0))
    first = slow.begin(asked)
    follower = store.begin(asked)

    slow.release(asked, first)

    assert isinstance(follower, Held)
    assert isinstance(store.begin(asked), Busy)


@pytest.fixture
def age(store, asked):
    """Call it to let every key of the retailer pass its time."""

    def pass_time():
        with store.unit(retailer_id=asked.retailer_id) as unit:
            unit.db.exec_driver_sql("UPDATE idempotency_keys SET expires_at = now() - interval '1 day'")

    return pass_time


def test_a_key_past_its_time_may_be_used_for_another_request(store, asked, age):
    first = store.begin(asked)
    store.answer(asked, Given(201, {}, b"{}"))
    age()

    second = store.begin(replace(asked, request=b"a coat comes back"))

    assert isinstance(second, Held)
    assert second.effect_id != first.effect_id


def test_what_is_past_its_time_is_swept_by_the_next_new_key(store, asked, age):
    store.begin(asked)
    age()

    store.begin(replace(asked, key="another"))

    with store.unit(retailer_id=asked.retailer_id) as unit:
        assert unit.db.exec_driver_sql("SELECT count(*) FROM idempotency_keys").scalar_one() == 1


def test_another_retailer_sees_no_key(store, asked):
    store.begin(asked)

    with store.unit(retailer_id=new_id()) as unit:
        seen = unit.db.exec_driver_sql("SELECT count(*) FROM idempotency_keys").scalar_one()

    assert seen == 0


def test_another_body_is_refused_while_the_first_is_at_work(store, asked):
    store.begin(asked)

    with pytest.raises(KeyReused):
        store.begin(replace(asked, request=b"a coat comes back"))
