"""A mail between its rows and the domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.contracts.values import Contact, Look, Money, ReturnLine
from services.notifications.domain import OF_NO_RETURN, Details, Mail, Notice, Template, What


@dataclass(frozen=True, slots=True)
class Parties:
    """In whose look a mail is written, the row of its return's shopper, and whom it is for where that is another."""

    look: Look
    shopper: RowMapping | None
    to: dict[str, Any] | None


def planned(subject_id: UUID, notice: Notice) -> dict[str, Any]:
    """The columns of a mail that is planned."""
    return {
        "subject_id": subject_id,
        "return_id": None if notice.template in OF_NO_RETURN else subject_id,
        "template": notice.template,
        "part": notice.part,
        "about": notice.about,
        "at": notice.at,
        "tracking_number": notice.tracking_number,
        "document_id": notice.document_id,
        "amount_amount": notice.amount and notice.amount.amount,
        "amount_currency": notice.amount and notice.amount.currency,
        "details": notice.details.model_dump(mode="json", exclude_defaults=True),
    }


def notice(message: RowMapping) -> Notice:
    """What a mail tells."""
    amount = message["amount_amount"]
    return Notice(
        template=Template(message["template"]),
        part=message["part"],
        at=message["at"],
        about=message["about"],
        tracking_number=message["tracking_number"],
        document_id=message["document_id"],
        amount=None if amount is None else Money(amount=amount, currency=message["amount_currency"]),
        details=Details.model_validate(message["details"]),
    )


def mail(message: RowMapping, told: Notice, parties: Parties, happened: Mapping[What, datetime]) -> Mail:
    """The whole mail."""
    shopper = None if parties.shopper is None else Contact.model_validate(parties.shopper["contact"])
    to = Contact.model_validate(parties.to) if parties.to is not None else shopper
    if to is None:
        raise ValueError(f"nobody is to get {told.template}")
    known: dict[str, Any] = dict(parties.shopper or {})
    return Mail(
        id=message["id"],
        subject_id=message["subject_id"],
        number=known.get("number") or told.details.number or "",
        order_number=known.get("order_number") or told.details.order_number or "",
        notice=told,
        look=parties.look,
        to=to,
        shopper=shopper,
        lines=tuple(ReturnLine.model_validate(line) for line in known.get("lines", ())),
        status_url=known.get("status_url", ""),
        happened=happened,
    )
