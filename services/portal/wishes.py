"""What a shopper, or a program for one, wants of a return before it is made."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from libs.contracts.values import Contact
from services.portal.photos import KeptPhoto


@dataclass(frozen=True, slots=True)
class Seen:
    """What a shopper chose in exchange, as it was shown: minor units of one piece, and for all of them plus or minus."""

    title: str
    price: int
    to_settle: int
    product_id: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """What the shopper said of one order line. `resolution` is empty until chosen."""

    line_id: UUID
    quantity: int
    reason: str
    sub_reason: str | None = None
    comment: str | None = None
    resolution: str | None = None
    exchange_variant: str | None = None  # the shop's id of what is wished for in its place
    seen: Seen | None = None  # how that was shown, where a shopper chose it on a page
    on_top: int | None = None  # what the shopper agreed to pay for it besides, in minor units
    answer: str | None = None  # to the policy's question about it, both by code: `tags_removed/yes`


@dataclass(frozen=True, slots=True)
class Wish:
    """A return about to be submitted. `key` is the form's own, so that a repeat makes nothing twice."""

    order_id: UUID
    picked: tuple[Picked, ...]
    key: str
    photos: tuple[KeptPhoto, ...] = ()
    reason_words: dict[str, str] = field(default_factory=dict)  # as the shopper read them, kept with the return
    proof: bool = False  # a receipt stood in for the order's number, so that a person decides
    by: str = "shopper"  # who made it, for the record
    recipient: Contact | None = None  # of a gift: who sends it back, and hears of it in the buyer's place


def digest_of(wish: Wish) -> bytes:
    """What tells whether a form sent again says the same."""
    said: Any = [
        str(wish.order_id),
        [
            [str(value) for value in (p.line_id, p.quantity, p.reason, p.sub_reason, p.comment, p.resolution)]
            + ([p.exchange_variant] if p.exchange_variant else [])
            + ([str(p.on_top)] if p.on_top else [])
            + ([p.answer] if p.answer else [])
            for p in wish.picked
        ],
    ]
    return sha256(json.dumps(said).encode()).digest()
