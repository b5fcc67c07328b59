"""`homeward dlq`: what no handler could handle, and work that ran out of tries, waits for a person here."""

import argparse
import json
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age, moment, printable
from cli.refusals import Exit, Refusal
from cli.suite import Suite

QUEUE = "labels.portal.label_requested.v1"


def add(commands: Commands) -> None:
    """Add `dlq` and its commands."""
    dlq = commands.noun("dlq", "What is parked for a person: messages by queue, and work outside as <service>.work.")
    dlq.add("list", list_places, examples="homeward dlq list")
    show = dlq.add("show", show_parked, examples=f"homeward dlq show {QUEUE}\nhomeward dlq show labels.work 17")
    _names(show, "?")
    show.add_argument("--limit", type=int, default=50, metavar="N", help="how many at most, up to 500 (50)")
    replay = dlq.add(
        "replay", replay_parked, examples=f"homeward dlq replay {QUEUE} 019...\nhomeward dlq replay {QUEUE} --all"
    )
    _names(replay, "?")
    replay.add_argument("--all", action="store_true", help="all that is parked there now, at most 1,000")
    drop = dlq.add("drop", drop_parked, examples=f'homeward dlq drop {QUEUE} 019... --because "a test of ours"')
    _names(drop, None)
    drop.add_argument("--because", required=True, metavar="WORDS", help="why it is thrown away; kept in the audit")


def list_places(suite: Suite, _given: argparse.Namespace, looks: Looks) -> Answer:
    """Where something is parked, and how much."""
    found = suite.for_operator().get("dlq")
    rows = [[each["queue"], each["parked"]] for each in found["queues"]]
    parts = [looks.table(rows, ["queue", "parked"]) if rows else "nothing is parked"]
    if found["silent"]:
        parts.append(
            looks.paint(f"Not known: parked work of {', '.join(found['silent'])}, which gave no answer.", "red")
        )
    return Answer(found, "\n".join(parts))


def show_parked(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """What is parked in one place with its error, or one message whole. Personal data is covered."""
    api = suite.for_operator()
    if given.id is not None:
        found = api.get("dlq", given.queue, given.id)
        return Answer(found, _whole(found, looks))
    found = api.get("dlq", given.queue, limit=given.limit)
    rows = [[each["id"], each["attempts"], age(each["since"]), each["error"]] for each in found["messages"]]
    words = looks.table(rows, ["id", "tries", "since", "error"]) if rows else f"nothing is parked in {given.queue}"
    if found["parked"] > len(rows):
        words += f"\n{found['parked'] - len(rows)} more: --limit {found['parked']}"
    return Answer(found, words)


def replay_parked(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Have one message, or all of a queue, tried anew. A repeat is harmless: what was done is not done twice."""
    if given.all == (given.id is not None):
        raise Refusal("name one message by its id, or all of them with --all", Exit.USAGE)
    api = suite.for_operator()
    if given.id is not None:
        return Answer(api.post("dlq", given.queue, given.id, "replay"), f"{given.id} is on its way again")
    done = api.post("dlq", given.queue, "replay")
    words = f"{done['replayed']} on their way again, {done['left']} still parked in {given.queue}"
    if done["stopped"]:
        return Answer(done, f"{words}: {done['stopped']}", Exit.REFUSED)
    return Answer(done, words)


def drop_parked(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Throw one message away for good. Its id, its kind and your words stay in the audit."""
    done = suite.for_operator().post("dlq", given.queue, given.id, "drop", body={"words": given.because})
    return Answer(done, f"{given.id} was thrown away")


def _names(parser: argparse.ArgumentParser, count: str | None) -> None:
    parser.add_argument("queue", help=f"as `dlq list` names it, like {QUEUE} or labels.work")
    parser.add_argument("id", nargs=count, help="one message, as `dlq show QUEUE` names it")


def _whole(found: dict[str, Any], looks: Looks) -> str:
    rows = [
        ("id", found["id"]),
        ("what", found["what"]),
        ("retailer", found["retailer_id"]),
        ("about", found["subject"]),
        ("account", found.get("account")),
        ("tries", found["attempts"]),
        ("since", f"{moment(found['since'])} ({age(found['since'])})" if found["since"] else None),
        ("error", found["error"]),
    ]
    words = "\n".join(f"{name:<9} {printable(str(value))}" for name, value in rows if value is not None)
    if "envelope" not in found:
        return words
    return f"{words}\n\n{json.dumps(found['envelope'], indent=2, ensure_ascii=True)}"
