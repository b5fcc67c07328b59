"""Facts by hand: what became of a fee, a label, a settlement or a parcel, told by a person to the service that owns it.

The owner states the fact; the return moves when it hears of it, a moment after the answer.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.base import Request
from libs.contracts.labels import BookingV1, RecordLabelV1
from libs.contracts.notifications import ResentV1
from libs.contracts.orders import RecordSettlementV1, SettlementV1
from libs.contracts.payments import DisputeV1, FeeV1, HoldV1, RecordDisputeV1, RecordFeeV1, RecordHoldV1
from libs.contracts.tracking import (
    ExtraItem,
    InspectedLine,
    InspectionV1,
    MilestoneV1,
    RecordInspectionV1,
    RecordMilestoneV1,
)
from services.portal.access import May
from services.portal.api import bodies
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import sent
from services.portal.api.routing import Number, routes
from services.portal.domain import Return
from services.portal.problems import Problem, no_such_return
from services.portal.resending import again, sendable

router = routes("records")

Writing = Annotated[Acting, Depends(acting(May.WRITE_RETURNS))]
Paying = Annotated[Acting, Depends(acting(May.MOVE_MONEY))]
Inspecting = Annotated[Acting, Depends(acting(May.INSPECT))]
Scanning = Annotated[Acting, Depends(acting(May.SCAN))]


@router.post("/returns/{number}/fee", response_model=FeeV1)
async def record_fee(number: Number, asked: bodies.FeeRecord, act: Paying) -> Response:
    """Record what became of the label fee: paid or given back elsewhere, waived, or failed."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        fee = RecordFeeV1(return_id=ret.id, by=str(act.who), **asked.model_dump())
        return _record(act, ret, "fee", fee)

    return await act.once(record)


@router.post("/returns/{number}/difference", response_model=FeeV1)
async def record_difference(number: Number, asked: bodies.DifferenceRecord, act: Paying) -> Response:
    """Record what became of what an exchange costs more: paid or given back elsewhere, waived, or failed."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        _are_of(ret, [asked.line_id])
        fee = RecordFeeV1(return_id=ret.id, by=str(act.who), **asked.model_dump())
        return _record(act, ret, "difference", fee)

    return await act.once(record)


@router.post("/returns/{number}/hold", response_model=HoldV1)
async def record_hold(number: Number, asked: bodies.HoldRecord, act: Paying) -> Response:
    """Record what became of the hold for an exchange that is given at once: placed, taken or released."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        _are_of(ret, [asked.line_id])
        return _record(act, ret, "hold", RecordHoldV1(return_id=ret.id, by=str(act.who), **asked.model_dump()))

    return await act.once(record)


@router.post("/returns/{number}/dispute", response_model=DisputeV1)
async def record_dispute(number: Number, asked: bodies.DisputeRecord, act: Paying) -> Response:
    """Record that a bank disputes what the shopper paid: no money of the return moves by itself until a person clears it."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        _are_of(ret, [asked.line_id] if asked.line_id else [])
        return _record(act, ret, "dispute", RecordDisputeV1(return_id=ret.id, by=str(act.who), **asked.model_dump()))

    return await act.once(record)


@router.post("/returns/{number}/label", response_model=BookingV1)
async def record_label(number: Number, asked: bodies.LabelRecord, act: Writing) -> Response:
    """Record what became of a parcel's label that was refused or is unknown."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        label = RecordLabelV1(return_id=ret.id, by=str(act.who), **asked.model_dump())
        return _record(act, ret, "label", label)

    return await act.once(record)


@router.post("/returns/{number}/labels/send", response_model=ResentV1)
async def send_label(number: Number, asked: bodies.LabelToSend, act: Writing) -> Response:
    """Mail a parcel's label once more, to any address; at most five times a day and return.

    The mail has the label and its number, and neither the items nor the link of the return.
    """

    def send(effect_id: UUID) -> Response:
        ret = _return(act, number)
        label = sendable(ret, asked.parcel)
        if label is None:
            raise Problem(409, "returns.no_label", "This parcel has no label that may be used.")
        return _record(act, ret, "labels/send", again(ret, label, to=asked.to, once=effect_id))

    return await act.once(send)


@router.post("/returns/{number}/settlement", response_model=SettlementV1)
async def record_settlement(number: Number, asked: bodies.SettlementRecord, act: Paying) -> Response:
    """Record what became of the settlement of lines that was refused or is unknown, as it is seen at the shop."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        _are_of(ret, asked.line_ids)
        settlement = RecordSettlementV1(return_id=ret.id, by=str(act.who), **asked.model_dump())
        return _record(act, ret, "settlement", settlement)

    return await act.once(record)


@router.post("/returns/{number}/inspections", response_model=InspectionV1)
async def record_inspection(number: Number, asked: bodies.InspectionRecord, act: Inspecting) -> Response:
    """Record what was in a parcel: per line how many units came, in which condition, and what becomes of them.

    It counts as received too. Photos are sent before, each to its line.
    """

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        _are_of(ret, [line.line_id for line in asked.lines])
        _are_shown(act, asked.lines)
        inspection = RecordInspectionV1(
            return_id=ret.id,
            number=ret.number,
            parcel=asked.parcel,
            key=str(effect_id),
            lines=tuple(InspectedLine(**line.model_dump()) for line in asked.lines),
            extras=tuple(ExtraItem(**extra.model_dump()) for extra in asked.extras),
            words=asked.words,
            by=str(act.who),
        )
        return _record(act, ret, "inspections", inspection)

    return await act.once(record)


@router.post("/returns/{number}/milestones", response_model=MilestoneV1)
async def record_milestone(number: Number, asked: bodies.MilestoneRecord, act: Scanning) -> Response:
    """Record that a parcel was accepted by its carrier, or received at its hub, where no scan told so."""

    def record(effect_id: UUID) -> Response:
        ret = _return(act, number)
        milestone = RecordMilestoneV1(return_id=ret.id, number=ret.number, by=str(act.who), **asked.model_dump())
        return _record(act, ret, "milestones", milestone)

    return await act.once(record)


def _return(act: Acting, number: str) -> Return:
    story = act.here.returns.get(act.who.retailer_id, number=number.upper())
    if story is None:
        raise no_such_return()
    return story.ret


def _are_of(ret: Return, line_ids: list[UUID]) -> None:
    known = {line.asked.id for line in ret.lines}
    if strange := [str(line_id) for line_id in line_ids if line_id not in known]:
        raise Problem(422, "returns.no_such_line", "The return has no such line.", lines=strange)


def _are_shown(act: Acting, lines: list[bodies.LineFound]) -> None:
    """Raise a problem 422 unless each photo was sent for the line that it is said to show."""
    of_lines = act.here.hub.photos_of(act.who.retailer_id, [line.line_id for line in lines if line.photos])
    if strange := [str(id) for line in lines for id in line.photos if id not in of_lines.get(line.line_id, ())]:
        raise Problem(422, "returns.no_such_photo", "Send the photo to its line first.", photos=strange)


def _record(act: Acting, ret: Return, name: str, request: Request[Any]) -> Response:
    with act.here.audit.of(act.who, f"return.{name}", subject=ret.number):
        return sent(ask(act.who.retailer_id, request))
