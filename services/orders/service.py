"""The entrypoints of orders: what was bought, and each resolution settled once at the shop."""

from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.logs import log
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import (
    BeginInstallV1,
    CheckShopV1,
    ConnectNativeShopV1,
    ConnectShopV1,
    DisconnectShopV1,
    ExchangesV1,
    FindOrderV1,
    FinishInstallV1,
    GetExchangesV1,
    GetGiftCardV1,
    GetImportV1,
    GetOrderV1,
    GetShopsV1,
    GiftCardV1,
    ImportV1,
    InstallV1,
    ListOrdersV1,
    OrdersSavedV1,
    OrdersV1,
    OrderV1,
    RecordSettlementV1,
    SaveOrdersV1,
    SettlementV1,
    ShopsV1,
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
from services.orders.choosing import get_exchanges
from services.orders.connecting import (
    begin_install,
    check_shop,
    connect_shop,
    disconnect_shop,
    finish_install,
    get_shops,
)
from services.orders.domain.heard import Heard
from services.orders.domain.products import Product
from services.orders.domain.scans import Kind
from services.orders.finding import find_order
from services.orders.outside import webhooks
from services.orders.refreshing import refresh
from services.orders.scanning import scan
from services.orders.settling import settle
from services.orders.store.byhand import HandRecords
from services.orders.store.index import OrderIndex
from services.orders.store.installs import Installs
from services.orders.store.native import NativeOrders
from services.orders.store.products import Products
from services.orders.store.scans import Scans
from services.orders.store.settlements import Settlements
from services.orders.store.shops import Shops
from services.orders.store.tokens import ABOUT_OUR_APP, Tokens


class OrdersService:
    """Indexes shops' orders, finds them for shoppers, and is the only one to change a return at a shop."""

    name = "orders"
    shops = Shops()
    tokens = Tokens()
    installs = Installs()
    index = OrderIndex()
    products = Products()
    scans = Scans()
    native_orders = NativeOrders()
    settlements = Settlements()
    hand_records = HandRecords()

    @handles(ShopWebhookReceivedV1)
    def on_shop_webhook_received(self, fact: Envelope[ShopWebhookReceivedV1]) -> None:
        """The payload is indexed; the order is read from the shop after the commit."""
        if fact.data.topic in ABOUT_OUR_APP:
            self.tokens.hear(fact)
            return
        told = webhooks.read(fact.data.topic, fact.data.body, told_at=fact.data.triggered_at or fact.time)
        match told:
            case Heard():
                self.index.hear(fact, told)
            case Product():
                self.products.hear(fact, told)
            case None:
                log.info("orders.webhook_ignored", topic=fact.data.topic)

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
        shop = connect_shop(self.shops, call.retailer_id, call.data)
        if call.data.credit_as:
            self.settlements.give_credit_as(call.retailer_id, call.data.credit_as)
        return shop

    @answers(BeginInstallV1)
    def begin_install(self, call: Call[InstallV1]) -> InstallV1:
        """Where the shop asks its owner to let our app in."""
        return begin_install(self.installs, call.retailer_id, call.data)

    @answers(FinishInstallV1)
    def finish_install(self, call: Call[ShopV1]) -> ShopV1:
        """The connection, once what the shop sent back is right."""
        return finish_install(self.shops, self.installs, call.retailer_id, call.data)

    @answers(CheckShopV1)
    def check_shop(self, call: Call[ShopV1]) -> ShopV1:
        """The connection, the shop having answered just now."""
        return check_shop(self.shops, call.retailer_id)

    @answers(DisconnectShopV1)
    def disconnect_shop(self, call: Call[ShopV1]) -> ShopV1:
        """The shop that is called no more."""
        return disconnect_shop(self.shops, call.retailer_id)

    @answers(GetShopsV1)
    def get_shops(self, call: Call[ShopsV1]) -> ShopsV1:
        """The retailer's shops, and what is wrong with them."""
        return get_shops(self.shops, call.retailer_id)

    @answers(FindOrderV1)
    def find_order(self, call: Call[OrderV1]) -> OrderV1:
        """The order with this number and email."""
        return find_order(self.index, self.shops, call.retailer_id, call.data)

    @answers(GetOrderV1)
    def get_order(self, call: Call[OrderV1]) -> OrderV1:
        """The order as the index has it."""
        return self.index.get(call.retailer_id, call.data.order_id)

    @answers(ConnectNativeShopV1)
    def connect_native_shop(self, call: Call[ShopV1]) -> ShopV1:
        """The connection of a retailer that brings its orders itself."""
        shop = self.native_orders.connect(call.retailer_id, call.data.currency)
        return ShopV1(shop_id=shop.id, domain=shop.domain, currency=shop.currency)

    @answers(SaveOrdersV1)
    def save_orders(self, call: Call[OrdersSavedV1]) -> OrdersSavedV1:
        """The orders that a retailer brings, and what saving each of them did."""
        return self.native_orders.save(call.retailer_id, call.data.orders)

    @answers(ListOrdersV1)
    def list_orders(self, call: Call[OrdersV1]) -> OrdersV1:
        """The orders with a number."""
        return self.native_orders.list(call.retailer_id, call.data.number)

    @answers(GetImportV1)
    def get_import(self, call: Call[ImportV1]) -> ImportV1:
        """How far the first reading of the shop's orders is."""
        return self.scans.progress(call.retailer_id)

    @answers(GetExchangesV1)
    def get_exchanges(self, call: Call[ExchangesV1]) -> ExchangesV1:
        """What a line may be exchanged for."""
        return get_exchanges(self.index, self.shops, call.retailer_id, call.data)

    @answers(GetGiftCardV1)
    def get_gift_card(self, call: Call[GiftCardV1]) -> GiftCardV1:
        """The gift card that a settlement gave, with its code."""
        return self.settlements.gift_card(call.retailer_id, call.data.settlement_id)

    @answers(RecordSettlementV1)
    def record_settlement(self, call: Call[SettlementV1]) -> SettlementV1:
        """The settlements as a person found them at the shop."""
        return self.hand_records.record(call.retailer_id, call.data)

    @works("refreshes")
    def read_again(self, claim: Claim) -> None:
        """An order is read from its shop; one that its retailer brought is counted anew."""
        if not self.native_orders.recount(claim.retailer_id, claim.subject):
            refresh(self.index, claim)

    @works("imports")
    def read_orders(self, claim: Claim) -> None:
        """A page of the orders that the shop had before it was connected."""
        scan(self.scans, Kind.IMPORT, claim)

    @works("sweeps")
    def read_changes(self, claim: Claim) -> None:
        """A page of the orders that changed since the last sweep."""
        scan(self.scans, Kind.SWEEP, claim)

    @works("settlements")
    def settle(self, claim: Claim) -> None:
        """One step of a return is done at the shop."""
        settle(self.settlements, claim)
