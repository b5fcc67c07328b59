"""What a person may say of a parcel, and which one is meant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.contracts.errors import Refused
from libs.contracts.values import Milestone

BY_HAND = frozenset({Milestone.ACCEPTED, Milestone.HUB_RECEIVED})  # what a person may have seen


class NotByHand(Refused):
    """Only a carrier or a hub can say that a parcel reached this milestone."""

    def __init__(self, milestone: Milestone) -> None:
        super().__init__("tracking.not_by_hand", f"{milestone} is not recorded by hand")


class NoParcel(Refused):
    """The return has parcels, or needs none, but not one with this place among them."""

    def __init__(self, parcel: int) -> None:
        super().__init__("tracking.no_parcel", f"the return has no parcel {parcel}")


class NotFound(Refused):
    """There is no such scan for this retailer."""

    def __init__(self) -> None:
        super().__init__("tracking.not_found")


class NotAHubScan(Refused):
    """Only what somebody scanned at a hub can have been scanned by mistake."""

    def __init__(self) -> None:
        super().__init__("tracking.not_a_hub_scan", "nobody scanned this at a hub")


@dataclass(frozen=True, slots=True)
class Known:
    """A parcel of a return; `place` is its number among them. `void`: its label is not to be used any more."""

    id: UUID
    place: int
    void: bool = False


def check_by_hand(milestone: Milestone) -> None:
    """Raise NotByHand for a milestone that a person cannot have seen."""
    if milestone not in BY_HAND:
        raise NotByHand(milestone)


def is_astray(*, scanned_at: str | None, belongs_to: str | None) -> bool:
    """Whether a parcel is at another hub than its label leads to; where one of the two is not known it is not."""
    return bool(scanned_at and belongs_to) and str(scanned_at).casefold() != str(belongs_to).casefold()


def next_to_come(parcels: Sequence[Known], come: Collection[UUID]) -> UUID:
    """Which of a return's parcels, oldest first, a hub has in hand when it reads the return's number: the first that has not
    come and is not void, else the newest."""
    awaited = [parcel for parcel in parcels if parcel.id not in come and not parcel.void]
    return min(awaited, key=lambda parcel: parcel.place).id if awaited else parcels[-1].id


def meant(parcels: Sequence[Known], place: int) -> UUID | None:
    """Which of a return's parcels, oldest first, a person means; None where it has none yet and gets the shopper's own.

    Of several with one place the newest that is not void, else the newest; raises NoParcel.
    """
    there = [parcel for parcel in parcels if parcel.place == place]
    if there:
        return (([parcel for parcel in there if not parcel.void] or there)[-1]).id
    if parcels or place != 1:
        raise NoParcel(place)
    return None
