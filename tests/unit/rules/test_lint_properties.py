"""Random policies, judged by the real decision on every case that can be: the linter says all that is so, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.rules import DecideReturnV1
from libs.contracts.values import LabelTerms
from services.rules.domain import Policy, decide
from services.rules.domain.facts import Facts
from services.rules.domain.looking import facts_of
from services.rules.domain.outcomes import Outcome
from services.rules.examples import asked_of, decided_by, noon
from services.rules.linting import Code, Finding, lint, written
from services.rules.policy import Document, compiled, read
from services.rules.policy.examples import Item
from tests.unit.rules.examples import document

TODAY = date(2026, 11, 23)
SOON = TODAY + timedelta(days=10)
REASONS: list[dict[str, Any]] = [
    {"code": "fit", "words": {"en": "Fit"}, "sub_reasons": [{"code": "small", "words": {"en": "Small"}}]},
    {"code": "faulty", "words": {"en": "Faulty"}, "fault": "retailer", "asks_photo": True},
    {"code": "late", "words": {"en": "Late"}, "only_for": {"product_types": ["shirt"], "tags": ["wool"]}},
]
FOR_ANYTHING = {"code": "late", "words": {"en": "Late"}}
AMOUNTS = ("discount_percent", "discount_amount", "item_price", "order_value", "quantity")
ABOUT_RULES = frozenset({Code.UNREACHABLE, Code.PARTLY_SHADOWED, Code.OPPOSITE, Code.REDUNDANT})
ABOUT_REASONS = frozenset({Code.GAP, Code.UNCOVERED_REASON})

# Every value that the conditions below can tell from another, whatever they are. Of reasons with sub-reasons one is said.
GRID: dict[str, list[dict[str, Any]]] = {
    "reason": [{"reason": "fit", "sub_reason": "small"}, {"reason": "faulty"}, {"reason": "late"}],
    "country": [{"country": code} for code in ("GB", "AU", "DE")],
    "product_type": [{}, {"product_type": "shirt"}, {"product_type": "hat"}],
    "product_tags": [
        {"product_tags": tuple(tag for tag, has in zip(("sale", "wool", "outlet"), flags, strict=True) if has)}
        for flags in product((False, True), repeat=3)
    ],
    "days_since_delivery": [{"days_since_delivery": days} for days in (None, 0, 13, 14, 15, 30, 31, 60, 61)],
    "photo": [{"photo": False}, {"photo": True}],
}
DAYS = [TODAY, SOON, SOON + timedelta(days=1)]


def among(field: str, *values: str) -> st.SearchStrategy[dict[str, Any]]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return st.builds(
        lambda op, few: {"field": field, "op": op, "values": few}, st.sampled_from(["in", "none_of"]), some
    )


def limit(field: str, *ends: Any) -> st.SearchStrategy[dict[str, Any]]:
    end, op = st.sampled_from(ends), st.sampled_from(["at_least", "at_most", "is"])
    return st.builds(lambda op, end: {"field": field, "op": op, "value": end}, op, end)


CONDITIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "reason": among("reason", "fit", "faulty", "late") | among("sub_reason", "small"),
    "country": among("country", "GB", "AU", "UK"),
    "product_type": among("product_type", "Shirt", "Hat"),
    "product_tags": among("product_tags", "sale", "wool", "outlet"),
    "order_value": limit("order_value", *({"amount": amount, "currency": "GBP"} for amount in (1000, 5000))),
    "item_price": limit("item_price", *({"amount": 1000, "currency": currency} for currency in ("GBP", "EUR"))),
    "days_since_delivery": limit("days_since_delivery", 14, 30, 60),
    "discount_percent": limit("discount_percent", 0, 30, 100),
    "discount_amount": limit("discount_amount", {"amount": 1000, "currency": "GBP"}),
    "photo": st.builds(lambda value: {"field": "photo", "value": value}, st.booleans()),
    "quantity": limit("quantity", 0, 1, 2),
}
OUTCOMES = st.sampled_from(
    [
        {"allow": ["refund"]},
        {"allow": ["store_credit"]},
        {"allow": ["refund"], "label": "paid"},
        {"allow": ["none"]},
        {"reject": {"en": "No."}},
    ]
)


@st.composite
def rules(draw: st.DrawFn, facts: list[str], place: int) -> dict[str, Any]:
    when = draw(st.lists(st.sampled_from(facts).flatmap(CONDITIONS.__getitem__), max_size=3))
    found = {"name": f"Rule {place}", "priority": place + 1, "when": when, "then": draw(OUTCOMES)}
    found["match"] = draw(st.sampled_from(["all", "all", "any"]))
    days = draw(st.sampled_from([{}, {}, {}, {"starts": SOON}, {"ends": SOON}, {"ends": TODAY - timedelta(days=1)}]))
    return found | days


@st.composite
def policies(draw: st.DrawFn, *, tied: bool = False) -> tuple[Document, list[str]]:
    """A policy and the facts that it asks: `tied` are two amounts alone, else any three and the reason."""
    some, least, most = (AMOUNTS, 2, 2) if tied else (sorted(set(CONDITIONS) - {"reason"}), 0, 3)
    facts = ["reason", *draw(st.lists(st.sampled_from(some), min_size=least, max_size=most, unique=True))]
    few = [draw(rules(facts[tied:], place)) for place in range(draw(st.integers(2 if tied else 0, 5)))]
    window: dict[str, Any] = {
        "days": draw(st.sampled_from([None, 30])),
        "fallback": draw(st.sampled_from([[], ["dispatch"]])),
    }
    if "days_since_delivery" not in facts:
        window["fallback"] = ["dispatch"]
    if draw(st.booleans()):
        other = {
            "name": "Instead",
            "when": [draw(CONDITIONS[facts[-1]])],
            "days": draw(st.sampled_from([None, 14, 60])),
        }
        window["instead"] = [other]
    made = document(
        window=window,
        reasons=REASONS if {"product_type", "product_tags"} <= set(facts) else [*REASONS[:2], FOR_ANYTHING],
        offers=[{"resolution": "refund"}, {"resolution": "store_credit"}],
        currencies=["GBP", "EUR"],
        final_sale_tags=draw(st.sampled_from([[], ["outlet"]])),
        rules=few,
        otherwise=draw(OUTCOMES),
    )
    return read(made), facts


def sold() -> Iterator[tuple[int | None, int, int]]:
    """Percents, discounts and prices paid, reckoned as orders reckon them: of a list price, with taxes on top or without."""
    yield None, 0, 0  # what is free has no percents
    for off in (0, 1, 3, 999, 1000, 1001):
        least: dict[int, int] = {}  # the least list price of each percent
        for before in range(max(off, 1), 100 * off + 102):
            least.setdefault(off * 100 // before, before)
        for share, before in least.items():
            if share in {0, 1, 29, 30, 31, 99, 100}:
                rest = before - off
                yield from (
                    (share, off, paid) for paid in {rest, *((1, 999, 1000, 1001) if rest else ())} if paid >= rest
                )


@cache
def amounts(*facts: str) -> list[dict[str, Any]]:
    """All that the amounts among the facts can be together: no item costs more than its order, and all are in one currency."""
    told: dict[Any, dict[str, Any]] = {}
    orders = (999, 1000, 4999, 5000, 10**9) if "order_value" in facts else (10**9,)
    pieces = (1, 2, 3) if "quantity" in facts else (1,)
    for (share, off, paid), value, quantity, currency in product(sold(), orders, pieces, ("GBP", "EUR", "USD")):
        if paid * quantity <= value:
            numbers = dict(zip(AMOUNTS, (share, off, paid, value, quantity), strict=True))
            said = {fact: numbers[fact] for fact in AMOUNTS if fact in facts}
            money = {fact: {"amount": said[fact], "currency": currency} for fact in AMOUNTS[1:4] if fact in said}
            if share is None and "discount_percent" in said:
                money["item_price"] = {"amount": 0, "currency": currency}
            told[str(said | money)] = said | money
    return list(told.values())


@cache
def asked(item: str, on: date) -> DecideReturnV1:
    """What is asked of an item, which is kept as JSON: the same ones are asked of all policies."""
    return asked_of(Item.model_validate_json(item), on)


@dataclass(frozen=True)
class Tried:
    """Every case that can be and is not barred by the real decision, with the places of the rules that match it."""

    policy: Policy
    cases: list[tuple[Facts, date]]
    matches: list[list[int]]

    def of(self, place: int) -> set[int]:
        return {at for at, found in enumerate(self.matches) if place in found}

    def decided(self, place: int) -> set[int]:
        return {at for at, found in enumerate(self.matches) if found and found[0] == place}

    def next_outcome(self, at: int, place: int) -> Outcome:
        later = [other for other in self.matches[at] if other > place]
        return self.policy.rules[later[0]].outcome if later else self.policy.otherwise


def items(policy: Policy, facts: list[str]) -> Iterator[dict[str, Any]]:
    """Every item that may be sent back: what its reason asks for is given."""
    tied = amounts(*facts) if set(facts) & set(AMOUNTS) else [{}]
    for parts in product(*(GRID[fact] for fact in facts if fact in GRID), tied):
        item = {name: value for part in parts for name, value in part.items()}
        if "photo" in facts and not item["photo"] and policy.reason(item["reason"]).asks_photo:  # type: ignore[union-attr]
            continue
        yield item


def tried(policy: Policy, facts: list[str]) -> Tried:
    cases, matches = [], []
    names = {rule.name: place for place, rule in enumerate(policy.rules)}
    for item, day in product([json.dumps(item, sort_keys=True) for item in items(policy, facts)], DAYS):
        question = asked(item, day)
        by = decided_by(decide(policy, question, noon(day)))
        if by == "Eligibility":
            continue
        known = facts_of(question, question.lines[0], noon(day))
        found = [place for place, rule in enumerate(policy.rules) if rule.in_force(day) and rule.holds(known)]
        assert (found[0] if found else None) == names.get(by)
        cases.append((known, day))
        matches.append(found)
    return Tried(policy, cases, matches)


def contradict(one: Outcome, other: Outcome) -> bool:
    gives = [any(grant.resolution != "none" for grant in outcome.grants) for outcome in (one, other)]
    if all(gives):
        return {one.label.terms, other.label.terms} == {LabelTerms.FREE, LabelTerms.PAID}
    return any(gives)


def about_rules(found: Tried) -> set[tuple[Code, str, tuple[str, ...]]]:
    said: set[tuple[Code, str, tuple[str, ...]]] = set()
    for place, rule in enumerate(found.policy.rules):
        decided = found.decided(place)
        if not decided:
            said.add((Code.UNREACHABLE, rule.name, ()))
        elif all(found.next_outcome(at, place) == rule.outcome for at in decided):
            said.add((Code.REDUNDANT, rule.name, ()))
        for earlier, other in enumerate(found.policy.rules[:place]):
            narrower = found.of(earlier) < found.of(place)
            taken = found.decided(earlier) & found.of(place)
            if not taken or narrower or other.outcome == rule.outcome:
                continue
            if contradict(rule.outcome, other.outcome):
                said.add((Code.OPPOSITE, rule.name, (other.name,)))
            elif decided:
                said.add((Code.PARTLY_SHADOWED, rule.name, (other.name,)))
    return said


def about_reasons(found: Tried) -> set[tuple[Code, str]]:
    said: set[tuple[Code, str]] = set()
    by_reason: dict[str, list[list[int]]] = {reason.code: [] for reason in found.policy.reasons}
    for (known, _), matches in zip(found.cases, found.matches, strict=True):
        by_reason[str(known["reason"])].append(matches)
    answered = {code for code, cases in by_reason.items() if any(cases)}
    for code, cases in by_reason.items():
        given = any(case and not found.policy.rules[case[0]].outcome.gives_nothing for case in cases)
        if answered and code not in answered and cases:
            said.add((Code.UNCOVERED_REASON, code))
        elif given and found.policy.otherwise.gives_nothing and not all(cases):
            said.add((Code.GAP, code))
    return said


@settings(max_examples=80, deadline=None, derandomize=True)
@given(policies())
def test_the_linter_says_what_trying_every_case_shows_and_nothing_else(made: tuple[Document, list[str]]) -> None:
    policy, facts = made
    found = tried(compiled(policy, 1), facts)

    findings = lint(policy, TODAY)

    assert said_of_rules(findings) == about_rules(found)
    assert {(each.code, each.reason) for each in findings if each.code in ABOUT_REASONS} == about_reasons(found)
    assert not [each for each in findings if each.code is Code.UNDECIDED]


@settings(max_examples=80, deadline=None, derandomize=True)
@given(policies(tied=True))
def test_amounts_that_cannot_go_together_raise_no_alarm_and_those_that_can_are_not_missed(
    made: tuple[Document, list[str]],
) -> None:
    policy, facts = made
    found = tried(compiled(policy, 1), facts)

    findings = lint(policy, TODAY)

    assert said_of_rules(findings) == about_rules(found)
    assert {(each.code, each.reason) for each in findings if each.code in ABOUT_REASONS} == about_reasons(found)


def said_of_rules(findings: tuple[Finding, ...]) -> set[tuple[Code, str, tuple[str, ...]]]:
    return {
        (each.code, str(each.rule), () if each.code is Code.UNREACHABLE else each.others)
        for each in findings
        if each.code in ABOUT_RULES
    }


@settings(max_examples=40, deadline=None, derandomize=True)
@given(policies())
def test_rules_that_are_named_for_one_never_reached_cover_it_and_all_are_needed(
    made: tuple[Document, list[str]],
) -> None:
    policy, facts = made
    found = tried(compiled(policy, 1), facts)
    places = {rule.name: place for place, rule in enumerate(found.policy.rules)}

    covered = [each for each in lint(policy, TODAY) if each.code is Code.UNREACHABLE and each.others]

    for each in covered:
        own, others = found.of(places[str(each.rule)]), [found.of(places[other]) for other in each.others]
        assert own and own <= set().union(*others)
        for at in range(len(others)):
            assert not own <= set().union(*others[:at], *others[at + 1 :])


@settings(max_examples=40, deadline=None, derandomize=True)
@given(policies())
def test_every_witness_is_decided_as_its_finding_says(made: tuple[Document, list[str]]) -> None:
    policy = made[0]

    findings = lint(policy, TODAY)

    for finding in findings:
        assert shows(compiled(policy, 1), finding), finding


def shows(policy: Policy, finding: Finding) -> bool:
    """Whether the real decision on the witness is what the finding says."""
    assert finding.witness is not None
    item = Item.model_validate(written(finding.witness))
    asked, at = asked_of(item, finding.witness.day), noon(finding.witness.day)
    by, known = decided_by(decide(policy, asked, at)), facts_of(asked, asked.lines[0], at)
    rule = next((rule for rule in policy.rules if rule.name == finding.rule), None)
    matches = rule is not None and rule.holds(known) and rule.in_force(finding.witness.day)
    match finding.code:
        case Code.UNREACHABLE if finding.others:
            return matches and by != finding.rule and by not in {"Otherwise", "Eligibility"}
        case Code.UNREACHABLE:
            return by != finding.rule
        case Code.IMPOSSIBLE_VALUE:
            holder, _, at = finding.path.rpartition(".when.")
            window = policy.windows.instead[int(holder.rpartition(".")[2])] if rule is None else None
            at_fault = (window or rule).conditions[int(at)]  # type: ignore[union-attr]
            return getattr(at_fault, "negated", False) or not at_fault.holds(known)
        case Code.PARTLY_SHADOWED | Code.OPPOSITE:
            return matches and by == finding.others[0]
        case Code.REDUNDANT:
            return by == finding.rule
    return by == "Otherwise" and known["reason"] == finding.reason
