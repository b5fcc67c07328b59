"""The mails of the label's fee, the label, the parcel and the money."""

from datetime import UTC, datetime
from uuid import UUID

from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1, LaneMethod
from libs.contracts.notifications import ResendLabelV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, FeeRefundedV1, FeeWaivedV1
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from libs.contracts.values import Contact, Milestone, Money, Resolution
from services.notifications.domain.mails import WHOLE, Details, Happened, News, Notice, Template, What
from services.notifications.domain.ways import BY_CODE


def of_fee_settled(fact: Envelope[FeePaidV1] | Envelope[FeeWaivedV1]) -> News:
    """Nothing is left to pay. No mail: the label comes next."""
    if fact.data.line_id is not None:  # what an exchange costs more
        return News((Happened(What.DIFFERENCE_SETTLED, fact.time, str(fact.data.line_id)),))
    settled = Happened(What.FEE_SETTLED, fact.time)
    if isinstance(fact.data, FeePaidV1):
        return News((settled, Happened(What.FEE_PAID, fact.time)))
    return News((settled,))


def of_fee_failed(fact: Envelope[FeeFailedV1]) -> News:
    """The payment did not go through. Once for each cause: a card declined three times is one mail."""
    part = f"{fact.data.charge_id} {fact.data.reason}"
    details = Details(reason=fact.data.reason, line_ids=_of_line(fact.data))
    about = str(fact.data.line_id or WHOLE)
    return News(notices=(Notice(Template.FEE_FAILED, part, fact.time, about=about, details=details),))


def of_fee_refunded(fact: Envelope[FeeRefundedV1]) -> News:
    """The label's fee, or what was paid for an exchange, is on its way back."""
    details = Details(line_ids=_of_line(fact.data))
    part, amount = str(fact.data.charge_id), fact.data.amount
    return News(notices=(Notice(Template.FEE_REFUNDED, part, fact.time, amount=amount, details=details),))


def _of_line(fee: FeeFailedV1 | FeeRefundedV1) -> tuple[UUID, ...]:
    """The line whose exchange it is about; none where it is about the label."""
    return (fee.line_id,) if fee.line_id is not None else ()


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
        details=_how(issued),
    )
    given = (What.LABELLED, *((_INSTEAD[issued.method],) if issued.method in _INSTEAD else ()))
    return News(tuple(Happened(what, fact.time, parcel) for what in given), (notice,))


_INSTEAD = dict.fromkeys(BY_CODE, What.CODE_GIVEN) | {LaneMethod.OWN_CARRIER: What.SLIP_GIVEN}


def _how(issued: LabelIssuedV1) -> Details:
    """How the shopper sends the parcel: the hub's address is for who goes there, or sends it there, by themselves."""
    by_themselves = issued.method in {LaneMethod.OWN_CARRIER, LaneMethod.IN_STORE}
    goes = by_themselves or (issued.method is LaneMethod.DROP_OFF and issued.carrier == "own")
    return Details(
        parcel=issued.parcel,
        attempt=issued.attempt,
        method=issued.method,
        where=issued.hub_address if goes else None,
        hours=issued.hub_hours if goes else None,
        service=issued.service,
    )


def of_label_sent(asked: ResendLabelV1, shopper: Contact, *, at: datetime) -> Notice:
    """The same label once more, to the address that staff were given."""
    return Notice(
        Template.LABEL_SENT,
        str(asked.once),
        at,
        about=_parcel(asked.parcel, asked.attempt),
        to=shopper.model_copy(update={"email": asked.to.strip(), "phone": None}),
        tracking_number=asked.tracking_number,
        document_id=asked.document_id,
        details=Details(
            parcel=asked.parcel,
            attempt=asked.attempt,
            method=asked.method,
            where=asked.where,
            hours=asked.hours,
            service=asked.service,
        ),
    )


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
    ends = settled.expires_on
    details = Details(
        line_ids=settled.line_ids,
        bonus=settled.bonus,
        owed=settled.amount,
        last4=settled.credit_code_last4,
        good_until=datetime(ends.year, ends.month, ends.day, tzinfo=UTC) if ends else None,
    )
    notice = Notice(template, about, fact.time, amount=_given(settled), details=details)
    return News((Happened(What.SETTLED, fact.time, about),), (notice,))


def _given(settled: SettlementSucceededV1) -> Money:
    """What the shopper has to spend: what was owed, and what comes on top."""
    extra = settled.bonus.amount if settled.bonus else 0
    return settled.amount.model_copy(update={"amount": settled.amount.amount + extra})


_GIVEN = {
    Resolution.REFUND: Template.REFUNDED,
    Resolution.STORE_CREDIT: Template.CREDITED,
    Resolution.EXCHANGE: Template.EXCHANGED,
}


def _parcel(number: int, attempt: int = 1) -> str:
    return f"parcel {number}" if attempt == 1 else f"parcel {number}, attempt {attempt}"
