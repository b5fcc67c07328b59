"""The schema in docs is the policy's own."""

import json
from pathlib import Path

import jsonschema
import pytest

from services.rules.schema import page

FILE = Path(__file__).parents[3] / "docs" / "policy.schema.json"
POLICIES = sorted((Path(__file__).parents[3] / "deploy" / "local" / "policies").glob("*.json"))


def test_the_schema_in_docs_is_the_policy_s_own():
    assert FILE.read_text() == page(), "make policy-schema writes it again"


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_demo_s_policies_satisfy_it(path):
    validator = jsonschema.Draft202012Validator(json.loads(page()))

    assert [fault.message for fault in validator.iter_errors(json.loads(path.read_text()))] == []


def test_a_field_that_is_none_of_the_policy_s_does_not():
    document = json.loads(POLICIES[0].read_text()) | {"colour": "green"}

    assert not jsonschema.Draft202012Validator(json.loads(page())).is_valid(document)
