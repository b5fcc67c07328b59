"""Webhooks in: verified on the raw bytes, stored, answered. What they mean is for others to say."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.responses import JSONResponse, Response

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.contracts.base import Message
from libs.contracts.portal import CarrierWebhookReceivedV1, ShopWebhookReceivedV1
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.ingress import Delivery, Endpoint, as_text
from services.portal.store.limits import WEBHOOK_BY_ENDPOINT

router = APIRouter(prefix="/webhooks", include_in_schema=False)
KEPT_HEADERS = (
    "x-shopify-topic",
    "x-shopify-shop-domain",
    "x-shopify-webhook-id",
    "x-shopify-event-id",
    "x-shopify-triggered-at",
    "x-shopify-api-version",
    "webhook-id",
    "webhook-timestamp",
    "content-type",
    "user-agent",
)


async def raw_body(request: Request) -> bytes:
    """The body as signed. The size was bounded while it came in."""
    return await request.body()


@router.post("/shopify/{token}")
def shopify(
    request: Request, token: str, raw: Annotated[bytes, Depends(raw_body)], here: Annotated[Portal, Depends(portal)]
) -> Response:
    """A shop's webhook, signed with HMAC-SHA256 over the raw body."""
    endpoint = _endpoint(here, token, "shopify")
    signature = request.headers.get("x-shopify-hmac-sha256", "")
    if not any(hmac.compare_digest(_shopify_signature(secret, raw), signature.encode()) for secret in endpoint.secrets):
        raise _forged(endpoint)
    body = _json(raw)
    delivery_id = new_id()
    topic = request.headers.get("x-shopify-topic", "unknown")
    fact = ShopWebhookReceivedV1(
        delivery_id=delivery_id,
        topic=topic,
        shop=request.headers.get("x-shopify-shop-domain", ""),
        triggered_at=_moment(request.headers.get("x-shopify-triggered-at")),
        body=body,
    )
    key = request.headers.get("x-shopify-webhook-id") or hashlib.sha256(raw).hexdigest()
    return _take(here, endpoint, Delivery(delivery_id, key, topic, _kept(request), body), fact)


@router.post("/carriers/{token}")
def carrier(
    request: Request, token: str, raw: Annotated[bytes, Depends(raw_body)], here: Annotated[Portal, Depends(portal)]
) -> Response:
    """A carrier's webhook, signed by Standard Webhooks; an old or a future timestamp is refused."""
    endpoint = _endpoint(here, token, "carriers")
    if not any(_standard_webhook(secret, raw, request) for secret in endpoint.secrets):
        raise _forged(endpoint)
    body = _json(raw)
    delivery_id = new_id()
    fact = CarrierWebhookReceivedV1(delivery_id=delivery_id, carrier=endpoint.name, received_at=now(), body=body)
    delivery = Delivery(delivery_id, request.headers["webhook-id"], "tracking", _kept(request), body)
    return _take(here, endpoint, delivery, fact)


def _endpoint(here: Portal, token: str, source: str) -> Endpoint:
    endpoint = here.ingress.endpoint(token, source, here.keyring)
    if endpoint is None:
        raise Problem(404, "webhook.unknown_address", "No webhook is expected at this address.")
    if wait := here.limits.wait((WEBHOOK_BY_ENDPOINT, str(endpoint.id))):
        raise Problem(429, "webhook.too_many", headers={"Retry-After": str(wait)})
    return endpoint


def _forged(endpoint: Endpoint) -> Problem:
    log.warning("portal.webhook_forged", source=endpoint.source, retailer=str(endpoint.retailer_id))
    return Problem(
        401,
        "webhook.bad_signature",
        "The signature does not match the body, or its time is off by more than 5 minutes.",
    )


def _take(here: Portal, endpoint: Endpoint, delivery: Delivery, fact: Message) -> Response:
    try:
        fresh = here.ingress.take(endpoint, delivery, fact)
    except SQLAlchemyError as away:
        log.warning("portal.webhook_not_stored", error=type(away).__name__)
        raise Problem(
            503, "webhook.not_stored", "It was not stored: send it again.", headers={"Retry-After": "5"}
        ) from None
    log.info(
        "portal.webhook_received",
        source=endpoint.source,
        topic=delivery.topic,
        fresh=fresh,
        retailer=str(endpoint.retailer_id),
    )
    return JSONResponse({"received": True, "repeated": not fresh})


def _json(raw: bytes) -> str:
    try:
        return as_text(raw)
    except (ValueError, RecursionError):
        raise Problem(400, "webhook.not_json", "The body is signed but is not JSON in UTF-8.") from None


def _shopify_signature(secret: str, raw: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())


def _standard_webhook(secret: str, raw: bytes, request: Request) -> bool:
    try:
        Webhook(secret).verify(raw, dict(request.headers))
    except (WebhookVerificationError, json.JSONDecodeError, UnicodeDecodeError, RecursionError) as wrong:
        return not isinstance(wrong, WebhookVerificationError)  # signed, but not JSON: told apart afterwards
    return True


def _kept(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}


def _moment(written: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None
