"""What a fact adds to what is known of a return. Adding is the same in any order, and twice is as good as once."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.labels import (
    LabelExpiredV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LabelVoidRefusedV1,
)
from libs.contracts.notifications import MessageBouncedV1
from libs.contracts.orders import (
    SettlementOutcomeUnknownV1,
    SettlementRefusedV1,
    SettlementSucceededV1,
    ShopUpdateFailedV1,
)
from libs.contracts.payments import (
    FeeFailedV1,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldPlacedV1,
    HoldReleasedV1,
    PaymentDisputedV1,
    VoucherReleasedV1,
)
from libs.contracts.tracking import (
    InspectedLine,
    MilestoneReachedV1,
    ParcelDelayedV1,
    ParcelInspectedV1,
    ParcelInTroubleV1,
    ScanVoidedV1,
)
from libs.contracts.values import Condition, Disposed, Milestone, Stage
from services.portal.domain import delays
from services.portal.domain.parcels import Parcel
from services.portal.domain.returns import DISPUTED, IN_TROUBLE, NO_BONUS, Line, Return
from services.portal.domain.settling import outcome_of, take_outcome
from services.portal.domain.states import CALLED_OFF, Awaiting, Contradiction, FeeState, HoldState, Kind, LabelState

# Marks: what a person must look at.
BOUNCED, EXTRA_ITEM, SCAN_TAKEN_BACK = "message_bounced", "extra_item", "scan_voided"
BONUS_REFUSED, NOT_VOIDED, SHOP_DIFFERS = "bonus_refused", "label_not_voided", "shop_update_failed"
LATE_PARCEL, NOT_AS_EXPECTED, TAKEN_YET_BACK = "late_parcel", "not_as_expected", "taken_yet_back"

KINDS: dict[type[Message], Kind] = {
    FeePaidV1: Kind.FEE_PAID,
    FeeWaivedV1: Kind.FEE_WAIVED,
    FeeFailedV1: Kind.FEE_FAILED,
    FeeRefundedV1: Kind.FEE_REFUNDED,
    VoucherReleasedV1: Kind.VOUCHER_RELEASED,
    HoldPlacedV1: Kind.HOLD_PLACED,
    HoldReleasedV1: Kind.HOLD_RELEASED,
    HoldCapturedV1: Kind.HOLD_CAPTURED,
    PaymentDisputedV1: Kind.PAYMENT_DISPUTED,
    LabelIssuedV1: Kind.LABEL_ISSUED,
    LabelRefusedV1: Kind.LABEL_REFUSED,
    LabelOutcomeUnknownV1: Kind.LABEL_UNKNOWN,
    LabelVoidedV1: Kind.LABEL_VOIDED,
    LabelExpiredV1: Kind.LABEL_EXPIRED,
    LabelVoidRefusedV1: Kind.LABEL_VOID_REFUSED,
    ParcelInspectedV1: Kind.PARCEL_INSPECTED,
    ParcelInTroubleV1: Kind.PARCEL_IN_TROUBLE,
    ParcelDelayedV1: Kind.PARCEL_DELAYED,
    ScanVoidedV1: Kind.SCAN_VOIDED,
    SettlementSucceededV1: Kind.SETTLED,
    SettlementRefusedV1: Kind.SETTLEMENT_REFUSED,
    SettlementOutcomeUnknownV1: Kind.SETTLEMENT_UNKNOWN,
    ShopUpdateFailedV1: Kind.SHOP_UPDATE_FAILED,
    MessageBouncedV1: Kind.MESSAGE_BOUNCED,
}
MILESTONES = {
    Milestone.ACCEPTED: Kind.FIRST_SCAN,
    Milestone.IN_TRANSIT: Kind.PARCEL_MOVED,
    Milestone.OUT_FOR_DELIVERY: Kind.PARCEL_MOVED,
    Milestone.DELIVERED: Kind.PARCEL_MOVED,
    Milestone.HUB_RECEIVED: Kind.HUB_SCAN,
}
OF_A_LINE: dict[type[Message], Kind] = {  # what the same facts mean where they name the line of an exchange
    FeePaidV1: Kind.DIFFERENCE_PAID,
    FeeWaivedV1: Kind.DIFFERENCE_WAIVED,
    FeeFailedV1: Kind.DIFFERENCE_FAILED,
    FeeRefundedV1: Kind.DIFFERENCE_REFUNDED,
}
_FEES = {
    Kind.FEE_PAID: FeeState.PAID,
    Kind.FEE_WAIVED: FeeState.WAIVED,
    Kind.FEE_FAILED: FeeState.FAILED,
    Kind.FEE_REFUNDED: FeeState.REFUNDED,
}
_DIFFERENCES = {OF_A_LINE[fact]: _FEES[KINDS[fact]] for fact in OF_A_LINE}
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
    if isinstance(fact, SettlementRefusedV1) and fact.code == NO_BONUS:
        return Kind.BONUS_REFUSED
    if type(fact) in OF_A_LINE and fact.line_id is not None:  # type: ignore[attr-defined]
        return OF_A_LINE[type(fact)]
    return KINDS.get(type(fact), Kind.OF_NO_CONSEQUENCE)


def learn(ret: Return, fact: Any, kind: Kind) -> Return:
    """`ret` knowing what `fact` tells; the same `ret` when it was known. Raises Contradiction."""
    if kind in _FEES:
        return _fee(ret, fact, _FEES[kind])
    adding = _ADDING.get(kind)
    if adding is not None:
        return _looked_over(adding(ret, fact))
    return take_outcome(ret, outcome_of(fact, kind))


def _outweighing(states: Any, one: Any, other: Any) -> Any:
    order = list(states)
    return max(one, other, key=order.index)


def _looked_over(ret: Return) -> Return:
    """What was held is taken, and a parcel came after all: a person gives the money back."""
    if any(parcel.received for parcel in ret.known.parcels):
        for line in ret.lines:
            if line.hold is HoldState.CAPTURED:
                ret = ret.marked(TAKEN_YET_BACK, str(line.asked.id), line.asked.title)
    return ret


def _fee(ret: Return, fact: Any, state: FeeState) -> Return:
    voucher = getattr(fact, "voucher", None)
    if voucher is not None:
        if fact.attempt != ret.known.attempt:
            return ret  # it paid for a life that is over, and was given back with it
        ret = ret.knowing(voucher=voucher)
    return ret.knowing(fee=_outweighing(FeeState, ret.known.fee, state))


def _voucher_released(ret: Return, fact: VoucherReleasedV1) -> Return:
    return ret.knowing(released_in=max(ret.known.released_in, fact.attempt))


def _line(ret: Return, line_id: UUID) -> Line:
    line = ret.line(line_id)
    if line is None:
        raise Contradiction("money for a line that is not in this return")
    return line


def _difference(ret: Return, fact: Any, state: FeeState) -> Return:
    line = _line(ret, fact.line_id)
    if fact.attempt != ret.known.attempt:
        return ret
    return ret.with_line(replace(line, difference=_outweighing(FeeState, line.difference, state)))


def _hold(ret: Return, fact: Any, state: HoldState) -> Return:
    line = _line(ret, fact.line_id)
    if fact.attempt != ret.known.attempt:
        return ret
    state = state if getattr(fact, "placed", True) else HoldState.GIVEN_UP
    return ret.with_line(replace(line, hold=_outweighing(HoldState, line.hold, state)))


def _disputed(ret: Return, fact: PaymentDisputedV1) -> Return:
    return ret.marked(DISPUTED, f"{fact.charge_id}/{fact.reference}", fact.words)


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
    known = replace(
        parcel,
        tracking_number=fact.tracking_number,
        document_id=fact.document_id,
        carrier=fact.carrier,
        service=fact.service,
        method=fact.method,
        hub=fact.hub_address,
        hub_hours=fact.hub_hours,
    )
    return _label(ret.with_parcel(known), fact, LabelState.ISSUED)


def _scanned(ret: Return, fact: MilestoneReachedV1) -> Return:
    parcel = _parcel(ret, fact.parcel).stated(fact.parcel_id, fact.milestone, taken_back=fact.taken_back)
    ret = _gone_wrong(ret.with_parcel(parcel), fact)
    if ret.awaiting in CALLED_OFF:
        return ret.marked(LATE_PARCEL, str(parcel.number), fact.tracking_number)
    return ret


def _moved(ret: Return, fact: MilestoneReachedV1) -> Return:
    return _gone_wrong(delays.moved(ret, fact), fact)


def _gone_wrong(ret: Return, fact: MilestoneReachedV1) -> Return:
    """What was wrong with a parcel by then: the facts that say so alone may be on their way yet."""
    for trouble in fact.troubles:
        ret = ret.marked(IN_TROUBLE, f"{fact.parcel}/{trouble.name}", trouble.words)
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
        disposed=(*line.disposed, *_disposed(found)),
    )
    return _noticed(ret.with_line(line), line)


def _disposed(found: InspectedLine) -> tuple[Disposed, ...]:
    if found.disposition is None or not found.quantity:
        return ()
    return (Disposed(disposition=found.disposition, quantity=found.quantity),)


def _noticed(ret: Return, line: Line) -> Return:
    """Money that does not wait for the inspection is not held by it: a person is told what was found instead."""
    waits = line.asked.stage is Stage.INSPECTED and not line.wants_hold
    too_late = not waits or ret.awaiting in {Awaiting.SETTLEMENT, Awaiting.CLOSED}
    differs = line.condition is not Condition.AS_EXPECTED or (line.arrived or 0) != line.asked.quantity
    if not (too_late and differs):
        return ret
    return ret.marked(NOT_AS_EXPECTED, str(line.asked.id), line.found or str(line.condition))


def _not_voided(ret: Return, fact: LabelVoidRefusedV1) -> Return:
    """Each no is a mark of its own: one that came after the carrier was asked again is new."""
    again = f"/{fact.asked}" if fact.asked > 1 else ""
    return ret.marked(NOT_VOIDED, f"{_parcel(ret, fact.parcel).number}/{fact.attempt}{again}", fact.words)


def _in_trouble(ret: Return, fact: ParcelInTroubleV1) -> Return:
    return ret.marked(IN_TROUBLE, f"{fact.parcel}/{fact.trouble}", fact.words)


def _taken_back(ret: Return, fact: ScanVoidedV1) -> Return:
    ret = ret.marked(SCAN_TAKEN_BACK, str(fact.scan_id), fact.words)
    ret = ret.knowing(void_scans=ret.known.void_scans | {fact.scan_id})
    parcel = ret.parcel(fact.parcel)
    if parcel is None:
        return ret
    return ret.with_parcel(parcel.withdrawn(fact.parcel_id, fact.withdraws, taken_back=fact.taken_back))


def _bonus_refused(ret: Return, fact: SettlementRefusedV1) -> Return:
    """What was owed is given: only the credit on top of it is not."""
    return ret.marked(BONUS_REFUSED, str(fact.settlement_id), fact.words)


def _shop_differs(ret: Return, fact: ShopUpdateFailedV1) -> Return:
    return ret.marked(SHOP_DIFFERS, str(fact.step_id), fact.words)


def _bounced(ret: Return, fact: MessageBouncedV1) -> Return:
    return ret.marked(BOUNCED, str(fact.message_id), fact.template)


_ADDING: dict[Kind, Callable[[Return, Any], Return]] = {
    Kind.VOUCHER_RELEASED: _voucher_released,
    Kind.HOLD_PLACED: partial(_hold, state=HoldState.PLACED),
    Kind.HOLD_RELEASED: partial(_hold, state=HoldState.RELEASED),
    Kind.HOLD_CAPTURED: partial(_hold, state=HoldState.CAPTURED),
    Kind.PAYMENT_DISPUTED: _disputed,
    Kind.BONUS_REFUSED: _bonus_refused,
    **{kind: partial(_difference, state=state) for kind, state in _DIFFERENCES.items()},
    Kind.LABEL_ISSUED: _issued,
    Kind.FIRST_SCAN: _scanned,
    Kind.HUB_SCAN: _scanned,
    Kind.PARCEL_INSPECTED: _inspected,
    Kind.PARCEL_IN_TROUBLE: _in_trouble,
    Kind.PARCEL_MOVED: _moved,
    Kind.PARCEL_DELAYED: delays.delayed,
    Kind.SCAN_VOIDED: _taken_back,
    Kind.LABEL_VOID_REFUSED: _not_voided,
    Kind.SHOP_UPDATE_FAILED: _shop_differs,
    Kind.MESSAGE_BOUNCED: _bounced,
    **{kind: partial(_label, state=state) for kind, state in _LABELS.items()},
}
