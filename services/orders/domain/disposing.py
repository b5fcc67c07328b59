"""What becomes of goods that came back, in the shop's words."""

from libs.contracts.values import Disposition, ReturnLine

NOT_RESTOCKED = "NOT_RESTOCKED"
_FATES = {  # ReverseFulfillmentOrderDispositionType
    Disposition.REFURBISH: "PROCESSING_REQUIRED",
    Disposition.DONATE: NOT_RESTOCKED,
    Disposition.DESTROY: NOT_RESTOCKED,
}


def fates_of(line: ReturnLine) -> list[str | None]:
    """What becomes of each unit of the line; None where that is the shop's to say.

    What the shopper keeps is not put back into stock. What goes back on the shelf is left to the shop, which counts its
    stock by places of its own: a hub is none of them.
    """
    if line.keep_item:
        return [NOT_RESTOCKED] * line.quantity
    told = [_FATES.get(each.disposition) for each in line.disposed for _ in range(each.quantity)][: line.quantity]
    return [*told, *[None] * (line.quantity - len(told))]
