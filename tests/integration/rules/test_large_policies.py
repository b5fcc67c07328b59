"""A policy of a thousand rules is checked and published, and decisions of other retailers go on meanwhile."""

import json
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.rules import PublishPolicyV1
from libs.contracts.rules_policies import CheckPolicyV1
from tests.unit.rules.examples import a_return, asked, document, rule, shirt

PATIENCE = 60.0  # seconds, on a machine that does other things too
MEANWHILE = 5.0  # seconds a decision may wait: less than the check takes
TAGS = ["product_tags", "order_tags", "customer_tags"]


@pytest.fixture
def alder(start):
    start("rules")
    return new_id()


def crossing(count: int) -> dict:
    """A policy of so many rules that all cross each other: the hardest there are to look at."""
    chance = Random(3)

    def condition(tag: int) -> dict:
        return {"field": TAGS[tag % 3], "op": chance.choice(["in", "none_of"]), "values": [f"tag-{tag}"]}

    every = [
        rule(f"Rule {at}", at + 1, *map(condition, chance.sample(range(200), 3)), then={"allow": ["refund"]})
        for at in range(count)
    ]
    return document(rules=every, sells_to=["US"])


def test_a_thousand_rules_are_checked_and_published_while_others_are_decided(alder):
    kite, today = new_id(), {"placed_at": now()}
    line = shirt(fulfilled_at=now(), delivered_at=now())
    ask(kite, PublishPolicyV1(document=document()))
    large = crossing(1_000)

    with ThreadPoolExecutor(1) as beside:
        checking = beside.submit(ask, alder, CheckPolicyV1(text=json.dumps(large)), timeout=PATIENCE)
        decided = 0
        while not checking.done():
            decided += bool(ask(kite, a_return(asked(line), **today), timeout=MEANWHILE).lines)
    published = ask(alder, PublishPolicyV1(document=checking.result().document), timeout=PATIENCE)

    assert checking.result().can_publish
    assert checking.result().findings
    assert published.version == 1
    assert decided > 5
