"""The ready-made policies can be published as they are, and are good examples of how a policy is written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.rules import examples, floor, templates
from services.rules.checking import check
from services.rules.linting import lint
from services.rules.policy import Document
from services.rules.written import document_of, text_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPOKEN = {"en", "de", "fr"}
every = pytest.mark.parametrize("name", templates.NAMES)


def template(name: str) -> Document:
    return document_of(templates.text(name))


def test_there_is_one_for_fashion_electronics_europe_and_marketplaces():
    files = {path.stem for path in Path(templates.__file__).parent.glob("*.yaml")}

    assert set(templates.NAMES) == files == {"fashion", "electronics", "eu_default", "marketplace"}


@every
def test_it_can_be_published_at_once(name):
    found = check(templates.text(name), in_force=None, number=None, now=NOW)

    assert found.can_publish
    assert (found.faults, found.below_floor, found.failed) == ((), (), ())


@every
def test_the_linter_finds_nothing_in_it(name):
    assert lint(template(name), NOW.date()) == ()


@every
def test_it_is_above_the_floor_of_every_country_even_of_those_it_does_not_name(name):
    anywhere = template(name).model_copy(update={"sells_to": ()})

    assert floor.check(anywhere, NOW.date()) == ()


@every
def test_its_examples_pass(name):
    policy = template(name)

    assert len(policy.examples) >= 5
    assert examples.failed(policy, NOW) == ()


@every
def test_shoppers_read_it_in_english_german_and_french(name):
    policy = template(name)
    questions = [rule.then.question for rule in policy.rules if rule.then.question is not None]
    subs = [sub for reason in policy.reasons for sub in reason.sub_reasons]
    fees = [fee for rule in policy.rules for fee in rule.then.fees or ()]

    said = [reason.words for reason in policy.reasons] + [sub.words for sub in subs]
    said += [question.words for question in questions] + [fee.words or {} for fee in fees]
    said += [answer.words for question in questions for answer in question.answers]

    assert all(set(words) >= SPOKEN for words in said)


@every
def test_its_text_is_in_the_normal_form(name):
    assert text_of(template(name)) == templates.text(name)


def test_a_name_that_is_none_is_told():
    with pytest.raises(KeyError):
        templates.text("../settings")
