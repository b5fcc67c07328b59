"""The packing slip: what is in the parcel and whose it is. By itself, on A4, it is for who sends the parcel by themselves."""

from io import BytesIO
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

from services.labels.documents.codes import DOT, draw_qr
from services.labels.documents.drawing import in_groups
from services.labels.documents.label import country_name
from services.labels.documents.lettering import BOLD, REGULAR, Face, fit, load_fonts, printable, set_block
from services.labels.domain import Booking, address_lines, scan_url

WIDE, HIGH = 595.28, 841.89  # points: A4
_MARGIN = 48
_MIDDLE = HIGH / 2
_NAMES = 90  # the column of what a fact is called
_QUANTITY = 40
_CODE = 300  # dots

_TITLE = Face(BOLD, 20, least=12)
_STRONG = Face(BOLD, 11, least=7)
_PLAIN = Face(REGULAR, 10, least=7)
_TO = Face(BOLD, 18, least=11)
_STREET = Face(REGULAR, 16, least=10)


class Column(NamedTuple):
    """A place for a slip on a page, in points, and how many items have room in it; one with more says how many more."""

    left: float
    top: float
    room: float
    rows: int


def draw_slip(booking: Booking, tracking_number: str) -> bytes:
    """The page as PDF, the same bytes for the same booking and number: the upper half is for the parcel's outside."""
    load_fonts()
    file = BytesIO()
    page = Canvas(file, pagesize=(WIDE, HIGH), invariant=1, pageCompression=1)
    page.setTitle(f"Packing slip {booking.return_number}")
    page.setAuthor(booking.look.name)
    page.setCreator("Homeward")
    _outside(page, booking, tracking_number)
    _fold(page)
    paint_slip(page, booking, tracking_number, Column(_MARGIN, _MIDDLE - 44, WIDE - 2 * _MARGIN, rows=9))
    page.save()
    return file.getvalue()


def paint_slip(page: Canvas, booking: Booking, tracking_number: str, where: Column) -> None:
    """Put the slip's words on a page."""
    left, top, room, _ = where
    y = _put(page, booking.look.name, _TITLE, left, top, room)
    y = _put(page, "Packing slip: put this half into the parcel.", _STRONG, left, y - 4, room)
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
            y = _fact(page, name, words, left, y, room)
    _items(page, booking, y - 12, where)


def _outside(page: Canvas, booking: Booking, tracking_number: str) -> None:
    room = WIDE - 2 * _MARGIN
    y = _put(page, "Put this half on the outside of the parcel.", _STRONG, _MARGIN, HIGH - 56, room)
    y = _put(page, "Ship to", _PLAIN, _MARGIN, y - 14, room)
    beside = room - _CODE * DOT - 24
    hub = booking.hub.address
    y = _put(page, hub.name, _TO, _MARGIN, y - 8, beside)
    _lines(page, (*address_lines(hub), country_name(hub.country)), _STREET, _MARGIN, y, beside, high=160)
    _put(page, f"Return {booking.return_number}", _TO, _MARGIN, _MIDDLE + 76, beside)
    _put(page, f"Parcel {booking.parcel} of {booking.parcels}", _PLAIN, _MARGIN, _MIDDLE + 50, beside)
    right, foot = round((WIDE - _MARGIN) / DOT), round((_MIDDLE + 64) / DOT)
    draw_qr(page, scan_url(booking.look, tracking_number), right=right, y=foot, side=_CODE)
    page.setFont(REGULAR, 9)
    page.drawRightString(WIDE - _MARGIN, _MIDDLE + 50, in_groups(tracking_number))


def _fold(page: Canvas) -> None:
    page.saveState()
    page.setLineWidth(0.5)
    page.setDash(4, 4)
    page.line(0, _MIDDLE, WIDE, _MIDDLE)
    page.restoreState()
    page.setFont(REGULAR, 7)
    page.drawCentredString(WIDE / 2, _MIDDLE + 6, "Fold or cut here")


def _items(page: Canvas, booking: Booking, y: float, where: Column) -> None:
    if not booking.goods:
        return
    left, _, room, rows = where
    heading = "Items of this return" if booking.parcels > 1 else "Items"
    y = _put(page, heading, _STRONG, left, y, room)
    for item in booking.goods[:rows]:
        page.setFont(REGULAR, 10)
        page.drawRightString(left + _QUANTITY - 14, y, f"{item.quantity} ×")
        words = ", ".join(filter(None, (item.title, item.variant, item.sku)))
        line = fit(words, _PLAIN, width=room - _QUANTITY)
        page.setFont(line.font, line.size)
        page.drawString(left + _QUANTITY, y, *line.lines)
        y -= 16
    if (more := len(booking.goods) - rows) > 0:
        _put(page, f"and {more} more", _PLAIN, left, y, room)


def _fact(page: Canvas, name: str, words: str, left: float, y: float, room: float) -> float:
    page.setFont(REGULAR, 8)
    page.drawString(left, y, printable(name, REGULAR))
    return _lines(page, (words,), _PLAIN, left + _NAMES, y, room - _NAMES, high=26) - 5


def _lines(
    page: Canvas, lines: tuple[str, ...], face: Face, left: float, y: float, room: float, *, high: float
) -> float:
    """Lines from `y` down, whole; where the next begins."""
    block = set_block(lines, face, width=room, height=high)
    page.setFont(block.font, block.size)
    for line in block.lines:
        page.drawString(left, y, line)
        y -= block.leading
    return y


def _put(page: Canvas, words: str, face: Face, left: float, y: float, room: float) -> float:
    line = fit(words, face, width=room)
    page.setFont(line.font, line.size)
    page.drawString(left, y, *line.lines)
    return y - line.size * 1.6
