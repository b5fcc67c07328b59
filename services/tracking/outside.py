"""What carriers send: each shape of webhook read into scans of the normal form."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints, ValidationError

from libs.chassis.errors import Permanent
from libs.chassis.retries import reason
from libs.contracts.portal import CarrierWebhookReceivedV1
from services.tracking.domain import Reported, carrier_of, tracking_number

# PostgreSQL keeps no NUL in a text.
_Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$", strip_whitespace=True)]
_Words = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$", strip_whitespace=True)]


class _Data(BaseModel):
    tracking_number: _Word
    code: _Word
    occurred_at: _Word
    location: _Words | None = None
    description: _Words | None = None


class _Generic(BaseModel):
    """Homeward's own carrier webhook, in the envelope of Standard Webhooks."""

    type: Literal["tracking.scan"]
    timestamp: datetime
    data: _Data


def read(webhook: CarrierWebhookReceivedV1) -> Reported:
    """The scan that a stored webhook reports; raises Permanent when it is not one."""
    try:
        scan = _Generic.model_validate_json(webhook.body).data
        at = _utc(scan.occurred_at)
    except ValidationError as wrong:
        raise Permanent(f"not a tracking.scan: {reason(wrong)}") from None
    except (ValueError, OverflowError):
        raise Permanent("not a tracking.scan: data.occurred_at is no time of ISO 8601") from None
    number = tracking_number(scan.tracking_number)
    return Reported(
        carrier=carrier_of(webhook.carrier, number),
        tracking_number=number,
        raw_code=scan.code,
        time=scan.occurred_at,
        at=at,
        place=scan.location or None,
        description=scan.description or None,
    )


def _utc(text: str) -> datetime | None:
    """The moment `text` names; None where it has no offset, for then nobody knows which it is."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else None
