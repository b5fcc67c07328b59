"""Each retailer in turn: one that floods waits behind itself."""

from itertools import count
from uuid import UUID

import pytest

from libs.chassis import relay
from libs.chassis.relay import BATCH, MEMORY, MEMORY_CHARACTERS, MEMORY_OF_ONE, SHARE, Relay, Row, in_turn
from libs.chassis.wire import Publisher

ALDER, KITE = UUID(int=1), UUID(int=2)
ids = count(1)


@pytest.fixture
def memory():
    """A relay that was not started: what it would send is taken by the test."""
    return Relay(None, Publisher("amqp://nowhere/", "test"))


def rows(retailer, number, body="{}"):
    return [
        Row(id, UUID(int=id), retailer, "toy.events", "poked.v1", body) for id in (next(ids) for _ in range(number))
    ]


def owners(batch):
    return [row.retailer_id for row in batch]


def test_nothing_offered_is_nothing_to_take(memory):
    assert memory.take() == []


def test_what_is_taken_comes_in_the_order_of_its_commits(memory):
    offered = rows(ALDER, 5)
    memory.offer(offered[:2])
    memory.offer(offered[2:])

    assert memory.take() == offered
    assert memory.take() == []


def test_one_retailer_has_its_share_of_a_batch_and_no_more(memory):
    memory.offer(rows(ALDER, 300))
    memory.offer(rows(KITE, 5))

    first = memory.take()

    assert owners(first).count(ALDER) == SHARE
    assert owners(first).count(KITE) == 5


def test_who_was_cut_off_comes_after_those_who_wait(memory):
    retailers = [UUID(int=100 + n) for n in range(7)]
    for retailer in retailers:
        memory.offer(rows(retailer, SHARE * 2))

    first, second = memory.take(), memory.take()

    assert len(first) == len(second) == BATCH
    assert set(owners(first)) == set(retailers[:5])
    assert set(retailers[5:]) < set(owners(second))


def test_everything_offered_is_taken_in_the_end(memory):
    offered = rows(ALDER, 130) + rows(KITE, 70)
    memory.offer(offered)

    taken = []
    while batch := memory.take():
        taken += batch

    assert sorted(row.id for row in taken) == [row.id for row in offered]


def test_a_flood_fills_its_own_part_of_the_memory_only(memory):
    memory.offer(rows(ALDER, MEMORY_OF_ONE + 500))
    memory.offer(rows(KITE, 5))

    assert len(memory._waiting[ALDER]) == MEMORY_OF_ONE
    assert len(memory._waiting[KITE]) == 5


def test_memory_is_bounded_in_rows(memory):
    for n in range(MEMORY // MEMORY_OF_ONE + 2):
        memory.offer(rows(UUID(int=1000 + n), MEMORY_OF_ONE))

    assert sum(len(waiting) for waiting in memory._waiting.values()) == MEMORY


def test_memory_is_bounded_in_what_the_rows_hold(memory):
    large = "x" * (MEMORY_CHARACTERS // 10)

    memory.offer(rows(ALDER, 30, body=large))

    assert len(memory._waiting[ALDER]) == 10
    assert len(memory.take()) == 10
    memory.offer(rows(ALDER, 1, body=large))
    assert len(memory.take()) == 1


def test_where_room_is_scarce_each_retailer_gets_some_of_it():
    batch = rows(ALDER, 3) + rows(KITE, 2)

    ordered = in_turn(batch)

    assert owners(ordered) == [ALDER, KITE, ALDER, KITE, ALDER]
    assert [row for row in ordered if row.retailer_id == ALDER] == batch[:3]


def test_without_a_relay_committed_rows_wait_for_another_processs_sweep(monkeypatch):
    monkeypatch.setattr(relay, "_relay", None)

    assert relay.offer(rows(ALDER, 1)) is None


def test_a_row_is_sent_with_its_own_id_and_its_own_bytes():
    row = Row(7, UUID(int=9), ALDER, "toy.events", "poked.v1", '{"words": "für dich"}')

    sent = row.outgoing()
    message = sent.as_amqp()

    assert (sent.exchange, sent.key, sent.message_id) == ("toy.events", "poked.v1", str(UUID(int=9)))
    assert sent.body == '{"words": "für dich"}'.encode()
    assert message.properties["delivery_mode"] == 2
    assert message.properties["message_id"] == str(UUID(int=9))
