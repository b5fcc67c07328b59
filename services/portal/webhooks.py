"""Webhooks in: proved on the raw bytes, stored, answered. What they mean is for others to say.

Each is counted by what became of it in `homeward_gateway_webhooks_total{source, sender, outcome}`.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from prometheus_client import CollectorRegistry, Counter
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.metrics import meter
from libs.contracts.base import Message
from libs.contracts.portal import CarrierWebhookReceivedV1, ShopWebhookReceivedV1
from services.portal.edge import TooLarge
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.senders import event_key, proved
from services.portal.store.ingress import Delivery, Endpoint, as_text, body_key
from services.portal.store.limits import FORGED_BY_ENDPOINT, WEBHOOK_BY_ENDPOINT

router = APIRouter(prefix="/webhooks", include_in_schema=False)
CARRIERS_MOST = 256 * 1024  # bytes: what a carrier's whole history of a parcel comes to, many times over
TRAVELS = 256 * 1024  # bytes of a body that its fact carries; a larger one is fetched as an object
KEPT_HEADERS = (
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-webhook-id",
    "x-shopify-event-id",
    "x-shopify-triggered-at",
    "x-shopify-api-version",
    "webhook-id",
    "webhook-timestamp",
    "x-timestamp",
    "content-type",
    "user-agent",
)


@dataclass(slots=True)
class Counted:
    """What became of a delivery, as it is told by the metric. `sender` is known once it was proved."""

    outcome: str = "failed"
    sender: str = "nobody"


async def raw_body(request: Request) -> bytes:
    """The body as signed, counted where it is too large. The size was bounded while it came in."""
    source = request.url.path.split("/")[2]
    try:
        raw = await request.body()
        if source == "carriers" and len(raw) > CARRIERS_MOST:
            raise TooLarge
    except TooLarge:
        _count(source, Counted("too_large"))
        raise
    return raw


@router.post("/shopify/{token}")
def shopify(
    request: Request, token: str, raw: Annotated[bytes, Depends(raw_body)], here: Annotated[Portal, Depends(portal)]
) -> Response:
    """A shop's webhook, signed with HMAC-SHA256 over the raw body."""
    with _counted("shopify") as count:
        endpoint = _endpoint(here, token, "shopify")
        signature = request.headers.get("x-shopify-hmac-sha256", "").encode()
        if not any(hmac.compare_digest(_shopify_signature(secret, raw), signature) for secret in endpoint.secrets):
            raise _forged(here, endpoint)
        count.sender = "shopify"
        _bound(here, endpoint)
        text, is_json = _read(raw)
        delivery_id = new_id()
        topic = request.headers.get("x-shopify-topic", "unknown")
        set_aside = None if is_json and len(raw) <= TRAVELS else _set_aside(here, endpoint, delivery_id, raw)
        fact = ShopWebhookReceivedV1(
            delivery_id=delivery_id,
            topic=topic,
            shop=request.headers.get("x-shopify-shop-domain", ""),
            triggered_at=_moment(request.headers.get("x-shopify-triggered-at")),
            body="" if set_aside else text,
            body_key=set_aside,
        )
        key = request.headers.get("x-shopify-webhook-id") or hashlib.sha256(raw).hexdigest()
        delivery = Delivery(delivery_id, key, topic, _kept(request), text)
        answer = _take(here, endpoint, delivery, fact, count, is_json)
        if set_aside and count.outcome == "repeated":
            here.objects.delete(set_aside)  # its delivery is not kept, and what no delivery names no erasure would find
        return answer


@router.post("/carriers/{token}")
def carrier(
    request: Request, token: str, raw: Annotated[bytes, Depends(raw_body)], here: Annotated[Portal, Depends(portal)]
) -> Response:
    """A carrier's webhook, proved as its sender proves it (senders.py); an old or a future signature is refused."""
    with _counted("carriers") as count:
        endpoint = _endpoint(here, token, "carriers")
        # Signatures count by the sender's clock, which the sandbox does not move.
        sender = proved(endpoint.secrets, raw, request.headers, datetime.fromtimestamp(time.time(), UTC))
        if sender is None:
            raise _forged(here, endpoint)
        count.sender = sender
        _bound(here, endpoint)
        body = _json(raw)
        delivery_id = new_id()
        fact = CarrierWebhookReceivedV1(
            delivery_id=delivery_id, carrier=endpoint.name, received_at=now(), body=body, sender=sender
        )
        key = event_key(sender, raw, request.headers)
        return _take(here, endpoint, Delivery(delivery_id, key, sender, _kept(request), body), fact, count)


def _endpoint(here: Portal, token: str, source: str) -> Endpoint:
    endpoint = here.ingress.endpoint(token, source, here.keyring)
    if endpoint is None:
        raise Problem(404, "webhook.unknown_address", "No webhook is expected at this address.")
    return endpoint


def _bound(here: Portal, endpoint: Endpoint) -> None:
    if wait := here.limits.wait((WEBHOOK_BY_ENDPOINT, str(endpoint.id))):
        raise Problem(429, "webhook.too_many", headers={"Retry-After": str(wait)})


def _forged(here: Portal, endpoint: Endpoint) -> Problem:
    """A refusal. Only what is forged is counted here, so that nobody can use up what the sender itself may send."""
    log.warning("portal.webhook_forged", source=endpoint.source, retailer=str(endpoint.retailer_id))
    if wait := here.limits.wait((FORGED_BY_ENDPOINT, str(endpoint.id))):
        return Problem(429, "webhook.too_many", headers={"Retry-After": str(wait)})
    return Problem(
        401,
        "webhook.bad_signature",
        "The signature does not match the body, or its time is off by more than 5 minutes.",
    )


def _take(
    here: Portal, endpoint: Endpoint, delivery: Delivery, fact: Message, count: Counted, is_json: bool = True
) -> Response:
    try:
        fresh = here.ingress.take(endpoint, delivery, fact)
    except SQLAlchemyError as away:
        raise _not_stored(away) from None
    count.outcome = ("taken" if is_json else "unreadable") if fresh else "repeated"
    (log.info if is_json else log.warning)(
        "portal.webhook_received",
        source=endpoint.source,
        topic=delivery.topic,
        outcome=count.outcome,
        fresh=fresh,
        retailer=str(endpoint.retailer_id),
    )
    return JSONResponse({"received": True, "repeated": not fresh})


def _json(raw: bytes) -> str:
    try:
        return as_text(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "webhook.not_json", "The body is signed but is not JSON in UTF-8.") from None


def _read(raw: bytes) -> tuple[str, bool]:
    """What a shop sent as text that can be kept, and whether it is JSON.

    A shop ends a subscription whose webhooks are refused: what is signed is taken, and what is no JSON is parked by its reader.
    """
    try:
        return as_text(raw), True
    except (ValueError, RecursionError):
        return raw.decode(errors="replace").replace("\0", "\ufffd"), False


def _set_aside(here: Portal, endpoint: Endpoint, delivery_id: UUID, raw: bytes) -> str:
    """The key of the object with these bytes, which is deleted when their time is over."""
    key = body_key(endpoint.retailer_id, delivery_id)
    try:  # first that it is there: what is written and then forgotten by a crash is deleted in time
        here.uploads.note(endpoint.retailer_id, key, kept=timedelta(days=here.settings.webhook_days))
        here.objects.put(key, raw)
    except (SQLAlchemyError, OSError) as away:
        raise _not_stored(away) from None
    return key


def _not_stored(away: Exception) -> Problem:
    log.warning("portal.webhook_not_stored", error=type(away).__name__)
    return Problem(503, "webhook.not_stored", "It was not stored: send it again.", headers={"Retry-After": "5"})


def _shopify_signature(secret: str, raw: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())


def _kept(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@contextmanager
def _counted(source: str) -> Iterator[Counted]:
    count = Counted()
    try:
        yield count
    except Problem as refused:
        count.outcome = refused.code.removeprefix("webhook.")
        raise
    except SQLAlchemyError:
        count.outcome = "not_stored"
        raise
    finally:
        _count(source, count)


def _count(source: str, count: Counted) -> None:
    _counter(meter().service, meter().registry).labels(source, count.sender, count.outcome).inc()


@cache
def _counter(service: str, registry: CollectorRegistry) -> Counter:
    name, words = f"homeward_{service}_webhooks_total", "Webhooks that came, by what became of them."
    return Counter(name, words, ["source", "sender", "outcome"], registry=registry)
