"""How an order is recognised from what a shopper types: the number and the email, each brought to one form."""

import re
import unicodedata

from libs.contracts.errors import Refused

_NUMBER = re.compile(r"[a-z0-9#._/-]{1,40}")
_DIGITS = re.compile(r"[0-9]+")


class OrderNotFound(Refused):
    """The one answer to every failure of a look-up, so that nothing is learned from it."""

    def __init__(self) -> None:
        super().__init__("orders.not_found")


def number_key(written: str) -> str | None:
    """The form under which a number is indexed and sought: `#1001`, ` 1001 ` and `al-1001` are all `1001`.

    It is the longest run of digits, the last of equals; a name without digits is its own key. None when it cannot be
    an order's number.
    """
    folded = _folded(written)
    if not _NUMBER.fullmatch(folded):
        return None
    runs = _DIGITS.findall(folded)
    return max(reversed(runs), key=len) if runs else _bare(folded)


def is_number(typed: str, name: str) -> bool:
    """Whether `typed` means the order called `name`: the whole of it, or its digits without the shop's decoration."""
    return number_key(typed) is not None and _bare(_folded(typed)) in (_bare(_folded(name)), number_key(name))


def _folded(written: str) -> str:
    return "".join(unicodedata.normalize("NFKC", written).casefold().split())


def _bare(folded: str) -> str:
    return "".join(character for character in folded if character.isalnum())


def email_key(written: str) -> str:
    """The form in which emails are compared."""
    return unicodedata.normalize("NFKC", written).strip().casefold()


def search_term(written: str, *, prefix: str, suffix: str) -> str | None:
    """The shop's search for this number, whole as the shop prints it: `name:"AL-1001"`. None when it cannot be one.

    The email is never put into it: that field is searched by words, so half an address would match.
    """
    key = number_key(written)
    if key is None:
        return None
    name = f"{prefix}{key}{suffix}" if key.isdigit() else key
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'name:"{escaped}"'
