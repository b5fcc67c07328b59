"""The built-in carrier: the shopper brings or posts the parcel, the hub scans it. No account, no network."""

from services.labels.documents.label import draw_label
from services.labels.domain import Booking, Label


class Own:
    """Gives the same label for the same booking however often it is asked, so that a crash costs nothing."""

    def book(self, booking: Booking) -> Label:
        """The label, drawn here; its number is the booking's reference."""
        return Label(booking.reference, draw_label(booking, booking.reference))

    def find(self, booking: Booking) -> Label:
        """The same label again."""
        return self.book(booking)

    def void(self, booking: Booking) -> None:
        """Nothing to tell: nobody else knows the number."""
