"""The control routes of the shop, for demo and tests: make orders, point webhooks, misbehave, look inside."""

import json
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.shopify.catalogue import SHOPS, Shop
from deploy.sandbox.shopify.compliance import DATA_REQUEST, REDACT, SHOP_REDACT, compliance
from deploy.sandbox.shopify.credit import Till
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.goods import Shelves, StockAsked
from deploy.sandbox.shopify.ordering import NotSold, OrderAsked, place, ship
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.store import Endpoint, ShopStore
from deploy.sandbox.shopify.webhooks import Webhooks
from deploy.sandbox.web import BadRequest, json_lines, read


class WebhooksAsked(BaseModel):
    """Where a shop's webhooks go."""

    model_config = ConfigDict(extra="forbid")

    shop: str
    url: str = Field(pattern=r"^https?://")
    secret: str = Field(min_length=1)


class RedeliverAsked(BaseModel):
    """Which order's webhooks are sent again, how often, and whether in another order."""

    model_config = ConfigDict(extra="forbid")

    order: str
    shop: str | None = None
    times: int = Field(1, ge=1, le=20)
    shuffle: bool = False


class FulfilAsked(BaseModel):
    """Which order is sent now: all that is left of it, or of that these products."""

    model_config = ConfigDict(extra="forbid")

    order: str
    shop: str | None = None
    products: list[str] = []
    delivered: bool = False


class ComplianceAsked(BaseModel):
    """Whose data is asked for or to be erased: of the customer of an order, or with `shop/redact` of the whole shop.

    Without `topics` an order's customer asks for their data and has it erased; without an order it is the shop.
    """

    model_config = ConfigDict(extra="forbid")

    shop: str
    order: str | None = None
    topics: list[Literal["customers/data_request", "customers/redact", "shop/redact"]] | None = None


class Control:
    """The handlers, over one store."""

    def __init__(self, store: ShopStore, webhooks: Webhooks) -> None:
        self._store = store
        self._webhooks = webhooks

    def routes(self) -> list[Route]:
        """Every control route of the shop."""
        return [
            Route("/control/orders", self.make_order, methods=["POST"]),
            Route("/control/orders/{name}", self.show_order),
            Route("/control/fulfil", self.fulfil, methods=["POST"]),
            Route("/control/webhooks", self.point_webhooks, methods=["POST"]),
            Route("/control/compliance", self.compliance, methods=["POST"]),
            Route("/control/redeliver", self.redeliver, methods=["POST"]),
            Route("/control/deliveries/{name}", self.deliveries),
            Route("/control/journal", self.journal),
            Route("/control/stock", self.set_stock, methods=["POST"]),
            Route("/control/credit", self.credit),
        ]

    async def make_order(self, request: Request) -> Response:
        """An order afresh, with its webhooks."""
        asked = await read(request, OrderAsked)
        shop = _shop(asked.shop)
        with self._store.memory.change():
            desk = self._store.desk()
            try:
                order = place(shop, asked, desk=desk, number=self._store.next_order_number(shop))
            except NotSold as wrong:
                raise BadRequest(str(wrong)) from None
            if asked.fulfilled:
                ship(order, delivered=asked.delivered, desk=desk)
            self._store.save(order)
            self._store.record(order, "order_placed", email=order.email, total=order.total, currency=order.currency)
            self._webhooks.tell_of_order(order)
        self._webhooks.send()
        return JSONResponse(_summary(order), status_code=201)

    async def fulfil(self, request: Request) -> Response:
        """What is left of an order, or some of it, leaves the house, with its webhooks."""
        asked = await read(request, FulfilAsked)
        with self._store.memory.change():
            order = self._named(asked.order, asked.shop)
            desk = self._store.desk()
            parcel = ship(order, delivered=asked.delivered, desk=desk, products=frozenset(asked.products))
            self._store.save(order)
            self._webhooks.tell_of_parcel(order, parcel)
        self._webhooks.send()
        return JSONResponse(_summary(order), status_code=201)

    async def show_order(self, request: Request) -> Response:
        """An order with all that happened to it, as the sandbox keeps it."""
        order = self._named(request.path_params["name"], request.query_params.get("shop"))
        kept = order.model_dump(mode="json")
        return JSONResponse({**_summary(order), "refunded": order.refunded, "received": order.received, "kept": kept})

    async def point_webhooks(self, request: Request) -> Response:
        """From now on this shop's webhooks go there."""
        asked = await read(request, WebhooksAsked)
        self._store.point(_shop(asked.shop).domain, Endpoint(asked.url, asked.secret))
        return JSONResponse({"shop": asked.shop, "url": asked.url})

    async def compliance(self, request: Request) -> Response:
        """The signed webhooks about persons' data, which Shopify sends to every app."""
        asked = await read(request, ComplianceAsked)
        shop = _shop(asked.shop)
        order = self._named(asked.order, asked.shop) if asked.order else None
        topics: Sequence[str] = asked.topics or ([DATA_REQUEST, REDACT] if order else [SHOP_REDACT])
        if order is None and topics != [SHOP_REDACT]:
            raise BadRequest("name an order: its customer is meant")
        bodies = {topic: compliance(topic, shop, order) for topic in topics}
        with self._store.memory.change():
            for topic, body in bodies.items():
                self._webhooks.tell_of_persons(shop.domain, topic, body)
        self._webhooks.send()
        return JSONResponse({"sending": bodies}, status_code=202)

    async def redeliver(self, request: Request) -> Response:
        """The stored webhooks of an order go out again, unchanged."""
        asked = await read(request, RedeliverAsked)
        order = self._named(asked.order, asked.shop)
        with self._store.memory.change():
            sent = self._webhooks.again(order, times=asked.times, shuffle=asked.shuffle)
        self._webhooks.send()
        return JSONResponse({"order": order.name, "sending": sent}, status_code=202)

    async def deliveries(self, request: Request) -> Response:
        """What became of each webhook of an order."""
        order = self._named(request.path_params["name"], request.query_params.get("shop"))
        return JSONResponse({"deliveries": self._webhooks.said(order)})

    async def journal(self, request: Request) -> Response:
        """Every effect, a line each, oldest first; as one JSON list for who accepts only JSON."""
        rows = self._store.journal(request.query_params.get("shop"), request.query_params.get("order"))
        return JSONResponse(rows) if request.headers.get("accept") == "application/json" else json_lines(rows)

    async def set_stock(self, request: Request) -> Response:
        """How many of a variant there are from now on, and what one costs."""
        asked = await read(request, StockAsked)
        try:
            with self._store.memory.change():
                Shelves(self._store, _shop(asked.shop)).put(asked)
        except KeyError as wrong:
            raise BadRequest(str(wrong.args[0])) from None
        return JSONResponse(asked.model_dump())

    async def credit(self, request: Request) -> Response:
        """The gift cards of a shop, and the store credit of the customer of one of its orders."""
        order = self._named(request.query_params.get("order", ""), request.query_params.get("shop"))
        till = Till(self._store, _shop(order.shop))
        body = {"gift_cards": till.cards(), "credits": till.credits(order.customer_id)}
        return Response(json.dumps(body, default=str), media_type="application/json")

    def _named(self, name: str, domain: str | None) -> Order:
        shops = [_shop(domain)] if domain else list(SHOPS.values())
        found = next((order for shop in shops if (order := self._store.order_named(shop, name))), None)
        if found is None:
            raise BadRequest(f"there is no order {name}")
        return found


def _shop(domain: str) -> Shop:
    if domain not in SHOPS:
        raise BadRequest(f"shop must be one of: {', '.join(SHOPS)}")
    return SHOPS[domain]


def _summary(order: Order) -> dict[str, Any]:
    sent = {row.line_id: row.id for row in order.fulfilled()}
    return {
        "id": gid("Order", order.id),
        "name": order.name,
        "email": order.email,
        "shop": order.shop,
        "total": order.total,
        "currency": order.currency,
        "lines": [
            {
                "id": gid("LineItem", line.id),
                "product": line.handle,
                "title": line.title,
                "variant": line.variant_title,
                "sku": line.sku,
                "quantity": line.quantity,
                "paid": line.total,
                "fulfillment_line": gid("FulfillmentLineItem", sent[line.id]) if line.id in sent else None,
            }
            for line in order.lines
        ],
    }
