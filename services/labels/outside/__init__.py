"""The carriers. A new one is a file beside this and an entry in `carriers`."""

from collections.abc import Mapping
from typing import Protocol

from libs.chassis import outside
from libs.chassis.errors import Transient
from services.labels.domain import BRIDGE, OWN, Booked, Booking, Declined, Label, Outcome, State, Unknown
from services.labels.outside.bridge import Bridge
from services.labels.outside.own import Own
from services.labels.settings import LabelsSettings


class Carrier(Protocol):
    """What labels asks of every carrier. Each call may raise the chassis' NotSent, OutcomeUnknown and Declined."""

    def book(self, booking: Booking) -> Label:
        """Have a label made."""

    def find(self, booking: Booking) -> Label | None:
        """The label that an earlier `book` had made; None when the carrier is sure that there is none."""

    def void(self, booking: Booking) -> None:
        """Make the booking's label void; one that is void already stays so."""


def carriers(settings: LabelsSettings) -> Mapping[str, Carrier]:
    """The carriers that can be booked, by the name that a lane gives them."""
    bridge = {BRIDGE: Bridge(settings.bridge_url, settings.bridge_token)} if settings.bridge_url else {}
    return {OWN: Own(), **bridge}


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


def void(carrier: Carrier, booking: Booking) -> None:
    """Have a label made void. Raises NotSent or Transient where it is to be asked again, which does no harm, and Declined."""
    try:
        carrier.void(booking)
    except outside.OutcomeUnknown as lost:
        raise Transient("the carrier's answer was lost") from lost
