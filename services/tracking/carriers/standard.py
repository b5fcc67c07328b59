"""Our own carrier webhook, for whoever has no shape of their own: the envelope of Standard Webhooks, codes as ours are."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, StringConstraints

from services.tracking.carriers.clocks import moment
from services.tracking.carriers.shapes import Number
from services.tracking.domain import Reported, normal, tracking_number

_Optional = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$", strip_whitespace=True)]


def _is_a_time(written: str) -> str:
    told = datetime.fromisoformat(written)
    if told.tzinfo is not None and moment(written) is None:
        raise ValueError("it lies outside the calendar")
    return written


class _Data(BaseModel):
    tracking_number: Number
    code: Number
    occurred_at: Annotated[Number, AfterValidator(_is_a_time)]
    location: _Optional | None = None
    description: _Optional | None = None


class _Webhook(BaseModel):
    type: Literal["tracking.scan"]
    timestamp: datetime
    data: _Data


def read(body: str) -> tuple[Reported, ...]:
    """The one scan that it reports."""
    scan = _Webhook.model_validate_json(body).data
    at = moment(scan.occurred_at)
    return (
        Reported(
            tracking_number=tracking_number(scan.tracking_number),
            code=normal(scan.code),
            raw_code=scan.code,
            key=f"{scan.code} {at.isoformat() if at else scan.occurred_at}",
            time=scan.occurred_at,
            at=at,
            place=scan.location or None,
            description=scan.description or None,
        ),
    )
