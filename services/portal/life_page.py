"""Draws `docs/life.md` from the tables of the domain: `python -m services.portal.life_page > docs/life.md`."""

import sys
from collections.abc import Iterator
from datetime import timedelta

from services.portal.domain import ENDED, LIMITS, MONEY, MOVES, TASKS, Awaiting, Kind, Limit
from services.portal.domain.knowledge import KINDS, MILESTONES
from services.portal.domain.statements import Build

_HEAD = """# The life of a return

This page is drawn from the tables in `services/portal/domain/` by `make life`; a test keeps it current. Facts come in any
order: what is known of a return decides where it stands, so an early fact waits for its turn and a late one changes nothing.
Everything that a person does is an act with a row here; whatever has no row for the state is refused.
"""


def page() -> str:
    """The whole page, in Markdown with Mermaid diagrams."""
    return "\n".join((_HEAD, *_goods(), *_money(), *_facts(), *_waits(), *_tasks())) + "\n"


def _goods() -> Iterator[str]:
    yield "## Where the goods are\n"
    yield "```mermaid\nstateDiagram-v2"
    yield f"    [*] --> {Awaiting.REVIEW}: held"
    for kind in (Kind.ACCEPTED, Kind.ACCEPTED_WITHOUT_LABEL, Kind.ACCEPTED_KEEPING):
        yield f"    [*] --> {MOVES[Awaiting.REVIEW, kind].then}: {kind} by policy"
    joined: dict[tuple[Awaiting, Awaiting], list[Kind]] = {}
    for (awaiting, kind), move in MOVES.items():
        if move.then is not awaiting:
            joined.setdefault((awaiting, move.then), []).append(kind)
    for (awaiting, then), kinds in joined.items():
        yield f"    {awaiting} --> {then}: {', '.join(kinds)}"
    yield f"    {Awaiting.CLOSED} --> [*]\n```\n"
    yield "| awaiting | what comes or becomes true | then awaits | states |\n| --- | --- | --- | --- |"
    for (awaiting, kind), move in MOVES.items():
        onward = "the same" if move.then is awaiting else f"`{move.then}`"
        yield f"| `{awaiting}` | {_words(kind)} | {onward} | {', '.join(_name(build) for build in move.states)} |"
    yield ""


def _money() -> Iterator[str]:
    yield "## Where the money of a line is\n"
    yield "```mermaid\nstateDiagram-v2\n    [*] --> not_due"
    for (state, kind), then in MONEY.items():
        yield f"    {state} --> {then}: {kind}"
    yield "```\n\n| money | what comes or becomes true | then |\n| --- | --- | --- |"
    for (state, kind), then in MONEY.items():
        yield f"| `{state}` | {_words(kind)} | `{then}` |"
    yield ""


def _facts() -> Iterator[str]:
    yield "## What the facts of the other services mean\n"
    yield "| fact | means |\n| --- | --- |"
    for fact, kind in KINDS.items():
        yield f"| `{fact.__name__}` | {_words(kind)} |"
    for milestone, kind in MILESTONES.items():
        yield f"| `MilestoneReachedV1`, `{milestone}` | {_words(kind)} |"
    yield "\nEvery other fact about a return is kept in its history and changes nothing.\n"


def _waits() -> Iterator[str]:
    yield "## How long it waits, and for whom\n"
    yield "| awaiting | waits for | reminder | limit | then |\n| --- | --- | --- | --- | --- |"
    for awaiting, limit in LIMITS.items():
        reminder = _span(limit.reminder) if limit.reminder else ""
        yield f"| `{awaiting}` | {limit.waits_for} | {reminder} | {_span(limit.after)} | {_end(limit)} |"
    ended = ", ".join(f"`{state}`" for state in Awaiting if state in ENDED)
    yield f"\n{ended} wait for nothing.\n"


def _tasks() -> Iterator[str]:
    yield "## What a person must do\n"
    yield "| task | whose | what to do | acts that clear it |\n| --- | --- | --- | --- |"
    for kind, owed in TASKS.items():
        yield f"| `{kind}` | {owed.role} | {owed.words} | {', '.join(owed.acts)} |"


def _words(kind: Kind) -> str:
    return kind.replace("_", " ")


def _name(build: Build) -> str:
    return build.__name__.replace("_", " ")


def _span(time: timedelta) -> str:
    if time < timedelta(days=1):
        hours = time // timedelta(hours=1)
        return f"{hours} hour{'s' * (hours != 1)}"
    return f"{time.days} day{'s' * (time.days != 1)}"


def _end(limit: Limit) -> str:
    return "it expires" if limit.then == "expires" else "a task"


if __name__ == "__main__":
    sys.stdout.write(page())
