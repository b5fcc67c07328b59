"""One version of a retailer's policy is in force, and every version is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from libs.contracts.rules import PolicyPublishedV1
from services.rules.policy import read
from services.rules.settings import RulesSettings
from services.rules.store import Policies
from tests.integration.facts import said
from tests.unit.rules.examples import document


@pytest.fixture
def policies(service_database: Callable[[str], str]) -> Policies:
    service_database("rules")
    return Policies()


@pytest.fixture
def alder() -> UUID:
    return new_id()


def states(policies: Policies, retailer_id: UUID) -> list[tuple[int, str]]:
    with policies.unit(retailer_id=retailer_id) as unit:
        rows = unit.db.exec_driver_sql("SELECT version, state FROM policies ORDER BY version")
        return [tuple(row) for row in rows]


def test_a_retailer_without_a_policy_is_refused(policies, alder):
    with pytest.raises(Refused) as refused:
        policies.in_force(alder)

    assert refused.value.code == "rules.no_policy"


def test_a_published_policy_is_in_force_and_stated(policies, alder):
    published = policies.publish(alder, read(document()))

    assert published.version == 1
    assert policies.in_force(alder).windows.usual.days == 30
    assert said(policies, alder, PolicyPublishedV1) == [PolicyPublishedV1(policy_id=published.policy_id, version=1)]


def test_the_next_version_supersedes_the_one_before_and_keeps_it(policies, alder):
    policies.publish(alder, read(document()))

    published = policies.publish(alder, read(document(window={"days": 60})))

    assert published.version == 2
    assert policies.in_force(alder).windows.usual.days == 60
    assert states(policies, alder) == [(1, "superseded"), (2, "published")]


def test_the_same_document_again_changes_nothing(policies, alder):
    first = policies.publish(alder, read(document()))

    again = policies.publish(alder, read(document()))

    assert again == first
    assert len(said(policies, alder, PolicyPublishedV1)) == 1


def test_an_older_document_may_be_published_again_as_a_new_version(policies, alder):
    policies.publish(alder, read(document()))
    policies.publish(alder, read(document(window={"days": 60})))

    published = policies.publish(alder, read(document()))

    assert published.version == 3
    assert policies.in_force(alder).windows.usual.days == 30


def test_what_another_process_publishes_is_in_force_at_once(policies, alder):
    policies.publish(alder, read(document()))
    policies.in_force(alder)

    Policies().publish(alder, read(document(window={"days": 60})))

    assert policies.in_force(alder).windows.usual.days == 60


def test_retailers_see_nothing_of_each_other(policies, alder):
    kite = new_id()
    policies.publish(alder, read(document()))

    assert states(policies, kite) == []
    assert policies.publish(kite, read(document(window={"days": 60}))).version == 1
    assert policies.in_force(alder).windows.usual.days == 30


def test_many_who_publish_at_once_take_turns(policies, alder):
    documents = [read(document(window={"days": days})) for days in range(1, 9)]

    with ThreadPoolExecutor(8) as threads:
        published = list(threads.map(lambda one: policies.publish(alder, one), documents))

    assert sorted(policy.version for policy in published) == list(range(1, 9))
    assert [state for _, state in states(policies, alder)] == ["superseded"] * 7 + ["published"]


def test_memory_holds_no_more_policies_than_it_is_told(policies, monkeypatch):
    monkeypatch.setattr(load(RulesSettings), "policies_kept", 2)

    for days in (1, 2, 3):
        retailer_id = new_id()
        policies.publish(retailer_id, read(document(window={"days": days})))
        assert policies.in_force(retailer_id).windows.usual.days == days

    assert len(policies._compiled) == 2
