"""The built-in carrier: the shopper brings or posts the parcel, the hub scans it. No account, no network."""

from libs.contracts.labels import LaneMethod
from libs.contracts.labels_accounts import CarrierKind
from services.labels.carriers.protocol import Keep, Kind, Reach
from services.labels.documents.label import draw_label
from services.labels.documents.slip import draw_slip
from services.labels.domain import OWN, Account, Booking, Label


class Own:
    """Gives the same label for the same booking however often it is asked, so that a crash costs nothing."""

    def book(self, booking: Booking, keep: Keep) -> Label:
        """The label, drawn here; its number is the booking's reference. Who sends it by themselves gets a packing slip."""
        draw = draw_slip if booking.method is LaneMethod.OWN_CARRIER else draw_label
        return Label(booking.reference, draw(booking, booking.reference))

    def find(self, booking: Booking) -> None:
        """Nothing: to draw the label again does no harm."""

    def void(self, booking: Booking) -> None:
        """Nothing to tell: nobody else knows the number."""

    def check(self) -> None:
        """Nothing to refuse."""


def _open(account: Account, reach: Reach) -> Own:
    return Own()


OWN_LABEL = Kind(CarrierKind(carrier=OWN, title="Own label"), _open)
