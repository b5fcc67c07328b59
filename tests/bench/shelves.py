"""An index of many orders, copied from one that was really bought and really read. Import it once the stage stands."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from libs.chassis.claims import Claim
from libs.chassis.ids import new_id
from libs.contracts.orders import FindOrderV1
from libs.contracts.orders_shops import ConnectShopV1
from services.orders.connecting import connect_shop
from services.orders.domain.lookup import BY_EMAIL, proofs_of
from services.orders.domain.orders import buyer_of, identity
from services.orders.domain.scans import Kind
from services.orders.finding import find_order
from services.orders.reaching import client_of
from services.orders.scanning import scan
from services.orders.store.index import OrderIndex, of_number
from services.orders.store.rows import known_of, proof_key
from services.orders.store.scan_tables import scans
from services.orders.store.scans import Scans
from services.orders.store.shops import Shops
from services.orders.store.tables import orders

ORDERS, RETAILERS, CHANGED = 100_000, 5, 10_000
FIRST = 7_000_000_000_000  # the shop's id of the first order
DOMAIN = "alder-demo.myshopify.com"
COLUMNS = (
    "id, retailer_id, shop_id, shop_order_id, number_key, email_key, proof_keys, known, view, heard_at, read_at, source"
)


class Shelf:
    """Orders `AL-100000` and on of each retailer, all bought alike by another shopper."""

    def __init__(self, sandbox: str) -> None:
        self.index, self.shops, self.scans = OrderIndex(), Shops(), Scans()
        self.retailers = [new_id() for _ in range(RETAILERS)]
        mine = self.retailers[0]
        connect_shop(self.shops, mine, ConnectShopV1(domain=DOMAIN, token="shpat_alder_demo", currency="GBP"))
        self.sold = _sell(sandbox)
        shop = self.shops.of(mine)
        assert shop is not None
        self.shop = shop
        self.sweep()
        with self.index.unit(retailer_id=mine) as unit:
            self.row = unit.db.execute(select(orders).where(orders.c.view.is_not(None))).one()
        asked = {"query": "", "sort": "CREATED_AT", "reverse": True, "after": None}
        (self.node,) = client_of(shop).ask("OrdersPage", **asked)["orders"]["nodes"]

    def fill(self, url: str) -> None:
        """Copy the order so many times, over all retailers."""
        with psycopg.connect(url) as db:
            db.execute("DELETE FROM orders")
            shops = {self.retailers[0]: self.shop.id} | {
                other: _copy_shop(db, self.shop.id, other) for other in self.retailers[1:]
            }
            with db.cursor().copy(f"COPY orders ({COLUMNS}) FROM STDIN") as copy:
                for retailer_id, shop_id in shops.items():
                    for row in self._rows(retailer_id, shop_id):
                        copy.write_row(row)
        with psycopg.connect(url, autocommit=True) as db:
            db.execute("ANALYZE orders")

    def find(self, number: int) -> None:
        """Find an order as a shopper does, here and there in the index."""
        place = number * 7919 % (ORDERS // RETAILERS)
        retailer_id = self.retailers[number % RETAILERS]
        asked = FindOrderV1(number=f"AL-{100_000 + place}", email=_email(place))
        assert find_order(self.index, self.shops, retailer_id, asked).number == asked.number

    def miss(self, number: int) -> None:
        """Ask the index for one with another shopper's email; the shop, that is asked then, is not part of this."""
        place = number * 7919 % (ORDERS // RETAILERS)
        asked = FindOrderV1(number=f"AL-{100_000 + place}", email=_email(place + 1))
        assert self.index.find(self.retailers[number % RETAILERS], asked) is None

    def changed(self, hours: float) -> list[str]:
        """Orders of the first retailer as its shop tells them, changed so many hours after they were bought."""
        moment = datetime.fromisoformat(self.node["updatedAt"]) + timedelta(hours=hours)
        told = json.dumps(self.node | {"updatedAt": moment.isoformat(), "tags": [f"changed-{hours}"]})
        return [self._like(told, place) for place in range(CHANGED)]

    def sweep(self) -> int:
        """Sweep the first retailer's shop to the end; gives how many orders were news."""
        where = (scans.c.shop_id == self.shop.id, scans.c.kind == Kind.SWEEP.value)
        claim = Claim(0, "sweeps", DOMAIN, self.retailers[0], self.shop.id, tries=1)
        while True:
            scan(self.scans, Kind.SWEEP, claim)
            with self.index.unit(retailer_id=self.retailers[0]) as unit:
                at = unit.db.execute(select(scans).where(*where)).one()
            if at.ended_at is not None:
                return int(at.kept)

    def plan(self) -> str:
        """How the database finds an order, asked as the service asks."""
        asked = of_number("AL-100000", b"p" * 32).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        with self.index.unit(retailer_id=self.retailers[0]) as unit:
            return "\n".join(unit.db.execute(text(f"EXPLAIN {asked}")).scalars())

    def _rows(self, retailer_id: UUID, shop_id: UUID) -> Iterator[tuple[Any, ...]]:
        row, proofs = self.row, proofs_of(buyer_of(known_of(self.row)))
        others = [proof_key(retailer_id, proof) for proof in sorted(proofs) if not proof.startswith(BY_EMAIL)]
        known, view = json.dumps(row.known), json.dumps(row.view)
        for place in range(ORDERS // RETAILERS):
            gid = f"gid://shopify/Order/{FIRST + place}"
            id_, email = identity(shop_id, gid), proof_key(retailer_id, BY_EMAIL + _email(place))
            told = self._like(view, place).replace(str(row.id), str(id_))
            key, moments = str(100_000 + place), (row.heard_at, row.read_at, row.source)
            yield id_, retailer_id, shop_id, gid, key, email, others, self._like(known, place), told, *moments

    def _like(self, told: str, place: int) -> str:
        number = self.sold["id"].rsplit("/", 1)[1]
        same = told.replace(number, str(FIRST + place)).replace(self.sold["name"], f"AL-{100_000 + place}")
        return same.replace(self.sold["email"], _email(place))


def _sell(sandbox: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(sandbox + "/control/orders", json.dumps({"shop": DOMAIN}).encode(), headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.loads(answer.read())


def _copy_shop(db: psycopg.Connection, shop_id: UUID, retailer_id: UUID) -> UUID:
    made = new_id()
    other = {"id": str(made), "retailer_id": str(retailer_id), "domain": f"shop-{made.hex}.myshopify.com"}
    db.execute(
        "INSERT INTO shops SELECT (jsonb_populate_record(s, %s)).* FROM shops s WHERE id = %s",
        (json.dumps(other), shop_id),
    )
    return made


def _email(place: int) -> str:
    return f"shopper-{place}@example.com"
