"""The life of a return as two tables of data: where the goods are, and where the money of a line is."""

from dataclasses import dataclass

from services.portal.domain import statements as said
from services.portal.domain.statements import Build
from services.portal.domain.states import Awaiting as A
from services.portal.domain.states import Kind as K
from services.portal.domain.states import MoneyState as M


@dataclass(frozen=True, slots=True)
class Move:
    """What is awaited next, and what is stated. A move to the same state says that the fact has its place there."""

    then: A
    states: tuple[Build, ...] = ()


TAKEN_ON = (said.approved, said.exchanges_paid_for)
_GOING_ON = (A.PAYMENT, A.LABEL, A.DROPOFF, A.IN_TRANSIT, A.AT_HUB, A.SETTLEMENT)
# Money beside the goods, and a label that its carrier keeps, have their place wherever the goods are, and move them nowhere.
BESIDE: dict[K, tuple[A, ...]] = {
    K.DIFFERENCE_PAID: _GOING_ON,
    K.DIFFERENCE_WAIVED: _GOING_ON,
    K.DIFFERENCE_FAILED: _GOING_ON,
    K.DIFFERENCE_REFUNDED: (A.SETTLEMENT, A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.HOLD_PLACED: _GOING_ON,
    K.HOLD_RELEASED: (*_GOING_ON, A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.HOLD_CAPTURED: (*_GOING_ON, A.CLOSED),
    K.PAYMENT_DISPUTED: (*_GOING_ON, A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.LABEL_VOID_REFUSED: (*_GOING_ON, A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.SHOP_UPDATE_FAILED: (*_GOING_ON, A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.VOUCHER_RELEASED: (A.CLOSED, A.CANCELLED, A.EXPIRED),
    K.BONUS_REFUSED: (*_GOING_ON, A.CLOSED),
}

MOVES: dict[tuple[A, K], Move] = {
    # (awaiting, this comes or becomes true): then await, and state
    (A.REVIEW, K.ACCEPTED): Move(A.PAYMENT, (*TAKEN_ON, said.fee_requested)),
    (A.REVIEW, K.ACCEPTED_WITHOUT_LABEL): Move(A.DROPOFF, TAKEN_ON),
    (A.REVIEW, K.ACCEPTED_KEEPING): Move(A.SETTLEMENT, TAKEN_ON),
    (A.REVIEW, K.REJECTED): Move(A.REJECTED, (said.rejected,)),
    (A.REVIEW, K.INFORMATION_ASKED): Move(A.INFORMATION, (said.information_requested,)),
    (A.REVIEW, K.CANCELLED): Move(A.CANCELLED, (said.cancelled,)),
    (A.REVIEW, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand,)),
    (A.INFORMATION, K.INFORMATION_GIVEN): Move(A.REVIEW, (said.information_received,)),
    (A.INFORMATION, K.ACCEPTED): Move(A.PAYMENT, (*TAKEN_ON, said.fee_requested)),
    (A.INFORMATION, K.ACCEPTED_WITHOUT_LABEL): Move(A.DROPOFF, TAKEN_ON),
    (A.INFORMATION, K.ACCEPTED_KEEPING): Move(A.SETTLEMENT, TAKEN_ON),
    (A.INFORMATION, K.REJECTED): Move(A.REJECTED, (said.rejected,)),
    (A.INFORMATION, K.CANCELLED): Move(A.CANCELLED, (said.cancelled,)),
    (A.INFORMATION, K.EXPIRED): Move(A.EXPIRED, (said.expired_at(A.INFORMATION),)),
    (A.INFORMATION, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand,)),
    (A.PAYMENT, K.QUOTED): Move(A.PAYMENT, (said.fee_requested,)),
    (A.PAYMENT, K.FEE_FAILED): Move(A.PAYMENT),
    (A.PAYMENT, K.FEE_WAIVED): Move(A.LABEL, (said.labels_requested,)),
    (A.PAYMENT, K.FEE_PAID): Move(A.LABEL, (said.labels_requested,)),
    (A.PAYMENT, K.CANCELLED): Move(A.CANCELLED, (said.cancelled, said.voids_requested)),
    (A.PAYMENT, K.EXPIRED): Move(A.EXPIRED, (said.expired_at(A.PAYMENT), said.voids_requested)),
    (A.PAYMENT, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand, said.voids_requested)),
    (A.LABEL, K.LABEL_REFUSED): Move(A.LABEL),
    (A.LABEL, K.LABEL_UNKNOWN): Move(A.LABEL),
    (A.LABEL, K.LABEL_AGAIN): Move(A.LABEL),
    (A.LABEL, K.PARCEL_ADDED): Move(A.LABEL),
    (A.LABEL, K.PARCEL_GIVEN_UP): Move(A.LABEL),
    (A.LABEL, K.LABEL_ISSUED): Move(A.DROPOFF),
    (A.LABEL, K.CANCELLED): Move(A.CANCELLED, (said.cancelled, said.voids_requested)),
    (A.LABEL, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand, said.voids_requested)),
    (A.DROPOFF, K.LABEL_EXPIRED): Move(A.DROPOFF),
    (A.DROPOFF, K.LABEL_AGAIN): Move(A.DROPOFF),
    (A.DROPOFF, K.PARCEL_ADDED): Move(A.DROPOFF),
    (A.DROPOFF, K.PARCEL_GIVEN_UP): Move(A.DROPOFF),
    (A.DROPOFF, K.FIRST_SCAN): Move(A.IN_TRANSIT),
    (A.DROPOFF, K.CANCELLED): Move(A.CANCELLED, (said.cancelled, said.voids_requested)),
    (A.DROPOFF, K.EXPIRED): Move(A.EXPIRED, (said.expired_at(A.DROPOFF), said.voids_requested)),
    (A.DROPOFF, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand, said.voids_requested)),
    (A.IN_TRANSIT, K.PARCEL_IN_TROUBLE): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.PARCEL_MOVED): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.PARCEL_DELAYED): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.LABEL_AGAIN): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.PARCEL_ADDED): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.PARCEL_GIVEN_UP): Move(A.IN_TRANSIT),
    (A.IN_TRANSIT, K.HUB_SCAN): Move(A.AT_HUB),
    (A.IN_TRANSIT, K.SCAN_VOIDED): Move(A.DROPOFF),
    (A.IN_TRANSIT, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand, said.voids_requested)),
    (A.AT_HUB, K.SCAN_VOIDED): Move(A.IN_TRANSIT),
    (A.AT_HUB, K.PARCEL_DELAYED): Move(A.AT_HUB),
    (A.AT_HUB, K.PARCEL_INSPECTED): Move(A.SETTLEMENT),
    (A.AT_HUB, K.INSPECTION_SKIPPED): Move(A.SETTLEMENT),
    (A.AT_HUB, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand,)),
    (A.SETTLEMENT, K.SCAN_VOIDED): Move(A.IN_TRANSIT),
    (A.SETTLEMENT, K.ALL_SETTLED): Move(A.CLOSED, (said.closed,)),
    (A.SETTLEMENT, K.CLOSED_BY_HAND): Move(A.CLOSED, (said.closed_by_hand,)),
    # Ended, and yet something comes: it is marked for a person, who may take the return up again.
    (A.CANCELLED, K.FIRST_SCAN): Move(A.CANCELLED),
    (A.CANCELLED, K.LABEL_VOIDED): Move(A.CANCELLED),
    (A.CANCELLED, K.FEE_REFUNDED): Move(A.CANCELLED),
    (A.CANCELLED, K.REVIVED): Move(A.DROPOFF, TAKEN_ON),
    (A.CANCELLED, K.REVIVED_UNPAID): Move(A.PAYMENT, (*TAKEN_ON, said.fee_requested)),
    (A.CANCELLED, K.REOPENED): Move(A.REVIEW, (said.held_for_review,)),
    (A.EXPIRED, K.FIRST_SCAN): Move(A.EXPIRED),
    (A.EXPIRED, K.LABEL_VOIDED): Move(A.EXPIRED),
    (A.EXPIRED, K.FEE_REFUNDED): Move(A.EXPIRED),
    (A.EXPIRED, K.REVIVED): Move(A.DROPOFF, TAKEN_ON),
    (A.EXPIRED, K.REVIVED_UNPAID): Move(A.PAYMENT, (*TAKEN_ON, said.fee_requested)),
    (A.EXPIRED, K.REOPENED): Move(A.REVIEW, (said.held_for_review,)),
    (A.REJECTED, K.FIRST_SCAN): Move(A.REJECTED),
    (A.REJECTED, K.REOPENED): Move(A.REVIEW, (said.held_for_review,)),
    (A.CLOSED, K.FEE_REFUNDED): Move(A.CLOSED),
    (A.CLOSED, K.LABEL_VOIDED): Move(A.CLOSED),
    **{(awaiting, kind): Move(awaiting) for kind, states in BESIDE.items() for awaiting in states},
}

MONEY: dict[tuple[M, K], M] = {
    # (the money of a line is, this comes or becomes true): then it is
    (M.NOT_DUE, K.STAGE_REACHED): M.SETTLING,
    (M.NOT_DUE, K.HOLD_PLACED): M.SETTLING,
    (M.NOT_DUE, K.DIFFERS): M.DUE,
    (M.NOT_DUE, K.NOTHING_CAME): M.WAIVED,
    (M.NOT_DUE, K.SETTLE_ASKED): M.SETTLING,
    (M.NOT_DUE, K.LINE_WAIVED): M.WAIVED,
    (M.NOT_DUE, K.CLOSED_BY_HAND): M.WAIVED,
    (M.DUE, K.SETTLE_ASKED): M.SETTLING,
    (M.DUE, K.LINE_WAIVED): M.WAIVED,
    (M.DUE, K.CLOSED_BY_HAND): M.WAIVED,
    (M.SETTLING, K.SETTLED): M.SETTLED,
    (M.SETTLING, K.SETTLEMENT_REFUSED): M.REFUSED,
    (M.SETTLING, K.SETTLEMENT_UNKNOWN): M.UNKNOWN,
    (M.REFUSED, K.SETTLED): M.SETTLED,
    (M.REFUSED, K.SETTLE_ASKED): M.SETTLING,
    (M.REFUSED, K.LINE_WAIVED): M.WAIVED,
    (M.UNKNOWN, K.SETTLED): M.SETTLED,
    (M.UNKNOWN, K.SETTLEMENT_REFUSED): M.REFUSED,
    (M.WAIVED, K.SETTLE_ASKED): M.SETTLING,
}
