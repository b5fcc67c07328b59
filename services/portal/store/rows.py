"""Between a return and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.chassis.store import Unit
from libs.contracts.base import Message
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Address, Contact, LabelTerms, Money, ReturnLine, Stage
from services.portal.domain import Awaiting, Line, MoneyState, Return

FACTS: dict[str, type[Message]] = {
    fact.type(): fact
    for fact in (
        FeeWaivedV1,
        LabelIssuedV1,
        LabelRefusedV1,
        LabelOutcomeUnknownV1,
        MilestoneReachedV1,
        SettlementSucceededV1,
        SettlementRefusedV1,
        SettlementOutcomeUnknownV1,
    )
}


@dataclass(frozen=True, slots=True)
class Submission:
    """A return to be made once: `key` is the form's own, `digest` tells whether a repeat asks the same."""

    ret: Return
    messages: Sequence[Message]
    key: str
    digest: bytes
    decision: dict[str, Any]
    status_path: str
    link: str
    returnable: dict[UUID, int]
    photos: Sequence["Photo"] = ()


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a return line, already cleaned and stored under `object_key`."""

    id: UUID
    return_line_id: UUID
    object_key: str
    width: int
    height: int


def as_row(asked: Submission, unit: Unit) -> dict[str, Any]:
    ret = asked.ret
    return {
        "id": ret.id,
        "retailer_id": unit.retailer_id,
        "number": ret.number,
        "order_id": ret.order_id,
        "order_number": ret.order_number,
        "contact": ret.contact.model_dump(mode="json"),
        "address": ret.address.model_dump(mode="json"),
        "awaiting": ret.awaiting,
        "label": ret.label,
        "fee_amount": ret.fee.amount,
        "fee_currency": ret.fee.currency,
        "lane_id": ret.lane_id,
        "inspect": ret.inspect,
        "policy_version": ret.policy_version,
        "decision": asked.decision,
        "reached": [],
        "kept": [],
        "owed_amount": ret.owed.amount,
        "owed_currency": ret.owed.currency,
        "submit_key": asked.key,
        "submit_digest": asked.digest,
        "status_path": asked.status_path,
        "created_at": unit.now,
        "updated_at": unit.now,
    }


def line_row(line: Line, place: int, return_id: UUID, retailer_id: UUID) -> dict[str, Any]:
    fields = line.asked.model_dump(exclude={"owed"})
    return fields | {
        "retailer_id": retailer_id,
        "return_id": return_id,
        "place": place,
        "money": line.money,
        "owed_amount": line.asked.owed.amount,
        "owed_currency": line.asked.owed.currency,
    }


def as_return(row: Row[Any], lines: Sequence[Row[Any]]) -> Return:
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
        tracking_number=row.tracking_number,
        document_id=row.document_id,
        label_trouble=row.label_trouble,
        reached=frozenset(map(Stage, row.reached)),
        kept=tuple(FACTS[kept["type"]].model_validate(kept["data"]) for kept in row.kept),
    )


def as_line(row: Row[Any]) -> Line:
    owed = Money(amount=row.owed_amount, currency=row.owed_currency)
    return Line(
        ReturnLine(
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
            owed=owed,
            stage=row.stage,
        ),
        MoneyState(row.money),
    )
