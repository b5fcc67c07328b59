"""A label on A4, lying: the label on the left to stick on the parcel, a packing slip on the right to put into it."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from services.labels.documents.codes import DOT
from services.labels.documents.label import HEIGHT, WIDTH, paint_label
from services.labels.documents.lettering import BOLD, REGULAR, Face, fit, load_fonts, printable
from services.labels.domain import Booking, address_lines

ACROSS, UP = 841.89, 595.28  # points: A4
_FOLD = ACROSS / 2
_LEFT = round((_FOLD / DOT - WIDTH) / 2), round((UP / DOT - HEIGHT) / 2)  # dots, so that bars stay on them
_TEXT = _FOLD + 36
_ROOM = ACROSS - _TEXT - 36
_QUANTITY = 40
_ROWS = 15  # items that have room; a slip with more says how many more

_TITLE = Face(BOLD, 20, least=12)
_PLAIN = Face(REGULAR, 10, least=7)
_STRONG = Face(BOLD, 11, least=7)


def draw_sheet(booking: Booking, tracking_number: str, *, drawn_here: bool = True) -> bytes:
    """The sheet as PDF, the same bytes for the same booking and number.

    A label that a carrier drew is not on it: its place is left for it.
    """
    load_fonts()
    file = BytesIO()
    page = Canvas(file, pagesize=(ACROSS, UP), invariant=1, pageCompression=1)
    page.setTitle(f"Return label and packing slip {booking.return_number}")
    page.setAuthor(booking.look.name)
    page.setCreator("Homeward")
    page.saveState()
    page.translate(_LEFT[0] * DOT, _LEFT[1] * DOT)
    if drawn_here:
        paint_label(page, booking, tracking_number)
    else:
        _frame(page, booking)
    page.restoreState()
    _fold(page)
    _slip(page, booking, tracking_number)
    page.save()
    return file.getvalue()


def _frame(page: Canvas, booking: Booking) -> None:
    page.setLineWidth(0.75)
    page.rect(0, 0, WIDTH * DOT, HEIGHT * DOT, stroke=1, fill=0)
    page.setFont(REGULAR, 11)
    middle = WIDTH / 2 * DOT
    page.drawCentredString(middle, HEIGHT / 2 * DOT + 8, f"The {booking.carrier} label goes here.")
    page.drawCentredString(middle, HEIGHT / 2 * DOT - 8, "It is a page of its own.")


def _fold(page: Canvas) -> None:
    page.saveState()
    page.setLineWidth(0.5)
    page.setDash(4, 4)
    page.line(_FOLD, 0, _FOLD, UP)
    page.restoreState()
    page.saveState()
    page.translate(_FOLD + 9, UP / 2)
    page.rotate(90)
    page.setFont(REGULAR, 7)
    page.drawCentredString(0, 0, "Fold or cut here")
    page.restoreState()


def _slip(page: Canvas, booking: Booking, tracking_number: str) -> None:
    y = _put(page, booking.look.name, _TITLE, UP - 60)
    y = _put(page, "Packing slip: put this half into the parcel.", _STRONG, y - 4)
    facts = (
        ("Return", booking.return_number),
        ("Order", booking.order_number or ""),
        ("Parcel", f"{booking.parcel} of {booking.parcels}"),
        ("Tracking number", tracking_number),
        ("From", ", ".join((booking.sender.name, *address_lines(booking.sender)))),
        ("To", ", ".join((booking.hub.address.name, *address_lines(booking.hub.address)))),
    )
    for name, words in facts:
        if words:
            y = _fact(page, name, words, y)
    _items(page, booking, y - 12)
    _put(page, "Stick the other half flat on the largest side of the parcel.", _PLAIN, 46)


def _items(page: Canvas, booking: Booking, y: float) -> None:
    if not booking.goods:
        return
    heading = "Items of this return" if booking.parcels > 1 else "Items"
    y = _put(page, heading, _STRONG, y)
    for item in booking.goods[:_ROWS]:
        page.setFont(REGULAR, 10)
        page.drawRightString(_TEXT + _QUANTITY - 14, y, f"{item.quantity} ×")
        words = ", ".join(filter(None, (item.title, item.variant, item.sku)))
        line = fit(words, _PLAIN, width=_ROOM - _QUANTITY)
        page.setFont(line.font, line.size)
        page.drawString(_TEXT + _QUANTITY, y, *line.lines)
        y -= 16
    if more := len(booking.goods) - _ROWS:
        _put(page, f"and {more} more" if more > 0 else "", _PLAIN, y)


def _fact(page: Canvas, name: str, words: str, y: float) -> float:
    page.setFont(REGULAR, 8)
    page.drawString(_TEXT, y, printable(name, REGULAR))
    line = fit(words, _PLAIN, width=_ROOM - 90)
    page.setFont(line.font, line.size)
    page.drawString(_TEXT + 90, y, *line.lines)
    return y - 17


def _put(page: Canvas, words: str, face: Face, y: float) -> float:
    line = fit(words, face, width=_ROOM)
    page.setFont(line.font, line.size)
    page.drawString(_TEXT, y, *line.lines)
    return y - line.size * 1.6
