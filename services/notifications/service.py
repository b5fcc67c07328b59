"""The entrypoints of notifications: what the shopper is told."""

from libs.chassis import crash
from libs.chassis.bus import handles, works
from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.outside import Declined
from libs.chassis.rpc import ask
from libs.chassis.settings import load
from libs.contracts.base import Envelope
from libs.contracts.labels import DocumentV1, GetDocumentV1, LabelIssuedV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.portal import RetailerChangedV1, ReturnSubmittedV1
from libs.contracts.tracking import MilestoneReachedV1
from services.notifications import domain
from services.notifications.domain import Mail
from services.notifications.letters import BadAddress, write
from services.notifications.outside import MailServer
from services.notifications.settings import NotificationsSettings
from services.notifications.store import Mails


class NotificationsService:
    """Makes a mail of each fact that a shopper waits for, and hands it to the mail server."""

    name = "notifications"
    mails = Mails()

    @handles(RetailerChangedV1)
    def on_retailer_changed(self, fact: Envelope[RetailerChangedV1]) -> None:
        """Mails written from now on wear the new look."""
        self.mails.keep_look(fact)

    @handles(ReturnSubmittedV1)
    def on_return_submitted(self, fact: Envelope[ReturnSubmittedV1]) -> None:
        """The shopper is known, and told that the return is booked."""
        self.mails.welcome(fact)

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The label is on its way to the shopper."""
        self.mails.plan(fact, domain.of_label(fact.data, fact.time))

    @handles(MilestoneReachedV1)
    def on_milestone_reached(self, fact: Envelope[MilestoneReachedV1]) -> None:
        """The first scan and the arrival are told."""
        self.mails.plan(fact, domain.of_milestone(fact.data))

    @handles(SettlementSucceededV1)
    def on_settlement_succeeded(self, fact: Envelope[SettlementSucceededV1]) -> None:
        """The refund is told."""
        self.mails.plan(fact, domain.of_settlement(fact.data, fact.time))

    @works("mails")
    def send(self, claim: Claim) -> None:
        """Write one message, hand it over and record how it went."""
        mail = self.mails.open(claim.retailer_id, claim.subject)
        if mail is None:
            return
        try:
            letter = write(mail, labels=self._labels(claim, mail), now=now())
            self.mails.sending(claim.retailer_id, mail.id)
            MailServer(load(NotificationsSettings)).send(letter)
        except (Declined, BadAddress) as refused:
            crash.point("notifications.after_call")
            self.mails.refused(claim.retailer_id, mail, str(refused))
            return
        crash.point("notifications.after_call")
        self.mails.delivered(claim.retailer_id, mail)

    @staticmethod
    def _labels(claim: Claim, mail: Mail) -> tuple[DocumentV1, ...]:
        if mail.notice.document_id is None:
            return ()
        return (ask(claim.retailer_id, GetDocumentV1(document_id=mail.notice.document_id), timeout=5),)
