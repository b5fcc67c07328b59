"""A shopper, her shirt on its way back to Alder, and a mail about it, to be varied by each test."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.contracts.values import Contact, Look, Money, Resolution, ReturnLine, Stage
from services.notifications.domain import WHOLE, Mail, Notice, Template

BOOKED = datetime(2026, 11, 23, 10, tzinfo=UTC)
RETURN = UUID("01930000-0000-7000-8000-000000000001")
MESSAGE = UUID("01930000-0000-7000-8000-000000000002")
LINE = UUID("01930000-0000-7000-8000-000000000003")
DOCUMENT = UUID("01930000-0000-7000-8000-000000000004")


def look(**changes: Any) -> Look:
    whole: dict[str, Any] = {
        "slug": "alder",
        "name": "Alder",
        "brand": "#1f5c4d",
        "support_email": "help@alder.example",
        "shop_url": "https://alder.example",
        "portal_url": "https://returns.alder.example",
        "sender": "returns@alder.example",
    }
    return Look(**(whole | changes))


def contact(**changes: Any) -> Contact:
    return Contact(**({"name": "Ada Byron", "email": "ada@example.com", "language": "en-GB"} | changes))


def shirt(**changes: Any) -> ReturnLine:
    whole: dict[str, Any] = {
        "id": LINE,
        "order_line_id": LINE,
        "title": "Linen camp shirt",
        "variant": "Sage / 10",
        "quantity": 1,
        "reason": "does_not_fit",
        "resolution": Resolution.REFUND,
        "owed": Money(amount=4500, currency="GBP"),
        "stage": Stage.HUB_SCAN,
    }
    return ReturnLine(**(whole | changes))


def mail(template: Template = Template.RETURN_SUBMITTED, **changes: Any) -> Mail:
    notice = Notice(
        template,
        WHOLE,
        BOOKED,
        tracking_number="HW0000000001",
        document_id=DOCUMENT if template is Template.LABEL_READY else None,
        amount=Money(amount=4500, currency="GBP") if template is Template.REFUNDED else None,
    )
    whole: dict[str, Any] = {
        "id": MESSAGE,
        "return_id": RETURN,
        "number": "R-7KQ2M9",
        "order_number": "AL-1001",
        "notice": notice,
        "look": look(),
        "contact": contact(),
        "lines": (shirt(),),
        "status_url": "https://returns.alder.example/r/secret",
        "happened": {Template.RETURN_SUBMITTED: BOOKED},
    }
    return Mail(**(whole | changes))
