"""What orders states and answers: what was bought, and each resolution settled once at the shop."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message, Named, Request
from libs.contracts.values import Address, Contact, Currency, Money, OrderLine, Resolution


class OrderChangedV1(Message):
    """The index holds a newer view of an order."""

    order_id: UUID
    number: str
    cancelled: bool = False


class SettlementSucceededV1(Message):
    """The shop gave the resolution for these lines; `reference` is the shop's own id of the effect."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]
    resolution: Resolution
    amount: Money
    reference: str


class SettlementRefusedV1(Message):
    """The shop declined, in its own words; a person must act."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]
    code: str
    words: str


class SettlementOutcomeUnknownV1(Message):
    """The shop's answer was lost and its records did not settle what happened; a person must look."""

    return_id: UUID
    settlement_id: UUID
    line_ids: tuple[UUID, ...]


class SettlementOutcome(StrEnum):
    """What a person may say of a settlement, having looked at the shop."""

    SUCCEEDED = "succeeded"
    REFUSED = "refused"


class SettlementV1(Named):
    """Settlements of a return with their state now."""

    settlement_ids: tuple[UUID, ...]
    state: str


class RecordSettlementV1(Request[SettlementV1]):
    """Record by hand what became of the settlement of these lines, which was refused or is unknown; a repeat changes nothing.

    `reference` names the shop's own effect, for `succeeded`. Refused as `orders.not_found`, or as `orders.not_now` where
    its state does not allow it.
    """

    return_id: UUID
    line_ids: tuple[UUID, ...]
    outcome: SettlementOutcome
    reference: str | None = None
    words: str
    by: str


class OrderV1(Named):
    """An order with the lines that the shop knows."""

    order_id: UUID
    number: str
    placed_at: AwareDatetime
    currency: Currency
    total: Money
    cancelled: bool = False
    contact: Contact
    address: Address
    tags: tuple[str, ...] = ()
    lines: tuple[OrderLine, ...]


class FindOrderV1(Request[OrderV1]):
    """Find the order whose number and email match. Every failure is refused alike, as `orders.not_found`."""

    number: str
    email: str


class GetOrderV1(Request[OrderV1]):
    """The order with this id; refused as `orders.not_found`."""

    order_id: UUID


class ShopV1(Named):
    """A retailer's connection to its shop."""

    shop_id: UUID
    domain: str
    currency: Currency


class ConnectShopV1(Request[ShopV1]):
    """Connect a retailer to its Shopify shop; the token is kept encrypted. Repeating replaces the token."""

    domain: str
    token: str
    currency: Currency
