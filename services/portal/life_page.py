"""Draws `docs/life.md` from the tables of the domain: `python -m services.portal.life_page > docs/life.md`."""

import sys
from collections.abc import Iterator
from datetime import timedelta

from libs.contracts.catalogue import facts
from services.portal.domain import ENDED, LIMITS, MONEY, MOVES, TASKS, Awaiting, Kind, Limit
from services.portal.domain.knowledge import KINDS, MILESTONES, OF_A_LINE
from services.portal.domain.returns import NO_BONUS
from services.portal.domain.statements import Build

_HEAD = """# The life of a return

This page is drawn from the tables in `services/portal/domain/` by `make life`; a test keeps it current. Facts come in any
order: what is known of a return decides where it stands, so an early fact waits for its turn and a late one changes nothing.
Everything that a person does is an act with a row here; whatever has no row for the state is refused.
"""

# Facts that are no row of the two tables, and where their place is instead.
BESIDE = {
    "ReturnSubmittedV1": "the beginning: stated as the return is made, before it is accepted or held",
    "SettlementRequestedV1": "the table of money: stated for the lines that become `settling`",
    "WithdrawalDeclaredV1": "an act, in every state that has not ended; the task `withdrawal`. "
    "The beginning of a return of the kind `withdrawal`, which nothing holds",
    "ReminderDueV1": "the clock: the table of waiting below",
    "MessageBouncedV1": "the task `message_bounced`, in every state",
    "MessageDeliveredV1": "the history",
    "UnknownParcelScannedV1": "of no return: the task `unknown_parcel`",
    "ConsolidationDeliveredV1": "of no return: each of its parcels tells its own return",
    "ShopAccessLostV1": "of no return: the task `shop_access_lost`",
    "ShopConnectedV1": "of no return: clears the task `shop_access_lost`",
    "OrderChangedV1": "of no return: kept for reports",
    "PolicyPublishedV1": "of no return: kept for reports",
    "PersonErasedV1": "of a person: who it was goes out of every store, and no return moves",
    "RetailerChangedV1": "of no return: stated when a retailer is set up or changed",
    "ShopWebhookReceivedV1": "of no return: stated by the door for webhooks",
    "CarrierWebhookReceivedV1": "of no return: stated by the door for webhooks",
}
# Facts of the vocabulary that no service can state yet, and why.
NOT_YET = {
    "PaymentWebhookReceived": "no payment gateway is connected: staff record what became of a payment by hand",
    "DriftFound": "nothing reconciles our books with a shop or a gateway yet",
    "EndpointDisabled": "retailers cannot be sent webhooks yet",
}


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
    for fact, kind in OF_A_LINE.items():
        yield f"| `{fact.__name__}` that names a line | {_words(kind)} |"
    yield f"| `SettlementRefusedV1`, `{NO_BONUS}` | {_words(Kind.BONUS_REFUSED)} |"
    yield "\nSome have their place beside the tables:\n\n| fact | place |\n| --- | --- |"
    for name, place in BESIDE.items():
        yield f"| `{name}` | {place} |"
    stated = {fact.__name__.rpartition("V")[0] for fact in facts()}
    if missing := {name: why for name, why in NOT_YET.items() if name not in stated}:
        yield "\nThese are of the vocabulary, and no service can state them yet:\n\n| fact | why |\n| --- | --- |"
        yield from (f"| {name} | {why} |" for name, why in missing.items())
    yield "\nEvery other fact about a return is kept in its history and changes nothing.\n"


def _waits() -> Iterator[str]:
    yield "## How long it waits, and for whom\n"
    yield "| awaiting | waits for | reminder | limit | then |\n| --- | --- | --- | --- | --- |"
    for awaiting, limit in LIMITS.items():
        reminder = _span(limit.reminder) if limit.reminder else ""
        yield f"| `{awaiting}` | {limit.waits_for} | {reminder} | {_span(limit.after)} | {_end(limit)} |"
    ended = ", ".join(f"`{state}`" for state in Awaiting if state in ENDED)
    yield f"\n{ended} wait for nothing. A return that its shopper withdrew from never expires: a person is told in its place.\n"


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
