"""All that happened to the returns, in one table of facts: what came, what people did, and what the returns stated."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select

from libs.chassis.ids import new_id
from libs.chassis.store import Unit
from libs.contracts.base import Envelope, Message
from libs.contracts.portal import ReturnDecidedV1, ReturnSubmittedV1
from services.portal.domain import Effect
from services.portal.domain.acts import Act
from services.portal.domain.waiting import SHOPPER
from services.portal.store.reporting import Fact, fold
from services.portal.store.tables import facts

_PERSONAL = {"contact", "address", "sender", "status_url", "manage_url", "answer_url", "review_to"}
_PLAIN = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact in a return's history; `by` is who acted, where a person did."""

    type: str
    at: datetime
    effect: str
    data: dict[str, Any]
    by: str | None = None


Row = dict[str, Any]


def came(unit: Unit, fact: Envelope[Any], effect: Effect) -> Row:
    """What came from another service, and what it did."""
    row = _row(unit, fact.data.type(), fact.time, effect, fact.data.model_dump(mode="json"))
    return row | {"message_id": fact.id, "return_id": getattr(fact.data, "return_id", None)}


def done(unit: Unit, return_id: UUID, act: Act, by: str) -> Row:
    """What a person, or the clock, did."""
    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in type(act).__name__).lstrip("_")
    row = _row(unit, f"act.{name}", unit.now, Effect.APPLIED, _PLAIN.dump_python(asdict(act), mode="json"))
    return row | {"return_id": return_id, "by": by}


def stated(unit: Unit, return_id: UUID, messages: Iterable[Message]) -> list[Row]:
    """What the return stated. Contact, address and the policy's decision stand with the return alone."""
    return [
        _row(unit, message.type(), unit.now, Effect.STATED, _impersonal(message)) | {"return_id": return_id}
        for message in messages
        if not isinstance(message, ReturnDecidedV1)
    ]


def made_by(by: str, rows: Iterable[Row]) -> list[Row]:
    """`rows` with who submitted the return, where it was not its shopper."""
    submits = ReturnSubmittedV1.type()
    return [row | {"by": by} if row["type"] == submits and by != SHOPPER else row for row in rows]


def note(unit: Unit, rows: Sequence[Row]) -> None:
    """Write these down, in this order, and count them for the reports."""
    if not rows:
        return
    unit.db.execute(insert(facts).values(rows))
    for row in rows:
        if row["return_id"] is not None:
            fold(unit.db, Fact(row["retailer_id"], row["return_id"], row["type"], row["at"], row["data"]))


def history_of(db: Connection, return_id: UUID) -> tuple[Happened, ...]:
    """All that happened to a return, oldest first."""
    rows = db.execute(select(facts).where(facts.c.return_id == return_id).order_by(facts.c.at, facts.c.id))
    return tuple(Happened(row.type, row.at, row.effect, row.data, row.by) for row in rows)


def _impersonal(message: Message) -> dict[str, Any]:
    data = message.model_dump(mode="json", exclude=_PERSONAL)
    if isinstance(message, ReturnSubmittedV1):
        data |= {"country": message.address.country, "language": message.contact.language}
    return data


def _row(unit: Unit, type: str, at: datetime, effect: Effect, data: dict[str, Any]) -> Row:
    whole = {"retailer_id": unit.retailer_id, "message_id": new_id(), "type": type, "at": at, "effect": effect}
    return whole | {"data": data, "by": None}
