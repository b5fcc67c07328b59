"""The entrypoints of notifications: what the shopper and the staff are told."""

from libs.chassis import crash
from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.outside import Declined
from libs.chassis.rpc import ask
from libs.chassis.settings import load
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import (
    DocumentForm,
    DocumentV1,
    GetDocumentV1,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
)
from libs.contracts.notifications import ResendLabelV1, ResentV1
from libs.contracts.notifications_persons import ExportPersonV1, PersonDataV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.orders_persons import PersonErasedV1
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
    RetailerChangedV1,
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    ReturnHeldForReviewV1,
    ReturnRejectedV1,
    ReturnSubmittedV1,
    StaffLinkIssuedV1,
    WithdrawalDeclaredV1,
)
from libs.contracts.portal_cancelling import CancellationClosedV1, CancellationRequestedV1
from libs.contracts.portal_lookups import LookupCodeIssuedV1
from libs.contracts.portal_persons import PersonExportReadyV1, PersonReminderDueV1
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from services.notifications import domain
from services.notifications.domain import Mail
from services.notifications.domain.ways import BY_CODE
from services.notifications.letters import BadAddress, Enclosed, write
from services.notifications.outside import MailServer
from services.notifications.photos import fetch
from services.notifications.settings import NotificationsSettings
from services.notifications.store import Mails
from services.notifications.store.persons import Persons
from services.notifications.store.resends import Resends


class NotificationsService:
    """Makes mails of the facts that people wait for, and hands them to the mail server."""

    name = "notifications"
    mails = Mails()
    persons = Persons()
    resends = Resends()

    @handles(RetailerChangedV1)
    def on_retailer_changed(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Mails written from now on wear the new look."""
        self.mails.keep_look(fact)

    @handles(ReturnSubmittedV1)
    def on_return_submitted(self, fact: Envelope[ReturnSubmittedV1]) -> None:
        """The shopper is known, and told that the return is booked."""
        self.mails.welcome(fact, domain.of_submission(fact))

    @handles(ReturnHeldForReviewV1)
    def on_return_held_for_review(self, fact: Envelope[ReturnHeldForReviewV1]) -> None:
        """The shopper is told that a person looks at it, and that person is asked to."""
        self.mails.tell(fact, fact.data.return_id, domain.of_hold(fact))

    @handles(InformationRequestedV1)
    def on_information_requested(self, fact: Envelope[InformationRequestedV1]) -> None:
        """The shopper is asked for something."""
        self.mails.tell(fact, fact.data.return_id, domain.of_question(fact))

    @handles(InformationReceivedV1)
    def on_information_received(self, fact: Envelope[InformationReceivedV1]) -> None:
        """The staff get the shopper's answer."""
        self.mails.tell(fact, fact.data.return_id, domain.of_information(fact))

    @handles(ReturnApprovedV1)
    def on_return_approved(self, fact: Envelope[ReturnApprovedV1]) -> None:
        """A decision that was waited for is told, and how to send where there is no label."""
        self.mails.tell(fact, fact.data.return_id, domain.of_approval(fact))

    @handles(ReturnRejectedV1)
    def on_return_rejected(self, fact: Envelope[ReturnRejectedV1]) -> None:
        """The shopper is told why not."""
        self.mails.tell(fact, fact.data.return_id, domain.of_rejection(fact))

    @handles(FeeRequestedV1)
    def on_fee_requested(self, fact: Envelope[FeeRequestedV1]) -> None:
        """The shopper gets the way to pay, where there is something to pay."""
        self.mails.tell(fact, fact.data.return_id, domain.of_fee_request(fact))

    @handles(FeePaidV1)
    def on_fee_paid(self, fact: Envelope[FeePaidV1]) -> None:
        """Nobody is asked to pay any more."""
        self.mails.tell(fact, fact.data.return_id, domain.of_fee_settled(fact))

    @handles(FeeWaivedV1)
    def on_fee_waived(self, fact: Envelope[FeeWaivedV1]) -> None:
        """Nobody is asked to pay any more."""
        self.mails.tell(fact, fact.data.return_id, domain.of_fee_settled(fact))

    @handles(FeeFailedV1)
    def on_fee_failed(self, fact: Envelope[FeeFailedV1]) -> None:
        """The shopper is told that the payment did not go through."""
        self.mails.tell(fact, fact.data.return_id, domain.of_fee_failed(fact))

    @handles(FeeRefundedV1)
    def on_fee_refunded(self, fact: Envelope[FeeRefundedV1]) -> None:
        """The shopper is told that the fee comes back."""
        self.mails.tell(fact, fact.data.return_id, domain.of_fee_refunded(fact))

    @handles(DifferenceRequestedV1)
    def on_difference_requested(self, fact: Envelope[DifferenceRequestedV1]) -> None:
        """The shopper is told what the exchange costs more."""
        self.mails.tell(fact, fact.data.return_id, domain.of_difference_request(fact))

    @handles(HoldPlacedV1)
    def on_hold_placed(self, fact: Envelope[HoldPlacedV1]) -> None:
        """The shopper is told what is held on the card, and that the exchange is made at once."""
        self.mails.tell(fact, fact.data.return_id, domain.of_card_hold(fact))

    @handles(HoldCapturedV1)
    def on_hold_captured(self, fact: Envelope[HoldCapturedV1]) -> None:
        """The shopper is told that what was held is taken."""
        self.mails.tell(fact, fact.data.return_id, domain.of_card_hold(fact))

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The label is on its way to the shopper."""
        self.mails.tell(fact, fact.data.return_id, domain.of_label(fact))

    @handles(LabelRefusedV1)
    def on_label_refused(self, fact: Envelope[LabelRefusedV1]) -> None:
        """The shopper is told that the label takes longer."""
        self.mails.tell(fact, fact.data.return_id, domain.of_label_trouble(fact))

    @handles(LabelOutcomeUnknownV1)
    def on_label_outcome_unknown(self, fact: Envelope[LabelOutcomeUnknownV1]) -> None:
        """The shopper is told that the label takes longer."""
        self.mails.tell(fact, fact.data.return_id, domain.of_label_trouble(fact))

    @handles(MilestoneReachedV1)
    def on_milestone_reached(self, fact: Envelope[MilestoneReachedV1]) -> None:
        """The first scan and the arrival are told."""
        self.mails.tell(fact, fact.data.return_id, domain.of_milestone(fact))

    @handles(ParcelInTroubleV1)
    def on_parcel_in_trouble(self, fact: Envelope[ParcelInTroubleV1]) -> None:
        """The shopper is told that the parcel is looked for."""
        self.mails.tell(fact, fact.data.return_id, domain.of_parcel_trouble(fact))

    @handles(SettlementSucceededV1)
    def on_settlement_succeeded(self, fact: Envelope[SettlementSucceededV1]) -> None:
        """The shopper is told what was given."""
        self.mails.tell(fact, fact.data.return_id, domain.of_settlement(fact))

    @handles(ReminderDueV1)
    def on_reminder_due(self, fact: Envelope[ReminderDueV1]) -> None:
        """Whoever is waited for is reminded."""
        self.mails.tell(fact, fact.data.return_id, domain.of_reminder(fact))

    @handles(ReturnCancelledV1)
    def on_return_cancelled(self, fact: Envelope[ReturnCancelledV1]) -> None:
        """The shopper is told that it is called off."""
        self.mails.tell(fact, fact.data.return_id, domain.of_cancellation(fact))

    @handles(ReturnExpiredV1)
    def on_return_expired(self, fact: Envelope[ReturnExpiredV1]) -> None:
        """The shopper is told that nothing came in time."""
        self.mails.tell(fact, fact.data.return_id, domain.of_expiry(fact))

    @handles(ReturnClosedV1)
    def on_return_closed(self, fact: Envelope[ReturnClosedV1]) -> None:
        """The shopper is told where a person closed it."""
        self.mails.tell(fact, fact.data.return_id, domain.of_closing(fact))

    @handles(WithdrawalDeclaredV1)
    def on_withdrawal_declared(self, fact: Envelope[WithdrawalDeclaredV1]) -> None:
        """The shopper gets the acknowledgement that the law asks for."""
        self.mails.tell(fact, fact.data.return_id, domain.of_withdrawal(fact))

    @handles(IntakeKeptV1)
    def on_intake_kept(self, fact: Envelope[IntakeKeptV1]) -> None:
        """The shopper is told that the request is kept."""
        self.mails.tell(fact, fact.data.intake_id, domain.of_intake_kept(fact))

    @handles(IntakeMatchedV1)
    def on_intake_matched(self, fact: Envelope[IntakeMatchedV1]) -> None:
        """The shopper is told where to go on."""
        self.mails.tell(fact, fact.data.intake_id, domain.of_intake_matched(fact))

    @handles(IntakeUnmatchedV1)
    def on_intake_unmatched(self, fact: Envelope[IntakeUnmatchedV1]) -> None:
        """The shopper is told that no order was found."""
        self.mails.tell(fact, fact.data.intake_id, domain.of_intake_unmatched(fact))

    @handles(CancellationRequestedV1)
    def on_cancellation_requested(self, fact: Envelope[CancellationRequestedV1]) -> None:
        """The shopper is told that it is asked for, where it takes longer than a moment."""
        self.mails.tell(fact, fact.data.cancellation_id, domain.of_cancellation_request(fact))

    @handles(CancellationClosedV1)
    def on_cancellation_closed(self, fact: Envelope[CancellationClosedV1]) -> None:
        """The shopper is told what became of it."""
        self.mails.tell(fact, fact.data.cancellation_id, domain.of_cancellation_end(fact))

    @handles(LookupCodeIssuedV1)
    def on_lookup_code_issued(self, fact: Envelope[LookupCodeIssuedV1]) -> None:
        """Whoever looks for an order by its postcode gets the code that opens it."""
        self.mails.tell(fact, fact.id, domain.of_lookup_code(fact))

    @handles(StaffLinkIssuedV1)
    def on_staff_link_issued(self, fact: Envelope[StaffLinkIssuedV1]) -> None:
        """One of the staff gets a link that works once."""
        self.mails.tell(fact, fact.id, domain.of_staff_link(fact))

    @handles(PersonExportReadyV1)
    def on_person_export_ready(self, fact: Envelope[PersonExportReadyV1]) -> None:
        """The retailer gets the link to a person's data."""
        self.mails.tell(fact, fact.id, domain.of_person_export(fact))

    @handles(PersonReminderDueV1)
    def on_person_reminder_due(self, fact: Envelope[PersonReminderDueV1]) -> None:
        """The retailer is told that time runs out."""
        self.mails.tell(fact, fact.id, domain.of_person_reminder(fact))

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """No mail tells any more whom it was for."""
        self.persons.erase(fact)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(ResendLabelV1)
    def resend_label(self, call: Call[ResentV1]) -> ResentV1:
        """The label's mail, planned once more."""
        return self.resends.resend(call.retailer_id, call.data)

    @works("mails")
    def send(self, claim: Claim) -> None:
        """Write one mail, hand it over and record how it went."""
        mail = self.mails.open(claim.retailer_id, claim.subject)
        if mail is None:
            return
        try:
            letter = write(mail, enclosed=self._enclosed(claim, mail), now=now())
            self.mails.sending(claim.retailer_id, mail.id)
            MailServer(load(NotificationsSettings)).send(letter)
        except (Declined, BadAddress) as refused:
            crash.point("notifications.after_call")
            self.mails.refused(claim.retailer_id, mail, str(refused))
            return
        crash.point("notifications.after_call")
        self.mails.delivered(claim.retailer_id, mail)

    @staticmethod
    def _enclosed(claim: Claim, mail: Mail) -> Enclosed:
        labels: tuple[DocumentV1, ...] = ()
        code = None
        if mail.notice.document_id is not None:
            by_code = mail.notice.details.method in BY_CODE
            form = DocumentForm.QR_PNG if by_code else DocumentForm.LABEL
            found = ask(claim.retailer_id, GetDocumentV1(document_id=mail.notice.document_id, form=form), timeout=5)
            labels, code = ((), found) if by_code else ((found,), None)
        shown = fetch(claim.retailer_id, mail.notice.details.photo_ids, tries=claim.tries)
        return Enclosed(labels=labels, code=code, photos=shown.photos, photos_left_out=shown.left_out)
