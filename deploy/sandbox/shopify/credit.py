"""Gift cards and store credit, refused as Shopify refuses. The words marked «recorded» were answered by a live shop."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex
from typing import Any

from graphql import GraphQLResolveInfo

from deploy.sandbox.shopify.amounts import View, money
from deploy.sandbox.shopify.catalogue import Shop
from deploy.sandbox.shopify.gid import gid, number_of
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.pages import page
from deploy.sandbox.shopify.returns import Refused
from deploy.sandbox.shopify.store import ShopStore

LIMIT = 300_000  # a shop's most valuable gift card, in minor units
_CODE = re.compile(r"^[a-z0-9]+$")


@dataclass(frozen=True)
class Till:
    """A shop's gift cards and its customers' store credit."""

    store: ShopStore
    shop: Shop

    def card(self, asked: dict[str, Any]) -> View:
        """A new gift card; raises Refused (recorded, but for the words about expiry)."""
        code = (asked.get("code") or token_hex(8)).lower()
        amount = _amount(self.shop, asked.get("initialAmount"))
        _check_code(code)
        now = self.store.desk().now
        if (expires := asked.get("expiresOn")) is not None and expires < now.date():
            raise Refused(["input", "expiresOn"], "Expires on must be in the future", "INVALID")
        if self._rows("code = ?", code):
            raise Refused(["input", "code"], "Code has already been taken", "TAKEN")
        number = self.store.next_id("GiftCard")
        self.store.memory.run(
            "INSERT INTO gift_cards (id, shop, code, amount, currency, expires_on, note, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            number,
            self.shop.domain,
            code,
            amount,
            self.shop.currency,
            expires.isoformat() if expires else None,
            asked.get("note"),
            now.isoformat(),
        )
        return _card(self._rows("id = ?", number)[0])

    def cards(self, code: str | None = None) -> list[View]:
        """The gift cards of the shop, or those that have just this code."""
        return [_card(row) for row in (self._rows("code = ?", code.lower()) if code else self._rows("1 = 1"))]

    def credit(self, customer: int, amount: int, expires: datetime | None, *, order: Order | None = None) -> View:
        """So much more on a customer's account, in the order's currency where there is one."""
        number = self.store.next_id("StoreCreditAccountTransaction")
        self.store.memory.run(
            "INSERT INTO credits (id, shop, customer_id, amount, currency, expires_at, made_at, order_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            number,
            self.shop.domain,
            customer,
            amount,
            order.currency if order else self.shop.currency,
            expires.isoformat() if expires else None,
            self.store.desk().now.isoformat(),
            order.id if order else None,
        )
        return next(one for one in self.credits(customer) if one["id"] == _credit_id(number))

    def credits(self, customer: int) -> list[View]:
        """Every credit of a customer, oldest first."""
        rows = self.store.memory.rows(
            "SELECT * FROM credits WHERE shop = ? AND customer_id = ? ORDER BY rowid", self.shop.domain, customer
        )
        return [_credit(row) for row in rows]

    def _rows(self, where: str, *values: Any) -> list[Any]:
        return self.store.memory.rows(
            f"SELECT * FROM gift_cards WHERE shop = ? AND {where} ORDER BY id",
            self.shop.domain,
            *values,
        )


def _check_code(code: str) -> None:
    path = ["input", "code"]
    if len(code) < 8:
        raise Refused(path, "Code must be at least 8 characters long", "TOO_SHORT")
    if len(code) > 20:
        raise Refused(path, "Code must be at most 20 characters long", "TOO_LONG")
    if not _CODE.match(code):
        raise Refused(path, "Code can only contain letters(a-z) and numbers(0-9)", "INVALID")


def _amount(shop: Shop, asked: dict[str, Any] | None) -> int:
    path = ["input", "initialAmount", "amount"]
    if asked is None or asked["amount"] <= 0:
        raise Refused(path, "must be greater than 0", "GREATER_THAN")
    if asked["currencyCode"] != shop.currency:
        raise Refused(["input", "initialAmount", "currencyCode"], f"Currency must be {shop.currency}", "INVALID")
    if asked["amount"] * 100 > LIMIT:
        raise Refused(
            path, f"can't exceed {shop.symbol}{LIMIT // 100:,}.00 {shop.currency}", "GIFT_CARD_LIMIT_EXCEEDED"
        )
    return int(asked["amount"] * 100)


def _card(row: Any) -> View:
    value = money(row["amount"], row["currency"])
    return {
        "id": gid("GiftCard", row["id"]),
        "enabled": True,
        "createdAt": datetime.fromisoformat(row["made_at"]),
        "expiresOn": date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
        "lastCharacters": row["code"][-4:],
        "maskedCode": f"•••• •••• •••• {row['code'][-4:]}",
        "note": row["note"],
        "initialValue": value,
        "balance": value,
    }


def _credit_id(number: int) -> str:
    return gid("StoreCreditAccountCreditTransaction", number)


def _credit(row: Any) -> View:
    return {
        "__typename": "StoreCreditAccountCreditTransaction",
        "id": _credit_id(row["id"]),
        "createdAt": datetime.fromisoformat(row["made_at"]),
        "expiresAt": datetime.fromisoformat(row["expires_at"]) if row["expires_at"] else None,
        "amount": money(row["amount"], row["currency"]),
    }


def _create_card(_: Any, info: GraphQLResolveInfo, input: dict[str, Any]) -> View:
    caller = info.context
    with caller.store.memory.change():
        try:
            made = Till(caller.store, caller.shop).card(input)
        except Refused as refused:
            return {"giftCard": None, "giftCardCode": None, "userErrors": [refused.error]}
    return {"giftCard": made, "giftCardCode": (input.get("code") or "").lower() or None, "userErrors": []}


def _cards(_: Any, info: GraphQLResolveInfo, query: str | None = None, **cut: Any) -> View:
    return page(Till(info.context.store, info.context.shop).cards(query), **cut)


def _give(_: Any, info: GraphQLResolveInfo, id: str, creditInput: dict[str, Any]) -> View:
    caller = info.context
    with caller.store.memory.change():
        try:
            made = _given(Till(caller.store, caller.shop), number_of(id, "Customer"), creditInput)
        except Refused as refused:
            return {"storeCreditAccountTransaction": None, "userErrors": [refused.error]}
    return {"storeCreditAccountTransaction": made, "userErrors": []}


def _given(till: Till, customer: int, asked: dict[str, Any]) -> View:
    amount, expires = asked["creditAmount"], asked.get("expiresAt")
    path = ["creditInput", "creditAmount"]
    if not any(order.customer_id == customer for order in till.store.orders(till.shop)):
        raise Refused(["id"], "Owner does not exist", "OWNER_NOT_FOUND")
    if amount["amount"] <= 0:
        raise Refused(
            [*path, "amount"],
            "A positive amount must be used to credit a store credit account",
            "NEGATIVE_OR_ZERO_AMOUNT",
        )
    if amount["currencyCode"] != till.shop.currency:
        raise Refused([*path, "currencyCode"], "The currency provided is not supported", "UNSUPPORTED_CURRENCY")
    if expires is not None and expires <= till.store.desk().now:
        raise Refused(["creditInput", "expiresAt"], "The expiry date must be in the future", "EXPIRES_AT_IN_PAST")
    return till.credit(customer, int(amount["amount"] * 100), expires)


def _accounts(source: View, info: GraphQLResolveInfo, query: str | None = None, **cut: Any) -> View:
    customer = number_of(source["id"], "Customer")
    credits = Till(info.context.store, info.context.shop).credits(customer)
    accounts = [{"id": gid("StoreCreditAccount", customer), "transactions": credits}] if credits else []
    return page(accounts, **cut)


def _transactions(
    source: View, _: GraphQLResolveInfo, sortKey: str = "CREATED_AT", query: str | None = None, **cut: Any
) -> View:
    return page(source["transactions"], **cut)


QUERIES: dict[str, Any] = {"giftCards": _cards}
MUTATIONS: dict[str, Any] = {"giftCardCreate": _create_card, "storeCreditAccountCredit": _give}
FIELDS: dict[str, dict[str, Any]] = {
    "Customer": {"storeCreditAccounts": _accounts},
    "StoreCreditAccount": {"transactions": _transactions},
}
