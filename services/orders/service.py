"""The entrypoints of orders: what was bought, and each resolution settled once at the shop."""

from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.logs import log
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import (
    ConnectShopV1,
    FindOrderV1,
    GetOrderV1,
    OrderV1,
    RecordSettlementV1,
    SettlementV1,
    ShopV1,
)
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    SettlementRequestedV1,
    ShopWebhookReceivedV1,
)
from services.orders.connecting import connect_shop
from services.orders.finding import find_order
from services.orders.outside import webhooks
from services.orders.refreshing import refresh
from services.orders.settling import settle
from services.orders.store.byhand import HandRecords
from services.orders.store.index import OrderIndex
from services.orders.store.settlements import Settlements
from services.orders.store.shops import Shops


class OrdersService:
    """Indexes shops' orders, finds them for shoppers, and is the only one to change a return at a shop."""

    name = "orders"
    shops = Shops()
    index = OrderIndex()
    settlements = Settlements()
    hand_records = HandRecords()

    @handles(ShopWebhookReceivedV1)
    def on_shop_webhook_received(self, fact: Envelope[ShopWebhookReceivedV1]) -> None:
        """The payload is indexed; the order is read from the shop after the commit."""
        told = webhooks.read(fact.data.topic, fact.data.body, told_at=fact.data.triggered_at or fact.time)
        if told is None:
            log.info("orders.webhook_ignored", topic=fact.data.topic)
            return
        self.index.hear(fact, told.shop_order_id, told.news)

    @handles(ReturnApprovedV1)
    def on_return_approved(self, fact: Envelope[ReturnApprovedV1]) -> None:
        """The return is opened at the shop."""
        self.settlements.open_return(fact)

    @handles(LabelIssuedV1)
    def on_label_issued(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The parcel's number is put at the shop's return."""
        self.settlements.attach_label(fact)

    @handles(SettlementRequestedV1)
    def on_settlement_requested(self, fact: Envelope[SettlementRequestedV1]) -> None:
        """Goods and money are settled at the shop, then its return is closed."""
        self.settlements.settle(fact)

    @handles(ReturnCancelledV1)
    def on_return_cancelled(self, fact: Envelope[ReturnCancelledV1]) -> None:
        """The shop's return is cancelled, or never opened."""
        self.settlements.call_off(fact)

    @handles(ReturnExpiredV1)
    def on_return_expired(self, fact: Envelope[ReturnExpiredV1]) -> None:
        """As if it were cancelled."""
        self.settlements.call_off(fact)

    @handles(ReturnClosedV1)
    def on_return_closed(self, fact: Envelope[ReturnClosedV1]) -> None:
        """A return of which something was never settled is closed at the shop too."""
        self.settlements.close_return(fact)

    @answers(ConnectShopV1)
    def connect_shop(self, call: Call[ShopV1]) -> ShopV1:
        """The connection, its token tried and kept encrypted."""
        return connect_shop(self.shops, call.retailer_id, call.data)

    @answers(FindOrderV1)
    def find_order(self, call: Call[OrderV1]) -> OrderV1:
        """The order with this number and email."""
        return find_order(self.index, self.shops, call.retailer_id, call.data)

    @answers(GetOrderV1)
    def get_order(self, call: Call[OrderV1]) -> OrderV1:
        """The order as the index has it."""
        return self.index.get(call.retailer_id, call.data.order_id)

    @answers(RecordSettlementV1)
    def record_settlement(self, call: Call[SettlementV1]) -> SettlementV1:
        """The settlements as a person found them at the shop."""
        return self.hand_records.record(call.retailer_id, call.data)

    @works("refreshes")
    def read_again(self, claim: Claim) -> None:
        """An order is read from its shop."""
        refresh(self.index, claim)

    @works("settlements")
    def settle(self, claim: Claim) -> None:
        """One step of a return is done at the shop."""
        settle(self.settlements, claim)
