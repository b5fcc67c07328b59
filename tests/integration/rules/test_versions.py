"""Drafts, versions and their order: nobody's work is lost, and an earlier policy can be put in force again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.rules import PolicyPublishedV1
from services.rules.policy import read
from services.rules.store import Policies
from tests.integration.facts import said
from tests.unit.rules.examples import document

MANAGER = "staff Ana"


@pytest.fixture
def policies(service_database):
    service_database("rules")
    return Policies()


@pytest.fixture
def alder():
    return new_id()


def of_days(days):
    return read(document(window={"days": days}))


def days_in_force(policies, retailer_id):
    return policies.in_force(retailer_id).windows.usual.days


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_a_draft_counts_for_nothing_until_it_is_published(policies, alder):
    policies.publish(alder, of_days(30))

    draft = policies.save_draft(alder, of_days(60), replaces=None, by=MANAGER, words="holidays")

    assert days_in_force(policies, alder) == 30
    assert (draft.version, draft.state, draft.by, draft.words) == (None, "draft", MANAGER, "holidays")
    assert policies.written(alder, draft=True)[1]["window"]["days"] == 60


def test_a_draft_that_is_published_is_a_draft_no_more(policies, alder):
    policies.save_draft(alder, of_days(60), replaces=None, by=MANAGER)

    policies.publish(alder, of_days(60), by=MANAGER)

    assert [head.state for head in policies.versions(alder)] == ["published"]


def test_another_s_draft_is_not_written_over_unseen(policies, alder):
    first = policies.save_draft(alder, of_days(60), replaces=None, by=MANAGER)

    assert (
        refusal(lambda: policies.save_draft(alder, of_days(90), replaces=None, by="staff Ben")) == "rules.draft_moved"
    )

    second = policies.save_draft(alder, of_days(90), replaces=first.digest, by="staff Ben")
    assert [head.digest for head in policies.versions(alder)] == [second.digest]


def test_a_draft_saved_twice_is_one_draft(policies, alder):
    saved = [policies.save_draft(alder, of_days(60), replaces=None, by=MANAGER).digest for _ in range(2)]

    assert saved[0] == saved[1]
    assert len(policies.versions(alder)) == 1


def test_a_publish_against_an_older_version_is_refused_and_changes_nothing(policies, alder):
    policies.publish(alder, of_days(30))
    policies.publish(alder, of_days(60))

    assert refusal(lambda: policies.publish(alder, of_days(90), replaces=1)) == "rules.policy_moved"

    assert days_in_force(policies, alder) == 60
    assert policies.publish(alder, of_days(90), replaces=2).version == 3


def test_one_of_many_who_publish_against_the_same_version_is_taken(policies, alder):
    policies.publish(alder, of_days(30))

    def publish(days):
        try:
            return policies.publish(alder, of_days(days), replaces=1).version
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(8) as threads:
        found = sorted(map(str, threads.map(publish, range(40, 48))))

    assert found == ["2", *["rules.policy_moved"] * 7]


def test_an_earlier_version_comes_back_under_a_new_number_with_its_state_told(policies, alder):
    policies.publish(alder, of_days(30), by=MANAGER)
    policies.publish(alder, of_days(60), by=MANAGER)

    back = policies.restore(alder, 1, by="staff Ben", words="too long")

    assert (back.version, days_in_force(policies, alder)) == (3, 30)
    told = [(head.version, head.state, head.restores) for head in policies.versions(alder)]
    assert told == [(3, "published", 1), (2, "rolled_back", None), (1, "superseded", None)]
    assert said(policies, alder, PolicyPublishedV1)[-1] == PolicyPublishedV1(policy_id=back.policy_id, version=3)


def test_the_version_in_force_is_restored_by_doing_nothing(policies, alder):
    policies.publish(alder, of_days(30))

    assert policies.restore(alder, 1, by=MANAGER).version == 1
    assert len(policies.versions(alder)) == 1


def test_a_version_that_is_not_there_is_refused(policies, alder):
    policies.publish(alder, of_days(30))

    assert refusal(lambda: policies.restore(alder, 7, by=MANAGER)) == "rules.no_policy"
    assert refusal(lambda: policies.written(alder, version=7)) == "rules.no_policy"
    assert refusal(lambda: policies.written(alder, draft=True)) == "rules.no_policy"
    with pytest.raises(Refused, match="there is no version 7"):
        policies.written(alder, version=7)
    with pytest.raises(Refused, match="there is no draft"):
        policies.written(alder, draft=True)


def test_drafts_of_another_retailer_are_not_seen(policies, alder):
    kite = new_id()
    policies.save_draft(alder, of_days(60), replaces=None, by=MANAGER)

    assert policies.versions(kite) == ()
    assert policies.save_draft(kite, of_days(90), replaces=None, by=MANAGER).state == "draft"
