"""The linter finds what a retailer would be surprised by, shows it by an item, and is silent about what is meant."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from babel import Locale

from services.rules.domain.conditions import Among, Range
from services.rules.domain.rules import Rule
from services.rules.linting import Code, Finding, findings_of, lint, written
from services.rules.linting.countries import COUNTRIES
from services.rules.policy import compiled, read
from tests.unit.rules.examples import REFUND, document, rule

TODAY = date(2026, 11, 23)
CREDIT = {"allow": ["store_credit"]}
PAID = {"allow": ["refund"], "label": "paid"}
NO = {"reject": {"en": "No."}}
COUNTRIES_SOLD_TO = ["GB", "DE", "FR", "AU", "US", "NL", "IE", "SE"]
OFFERS = [{"resolution": "refund"}, {"resolution": "store_credit"}]
# Regions of CLDR that are no countries of ISO 3166-1, and three that addresses have all the same.
NO_COUNTRIES = {"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"}


def among(field: str, *values: str, op: str = "in") -> dict[str, Any]:
    return {"field": field, "op": op, "values": list(values)}


def at_least(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": "at_least", "value": value}


def at_most(field: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": "at_most", "value": value}


def found(*rules: dict[str, Any], **changes: Any) -> list[Finding]:
    return list(lint(read(document(rules=list(rules), **({"offers": OFFERS} | changes))), TODAY))


def brief(findings: list[Finding]) -> list[tuple[str, str | None, tuple[str, ...]]]:
    return [(str(each.code), each.rule or each.reason, each.others) for each in findings]


AUSTRALIA = rule("Australia", 10, among("country", "AU"), then=CREDIT)
DAMAGED = rule("Damaged", 20, among("reason", "faulty"))
THE_REST = rule("The rest", 90)


def test_a_rule_that_ends_with_the_last_day_there_is_never_ends():
    for_ever = DAMAGED | {"ends": "9999-12-31", "then": CREDIT}

    assert brief(found(for_ever)) == [("uncovered_reason", "does_not_fit", ())]


def test_australia_beats_damaged_and_the_witness_is_a_damaged_item_from_australia():
    findings = found(AUSTRALIA, DAMAGED)

    [shadowed] = [each for each in findings if each.code is Code.PARTLY_SHADOWED]
    assert (shadowed.rule, shadowed.others, shadowed.path) == ("Damaged", ("Australia",), "rules.1")
    assert written(shadowed.witness)["country"] == "AU"
    assert written(shadowed.witness)["reason"] == "faulty"
    assert "reason faulty, country AU" in shadowed.words


def test_a_narrow_exception_before_a_wide_rule_is_no_finding():
    both = rule("Damaged in Australia", 10, among("country", "AU"), among("reason", "faulty"), then=CREDIT)

    assert found(both, DAMAGED, THE_REST | {"then": PAID}) == []


def test_rules_that_never_meet_are_no_finding():
    fit = rule("Fit", 10, among("reason", "does_not_fit"), then=CREDIT)

    assert found(fit, DAMAGED | {"then": PAID}) == []


def test_two_rules_together_may_leave_nothing_to_a_third():
    dear = rule(
        "Dear", 10, at_least("order_value", {"amount": 5000, "currency": "GBP"}), among("country", "GB"), then=CREDIT
    )
    cheap = rule(
        "Cheap", 20, at_most("order_value", {"amount": 4999, "currency": "GBP"}), among("country", "GB"), then=CREDIT
    )
    pounds = at_least("order_value", {"amount": 0, "currency": "GBP"})
    third = rule("British pounds", 30, pounds, among("country", "GB"))

    [never] = found(dear, cheap, third)

    assert (never.code, never.rule, never.others) == (Code.UNREACHABLE, "British pounds", ("Dear", "Cheap"))


def test_a_penny_between_two_rules_keeps_the_third_alive():
    dear = rule("Dear", 10, at_least("order_value", {"amount": 5000, "currency": "GBP"}), then=CREDIT)
    cheap = rule("Cheap", 20, at_most("order_value", {"amount": 4998, "currency": "GBP"}), then=CREDIT)
    third = rule("Pounds", 30, at_least("order_value", {"amount": 0, "currency": "GBP"}))

    assert Code.UNREACHABLE not in {each.code for each in found(dear, cheap, third)}


@pytest.mark.parametrize(
    ("never", "why"),
    [
        (rule("Never", 10, among("reason", "faulty"), among("reason", "does_not_fit")), "no item meets its conditions"),
        (rule("Never", 10) | {"ends": "2026-11-22"}, "its last day, 2026-11-22, is over"),
        (rule("Never", 10, among("product_tags", "Final-Sale"), then=CREDIT), "barred before any rule"),
        (rule("Never", 10, at_least("days_since_delivery", 31), then=CREDIT), "barred before any rule"),
        (
            rule("Never", 10, among("reason", "faulty"), among("sub_reason", "too_small")),
            "no item meets its conditions",
        ),
    ],
)
def test_a_rule_that_nothing_reaches_is_told_with_the_reason(never, why):
    [finding] = [each for each in found(never, THE_REST | {"then": PAID}) if each.code is Code.UNREACHABLE]

    assert why in finding.words
    assert finding.witness is not None


def test_a_holiday_that_is_not_over_keeps_a_late_rule_alive():
    late = rule("Late", 10, at_least("days_since_delivery", 31), then=CREDIT)
    days = {"ordered_from": "2026-11-01", "ordered_to": "2026-12-24", "until": "2027-01-31", "name": "Christmas"}

    assert found(late, window={"days": 30, "extensions": [days]}) == []
    assert [each.code for each in found(late, window={"days": 30})] == [Code.UNREACHABLE]


def test_a_window_of_its_own_keeps_a_late_rule_alive_for_its_country():
    late = rule("Late", 10, at_least("days_since_delivery", 31), among("country", "DE"), then=CREDIT)
    german = {"name": "Germany", "when": [among("country", "DE")], "days": 60}

    assert found(late, window={"days": 30, "instead": [german]}) == []
    assert found(late, window={"days": 30, "instead": [german | {"when": [among("country", "FR")]}]}) != []


def test_a_rule_that_changes_nothing_is_redundant():
    findings = found(DAMAGED, THE_REST, otherwise=NO)

    assert brief(findings) == [("redundant", "Damaged", ())]


def test_a_rule_is_not_redundant_while_one_between_would_decide_otherwise():
    assert found(rule("Damaged in Australia", 5, among("country", "AU"), among("reason", "faulty")), AUSTRALIA) == []


@pytest.mark.parametrize(("one", "other"), [(NO, REFUND), (PAID, REFUND), ({"allow": ["none"]}, CREDIT)])
def test_rules_that_cross_and_contradict_each_other_are_opposite(one, other):
    findings = found(
        AUSTRALIA | {"then": one}, DAMAGED | {"then": other}, THE_REST | {"then": {"allow": ["refund"], "review": True}}
    )

    assert ("opposite", "Damaged", ("Australia",)) in brief(findings)
    assert ("partly_shadowed", "Damaged", ("Australia",)) not in brief(findings)


def test_a_rule_that_is_off_is_not_looked_at():
    assert found(AUSTRALIA | {"on": False}, rule("UK", 30, among("country", "UK")) | {"on": False}) == []


def test_rules_of_different_days_do_not_meet():
    november = AUSTRALIA | {"ends": "2026-11-30"}
    december = DAMAGED | {"starts": "2026-12-01"}

    assert [each for each in found(november, december) if each.code is Code.PARTLY_SHADOWED] == []


def test_a_reason_that_only_the_default_answers_is_named_when_others_have_rules():
    findings = found(DAMAGED | {"then": CREDIT})

    assert brief(findings) == [("uncovered_reason", "does_not_fit", ())]
    assert findings[0].path == "reasons.0"


def test_a_gap_is_a_case_that_no_rule_decides_of_a_reason_that_rules_serve():
    dear = rule("Dear", 10, at_least("item_price", {"amount": 5100, "currency": "GBP"}))
    cheap = rule("Cheap", 20, at_most("item_price", {"amount": 5000, "currency": "GBP"}), then=PAID)

    findings = found(dear, cheap, otherwise=NO)

    assert {(each.code, each.reason) for each in findings} == {(Code.GAP, "does_not_fit"), (Code.GAP, "faulty")}


def test_a_default_that_gives_something_leaves_no_gap():
    assert found(rule("Dear", 10, at_least("item_price", {"amount": 5100, "currency": "GBP"}), then=CREDIT)) == []


def test_a_country_that_is_none_and_a_quantity_of_nothing_are_impossible():
    findings = found(
        rule("Britain", 10, among("country", "UK", "GB"), then=CREDIT), rule("None", 20, at_most("quantity", 0))
    )

    impossible = [each for each in findings if each.code is Code.IMPOSSIBLE_VALUE]
    assert [(each.rule, each.path) for each in impossible] == [
        ("Britain", "rules.0.when.0"),
        ("None", "rules.1.when.0"),
    ]
    assert "UK, which is none" in impossible[0].words


def test_countries_that_are_none_are_found_outside_rules_too():
    holiday = {"name": "Christmas", "ordered_from": "2026-11-01", "ordered_to": "2026-12-24", "until": "2027-01-31"}
    window = {
        "days": 30,
        "instead": [{"name": "Britain", "when": [among("country", "UK")], "days": 60}],
        "extensions": [holiday | {"countries": ["DE", "EU"]}],
    }

    findings = found(window=window, sells_to=["GB", "UK"])

    assert {each.code for each in findings} == {Code.IMPOSSIBLE_VALUE}
    assert [each.path for each in findings] == [
        "window.instead.0.when.0",
        "sells_to.1",
        "window.extensions.0.countries.1",
    ]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Range("discount_percent", low=120), "120 %, but it is never above 100 %"),
        (Range("order_value", low=500, high=100, currency="GBP"), "between 500 and 100"),
        (Among("channel", frozenset({"phone"})), "channel phone"),
    ],
)
def test_values_that_a_document_cannot_say_are_found_all_the_same(condition, said):
    policy = compiled(read(document()), 1)
    policy = replace(policy, rules=(Rule("Odd", 1, policy.otherwise, (condition,)),))

    [finding] = [each for each in findings_of(policy, TODAY) if each.code is Code.IMPOSSIBLE_VALUE]

    assert said in finding.words


def test_a_reason_that_is_gone_is_a_dead_reference():
    policy = compiled(read(document()), 1)
    policy = replace(
        policy, rules=(Rule("Gone", 1, policy.otherwise, (Among("reason", frozenset({"itchy", "faulty"})),)),)
    )

    [finding] = [each for each in findings_of(policy, TODAY) if each.code is Code.DEAD_REFERENCE]

    assert "reason itchy, which the policy does not have" in finding.words


def test_a_tag_that_nothing_has_is_hinted_at_only_where_it_is_known_what_there_is():
    policy = read(document(rules=[rule("Wool", 10, among("product_tags", "wool", "woll"), then=CREDIT)], offers=OFFERS))

    assert lint(policy, TODAY) == ()
    [hint] = lint(policy, TODAY, {"product_tags": frozenset({"wool"})})
    assert (hint.code, hint.path) == (Code.DEAD_REFERENCE, "rules.0.when.0")
    assert "woll" in hint.words


def test_amounts_of_one_order_are_in_one_currency():
    pounds = at_least("order_value", {"amount": 100, "currency": "GBP"})
    euros = at_least("item_price", {"amount": 100, "currency": "EUR"})

    [never] = found(rule("Both", 10, pounds, euros, then=CREDIT), currencies=["GBP", "EUR"])

    assert never.code is Code.UNREACHABLE


def test_a_policy_of_a_hundred_rules_is_looked_at_whole():
    kinds = [
        lambda at: among("country", *COUNTRIES_SOLD_TO[at * 3 % 6 : at * 3 % 6 + 1 + at % 3]),
        lambda at: among("product_tags", f"tag{at % 11}", f"tag{at % 7}", op="none_of" if at % 5 == 0 else "in"),
        lambda at: at_least("order_value", {"amount": 1000 + at * 37 % 500 * 10, "currency": "GBP"}),
        lambda at: at_most("item_price", {"amount": 900 + at * 53 % 700 * 10, "currency": "GBP"}),
        lambda at: among("product_type", f"type {at % 13}", f"type {at % 17}"),
        lambda at: among("reason", "faulty" if at % 2 else "does_not_fit"),
    ]
    outcomes = [REFUND, PAID, CREDIT, NO]
    rules = [
        rule(
            f"Rule {at}",
            at + 1,
            *(kinds[(at + step * (1 + at % 2)) % 6](at) for step in range(3)),
            then=outcomes[at % 4],
        )
        for at in range(100)
    ]

    findings = found(*rules)

    assert {each.code for each in findings} >= {Code.UNREACHABLE, Code.OPPOSITE, Code.PARTLY_SHADOWED}
    assert Code.UNDECIDED not in {each.code for each in findings}


def test_the_countries_are_those_there_are():
    known = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}

    assert known - NO_COUNTRIES == COUNTRIES
