"""Each fee is recorded once, with its entries in a ledger that nobody can edit unseen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from libs.chassis import ledger
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.portal import FeeRequestedV1
from libs.contracts.values import LabelTerms, Money
from services.payments.store import Charges, ledger_entries
from tests.integration.facts import fact, said


@pytest.fixture
def charges(service_database: Callable[[str], str]) -> Charges:
    service_database("payments")
    return Charges()


@pytest.fixture
def alder() -> UUID:
    return new_id()


def fee(label: LabelTerms = LabelTerms.FREE, pence: int = 0, *, return_id: UUID | None = None) -> FeeRequestedV1:
    price = Money(amount=pence, currency="GBP")
    return FeeRequestedV1(return_id=return_id or new_id(), number="R-7KQ2M9", label=label, price=price)


def rows(charges: Charges, retailer_id: UUID, columns: str, table: str, order: str = "id") -> list[tuple]:
    with charges.unit(retailer_id=retailer_id) as unit:
        return [tuple(row) for row in unit.db.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY {order}")]


def entered(charges: Charges, retailer_id: UUID) -> list[tuple]:
    return rows(charges, retailer_id, "account, amount_amount, note", "ledger_entries", "seq")


def broken_at(charges: Charges, retailer_id: UUID) -> int | None:
    with charges.unit(retailer_id=retailer_id) as unit:
        return ledger.broken_at(unit.db, ledger_entries, retailer_id)


@contextmanager
def owner(retailer_id: UUID) -> Iterator[Connection]:
    """The role that migrates, looking at one retailer's rows: it is under row-level security too."""
    engine = create_engine(load().owner_database("payments"), poolclass=NullPool)
    with engine.begin() as db:
        db.exec_driver_sql("SELECT set_config('app.retailer_id', %s, true)", (str(retailer_id),))
        yield db


def test_a_free_label_is_waived_and_entered_and_stated(charges, alder):
    asked = fee(LabelTerms.FREE, 495)

    charges.request(fact(alder, asked))

    (waived,) = said(charges, alder, FeeWaivedV1)
    assert (waived.return_id, waived.reason, waived.price.amount) == (asked.return_id, "free_label", 495)
    assert rows(charges, alder, "id, state", "charges") == [(waived.charge_id, "waived")]
    assert entered(charges, alder) == [("owed", -495, "free_label"), ("waived", 495, "free_label")]


def test_a_free_lane_is_waived_with_its_own_reason(charges, alder):
    charges.request(fact(alder, fee(LabelTerms.PAID, 0)))

    assert [waived.reason for waived in said(charges, alder, FeeWaivedV1)] == ["free_lane"]


def test_a_fee_that_is_owed_stays_awaited_and_states_nothing(charges, alder):
    charges.request(fact(alder, fee(LabelTerms.PAID, 495)))

    assert said(charges, alder, FeeWaivedV1) == []
    assert rows(charges, alder, "state, reason", "charges") == [("awaiting", None)]
    assert entered(charges, alder) == [("owed", -495, "awaiting"), ("awaiting", 495, "awaiting")]


def test_the_same_message_twice_makes_one_charge(charges, alder):
    asked = fact(alder, fee())

    charges.request(asked)
    charges.request(asked)

    assert len(said(charges, alder, FeeWaivedV1)) == 1
    assert len(entered(charges, alder)) == 2


def test_the_same_fee_asked_for_in_another_message_makes_one_charge(charges, alder):
    return_id = new_id()

    charges.request(fact(alder, fee(return_id=return_id)))
    charges.request(fact(alder, fee(return_id=return_id)))

    assert len(said(charges, alder, FeeWaivedV1)) == 1
    assert len(entered(charges, alder)) == 2


def test_a_fee_asked_for_again_on_other_terms_is_parked(charges, alder):
    return_id = new_id()
    charges.request(fact(alder, fee(LabelTerms.PAID, 0, return_id=return_id)))

    with pytest.raises(Permanent):
        charges.request(fact(alder, fee(LabelTerms.PAID, 495, return_id=return_id)))

    assert rows(charges, alder, "price_amount", "charges") == [(0,)]


def test_a_fee_below_zero_is_parked(charges, alder):
    with pytest.raises(Permanent):
        charges.request(fact(alder, fee(LabelTerms.PAID, -1)))

    assert rows(charges, alder, "id", "charges") == []


def test_many_fees_of_one_retailer_at_once_make_one_whole_chain(charges, alder):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: charges.request(fact(alder, fee())), range(20)))

    assert [seq for (seq,) in rows(charges, alder, "seq", "ledger_entries", "seq")] == list(range(1, 41))
    assert broken_at(charges, alder) is None


@pytest.mark.parametrize(
    "edit", ["UPDATE ledger_entries SET amount_amount = 0", "DELETE FROM ledger_entries", "TRUNCATE ledger_entries"]
)
def test_the_application_cannot_edit_its_ledger(charges, alder, edit):
    charges.request(fact(alder, fee(LabelTerms.FREE, 495)))

    with pytest.raises(DBAPIError, match="permission denied"), charges.unit(retailer_id=alder) as unit:
        unit.db.exec_driver_sql(edit)

    assert len(entered(charges, alder)) == 2


def test_not_even_the_owner_edits_the_ledger_by_mistake(charges, alder):
    charges.request(fact(alder, fee(LabelTerms.FREE, 495)))

    with pytest.raises(DBAPIError, match="only grows: UPDATE refused"), owner(alder) as db:
        db.exec_driver_sql("UPDATE ledger_entries SET amount_amount = 0")

    assert broken_at(charges, alder) is None


@pytest.mark.parametrize(
    ("edit", "found_at"),
    [
        ("UPDATE ledger_entries SET amount_amount = 1 WHERE seq = 3", 3),
        ("DELETE FROM ledger_entries WHERE seq = 2", 2),
        ("UPDATE ledger_entries SET seq = 9 WHERE seq = 4", 4),
    ],
)
def test_an_entry_edited_or_removed_behind_our_back_is_found(charges, alder, edit, found_at):
    charges.request(fact(alder, fee(LabelTerms.FREE, 495)))
    charges.request(fact(alder, fee(LabelTerms.FREE, 495)))

    with owner(alder) as db:
        db.exec_driver_sql("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_only_grow")
        db.exec_driver_sql(edit)
        db.exec_driver_sql("ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_only_grow")

    assert broken_at(charges, alder) == found_at
