"""The mails of orders that are cancelled before they are sent."""

from datetime import timedelta
from typing import Any

from libs.contracts.base import Envelope
from libs.contracts.portal_cancelling import CancellationClosedV1, CancellationRequestedV1
from services.notifications.domain.mails import WHOLE, Details, Happened, News, Notice, Template, What

A_MOMENT = timedelta(seconds=20)  # a shop that answers has cancelled it by then, and one mail is enough


def of_cancellation_request(fact: Envelope[CancellationRequestedV1]) -> News:
    """It is asked for. Told where the shop takes longer than a moment."""
    notice = _notice(fact, Template.CANCELLATION_ASKED, fact.data)
    return News(notices=(Notice(**notice, wait=A_MOMENT),))


def of_cancellation_end(fact: Envelope[CancellationClosedV1]) -> News:
    """It is cancelled, with what comes back; or it is not, and why."""
    told = fact.data
    template = Template.ORDER_CANCELLED if told.cancelled else Template.ORDER_NOT_CANCELLED
    notice = Notice(**_notice(fact, template, told))
    return News((Happened(What.CANCELLATION_ENDED, fact.time),), (notice,))


def _notice(
    fact: Envelope[CancellationRequestedV1] | Envelope[CancellationClosedV1],
    template: Template,
    told: CancellationRequestedV1 | CancellationClosedV1,
) -> dict[str, Any]:
    items = tuple(f"{line.quantity} × {line.title}{f', {line.variant}' if line.variant else ''}" for line in told.lines)
    late = isinstance(told, CancellationClosedV1) and told.late
    details = Details(
        number=told.number,
        order_number=told.order_number,
        link=told.status_url,
        can=items,
        reason="late" if late else None,
        words=told.words if isinstance(told, CancellationClosedV1) and not late else None,
    )
    return {
        "template": template,
        "part": WHOLE,
        "at": fact.time,
        "to": told.contact,
        "amount": told.amount,
        "details": details,
    }
