"""`homeward status`: whether the suite is well."""

import argparse
from typing import Any

import httpx

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age
from cli.refusals import Exit, Refusal
from cli.suite import NOWHERE, Suite

UNKNOWN = "?"


def add(commands: Commands) -> None:
    """Add `status`."""
    parser = commands.add(
        "status", status, examples="homeward status\nhomeward status --queues\nhomeward status --json"
    )
    parser.add_argument("--queues", action="store_true", help="every queue, not only those where something waits")


def status(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Whether the suite is well: each process, who listens, what waits and what is parked.

    Processes are asked one by one where the suite runs on this machine; everything else the API tells, which needs a key
    of the platform's operator. The exit code is 0 only when nothing is in trouble.
    """
    if not suite.facts and not suite.is_named:
        raise Refusal(NOWHERE, Exit.UNREACHABLE)
    processes = {} if suite.is_named else _processes(suite)
    away = [f"The process {name} is {state}." for name, state in processes.items() if state != "ready"]
    told, untold = _told(suite, needed=not processes)
    trouble = away + (told["trouble"] if told else [])
    data = {"well": not trouble, "trouble": trouble, "processes": processes, "suite": told, "untold": untold}
    return Answer(data, _in_words(data, given.queues, looks), Exit.REFUSED if trouble else Exit.OK)


def _told(suite: Suite, *, needed: bool) -> tuple[dict[str, Any] | None, str | None]:
    """What the API says; else why it is not told, where the processes say enough."""
    try:
        return suite.for_operator().get("status"), None
    except Refusal as refused:
        if needed:
            raise
        return None, str(refused)


def _processes(suite: Suite) -> dict[str, str]:
    return {each["service"]: _state(each["metrics"]) for each in suite.facts["processes"]}


def _state(metrics: str) -> str:
    try:
        answer = httpx.get(metrics.removesuffix("metrics") + "readyz", timeout=2)
    except httpx.HTTPError:
        return "away"
    return "ready" if answer.is_success else "not ready"


def _in_words(data: dict[str, Any], every_queue: bool, looks: Looks) -> str:
    parts = [looks.paint("All is well.", "green") if data["well"] else looks.paint("Not all is well:", "red")]
    parts += [f"  {sentence}" for sentence in data["trouble"]]
    if told := data["suite"]:
        parts += ["", _services(told, data["processes"], looks)]
        parts += _queues(told, every_queue, looks)
    else:
        rows = [(name, _painted(state, looks)) for name, state in data["processes"].items()]
        parts += ["", looks.table(rows), "", looks.paint(f"No more is told: {data['untold']}.", "dim")]
    return "\n".join(parts)


def _services(told: dict[str, Any], processes: dict[str, str], looks: Looks) -> str:
    head = ["service", "process", "listen", "waiting", "parked", "outbox", "oldest", "planned", "work parked"]
    rows = [_row(each, processes, looks) for each in told["services"]]
    for name in ("gateway", "broker", "database"):
        state = processes.get(name, told["parts"][name])
        rows.append([name, _painted(state, looks), *[""] * (len(head) - 2)])
    return looks.table(rows, head)


def _row(each: dict[str, Any], processes: dict[str, str], looks: Looks) -> list[Any]:
    counts = ("listeners", "waiting", "parked", "outbox")
    state = processes.get(each["service"]) or ("ready" if each["listeners"] else "away")
    return [
        each["service"],
        _painted(state, looks),
        *(_count(each[name]) for name in counts),
        age(each["outbox_oldest_at"]),
        _count(each["work_planned"]),
        _count(each["work_parked"]),
    ]


def _queues(told: dict[str, Any], every: bool, looks: Looks) -> list[str]:
    rows = [
        [each["queue"], each["waiting"], each["listeners"], each["parked"]]
        for each in told["queues"]
        if every or each["waiting"] or each["parked"]
    ]
    return ["", looks.table(rows, ["queue", "waiting", "listen", "parked"])] if rows else []


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else str(value)


def _painted(state: str, looks: Looks) -> str:
    return looks.paint(state, "green" if state == "ready" else "red")
