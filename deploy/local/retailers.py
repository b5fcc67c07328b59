"""The two retailers of the demo: how they look, who works there, what they take back, and where it goes."""

import json
import secrets
from pathlib import Path
from typing import Any

DEMO_PASSWORD = "walk the long way home"
PLATFORM = {"email": "operator@homeward.example", "name": "Kit Moran", "password": DEMO_PASSWORD}
# What the examples of docs/api.md and docs/cli.md need: a manager's rights but those over people, keys and the shop.
KEY_SCOPES = (
    "returns.read",
    "returns.write",
    "returns.decide",
    "tasks.clear",
    "money.move",
    "scans.write",
    "inspections.write",
    "orders.write",
    "reports.read",
    "audit.read",
    "carriers.manage",
    "policies.read",
    "policies.write",
    "policies.publish",
    "persons.manage",
)
POLICIES = Path(__file__).parent / "policies"


def retailers(pictures: str) -> list[dict[str, Any]]:
    """What `python -m services.portal.setup` is told; `pictures` is the address that serves the shops' pictures."""
    return [
        each
        | {
            "shop": each["shop"] | {"secret": secrets.token_hex(16)},
            "key_scopes": list(KEY_SCOPES),
            "policy": json.loads((POLICIES / f"{each['slug']}.json").read_text()),
            "image": f"{pictures}/cdn/shop/images/{each['slug']}-start-wide.webp",
            "image_origin": pictures,
        }
        for each in (ALDER, KITE)
    ]


def _staff(slug: str, **names: str) -> list[dict[str, Any]]:
    """One person for each role that is named, the manager first."""
    return [
        {"email": f"{role}@{slug}.example", "name": name, "password": DEMO_PASSWORD, "role": role}
        for role, name in names.items()
    ]


def _lane(country: str, hub: str, currency: str, **more: Any) -> dict[str, Any]:
    price = {"amount": 0, "currency": currency}
    usual = {"country": country, "hub": hub, "carrier": "own", "service": "Standard", "price": price, "on": True}
    return usual | more


ALDER: dict[str, Any] = {
    "slug": "alder",
    "name": "Alder",
    "currency": "GBP",
    "brand": "#1f5c4d",
    "heading": "system",
    "radius": 12,
    "language": "en-GB",
    "support_email": "returns@alder.example",
    "review_email": "reviews@alder.example",
    "shop_url": "https://alder.example",
    "lookup_by": ["email", "postcode", "phone", "gift"],
    "staff": _staff(
        "alder",
        manager="Robin Hale",
        agent="Asha Menon",
        merchandiser="Tom Ellery",
        finance="Grace Okafor",
        hub="Piotr Lis",
        viewer="Wren Sato",
    ),
    "shop": {
        "domain": "alder-demo.myshopify.com",
        "token": "shpat_alder_demo",
        "currency": "GBP",
        "credit_as": "gift_card",
    },
    "carriers": [{"name": "own"}],
    "hubs": [
        {
            "code": "DAV",
            "address": {
                "name": "Alder Returns",
                "line1": "14 Royal Oak Way",
                "city": "Daventry",
                "postcode": "NN11 8QY",
                "country": "GB",
            },
        }
    ],
    "lanes": [_lane("GB", "DAV", "GBP", expected_days=3)],
}

KITE: dict[str, Any] = {
    "slug": "kite",
    "name": "Kite",
    "currency": "EUR",
    "brand": "#e4572e",
    "heading": "serif",
    "radius": 0,
    "language": "en-IE",
    "support_email": "returns@kite.example",
    "shop_url": "https://kite.example",
    "staff": _staff("kite", manager="Niamh Byrne", agent="Jonas Weber", hub="Sanne de Vries"),
    "shop": {"domain": "kite-demo.myshopify.com", "token": "shpat_kite_demo", "currency": "EUR"},
    "carriers": [{"name": "own"}],
    "hubs": [
        {
            "code": "TIL",
            "address": {
                "name": "Kite Returns",
                "line1": "Centaurusweg 120",
                "city": "Tilburg",
                "postcode": "5015 TC",
                "country": "NL",
            },
        }
    ],
    # Parcels from Germany travel with a carrier of the sandbox, and with our own label where that one says no.
    "accounts": [
        {"carrier": "easypost", "mode": "test", "secrets": {"api_key": "EZTKkite"}, "options": {"grams": "600"}}
    ],
    "lanes": [
        _lane("IE", "TIL", "EUR", expected_days=5),
        _lane("NL", "TIL", "EUR", expected_days=2),
        _lane("DE", "TIL", "EUR", carrier="easypost", service="Tracked", fallback="own", expected_days=4),
    ],
}
