"""What a return states, made of what is known of it."""

from collections.abc import Callable

from libs.contracts.base import Message
from libs.contracts.portal import (
    FeeRequestedV1,
    InformationReceivedV1,
    InformationRequestedV1,
    LabelRequestedV1,
    LabelVoidRequestedV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    ReturnSubmittedV1,
)
from libs.contracts.values import LabelTerms, ReturnLine
from services.portal.domain.returns import Parcel, Return
from services.portal.domain.states import Awaiting, LabelState

Build = Callable[[Return], list[Message]]


def submitted(ret: Return) -> list[Message]:
    """The request as it was made."""
    return [
        ReturnSubmittedV1(
            return_id=ret.id,
            number=ret.number,
            order_id=ret.order_id,
            order_number=ret.order_number,
            contact=ret.contact,
            address=ret.address,
            lines=asked(ret),
            status_url=ret.known.links.status,
            policy_version=ret.policy_version,
        )
    ]


def held_for_review(ret: Return) -> list[Message]:
    """A person must decide."""
    return [
        ReturnHeldForReviewV1(
            return_id=ret.id,
            number=ret.number,
            because=tuple(sorted(ret.known.held)),
            photo_ids=ret.known.photo_ids,
            review_to=ret.known.links.to,
            manage_url=ret.known.links.manage,
        )
    ]


def information_requested(ret: Return) -> list[Message]:
    """The shopper is asked."""
    return [
        InformationRequestedV1(
            return_id=ret.id,
            number=ret.number,
            words=ret.known.asked or "",
            wants_photo=ret.known.wants_photo,
            answer_url=ret.known.links.status,
        )
    ]


def information_received(ret: Return) -> list[Message]:
    """The shopper answered."""
    return [
        InformationReceivedV1(
            return_id=ret.id,
            number=ret.number,
            words=ret.known.answer or "",
            photo_ids=ret.known.photo_ids,
            review_to=ret.known.links.to,
            manage_url=ret.known.links.manage,
        )
    ]


def approved(ret: Return) -> list[Message]:
    """It is accepted, by policy or by a person."""
    return [
        ReturnApprovedV1(
            return_id=ret.id,
            number=ret.number,
            order_id=ret.order_id,
            lines=asked(ret),
            label=ret.label,
            reviewed=bool(ret.known.held),
            words=ret.known.words,
            attempt=ret.known.attempt,
        )
    ]


def rejected(ret: Return) -> list[Message]:
    """It is not accepted."""
    return [ReturnRejectedV1(return_id=ret.id, number=ret.number, words=ret.known.words or "")]


def fee_requested(ret: Return) -> list[Message]:
    """The fee is to be settled; not before the way back is quoted."""
    if ret.lane_id is None:
        return []
    return [FeeRequestedV1(return_id=ret.id, number=ret.number, label=ret.label, price=ret.fee)]


def labels_requested(ret: Return) -> list[Message]:
    """Every expected parcel needs its label."""
    return [label_requested(ret, parcel) for parcel in ret.travelling]


def label_requested(ret: Return, parcel: Parcel) -> Message:
    """One parcel needs a label. The lane is known by then: a label is asked for after its price."""
    assert ret.lane_id is not None
    return LabelRequestedV1(
        return_id=ret.id,
        number=ret.number,
        parcel=parcel.number,
        parcels=len(ret.known.parcels),
        lane_id=ret.lane_id,
        sender=ret.address,
        attempt=parcel.attempt,
    )


def voids_requested(ret: Return) -> list[Message]:
    """No label of this return is to be used, whether it has come or not."""
    return [
        void_requested(ret, parcel)
        for parcel in ret.known.parcels
        if ret.label is not LabelTerms.NONE and not parcel.accepted and parcel.label is not LabelState.VOID
    ]


def void_requested(ret: Return, parcel: Parcel) -> Message:
    """One parcel's label is not to be used."""
    return LabelVoidRequestedV1(return_id=ret.id, number=ret.number, parcel=parcel.number, attempt=parcel.attempt)


def cancelled(ret: Return) -> list[Message]:
    """It is called off."""
    return [
        ReturnCancelledV1(
            return_id=ret.id,
            number=ret.number,
            order_id=ret.order_id,
            by=ret.known.cancelled_by or "staff",
            words=ret.known.words,
            attempt=ret.known.attempt,
        )
    ]


def expired_at(awaiting: Awaiting) -> Build:
    """Nothing came in time of what was awaited."""

    def expired(ret: Return) -> list[Message]:
        of = {"return_id": ret.id, "number": ret.number, "order_id": ret.order_id}
        return [ReturnExpiredV1(**of, awaiting=awaiting, attempt=ret.known.attempt)]

    return expired


def closed(ret: Return) -> list[Message]:
    """Nothing more is awaited."""
    return [ReturnClosedV1(return_id=ret.id, number=ret.number)]


def closed_by_hand(ret: Return) -> list[Message]:
    """A person ended it."""
    return [ReturnClosedV1(return_id=ret.id, number=ret.number, by_hand=True, words=ret.known.words)]


def asked(ret: Return) -> tuple[ReturnLine, ...]:
    """The lines as they were asked for."""
    return tuple(line.asked for line in ret.lines)
