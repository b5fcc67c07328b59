"""What units of an order line are worth: our own formula, the same that the shopper is shown.

Shopify gives no formula. What it records is this: discounts are allotted to whole lines, and units are refunded one return
after another so that all of them together give back exactly what the line cost. So a line's price is shared out over its
units cumulatively, rounded half up in the currency's smallest unit: unit `n` is worth what the first `n` cost less what the
first `n - 1` cost. Three units for 1.00 are worth 0.33, 0.34 and 0.33, whichever come back together.

The line's price is its unit price by quantity, less every discount allotted to it, order discounts included, plus taxes where
prices are net of them. Everything is in the currency the shopper paid in; nothing is converted.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Money, ReturnLine
from services.orders.domain import money


class LineNotSold(Refused):
    """The shop's order does not hold the line any more."""

    def __init__(self, title: str) -> None:
        super().__init__("orders.line_not_sold", f"The shop's order has no line for {title} any more.")


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as the shop sold it: `paid` is for all `quantity`, of which `gone` units were refunded already."""

    quantity: int
    gone: int
    paid: Money


def share(paid: Money, *, quantity: int, units: int, before: int = 0) -> Money:
    """What `units` of `quantity` are worth when all cost `paid`, after `before` units."""

    def upto(count: int) -> int:
        return (2 * paid.amount * count + quantity) // (2 * quantity)

    return Money(amount=upto(before + units) - upto(before), currency=paid.currency)


def worth(lines: Iterable[ReturnLine], sold: Mapping[UUID, SoldLine]) -> Money:
    """What `lines` are worth together; `sold` is by order line. Raises LineNotSold, or BadAmount on mixed currencies."""
    kept, units, parts = list(lines), Counter[UUID](), []
    for line in kept:
        if line.order_line_id not in sold:
            raise LineNotSold(line.title)
        units[line.order_line_id] += line.quantity
    for order_line, count in units.items():
        line_sold = sold[order_line]
        parts.append(share(line_sold.paid, quantity=line_sold.quantity, units=count, before=line_sold.gone))
    return money.total(parts, kept[0].owed.currency)


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of a shop's line that are about to come back, of which `before` are gone or in other returns."""

    shop_line_id: str
    title: str
    quantity: int
    before: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What units are worth, and the `units` of each line that the shop is asked about.

    Units in other returns come back before these, but the shop does not know that: it is asked about both, and `others` is
    what those others are worth.
    """

    worth: Money
    others: Money
    units: Mapping[str, int]

    def offered(self, together: Money) -> Money:
        """What the shop would give for the units alone, when it would give so much for all that it was asked about."""
        return Money(amount=together.amount - self.others.amount, currency=together.currency)


def quote(wanted: Iterable[Wanted], sold: Mapping[str, SoldLine], currency: str) -> Quote:
    """What `wanted` is worth as the shop has sold it. Raises LineNotSold, or BadAmount on mixed currencies."""
    worths, others, units = [], [], {}
    for each in wanted:
        line = sold.get(each.shop_line_id)
        if line is None:
            raise LineNotSold(each.title)
        before = max(line.gone, each.before)
        worths.append(share(line.paid, quantity=line.quantity, units=each.quantity, before=before))
        others.append(share(line.paid, quantity=line.quantity, units=before - line.gone, before=line.gone))
        units[each.shop_line_id] = before - line.gone + each.quantity
    return Quote(money.total(worths, currency), money.total(others, currency), units)
