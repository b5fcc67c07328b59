"""Pages that carriers make, fetched at once and looked at before they are kept; and amounts as carriers write them."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import requests
from babel.numbers import get_currency_precision

from libs.chassis.outside import Declined, OutcomeUnknown, calling
from libs.contracts.values import Money

LARGEST = 5_000_000  # bytes
PDF, PNG, ZPL = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"^XA"  # how each kind of file begins
_NAMES = {PDF: "PDF", PNG: "PNG", ZPL: "ZPL"}
_CHUNK = 65_536
_DEAREST = Decimal("Infinity")
_TIMEOUT = (3, 15)


def fetch(name: str, url: str, *, plain: bool = False, start: bytes = PDF) -> bytes:
    """The page at `url`; `plain` allows http. Raises OutcomeUnknown, never NotSent: the label is there already."""
    if not url.startswith(("https://", "http://") if plain else "https://"):
        raise OutcomeUnknown(f"{name}: the label's address is no https address")
    with calling(f"{name}_files"):
        try:
            with requests.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
                if answer.status_code != requests.codes.ok:
                    raise OutcomeUnknown(f"{name}: the label's file answers HTTP {answer.status_code}")
                return checked(name, _whole(name, answer), start=start)
        except requests.RequestException:
            raise OutcomeUnknown(f"{name}: the label's file cannot be fetched") from None


def decoded(name: str, text: object, *, start: bytes = PDF) -> bytes:
    """The page in an answer, from base64; raises OutcomeUnknown."""
    try:
        return checked(name, base64.b64decode(str(text), validate=True), start=start)
    except binascii.Error:
        raise OutcomeUnknown(f"{name}: the label's file is not base64") from None


def checked(name: str, page: bytes, *, start: bytes = PDF) -> bytes:
    """The same bytes, where they begin as such a file does; raises OutcomeUnknown."""
    if not page.lstrip().startswith(start):
        raise OutcomeUnknown(f"{name}: the label's file is no {_NAMES[start]}")
    return page


def cost(amount: object, currency: str) -> Money | None:
    """What a carrier asks, `6.07` or 6.07, in minor units; None where that cannot be read, or no currency is known."""
    try:
        minor = Decimal(str(amount)).scaleb(get_currency_precision(currency)).to_integral_exact()
        return Money(amount=int(minor), currency=currency)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def asked(amount: object, currency: str) -> Money:
    """The same of a rate, which is none without its amount; raises Declined."""
    money = cost(amount, currency)
    if money is None:
        raise Declined("no_amount", "the rate has no amount that can be read")
    return money


def cheapest(rates: Sequence[Mapping[str, Any]], amount: str) -> Mapping[str, Any]:
    """The one of these rates whose field `amount` is the least; one that cannot be read is the dearest."""
    return min(rates, key=lambda rate: _number(rate.get(amount)))


def _number(text: object) -> Decimal:
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        return _DEAREST
    return number if number.is_finite() else _DEAREST


def _whole(name: str, answer: requests.Response) -> bytes:
    page = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        page += chunk
        if len(page) > LARGEST:
            raise OutcomeUnknown(f"{name}: the label's file is too large")
    return bytes(page)
