"""A parcel's label, mailed once more to whatever address staff were given."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from libs.chassis.store import Store
from libs.contracts.errors import Refused
from libs.contracts.notifications import ResendLabelV1, ResentV1
from libs.contracts.values import Contact
from services.notifications.domain import Template, of_label_sent
from services.notifications.letters import is_address
from services.notifications.store.mails import plan
from services.notifications.store.tables import messages, metadata, recipients

MOST_A_DAY = 5  # of one return: no more than somebody needs who mistyped it, and no use for sending mail to strangers


class NoReturn(Refused):
    """No such return is known."""

    def __init__(self) -> None:
        super().__init__("notifications.no_return", "this return is not known yet; try again in a minute")


class NoAddress(Refused):
    """What was given is no address for mail."""

    def __init__(self) -> None:
        super().__init__("notifications.bad_address", "this is no email address")


class TooMany(Refused):
    """The label of this return was sent again often enough for a day."""

    def __init__(self) -> None:
        super().__init__("notifications.too_many", f"the labels of a return are sent again {MOST_A_DAY} times a day")


class Resends(Store):
    """Plans labels to be mailed again, each request once."""

    service, metadata = "notifications", metadata

    def resend(self, retailer_id: UUID, asked: ResendLabelV1) -> ResentV1:
        """The mail that was planned, or that was planned under the same `once` before."""
        if not is_address(asked.to):
            raise NoAddress()
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"resend:{asked.return_id}", 0))))
            whose = unit.db.execute(
                select(recipients.c.contact).where(recipients.c.return_id == asked.return_id)
            ).scalar()
            if whose is None:
                raise NoReturn()
            sent = select(messages.c.id, messages.c.part, messages.c.planned_at).where(
                messages.c.return_id == asked.return_id, messages.c.template == Template.LABEL_SENT
            )
            before = unit.db.execute(sent).all()
            notice = of_label_sent(asked, Contact.model_validate(whose), at=unit.now)
            same = next((row.id for row in before if row.part == notice.part), None)
            if same is not None:
                return ResentV1(message_id=same)
            if sum(row.planned_at > unit.now - timedelta(days=1) for row in before) >= MOST_A_DAY:
                raise TooMany()
            return ResentV1(message_id=plan(unit, asked.return_id, notice))
