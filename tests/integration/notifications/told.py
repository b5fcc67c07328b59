"""Every fact that makes a mail, as its owner states it about one desk's return, and the mail it makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Message
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import (
    FeeFailedV1,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldPlacedV1,
)
from libs.contracts.portal import (
    DifferenceRequestedV1,
    FeeRequestedV1,
    InformationReceivedV1,
    InformationRequestedV1,
    IntakeKeptV1,
    IntakeMatchedV1,
    IntakeUnmatchedV1,
    ReminderDueV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    StaffLinkIssuedV1,
    StaffLinkPurpose,
    WithdrawalDeclaredV1,
)
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from libs.contracts.values import LabelTerms, Milestone, Money, Resolution
from tests.integration.notifications.conftest import Desk
from tests.unit.notifications.examples import LINE, MANAGE, PRICE, STATUS, shirt

GO_ON = "https://returns.alder.example/go/secret"
DOOR = "https://returns.alder.example/admin/invite/secret"
SHOPPER, TEAM = "shopper", "team"


def of_return(desk: Desk) -> dict[str, object]:
    """What names the return in portal's facts."""
    return {"return_id": desk.return_id, "number": "R-7KQ2M9"}


def for_review(desk: Desk) -> dict[str, object]:
    """The same, with where the staff's mails go."""
    return of_return(desk) | {"review_to": desk.team, "manage_url": MANAGE}


def held(desk: Desk, **changes: object) -> Message:
    """A person must decide."""
    return ReturnHeldForReviewV1(**(for_review(desk) | {"because": ("rule",)} | changes))


def asked(desk: Desk) -> Message:
    """The shopper is asked for something."""
    return InformationRequestedV1(**of_return(desk), words="Which seam is torn?", answer_url=STATUS)


def answered(desk: Desk, **changes: object) -> Message:
    """The shopper gave it."""
    return InformationReceivedV1(**(for_review(desk) | {"words": "The left one."} | changes))


def approved(desk: Desk, **changes: object) -> Message:
    """The return is accepted by a person."""
    whole = {"order_id": new_id(), "lines": (shirt(),), "label": LabelTerms.FREE, "reviewed": True}
    return ReturnApprovedV1(**(of_return(desk) | whole | changes))


def rejected(desk: Desk) -> Message:
    """The return is not accepted."""
    return ReturnRejectedV1(**of_return(desk), words="The shirt was worn.")


def fee_requested(desk: Desk, **changes: object) -> Message:
    """The label is to be paid."""
    return FeeRequestedV1(**(of_return(desk) | {"label": LabelTerms.PAID, "price": PRICE} | changes))


def fee_paid(desk: Desk) -> Message:
    """It is."""
    return FeePaidV1(return_id=desk.return_id, charge_id=new_id(), price=PRICE, reference="pi_1")


def fee_waived(desk: Desk) -> Message:
    """It need not be."""
    return FeeWaivedV1(return_id=desk.return_id, charge_id=new_id(), price=PRICE, reason="staff")


def fee_failed(desk: Desk) -> Message:
    """The card was declined."""
    return FeeFailedV1(return_id=desk.return_id, charge_id=desk.return_id, reason="declined")


def fee_refunded(desk: Desk) -> Message:
    """The fee is given back."""
    return FeeRefundedV1(return_id=desk.return_id, charge_id=new_id(), amount=PRICE, reference="re_1")


def difference_requested(desk: Desk) -> Message:
    """The exchange costs more than what comes back."""
    return DifferenceRequestedV1(**of_return(desk), line_id=LINE, price=PRICE)


def hold(desk: Desk, kind: type[HoldPlacedV1] | type[HoldCapturedV1]) -> Message:
    """An amount is held for an exchange, or taken."""
    return kind(return_id=desk.return_id, hold_id=new_id(), line_id=LINE, amount=PRICE, reference="pi_1")


def issued(desk: Desk, *, parcel: int = 1, attempt: int = 1) -> Message:
    """A parcel has its label."""
    return LabelIssuedV1(
        return_id=desk.return_id,
        booking_id=new_id(),
        parcel=parcel,
        carrier="own",
        service="standard",
        tracking_number="HW0000000001",
        document_id=new_id(),
        hub="DAV",
        attempt=attempt,
    )


def label_refused(desk: Desk, *, parcel: int = 1) -> Message:
    """The carrier made no label."""
    return LabelRefusedV1(
        return_id=desk.return_id, booking_id=new_id(), parcel=parcel, code="address", words="No such street"
    )


def label_unknown(desk: Desk) -> Message:
    """The carrier's answer was lost."""
    return LabelOutcomeUnknownV1(return_id=desk.return_id, booking_id=new_id(), parcel=1)


def milestone(desk: Desk, reached: Milestone, **changes: object) -> Message:
    """The parcel came to a milestone."""
    whole: dict[str, object] = {"parcel_id": new_id(), "parcel": 1, "tracking_number": "HW0000000001"}
    whole |= {"return_id": desk.return_id, "milestone": reached, "occurred_at": now()}
    return MilestoneReachedV1(**(whole | changes))


def parcel_lost(desk: Desk) -> Message:
    """The carrier cannot find the parcel."""
    return ParcelInTroubleV1(
        return_id=desk.return_id,
        parcel_id=new_id(),
        parcel=1,
        tracking_number="HW0000000001",
        trouble="lost",
        occurred_at=now(),
    )


def settled(desk: Desk, resolution: Resolution = Resolution.REFUND, amount: int = 4500) -> Message:
    """The shopper was given this."""
    return SettlementSucceededV1(
        return_id=desk.return_id,
        settlement_id=new_id(),
        line_ids=(LINE,),
        resolution=resolution,
        amount=Money(amount=amount, currency="GBP"),
        reference="gid://shopify/Refund/1",
    )


def reminded(desk: Desk, awaiting: str, reminded: str = SHOPPER) -> Message:
    """The return waits, and whoever it waits for is reminded."""
    until = now() + timedelta(days=4) if reminded == SHOPPER else None
    return ReminderDueV1(**for_review(desk), awaiting=awaiting, reminded=reminded, until=until)


def cancelled(desk: Desk) -> Message:
    """The shopper called it off."""
    return ReturnCancelledV1(**of_return(desk), order_id=new_id(), by="shopper")


def expired(desk: Desk) -> Message:
    """Nothing came in time."""
    return ReturnExpiredV1(**of_return(desk), order_id=new_id(), awaiting="awaiting_dropoff")


def closed(desk: Desk) -> Message:
    """A person closed it."""
    return ReturnClosedV1(**of_return(desk), by_hand=True, words="Settled in our shop in Leeds.")


def ended(desk: Desk) -> Message:
    """It came to its end by itself."""
    return ReturnClosedV1(**of_return(desk))


def withdrawn(desk: Desk) -> Message:
    """The shopper withdrew from the purchase."""
    return WithdrawalDeclaredV1(**of_return(desk), declared_at=now(), line_ids=(LINE,))


def of_intake(desk: Desk) -> dict[str, object]:
    """What names a request that was kept, under the id that the desk's return would have."""
    return {
        "intake_id": desk.return_id,
        "number": "Q-4XW8TN",
        "contact": desk.shopper,
        "order_number": "AL-1001",
    }


def intake_kept(desk: Desk) -> Message:
    """A request is kept."""
    return IntakeKeptV1(**of_intake(desk))


def intake_matched(desk: Desk) -> Message:
    """Its order was found."""
    return IntakeMatchedV1(**of_intake(desk), go_on_url=GO_ON, can=("Linen camp shirt",), cannot=("Wool scarf: sale",))


def intake_unmatched(desk: Desk) -> Message:
    """It was not."""
    return IntakeUnmatchedV1(**of_intake(desk))


def staff_link(desk: Desk, purpose: StaffLinkPurpose, *, lives: timedelta = timedelta(days=2)) -> Message:
    """One of the staff gets a link."""
    return StaffLinkIssuedV1(
        email=desk.team, purpose=purpose, role="agent", url=DOOR, expires_at=now() + lives, by="Ana"
    )


@dataclass(frozen=True)
class Told:
    """A fact, the template of the mail it makes, who gets it, and what that says in text and HTML."""

    fact: Callable[[Desk], Message]
    template: str
    to: str = SHOPPER
    says: tuple[str, ...] = field(default=(STATUS,))


TOLD = {
    "we are looking at it": Told(held, "review_pending"),
    "decide on it": Told(held, "review_due", TEAM, (MANAGE, "Linen camp shirt", "Does not fit", "£45.00")),
    "a question": Told(asked, "information_requested", says=("Which seam is torn?", STATUS)),
    "an answer": Told(answered, "information_received", TEAM, ("The left one.", MANAGE)),
    "accepted": Told(approved, "accepted"),
    "rejected": Told(rejected, "rejected", says=("The shirt was worn.", STATUS)),
    "a fee": Told(fee_requested, "fee_requested", says=("£2.95", STATUS)),
    "a fee not paid": Told(fee_failed, "fee_failed"),
    "a fee given back": Told(fee_refunded, "fee_refunded", says=("£2.95", STATUS)),
    "an exchange that costs more": Told(
        difference_requested, "difference_requested", says=("£2.95", "Linen camp shirt")
    ),
    "an exchange not paid": Told(
        lambda desk: fee_failed(desk).model_copy(update={"line_id": LINE}), "fee_failed", says=("exchange", STATUS)
    ),
    "an exchange given back": Told(
        lambda desk: fee_refunded(desk).model_copy(update={"line_id": LINE}), "fee_refunded", says=("exchange", "£2.95")
    ),
    "held on the card": Told(lambda desk: hold(desk, HoldPlacedV1), "hold_placed", says=("£2.95", "held")),
    "taken from the card": Told(lambda desk: hold(desk, HoldCapturedV1), "hold_captured", says=("£2.95", "taken")),
    "a label refused": Told(label_refused, "label_delayed"),
    "a label unknown": Told(label_unknown, "label_delayed"),
    "on its way": Told(lambda desk: milestone(desk, Milestone.ACCEPTED), "in_transit", says=("HW0000000001", STATUS)),
    "arrived": Told(lambda desk: milestone(desk, Milestone.HUB_RECEIVED), "arrived"),
    "lost": Told(parcel_lost, "parcel_in_trouble"),
    "refunded": Told(settled, "refunded", says=("£45.00", STATUS)),
    "refunded in part": Told(lambda desk: settled(desk, amount=3000), "refunded", says=("£30.00", "£45.00", "less")),
    "credited": Told(lambda desk: settled(desk, Resolution.STORE_CREDIT), "credited", says=("£45.00", STATUS)),
    "exchanged": Told(lambda desk: settled(desk, Resolution.EXCHANGE), "exchanged"),
    "drop it off": Told(lambda desk: reminded(desk, "awaiting_dropoff"), "reminder"),
    "answer us": Told(lambda desk: reminded(desk, "awaiting_information"), "reminder"),
    "decide now": Told(lambda desk: reminded(desk, "awaiting_review", "agent"), "staff_reminder", TEAM, (MANAGE,)),
    "cancelled": Told(cancelled, "cancelled"),
    "expired": Told(expired, "expired"),
    "closed": Told(closed, "closed", says=("Settled in our shop in Leeds.", STATUS)),
    "ended with nothing given": Told(ended, "closed"),
    "taken up again": Told(lambda desk: approved(desk, reviewed=False, attempt=2), "accepted"),
    "withdrawn": Told(withdrawn, "withdrawal_received", says=("Linen camp shirt", "UTC", "AL-1001")),
}
OF_NO_RETURN = {
    "kept": Told(intake_kept, "intake_kept", says=("Q-4XW8TN", "AL-1001")),
    "matched": Told(intake_matched, "intake_matched", says=(GO_ON, "Linen camp shirt", "Wool scarf: sale")),
    "unmatched": Told(intake_unmatched, "intake_unmatched", says=("Q-4XW8TN", "AL-1001")),
    "invited": Told(lambda desk: staff_link(desk, StaffLinkPurpose.INVITE), "staff_invited", TEAM, (DOOR, "Ana")),
    "reset": Told(lambda desk: staff_link(desk, StaffLinkPurpose.RESET), "access_reset", TEAM, (DOOR,)),
}
