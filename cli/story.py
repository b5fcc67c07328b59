"""One return in words: what comes back, where its money is, and all that happened to it, whichever service stated it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from cli.looks import Looks, age, moment, money, printable, words

Told = Mapping[str, Any]
_DETAILS = ("milestone", "tracking_number", "template", "reason", "trouble", "code", "reference")
_ENDED = {"closed", "rejected", "cancelled", "expired"}


def as_words(told: Told, story: Told, looks: Looks, now: datetime) -> str:
    """The whole story, a heading for each part that there is something to say about. `now` is the suite's time."""
    parts = [
        _summary(told, looks, now),
        _part("Lines", looks.table(list(_lines(told, looks)), indent=2), looks),
        _part("Parcels", "\n".join(_parcels(told, story)), looks),
        _part("To do", looks.table(list(_tasks(told, now)), indent=2), looks),
        _part("What happened", looks.table(list(_events(story, looks)), indent=2), looks),
        _part("Mails", looks.table(list(_mails(story)), indent=2), looks),
        _part("Decision", "\n".join(_decision(told, looks)), looks),
        _silent(story, looks),
    ]
    return "\n\n".join(part for part in parts if part)


def _part(title: str, body: str, looks: Looks) -> str:
    return f"{looks.title(title)}\n{body}" if body else ""


def _summary(told: Told, looks: Looks, now: datetime) -> str:
    state = looks.paint(words(told["awaiting"]), "green" if told["awaiting"] in _ENDED else "yellow")
    head = f"{looks.title(told['number'])}  order {printable(told['order'])}  {state}"
    sums = [f"owed {money(told['owed'])}"]
    sums += [f"{name} {money(told[name])}" for name in ("due", "paid") if told.get(name)]
    if fee := told.get("fee"):
        sums.append(f"label {told['label']}, fee {money(fee['price'])} {words(fee['state'])}")
    since = f"submitted {moment(told['submitted_at'])}, changed {age(told['updated_at'], now)} ago, policy {told['policy_version']}"
    held = [f"held for review: {', '.join(map(words, told['held']))}"] if told.get("held") else []
    return "\n".join([head, ", ".join(sums), since, *held])


def _lines(told: Told, looks: Looks) -> Iterable[list[Any]]:
    for line in told["lines"]:
        what = " ".join(filter(None, [line["title"], line.get("variant") and f"({line['variant']})"]))
        given = money(line.get("paid")) or money(line.get("due") or line["owed"])
        state = (
            looks.paint(words(line["money"]), "red")
            if line["money"] in ("refused", "unknown")
            else words(line["money"])
        )
        why = "/".join(filter(None, [line["reason"], line.get("sub_reason")]))
        yield [f"{line['quantity']} ×", what, why, words(line["resolution"]), given, state, _found(line)]
        for taken in line.get("deductions", ()):
            yield ["", f"less: {taken['words']}", "", "", f"-{money(taken['amount'])}", "", ""]


def _found(line: Told) -> str:
    arrived = line.get("arrived")
    if arrived is None:
        return "kept by the shopper" if line.get("keep_item") else ""
    return f"{arrived} arrived, {words(line['condition'])}" if line.get("condition") else f"{arrived} arrived"


def _parcels(told: Told, story: Told) -> Iterable[str]:
    steps = {each["parcel"]: each for each in story["parcels"]}
    for parcel in told.get("parcels", ()):
        timeline = steps.pop(parcel["number"], {})
        number = parcel.get("tracking_number") or timeline.get("tracking_number") or "no number yet"
        yield _parcel(parcel["number"], timeline.get("carrier"), number, f"label {words(parcel['label'])}")
        yield from _steps(timeline)
    for timeline in steps.values():  # a parcel that tracking knows and the return does not
        yield _parcel(timeline["parcel"], timeline["carrier"], timeline["tracking_number"], "known to tracking only")
        yield from _steps(timeline)


def _parcel(number: int, carrier: str | None, tracking_number: str, state: str) -> str:
    return printable(f"  {number}  {' '.join(filter(None, [carrier, tracking_number]))}, {state}")


def _steps(timeline: Told) -> Iterable[str]:
    for step in timeline.get("steps", ()):
        place = f", {printable(step['place'])}" if step.get("place") else ""
        implied = " (implied by a later scan)" if step.get("implied") else ""
        said = f": {printable(step['words'])}" if step.get("words") else ""
        yield f"     {moment(step['at'], seconds=True)}  {words(step['milestone'])}{place}{said}{implied}"
    for told in timeline.get("upcoming", ()):
        by = f"{told['parcels']} parcels of its lane" if told["parcels"] else "its lane's setting"
        yield (
            f"     {moment(told['at'], seconds=True)}  {words(told['milestone'])} expected, late after "
            f"{moment(told['latest'])}, by {by}"
        )
    if timeline.get("late"):
        yield "     late: it should have come along by now"


def _tasks(told: Told, now: datetime) -> Iterable[list[Any]]:
    for task in told.get("tasks", ()):
        yield [
            task["role"],
            task["title"],
            task["words"],
            f"{age(task['opened_at'], now)} ago",
            ", ".join(task["acts"]),
        ]


def _events(story: Told, looks: Looks) -> Iterable[list[Any]]:
    for event in story["events"]:
        effect = looks.paint(event["effect"], "dim" if event["effect"] == "noted" else "yellow")
        effect = "" if event["effect"] in ("applied", "stated") else effect
        yield [
            moment(event["at"], seconds=True),
            event["service"],
            words(event["what"]),
            _details(event),
            event.get("by"),
            effect,
        ]


def _details(event: Told) -> str:
    data = event.get("data") or {}
    parcel = [f"parcel {data['parcel']}"] if data.get("parcel") else []
    return ", ".join([*parcel, *(words(str(data[name])) for name in _DETAILS if data.get(name))])


def _mails(story: Told) -> Iterable[list[Any]]:
    for event in story["events"]:
        if event["service"] == "notifications":
            data = event.get("data") or {}
            yield [
                moment(event["at"], seconds=True),
                words(data.get("template")),
                words(event["what"]),
                data.get("words"),
            ]


def _decision(told: Told, looks: Looks) -> Iterable[str]:
    for line in told["lines"]:
        for tried in line.get("trace", ()):
            verdict = looks.paint("matched", "green") if tried["matched"] else "no     "
            yield f"  {printable(line['title'])}: {verdict}  {printable(tried['rule'])}: {printable(tried['because'])}"


def _silent(story: Told, looks: Looks) -> str:
    if not story["silent"]:
        return ""
    return looks.paint(f"Not told: {', '.join(story['silent'])} gave no answer.", "red")
