"""What orders states and answers of orders that are cancelled before they are sent, in part or whole."""

from uuid import UUID

from pydantic import Field

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.orders import SettlementOutcome
from libs.contracts.values import Money, UnsentLine


class CancellationSucceededV1(Message):
    """The units are cancelled and `amount` is given back; `reference` is the shop's own id of the effect."""

    cancellation_id: UUID
    order_id: UUID
    amount: Money
    reference: str


class CancellationRefusedV1(Message):
    """Nothing was cancelled: the shop, a check of ours before it, or a person said no. `late`: it was sent in between."""

    cancellation_id: UUID
    order_id: UUID
    code: str
    words: str
    late: bool = False


class CancellationOutcomeUnknownV1(Message):
    """The shop's answer was lost and its records did not settle what happened; a person must look."""

    cancellation_id: UUID
    order_id: UUID


class UnitsToCancel(Value):
    """So many units of an order line."""

    line_id: UUID
    quantity: int = Field(ge=1)


class CancellationQuoteV1(Named):
    """What would be given back if these lines were cancelled now. `whole`: nothing is left of the order, so postage is too.

    `amount` is what the lines are worth and `shipping` together. `by_hand`: the retailer does it in its own system.
    """

    order_id: UUID
    number: str
    lines: tuple[UnsentLine, ...]
    whole: bool
    shipping: Money
    amount: Money
    by_hand: bool = False


class QuoteCancellationV1(Request[CancellationQuoteV1]):
    """What of an order is not sent, asked of its shop, and what would be given back for it; without `lines` for all of it.

    Refused as `orders.not_found`, `orders.already_sent`, `orders.being_packed`, `orders.already_cancelled`,
    `orders.not_paid`, `orders.has_returns`, `orders.amount_differs` and `orders.shop_not_reached`.
    """

    order_id: UUID
    lines: tuple[UnitsToCancel, ...] = ()


class CancellationV1(Named):
    """A cancellation with its state now."""

    cancellation_id: UUID
    state: str


class RecordCancellationV1(Request[CancellationV1]):
    """Record by hand what became of a cancellation that was refused or is unknown; a repeat changes nothing.

    `reference` names the shop's own effect, for `succeeded`. Refused as `orders.not_found`, or as `orders.not_now`.
    """

    cancellation_id: UUID
    outcome: SettlementOutcome
    reference: str | None = None
    words: str
    by: str
