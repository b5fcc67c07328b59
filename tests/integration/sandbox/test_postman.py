"""The postman: tries again after growing pauses, not for ever, and lets nobody wait for another."""

import asyncio
from pathlib import Path

import pytest

from deploy.sandbox import postman
from deploy.sandbox.memory import Memory
from deploy.sandbox.postman import Letter, Postman
from tests.integration.sandbox.running import Door


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """Somewhere to keep letters."""
    return Memory(tmp_path / "letters.sqlite", postman.SCHEMA)


def letter(door, lane="AL-1001", retries=postman.RETRIES):
    return Letter(id=lane, lane=lane, topic="orders/updated", url=door.url, headers={}, body=b"{}", retries=retries)


def carried(memory, letters, condition):
    """Let a postman carry letters until `condition` holds of what became of them."""

    async def carry():
        walking = Postman(memory, pause=0.01)
        with memory.change():
            for each in letters:
                walking.post(each)
        task = asyncio.create_task(walking.run())
        async with asyncio.timeout(5):
            while not condition([row for lane in {one.lane for one in letters} for row in walking.letters(lane)]):
                await asyncio.sleep(0.005)
        task.cancel()
        return [row for lane in sorted({one.lane for one in letters}) for row in walking.letters(lane)]

    return asyncio.run(carry())


def done(rows):
    return all(row["state"] != "waiting" for row in rows)


def test_a_letter_that_nobody_takes_is_given_up_after_its_retries(memory):
    closed = Door()
    closed.close()

    (row,) = carried(memory, [letter(closed, retries=2)], done)

    assert (row["state"], row["tries"], row["answer"]) == ("given_up", 3, "ConnectError")


def test_an_answer_that_is_not_2xx_is_no_answer(memory):
    door = Door(refusing=1)

    (row,) = carried(memory, [letter(door)], done)

    assert (row["state"], row["tries"], row["answer"]) == ("taken", 2, "200")
    door.close()


def test_a_letter_that_fails_holds_up_none_of_another_order(memory):
    closed, door = Door(), Door()
    closed.close()

    rows = carried(
        memory,
        [letter(closed, "AL-1001"), letter(door, "AL-1002")],
        lambda rows: any(row["state"] == "taken" for row in rows),
    )

    assert [row["state"] for row in rows] == ["waiting", "taken"]
    door.close()
