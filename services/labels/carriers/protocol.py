"""What labels asks of every carrier, and what a carrier's file says of itself."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from libs.chassis.breaker import Breaker, breaker_of
from libs.contracts.labels import DocumentForm
from libs.contracts.labels_accounts import CarrierKind
from services.labels.domain import Account, Booking, Label, Offer, Sample

Keep = Callable[[str], None]


class Carrier(Protocol):
    """One account with a carrier. Each call may raise the chassis' NotSent, OutcomeUnknown and Declined."""

    def book(self, booking: Booking, keep: Keep) -> Label:
        """Have a label made. `keep` commits the carrier's own name for it; call it before what must not be repeated."""

    def find(self, booking: Booking) -> Label | None:
        """The label that an earlier `book` had made; None where another `book` does no harm.

        A carrier that cannot be read back raises OutcomeUnknown: a person decides. One that is away for now raises Transient.
        """

    def void(self, booking: Booking) -> None:
        """Make the booking's label void; one that is void already stays so. It may be asked again."""

    def check(self) -> None:
        """Return where the carrier takes the account; raise Declined in its words where it does not. Nothing is made."""


@runtime_checkable
class SettlesLater(Protocol):
    """A carrier whose yes to a void is not its last word: it says later whether it gives the label's money back."""

    def is_settled(self, booking: Booking) -> bool:
        """Whether what `void` asked for is given by now. Raises Declined where the carrier says no after all."""


@runtime_checkable
class Rating(Protocol):
    """A carrier that tells what it asks for a parcel before there is one."""

    def rate(self, parcel: Sample) -> Offer:
        """What such a parcel costs now by the lane's service. Nothing is bought. Raises Declined where it takes none such."""


@runtime_checkable
class Converts(Protocol):
    """A carrier that gives a label that there is in other forms too."""

    forms: Collection[DocumentForm]

    def form(self, booking: Booking, form: DocumentForm) -> bytes:
        """The label in one of `forms`. Raises Declined where this one is not to be had."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a carrier is reached: `base` in place of its own address in a sandbox, and how many seconds it has to answer.

    `apart` is for questions whose failures are counted by themselves, and hold up nothing else.
    """

    base: str | None = None
    seconds: float = 15

    apart: str = ""

    @property
    def timeout(self) -> tuple[float, float]:
        """To connect, and to answer."""
        return min(3, self.seconds), self.seconds

    def breaker(self, account: Account) -> Breaker:
        """The breaker of the account, which leaves it alone for a while where it fails."""
        return breaker_of(f"{account.carrier}:{account.id}{self.apart}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A carrier: what an account of it is asked for, and how one is opened.

    A carrier that asks for nothing needs no account: whatever `open` is given then is nobody's.
    """

    asks: CarrierKind
    open: Callable[[Account, Reach], Carrier]
