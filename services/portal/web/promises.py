"""What stands under a sum that comes back: by which way it is given, and at which stage."""

from collections.abc import Iterable

from libs.contracts.values import Resolution, Stage

GIFT = "To whoever paid for it, the way they paid"
CREDIT = "As a gift card"
PAID = "To the way you paid"
BOTH = "Part as a gift card, the rest to the way you paid"
_AT = {
    Stage.FIRST_SCAN: ", once the parcel is handed in",
    Stage.HUB_SCAN: ", once the parcel reaches our hub",
    Stage.INSPECTED: ", once we have looked at what came back",
    Stage.MANUAL: ", once our team has looked at it",
    None: "",
}


def promise(given: Iterable[tuple[Resolution, Stage | None]], *, gift: bool = False, done: bool = False) -> str:
    """Where the money of these lines goes, and when, where they all wait for one stage.

    A line is told by what it gives and its stage, None where nothing is awaited. `gift`: somebody else has paid.
    """
    lines = tuple(given)
    credit = {resolution is Resolution.STORE_CREDIT for resolution, _ in lines} or {False}
    way = GIFT if gift else BOTH if len(credit) == 2 else CREDIT if credit == {True} else PAID
    stages = {stage for _, stage in lines}
    return f"{way}{_AT[stages.pop()] if len(stages) == 1 and not done else ''}."
