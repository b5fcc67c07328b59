"""A void that a carrier only promises: what it says of it later is heard, stated where it is a no, and asked for again."""

import json

import httpx
import pytest

from libs.chassis.ids import new_id
from libs.contracts.labels import LabelVoidedV1, LabelVoidRefusedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from tests.integration.labels.test_carriers import row, trade
from tests.integration.sandbox.running import running


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def promised(new_desk, world):
    """Maya's label at EasyPost, void, whose money is asked for."""
    kept = trade(new_desk, world, "easypost")
    kept.return_id = new_id()
    kept.plan(return_id=kept.return_id)
    kept.work()
    kept.desk.unwant(kept.return_id)
    kept.work()
    yield kept
    httpx.delete(f"{world.carrier}/control/faults").raise_for_status()


def says(kept, status):
    """What the carrier says in the end."""
    number = row(kept.desk).tracking_number
    address = f"{kept.world.carrier}/control/labels/{number}/refund"
    httpx.post(address, json={"status": status}).raise_for_status()


def refusals(kept):
    return [(no.asked, no.code) for no in kept.desk.said(LabelVoidRefusedV1)]


def test_the_label_is_void_while_its_money_is_waited_for(promised):
    assert promised.desk.states(promised.return_id) == ["void"]
    assert len(promised.desk.said(LabelVoidedV1)) == 1
    assert row(promised.desk, "voids").state == "promised"


def test_a_carrier_that_has_not_said_yet_is_asked_again_later(promised):
    asked = [promised.desk.ask_later() for _ in range(3)]

    assert asked == [True, True, True]
    assert row(promised.desk, "voids").state == "promised"


def test_money_that_is_given_ends_it(promised):
    says(promised, "refunded")

    promised.desk.ask_later()

    assert row(promised.desk, "voids").state == "done"
    assert (promised.desk.ask_later(), refusals(promised)) == (False, [])


def test_a_no_that_comes_later_is_stated_once(promised):
    says(promised, "rejected")

    promised.desk.ask_later()
    promised.desk.ask_later()

    assert refusals(promised) == [(1, "refund_rejected")]
    assert promised.desk.states(promised.return_id) == ["void"], "the label is dead all the same"


def test_after_a_late_no_the_money_is_asked_for_again(promised):
    says(promised, "rejected")
    promised.desk.ask_later()

    promised.desk.unwant(promised.return_id)
    promised.work()
    again = row(promised.desk, "voids")
    says(promised, "rejected")
    promised.desk.ask_later()

    assert (again.state, again.asks) == ("promised", 2)
    assert refusals(promised) == [(1, "refund_rejected"), (2, "refund_rejected")]
    assert len(promised.desk.said(LabelVoidedV1)) == 1, "it was void before"


def test_a_void_that_is_under_way_is_not_asked_for_twice(promised):
    promised.desk.unwant(promised.return_id)
    promised.work()

    assert row(promised.desk, "voids").asks == 1
    assert len(promised.desk.said(LabelVoidedV1)) == 1


def test_a_carrier_that_is_away_when_it_is_asked_is_asked_again(promised):
    promised.misbehave("fail_before", "find")

    promised.desk.ask_later()

    assert (row(promised.desk, "voids").state, refusals(promised)) == ("promised", [])
    assert promised.desk.ask_later()


def test_the_carriers_webhook_has_it_asked_at_once(promised):
    says(promised, "rejected")
    shipment = row(promised.desk).carrier_ref
    event = {"description": "refund.successful", "result": {"object": "Refund", "shipment_id": shipment}}
    told = {"delivery_id": new_id(), "carrier": "easypost", "sender": "easypost", "body": json.dumps(event)}
    fact = promised.desk.fact(CarrierWebhookReceivedV1(**told, received_at="2026-11-23T12:00:00Z"))

    promised.desk.service.on_carrier_webhook_received(fact)
    promised.work()

    assert refusals(promised) == [(1, "refund_rejected")]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"description": "tracker.updated", "result": {}}', '{"description": "refund.x"}']
)
def test_webhooks_of_anything_else_are_passed_over(promised, body):
    told = {"delivery_id": new_id(), "carrier": "easypost", "sender": "easypost", "body": body}
    promised.desk.service.on_carrier_webhook_received(
        promised.desk.fact(CarrierWebhookReceivedV1(**told, received_at="2026-11-23T12:00:00Z"))
    )

    assert promised.desk.claims() == []


def test_a_carrier_that_never_says_is_a_persons_in_the_end(promised):
    with promised.desk.service.voids.unit(retailer_id=promised.desk.retailer_id) as unit:
        unit.db.exec_driver_sql("UPDATE voids SET settled_at = settled_at - interval '46 days'")

    promised.desk.ask_later()

    assert row(promised.desk, "voids").state == "unknown"
    assert refusals(promised) == [(1, "not_settled")]
    assert not promised.desk.ask_later()
