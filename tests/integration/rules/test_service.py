"""Rules asked over the broker, as the portal asks."""

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.rules import PublishPolicyV1
from tests.unit.rules.examples import a_return, asked, document, order, pounds, scarf, shirt


@pytest.fixture
def alder(start):
    start("rules")
    return new_id()


def test_a_policy_is_published_an_order_judged_and_a_return_decided(alder):
    delivered = {"fulfilled_at": now(), "delivered_at": now()}
    today = {"placed_at": now()}

    published = ask(alder, PublishPolicyV1(document=document()))
    verdict = ask(alder, order(shirt(**delivered), scarf(**delivered), **today))
    decision = ask(alder, a_return(asked(shirt(**delivered)), **today))

    assert published.version == verdict.policy_version == decision.policy_version == 1
    assert [line.why_not for line in verdict.lines] == [None, "final_sale"]
    assert decision.lines[0].offers[0].amount == pounds(4500)
    assert decision.lines[0].trace[-1].rule == "Otherwise"


def test_a_faulty_policy_is_refused_with_the_path_and_the_fault(alder):
    with pytest.raises(Refused) as refused:
        ask(alder, PublishPolicyV1(document=document(label="half")))

    assert refused.value.code == "rules.invalid_policy"
    assert refused.value.detail == "label: Input should be 'free' or 'paid'"


def test_an_order_of_a_retailer_without_a_policy_is_refused(alder):
    with pytest.raises(Refused) as refused:
        ask(alder, order(shirt()))

    assert refused.value.code == "rules.no_policy"
