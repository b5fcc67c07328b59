"""Pages that carriers make: fetched at once, and looked at before they are kept."""

import base64
import binascii
from decimal import Decimal, InvalidOperation

import requests
from babel.numbers import get_currency_precision

from libs.chassis.outside import OutcomeUnknown, calling
from libs.contracts.values import Money

LARGEST = 5_000_000  # bytes
_CHUNK = 65_536
_TIMEOUT = (3, 15)


def fetch(name: str, url: str, *, plain: bool = False) -> bytes:
    """The page at `url`; `plain` allows http. Raises OutcomeUnknown, never NotSent: the label is there already."""
    if not url.startswith(("https://", "http://") if plain else "https://"):
        raise OutcomeUnknown(f"{name}: the label's address is no https address")
    with calling(f"{name}_files"):
        try:
            with requests.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
                if answer.status_code != requests.codes.ok:
                    raise OutcomeUnknown(f"{name}: the label's file answers HTTP {answer.status_code}")
                return checked(name, _whole(name, answer))
        except requests.RequestException:
            raise OutcomeUnknown(f"{name}: the label's file cannot be fetched") from None


def decoded(name: str, text: object) -> bytes:
    """The page in an answer, from base64; raises OutcomeUnknown."""
    try:
        return checked(name, base64.b64decode(str(text), validate=True))
    except binascii.Error:
        raise OutcomeUnknown(f"{name}: the label's file is not base64") from None


def checked(name: str, page: bytes) -> bytes:
    """The same bytes, where they are a PDF; raises OutcomeUnknown."""
    if not page.startswith(b"%PDF-"):
        raise OutcomeUnknown(f"{name}: the label's file is no PDF")
    return page


def cost(amount: object, currency: str) -> Money | None:
    """What a carrier asks, `6.07` or 6.07, in minor units; None where that cannot be read, or no currency is known."""
    try:
        minor = Decimal(str(amount)).scaleb(get_currency_precision(currency)).to_integral_exact()
        return Money(amount=int(minor), currency=currency)
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _whole(name: str, answer: requests.Response) -> bytes:
    page = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        page += chunk
        if len(page) > LARGEST:
            raise OutcomeUnknown(f"{name}: the label's file is too large")
    return bytes(page)
