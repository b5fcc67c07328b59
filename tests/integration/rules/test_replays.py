"""A policy is tried on the cases that past returns left, in batches, each case once."""

from datetime import timedelta

import pytest

from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.portal import Chosen, ReturnDecidedV1
from libs.contracts.values import Resolution
from services.rules import domain
from services.rules.policy import compiled, read
from services.rules.store import Cases, Policies, Replays, replays
from tests.integration.facts import fact
from tests.unit.rules.examples import SHIRT, a_return, asked, document, rule, shirt

SALE = rule("Sale", 10, {"field": "tags", "op": "in", "values": ["linen"]}, then={"reject": {"en": "Sale stays sold."}})


@pytest.fixture
def policies(service_database):
    service_database("rules")
    return Policies()


@pytest.fixture
def trials(policies):
    return Replays()


@pytest.fixture
def alder(policies):
    retailer_id = new_id()
    policies.publish(retailer_id, usual())
    return retailer_id


@pytest.fixture
def keep(alder):
    """Call it to keep so many cases of shirts, decided by version 1 so many days ago."""

    def decided(count, *, days_ago=1, version=1, retailer_id=None):
        for place in range(count):
            Cases().keep(
                fact(
                    retailer_id or alder,
                    ReturnDecidedV1(
                        return_id=new_id(),
                        number=f"R-{place}",
                        policy_version=version,
                        decided_at=now() - timedelta(days=days_ago),
                        asked=a_return(asked(shirt())),
                        given=given(version),
                        chosen=(Chosen(line_id=SHIRT, resolution=Resolution.REFUND),),
                    ),
                )
            )

    return decided


def usual():
    return read(document(window={"days": None}))


def given(version):
    """What version 1, the usual one, or 2, the stricter, gives for a shirt."""
    return domain.decide(compiled(usual() if version == 1 else stricter(), version), a_return(asked(shirt())), now())


def stricter():
    return read(document(window={"days": None}, rules=[SALE]))


def run(trials, retailer_id, replay_id):
    trials.run(
        Claim(id=1, kind="replays", account=str(retailer_id), retailer_id=retailer_id, subject=replay_id, tries=1)
    )
    return trials.get(retailer_id, replay_id)


def test_a_case_is_kept_once_however_often_it_is_told(trials, alder):
    body = ReturnDecidedV1(
        return_id=new_id(),
        number="R-1",
        policy_version=1,
        decided_at=now(),
        asked=a_return(asked(shirt())),
        given=given(1),
        chosen=(),
    )
    told = fact(alder, body)

    for each in (told, told, fact(alder, body)):
        Cases().keep(each)

    assert trials.start(alder, stricter(), days=30, by="staff Ana").total == 1


def test_a_replay_tells_what_would_change_and_how_much_money_it_is(trials, alder, keep):
    keep(3)

    begun = trials.start(alder, stricter(), days=30, by="staff Ana")
    found = run(trials, alder, begun.replay_id)

    assert (begun.state, begun.done, begun.total) == ("running", 0, 3)
    assert (found.state, found.done, found.total, found.changed) == ("done", 3, 3, 3)
    assert found.changes == {"refused": 3, "label": 3}
    assert [(each.currency, each.before, each.after) for each in found.money] == [("GBP", 13_500, 0)]
    assert sorted(case.number for case in found.cases) == ["R-0", "R-1", "R-2"]
    assert found.cases[0].lines[0].after.words == "Sale stays sold."


def test_the_same_policy_changes_nothing(trials, alder, keep):
    keep(2)

    begun = trials.start(alder, usual(), days=30, by="staff Ana")
    found = run(trials, alder, begun.replay_id)

    assert (found.changed, found.changes, found.cases) == (0, {}, ())


def test_each_case_is_compared_with_what_was_decided_then(trials, alder, keep):
    keep(2, version=1)
    keep(3, version=2)

    begun = trials.start(alder, stricter(), days=30, by="staff Ana")

    assert run(trials, alder, begun.replay_id).changed == 2


def test_only_the_days_that_were_asked_for_are_tried(trials, alder, keep):
    keep(2, days_ago=10)
    keep(3, days_ago=40)

    begun = trials.start(alder, stricter(), days=30, by="staff Ana")

    assert run(trials, alder, begun.replay_id).done == 2


def test_cases_of_another_retailer_are_not_tried(trials, alder, keep, policies):
    kite = new_id()
    policies.publish(kite, usual())
    keep(2)
    keep(5, retailer_id=kite)

    begun = trials.start(alder, stricter(), days=30, by="staff Ana")

    assert run(trials, alder, begun.replay_id).done == 2
    with pytest.raises(Refused) as refused:
        trials.get(kite, begun.replay_id)
    assert refused.value.code == "rules.not_found"


def test_who_takes_over_goes_on_behind_the_last_batch(trials, alder, keep, monkeypatch):
    monkeypatch.setattr(replays, "BATCH", 2)
    monkeypatch.setattr(replays, "TURN", 0.0)
    keep(5)
    begun = trials.start(alder, stricter(), days=30, by="staff Ana")

    first = run(trials, alder, begun.replay_id)
    monkeypatch.setattr(replays, "TURN", 20.0)
    found = run(trials, alder, begun.replay_id)

    assert first.state == "running"
    assert (found.state, found.done, found.changed) == ("done", 5, 5)


def test_two_who_go_on_at_once_count_no_case_twice(trials, alder, keep, monkeypatch):
    monkeypatch.setattr(replays, "BATCH", 2)
    keep(5)
    begun = trials.start(alder, stricter(), days=30, by="staff Ana")
    overtaken = []

    def once(seconds):
        if not overtaken:
            overtaken.append(True)
            run(trials, alder, begun.replay_id)

    monkeypatch.setattr(replays, "sleep", once)
    found = run(trials, alder, begun.replay_id)

    assert overtaken
    assert (found.state, found.done, found.changed) == ("done", 5, 5)


def test_without_cases_a_replay_is_done_at_once(trials, alder):
    begun = trials.start(alder, stricter(), days=30, by="staff Ana")

    assert run(trials, alder, begun.replay_id).state == "done"
