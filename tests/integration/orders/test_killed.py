import pytest

from libs.chassis import crash
from libs.chassis.clock import now
from libs.chassis.errors import Transient
from libs.chassis.outside import NotSent
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementSucceededV1
from services.orders.doing import DOING
from services.orders.reaching import client_of
from tests.integration.orders.conftest import asked, label
from tests.waiting import until


class PowerCut(BaseException):
    """The process dies here."""


@pytest.fixture
def power_cut(monkeypatch):
    """Call it: the next call to the shop is made and its record is not."""

    def plan():
        def die(name):
            assert name == "orders.after_call"
            monkeypatch.undo()
            raise PowerCut

        monkeypatch.setattr(crash, "point", die)

    return plan


def try_until_done(desk):
    """As the claimer does: what raises a Transient is tried again, until nothing is left."""

    def turn():
        for claim in desk.claims():
            try:
                desk.do(claim)
            except Transient:
                continue
        return not desk.claims()

    until(turn, within=20)


ENDS = {
    "ReturnCreate": "open_return",
    "AttachLabel": "attach_label",
    "ReturnProcess": "settle",
    "ReturnClose": "close_return",
}


ALL = ("fail_after", "throttled", "http_429", "partial", "truncated")
FAULTS = [(fault, operation) for fault in ALL for operation in ENDS] + [
    (fault, operation)
    for fault in ("reset_after", "hang_after", "fail_before", "reset")
    for operation in ("ReturnCreate", "ReturnProcess")
]


@pytest.mark.parametrize(("fault", "operation"), FAULTS)
def test_a_shop_that_fails_before_or_after_the_work_gives_one_refund(alder, fault, operation):
    sold, approval = alder.shirt_back()
    alder.shop.misbehave(fault, operation, seconds=2.0)

    alder.tell(approval, label(approval.return_id), asked(approval))
    try_until_done(alder)

    (returned,) = alder.shop.kept(sold)["returns"]
    assert alder.shop.refunded(sold) == [4500]
    assert returned["status"] == "CLOSED"
    assert len(returned["deliveries"]) == 1
    assert set(alder.steps(approval.return_id).values()) == {"done"}
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1


@pytest.mark.parametrize("action", ENDS.values())
def test_a_step_killed_between_its_call_and_its_record_is_read_back_and_not_repeated(alder, power_cut, action):
    sold, approval = alder.shirt_back()
    alder.tell(approval, label(approval.return_id), asked(approval))
    died = 0
    while claims := alder.claims():
        if (
            not died
            and claims[0].kind == "settlements"
            and alder.service.settlements.job(alder.retailer_id, claims[0].subject).action == action
        ):
            power_cut()
        try:
            alder.do(claims[0])
        except PowerCut:
            died += 1

    (returned,) = alder.shop.kept(sold)["returns"]
    assert died == 1
    assert alder.shop.refunded(sold) == [4500]
    assert len(returned["deliveries"]) == 1
    assert set(alder.steps(approval.return_id).values()) == {"done"}
    assert len(alder.told(SettlementSucceededV1, approval.return_id)) == 1


def test_what_cannot_be_read_back_clearly_waits_for_a_person(alder, power_cut):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(asked(approval))
    power_cut()
    with pytest.raises(PowerCut):
        alder.work()
    claim = alder.settling()
    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:  # as if another amount had been sent
        unit.db.exec_driver_sql(
            "UPDATE settlements SET owed_amount = 1, sent_at = sent_at - interval '1 hour' WHERE id = %s",
            (claim.subject,),
        )

    alder.work()

    (unknown,) = alder.told(SettlementOutcomeUnknownV1, approval.return_id)
    assert unknown.line_ids == (approval.lines[0].id,)
    assert alder.shop.refunded(sold) == [4500]
    assert alder.shop.kept(sold)["returns"][0]["status"] == "OPEN"


def test_a_call_that_never_left_is_planned_again_and_not_looked_for(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(asked(approval))
    claim = alder.settling()
    alder.shop.misbehave("throttled", "ReturnProcess")

    with pytest.raises(NotSent):
        alder.do(claim)

    assert alder.steps(approval.return_id)["settle"] == "planned"
    alder.work()
    assert alder.shop.refunded(sold) == [4500]


def test_two_workers_on_one_step_make_one_call(alder):
    sold, approval = alder.shirt_back()
    alder.tell(approval)
    alder.work()
    alder.tell(asked(approval))
    claim = alder.settling()
    job = alder.service.settlements.job(alder.retailer_id, claim.subject)

    request = DOING[job.action].ask(job, client_of(job.shop))

    sent = [alder.service.settlements.send(job, request) for _ in range(2)]

    assert sent == [True, False]
    assert alder.shop.refunded(sold) == []


def test_the_request_is_committed_before_the_call_exactly_as_it_is_sent(alder, power_cut):
    _, approval = alder.shirt_back()
    alder.tell(approval)
    power_cut()
    with pytest.raises(PowerCut):
        alder.work()

    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:
        row = unit.db.exec_driver_sql("SELECT * FROM settlements WHERE return_id = %s", (approval.return_id,)).one()

    assert (row.state, row.request["operation"]) == ("sent", "ReturnCreate")
    assert row.request["variables"]["returnInput"]["returnLineItems"][0]["quantity"] == 1
    assert row.sent_at <= now()
