"""The carriers. A new one is a file beside this and an entry in CARRIERS."""

from collections.abc import Mapping
from typing import Protocol

from libs.chassis import outside
from libs.chassis.errors import Transient
from services.labels.domain import OWN, Booked, Booking, Declined, Label, Outcome, State, Unknown
from services.labels.outside.own import Own


class Carrier(Protocol):
    """What labels asks of every carrier. Both calls may raise the chassis' NotSent, OutcomeUnknown and Declined."""

    def book(self, booking: Booking) -> Label:
        """Have a label made."""

    def find(self, booking: Booking) -> Label | None:
        """The label that an earlier `book` had made; None when the carrier is sure that there is none."""


CARRIERS: Mapping[str, Carrier] = {OWN: Own()}


def ask(carrier: Carrier, booking: Booking) -> Outcome:
    """Book once. What may have been sent before is read back first, and only a carrier's sure no lets it be sent again.

    Raises NotSent when nothing reached the carrier, and Transient when the answer was lost: ask again to read back.
    """
    try:
        found = carrier.find(booking) if booking.state is State.SENT else None
    except outside.OutcomeUnknown:
        return Unknown()
    try:
        return Booked(found or carrier.book(booking))
    except outside.OutcomeUnknown as lost:
        raise Transient("the carrier's answer was lost") from lost
    except outside.Declined as no:
        return Declined(no.code, no.words)
