"""What labels asks of every carrier, and what a carrier's file says of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from libs.contracts.labels_accounts import CarrierKind
from services.labels.domain import Account, Booking, Label

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


@dataclass(frozen=True, slots=True)
class Reach:
    """How a carrier is reached: `base` in place of its own address in a sandbox, and how many seconds it has to answer."""

    base: str | None = None
    seconds: float = 15

    @property
    def timeout(self) -> tuple[float, float]:
        """To connect, and to answer."""
        return min(3, self.seconds), self.seconds


@dataclass(frozen=True, slots=True)
class Kind:
    """A carrier: what an account of it is asked for, and how one is opened.

    A carrier that asks for nothing needs no account: whatever `open` is given then is nobody's.
    """

    asks: CarrierKind
    open: Callable[[Account, Reach], Carrier]
