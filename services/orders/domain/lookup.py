"""How an order is recognised from what a shopper types: the number and a proof, each brought to one form."""

import re
import unicodedata
from dataclasses import dataclass

from libs.contracts.errors import Refused
from libs.contracts.orders import FindOrderV1
from services.orders.domain import phones

_NUMBER = re.compile(r"[a-z0-9#._/-]{1,40}")
_DIGITS = re.compile(r"[0-9]+")
_ZIP_AND_FOUR = re.compile(r"([0-9]{5})-?[0-9]{4}")
_POSTCODE = range(3, 13)  # letters and digits of a postcode: the Faroe Islands have three, Iran ten


BY_EMAIL, BY_POSTCODE, BY_PHONE, BY_GIFT = "email:", "postcode:", "phone:", "gift:"  # what a proof begins with


class OrderNotFound(Refused):
    """The one answer to every failure of a look-up, so that nothing is learned from it."""

    def __init__(self) -> None:
        super().__init__("orders.not_found")


@dataclass(frozen=True, slots=True)
class Buyer:
    """What a shop holds of who bought an order, where it was sent and where the bill went. Any of it may be missing."""

    email: str | None = None
    sent_to: str | None = None
    billed_to: str | None = None
    phones: tuple[str, ...] = ()
    country: str = ""


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
    """Without case and spaces, and with one kind of dash: telephones write a long one for two short ones."""
    plain = "".join(unicodedata.normalize("NFKC", written).casefold().split())
    return "".join("-" if unicodedata.category(character) == "Pd" else character for character in plain)


def _bare(folded: str) -> str:
    return "".join(character for character in folded if character.isalnum())


def email_key(written: str) -> str:
    """The form in which emails are compared. Dots and what follows a `+` are part of an address."""
    return unicodedata.normalize("NFKC", written).strip().casefold()


def postcode_key(written: str) -> str | None:
    """The form in which postcodes are compared, whole: ` yo1 7hh ` is `yo17hh`; None when it cannot be one.

    An American ZIP+4 counts by its first five digits.
    """
    folded = _folded(written)
    short = _ZIP_AND_FOUR.fullmatch(folded)
    key = short[1] if short else _bare(folded)
    return key if len(key) in _POSTCODE else None


def proof_of(asked: FindOrderV1) -> str:
    """The proof that somebody gives, in the form of `proofs_of`. One that proves nothing is empty."""
    if asked.gift:
        return _proof(BY_GIFT, postcode_key(asked.postcode or ""))
    if asked.email:
        return _proof(BY_EMAIL, email_key(asked.email))
    if asked.postcode:
        return _proof(BY_POSTCODE, postcode_key(asked.postcode))
    return _proof(BY_PHONE, phones.typed_key(asked.phone or ""))


def proofs_of(buyer: Buyer) -> frozenset[str]:
    """Every proof that opens an order of this buyer. Of what is missing there is none."""
    sent_to, billed_to = postcode_key(buyer.sent_to or ""), postcode_key(buyer.billed_to or "")
    found = {
        _proof(BY_EMAIL, email_key(buyer.email or "")),
        _proof(BY_POSTCODE, sent_to),
        _proof(BY_POSTCODE, billed_to),
        _proof(BY_GIFT, sent_to),
        *(_proof(BY_PHONE, key) for phone in buyer.phones for key in phones.keys_of(phone, buyer.country)),
    }
    return frozenset(found - {""})


def _proof(way: str, key: str | None) -> str:
    return way + key if key else ""


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
