"""What is said of a policy, for a person at a screen."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cli.looks import Looks, moment, money, printable, words

Told = Mapping[str, Any]
_KINDS = {
    "refused": "refused now",
    "allowed": "allowed now",
    "offers": "other offers",
    "amount": "other amounts",
    "stage": "money at another stage",
    "review": "review differs",
    "keep_item": "keeping the item differs",
    "label": "other label terms",
    "inspection": "inspection differs",
}


def versions(found: Sequence[Told], looks: Looks) -> str:
    """A row a version."""
    rows = [
        [
            "draft" if each["version"] is None else each["version"],
            words(each["state"]),
            moment(each["published_at"] or each["created_at"]),
            each["by"] or "",
            each["words"] or (f"restores {each['restores']}" if each["restores"] else ""),
        ]
        for each in found
    ]
    return looks.table(rows, ["version", "state", "since", "by", "why"]) if rows else "no policy yet"


def check(told: Told, looks: Looks) -> str:
    """Everything that a check found, what stands in the way first."""
    lines = [*_faults(told["faults"], looks), *_law(told["below_floor"], looks), *_examples(told["failed"], looks)]
    lines += _findings(told["findings"], looks)
    verdict = "it can be put in force" if told["can_publish"] else "it cannot be put in force"
    return "\n".join([*lines, looks.paint(verdict, "green" if told["can_publish"] else "red")])


def changes(lines: Sequence[str], looks: Looks) -> str:
    """A difference, with colours where somebody sees them."""
    return "\n".join(looks.paint(line, _COLOURS[line[:1]]) if line[:1] in _COLOURS else line for line in lines)


def replay(told: Told, looks: Looks) -> str:
    """The sums of a replay, then its first cases."""
    head = f"{told['done']:,} returns tried, {told['changed']:,} would be decided otherwise"
    rows = [[_KINDS.get(kind, kind), count] for kind, count in sorted(told["changes"].items())]
    sums = [
        f"owed in {each['currency']}: {_sum(each, 'before')} then, {_sum(each, 'after')} by this policy"
        for each in told["money"]
    ]
    cases = [line for case in told["cases"] for line in _case(case)]
    more = told["changed"] - len(told["cases"])
    tail = [f"and {more:,} more"] if more > 0 else []
    return "\n".join([looks.title(head), *([looks.table(rows, indent=2)] if rows else []), *sums, *cases, *tail])


def decision(told: Told, looks: Looks) -> str:
    """What a policy gives for an item, then how it came to that."""
    (line,) = told["lines"]
    rows = [
        [words(offer["resolution"]), _worth(offer), words(offer["stage"]), offer["words"]] for offer in line["offers"]
    ]
    head = (
        looks.table(rows, ["offer", "amount", "when", "words"])
        if rows
        else f"nothing: {printable(line['words'] or '')}"
    )
    more = [
        f"label: {told['label']}" + (f", {money(told['label_price'])}" if told.get("label_price") else ""),
        *(["a person reviews it"] if line["review"] else []),
        *(["a photo is required"] if line["photo_required"] else []),
        *([f"asked first: {printable(line['question']['words'])}"] if line["question"] else []),
    ]
    tried = [
        [looks.paint("matched", "green") if each["matched"] else "no", each["rule"], each["because"]]
        for each in line["trace"]
    ]
    return "\n".join([head, *more, "", looks.title("rules tried"), looks.table(tried, indent=2)])


_COLOURS = {"+": "green", "-": "red", "@": "dim"}


def _worth(offer: Told) -> str:
    """What is given, and the bonus that comes on top: `£45.00 + £4.50`."""
    bonus = (offer.get("credit") or {}).get("bonus")
    return f"{money(offer['amount'])} + {money(bonus)}" if bonus else money(offer["amount"])


def _sum(each: Told, when: str) -> str:
    return money({"amount": each[when], "currency": each["currency"]})


def _faults(faults: Sequence[Told], looks: Looks) -> Iterator[str]:
    for fault in faults:
        place = f"line {fault['line']}, {fault['path']}" if fault["line"] else fault["path"]
        yield f"{looks.paint('fault', 'red')}  {printable(place)}: {printable(fault['words'])}"


def _law(below: Sequence[Told], looks: Looks) -> Iterator[str]:
    for each in below:
        yield f"{looks.paint('law', 'red')}  {each['country']}, {each['path']}: {each['words']}"
        yield f"     {each['law']} (no legal advice)"


def _examples(failed: Sequence[Told], looks: Looks) -> Iterator[str]:
    for each in failed:
        yield f"{looks.paint('example', 'red')}  {printable(each['name'])}: {printable(each['words'])}"


def _findings(findings: Sequence[Told], looks: Looks) -> Iterator[str]:
    for each in findings:
        yield f"{looks.paint(each['code'], 'yellow')}  {printable(each['path'])}: {printable(each['words'])}"
        if each["witness"]:
            yield "     for example " + printable(
                ", ".join(f"{name} {value}" for name, value in each["witness"].items())
            )


def _case(case: Told) -> Iterator[str]:
    yield f"{case['number']}  {moment(case['decided_at'])}  {', '.join(_KINDS.get(kind, kind) for kind in case['kinds'])}"
    for line in case["lines"]:
        yield f"  {printable(line['title'])}: {_given(line['before'])} then, {_given(line['after'])} by this policy"
    if case["label_before"] != case["label_after"]:
        yield f"  label: {case['label_before']} then, {case['label_after']} by this policy"


def _given(given: Told) -> str:
    offers = ", ".join(f"{words(offer['resolution'])} {money(offer['amount'])}" for offer in given["offers"])
    return (offers or "nothing") + (" after review" if given["review"] else "")
