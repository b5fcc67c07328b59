"""A policy document is read whole, or refused with every path and fault."""

import json
from pathlib import Path
from typing import Any

import pytest

from libs.contracts.errors import Refused
from libs.contracts.values import Stage
from services.rules.domain import Among, Range
from services.rules.policy import Document, compiled, read
from tests.unit.rules.examples import REFUND, document, policy, rule

DEMO_POLICIES = Path(__file__).parents[3] / "deploy/local/policies"


def faults(**changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        read(document(**changes))
    assert refused.value.code == "rules.invalid_policy"
    return list(refused.value.faults)


def test_a_field_that_no_policy_has_is_named():
    assert faults(windwo={"days": 30}) == [("windwo", "is not a field here")]


def test_a_missing_field_is_named():
    unfinished = document()
    del unfinished["window"]

    with pytest.raises(Refused) as refused:
        read(unfinished)

    assert refused.value.detail == "window: is missing"


def test_a_fault_deep_in_a_rule_is_named_by_the_retailers_own_path():
    found = faults(rules=[rule("Far", 1, {"field": "country", "values": ["gb"]})])

    assert found == [("rules.0.when.0.values.0", "String should match pattern '^[A-Z]{2}$'")]


def test_an_empty_condition_is_named():
    assert faults(rules=[rule("Far", 1, {"field": "country", "values": []})]) == [
        ("rules.0.when.0.values", "must not be empty")
    ]


def test_every_fault_is_named_at_once():
    assert [path for path, _ in faults(label="half", stage="someday")] == ["label", "stage"]


@pytest.mark.parametrize(
    "outcome", [{}, {"allow": ["refund"], "reject": {"en": "No."}}, {"reject": {"en": "No."}, "label": "paid"}]
)
def test_an_outcome_either_allows_or_rejects(outcome):
    ((path, _),) = faults(otherwise=outcome)

    assert path == "otherwise"


def test_a_resolution_that_nobody_knows_is_refused():
    assert [path for path, _ in faults(offers=[{"resolution": "apology"}])] == ["offers.0.resolution"]


def test_a_rule_may_only_allow_what_is_offered():
    assert faults(rules=[rule("Credit", 1, then={"allow": ["store_credit"]})]) == [
        ("rules.0.then.allow", "store_credit is not among the offers")
    ]


def test_a_rule_that_names_a_reason_which_is_gone_is_refused():
    assert faults(rules=[rule("Late", 1, {"field": "reason", "values": ["faulty", "arrived_late"]})]) == [
        ("rules.0.when.0.values", "no reason has the code arrived_late")
    ]


def test_two_rules_cannot_share_a_priority_or_a_name():
    assert faults(rules=[rule("Far", 10), rule("Far", 10)]) == [
        ("rules.1.name", "Far is used twice"),
        ("rules.1.priority", "10 is used twice"),
    ]


def test_words_are_given_at_least_in_the_policys_language():
    assert faults(rules=[rule("No", 1, then={"reject": {"fr": "Non."}})]) == [
        ("rules.0.then.reject", "has no words in en, the policy's language")
    ]


def test_money_cannot_wait_for_an_inspection_that_is_off():
    assert faults(stage="inspected") == [("stage", "inspected is never reached while inspect is off")]
    assert policy(stage="inspected", inspect=True).stage is Stage.INSPECTED


def test_rules_are_compiled_in_order_of_priority():
    found = policy(rules=[rule("Second", 20), rule("First", 10)])

    assert [rule.name for rule in found.rules] == ["First", "Second"]


def test_a_document_written_out_whole_reads_as_the_same_policy():
    first = read(document(rules=[rule("Far", 1, {"field": "country", "values": ["AU"]}, then=REFUND)]))

    again = read(json.loads(json.dumps(first.model_dump(mode="json"))))

    assert again == first


def test_a_version_that_was_stored_in_the_first_shape_stays_readable():
    stored = {
        "language": "en",
        "window": {"days": 30, "start": "delivery", "fallback": ["dispatch"]},
        "final_sale_tags": ["final-sale"],
        "reasons": [{"code": "faulty", "words": {"en": "Faulty"}, "asks_comment": True, "sub_reasons": []}],
        "offers": [{"resolution": "refund", "words": None}],
        "rules": [
            {
                "name": "No linen from abroad",
                "priority": 10,
                "when": [
                    {"field": "tags", "op": "in", "values": ["Linen"]},
                    {"field": "country", "op": "none_of", "values": ["GB"]},
                    {"field": "order_value", "op": "at_most", "value": {"amount": 5000, "currency": "GBP"}},
                ],
                "then": {"allow": None, "label": None, "reject": {"en": "No."}},
            }
        ],
        "otherwise": {"allow": ["refund"], "label": None, "reject": None},
        "label": "free",
        "stage": "hub_scan",
        "inspect": False,
    }

    found = compiled(Document.model_validate(stored), version=1)

    assert found.rules[0].conditions == (
        Among("product_tags", frozenset({"linen"})),
        Among("country", frozenset({"GB"}), negated=True),
        Range("order_value", None, 5000, "GBP"),
    )
    assert read(stored) == Document.model_validate(stored)


@pytest.mark.parametrize(("retailer", "days"), [("alder", 30), ("kite", 60)])
def test_the_demo_policies_are_whole(retailer, days):
    found = compiled(read(json.loads((DEMO_POLICIES / f"{retailer}.json").read_text())), version=1)

    assert found.windows.usual.days == days
    assert found.stage is Stage.HUB_SCAN
    assert not found.inspect
