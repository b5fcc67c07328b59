"""The words of a return's life: where its goods and its money are, and what may come to change that."""

from enum import StrEnum


class Awaiting(StrEnum):
    """Where the goods are, named for what is awaited."""

    REVIEW = "awaiting_review"
    INFORMATION = "awaiting_information"
    PAYMENT = "awaiting_payment"
    LABEL = "awaiting_label"
    DROPOFF = "awaiting_dropoff"
    IN_TRANSIT = "in_transit"
    AT_HUB = "at_hub"
    SETTLEMENT = "awaiting_settlement"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ENDED = frozenset({Awaiting.CLOSED, Awaiting.REJECTED, Awaiting.CANCELLED, Awaiting.EXPIRED})
CALLED_OFF = ENDED - {Awaiting.CLOSED}
UNDECIDED = frozenset({Awaiting.REVIEW, Awaiting.INFORMATION})


class MoneyState(StrEnum):
    """Where the money of one line is. `due`: its stage was reached, and a person must say what is given."""

    NOT_DUE = "not_due"
    DUE = "due"
    SETTLING = "settling"
    SETTLED = "settled"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class FeeState(StrEnum):
    """Where the label's fee is, in the order in which one outweighs another, whichever is heard first."""

    OPEN = "open"
    FAILED = "failed"
    WAIVED = "waived"
    PAID = "paid"
    REFUNDED = "refunded"


class HoldState(StrEnum):
    """Where the hold for an exchange is, in the order in which one outweighs another. Given up: it was never placed."""

    WANTED = "wanted"
    GIVEN_UP = "given_up"
    PLACED = "placed"
    RELEASED = "released"
    CAPTURED = "captured"


class LabelState(StrEnum):
    """Where a parcel's label is, in the order in which one outweighs another, whichever is heard first."""

    WANTED = "wanted"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    ISSUED = "issued"
    EXPIRED = "expired"
    VOID = "void"


class Kind(StrEnum):
    """What came, or became true: a fact of another service, a person's act, the clock, or all parts of a whole."""

    ACCEPTED = "accepted"
    ACCEPTED_WITHOUT_LABEL = "accepted_without_label"
    ACCEPTED_KEEPING = "accepted_keeping"
    REJECTED = "rejected"
    INFORMATION_ASKED = "information_asked"
    INFORMATION_GIVEN = "information_given"
    QUOTED = "quoted"
    FEE_PAID = "fee_paid"
    FEE_WAIVED = "fee_waived"
    FEE_FAILED = "fee_failed"
    FEE_REFUNDED = "fee_refunded"
    VOUCHER_RELEASED = "voucher_released"
    DIFFERENCE_PAID = "difference_paid"
    DIFFERENCE_WAIVED = "difference_waived"
    DIFFERENCE_FAILED = "difference_failed"
    DIFFERENCE_REFUNDED = "difference_refunded"
    HOLD_PLACED = "hold_placed"
    HOLD_RELEASED = "hold_released"
    HOLD_CAPTURED = "hold_captured"
    PAYMENT_DISPUTED = "payment_disputed"
    BONUS_REFUSED = "bonus_refused"
    LABEL_ISSUED = "label_issued"
    LABEL_REFUSED = "label_refused"
    LABEL_UNKNOWN = "label_unknown"
    LABEL_VOIDED = "label_voided"
    LABEL_EXPIRED = "label_expired"
    LABEL_AGAIN = "label_again"
    PARCEL_ADDED = "parcel_added"
    PARCEL_GIVEN_UP = "parcel_given_up"
    LABEL_VOID_REFUSED = "label_void_refused"
    SHOP_UPDATE_FAILED = "shop_update_failed"
    PARCEL_IN_TROUBLE = "parcel_in_trouble"
    PARCEL_MOVED = "parcel_moved"
    PARCEL_DELAYED = "parcel_delayed"
    FIRST_SCAN = "first_scan"
    HUB_SCAN = "hub_scan"
    SCAN_VOIDED = "scan_voided"
    PARCEL_INSPECTED = "parcel_inspected"
    INSPECTION_SKIPPED = "inspection_skipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REVIVED = "revived"
    REVIVED_UNPAID = "revived_unpaid"
    WITHDRAWN = "withdrawn"
    MARK_CLEARED = "mark_cleared"
    REOPENED = "reopened"
    CLOSED_BY_HAND = "closed_by_hand"
    ALL_SETTLED = "all_settled"
    MESSAGE_BOUNCED = "message_bounced"
    OF_NO_CONSEQUENCE = "of_no_consequence"

    STAGE_REACHED = "stage_reached"
    DIFFERS = "differs"
    NOTHING_CAME = "nothing_came"
    SETTLE_ASKED = "settle_asked"
    LINE_WAIVED = "line_waived"
    SETTLED = "settled"
    SETTLEMENT_REFUSED = "settlement_refused"
    SETTLEMENT_UNKNOWN = "settlement_unknown"


class Effect(StrEnum):
    """What a fact did to the return, kept with its history. `stated` is what the return itself said."""

    APPLIED = "applied"
    KEPT = "kept"
    LATE = "late"
    NOTED = "noted"
    STATED = "stated"


class Contradiction(Exception):
    """The fact cannot be true together with what is known of the return: a person must look."""


class NotNow(Exception):
    """The return's state does not allow this act; `code` is stable, `words` say what to do instead."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code, words)
        self.code, self.words = code, words
