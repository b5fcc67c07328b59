"""A shopper, her shirt on its way back to Alder, and a mail about it, to be varied by each test."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from PIL import Image

from libs.contracts.base import Envelope, Message
from libs.contracts.values import Contact, LabelTerms, Look, Money, Resolution, ReturnLine, Stage
from services.notifications.domain import OF_NO_RETURN, TO_STAFF, WHOLE, Details, Mail, Notice, Template, What

BOOKED = datetime(2026, 11, 23, 10, tzinfo=UTC)
RETURN = UUID("01930000-0000-7000-8000-000000000001")
MESSAGE = UUID("01930000-0000-7000-8000-000000000002")
LINE = UUID("01930000-0000-7000-8000-000000000003")
DOCUMENT = UUID("01930000-0000-7000-8000-000000000004")
PARCEL = UUID("01930000-0000-7000-8000-000000000005")
SETTLEMENT = UUID("01930000-0000-7000-8000-000000000006")
FACT = UUID("01930000-0000-7000-8000-000000000007")
DRESS_LINE = UUID("01930000-0000-7000-8000-000000000008")
ALDER = UUID("01930000-0000-7000-8000-000000000009")
STATUS = "https://returns.alder.example/r/secret"
MANAGE = "https://returns.alder.example/admin/returns/R-7KQ2M9"
PRICE = Money(amount=295, currency="GBP")


def fact(body: Message, *, time: datetime = BOOKED, id: UUID = FACT) -> Envelope[Any]:
    return Envelope.of(body, id=id, time=time, retailer_id=ALDER, correlation_id=FACT)


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


def dress(**changes: Any) -> ReturnLine:
    whole = {"id": DRESS_LINE, "title": "Bias-cut midi dress", "owed": Money(amount=8900, currency="GBP")}
    return shirt(**(whole | changes))


def photograph(width: int = 40, height: int = 30, kind: str = "WEBP") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#8a9a5b").save(out, kind)
    return out.getvalue()


def notice(template: Template = Template.RETURN_SUBMITTED, **changes: Any) -> Notice:
    """What the mail `template` would tell, with everything that it shows."""
    to = contact(name="", email="team@alder.example") if template in TO_STAFF else None
    whole: dict[str, Any] = {"template": template, "part": WHOLE, "at": BOOKED, "to": to}
    whole |= {"tracking_number": "HW0000000001"} | _MORE.get(template, {})
    return Notice(**(whole | changes))


def mail(template: Template = Template.RETURN_SUBMITTED, **changes: Any) -> Mail:
    told = changes.pop("notice", None) or notice(template)
    of_no_return = template in OF_NO_RETURN
    whole: dict[str, Any] = {
        "id": MESSAGE,
        "subject_id": RETURN,
        "number": told.details.number or ("" if of_no_return else "R-7KQ2M9"),
        "order_number": told.details.order_number or ("" if of_no_return else "AL-1001"),
        "notice": told,
        "look": look(),
        "to": told.to or contact(),
        "shopper": None if of_no_return else contact(),
        "lines": () if of_no_return else (shirt(),),
        "status_url": "" if of_no_return else STATUS,
        "happened": {} if of_no_return else {What.SUBMITTED: BOOKED},
    }
    return Mail(**(whole | changes))


_INTAKE = {"number": "Q-4XW8TN", "order_number": "AL-1001"}
_LATER = BOOKED + timedelta(days=10)
_CANCELLATION: dict[str, Any] = {
    "number": "C-7KQ2M9",
    "order_number": "AL-1001",
    "link": "https://returns.example/alder/c/abc",
    "can": ("1 × Linen camp shirt, Sage / 10",),
}
_MORE: dict[Template, dict[str, Any]] = {
    Template.REVIEW_PENDING: {"details": Details(because=("photo",))},
    Template.REVIEW_DUE: {"details": Details(because=("photo", "rule"), link=MANAGE)},
    Template.INFORMATION_REQUESTED: {"details": Details(words="Which seam is torn?", link=STATUS, wants_photo=True)},
    Template.INFORMATION_RECEIVED: {"details": Details(words="The left one.", link=MANAGE)},
    Template.ACCEPTED: {"details": Details(label=LabelTerms.FREE, words="Thank you for the photo.")},
    Template.REJECTED: {"details": Details(words="The shirt was worn.")},
    Template.FEE_REQUESTED: {"amount": PRICE},
    Template.FEE_FAILED: {"details": Details(reason="declined")},
    Template.FEE_REFUNDED: {"amount": PRICE},
    Template.DIFFERENCE_REQUESTED: {"amount": PRICE, "details": Details(line_ids=(LINE,))},
    Template.HOLD_PLACED: {"amount": PRICE, "details": Details(line_ids=(LINE,))},
    Template.HOLD_CAPTURED: {"amount": PRICE, "details": Details(line_ids=(LINE,))},
    Template.LABEL_READY: {"document_id": DOCUMENT},
    Template.LABEL_SENT: {"document_id": DOCUMENT, "to": contact(email="printer@library.example")},
    Template.PARCEL_IN_TROUBLE: {"details": Details(reason="lost")},
    Template.REFUNDED: {"amount": Money(amount=4500, currency="GBP"), "details": Details(line_ids=(LINE,))},
    Template.CREDITED: {
        "amount": Money(amount=4950, currency="GBP"),
        "details": Details(line_ids=(LINE,), bonus=Money(amount=450, currency="GBP"), last4="8PWC", good_until=_LATER),
    },
    Template.EXCHANGED: {"amount": Money(amount=4500, currency="GBP"), "details": Details(line_ids=(LINE,))},
    Template.REMINDER: {"details": Details(awaiting="awaiting_dropoff", until=_LATER)},
    Template.STAFF_REMINDER: {"details": Details(awaiting="awaiting_review", role="agent", link=MANAGE)},
    Template.LOOKUP_CODE: {
        "to": contact(),
        "details": Details(order_number="AL-1001", words="123456", until=_LATER),
    },
    Template.CANCELLATION_ASKED: {"to": contact(), "amount": PRICE, "details": Details(**_CANCELLATION)},
    Template.ORDER_CANCELLED: {"to": contact(), "amount": PRICE, "details": Details(**_CANCELLATION)},
    Template.ORDER_NOT_CANCELLED: {
        "to": contact(),
        "amount": PRICE,
        "details": Details(**_CANCELLATION, reason="late"),
    },
    Template.CANCELLED: {"details": Details(by="staff", words="You asked us to by phone.")},
    Template.EXPIRED: {"details": Details(awaiting="awaiting_dropoff")},
    Template.CLOSED: {"details": Details(words="Settled in our shop in Leeds.", by="staff")},
    Template.WITHDRAWAL_RECEIVED: {"details": Details(line_ids=(LINE,))},
    Template.INTAKE_KEPT: {"to": contact(), "details": Details(**_INTAKE)},
    Template.INTAKE_MATCHED: {
        "to": contact(),
        "details": Details(
            **_INTAKE,
            link="https://returns.alder.example/go/secret",
            can=("Linen camp shirt, Sage / 10",),
            cannot=("Wool scarf: final sale items cannot be returned",),
        ),
    },
    Template.INTAKE_UNMATCHED: {"to": contact(), "details": Details(**_INTAKE)},
    Template.STAFF_INVITED: {
        "details": Details(link="https://returns.alder.example/admin/invite/x", until=_LATER, role="agent", by="Ana")
    },
    Template.ACCESS_RESET: {
        "details": Details(link="https://returns.alder.example/admin/reset/x", until=_LATER, role="agent")
    },
    Template.PERSON_EXPORT: {
        "details": Details(link="https://returns.alder.example/alder/x/t", until=_LATER, due=_LATER)
    },
    Template.PERSON_DUE: {
        "details": Details(
            link="https://returns.alder.example/admin/persons", due=_LATER, reason="erase", because=("labels",)
        )
    },
}
