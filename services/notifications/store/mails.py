"""Plans each mail once, gives what is needed to write it, and records how it went."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.portal import RetailerChangedV1, ReturnSubmittedV1
from libs.contracts.values import Look
from services.notifications.domain import (
    Details,
    Happened,
    Mail,
    News,
    Notice,
    State,
    What,
    is_overtaken,
    is_secret,
)
from services.notifications.settings import NotificationsSettings
from services.notifications.store import rows
from services.notifications.store.tables import addressees, happenings, looks, messages, metadata, recipients

NOBODY = UUID(int=0)  # the retailer of what belongs to none: the platform's staff


class Mails(Store):
    """Plans each mail once, gives what is needed to write it, and records how it went."""

    service, metadata = "notifications", metadata

    def keep_look(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Keep the newest look; one that is overtaken on its way changes nothing."""
        row = {"look": fact.data.look.model_dump(mode="json"), "as_of": fact.time}
        with self.unit(fact) as unit:
            if not unit.seen:
                kept = insert(looks).values(retailer_id=unit.retailer_id, **row)
                newer = looks.c.as_of < kept.excluded.as_of
                unit.db.execute(kept.on_conflict_do_update(index_elements=["retailer_id"], set_=row, where=newer))

    def welcome(self, fact: Envelope[ReturnSubmittedV1], news: News) -> None:
        """Keep the recipient, and plan the first mail."""
        with self.unit(fact) as unit:
            if not unit.seen:
                _keep_recipient(unit, fact.data)
                _tell(unit, fact.data.return_id, news)

    def tell(self, fact: Envelope[Any], subject_id: UUID, news: News) -> None:
        """Note what happened to the subject, and plan its mails but those that were planned before or are overtaken."""
        with self.unit(fact) as unit:
            if not unit.seen:
                _tell(unit, subject_id, news)

    def open(self, retailer_id: UUID, message_id: UUID) -> Mail | None:
        """The mail with all it shows; None when it is settled, or overtaken by now.

        Raises Transient before its return and its retailer's look are known.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            message = _message(unit, message_id)
            if message["state"] not in (State.PLANNED, State.SENT):
                return None
            notice = rows.notice(message)
            if is_overtaken(notice, _happened(unit, message["subject_id"]), unit.now):
                _settle(unit, message_id, notice, state=State.OVERTAKEN)
                return None
            mail = rows.mail(message, notice, _parties(unit, message), _first(unit, message["subject_id"]))
            if not mail.to.email:  # whom it was for is erased
                _settle(unit, message_id, notice, state=State.OVERTAKEN)
                return None
            return mail

    def sending(self, retailer_id: UUID, message_id: UUID) -> None:
        """Note that the mail server is called next."""
        with self.unit(retailer_id=retailer_id) as unit:
            sent = update(messages).where(messages.c.id == message_id, messages.c.state == State.PLANNED)
            unit.db.execute(sent.values(state=State.SENT, sent_at=unit.now))

    def delivered(self, retailer_id: UUID, mail: Mail) -> None:
        """Record that the mail server took it; stated where it tells about a return."""
        template = mail.notice.template
        with self.unit(retailer_id=retailer_id) as unit:
            if _settle(unit, mail.id, mail.notice, state=State.DONE) and mail.return_id is not None:
                unit.announce(MessageDeliveredV1(return_id=mail.return_id, message_id=mail.id, template=template))

    def refused(self, retailer_id: UUID, mail: Mail, words: str) -> None:
        """Record that it was refused for good, in these words without the address. Of no return: logged, not stated."""
        spoken = words.replace(mail.to.email, "the address")[:500]
        template = mail.notice.template
        with self.unit(retailer_id=retailer_id) as unit:
            if not _settle(unit, mail.id, mail.notice, state=State.REFUSED, refusal_words=spoken):
                return
            if mail.return_id is None:
                log.warning("notifications.message_bounced", message_id=str(mail.id), template=template)
                return
            unit.announce(
                MessageBouncedV1(return_id=mail.return_id, message_id=mail.id, template=template, words=spoken)
            )


def _keep_recipient(unit: Unit, submitted: ReturnSubmittedV1) -> None:
    whole = submitted.model_dump(mode="json", include={"number", "order_number", "contact", "lines", "status_url"})
    kept = insert(recipients).values(
        return_id=submitted.return_id, retailer_id=unit.retailer_id, created_at=unit.now, **whole
    )
    unit.db.execute(kept.on_conflict_do_nothing())


def _tell(unit: Unit, subject_id: UUID, news: News) -> None:
    for happened in news.happened:
        _note(unit, subject_id, happened)
    if news.notices:
        known = _happened(unit, subject_id)
        for notice in news.notices:
            if not is_overtaken(notice, known, unit.now):
                plan(unit, subject_id, notice)


def _note(unit: Unit, subject_id: UUID, happened: Happened) -> None:
    row = insert(happenings).values(
        subject_id=subject_id,
        what=happened.what,
        about=happened.about,
        retailer_id=unit.retailer_id,
        first_at=happened.at,
        last_at=happened.at,
    )
    widened = {
        "first_at": func.least(happenings.c.first_at, row.excluded.first_at),
        "last_at": func.greatest(happenings.c.last_at, row.excluded.last_at),
    }
    unit.db.execute(row.on_conflict_do_update(index_elements=["subject_id", "what", "about"], set_=widened))


def plan(unit: Unit, subject_id: UUID, notice: Notice) -> UUID | None:
    """Plan a mail; its id, or None where it was planned before."""
    row = insert(messages).values(
        id=new_id(),
        retailer_id=unit.retailer_id,
        state=State.PLANNED,
        planned_at=unit.now,
        **rows.planned(subject_id, notice),
    )
    made = unit.db.execute(row.on_conflict_do_nothing().returning(messages.c.id)).scalar()
    if made is None:
        return None
    if notice.to is not None:
        to = notice.to.model_dump(mode="json")
        unit.db.execute(insert(addressees).values(message_id=made, retailer_id=unit.retailer_id, contact=to))
    unit.claim("mails", account=load(NotificationsSettings).smtp_host, subject=made, after=notice.wait)
    return UUID(str(made))


def _message(unit: Unit, message_id: UUID) -> RowMapping:
    return unit.db.execute(select(messages).where(messages.c.id == message_id)).mappings().one()


def _parties(unit: Unit, message: RowMapping) -> rows.Parties:
    """The look, the return's shopper and the mail's own addressee; raises Transient while one that it needs is missing."""
    shopper = (
        unit.db.execute(select(recipients).where(recipients.c.return_id == message["return_id"])).mappings().first()
    )
    to = unit.db.execute(select(addressees.c.contact).where(addressees.c.message_id == message["id"])).scalar()
    look = unit.db.execute(select(looks.c.look).where(looks.c.retailer_id == unit.retailer_id)).scalar()
    if message["return_id"] is not None and shopper is None:
        raise Transient("the return is not known yet")
    if look is None and unit.retailer_id != NOBODY:
        raise Transient("the retailer is not known yet")
    worn = Look.model_validate(look) if look is not None else load(NotificationsSettings).house_look()
    return rows.Parties(worn, shopper, to)


def _happened(unit: Unit, subject_id: UUID) -> tuple[Happened, ...]:
    """Everything that happened to the subject, each with the last time it came about."""
    found = unit.db.execute(
        select(happenings.c.what, happenings.c.last_at, happenings.c.about).where(happenings.c.subject_id == subject_id)
    )
    return tuple(Happened(What(what), at, about) for what, at, about in found)


def _first(unit: Unit, subject_id: UUID) -> dict[What, Any]:
    """When each thing first happened to the subject."""
    first = select(happenings.c.what, func.min(happenings.c.first_at)).where(happenings.c.subject_id == subject_id)
    return {What(what): at for what, at in unit.db.execute(first.group_by(happenings.c.what))}


def _settle(unit: Unit, message_id: UUID, notice: Notice, **changes: Any) -> bool:
    """Settle the mail once; False when another attempt has done so. A link that opens an account is kept no longer."""
    if is_secret(notice):
        changes["details"] = Details(role=notice.details.role).model_dump(mode="json")
    unsettled = (messages.c.id == message_id, messages.c.state.in_((State.PLANNED, State.SENT)))
    settled = update(messages).where(*unsettled).values(settled_at=unit.now, **changes).returning(messages.c.id)
    return unit.db.execute(settled).first() is not None
