"""What a fact adds to what is known of a return. Adding is the same in any order, and twice is as good as once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from libs.contracts.base import Message
from libs.contracts.labels import (
    LabelExpiredV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
)
from libs.contracts.notifications import MessageBouncedV1
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, FeeRefundedV1, FeeWaivedV1
from libs.contracts.tracking import (
    InspectedLine,
    MilestoneReachedV1,
    ParcelInspectedV1,
    ParcelInTroubleV1,
    ScanVoidedV1,
)
from libs.contracts.values import Condition, Milestone, Stage
from services.portal.domain.returns import Line, Parcel, Return
from services.portal.domain.settling import outcome_of, take_outcome
from services.portal.domain.states import CALLED_OFF, Awaiting, Contradiction, FeeState, Kind, LabelState

# Marks: what a person must look at.
BOUNCED, EXTRA_ITEM, IN_TROUBLE, SCAN_TAKEN_BACK = "message_bounced", "extra_item", "parcel_in_trouble", "scan_voided"
LATE_PARCEL, NOT_AS_EXPECTED = "late_parcel", "not_as_expected"

KINDS: dict[type[Message], Kind] = {
    FeePaidV1: Kind.FEE_PAID,
    FeeWaivedV1: Kind.FEE_WAIVED,
    FeeFailedV1: Kind.FEE_FAILED,
    FeeRefundedV1: Kind.FEE_REFUNDED,
    LabelIssuedV1: Kind.LABEL_ISSUED,
    LabelRefusedV1: Kind.LABEL_REFUSED,
    LabelOutcomeUnknownV1: Kind.LABEL_UNKNOWN,
    LabelVoidedV1: Kind.LABEL_VOIDED,
    LabelExpiredV1: Kind.LABEL_EXPIRED,
    ParcelInspectedV1: Kind.PARCEL_INSPECTED,
    ParcelInTroubleV1: Kind.PARCEL_IN_TROUBLE,
    ScanVoidedV1: Kind.SCAN_VOIDED,
    SettlementSucceededV1: Kind.SETTLED,
    SettlementRefusedV1: Kind.SETTLEMENT_REFUSED,
    SettlementOutcomeUnknownV1: Kind.SETTLEMENT_UNKNOWN,
    MessageBouncedV1: Kind.MESSAGE_BOUNCED,
}
MILESTONES = {Milestone.ACCEPTED: Kind.FIRST_SCAN, Milestone.HUB_RECEIVED: Kind.HUB_SCAN}
_FEES = {
    Kind.FEE_PAID: FeeState.PAID,
    Kind.FEE_WAIVED: FeeState.WAIVED,
    Kind.FEE_FAILED: FeeState.FAILED,
    Kind.FEE_REFUNDED: FeeState.REFUNDED,
}
_LABELS = {
    Kind.LABEL_REFUSED: LabelState.REFUSED,
    Kind.LABEL_UNKNOWN: LabelState.UNKNOWN,
    Kind.LABEL_EXPIRED: LabelState.EXPIRED,
    Kind.LABEL_VOIDED: LabelState.VOID,
}
_WORST = list(Condition)


def kind_of(fact: Message) -> Kind:
    """What `fact` means for the return."""
    if isinstance(fact, MilestoneReachedV1):
        return MILESTONES.get(fact.milestone, Kind.OF_NO_CONSEQUENCE)
    return KINDS.get(type(fact), Kind.OF_NO_CONSEQUENCE)


def learn(ret: Return, fact: Any, kind: Kind) -> Return:
    """`ret` knowing what `fact` tells; the same `ret` when it was known. Raises Contradiction."""
    if kind in _FEES:
        return ret.knowing(fee=_outweighing(FeeState, ret.known.fee, _FEES[kind]))
    adding = _ADDING.get(kind)
    if adding is not None:
        return adding(ret, fact)
    return take_outcome(ret, outcome_of(fact, kind))


def _outweighing(states: Any, one: Any, other: Any) -> Any:
    order = list(states)
    return max(one, other, key=order.index)


def _parcel(ret: Return, number: int) -> Parcel:
    parcel = ret.parcel(number)
    if parcel is None:
        raise Contradiction(f"parcel {number} is not of this return")
    if not ret.known.approved:
        raise Contradiction(f"parcel {number} before the return was accepted")
    return parcel


def _label(ret: Return, fact: Any, state: LabelState) -> Return:
    parcel = _parcel(ret, fact.parcel)
    if getattr(fact, "attempt", parcel.attempt) != parcel.attempt:
        return ret  # a label that was given up for a later one
    return ret.with_parcel(replace(parcel, label=_outweighing(LabelState, parcel.label, state)))


def _issued(ret: Return, fact: LabelIssuedV1) -> Return:
    parcel = _parcel(ret, fact.parcel)
    if fact.attempt != parcel.attempt:
        return ret
    if parcel.tracking_number not in {None, fact.tracking_number}:
        raise Contradiction(f"a second label for parcel {fact.parcel}")
    known = replace(parcel, tracking_number=fact.tracking_number, document_id=fact.document_id)
    return _label(ret.with_parcel(known), fact, LabelState.ISSUED)


def _scanned(ret: Return, fact: MilestoneReachedV1) -> Return:
    parcel = _parcel(ret, fact.parcel)
    received = parcel.received or fact.milestone is Milestone.HUB_RECEIVED
    ret = ret.with_parcel(replace(parcel, accepted=True, received=received))
    if ret.awaiting in CALLED_OFF:
        return ret.marked(LATE_PARCEL, str(parcel.number), fact.tracking_number)
    return ret


def _inspected(ret: Return, fact: ParcelInspectedV1) -> Return:
    if fact.inspection_id in ret.known.inspections:
        return ret
    parcel = _parcel(ret, fact.parcel)
    ret = ret.with_parcel(replace(parcel, accepted=True, received=True, inspected=True))
    ret = ret.knowing(inspections=ret.known.inspections | {fact.inspection_id})
    for found in fact.lines:
        ret = _found(ret, found)
    for place, extra in enumerate(fact.extras, start=1):
        ret = ret.marked(EXTRA_ITEM, f"{fact.inspection_id}/{place}", f"{extra.quantity} x {extra.words}")
    return ret


def _found(ret: Return, found: InspectedLine) -> Return:
    line = ret.line(found.line_id)
    if line is None:
        raise Contradiction("an inspected line that is not in this return")
    arrived = (line.arrived or 0) + found.quantity
    conditions = [each for each in (line.condition, found.condition) if each is not None]
    seen = [each for each in conditions if each is not Condition.MISSING or not arrived]
    line = replace(
        line,
        arrived=arrived,
        condition=max(seen or conditions, key=_WORST.index),
        found=found.words or line.found,
    )
    return _noticed(ret.with_line(line), line)


def _noticed(ret: Return, line: Line) -> Return:
    """Money that does not wait for the inspection is not held by it: a person is told what was found instead."""
    too_late = line.asked.stage is not Stage.INSPECTED or ret.awaiting in {Awaiting.SETTLEMENT, Awaiting.CLOSED}
    differs = line.condition is not Condition.AS_EXPECTED or (line.arrived or 0) != line.asked.quantity
    if not (too_late and differs):
        return ret
    return ret.marked(NOT_AS_EXPECTED, str(line.asked.id), line.found or str(line.condition))


def _in_trouble(ret: Return, fact: ParcelInTroubleV1) -> Return:
    return ret.marked(IN_TROUBLE, f"{fact.parcel}/{fact.trouble}", fact.words)


def _taken_back(ret: Return, fact: ScanVoidedV1) -> Return:
    return ret.marked(SCAN_TAKEN_BACK, str(fact.scan_id), fact.words)


def _bounced(ret: Return, fact: MessageBouncedV1) -> Return:
    return ret.marked(BOUNCED, str(fact.message_id), fact.template)


_ADDING: dict[Kind, Callable[[Return, Any], Return]] = {
    Kind.LABEL_ISSUED: _issued,
    Kind.FIRST_SCAN: _scanned,
    Kind.HUB_SCAN: _scanned,
    Kind.PARCEL_INSPECTED: _inspected,
    Kind.PARCEL_IN_TROUBLE: _in_trouble,
    Kind.SCAN_VOIDED: _taken_back,
    Kind.MESSAGE_BOUNCED: _bounced,
    **{kind: partial(_label, state=state) for kind, state in _LABELS.items()},
}
