"""What the shop keeps: orders as whole documents, who owns which id, the webhooks it made and the journal of effects."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from deploy.sandbox.memory import Memory
from deploy.sandbox.shopify.catalogue import Shop
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.orders import Order

SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, shop TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (shop, name));
CREATE TABLE IF NOT EXISTS owners (kind TEXT, id INTEGER, order_id INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS endpoints (shop TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, event_id TEXT NOT NULL, shop TEXT NOT NULL, order_name TEXT NOT NULL,
    topic TEXT NOT NULL, triggered_at TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS webhooks_order ON webhooks (shop, order_name);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, shop TEXT NOT NULL, effect TEXT NOT NULL, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS variants (
    shop TEXT, id INTEGER, available INTEGER NOT NULL, price INTEGER, PRIMARY KEY (shop, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (shop TEXT, id INTEGER, PRIMARY KEY (shop, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gift_cards (
    id INTEGER PRIMARY KEY, shop TEXT NOT NULL, code TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL,
    expires_on TEXT, note TEXT, made_at TEXT NOT NULL, UNIQUE (shop, code));
CREATE TABLE IF NOT EXISTS credits (
    id INTEGER PRIMARY KEY, shop TEXT NOT NULL, customer_id INTEGER NOT NULL, amount INTEGER NOT NULL,
    currency TEXT NOT NULL, expires_at TEXT, made_at TEXT NOT NULL, order_id INTEGER);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, shop TEXT NOT NULL, order_id INTEGER NOT NULL, note TEXT, due_at TEXT NOT NULL, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    shop TEXT, key TEXT, digest TEXT NOT NULL, refund_id INTEGER NOT NULL, PRIMARY KEY (shop, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscriptions (
    id INTEGER PRIMARY KEY, shop TEXT NOT NULL, topic TEXT NOT NULL, uri TEXT NOT NULL, UNIQUE (shop, topic, uri));
"""
_STEP = 32_769  # Shopify's ids are far apart too: nothing may count on neighbours
_FIRST_ORDER = 1001


@dataclass(frozen=True)
class Desk:
    """What a change needs from around it: the time, and a fresh number for each kind of thing."""

    now: datetime
    next_id: Callable[[str], int]


@dataclass(frozen=True)
class Endpoint:
    """Where a shop's webhooks go, and the secret that signs them."""

    url: str
    secret: str


class ShopStore:
    """The shop's part of the memory. Call what writes inside `memory.change()`."""

    def __init__(self, memory: Memory, *, clock: Callable[[], datetime], seed: int = 1) -> None:
        self.memory = memory
        self.clock = clock
        self._seed = seed

    def desk(self) -> Desk:
        """A desk for one change."""
        return Desk(self.clock().replace(microsecond=0), self.next_id)

    def next_id(self, kind: str) -> int:
        """A number that no other thing of this kind has; the same ones again from the same seed."""
        first = 10_000_000_000 * (500 + crc32(f"{self._seed}:{kind}".encode()) % 400)
        return self._count(f"id:{kind}", first, _STEP)

    def next_order_number(self, shop: Shop) -> int:
        """The next number of this shop: 1001 and on."""
        return self._count(f"order:{shop.domain}", _FIRST_ORDER - 1, 1)

    def save(self, order: Order) -> None:
        """Keep an order as it now is, and remember which ids belong to it."""
        self.memory.run(
            "INSERT INTO orders (id, shop, name, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            order.id,
            order.shop,
            order.name,
            order.model_dump_json(),
        )
        for one in order.returns:
            self._own("Return", one.id, order.id)
            self._own("ReverseFulfillmentOrder", one.reverse_id, order.id)
            for delivery in one.deliveries:
                self._own("ReverseDelivery", delivery.id, order.id)

    def order(self, shop: Shop, id_: int) -> Order | None:
        """The order of this number in this shop."""
        return self._read("SELECT body FROM orders WHERE shop = ? AND id = ?", shop.domain, id_)

    def order_named(self, shop: Shop, name: str) -> Order | None:
        """The order of this name, in any case of letters."""
        return self._read("SELECT body FROM orders WHERE shop = ? AND name = ? COLLATE NOCASE", shop.domain, name)

    def order_owning(self, shop: Shop, kind: str, id_: int) -> Order | None:
        """The order to which a return, a reverse fulfilment order or a reverse delivery belongs."""
        row = self.memory.row("SELECT order_id FROM owners WHERE kind = ? AND id = ?", kind, id_)
        return self.order(shop, row["order_id"]) if row else None

    def orders(self, shop: Shop) -> list[Order]:
        """Every order of a shop, oldest first."""
        rows = self.memory.rows("SELECT body FROM orders WHERE shop = ? ORDER BY id", shop.domain)
        return [Order.model_validate_json(row["body"]) for row in rows]

    def point(self, shop: str, endpoint: Endpoint) -> None:
        """Send this shop's webhooks there from now on."""
        self.memory.run(
            "INSERT OR REPLACE INTO endpoints (shop, url, secret) VALUES (?, ?, ?)", shop, endpoint.url, endpoint.secret
        )

    def endpoint(self, shop: str) -> Endpoint | None:
        """Where this shop's webhooks go, if anywhere."""
        row = self.memory.row("SELECT url, secret FROM endpoints WHERE shop = ?", shop)
        return Endpoint(row["url"], row["secret"]) if row else None

    def record(self, order: Order, effect: str, **facts: Any) -> None:
        """Write an effect into the journal, which only grows."""
        entry = {"order": {"id": gid("Order", order.id), "name": order.name}, **facts}
        self.memory.run(
            "INSERT INTO journal (at, shop, effect, entry) VALUES (?, ?, ?, ?)",
            self.clock().isoformat(),
            order.shop,
            effect,
            json.dumps(entry),
        )

    def journal(self, shop: str | None = None, order: str | None = None) -> list[dict[str, Any]]:
        """Every effect so far, oldest first, of all shops or one, of all orders or one."""
        rows = self.memory.rows("SELECT * FROM journal WHERE ? IS NULL OR shop = ? ORDER BY seq", shop, shop)
        entries = [
            {
                "seq": row["seq"],
                "at": row["at"],
                "shop": row["shop"],
                "effect": row["effect"],
                **json.loads(row["entry"]),
            }
            for row in rows
        ]
        return [entry for entry in entries if order is None or entry["order"]["name"] == order]

    def _own(self, kind: str, id_: int, order_id: int) -> None:
        self.memory.run("INSERT OR IGNORE INTO owners (kind, id, order_id) VALUES (?, ?, ?)", kind, id_, order_id)

    def _count(self, name: str, start: int, step: int) -> int:
        self.memory.run(
            "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?",
            name,
            start + step,
            step,
        )
        row = self.memory.row("SELECT value FROM counters WHERE name = ?", name)
        assert row is not None
        return int(row["value"])

    def _read(self, sql: str, *values: Any) -> Order | None:
        row = self.memory.row(sql, *values)
        return Order.model_validate_json(row["body"]) if row else None
