"""Gift cards and store credit at the shop: the requests that give them, and how they are found again."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from libs.contracts.values import Money
from services.orders.domain import money
from services.orders.domain.jobs import Request
from services.orders.domain.matching import ShopCard, ShopCredit
from services.orders.outside.admin import AdminClient, JsonObject
from services.orders.outside.returns import amount_of, ending


@dataclass(frozen=True, slots=True)
class CreditAccount:
    """Whose store credit an order's is, None for an order of nobody the shop knows, and the credits given lately."""

    customer: str | None
    credits: tuple[ShopCredit, ...]


def carding(value: Money, *, code: str, expires_on: date | None, note: str) -> Request:
    """Make a gift card with our own `code`, by which it is found again."""
    asked: JsonObject = {"initialAmount": amount_of(value), "note": note}
    if expires_on:
        asked["expiresOn"] = expires_on.isoformat()
    return Request("GiftCardCreate", {"input": asked}, code=code)


def read_cards(client: AdminClient, code: str) -> tuple[ShopCard, ...]:
    """The gift cards that the shop finds by `code`."""
    return tuple(card(node) for node in client.ask("GiftCardByCode", code=code)["giftCards"]["nodes"])


def card(told: JsonObject) -> ShopCard:
    """A gift card as the API tells it."""
    value = told["initialValue"]
    worth = money.minor(value["amount"], value["currencyCode"])
    return ShopCard(told["id"], worth, told["note"] or "", told["lastCharacters"])


def crediting(customer: str, amount: Money, *, expires_on: date | None, before: tuple[ShopCredit, ...]) -> Request:
    """Credit a customer's account; `before` are the credits that were there."""
    asked = {"creditAmount": amount_of(amount), "notify": False} | ending(expires_on)
    return Request("StoreCreditCredit", {"id": customer, "creditInput": asked}, {credit.id: 1 for credit in before})


def read_credits(client: AdminClient, shop_order_id: str) -> CreditAccount:
    """The store credit of the order's customer."""
    order = client.ask("StoreCreditLedger", orderId=shop_order_id)["order"]
    if order is None or order["customer"] is None:
        return CreditAccount(None, ())
    accounts = order["customer"]["storeCreditAccounts"]["nodes"]
    moves = [move for account in accounts for move in account["transactions"]["nodes"]]
    credits = tuple(_credit(move) for move in moves if move["__typename"] == "StoreCreditAccountCreditTransaction")
    return CreditAccount(order["customer"]["id"], credits)


def _credit(told: JsonObject) -> ShopCredit:
    amount, ends = told["amount"], told["expiresAt"]
    expires_on = datetime.fromisoformat(ends).astimezone(UTC).date() if ends else None
    return ShopCredit(told["id"], money.minor(amount["amount"], amount["currencyCode"]), expires_on)
