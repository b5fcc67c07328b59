"""`homeward dlq`: seen, replayed and dropped over the API."""

import json

import pytest

from cli.refusals import Exit

QUEUE = "labels.portal.label_requested.v1"
ROW = {
    "id": "0199",
    "what": "portal.label_requested.v1",
    "retailer_id": "r1",
    "subject": "s1",
    "account": None,
    "error": "KeyError: 'lane'",
    "attempts": 4,
    "since": "2026-01-02T03:04:05Z",
    "stated_at": None,
    "bytes": 512,
}


def test_places_are_listed_and_silence_is_told(gateway, homeward):
    found = [{"queue": QUEUE, "service": "labels", "parked": 3}]
    gateway.answer("GET", "/dlq", {"queues": found, "silent": ["orders"]})

    _, out, _ = homeward("dlq", "list")

    assert out.splitlines()[1].split() == [QUEUE, "3"]
    assert "parked work of orders" in out


def test_nothing_parked_is_said_in_words(gateway, homeward):
    gateway.answer("GET", "/dlq", {"queues": [], "silent": []})

    assert homeward("dlq", "list") == (0, "nothing is parked\n", "")


def test_a_queue_is_shown_with_errors_and_what_is_left_out(gateway, homeward):
    gateway.answer("GET", f"/dlq/{QUEUE}", {"queue": QUEUE, "parked": 9, "messages": [ROW]})

    _, out, _ = homeward("dlq", "show", QUEUE, "--limit", "1")

    assert "KeyError: 'lane'" in out
    assert "8 more: --limit 9" in out
    assert gateway.asked[-1].query == {"limit": "1"}


def test_a_message_is_shown_whole(gateway, homeward):
    gateway.answer("GET", f"/dlq/{QUEUE}/0199", ROW | {"queue": QUEUE, "envelope": {"data": {"number": "R-7KQ2M9"}}})

    _, out, _ = homeward("dlq", "show", QUEUE, "0199")

    assert "tries     4" in out
    assert '"number": "R-7KQ2M9"' in out


def test_an_id_with_odd_characters_stays_one_part_of_the_path(gateway, homeward):
    code, _, _ = homeward("dlq", "show", QUEUE, "a/../../b?c")

    assert code == Exit.NOT_FOUND
    assert gateway.asked[-1].path == f"/api/v1/dlq/{QUEUE}/a%2F..%2F..%2Fb%3Fc"


def test_one_message_is_replayed(gateway, homeward):
    gateway.answer("POST", f"/dlq/{QUEUE}/0199/replay", {"queue": QUEUE, "replayed": 1})

    assert homeward("dlq", "replay", QUEUE, "0199") == (0, "0199 is on its way again\n", "")


def test_a_replay_of_many_that_stopped_is_a_failure(gateway, homeward):
    stopped = {"queue": QUEUE, "replayed": 2, "left": 7, "stopped": f"{QUEUE} is full"}
    gateway.answer("POST", f"/dlq/{QUEUE}/replay", stopped)

    code, out, _ = homeward("dlq", "replay", QUEUE, "--all", "--json")

    assert code == Exit.REFUSED
    assert json.loads(out) == stopped


@pytest.mark.parametrize("arguments", [(QUEUE,), (QUEUE, "0199", "--all")])
def test_what_to_replay_must_be_said_in_one_way(gateway, homeward, arguments):
    code, _, err = homeward("dlq", "replay", *arguments)

    assert code == Exit.USAGE
    assert "--all" in err
    assert gateway.asked == []


def test_a_message_is_dropped_with_the_reason(gateway, homeward):
    gateway.answer("POST", f"/dlq/{QUEUE}/0199/drop", {"queue": QUEUE, "dropped": 1})

    code, out, _ = homeward("dlq", "drop", QUEUE, "0199", "--because", "a test of ours")

    assert (code, out) == (0, "0199 was thrown away\n")
    assert gateway.asked[-1].body == {"words": "a test of ours"}


def test_nothing_is_dropped_without_a_reason(gateway, homeward):
    with pytest.raises(SystemExit) as left:
        homeward("dlq", "drop", QUEUE, "0199")

    assert left.value.code == Exit.USAGE
    assert gateway.asked == []
