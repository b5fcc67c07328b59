"""The mails of the label's fee, the label, the parcel and the money."""

from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, FeeRefundedV1, FeeWaivedV1
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from libs.contracts.values import Milestone, Resolution
from services.notifications.domain.mails import Details, Happened, News, Notice, Template, What


def of_fee_settled(fact: Envelope[FeePaidV1] | Envelope[FeeWaivedV1]) -> News:
    """Nothing is left to pay. No mail: the label comes next."""
    settled = Happened(What.FEE_SETTLED, fact.time)
    if isinstance(fact.data, FeePaidV1):
        return News((settled, Happened(What.FEE_PAID, fact.time)))
    return News((settled,))


def of_fee_failed(fact: Envelope[FeeFailedV1]) -> News:
    """The payment did not go through. Once for each cause: a card declined three times is one mail."""
    part = f"{fact.data.charge_id} {fact.data.reason}"
    details = Details(reason=fact.data.reason)
    return News(notices=(Notice(Template.FEE_FAILED, part, fact.time, details=details),))


def of_fee_refunded(fact: Envelope[FeeRefundedV1]) -> News:
    """The label's fee is on its way back."""
    notice = Notice(Template.FEE_REFUNDED, str(fact.data.charge_id), fact.time, amount=fact.data.amount)
    return News(notices=(notice,))


def of_label(fact: Envelope[LabelIssuedV1]) -> News:
    """A parcel's label, with its document."""
    issued = fact.data
    parcel = _parcel(issued.parcel, issued.attempt)
    notice = Notice(
        Template.LABEL_READY,
        parcel,
        fact.time,
        about=parcel,
        tracking_number=issued.tracking_number,
        document_id=issued.document_id,
        details=Details(parcel=issued.parcel, attempt=issued.attempt),
    )
    return News((Happened(What.LABELLED, fact.time, parcel),), (notice,))


def of_label_trouble(fact: Envelope[LabelRefusedV1] | Envelope[LabelOutcomeUnknownV1]) -> News:
    """The label takes longer, whatever is wrong with it: told once, however many parcels are waiting."""
    trouble = fact.data
    parcel = _parcel(trouble.parcel, trouble.attempt)
    return News(notices=(Notice(Template.LABEL_DELAYED, f"attempt {trouble.attempt}", fact.time, about=parcel),))


def of_milestone(fact: Envelope[MilestoneReachedV1]) -> News:
    """The first scan and the arrival. An implied one makes no mail: the scan that proves it has its own."""
    reached, parcel = fact.data, _parcel(fact.data.parcel)
    if reached.milestone is Milestone.LABEL_CREATED:
        return News()
    happened = [Happened(What.MOVING, reached.occurred_at, parcel)]
    if reached.milestone is Milestone.HUB_RECEIVED:
        happened.append(Happened(What.ARRIVED, reached.occurred_at, parcel))
    template = _TOLD.get(reached.milestone)
    if template is None or reached.implied:
        return News(tuple(happened))
    if template is Template.IN_TRANSIT:
        happened.append(Happened(What.SCANNED, reached.occurred_at, parcel))
    notice = Notice(template, parcel, reached.occurred_at, about=parcel, tracking_number=reached.tracking_number)
    return News(tuple(happened), (notice,))


# The first scan may be any carrier's "in transit": whichever of the two is seen makes the one mail.
_TOLD = {
    Milestone.ACCEPTED: Template.IN_TRANSIT,
    Milestone.IN_TRANSIT: Template.IN_TRANSIT,
    Milestone.HUB_RECEIVED: Template.ARRIVED,
}


def of_parcel_trouble(fact: Envelope[ParcelInTroubleV1]) -> News:
    """Something happened to the parcel on its way: once for each kind of trouble."""
    trouble, parcel = fact.data, _parcel(fact.data.parcel)
    notice = Notice(
        Template.PARCEL_IN_TROUBLE,
        f"{parcel} {trouble.trouble}",
        trouble.occurred_at,
        about=parcel,
        tracking_number=trouble.tracking_number,
        details=Details(reason=trouble.trouble),
    )
    return News(notices=(notice,))


def of_settlement(fact: Envelope[SettlementSucceededV1]) -> News:
    """What the shopper was given. `none` gives nothing: the end of the return tells that."""
    settled = fact.data
    template, about = _GIVEN.get(settled.resolution), str(settled.settlement_id)
    if template is None:
        return News()
    notice = Notice(template, about, fact.time, amount=settled.amount, details=Details(line_ids=settled.line_ids))
    return News((Happened(What.SETTLED, fact.time, about),), (notice,))


_GIVEN = {
    Resolution.REFUND: Template.REFUNDED,
    Resolution.STORE_CREDIT: Template.CREDITED,
    Resolution.EXCHANGE: Template.EXCHANGED,
}


def _parcel(number: int, attempt: int = 1) -> str:
    return f"parcel {number}" if attempt == 1 else f"parcel {number}, attempt {attempt}"
