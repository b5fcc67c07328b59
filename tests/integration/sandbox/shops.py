"""A sandbox shop in hand: no port, a clock that stands still, and the few documents that a return needs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.sandbox import postman
from deploy.sandbox.memory import Memory
from deploy.sandbox.postman import Postman
from deploy.sandbox.shopify import store
from deploy.sandbox.shopify.catalogue import ALDER, Shop
from deploy.sandbox.shopify.execution import Asked, answer
from deploy.sandbox.shopify.gid import gid
from deploy.sandbox.shopify.ordering import LineAsked, OrderAsked, place, ship
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.queries import Caller
from deploy.sandbox.shopify.store import ShopStore
from deploy.sandbox.shopify.webhooks import Webhooks

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOO_BIG = "gid://shopify/ReturnReasonDefinition/8"
PICTURES = "http://pictures.example"

RETURN = """
  id name status totalQuantity closedAt
  returnLineItems(first: 9) { nodes { id quantity processedQuantity unprocessedQuantity refundedQuantity
    returnReasonNote returnReasonDefinition { handle } } }
  reverseFulfillmentOrders(first: 2) { nodes { id status
    lineItems(first: 9) { nodes { id totalQuantity dispositions { type quantity } } }
    reverseDeliveries(first: 9) { nodes { id deliverable { ... on ReverseDeliveryShippingDeliverable {
      label { publicFileUrl } tracking { number url carrierName } } } } } } }
  refunds(first: 9) { nodes { id note totalRefundedSet { shopMoney { amount currencyCode } } } }
"""
ERRORS = "userErrors { field message code }"
CREATE = f"mutation M($it: ReturnInput!) {{ returnCreate(returnInput: $it) {{ return {{ {RETURN} }} {ERRORS} }} }}"
PROCESS = f"mutation M($it: ReturnProcessInput!) {{ returnProcess(input: $it) {{ return {{ {RETURN} }} {ERRORS} }} }}"
CLOSE = f"mutation M($it: ID!) {{ returnClose(id: $it) {{ return {{ {RETURN} }} {ERRORS} }} }}"
CANCEL = f"mutation M($it: ID!) {{ returnCancel(id: $it) {{ return {{ {RETURN} }} {ERRORS} }} }}"
REOPEN = f"mutation M($it: ID!) {{ returnReopen(id: $it) {{ return {{ {RETURN} }} {ERRORS} }} }}"
REMOVE = f"""mutation M($it: ID!, $lines: [ReturnLineItemRemoveFromReturnInput!]) {{
  removeFromReturn(returnId: $it, returnLineItems: $lines) {{ return {{ {RETURN} }} {ERRORS} }} }}"""
ATTACH = f"""mutation M($order: ID!, $lines: [ReverseDeliveryLineItemInput!]!, $tracking: ReverseDeliveryTrackingInput,
    $label: ReverseDeliveryLabelInput) {{
  reverseDeliveryCreateWithShipping(reverseFulfillmentOrderId: $order, reverseDeliveryLineItems: $lines,
    trackingInput: $tracking, labelInput: $label, notifyCustomer: false) {{
    reverseDelivery {{ id deliverable {{ ... on ReverseDeliveryShippingDeliverable {{
      label {{ publicFileUrl }} tracking {{ number carrierName }} }} }}
      reverseDeliveryLineItems(first: 9) {{ nodes {{ quantity }} }} }} {ERRORS} }} }}"""
RELABEL = f"""mutation M($it: ID!, $tracking: ReverseDeliveryTrackingInput) {{
  reverseDeliveryShippingUpdate(reverseDeliveryId: $it, trackingInput: $tracking, notifyCustomer: false) {{
    reverseDelivery {{ id deliverable {{ ... on ReverseDeliveryShippingDeliverable {{ tracking {{ number }} }} }} }}
    {ERRORS} }} }}"""
STATE = f"query Q($it: ID!) {{ return(id: $it) {{ {RETURN} }} }}"
RETURNABLE = """query Q($it: ID!) { returnableFulfillments(orderId: $it, first: 9) { nodes {
  returnableFulfillmentLineItems(first: 9) { nodes { quantity fulfillmentLineItem { id lineItem { sku } } } } } } }"""
MONEY = """query Q($it: ID!) { order(id: $it) { displayFinancialStatus returnStatus
  netPaymentSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
  transactions(first: 9) { id kind amountSet { shopMoney { amount } } parentTransaction { id } } } }"""


class ShopInHand:
    """One shop over a memory in `folder`; made again over the same folder it is the shop after a restart."""

    def __init__(self, folder: Path, shop: Shop = ALDER) -> None:
        self.memory = Memory(folder / "shop.sqlite", store.SCHEMA + postman.SCHEMA)
        self.store = ShopStore(self.memory, clock=lambda: NOON)
        self.postman = Postman(self.memory)
        self.webhooks = Webhooks(self.store, self.postman)
        self.shop = shop

    def sell(self, *lines: tuple[str, int], delivered: bool = True, fulfilled: bool = True, **wishes: Any) -> Order:
        """An order of products and quantities; of two shirts when none are named."""
        wanted = [LineAsked(product=product, quantity=quantity) for product, quantity in lines or (("camp-shirt", 2),)]
        with self.memory.change():
            desk = self.store.desk()
            asked = OrderAsked(shop=self.shop.domain, lines=wanted, **wishes)
            order = place(self.shop, asked, desk=desk, number=self.store.next_order_number(self.shop))
            if fulfilled:
                ship(order, delivered=delivered, desk=desk)
            self.store.save(order)
            self.webhooks.tell_of_order(order)
        return order

    def ask(self, query: str, name: str | None = None, /, **variables: Any) -> dict[str, Any]:
        """The whole body of the answer."""
        return answer(Asked(query, variables, name), Caller(self.shop, self.store, self.webhooks, PICTURES))

    def told(self, query: str, **variables: Any) -> Any:
        """The one root of an answer without errors."""
        body = self.ask(query, **variables)
        assert "errors" not in body, body["errors"]
        (root,) = body["data"].values()
        return root

    def refusal(self, query: str, **variables: Any) -> dict[str, Any]:
        """The one user error with which a mutation was refused."""
        root = self.told(query, **variables)
        (error,) = root["userErrors"]
        assert [value for name, value in root.items() if name != "userErrors"] == [None]
        return error

    def open(self, order: Order, quantity: int = 1) -> dict[str, Any]:
        """A return of some pieces of the order's first line."""
        return self.told(CREATE, it=wish(order, quantity=quantity))["return"]

    def returnable(self, order: Order) -> list[int]:
        """How many pieces of each line may still come back."""
        found = self.told(RETURNABLE, it=gid("Order", order.id))["nodes"]
        return [line["quantity"] for parcel in found for line in parcel["returnableFulfillmentLineItems"]["nodes"]]

    def effects(self) -> list[str]:
        """What the journal says was done."""
        return [entry["effect"] for entry in self.store.journal()]


def wish(order: Order, *, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A ReturnInput for some pieces of the order's first line, too big, unless `more` says otherwise."""
    bought = gid("FulfillmentLineItem", order.fulfilled()[0].id)
    reason = {} if "returnReason" in more else {"returnReasonDefinitionId": TOO_BIG}
    line = {"fulfillmentLineItemId": bought, "quantity": quantity, **reason, **more}
    return {"orderId": gid("Order", order.id), "returnLineItems": [line]}


def removal(opened: dict[str, Any], quantity: int = 1) -> dict[str, Any]:
    """The variables that take some pieces of a return's first line out of it."""
    line = opened["returnLineItems"]["nodes"][0]["id"]
    return {"it": opened["id"], "lines": [{"returnLineItemId": line, "quantity": quantity}]}


def payment(order: Order, opened: dict[str, Any], amount: str, *, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """A ReturnProcessInput that gives `amount` back for some pieces of a return's first line."""
    line = opened["returnLineItems"]["nodes"][0]["id"]
    transaction = {
        "parentId": gid("OrderTransaction", order.transactions[0].id),
        "transactionAmount": {"amount": amount, "currencyCode": order.currency},
    }
    return {
        "returnId": opened["id"],
        "returnLineItems": [{"id": line, "quantity": quantity}],
        "financialTransfer": {"issueRefund": {"orderTransactions": [transaction]}},
        **more,
    }
