"""The entrypoints of orders: what was bought, and each resolution settled once at the shop."""

from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.logs import log
from libs.chassis.objects import Objects
from libs.contracts.base import Call, Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import (
    ExchangesV1,
    FindOrderV1,
    GetExchangesV1,
    GetGiftCardV1,
    GetOrderV1,
    GiftCardV1,
    ListOrdersV1,
    OrdersSavedV1,
    OrdersV1,
    OrderV1,
    RecordSettlementV1,
    SaveOrdersV1,
    SettlementV1,
)
from libs.contracts.orders_cancelling import (
    CancellationQuoteV1,
    CancellationV1,
    QuoteCancellationV1,
    RecordCancellationV1,
)
from libs.contracts.orders_persons import (
    BeginPersonRequestV1,
    FindPersonOrdersV1,
    GetPersonExportV1,
    ListPersonRequestsV1,
    PersonExportV1,
    PersonOrdersV1,
    PersonRequestsV1,
    PersonRequestV1,
)
from libs.contracts.orders_quotes import QuoteReturnV1, ReturnQuoteV1
from libs.contracts.orders_shops import (
    BeginInstallV1,
    CheckShopV1,
    ConnectNativeShopV1,
    ConnectShopV1,
    DisconnectShopV1,
    FinishInstallV1,
    GetImportV1,
    GetShopsV1,
    ImportV1,
    InstallV1,
    ShopsV1,
    ShopV1,
)
from libs.contracts.orders_webhooks import GetWebhooksV1, SaveWebhookAddressV1, WebhooksV1
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    SettlementRequestedV1,
    ShopWebhookReceivedV1,
)
from libs.contracts.portal_cancelling import CancellationRequestedV1
from services.orders.cancelling import cancel, quote_cancellation
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
from services.orders.outside import compliance, webhooks
from services.orders.persons import fetch, pursue
from services.orders.quoting import quote_return
from services.orders.refreshing import refresh
from services.orders.scanning import scan
from services.orders.settling import settle
from services.orders.store.byhand import HandRecords
from services.orders.store.cancelling import Cancellations
from services.orders.store.collections import Collections
from services.orders.store.index import OrderIndex
from services.orders.store.installs import Installs
from services.orders.store.native import NativeOrders
from services.orders.store.person_requests import PersonRequests
from services.orders.store.person_rows import PERSONS
from services.orders.store.products import Products
from services.orders.store.scan_plans import WEBHOOKS
from services.orders.store.scans import Scans
from services.orders.store.settlements import Settlements
from services.orders.store.shops import Shops
from services.orders.store.subscriptions import Subscriptions
from services.orders.store.tokens import ABOUT_OUR_APP, Tokens
from services.orders.subscribing import subscribe_all


class OrdersService:
    """Indexes shops' orders, finds them for shoppers, and is the only one to change a return at a shop."""

    name = "orders"
    shops = Shops()
    tokens = Tokens()
    installs = Installs()
    index = OrderIndex()
    products = Products()
    collections = Collections()
    scans = Scans()
    native_orders = NativeOrders()
    settlements = Settlements()
    persons = PersonRequests()
    objects = Objects()
    hand_records = HandRecords()
    cancellations = Cancellations()
    subscriptions = Subscriptions()

    @handles(ShopWebhookReceivedV1)
    def on_shop_webhook_received(self, fact: Envelope[ShopWebhookReceivedV1]) -> None:
        """The payload is indexed; the order is read from the shop after the commit."""
        body = webhooks.body_of(fact.data, self.objects)
        if fact.data.topic in ABOUT_OUR_APP:
            self.tokens.hear(fact)
            return
        if fact.data.topic in compliance.TOPICS:
            self.persons.hear(fact, compliance.read(fact.data.topic, body))
            return
        told = webhooks.read(fact.data.topic, body, told_at=fact.data.triggered_at or fact.time)
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
        self.persons.wake(fact.retailer_id, fact.data.return_id)

    @handles(ReturnExpiredV1)
    def on_return_expired(self, fact: Envelope[ReturnExpiredV1]) -> None:
        """As if it were cancelled."""
        self.settlements.call_off(fact)
        self.persons.wake(fact.retailer_id, fact.data.return_id)

    @handles(ReturnClosedV1)
    def on_return_closed(self, fact: Envelope[ReturnClosedV1]) -> None:
        """A return of which something was never settled is closed at the shop too."""
        self.settlements.close_return(fact)
        self.persons.wake(fact.retailer_id, fact.data.return_id)

    @handles(CancellationRequestedV1)
    def on_cancellation_requested(self, fact: Envelope[CancellationRequestedV1]) -> None:
        """What was not sent is cancelled at the shop."""
        self.cancellations.plan(fact)

    @answers(QuoteReturnV1)
    def quote_return(self, call: Call[ReturnQuoteV1]) -> ReturnQuoteV1:
        """What units that are about to be returned are worth, by our formula and by the shop's."""
        return quote_return(self.cancellations, call.retailer_id, call.data)

    @answers(QuoteCancellationV1)
    def quote_cancellation(self, call: Call[CancellationQuoteV1]) -> CancellationQuoteV1:
        """What would be given back for units that were not sent."""
        return quote_cancellation(self.cancellations, call.retailer_id, call.data)

    @answers(RecordCancellationV1)
    def record_cancellation(self, call: Call[CancellationV1]) -> CancellationV1:
        """The cancellation as a person found it at the shop."""
        return self.cancellations.record(call.retailer_id, call.data)

    @answers(GetWebhooksV1)
    def get_webhooks(self, call: Call[WebhooksV1]) -> WebhooksV1:
        """What the shop tells us of, and what it does not."""
        return self.subscriptions.told(call.retailer_id)

    @answers(SaveWebhookAddressV1)
    def save_webhook_address(self, call: Call[WebhooksV1]) -> WebhooksV1:
        """The same, the shop being asked for its webhooks now."""
        return self.subscriptions.save(call.retailer_id, call.data.address)

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
        return get_exchanges(self.index, self.shops, self.collections, call.retailer_id, call.data)

    @answers(GetGiftCardV1)
    def get_gift_card(self, call: Call[GiftCardV1]) -> GiftCardV1:
        """The gift card that a settlement gave, with its code."""
        return self.settlements.gift_card(call.retailer_id, call.data.settlement_id)

    @answers(RecordSettlementV1)
    def record_settlement(self, call: Call[SettlementV1]) -> SettlementV1:
        """The settlements as a person found them at the shop."""
        return self.hand_records.record(call.retailer_id, call.data)

    @answers(BeginPersonRequestV1)
    def begin_person_request(self, call: Call[PersonRequestV1]) -> PersonRequestV1:
        """The request of one of the staff about a person's data, begun or under way."""
        told = call.data
        request = self.persons.begin_by_hand(call.retailer_id, told.kind, told.email, told.by)
        return PersonRequestV1(request=request)

    @answers(FindPersonOrdersV1)
    def find_person_orders(self, call: Call[PersonOrdersV1]) -> PersonOrdersV1:
        """The orders with an email address."""
        return PersonOrdersV1(order_ids=self.persons.orders_with(call.retailer_id, call.data.email))

    @answers(ListPersonRequestsV1)
    def list_person_requests(self, call: Call[PersonRequestsV1]) -> PersonRequestsV1:
        """The newest requests about persons' data."""
        return PersonRequestsV1(requests=self.persons.list(call.retailer_id))

    @answers(GetPersonExportV1)
    def get_person_export(self, call: Call[PersonExportV1]) -> PersonExportV1:
        """The export of a person's data, while its time lasts."""
        return fetch(self.persons, self.objects, call.retailer_id, call.data.request_id)

    @works(PERSONS)
    def pursue_a_person_request(self, claim: Claim) -> None:
        """One step of a request about a person's data."""
        pursue(self.persons, self.objects, claim)

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

    @works("cancellations")
    def cancel_at_the_shop(self, claim: Claim) -> None:
        """An order, or a part of it, is cancelled at the shop."""
        cancel(self.cancellations, claim)

    @works(WEBHOOKS)
    def subscribe(self, claim: Claim) -> None:
        """The shop is asked for the webhooks that it does not send."""
        subscribe_all(self.subscriptions, claim)
