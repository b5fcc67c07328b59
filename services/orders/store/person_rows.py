"""The rows of requests about persons' data, as their store reads and changes them within a unit."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.personal import erase
from libs.chassis.secrets import Secrets
from libs.chassis.store import Unit
from libs.contracts.orders_persons import (
    PersonRequest,
    PersonRequestedV1,
    PersonRequestEndedV1,
    PersonRequestKind,
    PersonRequestLateV1,
    PersonRequestState,
)
from libs.contracts.persons import PersonRefs
from libs.contracts.portal_persons import PersonFoundV1
from services.orders.domain import persons as domain
from services.orders.domain.lookup import BY_EMAIL, email_key
from services.orders.domain.orders import identity
from services.orders.domain.persons import Asked, Pursued
from services.orders.domain.shops import Shop
from services.orders.store.person_tables import person_requests as requests
from services.orders.store.persons import HOLDINGS, orders_of
from services.orders.store.rows import proof_key
from services.orders.store.shops import shop_of
from services.orders.store.tables import orders, shops

PERSONS = "persons"  # the kind of planned work that leads a request on
SERVICES = ("portal", "rules", "labels", "payments", "tracking", "notifications")  # who else holds personal data
_EMAIL, _SUBJECT = "person_requests.email", "person_requests.subject"
_OVER = (PersonRequestState.DONE, PersonRequestState.VOID)
_OPEN_RETURNS = "open returns"


def told(row: Row[Any]) -> PersonRequest:
    """A request as others may read it."""
    return PersonRequest(
        request_id=row.id,
        kind=row.kind,
        state=row.state,
        by=row.by,
        received_at=row.received_at,
        due_at=row.due_at,
        orders=row.orders,
        returns=row.returns,
        open_returns=tuple(row.open_returns),
        silent=() if row.state in _OVER else _silent(row),
        ended_at=row.ended_at,
        export_until=row.export_until,
    )


def shop_asking(unit: Unit, domain_name: str) -> Shop:
    """The shop that asks: the one in force, or one that was. Raises Permanent for any other."""
    shop = shop_of(unit)
    if shop is not None and shop.domain == domain_name:
        return shop
    former = unit.db.execute(select(shops.c.id).where(shops.c.domain == domain_name)).scalar()
    if shop is None or former is None:
        raise Permanent(f"{domain_name} is not the retailer's shop")
    return replace(shop, id=former, domain=domain_name, token=None)


def add(unit: Unit, asked: Asked, shop: Shop | None, *, at: datetime, void: bool = False, **given: Any) -> UUID | None:
    """The id of the new request; None where the same is under way."""
    order_ids = [identity(shop.id, each) for each in asked.shop_order_ids] if shop else []
    values = {
        "id": new_id(),
        "retailer_id": unit.retailer_id,
        "kind": asked.kind,
        "state": PersonRequestState.VOID if void else PersonRequestState.OPEN,
        "by": asked.by,
        "subject_key": _subject_key(unit, asked),
        "email": _secrets().seal(unit.retailer_id, _EMAIL, asked.email) if asked.email else None,
        "order_ids": order_ids,
        "received_at": at,
        "due_at": at + domain.WITHIN,
        "ended_at": unit.now if void else None,
    }
    once = insert(requests).values(values | given)
    once = once.on_conflict_do_nothing(
        index_elements=["retailer_id", "kind", "subject_key"], index_where=requests.c.ended_at.is_(None)
    )
    row = unit.db.execute(once.returning(requests)).one_or_none()
    if row is None:
        return None
    unit.announce(PersonRequestedV1(request_id=row.id, kind=row.kind, by=row.by, due_at=row.due_at))
    if void:
        unit.announce(_ended(row))
    else:
        claim(unit, row)
    return UUID(str(row.id))


def is_open(unit: Unit, asked: Asked) -> ColumnElement[bool]:
    """Which request is the same and under way."""
    mine = (requests.c.kind == asked.kind) & (requests.c.subject_key == _subject_key(unit, asked))
    return mine & requests.c.ended_at.is_(None)


def held(unit: Unit, request_id: UUID) -> Row[Any] | None:
    """The request, held until the unit ends."""
    return unit.db.execute(select(requests).where(requests.c.id == request_id).with_for_update()).one_or_none()


def change(unit: Unit, row: Row[Any], **values: Any) -> None:
    """Write these columns."""
    unit.db.execute(update(requests).where(requests.c.id == row.id).values(values))


def claim(unit: Unit, row: Row[Any], *, after: timedelta = timedelta()) -> None:
    """Plan to lead the request on."""
    unit.claim(PERSONS, account=str(unit.retailer_id), subject=row.id, after=after)


def plan_next(unit: Unit, row: Row[Any]) -> None:
    """Plan the next try, and call a person where time runs out. What is done is looked at again, for what comes late."""
    if row.state == PersonRequestState.DONE:
        at = row.export_until if row.kind == PersonRequestKind.EXPORT else domain.next_look(row.ended_at, unit.now)
        if at is not None and at > unit.now:
            claim(unit, row, after=at - unit.now)
        return
    claim(unit, row, after=domain.again(row.looks))
    late = "late_at" if unit.now >= row.due_at else "warned_at" if unit.now >= row.due_at - domain.WARNED else None
    if late is None or getattr(row, late) is not None:
        return
    waits_for = (*_silent(row), *((_OPEN_RETURNS,) if row.open_returns else ()))
    unit.announce(PersonRequestLateV1(request_id=row.id, kind=row.kind, due_at=row.due_at, waits_for=waits_for))
    change(unit, row, **{late: unit.now})


def batch_of(unit: Unit, row: Row[Any]) -> tuple[UUID, ...]:
    """The orders that are looked at now: all of a person, some of a shop."""
    if row.kind == PersonRequestKind.ERASE_SHOP:
        return tuple(row.order_ids) if row.order_ids or row.everybody else _page(unit, row)
    theirs: Collection[UUID] = ()
    if row.email is not None:
        theirs = orders_with(unit, _email(unit, row) or "")
    return tuple(sorted({*row.order_ids, *theirs}))


def orders_with(unit: Unit, email: str) -> tuple[UUID, ...]:
    """The orders with this address."""
    key = proof_key(unit.retailer_id, BY_EMAIL + email_key(email))
    return tuple(unit.db.execute(select(orders.c.id).where(orders.c.email_key == key)).scalars())


def pursued(unit: Unit, row: Row[Any], batch: tuple[UUID, ...]) -> Pursued:
    """The request with its batch."""
    return Pursued(
        row.id,
        unit.retailer_id,
        PersonRequestKind(row.kind),
        batch,
        _email(unit, row),
        everybody=row.everybody,
        is_done=row.state == PersonRequestState.DONE,
        is_export_over=row.export_until is not None and row.export_until <= unit.now,
    )


def refs(unit: Unit, row: Row[Any], asked: Pursued, found: PersonFoundV1) -> PersonRefs:
    """Whose data goes now: all that is behind these orders and no open return needs."""
    busy = {each.order_id for each in found.returns if each.open}
    waits = {each.return_id for each in found.returns if each.open}
    ended = {each.return_id for each in found.returns if not each.open} | set(row.return_ids)
    free = sorted(set(asked.order_ids) - busy)
    return PersonRefs(
        order_ids=tuple(free),
        shop_order_ids=shop_order_ids(unit, free),
        return_ids=tuple(sorted(ended - waits)),
        intake_ids=tuple(sorted({*found.intake_ids, *row.intake_ids})),
        delivery_ids=tuple(row.delivery_ids),
        everybody=row.everybody and not waits,
    )


def erase_here(unit: Unit, who: PersonRefs, pseudonym: str) -> int:
    """Take the person out of our own rows, and keep the buyers of these orders out; how many orders that is news of."""
    fresh = update(orders).where(orders_of(who), orders.c.erased_as.is_(None)).values(erased_as=pseudonym)
    marked = unit.db.execute(fresh.returning(orders.c.id)).all()
    erase(unit.db, HOLDINGS, who, pseudonym)
    return len(marked)


def is_news(unit: Unit, row: Row[Any], who: PersonRefs) -> bool:
    """Whether the others are to be told: they were not, or so long ago that somebody still holds something."""
    if who == PersonRefs(delivery_ids=who.delivery_ids) and not who.delivery_ids:
        return False
    again = row.stated_at is not None and row.stated_at < unit.now - domain.STATED_AGAIN and not _quiet(row)
    return row.stated_at is None or bytes(row.stated or b"") != _digest(who) or again


def keep_round(unit: Unit, row: Row[Any], who: PersonRefs, found: PersonFoundV1, *, erased: int, is_news: bool) -> None:
    """Write what the round found and did."""
    waits = sorted(each.return_id for each in found.returns if each.open)
    busy = {each.order_id for each in found.returns if each.open} & set(row.order_ids)
    state = PersonRequestState.WAITING if waits else PersonRequestState.OPEN
    told = {"stated_at": unit.now, "stated": _digest(who), "answered": [], "looks": 0} if is_news else {}
    change(
        unit,
        row,
        state=row.state if row.state in _OVER else state,
        return_ids=list(who.return_ids),
        intake_ids=list(who.intake_ids),
        open_returns=waits,
        waiting_orders=sorted((set(row.waiting_orders) - set(who.order_ids)) | busy),
        orders=row.orders + erased,
        returns=row.returns + len(set(who.return_ids) - set(row.return_ids)),
        **told,
    )


def next_batch(unit: Unit, row: Row[Any]) -> None:
    """Go on with a shop: its next orders, then those that waited, and at last what belongs to no order."""
    fresh: dict[str, Any] = {"return_ids": [], "answered": [], "stated_at": None, "stated": None}
    if page := _page(unit, row, after=max(row.order_ids, default=None)):
        change(unit, row, order_ids=list(page), **fresh)
        claim(unit, row)
    elif row.waiting_orders:
        change(unit, row, order_ids=row.waiting_orders, **fresh)
    elif unit.db.execute(select(shops.c.id).where(shops.c.id != row.shop_id)).first() is None:
        change(unit, row, order_ids=[], everybody=True, **fresh)
        claim(unit, row)
    else:  # the retailer sells elsewhere now: what belongs to no order may be of those customers
        end(unit, row)


def end(unit: Unit, row: Row[Any], **more: Any) -> None:
    """The request is done: its address is forgotten, and it is looked at again for what comes late."""
    done = {"state": PersonRequestState.DONE, "ended_at": unit.now, "email": None, "open_returns": []}
    ended = update(requests).where(requests.c.id == row.id).values(done | more).returning(requests)
    row = unit.db.execute(ended).one()
    unit.announce(_ended(row))
    plan_next(unit, row)


def shop_order_ids(unit: Unit, order_ids: Iterable[UUID]) -> tuple[str, ...]:
    """What the shop calls these orders."""
    asked = select(orders.c.shop_order_id).where(orders.c.id.in_(list(order_ids))).order_by(orders.c.id)
    return tuple(unit.db.execute(asked).scalars())


def _page(unit: Unit, row: Row[Any], after: UUID | None = None) -> tuple[UUID, ...]:
    mine = select(orders.c.id).where(orders.c.shop_id == row.shop_id, orders.c.erased_as.is_(None))
    mine = mine.where(orders.c.id.not_in(row.waiting_orders))
    if after is not None and row.order_ids != row.waiting_orders:
        mine = mine.where(orders.c.id > after)
    return tuple(unit.db.execute(mine.order_by(orders.c.id).limit(domain.BATCH)).scalars())


def _silent(row: Row[Any]) -> tuple[str, ...]:
    return tuple(each for each in SERVICES if each not in row.answered)


def _quiet(row: Row[Any]) -> bool:
    return not _silent(row)


def _ended(row: Row[Any]) -> PersonRequestEndedV1:
    counted = {"orders": row.orders, "returns": row.returns}
    return PersonRequestEndedV1(request_id=row.id, kind=row.kind, state=row.state, by=row.by, **counted)


def _digest(who: PersonRefs) -> bytes:
    return hashlib.sha256(who.model_dump_json().encode()).digest()


def _email(unit: Unit, row: Row[Any]) -> str | None:
    return None if row.email is None else _secrets().open(unit.retailer_id, _EMAIL, row.email)


def _subject_key(unit: Unit, asked: Asked) -> bytes:
    return _secrets().fingerprint(unit.retailer_id, _SUBJECT, asked.subject)


@cache
def _secrets() -> Secrets:
    return Secrets.from_settings()
