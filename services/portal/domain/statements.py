"""What a return states, made of what is known of it."""

from collections.abc import Callable

from libs.contracts.base import Message
from libs.contracts.portal import (
    DifferenceRequestedV1,
    FeeRequestedV1,
    HoldRequestedV1,
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
    WithdrawalDeclaredV1,
)
from libs.contracts.values import Goods, LabelTerms, LineUnits, ReturnLine
from services.portal.domain.returns import Line, Parcel, Return
from services.portal.domain.states import Awaiting, LabelState, MoneyState

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
            gift=ret.known.gift,
            kind=ret.kind,
        )
    ]


def withdrawal_declared(ret: Return) -> list[Message]:
    """The shopper withdraws from the purchase of these lines, since the moment that is known."""
    assert ret.known.withdrawn_at is not None
    ids = tuple(line.asked.id for line in ret.lines)
    of = {"return_id": ret.id, "number": ret.number}
    return [WithdrawalDeclaredV1(**of, declared_at=ret.known.withdrawn_at, line_ids=ids)]


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
            photos=len(ret.known.photo_ids),
            photos_at=_staff_page(ret) if ret.known.photo_ids else None,
        )
    ]


def _staff_page(ret: Return) -> str | None:
    """The return in the admin. The staff's link in mails may be one that opens it to anybody: it goes nowhere else."""
    desk, admin, _ = (ret.known.links.manage or "").partition("/admin/")
    return f"{desk}{admin}returns/{ret.number}" if admin else None


def rejected(ret: Return) -> list[Message]:
    """It is not accepted."""
    return [ReturnRejectedV1(return_id=ret.id, number=ret.number, words=ret.known.words or "")]


def fee_requested(ret: Return) -> list[Message]:
    """The fee is to be settled; not before the way back is quoted."""
    if ret.lane_id is None:
        return []
    of = {"return_id": ret.id, "number": ret.number, "attempt": ret.known.attempt}
    return [FeeRequestedV1(**of, label=ret.label, price=ret.fee)]


def exchanges_paid_for(ret: Return) -> list[Message]:
    """What the exchanges cost more is to be paid, and the value of those that are given at once to be held."""
    of = {"return_id": ret.id, "number": ret.number, "attempt": ret.known.attempt}
    said: list[Message] = []
    for line in ret.lines:
        if line.money is not MoneyState.NOT_DUE:
            continue
        if line.costs_more is not None:
            said.append(DifferenceRequestedV1(**of, line_id=line.asked.id, price=line.costs_more))
        if line.wants_hold:
            said.append(HoldRequestedV1(**of, line_id=line.asked.id, amount=line.asked.owed))
    return said


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
        order_number=ret.order_number,
        goods=tuple(_goods(line) for line in ret.sent_back),
        grams=_part(ret.grams, parcels=max(1, len(ret.travelling))),
        reasons=ret.reasons,
        product_types=ret.product_types,
    )


def _goods(line: Line) -> Goods:
    asked = line.asked
    return Goods(
        title=asked.title,
        variant=asked.variant,
        sku=asked.sku,
        quantity=asked.quantity,
        value=asked.owed,
        hs_code=asked.hs_code,
        origin=asked.origin,
        grams=asked.grams,
        shipped_as=asked.shipped_as,
    )


def _part(grams: int | None, *, parcels: int) -> int | None:
    """What one of so many parcels weighs, rounded up: nobody says what is in which box."""
    return None if grams is None else -(-grams // parcels)


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
    return [ReturnClosedV1(return_id=ret.id, number=ret.number, not_arrived=not_arrived(ret))]


def closed_by_hand(ret: Return) -> list[Message]:
    """A person ended it."""
    of = {"return_id": ret.id, "number": ret.number, "words": ret.known.words}
    return [ReturnClosedV1(**of, by_hand=True, not_arrived=not_arrived(ret), nothing_sent=ret.nothing_sent)]


def not_arrived(ret: Return) -> tuple[LineUnits, ...]:
    """The units of lines without a settlement that did not come, as far as anybody knows."""
    missing = ((line.asked.id, ret.missing_units(line)) for line in ret.lines if line.money is not MoneyState.SETTLED)
    return tuple(LineUnits(line_id=line_id, quantity=units) for line_id, units in missing if units > 0)


def asked(ret: Return) -> tuple[ReturnLine, ...]:
    """The lines as they were asked for."""
    return tuple(line.asked for line in ret.lines)
