"""Orders as its process has it, on a database of its own, and two retailers with a sandbox shop each."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from deploy.local.ports import choose, is_open
from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Call, Envelope, Message, Request
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import FindOrderV1, GetOrderV1, OrderV1, SettlementOutcome, SettlementV1
from libs.contracts.orders import RecordSettlementV1 as RecordV1
from libs.contracts.orders_shops import ConnectShopV1
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    SettlementRequestedV1,
)
from libs.contracts.values import LabelTerms, Money, OrderLine, Resolution, ReturnLine, Stage
from tests.integration.orders.sandbox_shop import Mailbag, SandboxShop
from tests.waiting import until

ROOT = Path(__file__).parents[3]
SHOPS = {
    "alder": ("alder-demo.myshopify.com", "shpat_alder_demo", "GBP"),
    "kite": ("kite-demo.myshopify.com", "shpat_kite_demo", "EUR"),
}


@dataclass
class Desk:
    """Brings one retailer's facts and questions to orders, does its work outside, and sees what it states."""

    service: Any
    shop: SandboxShop
    retailer_id: UUID
    domain: str

    def fact(self, body: Message) -> Envelope[Any]:
        """`body` as it travels."""
        return Envelope.of(body, id=new_id(), time=now(), retailer_id=self.retailer_id, correlation_id=new_id())

    def call(self, request: Request[Any]) -> Call[Any]:
        """`request` as it travels."""
        return Call(retailer_id=self.retailer_id, correlation_id=new_id(), deadline=0, data=request)

    def sell(self, **wishes: Any) -> dict[str, Any]:
        """An order of this retailer's shop."""
        return self.shop.sell(self.domain, **wishes)

    def index(self, sold: dict[str, Any], *, refreshed: bool = True, count: int = 5) -> None:
        """Let orders hear of an order, `count` times, and read it from the shop."""
        for webhook in self.shop.webhooks(sold, count):
            self.service.on_shop_webhook_received(self.fact(webhook))
        if refreshed:
            self.work()

    def find(self, number: str, email: str = "", **proof: Any) -> OrderV1:
        """The order, as a shopper finds it."""
        return self.service.find_order(self.call(FindOrderV1(number=number, email=email, **proof)))

    def get(self, order_id: UUID) -> OrderV1:
        """The order by its id."""
        return self.service.get_order(self.call(GetOrderV1(order_id=order_id)))

    def order(self, **wishes: Any) -> tuple[dict[str, Any], OrderV1]:
        """An order of the shop, known to orders."""
        sold = self.sell(**wishes)
        self.index(sold, count=5 if wishes.get("delivered", True) else 4)
        return sold, self.find(sold["name"], sold["email"])

    def tell(self, *bodies: Message) -> None:
        """Let orders hear what portal and labels state of a return."""
        for body in bodies:
            deliver = {
                ReturnApprovedV1: self.service.on_return_approved,
                LabelIssuedV1: self.service.on_label_issued,
                SettlementRequestedV1: self.service.on_settlement_requested,
                ReturnCancelledV1: self.service.on_return_cancelled,
                ReturnExpiredV1: self.service.on_return_expired,
                ReturnClosedV1: self.service.on_return_closed,
            }[type(body)]
            deliver(self.fact(body))

    def shirt_back(self, **changes: Any) -> tuple[dict[str, Any], ReturnApprovedV1]:
        """An order of two lines, and the return of its shirt, approved."""
        sold, order = self.order()
        return sold, approved(order, line_back(order.lines[0], **changes))

    def claims(self) -> list[Claim]:
        """What is planned outside for this retailer and not for days later, oldest first; no reading by the page."""
        with self.service.index.unit(retailer_id=self.retailer_id) as unit:
            rows = unit.db.exec_driver_sql(
                "SELECT * FROM claims WHERE retailer_id = %s AND due_at <= %s"
                " AND kind NOT IN ('imports', 'sweeps', 'webhooks') ORDER BY id",
                (self.retailer_id, unit.now + timedelta(minutes=1)),
            )
            return [Claim(row.id, row.kind, row.account, row.retailer_id, row.subject, tries=1) for row in rows]

    def settling(self) -> Claim:
        """The first planned step of a return."""
        return next(claim for claim in self.claims() if claim.kind == "settlements")

    def do(self, claim: Claim) -> None:
        """One piece of planned work, finished where it does not raise."""
        works = {
            "refreshes": self.service.read_again,
            "settlements": self.service.settle,
            "cancellations": self.service.cancel_at_the_shop,
        }
        works[claim.kind](claim)
        with self.service.index.unit(retailer_id=self.retailer_id) as unit:
            unit.db.exec_driver_sql("DELETE FROM claims WHERE id = %s", (claim.id,))

    def work(self) -> None:
        """All planned work, and what it causes."""
        while claims := self.claims():
            self.do(claims[0])

    def said(self, kind: type[Message]) -> list[Any]:
        """The facts of `kind` that orders stated for this retailer, oldest first."""
        with self.service.index.unit(retailer_id=self.retailer_id) as unit:
            bodies = (
                unit.db.exec_driver_sql(
                    "SELECT body FROM outbox WHERE retailer_id = %s AND routing_key = %s ORDER BY id",
                    (self.retailer_id, kind.wire()),
                )
                .scalars()
                .all()
            )
        return [Envelope[kind].parse(body).data for body in bodies]

    def told(self, kind: type[Message], return_id: UUID) -> list[Any]:
        """The same about one return."""
        return [fact for fact in self.said(kind) if fact.return_id == return_id]

    def steps(self, return_id: UUID) -> dict[str, str]:
        """How far each step of a return is."""
        with self.service.index.unit(retailer_id=self.retailer_id) as unit:
            rows = unit.db.exec_driver_sql(
                "SELECT action, state FROM settlements WHERE return_id = %s ORDER BY id", (return_id,)
            )
            return {row.action: row.state for row in rows}

    def record(self, approval: ReturnApprovedV1, outcome: SettlementOutcome, **changes: Any) -> SettlementV1:
        """What a person says became of the settlement of a return's lines."""
        told = {
            "return_id": approval.return_id,
            "line_ids": tuple(line.id for line in approval.lines),
            "outcome": outcome,
            "words": "Refunded in the shop's admin",
            "by": "manager@alder.example",
        }
        return self.service.record_settlement(self.call(RecordV1(**told | changes)))


def line_back(line: OrderLine, **changes: Any) -> ReturnLine:
    """One piece of an order's line that comes back, its full share of the price owed."""
    owed = Money(amount=line.paid.amount // line.quantity, currency=line.paid.currency)
    return ReturnLine(
        **{
            "id": new_id(),
            "order_line_id": line.id,
            "title": line.title,
            "quantity": 1,
            "reason": "too_small",
            "resolution": Resolution.REFUND,
            "owed": owed,
            "stage": Stage.HUB_SCAN,
        }
        | changes
    )


def approved(order: OrderV1, *lines: ReturnLine, return_id: UUID | None = None) -> ReturnApprovedV1:
    """The return of `lines` is accepted."""
    return ReturnApprovedV1(
        return_id=return_id or new_id(), number="R-7KQ2M9", order_id=order.order_id, lines=lines, label=LabelTerms.FREE
    )


def label(
    return_id: UUID, number: str = "OR7Q2M9XKTPLZ", attempt: int = 1, *, parcel: int = 1, parcels: int = 1
) -> LabelIssuedV1:
    """The parcel of a return has its label."""
    return LabelIssuedV1(
        return_id=return_id,
        booking_id=new_id(),
        parcel=parcel,
        parcels=parcels,
        carrier="own",
        service="Standard return",
        tracking_number=number,
        document_id=new_id(),
        hub="DAV",
        attempt=attempt,
    )


def asked(approval: ReturnApprovedV1, *lines: ReturnLine, attempt: int = 1) -> SettlementRequestedV1:
    """The money for `lines`, or for all of the return, is due."""
    return SettlementRequestedV1(
        return_id=approval.return_id,
        number=approval.number,
        order_id=approval.order_id,
        lines=lines or approval.lines,
        attempt=attempt,
    )


def revived(approval: ReturnApprovedV1, attempt: int = 2) -> ReturnApprovedV1:
    """The return lives again."""
    return approval.model_copy(update={"attempt": attempt})


def called_off(approval: ReturnApprovedV1, attempt: int = 1) -> ReturnCancelledV1:
    """The shopper cancels."""
    return ReturnCancelledV1(
        return_id=approval.return_id,
        number=approval.number,
        order_id=approval.order_id,
        by="shopper",
        attempt=attempt,
    )


def over(approval: ReturnApprovedV1) -> ReturnClosedV1:
    """Nothing more is awaited of the return."""
    return ReturnClosedV1(return_id=approval.return_id, number=approval.number)


def only(approval: ReturnApprovedV1, **changes: Any) -> ReturnLine:
    """The only line of a return, as it is to be settled."""
    return approval.lines[0].model_copy(update=changes)


def pounds(pence: int) -> Money:
    """Sterling in pence."""
    return Money(amount=pence, currency="GBP")


@pytest.fixture(scope="session")
def shop_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxShop]:
    """A sandbox of this test process, with fresh data."""
    ports, _ = choose({"SHOPIFY": 0, "CARRIER": 0, "MAILBOX": 0, "SMTP": 0})
    data = tmp_path_factory.mktemp("sandbox")
    told = {f"SANDBOX_{name}_PORT": str(port) for name, port in ports.items()} | {"SANDBOX_DATA": str(data)}
    log = (data / "log").open("w")
    running = subprocess.Popen(
        [sys.executable, "-m", "deploy.sandbox"], cwd=ROOT, env=os.environ | told, stdout=log, stderr=log
    )
    until(lambda: is_open(ports["SHOPIFY"]), within=40)
    bag = Mailbag()
    shop = SandboxShop(f"http://127.0.0.1:{ports['SHOPIFY']}", bag)
    for domain, *_ in SHOPS.values():
        shop.ask(
            "/control/webhooks", {"shop": domain, "url": f"http://127.0.0.1:{bag.server_port}/", "secret": "whsec"}
        )
    yield shop
    running.kill()
    running.wait()
    bag.shutdown()


@pytest.fixture(scope="session")
def orders_environment(
    environment: dict[str, str], shop_server: SandboxShop, service_database: Callable[[str], str]
) -> Iterator[dict[str, str]]:
    """What a process of orders is told besides: where the sandbox shop is, and to wait for it a little."""
    ours = {
        "ORDERS_SHOPIFY_BASE": shop_server.url + "/{shop}",
        "ORDERS_SHOPIFY_TIMEOUT": "1.5",
        "ORDERS_SHOPIFY_CLIENT_ID": "homeward-sandbox",
        "ORDERS_SHOPIFY_CLIENT_SECRET": "shpss_homeward_sandbox",
    }
    os.environ.update(ours)
    service_database("orders")
    yield ours
    for name in ours:
        del os.environ[name]


@pytest.fixture(scope="session")
def desks(orders_environment: dict[str, str], shop_server: SandboxShop) -> dict[str, Desk]:
    """Two retailers, connected to their shops."""
    from services.orders.service import OrdersService

    service = OrdersService()
    made = {slug: Desk(service, shop_server, new_id(), domain) for slug, (domain, _, _) in SHOPS.items()}
    for slug, (domain, token, currency) in SHOPS.items():
        desk = made[slug]
        desk.service.connect_shop(desk.call(ConnectShopV1(domain=domain, token=token, currency=currency)))
    return made


@pytest.fixture
def alder(desks: dict[str, Desk], shop_server: SandboxShop) -> Iterator[Desk]:
    """A retailer of clothes, with no work left from before."""
    yield desks["alder"]
    shop_server.behave()
    with desks["alder"].service.index.unit(retailer_id=desks["alder"].retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM claims")


@pytest.fixture
def kite(desks: dict[str, Desk]) -> Desk:
    """A retailer of children's wear."""
    return desks["kite"]
