import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DatabaseError, ProgrammingError

from libs.chassis import ledger
from libs.chassis.settings import load
from libs.contracts.values import Money
from services.orders.store.tables import ledger_entries
from tests.integration.orders.conftest import asked


def entries(desk, return_id):
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        rows = unit.db.execute(
            ledger_entries.select().where(ledger_entries.c.return_id == return_id).order_by(ledger_entries.c.seq)
        ).all()
        return rows, ledger.broken_at(unit.db, ledger_entries, desk.retailer_id)


def test_the_ledger_tells_every_change_of_state_and_sums_to_zero(alder):
    _, approval = alder.shirt_back()

    alder.tell(approval, asked(approval))
    alder.work()

    rows, broken = entries(alder, approval.return_id)
    assert [(row.account, row.amount_amount) for row in rows] == [
        ("owed", -4500),
        ("planned", 4500),
        ("planned", -4500),
        ("sent", 4500),
        ("sent", -4500),
        ("done", 4500),
    ]
    assert {row.line_id for row in rows} == {approval.lines[0].id}
    assert broken is None


EDITS = ["UPDATE ledger_entries SET amount_amount = 0", "DELETE FROM ledger_entries", "TRUNCATE ledger_entries"]


@pytest.mark.parametrize("statement", EDITS)
def test_the_ledger_cannot_be_edited_by_the_service(alder, statement):
    _, approval = alder.shirt_back()
    alder.tell(approval, asked(approval))
    alder.work()

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit,
    ):
        unit.db.exec_driver_sql(statement)

    assert len(entries(alder, approval.return_id)[0]) == 6


@pytest.mark.parametrize("statement", EDITS)
def test_the_ledger_cannot_be_edited_by_its_owner_either(alder, statement):
    _, approval = alder.shirt_back()
    alder.tell(approval, asked(approval))
    alder.work()
    owner = create_engine(load().owner_database("orders"), poolclass=NullPool)

    with pytest.raises(DatabaseError, match="only grows"), owner.begin() as db:
        db.exec_driver_sql(statement)

    assert len(entries(alder, approval.return_id)[0]) == 6


def test_a_refused_settlement_leaves_the_books_with_nothing_paid(alder):
    _, approval = alder.shirt_back(owed=Money(amount=4501, currency="GBP"))

    alder.tell(approval, asked(approval))
    alder.work()

    rows, broken = entries(alder, approval.return_id)
    assert [(row.account, row.amount_amount) for row in rows] == [
        ("owed", -4501),
        ("planned", 4501),
        ("planned", -4501),
        ("refused", 4501),
    ]
    assert broken is None
