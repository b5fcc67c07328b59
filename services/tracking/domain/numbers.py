"""What a code on a parcel says: its number, without what scanners, links and people put around it."""

import re
from urllib.parse import parse_qs, urlsplit

OWN = "own"
SHOPPER = "shopper"  # the carrier of a parcel without a label of ours: its number is the return's

_A36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011")  # our numbers have none of these letters
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # what a scanner puts before a code (ISO/IEC 15424)
_USPS = re.compile(r"420(?:\d{5}|\d{9})(9\d{19}|9\d{21})")  # the ZIP code of the hub stands before the number
_NO_PART = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]")


def tracking_number(code: str) -> str:
    """The number that a scanned or typed code carries, without what scanners, links and people put around it."""
    text = _SYMBOLOGY.sub("", _NO_PART.sub("", code))
    if "://" in text:
        text = _in_link(text)
    text = text.upper()
    if wrapped := _USPS.fullmatch(text):
        text = wrapped[1]
    return own_number(text) or text


def own_number(text: str) -> str | None:
    """`text` as a number of the built-in carrier, or None when it is none or its check character betrays it.

    I, L and O are read as the digits they look like, for the number may have been typed from the label.
    """
    head, tail = text[:2], text[2:].translate(_LOOKALIKES)
    if head not in ("OR", "0R") or len(tail) != 11 or any(character not in _A36 for character in tail):
        return None
    return f"OR{tail}" if check_character(f"OR{tail[:-1]}") == tail[-1] else None


def plain(text: str | None) -> str | None:
    """`text` without the one character that PostgreSQL cannot keep; None where nothing is left."""
    return (text or "").replace("\0", "") or None


def account_of(reporter: str, number: str, *, sender: str, carrier: str | None) -> str:
    """Whose number it is: within an account it is one parcel's, and carriers give old numbers again.

    Our own is our own, whoever carries the parcel and reports of it. A sender that speaks for many carriers, and whose
    address has the sender's own name, names the carrier itself; any other address has the account's name.
    """
    if own_number(number):
        return OWN
    return carrier if carrier and reporter == sender else reporter


def _in_link(text: str) -> str:
    try:
        link = urlsplit(text)
    except ValueError:
        return text
    asked = parse_qs(link.query).get("code")
    return asked[0] if asked else link.path.rstrip("/").rsplit("/", 1)[-1]


def check_character(number: str) -> str:
    """The check character of ISO 7064 MOD 37,36, as labels adds it."""
    product = 36
    for character in number:
        product = ((product + _A36.index(character)) % 36 or 36) * 2 % 37
    return _A36[(37 - product) % 36]
