"""What a policy would have decided otherwise of past returns: pure, one case at a time, added up in a tally."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from libs.contracts.rules import DecideReturnV1, DecisionV1, LineDecision, Offer
from libs.contracts.rules_policies import CaseChanged, Given, LineChanged, MoneyMoved
from libs.contracts.values import Resolution

SHOWN = 100  # cases told in full, the first ones found; the others are counted


@dataclass(frozen=True, slots=True)
class Change:
    """How two decisions of one return differ. `owed` is before and after in minor units, by currency."""

    kinds: frozenset[str]
    lines: tuple[LineChanged, ...]
    owed: Mapping[str, tuple[int, int]]


@dataclass(slots=True)
class Tally:
    """What a replay has found so far."""

    done: int = 0
    changed: int = 0
    changes: dict[str, int] = field(default_factory=dict)
    owed: dict[str, list[int]] = field(default_factory=dict)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def add(self, change: Change) -> bool:
        """Count one return; whether it is to be told in full."""
        self.done += 1
        for currency, (before, after) in change.owed.items():
            sums = self.owed.setdefault(currency, [0, 0])
            sums[0] += before
            sums[1] += after
        for kind in change.kinds:
            self.changes[kind] = self.changes.get(kind, 0) + 1
        self.changed += bool(change.kinds)
        return bool(change.kinds) and len(self.shown) < SHOWN

    def kept(self) -> dict[str, Any]:
        """What a row keeps of it, for another Tally to go on with; not copied, for the cases in it are many."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def show(self, case: CaseChanged) -> None:
        """Keep a case in full."""
        self.shown.append(case.model_dump(mode="json"))

    def money(self) -> tuple[MoneyMoved, ...]:
        """What was owed and would have been, currency by currency."""
        return tuple(
            MoneyMoved(currency=currency, before=before, after=after)
            for currency, (before, after) in sorted(self.owed.items())
        )


def compare(asked: DecideReturnV1, before: DecisionV1, after: DecisionV1, chosen: Mapping[str, str]) -> Change:
    """How `after` differs from `before`; `chosen` is the resolution taken, by order line."""
    lines: list[LineChanged] = []
    owed: dict[str, tuple[int, int]] = {}
    for line, was, would in zip(asked.lines, before.lines, after.lines, strict=True):
        if kinds := tuple(_kinds(was, would)):
            lines.append(LineChanged(title=line.line.title, kinds=kinds, before=_given(was), after=_given(would)))
        for currency, pair in _owed(was, would, chosen.get(str(was.line_id))):
            sums = owed.get(currency, (0, 0))
            owed[currency] = (sums[0] + pair[0], sums[1] + pair[1])
    kinds_of_lines = {kind for each in lines for kind in each.kinds}
    return Change(frozenset(kinds_of_lines.union(_of_the_return(before, after))), tuple(lines), owed)


def _of_the_return(before: DecisionV1, after: DecisionV1) -> Iterator[str]:
    if before.label != after.label or before.label_price != after.label_price:
        yield "label"
    if before.inspect != after.inspect:
        yield "inspection"


def _kinds(was: LineDecision, would: LineDecision) -> Iterator[str]:
    if was.offers and not would.offers:
        yield "refused"
    elif would.offers and not was.offers:
        yield "allowed"
    elif _names(was.offers) != _names(would.offers):
        yield "offers"
    if was.review != would.review:
        yield "review"
    if was.offers == would.offers:
        return
    both = [(old, new) for old in was.offers for new in would.offers if old.resolution == new.resolution]
    for name, of in _TERMS.items():
        if any(of(old) != of(new) for old, new in both):
            yield name


def _names(offers: Iterable[Offer]) -> list[Resolution]:
    return sorted(offer.resolution for offer in offers)


def _given(line: LineDecision) -> Given:
    return Given(offers=line.offers, review=line.review, words=line.words)


def _owed(was: LineDecision, would: LineDecision, chosen: str | None) -> Iterator[tuple[str, tuple[int, int]]]:
    taken = _taken(was, chosen)
    instead = _taken(would, chosen)
    if taken is not None:
        yield taken.amount.currency, (_worth(taken), 0)
    if instead is not None:
        yield instead.amount.currency, (0, _worth(instead))


def _taken(line: LineDecision, chosen: str | None) -> Offer | None:
    """The offer of the resolution taken, else the first: who was refused it would have taken another."""
    return next((offer for offer in line.offers if offer.resolution == chosen), next(iter(line.offers), None))


def _worth(offer: Offer) -> int:
    bonus = offer.credit.bonus if offer.credit is not None else None
    return offer.amount.amount + (bonus.amount if bonus is not None else 0)


_TERMS: dict[str, Callable[[Offer], object]] = {
    "amount": _worth,
    "stage": lambda offer: offer.stage,
    "keep_item": lambda offer: offer.keep_item,
}
