"""A message as its operator may read it: what happened, without whom it happened to."""

import json
import re
from typing import Any

# Who somebody is and where they live (Contact, Address), what they wrote, and what opens a door by itself.
PERSONAL = {
    "address", "address1", "address2", "city", "company", "contact", "email", "first_name", "hub_address", "last_name",
    "line1", "line2", "name", "phone", "place", "postcode", "region", "review_to", "sender", "zip",
}  # fmt: skip
WRITTEN = {"body", "comment", "content", "words"}
SECRET = {"key", "password", "secret", "token", "voucher"}
NUMBERS = {"number", "shop_line_id", "sku", "tracking_number"}  # which may look like a telephone's
EMAIL = re.compile(r"\w[\w.+'-]*@[\w-]+(\.[\w-]+)+")
PHONE = re.compile(r"(?<![\w-])\+?\d[\d ()./]{7,}\d(?![\w-])")
LINK = re.compile(r"(https?://[^/\s\"']+)/[^\s\"']*")


def masked(body: bytes) -> Any:
    """The JSON of a message with its personal data covered; for anything else its size only."""
    try:
        return _cover(json.loads(body))
    except ValueError:
        return {"not_json": f"{len(body)} bytes, not shown"}


def masked_words(words: str) -> str:
    """Free words with e-mail addresses, telephone numbers and the paths of links covered."""
    return PHONE.sub("…", EMAIL.sub("…@…", LINK.sub(r"\1/…", words)))


def _cover(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _cover(each, name if key not in PERSONAL else key) for name, each in value.items()}
    if isinstance(value, list):
        return [_cover(each, key) for each in value]
    if not isinstance(value, str):
        return value
    if key in PERSONAL | SECRET:
        return f"{value[:1]}…" if value else ""
    if key in WRITTEN:
        return f"({len(value)} characters)"
    return value if key in NUMBERS else masked_words(value)
