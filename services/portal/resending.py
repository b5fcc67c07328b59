"""A parcel's label, mailed once more: which may be, and what notifications is asked."""

from uuid import UUID

from libs.contracts.labels import LaneMethod
from libs.contracts.notifications import ResendLabelV1
from services.portal.domain import LabelState, Parcel, Return
from services.portal.domain.sending import is_brought


def sendable(ret: Return, parcel: int) -> Parcel | None:
    """The parcel, where it has a label that may still be used."""
    found = ret.parcel(parcel)
    if found is None or ret.is_ended or found.accepted or found.received:
        return None
    return found if found.label is LabelState.ISSUED and found.document_id is not None else None


def again(ret: Return, parcel: Parcel, *, to: str, once: UUID) -> ResendLabelV1:
    """The request to mail the label of `parcel` to this address, once for each `once`."""
    if parcel.document_id is None or parcel.tracking_number is None:
        raise ValueError("the parcel has no label")
    return ResendLabelV1(
        return_id=ret.id,
        parcel=parcel.number,
        attempt=parcel.attempt,
        document_id=parcel.document_id,
        tracking_number=parcel.tracking_number,
        to=to,
        once=once,
        method=parcel.method or LaneMethod.LABEL,
        where=parcel.hub if is_brought(parcel) else None,
        hours=parcel.hub_hours if is_brought(parcel) else None,
        service=parcel.service,
    )
