"""The page on findings and the floor says what the code does."""

import re
from pathlib import Path

import yaml

from services.rules import templates
from services.rules.floor import LAWS, NO_ADVICE
from services.rules.floor.laws import EU, READ
from services.rules.linting import Code
from services.rules.policy.examples import Example

PAGE = (Path(__file__).parents[3] / "docs" / "rules-findings.md").read_text()


def test_every_kind_of_finding_is_defined():
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) == {str(code) for code in Code}


def test_every_country_with_a_law_is_in_the_table():
    named = set(re.findall(r"\b[A-Z]{2}\b", "\n".join(re.findall(r"^\| [^|]+\|", PAGE, re.M))))

    assert set(LAWS) - set(EU) <= named
    assert "the 27 of the EU" in PAGE and len(EU) == 27


def test_it_says_that_it_is_no_legal_advice_and_when_the_laws_were_read():
    assert NO_ADVICE in PAGE
    assert f"{READ.day} {READ:%B %Y}" in PAGE


def test_its_example_can_be_kept():
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)

    kept = [Example.model_validate(each) for each in yaml.safe_load(block)["examples"]]

    assert kept


def test_the_ready_made_policies_are_named():
    assert all(f"`{name}`" in PAGE for name in templates.NAMES)
