"""The shop's webhooks: made together with what they tell of, signed as Shopify signs, kept to be sent again."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.sandbox.postman import Letter, Postman
from deploy.sandbox.shopify import payloads
from deploy.sandbox.shopify.orders import Fulfillment, Order
from deploy.sandbox.shopify.store import Endpoint, ShopStore

API_VERSION = "2026-07"  # of the payloads; in a real shop it is a setting of the app


class Webhooks:
    """What the shops say to the outside. Call what writes inside a change of the store's memory."""

    def __init__(self, store: ShopStore, postman: Postman) -> None:
        self._store = store
        self._postman = postman

    def tell_of_order(self, order: Order) -> None:
        """`orders/create`, as it was when it was placed, then the parcel and where it has been, then `orders/updated`."""
        placed = order.model_copy(update={"fulfillments": [], "updated_at": order.created_at})
        news: list[tuple[str, Mapping[str, Any]]] = [("orders/create", payloads.order(placed))]
        for parcel in order.fulfillments:
            news.append(("fulfillments/create", payloads.fulfillment(order, parcel)))
            news += [
                ("fulfillment_events/create", payloads.parcel_event(order, parcel, event)) for event in parcel.events
            ]
        if order.fulfillments:
            news.append(("orders/updated", payloads.order(order)))
        self._tell(order, news)

    def tell_of_parcel(self, order: Order, parcel: Fulfillment) -> None:
        """A parcel that left later, where it has been, and the order as it is then."""
        news: list[tuple[str, Mapping[str, Any]]] = [("fulfillments/create", payloads.fulfillment(order, parcel))]
        events = [("fulfillment_events/create", payloads.parcel_event(order, parcel, event)) for event in parcel.events]
        self._tell(order, [*news, *events, ("orders/updated", payloads.order(order))])

    def tell_of_update(self, order: Order) -> None:
        """`orders/updated`: our own mutations come back as webhooks too."""
        self._tell(order, [("orders/updated", payloads.order(order))])

    def tell_of_app(self, shop: str, topic: str, body: Mapping[str, Any]) -> None:
        """News of our app at the shop, in a lane of its own."""
        self._tell(_OurApp(shop), [(topic, body)])

    def tell_of_persons(self, shop: str, topic: str, body: Mapping[str, Any]) -> None:
        """A compliance webhook, which no subscription asks for, in the lane of our app."""
        self._tell(_OurApp(shop), [(topic, body)])

    def again(self, order: Order, *, times: int, shuffle: bool) -> int:
        """Send everything said about an order once more, the same bytes under the same ids; gives how many."""
        endpoint = self._store.endpoint(order.shop)
        rows = self._rows(order) * times
        if endpoint is None:
            return 0
        if shuffle:
            random.Random(order.id).shuffle(rows)
        for row in rows:
            self._postman.post(_letter(row, endpoint))
        return len(rows)

    def send(self) -> None:
        """Let what was told go out, now that it is committed."""
        self._postman.wake()

    def said(self, order: Order) -> list[dict[str, Any]]:
        """What became of each sending about an order."""
        return self._postman.letters(_lane(order.shop, order.name))

    def _tell(self, order: "Order | _OurApp", news: list[tuple[str, Mapping[str, Any]]]) -> None:
        event_id = self._new_id("WebhookEvent")
        endpoint = self._store.endpoint(order.shop)
        for topic, body in news:
            row = {
                "id": self._new_id("Webhook"),
                "event_id": event_id,
                "shop": order.shop,
                "order_name": order.name,
                "topic": topic,
                "triggered_at": _to_nanoseconds(self._store.clock()),
                "body": json.dumps(body, separators=(",", ":")).encode(),
            }
            self._store.memory.run(
                "INSERT INTO webhooks (id, event_id, shop, order_name, topic, triggered_at, body) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                *row.values(),
            )
            if endpoint is not None:
                self._postman.post(_letter(row, endpoint))

    def _rows(self, order: Order) -> list[Any]:
        return self._store.memory.rows(
            "SELECT * FROM webhooks WHERE shop = ? AND order_name = ? ORDER BY seq", order.shop, order.name
        )

    def _new_id(self, kind: str) -> str:
        return str(UUID(bytes=hashlib.md5(f"{kind}:{self._store.next_id(kind)}".encode()).digest(), version=4))


@dataclass(frozen=True)
class _OurApp:
    """What a webhook of the app is about, where one of an order has its order."""

    shop: str
    name: str = "app"


def sign(body: bytes, secret: str) -> str:
    """Shopify's signature: base64 of HMAC-SHA256 over the raw bytes."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _letter(row: Any, endpoint: Endpoint) -> Letter:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": row["topic"],
        "X-Shopify-Hmac-Sha256": sign(row["body"], endpoint.secret),
        "X-Shopify-Shop-Domain": row["shop"],
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": row["id"],
        "X-Shopify-Event-Id": row["event_id"],
        "X-Shopify-Triggered-At": row["triggered_at"],
    }
    return Letter(
        id=row["id"],
        lane=_lane(row["shop"], row["order_name"]),
        topic=row["topic"],
        url=endpoint.url,
        headers=headers,
        body=row["body"],
    )


def _lane(shop: str, order_name: str) -> str:
    return f"{shop}/{order_name}"


def _to_nanoseconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z"
