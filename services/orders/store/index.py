"""The index of orders: what webhooks and readings say of each, ready to be found without asking the shop."""

import hmac
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.secrets import Secrets
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders import OrderChangedV1, OrderV1
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.lookup import OrderNotFound, email_key, is_number, number_key
from services.orders.domain.orders import KnownOrder, News, Reading, absorb, identity, view
from services.orders.domain.shops import Shop
from services.orders.store.jobs import Held, held_lines
from services.orders.store.returns import REFRESHES
from services.orders.store.shops import shop_from, shop_of
from services.orders.store.tables import metadata, orders, shops

EMAIL = "orders.email"
AFTER_NEWS = timedelta(seconds=1)  # a shop tells one event in several webhooks: one reading does for all of them
CANDIDATES = 20  # orders of one number that are compared: prefixes may repeat a number, a retailer does not
_KNOWN = TypeAdapter(KnownOrder)


@dataclass(frozen=True, slots=True)
class Match:
    """An order found in the index. It is fresh when nothing was heard of it since it was last read from the shop."""

    order: OrderV1
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class ToRead:
    """An order about to be read from its shop, and what our own returns held of it at that moment."""

    order_id: UUID
    shop: Shop
    shop_order_id: str
    held: frozenset[Held]
    at: datetime
    is_fresh: bool = False


class OrderIndex(Store):
    """What is known of each order, folded from news in whatever order it comes."""

    service, metadata = "orders", metadata

    def hear(self, fact: Envelope[ShopWebhookReceivedV1], shop_order_id: str, news: Iterable[News]) -> None:
        """Index a payload at once, and have the order read from the shop after the commit."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = shop_of(unit)
            if shop is None or shop.domain != fact.data.shop:
                raise Permanent(f"{fact.data.shop} is not the retailer's shop")
            row = _locked(unit, shop, shop_order_id)
            _keep(unit, row, shop.id, absorb(_known(row), *news), heard_at=unit.now)
            unit.claim(REFRESHES, account=shop.domain, subject=row.id, after=AFTER_NEWS)

    def to_read(self, retailer_id: UUID, order_id: UUID) -> ToRead | None:
        """What a reading of the order starts from; None when it is not in the index."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(
                select(shops, orders.c.shop_order_id, orders.c.heard_at, orders.c.read_at)
                .join(orders, orders.c.shop_id == shops.c.id)
                .where(orders.c.id == order_id)
            ).one_or_none()
            if row is None:
                return None
            held, fresh = held_lines(unit, order_id), _is_fresh(heard_at=row.heard_at, read_at=row.read_at)
            return ToRead(order_id, shop_from(row), row.shop_order_id, held, unit.now, fresh)

    def to_read_first(self, shop: Shop, shop_order_id: str) -> ToRead:
        """The same for an order that the index may not have yet."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            order_id = identity(shop.id, shop_order_id)
            return ToRead(order_id, shop, shop_order_id, held_lines(unit, order_id), unit.now)

    def keep(self, asked: ToRead, reading: Reading) -> OrderV1:
        """The order with what was read of it. News that came meanwhile stays, and has planned a reading of its own."""
        with self.unit(retailer_id=asked.shop.retailer_id) as unit:
            row = _locked(unit, asked.shop, asked.shop_order_id)
            # A return that opened or closed while we read may be in the shop's number or not: it is not added.
            held = asked.held & held_lines(unit, asked.order_id)
            known = absorb(_known(row), _with_held(reading, held, asked.shop.id))
            read_at = max(reading.read_at, row.read_at or reading.read_at)
            order = _keep(unit, row, asked.shop.id, known, read_at=read_at)
            assert order is not None  # a reading holds the order
            return order

    def find(self, retailer_id: UUID, *, number: str, email: str) -> Match | None:
        """The order with this number and email. One query, and the same work whether it is there or not."""
        mine = _email_key(retailer_id, email)
        with self.unit(retailer_id=retailer_id) as unit:
            rows = unit.db.execute(
                select(orders.c.view, orders.c.email_key, orders.c.heard_at, orders.c.read_at)
                .where(orders.c.number_key == (number_key(number) or ""))
                .limit(CANDIDATES)
            ).all()
        theirs = [row for row in rows if hmac.compare_digest(mine, bytes(row.email_key or b""))]
        found = next((row for row in theirs if is_number(number, row.view["number"])), None)
        if found is None:
            return None
        return Match(
            OrderV1.model_validate(found.view), is_fresh=_is_fresh(heard_at=found.heard_at, read_at=found.read_at)
        )

    def get(self, retailer_id: UUID, order_id: UUID) -> OrderV1:
        """The order with this id. Raises OrderNotFound."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(select(orders.c.view).where(orders.c.id == order_id)).scalar_one_or_none()
        if found is None:
            raise OrderNotFound()
        return OrderV1.model_validate(found)


def _locked(unit: Unit, shop: Shop, shop_order_id: str) -> Row[Any]:
    """The order's row, made where it is not there yet, ours until the commit."""
    order_id = identity(shop.id, shop_order_id)
    unit.db.execute(
        insert(orders)
        .values(
            id=order_id,
            retailer_id=unit.retailer_id,
            shop_id=shop.id,
            shop_order_id=shop_order_id,
            known=_KNOWN.dump_python(KnownOrder(), mode="json"),
        )
        .on_conflict_do_nothing()
    )
    return unit.db.execute(select(orders).where(orders.c.id == order_id).with_for_update()).one()


def _is_fresh(*, heard_at: datetime | None, read_at: datetime | None) -> bool:
    """Whether the order was read from the shop, and nothing was heard of it since that reading began."""
    return read_at is not None and (heard_at is None or heard_at <= read_at)


def _known(row: Row[Any]) -> KnownOrder:
    return _KNOWN.validate_python(row.known)


def _keep(unit: Unit, row: Row[Any], shop_id: UUID, known: KnownOrder, **moments: datetime) -> OrderV1 | None:
    """Write what is known and how it is told, and state the change if there is one."""
    order = view(known, shop_id)
    told = order.model_dump(mode="json") if order else None
    unit.db.execute(
        update(orders)
        .where(orders.c.id == row.id)
        .values(known=_KNOWN.dump_python(known, mode="json"), view=told, **moments, **_keys(unit.retailer_id, order))
    )
    if order is not None and told != row.view:
        unit.announce(OrderChangedV1(order_id=order.order_id, number=order.number, cancelled=order.cancelled))
    return order


def _keys(retailer_id: UUID, order: OrderV1 | None) -> dict[str, Any]:
    """How the order is found. One without an email, bought over a counter, is not found by email at all."""
    if order is None:
        return {}
    email = order.contact.email
    return {"number_key": number_key(order.number), "email_key": _email_key(retailer_id, email) if email else None}


def _email_key(retailer_id: UUID, email: str) -> bytes:
    return _secrets().fingerprint(retailer_id, EMAIL, email_key(email))


@cache
def _secrets() -> Secrets:
    return Secrets.from_settings()


def _with_held(reading: Reading, held: Iterable[Held], shop_id: UUID) -> Reading:
    """`reading` with the quantities of our own open returns added back, which portal subtracts."""
    ours: Counter[UUID] = Counter()
    for line in held:
        ours[line.order_line_id] += line.quantity
    shops_own = dict(reading.returnable)
    lines = [line.shop_line_id for line in reading.order.lines]
    return replace(
        reading, returnable=tuple((line, shops_own.get(line, 0) + ours[identity(shop_id, line)]) for line in lines)
    )
