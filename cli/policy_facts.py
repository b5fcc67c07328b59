"""What a person writes of a made-up item: `country=DE item_price=45.00GBP product_tags=sale,new`."""

import re
from collections.abc import Sequence
from typing import Any

from cli.looks import places
from cli.refusals import Exit, Refusal

LISTS = {"product_tags", "collections", "order_tags", "customer_tags"}
AMOUNTS = {"item_price", "order_value", "discount_amount"}
PERCENTS = {"discount_percent", "return_rate"}
COUNTS = {"days_since_delivery", "quantity", "earlier_returns"}
MOST_DIGITS = 9
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Z]{3})")
_PLAIN = {"true": True, "yes": True, "false": False, "no": False, "none": None}


def facts_of(given: Sequence[str]) -> dict[str, Any]:
    """The facts by name; raises Refusal where one cannot be read."""
    pairs = [each.partition("=") for each in given]
    if strange := [name for name, sign, _ in pairs if not sign or not name]:
        raise Refusal(f"{strange[0]} is no FACT=VALUE", Exit.USAGE)
    return {name: _value(name, text.strip()) for name, _, text in pairs}


def _value(name: str, text: str) -> Any:
    if name in LISTS:
        return [each.strip() for each in text.split(",") if each.strip()]
    if name in AMOUNTS:
        return _amount(name, text)
    if name in PERCENTS or name in COUNTS:
        return _number(name, text)
    if name in {"photo", "days_since_delivery"} and text.lower() in _PLAIN:
        return _PLAIN[text.lower()]
    return int(text) if text.isdecimal() and name not in {"sku", "order_number"} else text


def _number(name: str, text: str) -> Any:
    if text.lower() in _PLAIN and name == "days_since_delivery":
        return _PLAIN[text.lower()]
    digits = text.removesuffix("%").strip() if name in PERCENTS else text
    if not digits.isdecimal() or len(digits) > MOST_DIGITS:
        example = "30" if name in PERCENTS else "3"
        raise Refusal(f"{name}={text} is no number: write it like {name}={example}", Exit.USAGE)
    return int(digits)


def _amount(name: str, text: str) -> dict[str, Any]:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Refusal(f"{name}={text} is no amount: write it like 45.00GBP", Exit.USAGE)
    digits = places(found[2])
    whole, _, part = found[1].partition(".")
    if len(part) > digits:
        raise Refusal(f"{name}={text}: {found[2]} has {digits} decimal places", Exit.USAGE)
    return {"amount": int(whole + part.ljust(digits, "0")), "currency": found[2]}
