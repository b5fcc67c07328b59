"""Where a policy gives less than the law, by complete search over its rules, with a case that shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import TypeVar

from libs.contracts.values import Channel, LabelTerms, Resolution
from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.facts import Facts, folded
from services.rules.domain.outcomes import Leads, Outcome
from services.rules.domain.policies import Fault, Policy, Reason
from services.rules.domain.windows import Start, Window
from services.rules.domain.withdrawing import DELIVERY_DAYS
from services.rules.floor.laws import LAWS, Faulty, Law, Right
from services.rules.linting.bars import AGE
from services.rules.linting.countries import COUNTRIES
from services.rules.linting.search import Box, Domain, Undecided, Work
from services.rules.linting.space import Case, Space, space_of
from services.rules.policy import Document, compiled

NOT_CHECKED = "could not be checked, for there are too many combinations of rules before it. Wherever it decides, it "
MOST_RULES = 20  # rules below the floor that are named at once
RightT = TypeVar("RightT", bound=Right)
_MONEY_OR_GOODS = frozenset({Resolution.REFUND, Resolution.EXCHANGE})


@dataclass(frozen=True, slots=True)
class Violation:
    """A part of the policy that gives less than the law of `countries` does, for the same cause in all of them.

    `words` say what the policy does, `law` what the law says and where. `witness` is a case; a window has none.
    """

    countries: tuple[str, ...]
    path: str
    words: str
    law: str
    witness: Case | None = None


def check(
    document: Document, today: date, laws: Mapping[str, Law] = LAWS, work: Work | None = None
) -> tuple[Violation, ...]:
    """What stands in the way of publishing the document; nothing where it is not below the law of a country it is for.

    A code in `sells_to` that is no country, as UK is none, says nothing: the document is held to the law of all. What
    cannot be told within `work` stands in the way too, and says so: nothing passes that was not looked at.
    """
    found = _Checked(document, compiled(document, 0), _held_to(document, laws), today, work or Work())
    return tuple(_by_cause([*found.final_sales(), *found.windows(), *found.outcomes()]))


def names_no_fault(document: Document, laws: Mapping[str, Law] = LAWS) -> bool:
    """Whether no reason is the retailer's fault, though some law says what is due for faulty goods: none is looked at."""
    reasons = [each for reason in document.reasons for each in (reason, *reason.sub_reasons)]
    due = any(law.faulty is not None for law in _held_to(document, laws))
    return due and not any(each.fault is Fault.RETAILER for each in reasons)


def _held_to(document: Document, laws: Mapping[str, Law]) -> list[Law]:
    everywhere = not document.sells_to or not COUNTRIES.issuperset(document.sells_to)
    return [law for code, law in laws.items() if everywhere or code in document.sells_to]


@dataclass(frozen=True, slots=True)
class _Cause:
    path: str
    words: str
    right: Right
    country: str
    witness: Case | None = None


@dataclass(frozen=True, slots=True)
class _Decided:
    """The rule whose outcome is looked at, none for the default, and the boxes of those before it."""

    rules: tuple[int, ...]
    before: int
    path: str


@dataclass(frozen=True)
class _Checked:
    document: Document
    policy: Policy
    laws: Sequence[Law]
    today: date
    work: Work

    def final_sales(self) -> Iterator[_Cause]:
        """Tags that keep goods sold which may be withdrawn from."""
        for at, tag in enumerate(self.document.final_sale_tags):
            if folded("product_tags", tag) not in self._exempt:
                words = f"keeps what is tagged {tag} sold; list the tag in exempt_tags where the law exempts such goods"
                for law in self.laws:
                    if law.withdrawal is not None:
                        yield _Cause(f"final_sale_tags.{at}", words, law.withdrawal, law.country)

    def windows(self) -> Iterator[_Cause]:
        """Windows that may close before a right of withdrawal does, or the days in which money is due for faulty goods."""
        instead = self.policy.windows.instead
        every = [(each.window, f"window.instead.{at}") for at, each in enumerate(instead)]
        every.append((self.policy.windows.usual, "window"))
        for place, law in product(range(len(every)), self.laws):
            window, path = every[place]
            for right, days, where in self._lasting(law):
                if _closes_early(window, days) and self._counts(law.country, place, where):
                    yield _Cause(path, _too_short(window, days), right, law.country)

    def _lasting(self, law: Law) -> Iterator[tuple[Right, int, tuple[Box, ...]]]:
        """The rights of the law that last for days after the delivery, and the cases that they are for."""
        if law.withdrawal is not None:
            yield law.withdrawal, law.withdrawal.days, self._at_a_distance
        if law.faulty is not None and law.faulty.refund_days is not None:
            yield law.faulty, law.faulty.refund_days, (self._at_fault(Fault.RETAILER),)

    def outcomes(self) -> Iterator[_Cause]:
        """Rules, and the default, that give less than is due for cases that they decide; the first few of them."""
        before, left = 0, MOST_RULES
        for place, rule in enumerate(self._space.rules):
            path = f"rules.{self._places[rule.name]}.then"
            found = list(self._of_outcome(rule.outcome, [place], before, path))
            yield from found
            left -= bool(found)
            if not left:
                return
            before |= self._space.bits[place]
        yield from self._of_outcome(self.policy.otherwise, [], before, "otherwise")

    def _of_outcome(self, outcome: Outcome, rules: Sequence[int], before: int, path: str) -> Iterator[_Cause]:
        decided = _Decided(tuple(rules), before, path)
        for withdrawal, countries in self._alike(law.withdrawal for law in self.laws):
            if words := _below_withdrawal(outcome):
                where = (*self._at_a_distance, self._within(withdrawal.days), self._at_fault(Fault.SHOPPER))
                yield from self._causes(decided, words, withdrawal, countries, where)
        for faulty, countries in self._alike(law.faulty for law in self.laws):
            if words := _below_remedies(outcome, faulty):
                days = faulty.refund_days
                where = (self._at_fault(Fault.RETAILER), *(() if days is None else (self._within(days),)))
                yield from self._causes(decided, words, faulty, countries, where)

    def _alike(self, rights: Iterable[RightT | None]) -> Iterator[tuple[RightT, list[str]]]:
        """Each right with the countries that have it."""
        same: dict[RightT, list[str]] = {}
        for law, right in zip(self.laws, rights, strict=True):
            if right is not None:
                same.setdefault(right, []).append(law.country)
        yield from same.items()

    def _causes(
        self, decided: _Decided, words: str, right: Right, countries: Sequence[str], where: Sequence[Box]
    ) -> Iterator[_Cause]:
        try:
            for code, case in self._cases(decided, countries, where):
                yield _Cause(decided.path, words, right, code, case)
        except Undecided:
            yield from (_Cause(decided.path, f"{NOT_CHECKED}{words}", right, code) for code in countries)

    def _cases(self, decided: _Decided, countries: Sequence[str], where: Sequence[Box]) -> Iterator[tuple[str, Case]]:
        """A case that the rules decide, of each of the countries where there is one. Raises Undecided."""
        space, outside = self._space, decided.before | self._space.barred
        found = space.find(decided.rules, decided.before, space.meeting(_country(*countries)), *where)
        if found is None:
            return
        [place] = space.meeting(_country(*countries))
        for code in countries:
            inside = list(space.inside(decided.rules, space.meeting(_country(code)), *where))
            alike = (_with(found, place, domain) for domain in inside)  # the same but for the country: mostly it is one
            searches = (space.search.find(domain, outside) for domain in (*filter(None, alike), *inside))
            here = next((domain for domain in searches if domain is not None), None)
            if here is not None:
                yield code, space.case(here)

    def _counts(self, country: str, place: int, where: Sequence[Box]) -> bool:
        """Whether the window at this place is the one that counts for some of these cases, the last being the usual one.

        One of which that cannot be told counts.
        """
        space, instead = self._space, self.policy.windows.instead
        own = instead[place].conditions if place < len(instead) else ()
        boxes = [space.meeting(_country(country)), *where, *(space.meeting(each) for each in own)]
        try:
            return space.search.find(space.search.inside(boxes), sum(space.windows[:place])) is not None
        except Undecided:
            return True

    @cached_property
    def _space(self) -> Space:
        days = {law.withdrawal.days for law in self.laws if law.withdrawal is not None}
        days |= {law.faulty.refund_days for law in self.laws if law.faulty is not None and law.faulty.refund_days}
        also: list[Condition] = [_country(law.country) for law in self.laws]
        also += [_country(*codes) for _, codes in self._alike(law.withdrawal for law in self.laws)]
        also += [_country(*codes) for _, codes in self._alike(law.faulty for law in self.laws)]
        also += [Among("channel", frozenset({Channel.ONLINE})), *(Range(AGE, high=high) for high in sorted(days))]
        also += [Among("product_tags", self._exempt)] if self._exempt else []
        return space_of(self.policy, self.today, also, self.work)

    @cached_property
    def _exempt(self) -> frozenset[str]:
        return frozenset(folded("product_tags", tag) for tag in self.document.exempt_tags)

    @cached_property
    def _at_a_distance(self) -> tuple[Box, ...]:
        """Bought online, and not exempt from the right of withdrawal."""
        online = self._space.meeting(Among("channel", frozenset({Channel.ONLINE})))
        return (online, self._space.missing(Among("product_tags", self._exempt))) if self._exempt else (online,)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {rule.name: at for at, rule in enumerate(self.document.rules)}

    def _within(self, days: int) -> Box:
        return self._space.meeting(Range(AGE, high=days))

    def _at_fault(self, fault: Fault) -> Box:
        reasons = {reason.code: reason for reason in self.policy.reasons}
        return self._space.given(lambda facts: _fault(reasons[str(facts["reason"])], facts) is fault)


def _fault(reason: Reason, facts: Facts) -> Fault:
    return next((sub.fault for sub in reason.sub_reasons if sub.code == facts.get("sub_reason")), reason.fault)


def _country(*codes: str) -> Among:
    return Among("country", frozenset(codes))


def _with(found: Domain, place: int, domain: Domain) -> Domain | None:
    """What `found` and `domain` have in common, and on the axis at `place` what `domain` has; None where nothing."""
    common = tuple(mask if at == place else mask & found[at] for at, mask in enumerate(domain))
    return common if all(common) else None


def _closes_early(window: Window, days: int) -> bool:
    """Whether it may close too early. Where it counts from an earlier day, the delivery may take as long as it lawfully can."""
    needed = days if window.starts[0] is Start.DELIVERY else days + DELIVERY_DAYS
    return window.days is not None and window.days < needed


def _too_short(window: Window, days: int) -> str:
    if window.starts[0] is Start.DELIVERY:
        return f"closes {window.days} days after delivery, before {days} days are over"
    return (
        f"closes {window.days} days after the {window.starts[0]}, while goods may arrive {DELIVERY_DAYS} days after it"
        f" and {days} more are due: count from delivery, or give {days + DELIVERY_DAYS} days"
    )


def _below_withdrawal(outcome: Outcome) -> str | None:
    """What the outcome takes away from who withdraws; None where nothing."""
    if outcome.gives_nothing:
        return f"gives nothing within the {_WITHDRAWAL}"
    if Resolution.REFUND not in outcome.resolutions:
        return f"gives no refund within the {_WITHDRAWAL}"
    if any(Resolution.REFUND in fee.only_for for fee in outcome.fees):
        return f"takes a fee off the refund within the {_WITHDRAWAL}"
    answers = outcome.question.answers if outcome.question is not None else ()
    if any(answer.leads is Leads.REJECT for answer in answers):
        return f"lets an answer reject the return within the {_WITHDRAWAL}"
    return None


def _below_remedies(outcome: Outcome, right: Faulty) -> str | None:
    """What the outcome takes away from who got faulty goods; None where nothing."""
    if outcome.gives_nothing:
        return "gives nothing for faulty goods"
    if right.refund and Resolution.REFUND not in outcome.resolutions:
        return "gives no refund for faulty goods"
    if not outcome.resolutions & _MONEY_OR_GOODS:
        return "gives credit only for faulty goods"
    if right.free_return and outcome.label.terms is LabelTerms.PAID:
        return "lets the shopper pay for sending faulty goods back"
    if any(fee.even_at_fault for fee in outcome.fees):
        return "takes a fee for faulty goods"
    if outcome.question is not None and all(answer.leads is Leads.REJECT for answer in outcome.question.answers):
        return "rejects the return of faulty goods whatever is answered"
    return None


def _by_cause(causes: Sequence[_Cause]) -> Iterator[Violation]:
    """One violation for each cause, with all countries whose law says the same."""
    same: dict[tuple[str, str, Right], list[_Cause]] = {}
    for cause in causes:
        same.setdefault((cause.path, cause.words, cause.right), []).append(cause)
    for (path, words, right), found in same.items():
        countries = tuple(cause.country for cause in found)
        yield Violation(countries, path, words, f"{right.words} ({right.source})", found[0].witness)


_WITHDRAWAL = "period of withdrawal"
