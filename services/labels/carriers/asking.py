"""A carrier is asked for a label, or to make one void: once, and with an honest outcome."""

from libs.chassis import outside
from libs.chassis.errors import Transient
from services.labels.carriers.protocol import Carrier, Keep, SettlesLater
from services.labels.domain import Booked, Booking, Declined, Kept, Outcome, State, Unknown, Voided, VoidState


def ask(carrier: Carrier, booking: Booking, keep: Keep) -> Outcome:
    """Book once. What may have been sent before is read back first, and only what does no harm is sent again.

    Raises NotSent when nothing reached the carrier, and Transient when the answer was lost: ask again to read back.
    """
    try:
        found = carrier.find(booking) if booking.state is State.SENT else None
    except outside.OutcomeUnknown:
        return Unknown()
    except outside.Declined as no:
        raise Transient(f"the label cannot be read back: {no.code}") from None
    try:
        return Booked(found or carrier.book(booking, keep))
    except outside.OutcomeUnknown as lost:
        raise Transient("the carrier's answer was lost") from lost
    except outside.Declined as no:
        return Declined(no.code, no.words)


def void(carrier: Carrier, booking: Booking) -> Voided | Kept:
    """Have a label made void. Raises NotSent or Transient where it is to be asked again, which does no harm."""
    try:
        carrier.void(booking)
    except outside.OutcomeUnknown as lost:
        raise Transient("the carrier's answer was lost") from lost
    except outside.Declined as no:
        return Kept(VoidState.REFUSED, no.code, no.words)
    return Voided(is_final=not isinstance(carrier, SettlesLater))


def settled(carrier: Carrier, booking: Booking) -> Voided | Kept:
    """What became of a void that a carrier took; not final while it has not said. One that is away is asked later too."""
    if not isinstance(carrier, SettlesLater):
        return Voided()
    try:
        return Voided(is_final=carrier.is_settled(booking))
    except (outside.OutcomeUnknown, Transient):
        return Voided(is_final=False)
    except outside.Declined as no:
        return Kept(VoidState.REFUSED, no.code, no.words)
