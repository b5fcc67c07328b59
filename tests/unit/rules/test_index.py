"""The index finds what trying one rule after the other finds, whatever the rules and the facts."""

from datetime import date
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.contracts.values import Money
from services.rules.domain.conditions import Among, Condition, Given, Range
from services.rules.domain.facts import FACTS, Kind
from services.rules.domain.index import Index
from services.rules.domain.outcomes import Outcome
from services.rules.domain.rules import Match, Rule, first_match

TODAY = date(2026, 11, 23)
WORDS = ["linen", "sale", "wool"]
LATER_KNOWN = frozenset({"reason", "sub_reason", "quantity", "photo"})

words = st.frozensets(st.sampled_from(WORDS), min_size=1)
numbers = st.integers(0, 6)
currencies = st.sampled_from(["GBP", "EUR"])
ends = st.none() | numbers
days = st.none() | st.dates(date(2026, 11, 21), date(2026, 11, 25))


def conditions_on(fact: str) -> st.SearchStrategy[Condition]:
    kind = FACTS[fact].kind
    if kind in {Kind.CODE, Kind.CODES}:
        return st.builds(Among, st.just(fact), words, st.booleans())
    if kind is Kind.FLAG:
        return st.builds(Given, st.just(fact), st.booleans())
    currency = currencies if kind is Kind.MONEY else st.none()
    return st.builds(Range, st.just(fact), ends, ends, currency)


def values_of(fact: str) -> st.SearchStrategy[Any]:
    kind = FACTS[fact].kind
    if kind is Kind.MONEY:
        return st.builds(Money, amount=numbers, currency=currencies)
    return {
        Kind.CODE: st.sampled_from([*WORDS, "silk"]),
        Kind.CODES: st.frozensets(st.sampled_from([*WORDS, "silk"])),
        Kind.FLAG: st.booleans(),
    }.get(kind, numbers)


looked_at = ["reason", "country", "product_tags", "quantity", "discount_percent", "order_value", "photo"]
rules = st.builds(
    Rule,
    name=st.just("Rule"),
    priority=st.just(1),
    outcome=st.just(Outcome()),
    conditions=st.lists(st.sampled_from(looked_at).flatmap(conditions_on), max_size=4).map(tuple),
    match=st.sampled_from(Match),
    on=st.sampled_from([True, True, True, False]),
    starts=days,
    ends=days,
)
facts = st.fixed_dictionaries({}, optional={name: values_of(name) for name in looked_at})


@settings(max_examples=150)
@given(st.lists(rules, max_size=12), facts)
def test_the_index_finds_the_rule_that_trying_them_in_order_finds(some_rules, some_facts):
    assert Index(some_rules).first(some_facts, TODAY) == first_match(some_rules, some_facts, TODAY)


@settings(max_examples=80)
@given(st.lists(rules, max_size=8), facts, facts)
def test_before_all_is_said_no_rule_is_ruled_out_that_may_come_to_match(some_rules, known, said):
    before = {name: value for name, value in known.items() if name not in LATER_KNOWN}
    after = before | {name: value for name, value in said.items() if name in LATER_KNOWN}
    index = Index(some_rules)

    found = index.first(after, TODAY)
    possible = list(index.candidates(before, TODAY, LATER_KNOWN))

    assert found is None or any(rule is some_rules[found] for rule in possible)
    assert found is not None or all(rule.possibly(before, LATER_KNOWN) is not True for rule in possible)


@settings(max_examples=40)
@given(st.lists(rules, min_size=1, max_size=6), facts)
def test_an_index_asked_on_another_day_forgets_the_day_before(some_rules, some_facts):
    index, christmas = Index(some_rules), date(2026, 12, 25)
    index.first(some_facts, TODAY)

    assert index.first(some_facts, christmas) == first_match(some_rules, some_facts, christmas)


@settings(max_examples=40)
@example(low=5, high=3)
@given(low=numbers, high=numbers)
def test_the_ends_of_a_range_are_within_it_and_nothing_beside(low, high):
    index = Index([Rule("Some", 1, Outcome(), (Range("quantity", low, high),))])

    found = [number for number in range(9) if index.first({"quantity": number}, TODAY) == 0]

    assert found == list(range(low, high + 1))
