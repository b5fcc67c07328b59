"""Which units of a shop's return each of several parcels stands for."""

from collections import Counter
from collections.abc import Mapping

from libs.contracts.errors import Refused
from services.orders.domain.matching import ShopReturn


class NoReturnAtShop(Refused):
    """The shop's return is not open, so no label can stand at it."""

    def __init__(self) -> None:
        super().__init__("orders.no_return_at_shop", "The shop's return is not open.")


class NoUnitLeft(Refused):
    """Every unit of the return is in another parcel at the shop, which takes no number without a unit."""

    def __init__(self) -> None:
        words = "The shop takes a number with units only, and each unit stands under another number already."
        super().__init__("orders.no_unit_left", words)


def share_of(held: ShopReturn, on_labels: Mapping[str, int], parcel: int, parcels: int) -> tuple[tuple[str, int], ...]:
    """The units that one of several parcels stands for, by the reverse order's line. Raises NoUnitLeft.

    Which goods are in which parcel nobody tells us; the shop takes a number for some units only. Each has an even part of
    all, in their order. What stands under another number stays there, for the shop moves no unit from one to the next: a
    parcel that comes later has what is left of its part, or else one unit of what is left of all.
    """
    units = [line.reverse_line_id for line in held.lines for _ in range(line.quantity) if line.reverse_line_id]
    left = Counter(units)
    left.subtract(on_labels)
    mine = Counter(units[(parcel - 1) * len(units) // parcels : parcel * len(units) // parcels])
    share = {line: min(count, left[line]) for line, count in mine.items() if left[line] > 0}
    if not share:
        share = next(({line: 1} for line in units if left[line] > 0), {})
    if not share:
        raise NoUnitLeft()
    return tuple(share.items())
