"""What orders answers of a return that is about to be made: what its shop would give back for it."""

from uuid import UUID

from pydantic import Field

from libs.contracts.base import Named, Request, Value
from libs.contracts.values import Money


class UnitsToReturn(Value):
    """So many units of an order line. `before` of its units were returned, or are in other returns."""

    line_id: UUID
    quantity: int = Field(ge=1)
    before: int = Field(0, ge=0)


class ReturnQuoteV1(Named):
    """What the units are worth by our formula, and what the shop itself would give back for them.

    Both are None where there is no shop to say that: the retailer brings the order itself.
    """

    worth: Money | None = None
    offered: Money | None = None


class QuoteReturnV1(Request[ReturnQuoteV1]):
    """What these units are worth, asked of the order's shop before they are returned.

    Refused as `orders.not_found`, `orders.line_not_sold`, and as `orders.shop_not_reached` where the shop does not say it.
    """

    order_id: UUID
    lines: tuple[UnitsToReturn, ...]
