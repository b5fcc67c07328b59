"""Who is told what: recipients, the retailers' looks, and each message with what became of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit, money, tables, tenant_id
from libs.contracts.base import Envelope
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.portal import RetailerChangedV1, ReturnSubmittedV1
from libs.contracts.values import Contact, Look, Money, ReturnLine
from services.notifications.domain import Mail, Notice, State, Template, is_overtaken, of_submission
from services.notifications.settings import NotificationsSettings

metadata = tables("notifications")
looks = Table(
    "looks",
    metadata,
    Column("retailer_id", Uuid, primary_key=True),
    Column("look", JSONB, nullable=False),
    Column("as_of", DateTime(timezone=True), nullable=False),
)
recipients = Table(
    "recipients",
    metadata,
    Column("return_id", Uuid, primary_key=True),
    tenant_id(),
    Column("number", Text, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("contact", JSONB, nullable=False),
    Column("lines", JSONB, nullable=False),
    Column("status_url", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
messages = Table(
    "messages",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("template", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("tracking_number", Text),
    Column("document_id", Uuid),
    *money("amount", nullable=True),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
    Column("refusal_words", Text),
    UniqueConstraint("retailer_id", "return_id", "template", "part"),
    CheckConstraint(f"state IN ({', '.join(repr(str(state)) for state in State)})", name="state"),
)


class Mails(Store):
    """Plans each message once, gives what is needed to write it, and records how it went."""

    service, metadata = "notifications", metadata

    def keep_look(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Keep the newest look; one that is overtaken on its way changes nothing."""
        row = {"look": fact.data.look.model_dump(mode="json"), "as_of": fact.time}
        with self.unit(fact) as unit:
            if not unit.seen:
                kept = insert(looks).values(retailer_id=unit.retailer_id, **row)
                newer = looks.c.as_of < kept.excluded.as_of
                unit.db.execute(kept.on_conflict_do_update(index_elements=["retailer_id"], set_=row, where=newer))

    def welcome(self, fact: Envelope[ReturnSubmittedV1]) -> None:
        """Keep the recipient, and plan the first message."""
        with self.unit(fact) as unit:
            if not unit.seen:
                _keep_recipient(unit, fact.data)
                _plan(unit, fact.data.return_id, of_submission(fact.time))

    def plan(self, fact: Envelope[Any], notice: Notice | None) -> None:
        """Plan the message that `fact` makes, if any, unless the return has it or one that says more."""
        with self.unit(fact) as unit:
            if not unit.seen and notice is not None:
                _plan(unit, fact.data.return_id, notice)

    def open(self, retailer_id: UUID, message_id: UUID) -> Mail | None:
        """The message with all it shows; None when it is settled. Raises Transient before the return is known."""
        with self.unit(retailer_id=retailer_id) as unit:
            message = _message(unit, message_id)
            if message["state"] in (State.DONE, State.REFUSED):
                return None
            to = (
                unit.db.execute(select(recipients).where(recipients.c.return_id == message["return_id"]))
                .mappings()
                .first()
            )
            look = unit.db.execute(select(looks.c.look).where(looks.c.retailer_id == retailer_id)).scalar()
            if to is None or look is None:
                raise Transient("the return or its retailer is not known yet")
            return _mail(message, to, look, _happened(unit, message["return_id"]))

    def sending(self, retailer_id: UUID, message_id: UUID) -> None:
        """Note that the mail server is called next."""
        with self.unit(retailer_id=retailer_id) as unit:
            sent = update(messages).where(messages.c.id == message_id, messages.c.state == State.PLANNED)
            unit.db.execute(sent.values(state=State.SENT, sent_at=unit.now))

    def delivered(self, retailer_id: UUID, mail: Mail) -> None:
        """Record that the mail server took it."""
        with self.unit(retailer_id=retailer_id) as unit:
            if _settle(unit, mail.id, state=State.DONE):
                template = mail.notice.template
                unit.announce(MessageDeliveredV1(return_id=mail.return_id, message_id=mail.id, template=template))

    def refused(self, retailer_id: UUID, mail: Mail, words: str) -> None:
        """Record that it was refused for good, in these words, without the shopper's address."""
        spoken = words.replace(mail.contact.email, "the address")[:500]
        with self.unit(retailer_id=retailer_id) as unit:
            if _settle(unit, mail.id, state=State.REFUSED, refusal_words=spoken):
                unit.announce(
                    MessageBouncedV1(
                        return_id=mail.return_id, message_id=mail.id, template=mail.notice.template, words=spoken
                    )
                )


def _keep_recipient(unit: Unit, submitted: ReturnSubmittedV1) -> None:
    whole = submitted.model_dump(mode="json", include={"number", "order_number", "contact", "lines", "status_url"})
    kept = insert(recipients).values(
        return_id=submitted.return_id, retailer_id=unit.retailer_id, created_at=unit.now, **whole
    )
    unit.db.execute(kept.on_conflict_do_nothing())


def _plan(unit: Unit, return_id: UUID, notice: Notice) -> None:
    same_part = (messages.c.return_id == return_id, messages.c.part == notice.part)
    planned = unit.db.execute(select(messages.c.template).where(*same_part)).scalars()
    if is_overtaken(notice, {Template(template) for template in planned}):
        return
    row = insert(messages).values(
        id=new_id(),
        retailer_id=unit.retailer_id,
        return_id=return_id,
        template=notice.template,
        part=notice.part,
        state=State.PLANNED,
        at=notice.at,
        tracking_number=notice.tracking_number,
        document_id=notice.document_id,
        amount_amount=notice.amount and notice.amount.amount,
        amount_currency=notice.amount and notice.amount.currency,
        planned_at=unit.now,
    )
    made = unit.db.execute(row.on_conflict_do_nothing().returning(messages.c.id)).scalar()
    if made is not None:
        unit.claim("mails", account=load(NotificationsSettings).smtp_host, subject=made)


def _message(unit: Unit, message_id: UUID) -> RowMapping:
    return unit.db.execute(select(messages).where(messages.c.id == message_id)).mappings().one()


def _happened(unit: Unit, return_id: UUID) -> dict[Template, datetime]:
    rows = unit.db.execute(select(messages.c.template, messages.c.at).where(messages.c.return_id == return_id))
    earliest: dict[Template, datetime] = {}
    for template, at in rows:
        earliest[Template(template)] = min(at, earliest.get(Template(template), at))
    return earliest


def _mail(message: RowMapping, to: RowMapping, look: dict[str, Any], happened: Mapping[Template, datetime]) -> Mail:
    amount = message["amount_amount"]
    notice = Notice(
        template=Template(message["template"]),
        part=message["part"],
        at=message["at"],
        tracking_number=message["tracking_number"],
        document_id=message["document_id"],
        amount=None if amount is None else Money(amount=amount, currency=message["amount_currency"]),
    )
    return Mail(
        id=message["id"],
        return_id=message["return_id"],
        number=to["number"],
        order_number=to["order_number"],
        notice=notice,
        look=Look.model_validate(look),
        contact=Contact.model_validate(to["contact"]),
        lines=tuple(ReturnLine.model_validate(line) for line in to["lines"]),
        status_url=to["status_url"],
        happened=happened,
    )


def _settle(unit: Unit, message_id: UUID, **changes: Any) -> bool:
    """Settle the message once; False when another attempt has done so."""
    unsettled = (messages.c.id == message_id, messages.c.state.in_((State.PLANNED, State.SENT)))
    settled = update(messages).where(*unsettled).values(settled_at=unit.now, **changes).returning(messages.c.id)
    return unit.db.execute(settled).first() is not None
