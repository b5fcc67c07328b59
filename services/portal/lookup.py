"""By what a shopper finds an order: the ways a retailer allows, what was typed, and links that a shop signs itself."""

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from libs.chassis.secrets import Secrets
from libs.contracts.orders import FindOrderV1

LONGEST_LINK = timedelta(days=400)  # a year's window of returns, and the time an order takes to arrive
_KEY = "portal.order_links"


class Way(StrEnum):
    """What proves an order's number. A gift is proved by where it was sent, and its return is the recipient's."""

    EMAIL = "email"
    POSTCODE = "postcode"
    PHONE = "phone"
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a shopper typed. `email` is the order's own, or for a gift the recipient's."""

    number: str
    way: Way = Way.EMAIL
    email: str = ""
    postcode: str = ""
    phone: str = ""

    @property
    def proof(self) -> str:
        """The field that proves the number."""
        return {Way.EMAIL: self.email, Way.PHONE: self.phone}.get(self.way, self.postcode)

    def request(self) -> FindOrderV1:
        """What orders is asked. It is told the proof of this way, and nothing else."""
        by_postcode = self.way in (Way.POSTCODE, Way.GIFT)
        return FindOrderV1(
            number=self.number,
            email=self.email if self.way is Way.EMAIL else "",
            postcode=self.postcode if by_postcode else None,
            phone=self.phone if self.way is Way.PHONE else None,
            gift=self.way is Way.GIFT,
        )


class BadLink(Exception):
    """The link was not signed with the retailer's key, was altered, or has ended."""


def link_key(keyring: Secrets, retailer_id: UUID) -> str:
    """The key with which a retailer's shop signs its links. It stays the same when the suite's own keys are replaced."""
    return keyring.fingerprint(retailer_id, _KEY, "1").hex()


def signed(key: str, *, number: str, email: str, until: datetime) -> str:
    """The last part of a link's address: `number|email|until` in URL-safe base64, a dot, and its HMAC-SHA256 in hex."""
    said = base64.urlsafe_b64encode(f"{number}|{email}|{int(until.timestamp())}".encode()).decode()
    return f"{said}.{_signature(key, said)}"


def opened(key: str, token: str, now: datetime) -> Typed:
    """What a link says. Raises BadLink."""
    said, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(key, said).encode(), signature.lower().encode()):
        raise BadLink
    try:
        padded = said + "=" * (-len(said) % 4)
        number, email, until = base64.urlsafe_b64decode(padded).decode().rsplit("|", 2)
        ends = datetime.fromtimestamp(int(until), UTC)
    except (ValueError, OverflowError, OSError):
        raise BadLink from None
    if not now < ends <= now + LONGEST_LINK:
        raise BadLink
    return Typed(number.strip(), Way.EMAIL, email.strip())


def _signature(key: str, said: str) -> str:
    return hmac.new(key.encode(), said.encode(), sha256).hexdigest()
