"""Between a return and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row

from libs.chassis.store import Unit
from libs.contracts.base import Message
from libs.contracts.values import (
    Address,
    Condition,
    Contact,
    CreditTerms,
    Disposed,
    ExchangeVariant,
    LabelTerms,
    Money,
    Resolution,
    ReturnKind,
    ReturnLine,
)
from services.portal.domain import Awaiting, Deduction, FeeState, HoldState, Known, Line, MoneyState, Return


@dataclass(frozen=True, slots=True)
class KnownLine:
    """All of a line that has no column of its own."""

    arrived: int | None = None
    condition: Condition | None = None
    found: str | None = None
    disposed: tuple[Disposed, ...] = ()
    instead: Resolution | None = None
    deductions: tuple[Deduction, ...] = ()
    paid: Money | None = None
    attempt: int = 0
    refused: str | None = None
    exchange_variant: ExchangeVariant | None = None
    fallback: Resolution | None = None
    credit: CreditTerms | None = None
    instant: bool = False
    product_type: str | None = None
    difference: FeeState = FeeState.OPEN
    hold: HoldState = HoldState.WANTED


_KNOWN, _KNOWN_LINE = TypeAdapter(Known), TypeAdapter(KnownLine)
# Of what was asked for, not of what became of it.
_ASKED = ("exchange_variant", "fallback", "credit", "instant", "product_type")
_OF_LINES = tuple(name for name in KnownLine.__slots__ if name not in _ASKED)


@dataclass(frozen=True, slots=True)
class Submission:
    """A return to be made once: `key` is the form's own, `digest` tells whether a repeat asks the same.

    `link` is the token of the shopper's page, `review_link` of the page on which staff decide.
    """

    ret: Return
    messages: Sequence[Message]
    key: str
    digest: bytes
    decision: dict[str, Any]
    status_path: str
    link: str
    returnable: dict[UUID, int]
    photos: Sequence["Photo"] = ()
    review_link: str | None = None
    by: str = "shopper"


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a return line, already cleaned and stored under `object_key`."""

    id: UUID
    return_line_id: UUID
    object_key: str
    width: int
    height: int


def as_row(asked: Submission, unit: Unit) -> dict[str, Any]:
    """The new row of a submitted return."""
    ret = asked.ret
    return changing(ret) | {
        "id": ret.id,
        "retailer_id": unit.retailer_id,
        "number": ret.number,
        "kind": ret.kind,
        "order_id": ret.order_id,
        "order_number": ret.order_number,
        "contact": ret.contact.model_dump(mode="json"),
        "address": ret.address.model_dump(mode="json"),
        "inspect": ret.inspect,
        "policy_version": ret.policy_version,
        "decision": asked.decision,
        "owed_amount": ret.owed.amount,
        "owed_currency": ret.owed.currency,
        "submit_key": asked.key,
        "submit_digest": asked.digest,
        "status_path": asked.status_path,
        "since": unit.now,
        "created_at": unit.now,
        "updated_at": unit.now,
    }


def changing(ret: Return) -> dict[str, Any]:
    """The columns that a return's life changes."""
    return {
        "awaiting": ret.awaiting,
        "label": ret.label,
        "fee_amount": ret.fee.amount,
        "fee_currency": ret.fee.currency,
        "lane_id": ret.lane_id,
        "known": _KNOWN.dump_python(ret.known, mode="json", exclude_defaults=True),
    }


def line_row(line: Line, place: int, return_id: UUID, retailer_id: UUID) -> dict[str, Any]:
    """The new row of a line."""
    fields = line.asked.model_dump(exclude={"owed", "disposed", *_ASKED})
    return fields | {
        "shipped_as": list(line.asked.shipped_as),
        "retailer_id": retailer_id,
        "return_id": return_id,
        "place": place,
        "money": line.money,
        "owed_amount": line.asked.owed.amount,
        "owed_currency": line.asked.owed.currency,
        "known": known_of_line(line),
    }


def known_of_line(line: Line) -> dict[str, Any]:
    """What a line's life adds to it."""
    asked = {name: getattr(line.asked, name) for name in _ASKED}
    known = KnownLine(**asked, **{name: getattr(line, name) for name in _OF_LINES})
    found: dict[str, Any] = _KNOWN_LINE.dump_python(known, mode="json", exclude_defaults=True)
    return found


def as_return(row: Row[Any], lines: Sequence[Row[Any]]) -> Return:
    """The return that these rows hold."""
    return Return(
        id=row.id,
        number=row.number,
        order_id=row.order_id,
        order_number=row.order_number,
        contact=Contact.model_validate(row.contact),
        address=Address.model_validate(row.address),
        awaiting=Awaiting(row.awaiting),
        lines=tuple(as_line(line) for line in lines),
        label=LabelTerms(row.label),
        fee=Money(amount=row.fee_amount, currency=row.fee_currency),
        lane_id=row.lane_id,
        inspect=row.inspect,
        policy_version=row.policy_version,
        known=_KNOWN.validate_python(row.known),
        kind=ReturnKind(row.kind),
    )


def as_line(row: Row[Any]) -> Line:
    """The line that this row holds."""
    known = _KNOWN_LINE.validate_python(row.known)
    asked = ReturnLine(
        id=row.id,
        order_line_id=row.order_line_id,
        title=row.title,
        variant=row.variant,
        sku=row.sku,
        image=row.image,
        quantity=row.quantity,
        reason=row.reason,
        sub_reason=row.sub_reason,
        comment=row.comment,
        resolution=row.resolution,
        owed=Money(amount=row.owed_amount, currency=row.owed_currency),
        stage=row.stage,
        keep_item=row.keep_item,
        hs_code=row.hs_code,
        origin=row.origin,
        grams=row.grams,
        shipped_as=tuple(row.shipped_as),
        **{name: getattr(known, name) for name in _ASKED},
    )
    return Line(asked, MoneyState(row.money), **{name: getattr(known, name) for name in _OF_LINES})
