"""What a person records of a settlement that the shop refused, or of which nobody knows what happened."""

import pytest

from libs.chassis import ledger
from libs.contracts.errors import Refused
from libs.contracts.orders import SettlementOutcome, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.values import Resolution
from services.orders.store.tables import ledger_entries
from tests.integration.orders.conftest import approved, asked, line_back, only, pounds

REFUND = "gid://shopify/Refund/77"


@pytest.fixture
def refused(alder):
    """The return of a shirt whose settlement the shop refused."""
    _, approval = alder.shirt_back()
    alder.tell(approval, asked(approval, only(approval, owed=pounds(9999))))
    alder.work()
    return approval


@pytest.fixture
def unknown(alder):
    """The return of a shirt whose settlement has an unknown outcome."""
    _, approval = alder.shirt_back()
    alder.tell(approval, asked(approval))
    lose(alder, approval)
    return approval


def lose(desk, approval):
    """As if nobody could say what became of the return's settlement."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE settlements SET state = 'unknown' WHERE return_id = %s AND action = 'settle'",
            (approval.return_id,),
        )


def paid(desk, return_id):
    """The balance of what was paid by the books, in pence, and the first entry that is broken."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        rows = unit.db.execute(ledger_entries.select().where(ledger_entries.c.return_id == return_id)).all()
        balance = sum(row.amount_amount for row in rows if row.account == "done")
        return balance, ledger.broken_at(unit.db, ledger_entries, desk.retailer_id)


@pytest.mark.parametrize("stuck", ["refused", "unknown"])
def test_a_refund_found_at_the_shop_settles_the_lines(alder, request, stuck):
    approval = request.getfixturevalue(stuck)
    reference = f"{REFUND}{stuck}"

    answer = alder.record(approval, SettlementOutcome.SUCCEEDED, reference=reference)

    (settled,) = alder.told(SettlementSucceededV1, approval.return_id)
    assert (answer.state, answer.settlement_ids) == ("done", (settled.settlement_id,))
    assert (settled.reference, settled.line_ids) == (reference, (approval.lines[0].id,))
    assert settled.by == "manager@alder.example"
    assert paid(alder, approval.return_id) == (settled.amount.amount, None)


def test_a_repeat_changes_nothing(alder, unknown):
    for _ in range(3):
        alder.record(unknown, SettlementOutcome.SUCCEEDED, reference=REFUND)

    assert len(alder.told(SettlementSucceededV1, unknown.return_id)) == 1
    assert paid(alder, unknown.return_id) == (4500, None)


def test_what_a_person_settled_is_never_settled_by_us(alder, refused):
    alder.record(refused, SettlementOutcome.SUCCEEDED, reference=f"{REFUND}1")

    alder.tell(asked(refused, attempt=2))
    alder.work()

    assert len(alder.told(SettlementSucceededV1, refused.return_id)) == 1


@pytest.mark.parametrize("stuck", ["refused", "unknown"])
def test_a_settlement_that_was_not_made_is_refused_by_hand_once(alder, request, stuck):
    approval = request.getfixturevalue(stuck)
    before = len(alder.told(SettlementRefusedV1, approval.return_id))

    for _ in range(2):
        alder.record(approval, SettlementOutcome.REFUSED, words="Nothing was paid")

    stated = alder.told(SettlementRefusedV1, approval.return_id)[before:]
    assert [(fact.code, fact.words) for fact in stated] == [("by_hand", "Nothing was paid")]
    assert paid(alder, approval.return_id) == (0, None)


def test_an_unknown_settlement_that_was_not_made_may_be_asked_for_again(alder, unknown):
    alder.tell(asked(unknown, attempt=2))
    alder.work()
    held = alder.told(SettlementSucceededV1, unknown.return_id)
    alder.record(unknown, SettlementOutcome.REFUSED)

    alder.tell(asked(unknown, attempt=3))
    alder.work()

    assert held == []
    assert len(alder.told(SettlementSucceededV1, unknown.return_id)) == 1


def test_lines_that_were_never_settled_are_not_found(alder):
    _, approval = alder.shirt_back()

    with pytest.raises(Refused) as no:
        alder.record(approval, SettlementOutcome.REFUSED)

    assert no.value.code == "orders.not_found"


def test_what_the_shop_has_settled_is_not_recorded_over(alder):
    _, approval = alder.shirt_back()
    alder.tell(approval, asked(approval))
    alder.work()

    for outcome in SettlementOutcome:
        with pytest.raises(Refused) as no:
            alder.record(approval, outcome, reference=f"{REFUND}2")
        assert no.value.code == "orders.not_now"


def test_a_success_without_the_shops_refund_is_not_recorded(alder, refused):
    with pytest.raises(Refused) as no:
        alder.record(refused, SettlementOutcome.SUCCEEDED)

    assert no.value.code == "orders.not_now"


def test_one_refund_is_not_recorded_for_two_settlements(alder):
    approvals = [alder.shirt_back(resolution=Resolution.STORE_CREDIT)[1] for _ in range(2)]
    for approval in approvals:
        decline(alder, approval)
    alder.record(approvals[0], SettlementOutcome.SUCCEEDED, reference=f"{REFUND}3")

    with pytest.raises(Refused) as no:
        alder.record(approvals[1], SettlementOutcome.SUCCEEDED, reference=f"{REFUND}3")

    assert no.value.code == "orders.not_now"


def decline(desk, approval):
    """The shop says no to the return's settlement."""
    desk.shop.misbehave("refuse", "ReturnProcess")
    desk.tell(approval, asked(approval))
    desk.work()


def two_lines(desk):
    _, order = desk.order()
    approval = approved(order, *(line_back(line, resolution=Resolution.STORE_CREDIT) for line in order.lines))
    decline(desk, approval)
    return approval


def test_one_line_of_a_refused_settlement_may_be_settled_by_hand(alder):
    approval = two_lines(alder)
    first, second = approval.lines

    for _ in range(2):
        alder.record(approval, SettlementOutcome.SUCCEEDED, reference=f"{REFUND}4", line_ids=(first.id,))
    alder.tell(
        asked(
            approval, *(line.model_copy(update={"resolution": Resolution.REFUND}) for line in approval.lines), attempt=2
        )
    )
    alder.work()

    by_hand, by_us = alder.told(SettlementSucceededV1, approval.return_id)
    assert (by_hand.line_ids, by_us.line_ids) == ((first.id,), (second.id,))
    assert paid(alder, approval.return_id) == (first.owed.amount + second.owed.amount, None)


def test_one_line_of_a_settlement_that_may_have_been_made_is_not_recorded_alone(alder):
    approval = two_lines(alder)
    lose(alder, approval)

    with pytest.raises(Refused) as no:
        alder.record(approval, SettlementOutcome.REFUSED, line_ids=(approval.lines[0].id,))

    assert no.value.code == "orders.not_now"


def test_a_retailer_cannot_record_anothers_settlement(alder, kite, refused):
    with pytest.raises(Refused) as no:
        kite.record(refused, SettlementOutcome.REFUSED)

    assert no.value.code == "orders.not_found"
