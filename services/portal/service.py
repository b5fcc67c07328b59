"""Portal's worker: gives every fact to the return it is about."""

from libs.chassis.bus import handles
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1
from libs.contracts.notifications import MessageBouncedV1, MessageDeliveredV1
from libs.contracts.orders import OrderChangedV1, SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.portal import ReturnClosedV1, ReturnHeldForReviewV1
from libs.contracts.rules import PolicyPublishedV1
from libs.contracts.tracking import MilestoneReachedV1, UnknownParcelScannedV1
from services.portal import domain
from services.portal.store.returns import Returns


class PortalService:
    name = "portal"
    returns = Returns()

    @handles(FeeWaivedV1)
    def on_fee_waived(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(LabelRefusedV1)
    def on_label_refused(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(LabelOutcomeUnknownV1)
    def on_label_outcome_unknown(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(MilestoneReachedV1)
    def on_milestone_reached(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(SettlementSucceededV1)
    def on_settlement_succeeded(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(SettlementRefusedV1)
    def on_settlement_refused(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(SettlementOutcomeUnknownV1)
    def on_settlement_outcome_unknown(self, fact):
        self.returns.change(fact, domain.advance)

    @handles(MessageDeliveredV1)
    def on_message_delivered(self, fact):
        self.returns.record(fact)

    @handles(MessageBouncedV1)
    def on_message_bounced(self, fact):
        self.returns.record(fact)

    @handles(ReturnHeldForReviewV1)
    def on_return_held_for_review(self, fact):
        self.returns.record(fact)

    @handles(ReturnClosedV1)
    def on_return_closed(self, fact):
        self.returns.record(fact)

    @handles(OrderChangedV1)
    def on_order_changed(self, fact):
        self.returns.record(fact)

    @handles(PolicyPublishedV1)
    def on_policy_published(self, fact):
        self.returns.record(fact)

    @handles(UnknownParcelScannedV1)
    def on_unknown_parcel_scanned(self, fact):
        self.returns.record(fact)
