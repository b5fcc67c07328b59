"""The index of orders: what webhooks and readings say of each, ready to be found without asking the shop."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Select, any_, cast, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders import FindOrderV1, OrderV1
from libs.contracts.portal import ShopWebhookReceivedV1
from services.orders.domain.heard import Heard
from services.orders.domain.lookup import (
    OrderNotFound,
    is_number,
    number_key,
    proof_of,
)
from services.orders.domain.orders import Reading, absorb, identity, read_with
from services.orders.domain.shops import Shop
from services.orders.store.holding import Held, held_lines, still_held
from services.orders.store.products import with_products
from services.orders.store.returns import REFRESHES
from services.orders.store.rows import Change, is_fresh, is_one_of, known_of, lock, proof_key, write
from services.orders.store.scan_tables import shop_returns
from services.orders.store.shops import shop_from, shop_of
from services.orders.store.tables import metadata, orders, shops

AFTER_NEWS = timedelta(seconds=1)  # a shop tells one event in several webhooks: one reading does for all of them
CANDIDATES = 20  # orders of one number that are compared, whether one is theirs or not
_FOUND = (orders.c.view, orders.c.shop_id, orders.c.read_at, orders.c.email_key)


@dataclass(frozen=True, slots=True)
class Match:
    """An order found in the index. It is fresh when nothing was heard of it since it was last read from the shop.

    `unread` are its products of which the shop never said which collections they are in.
    """

    order: OrderV1
    shop_id: UUID
    is_fresh: bool
    unread: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the shop need not be asked."""
        return self.is_fresh and not self.unread


@dataclass(frozen=True, slots=True)
class ToRead:
    """An order about to be read from its shop, and what our own returns held of it, or had `settled`, at that moment."""

    order_id: UUID
    shop: Shop
    shop_order_id: str
    held: frozenset[Held]
    settled: frozenset[UUID]
    at: datetime
    is_fresh: bool = False

    @property
    def counted(self) -> frozenset[UUID]:
        """The lines of our returns whose units the shop counts as gone by then."""
        return self.settled | {held.line_id for held in self.held}


class OrderIndex(Store):
    """What is known of each order, folded from news in whatever order it comes."""

    service, metadata = "orders", metadata

    def hear(self, fact: Envelope[ShopWebhookReceivedV1], heard: Heard) -> None:
        """Index a payload at once, and have the order read from the shop after the commit.

        Of a return that names no order, and of which no other webhook has, nothing is learned: the sweep finds its order.
        """
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = shop_of(unit)
            if shop is None or shop.domain != fact.data.shop:
                raise Permanent(f"{fact.data.shop} is not the retailer's shop")
            for row in lock(unit, shop, _order_of(unit, shop, heard)):
                write(unit, shop.id, [Change(row, absorb(known_of(row), *heard.news), heard_at=unit.now)])
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
            fresh = is_fresh(heard_at=row.heard_at, read_at=row.read_at)
            return ToRead(order_id, shop_from(row), row.shop_order_id, *_ours(unit, order_id), unit.now, fresh)

    def to_read_first(self, shop: Shop, shop_order_id: str) -> ToRead:
        """The same for an order that the index may not have yet."""
        with self.unit(retailer_id=shop.retailer_id) as unit:
            order_id = identity(shop.id, shop_order_id)
            return ToRead(order_id, shop, shop_order_id, *_ours(unit, order_id), unit.now)

    def keep(self, asked: ToRead, reading: Reading) -> OrderV1:
        """The order with what was read of it. News that came meanwhile stays, and has planned a reading of its own."""
        with self.unit(retailer_id=asked.shop.retailer_id) as unit:
            (row,) = lock(unit, asked.shop, [asked.shop_order_id])
            # A return that opened or closed while we read may be in the shop's number or not: it is not added.
            held = still_held(asked.held, held_lines(unit, asked.order_id))
            known = read_with(known_of(row), _with_held(reading, held, asked.shop.id), asked.counted)
            (order,) = write(unit, asked.shop.id, [Change(row, known, read_at=reading.read_at)])
            assert order is not None  # a reading holds the order
            return with_products(unit, order, asked.shop.id, read_at=reading.read_at)[0]

    def find(self, retailer_id: UUID, asked: FindOrderV1) -> Match | None:
        """The order with this number and proof. The same query and work, whether it is not there or not theirs."""
        proof = proof_of(asked)
        mine = proof_key(retailer_id, proof)
        with self.unit(retailer_id=retailer_id) as unit:
            rows = unit.db.execute(of_number(asked.number, mine)).all()
            theirs = [row for row in rows if is_one_of(mine, (row.email_key, *row.proof_keys))] if proof else []
            found = next((row for row in theirs if is_number(asked.number, row.view["number"])), None)
            if found is None:
                return None
            order, unread = _shown(unit, found)
            return Match(order, found.shop_id, is_fresh(heard_at=found.heard_at, read_at=found.read_at), unread)

    def get(self, retailer_id: UUID, order_id: UUID) -> OrderV1:
        """The order with this id. Raises OrderNotFound."""
        with self.unit(retailer_id=retailer_id) as unit:
            asked = select(*_FOUND).where(orders.c.id == order_id, orders.c.view.is_not(None))
            found = unit.db.execute(asked).one_or_none()
            if found is None:
                raise OrderNotFound()
            return _shown(unit, found)[0]


def of_number(number: str, proof: bytes) -> Select[Any]:
    """Asks for the orders that may be meant by a number, first those that a proof key opens."""
    opens = or_(orders.c.email_key == proof, literal(proof, LargeBinary) == any_(orders.c.proof_keys))
    return (
        select(*_FOUND, orders.c.proof_keys, orders.c.heard_at)
        .where(orders.c.number_key == (number_key(number) or ""), orders.c.view.is_not(None))
        .order_by(func.coalesce(opens, false()).desc())
        .limit(CANDIDATES)
    )


def earlier_than(order: OrderV1, email_key: bytes) -> Select[Any]:
    """Counts the others of whoever has this email that were placed by then and not cancelled. The erased have none."""
    before = cast(orders.c.view["placed_at"].astext, DateTime(timezone=True)) <= order.placed_at
    kept = orders.c.view["cancelled"].astext == "false"
    return (
        select(func.count())
        .select_from(orders)
        .where(orders.c.email_key == email_key, orders.c.id != order.order_id, before, kept)
    )


def _shown(unit: Unit, row: Any) -> tuple[OrderV1, tuple[str, ...]]:
    order, unread = with_products(unit, OrderV1.model_validate(row.view), row.shop_id, read_at=row.read_at)
    if row.email_key is None:
        return order, unread
    earlier = unit.db.execute(earlier_than(order, row.email_key)).scalar_one()
    return order.model_copy(update={"earlier_orders": earlier}), unread


def _ours(unit: Unit, order_id: UUID) -> tuple[frozenset[Held], frozenset[UUID]]:
    """What our own returns hold of the order, and which of their lines were settled since it was read."""
    known = unit.db.execute(select(orders.c.known).where(orders.c.id == order_id)).scalar_one_or_none() or {}
    settled = frozenset(UUID(each["line_id"]) for each in known.get("settled", ()))
    return held_lines(unit, order_id), settled


def _order_of(unit: Unit, shop: Shop, heard: Heard) -> list[str]:
    """The order that is meant; none where it cannot be told. Which order a return is of is kept for later."""
    if heard.shop_return_id is None:
        return [heard.shop_order_id] if heard.shop_order_id else []
    return_id = identity(shop.id, heard.shop_return_id)
    if heard.shop_order_id is None:
        asked = select(shop_returns.c.shop_order_id).where(shop_returns.c.id == return_id)
        return list(unit.db.execute(asked).scalars())
    told = {"id": return_id, "retailer_id": unit.retailer_id, "shop_order_id": heard.shop_order_id}
    unit.db.execute(insert(shop_returns).values(told).on_conflict_do_nothing())
    return [heard.shop_order_id]


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
