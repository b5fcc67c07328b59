"""One readable example of every contract, made from its JSON Schema, always the same: a shopper, a shirt, a parcel."""

import base64
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from libs.contracts.base import Call, Envelope, Message, Request
from libs.contracts.catalogue import frame_schema, source
from libs.contracts.compatibility import Schema

WORDS = {
    "amount": 4500,
    "artwork": "linen",
    "because": "bought 9 days ago, within 30",
    "body": "{}",
    "brand": "#1f5c4d",
    "by": "hub:daventry",
    "carrier": "own",
    "city": "Leeds",
    "code": "too_small",
    "comment": "The sleeves end above the wrist.",
    "country": "GB",
    "currency": "GBP",
    "domain": "alder-demo.myshopify.com",
    "email": "june@example.com",
    "filename": "label-R-7KQ2M9.pdf",
    "grams": 210,
    "heading": "system",
    "hs_code": "620690",
    "hub": "DAV",
    "language": "en-GB",
    "line1": "7 Mill Lane",
    "media_type": "application/pdf",
    "name": "June Hartley",
    "number": "R-7KQ2M9",
    "order_number": "AL-1001",
    "origin": "GB",
    "parcel": 1,
    "place": "Leeds",
    "policy_version": 3,
    "postcode": "LS1 4AB",
    "product_type": "Shirts",
    "quantity": 1,
    "radius": 12,
    "reason": "too_small",
    "reference": "gid://shopify/Refund/509562969",
    "returnable": 1,
    "sender": "Alder <returns@alder.example>",
    "service": "drop_off",
    "shop": "alder-demo.myshopify.com",
    "shop_line_id": "gid://shopify/LineItem/466157049",
    "shop_url": "https://alder.example",
    "portal_url": "https://returns.alder.example",
    "sku": "CAMP-SAGE-12",
    "slug": "alder",
    "status_url": "https://returns.alder.example/r/3fXcJ9",
    "support_email": "help@alder.example",
    "template": "label_ready",
    "title": "Linen camp shirt",
    "token": "shpat_example",
    "topic": "orders/create",
    "tracking_number": "OR7KQ2M9XC4TA",
    "variant": "Sage / 12",
    "version": 3,
    "words": "It is too small",
}
MOMENT, DAY = "2026-11-03T09:30:00Z", "2026-12-03"


def example(schema: Schema, *, whole: bool = True) -> Any:
    """A value that `schema` allows; without `whole`, only what is required."""
    return _value(schema, "", schema.get("$defs", {}), whole, depth=0)


def example_of_fact(fact: type[Message], *, whole: bool = True) -> dict[str, Any]:
    """One such fact in its envelope, as it travels."""
    envelope = example(frame_schema(Envelope), whole=whole)
    return envelope | {
        "specversion": "1.0",
        "type": fact.type(),
        "source": source(fact),
        "datacontenttype": "application/json",
        "data": example(fact.model_json_schema(), whole=whole),
    }


def example_of_request(request: type[Request], *, whole: bool = True) -> dict[str, Any]:
    """One such request with what travels beside it."""
    frame = example(frame_schema(Call), whole=whole)
    return frame | {"data": example(request.model_json_schema(), whole=whole)}


def _value(schema: Schema, name: str, defs: dict[str, Schema], whole: bool, depth: int) -> Any:
    if "$ref" in schema:
        return _value(defs[schema["$ref"].rsplit("/", 1)[-1]], name, defs, whole, depth + 1)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], name, defs, whole, depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return _object(schema, defs, whole, depth)
        case "array":
            deep = depth > 3 and not schema.get("minItems")  # a reason holds reasons
            return [] if deep else [_value(schema.get("items", {}), name.rstrip("s"), defs, whole, depth)]
        case "integer":
            return WORDS.get(name, schema.get("minimum", 1))
        case "boolean":
            return schema.get("default", True)
        case "number":
            return 1.0
        case "string":
            return _text(schema, name)
    return "anything"


def _object(schema: Schema, defs: dict[str, Schema], whole: bool, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: _value(inner, name, defs, whole, depth)
        for name, inner in schema.get("properties", {}).items()
        if whole or name in required
    }


def _text(schema: Schema, name: str) -> str:
    made = {
        "uuid": lambda: str(uuid5(NAMESPACE_URL, name)),
        "date-time": lambda: MOMENT,
        "date": lambda: DAY,
        "base64url": lambda: base64.urlsafe_b64encode(b"%PDF-1.7").decode(),
    }.get(schema.get("format", ""))
    return made() if made else str(WORDS.get(name, name.replace("_", " ") or "text"))
