"""Orders that are cancelled before they are sent: what was asked for, and what became of it at the shop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Row, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.errors import Refused
from libs.contracts.orders_cancelling import (
    CancellationOutcomeUnknownV1,
    CancellationQuoteV1,
    CancellationRefusedV1,
    CancellationSucceededV1,
)
from libs.contracts.portal_cancelling import CancellationClosedV1, CancellationRequestedV1
from libs.contracts.values import Contact, Money, UnsentLine
from services.portal.domain import TaskKind
from services.portal.store.people import digest
from services.portal.store.tables import metadata
from services.portal.store.tables.cancelling import cancellations
from services.portal.store.tasks import Tasks

BY_HAND, BY_A_PERSON = "orders.by_hand", "by_hand"  # left to a person by orders; and what a person says of it
TASKS = (TaskKind.CANCEL_BY_HAND, TaskKind.CANCELLATION_REFUSED, TaskKind.CANCELLATION_UNKNOWN)
Told = CancellationSucceededV1 | CancellationRefusedV1 | CancellationOutcomeUnknownV1


class State(StrEnum):
    """What became of it. `refused` and `unknown` wait for a person where it has not ended."""

    ASKED = "asked"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class CancellationUnderWay(Refused):
    """Another cancellation of the order has not ended."""

    def __init__(self) -> None:
        super().__init__("portal.cancellation_under_way", "A cancellation of this order is under way already.")


class NumberTaken(Exception):
    """The random number is in use: make another."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as it was shown. `key` is the form's own, `token` opens its page, `by` is who asks."""

    quote: CancellationQuoteV1
    contact: Contact
    key: str
    token: str
    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """An order, or a part of it, that somebody asked to be cancelled. `history` is what happened, oldest first."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    contact: Contact
    lines: tuple[UnsentLine, ...]
    whole: bool
    shipping: Money
    amount: Money
    reason: str | None
    by: str
    state: State
    code: str | None
    words: str | None
    reference: str | None
    history: tuple[dict[str, Any], ...]
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_for_a_person(self) -> bool:
        """Whether somebody must look, and record what became of it."""
        return self.ended_at is None and self.state in (State.REFUSED, State.UNKNOWN)


class Cancellations(Store):
    """Cancellations of all retailers, each seen by its own only."""

    service, metadata = "portal", metadata

    def ask(self, retailer_id: UUID, wish: Wish, *, number: str, status_url: str) -> Cancellation:
        """Keep it once for its key, and have it done. Raises CancellationUnderWay, and NumberTaken."""
        with self.unit(retailer_id=retailer_id) as unit:
            before = unit.db.execute(select(cancellations).where(cancellations.c.key == wish.key)).one_or_none()
            if before is not None:
                return _read(before)
            row = self._insert(unit, wish, number)
            found = _read(row)
            unit.announce(
                CancellationRequestedV1(
                    cancellation_id=found.id,
                    number=number,
                    order_id=found.order_id,
                    order_number=found.order_number,
                    contact=found.contact,
                    lines=found.lines,
                    whole=found.whole,
                    shipping=found.shipping,
                    amount=found.amount,
                    reason=found.reason,
                    by=found.by,
                    status_url=status_url,
                )
            )
            return found

    def _insert(self, unit: Unit, wish: Wish, number: str) -> Row[Any]:
        quoted = wish.quote
        values = {
            "id": new_id(),
            "retailer_id": unit.retailer_id,
            "number": number,
            "order_id": quoted.order_id,
            "order_number": quoted.number,
            "key": wish.key,
            "token_hash": digest(wish.token),
            "contact": wish.contact.model_dump(mode="json"),
            "lines": [line.model_dump(mode="json") for line in quoted.lines],
            "whole": quoted.whole,
            "shipping_amount": quoted.shipping.amount,
            "shipping_currency": quoted.shipping.currency,
            "amount_amount": quoted.amount.amount,
            "amount_currency": quoted.amount.currency,
            "reason": wish.reason,
            "by": wish.by,
            "state": State.ASKED,
            "history": [_happened(unit, State.ASKED, by=wish.by, words=wish.reason)],
            "created_at": unit.now,
        }
        try:
            with unit.db.begin_nested():
                return unit.db.execute(insert(cancellations).values(**values).returning(cancellations)).one()
        except IntegrityError as taken:
            if isinstance(taken.orig, UniqueViolation) and "under_way" in str(taken.orig.diag.constraint_name):
                raise CancellationUnderWay() from None
            raise NumberTaken from None

    def get(
        self, retailer_id: UUID, *, token: str | None = None, number: str | None = None, id: UUID | None = None
    ) -> Cancellation | None:
        """The one that a link opens, or with this number or id."""
        which = (
            cancellations.c.token_hash == digest(token)
            if token is not None
            else cancellations.c.number == number
            if number is not None
            else cancellations.c.id == id
        )
        with self.look(retailer_id) as db:
            row = db.execute(select(cancellations).where(which)).one_or_none()
        return _read(row) if row else None

    def list(
        self, retailer_id: UUID, *, before: tuple[datetime, UUID] | None = None, limit: int = 50
    ) -> Sequence[Cancellation]:
        """The newest first; `before` is the moment and id of the last one seen."""
        found = select(cancellations).order_by(cancellations.c.created_at.desc(), cancellations.c.id.desc())
        if before:
            found = found.where(tuple_(cancellations.c.created_at, cancellations.c.id) < before)
        with self.look(retailer_id) as db:
            return [_read(row) for row in db.execute(found.limit(limit))]

    def hear(self, fact: Envelope[Any], link_of: Callable[[str], str]) -> None:
        """What orders says became of it; the shopper is told where that is the end, a person where it is not.

        `link_of` gives the address of the page of the cancellation with a key.
        """
        told: Told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            mine = select(cancellations).where(cancellations.c.id == told.cancellation_id).with_for_update()
            row = unit.db.execute(mine).one_or_none()
            if row is None or row.ended_at is not None:
                return
            changed = _outcome(told)
            history = [*row.history, _happened(unit, changed["state"], words=changed["words"], code=changed["code"])]
            over = changed["state"] == State.CANCELLED or _is_over(told)
            ended = {"ended_at": unit.now if over else None, "history": history}
            done = update(cancellations).where(cancellations.c.id == row.id).values(**changed, **ended)
            found = _read(unit.db.execute(done.returning(cancellations)).one())
            _follow(unit, found)
            if over:
                unit.announce(_closed(found, told, link_of(row.key)))


def status_link(token: str) -> str:
    """Where its page is, below the retailer's own address."""
    return f"/c/{token}"


def _outcome(told: Told) -> dict[str, Any]:
    if isinstance(told, CancellationSucceededV1):
        return {"state": State.CANCELLED, "code": None, "words": None, "reference": told.reference}
    if isinstance(told, CancellationRefusedV1):
        return {"state": State.REFUSED, "code": told.code, "words": told.words, "reference": None}
    return {"state": State.UNKNOWN, "code": None, "words": None, "reference": None}


def _is_over(told: Told) -> bool:
    return isinstance(told, CancellationRefusedV1) and (told.late or told.code == BY_A_PERSON)


def _follow(unit: Unit, found: Cancellation) -> None:
    """One task while a person must look, of the kind that says what for."""
    for kind in TASKS:
        Tasks().done(unit, kind=kind, subject=found.id, by="system")
    if not found.is_for_a_person:
        return
    unknown = found.state is State.UNKNOWN
    by_hand = TaskKind.CANCEL_BY_HAND if found.code == BY_HAND else TaskKind.CANCELLATION_REFUSED
    detail = {"cancellation": found.number, "order": found.order_number}
    kind = TaskKind.CANCELLATION_UNKNOWN if unknown else by_hand
    Tasks().raise_for(unit, kind=kind, subject=found.id, detail=detail, words=found.words)


def _closed(found: Cancellation, told: Told, link: str) -> CancellationClosedV1:
    return CancellationClosedV1(
        cancellation_id=found.id,
        number=found.number,
        order_number=found.order_number,
        contact=found.contact,
        lines=found.lines,
        amount=found.amount,
        cancelled=found.state is State.CANCELLED,
        late=isinstance(told, CancellationRefusedV1) and told.late,
        words=found.words,
        status_url=link,
    )


def _happened(unit: Unit, what: State, **more: str | None) -> dict[str, Any]:
    return {"at": unit.now.isoformat(), "what": what, **{name: value for name, value in more.items() if value}}


def _read(row: Row[Any]) -> Cancellation:
    return Cancellation(
        row.id,
        row.number,
        row.order_id,
        row.order_number,
        Contact.model_validate(row.contact),
        tuple(UnsentLine.model_validate(line) for line in row.lines),
        row.whole,
        Money(amount=row.shipping_amount, currency=row.shipping_currency),
        Money(amount=row.amount_amount, currency=row.amount_currency),
        row.reason,
        row.by,
        State(row.state),
        row.code,
        row.words,
        row.reference,
        tuple(row.history),
        row.created_at,
        row.ended_at,
    )
