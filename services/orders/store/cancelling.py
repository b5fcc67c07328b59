"""Cancellations of orders that are not sent: each intent with its key, and what became of it at the shop."""

from collections import Counter
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis import ledger
from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders import OrderV1, SettlementOutcome
from libs.contracts.orders_cancelling import (
    CancellationOutcomeUnknownV1,
    CancellationRefusedV1,
    CancellationSucceededV1,
    CancellationV1,
    RecordCancellationV1,
)
from libs.contracts.portal_cancelling import CancellationRequestedV1
from libs.contracts.values import Money, UnsentLine
from services.orders.domain.cancelling import LATE, Call, CancellationNotFound, Ending, Job, entries
from services.orders.domain.lookup import OrderNotFound
from services.orders.domain.native import Source
from services.orders.domain.settlements import BY_HAND, NotNow, moves
from services.orders.domain.shops import Shop
from services.orders.domain.steps import ENDED, PATIENCE, Action, ShopAway, State, key_of
from services.orders.store.cancel_tables import cancellations
from services.orders.store.returns import REFRESHES
from services.orders.store.shops import shop_from, shop_of
from services.orders.store.tables import ledger_entries, metadata, orders, shops

KIND = "cancellations"  # the work that makes these calls


class Cancellations(Store):
    """Plans a cancellation when it is asked for, and records what became of it."""

    service, metadata = "orders", metadata

    def plan(self, fact: Envelope[CancellationRequestedV1]) -> None:
        """It is to be cancelled at the shop."""
        asked = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = shop_of(unit)
            if shop is None:
                raise Transient("the retailer's shop is not connected")
            row = _insert(unit, shop, asked)
            if row is not None:
                _enter(unit, row, None, State.PLANNED)
                unit.claim(KIND, account=shop.domain, subject=asked.cancellation_id)

    def order(self, retailer_id: UUID, order_id: UUID) -> tuple[Shop, OrderV1, str, bool]:
        """The order with its shop, the shop's id of it, and whether the retailer brings it itself. Raises OrderNotFound."""
        asked = (
            select(shops, orders.c.shop_order_id, orders.c.view, orders.c.source)
            .join(orders, orders.c.shop_id == shops.c.id)
            .where(orders.c.id == order_id, orders.c.view.is_not(None))
        )
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(asked).one_or_none()
        if row is None:
            raise OrderNotFound()
        return shop_from(row), OrderV1.model_validate(row.view), row.shop_order_id, row.source == Source.RETAILER

    def done(self, retailer_id: UUID, order_id: UUID) -> Counter[UUID]:
        """How many units of each line of the order were cancelled."""
        made = select(cancellations.c.lines).where(
            cancellations.c.order_id == order_id, cancellations.c.state == State.DONE
        )
        units: Counter[UUID] = Counter()
        with self.unit(retailer_id=retailer_id) as unit:
            for lines in unit.db.execute(made).scalars():
                units.update({UUID(line["line_id"]): line["quantity"] for line in lines})
        return units

    def job(self, retailer_id: UUID, cancellation_id: UUID) -> Job | None:
        """What its call needs; None when it has its outcome. Raises Transient while its order is not in the index."""
        # The database's own time: a lease on the outside world is real, whatever the clock of the sandbox says.
        sent_for = (func.now() - cancellations.c.sent_at).label("sent_for")
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(cancellations, sent_for).where(cancellations.c.id == cancellation_id)).one()
            if row.state in ENDED:
                return None
            order = unit.db.execute(select(orders).where(orders.c.id == row.order_id)).one_or_none()
            if order is None or order.view is None:
                raise Transient("the order is not in the index yet")
            shop = shop_from(unit.db.execute(select(shops).where(shops.c.id == row.shop_id)).one())
        return _job(row, order, shop)

    def send(self, job: Job, call: Call) -> bool:
        """Commit that `call` is about to leave; False when another is at it."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            sent = {"request": asdict(call), "sent_at": func.now(), "job": None}
            return _change(unit, job.id, [State.PLANNED], State.SENT, **sent) is not None

    def unsend(self, job: Job) -> bool:
        """Commit that the call had no effect and may be made again; False where somebody else has changed it."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            back = {"request": None, "sent_at": None, "job": None}
            return _change(unit, job.id, [State.SENT], State.PLANNED, **back) is not None

    def running(self, job: Job, shops_job: str) -> None:
        """Commit which job of the shop's carries it out."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            unit.db.execute(update(cancellations).where(cancellations.c.id == job.id).values(job=shops_job))

    def end(self, job: Job, ending: Ending) -> None:
        """Commit what became of it, with the fact that says so; once."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            _end(unit, job.id, ending)

    def persist(self, retailer_id: UUID, cancellation_id: UUID, because: str) -> None:
        """Begin the ladder anew, until patience is over: what was sent by then is unknown, what never left is refused."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(cancellations).where(cancellations.c.id == cancellation_id)).one()
            if row.state in ENDED:
                return
            if unit.now - row.planned_at < PATIENCE:
                shop = unit.db.execute(select(shops.c.domain).where(shops.c.id == row.shop_id)).scalar_one()
                unit.claim(KIND, account=shop, subject=cancellation_id)
                return
            away = ShopAway(because)
            given_up = Ending(State.REFUSED, code=away.code, words=away.detail)
            _end(unit, cancellation_id, Ending(State.UNKNOWN) if row.state == State.SENT else given_up)

    def record(self, retailer_id: UUID, told: RecordCancellationV1) -> CancellationV1:
        """The cancellation as a person found it at the shop; a repeat changes nothing. Raises CancellationNotFound, NotNow."""
        ending = _recorded(told)
        with self.unit(retailer_id=retailer_id) as unit:
            mine = select(cancellations).where(cancellations.c.id == told.cancellation_id).with_for_update()
            row = unit.db.execute(mine).one_or_none()
            if row is None:
                raise CancellationNotFound()
            same = (row.state, row.reference, row.code) == (ending.state, ending.reference, ending.code)
            if not same:
                if row.state not in (State.REFUSED, State.UNKNOWN) or row.code in (BY_HAND, *LATE):
                    raise NotNow(f"The cancellation is {row.state}.")
                _end(unit, row.id, ending, before=(State.REFUSED, State.UNKNOWN))
        return CancellationV1(cancellation_id=told.cancellation_id, state=ending.state)


def _recorded(told: RecordCancellationV1) -> Ending:
    if told.outcome is SettlementOutcome.REFUSED:
        return Ending(State.REFUSED, code=BY_HAND, words=told.words, recorded_by=told.by)
    if not told.reference:
        raise NotNow("Name the shop's own refund or cancelling.")
    return Ending(State.DONE, reference=told.reference, words=told.words, recorded_by=told.by)


def _insert(unit: Unit, shop: Shop, asked: CancellationRequestedV1) -> Row[Any] | None:
    """The row; None where it is there already. Its order's own shop is the one to ask."""
    own = unit.db.execute(select(orders.c.shop_id).where(orders.c.id == asked.order_id)).scalar()
    values = {
        "id": asked.cancellation_id,
        "retailer_id": unit.retailer_id,
        "shop_id": own or shop.id,
        "order_id": asked.order_id,
        "number": asked.number,
        "key": key_of(own or shop.id, asked.cancellation_id, Action.SETTLE, KIND),
        "state": State.PLANNED,
        "lines": [line.model_dump(mode="json") for line in asked.lines],
        "whole": asked.whole,
        "owed_amount": asked.amount.amount,
        "owed_currency": asked.amount.currency,
        "shipping_amount": asked.shipping.amount,
        "shipping_currency": asked.shipping.currency,
        "planned_at": unit.now,
    }
    return unit.db.execute(
        insert(cancellations).values(**values).on_conflict_do_nothing().returning(cancellations)
    ).one_or_none()


def _job(row: Row[Any], order: Row[Any], shop: Shop) -> Job:
    return Job(
        id=row.id,
        number=row.number,
        key=row.key,
        state=State(row.state),
        shop=shop,
        order_id=row.order_id,
        shop_order_id=order.shop_order_id,
        lines=_lines(row),
        shop_lines={UUID(line["id"]): line["shop_line_id"] for line in order.view["lines"]},
        whole=row.whole,
        owed=Money(amount=row.owed_amount, currency=row.owed_currency),
        request=Call(**row.request) if row.request else None,
        job=row.job,
        sent_for=row.sent_for,
        by_hand=order.source == Source.RETAILER,
    )


def _lines(row: Row[Any]) -> tuple[UnsentLine, ...]:
    return tuple(UnsentLine.model_validate(line) for line in row.lines)


def _change(unit: Unit, id_: UUID, before: Any, after: State, **values: Any) -> Row[Any] | None:
    was = unit.db.execute(select(cancellations.c.state).where(cancellations.c.id == id_).with_for_update()).scalar_one()
    if was not in set(before):
        return None
    changed = update(cancellations).where(cancellations.c.id == id_).values(state=after, **values)
    row = unit.db.execute(changed.returning(cancellations)).one()
    _enter(unit, row, State(was), after)
    return row


def _end(unit: Unit, id_: UUID, ending: Ending, before: Any = (State.PLANNED, State.SENT)) -> None:
    outcome = {name: value for name, value in asdict(ending).items() if name != "state"}
    row = _change(unit, id_, before, ending.state, ended_at=unit.now, **outcome)
    if row is None:
        return
    unit.announce(_fact_of(row))
    if ending.state is State.DONE:  # the index is not fresh until the order was read again
        unit.db.execute(
            update(orders).where(orders.c.id == row.order_id, orders.c.source == Source.SHOP).values(heard_at=unit.now)
        )
        domain = unit.db.execute(select(shops.c.domain).where(shops.c.id == row.shop_id)).scalar_one()
        unit.claim(REFRESHES, account=domain, subject=row.order_id)


def _fact_of(row: Row[Any]) -> Any:
    of = {"cancellation_id": row.id, "order_id": row.order_id}
    if row.state == State.DONE:
        amount = Money(amount=row.owed_amount, currency=row.owed_currency)
        return CancellationSucceededV1(**of, amount=amount, reference=row.reference)
    if row.state == State.UNKNOWN:
        return CancellationOutcomeUnknownV1(**of)
    return CancellationRefusedV1(**of, code=row.code, words=row.words or "", late=row.code in LATE)


def _enter(unit: Unit, row: Row[Any], before: State | None, after: State) -> None:
    """The ledger's entries for a change of state: two a line, which sum to zero. `return_id` is the cancellation's own id."""
    if before is after:
        return
    shipping = Money(amount=row.shipping_amount, currency=row.shipping_currency)
    common = {"at": unit.now, "return_id": row.id, "effect_id": row.id, "note": f"cancel {after}"}
    moved = [
        {"line_id": line_id, "account": account, "amount_amount": amount, "amount_currency": each.currency}
        for line_id, each in entries(_lines(row), cancellation_id=row.id, shipping=shipping)
        for account, amount in moves(before, after, each)
    ]
    ledger.append(unit.db, ledger_entries, unit.retailer_id, [{"id": new_id(), **common, **entry} for entry in moved])
