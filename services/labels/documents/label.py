"""The return label: one page of 4 by 6 inches, laid out on the dots of a 203 dpi printer.

Outside stands only what a carrier and a hub need: no e-mail address, telephone number, value or reason.
"""

from io import BytesIO

from babel import Locale
from reportlab.pdfgen.canvas import Canvas

from services.labels.documents.codes import DOT, draw_code128, draw_qr
from services.labels.documents.drawing import (
    EDGE,
    HEIGHT,
    INNER,
    WIDTH,
    Box,
    draw_block,
    draw_caption,
    draw_line,
    draw_rule,
    draw_title,
    in_groups,
)
from services.labels.documents.lettering import BOLD, REGULAR, Face, fit, load_fonts
from services.labels.domain import Booking, address_lines, scan_url

_ENGLISH = Locale("en")

_NAME = Face(BOLD, 14, least=9)
_ADDRESS = Face(REGULAR, 12.5, least=8)
_COUNTRY = Face(BOLD, 13, least=9)
_HUB = Face(BOLD, 32, least=6)
_SENDER_NAME = Face(BOLD, 9.5, least=7)
_SENDER = Face(REGULAR, 8.5, least=6)
_NUMBER = Face(BOLD, 15, least=8)
_COUNT = Face(BOLD, 13, least=8)
_TRACKING = Face(BOLD, 15, least=8)
_SERVICE = Face(BOLD, 13, least=8)
_ADVICE = Face(REGULAR, 8, least=7)


def draw_label(booking: Booking, tracking_number: str) -> bytes:
    """The label as PDF. The same booking and number give the same bytes."""
    load_fonts()
    look = booking.look
    file = BytesIO()
    page = Canvas(file, pagesize=(WIDTH * DOT, HEIGHT * DOT), invariant=1, pageCompression=1)
    page.setTitle(f"Return label {booking.return_number}")
    page.setAuthor(look.name)
    page.setCreator("Homeward")
    paint_label(page, booking, tracking_number)
    page.save()
    return file.getvalue()


def paint_label(page: Canvas, booking: Booking, tracking_number: str) -> None:
    """Put the label on a page, its foot on the page's origin."""
    look = booking.look
    draw_title(page, look, "RETURN")
    draw_rule(page, 1062)
    _sender(page, booking)
    draw_rule(page, 868)
    _destination(page, booking)
    draw_rule(page, 540, weight=6)
    _barcode(page, tracking_number)
    draw_rule(page, 258)
    _handling(page, booking, scan_url(look, tracking_number))


def _sender(page: Canvas, booking: Booking) -> None:
    sender, column = booking.sender, 470
    right, room = EDGE + column, INNER - column
    draw_caption(page, "From", x=EDGE, y=1030)
    draw_line(page, sender.name, _SENDER_NAME, Box(EDGE, 998, column - 24, 0))
    lines = (*address_lines(sender), country_name(sender.country))
    draw_block(page, lines, _SENDER, Box(EDGE, 988, column - 24, 110))
    draw_caption(page, "Return", x=right, y=1030)
    draw_line(page, booking.return_number, _NUMBER, Box(right, 984, room, 0))
    draw_caption(page, "Parcel", x=right, y=938)
    draw_line(page, f"{booking.parcel} of {booking.parcels}", _COUNT, Box(right, 895, room, 0))


def _destination(page: Canvas, booking: Booking) -> None:
    address, side = booking.hub.address, 200
    room = INNER - side - 30
    draw_caption(page, "Ship to", x=EDGE, y=834)
    name = draw_block(page, (address.name,), _NAME, Box(EDGE, 820, room, 72))
    top = 816 - round(len(name.lines) * name.leading / DOT)
    draw_block(page, address_lines(address), _ADDRESS, Box(EDGE, top, room, top - 616))
    draw_line(page, country_name(address.country), _COUNTRY, Box(EDGE, 574, room, 0))
    _hub(page, booking.hub.code, left=WIDTH - EDGE - side, foot=638, side=side)


def _hub(page: Canvas, code: str, *, left: int, foot: int, side: int) -> None:
    line = 4
    inner = (side - line) * DOT
    page.setLineWidth(line * DOT)
    page.rect((left + line / 2) * DOT, (foot + line / 2) * DOT, inner, inner, stroke=1, fill=0)
    draw_caption(page, "Hub", x=left + 20, y=foot + side - 38)
    word = fit(code, _HUB, width=(side - 60) * DOT)
    page.setFont(word.font, word.size)
    page.drawCentredString((left + side / 2) * DOT, (foot + 88) * DOT - word.size * 0.36, *word.lines)


def _barcode(page: Canvas, tracking_number: str) -> None:
    draw_code128(page, tracking_number, width=WIDTH, y=334, height=176)
    words = fit(in_groups(tracking_number), _TRACKING, width=(INNER - 60) * DOT)  # less the space between characters
    page.setFont(words.font, words.size)
    page.drawCentredString(WIDTH / 2 * DOT, 284 * DOT, *words.lines, charSpace=0.6)


def _handling(page: Canvas, booking: Booking, url: str) -> None:
    room = INNER - 250
    draw_caption(page, "Service", x=EDGE, y=218)
    draw_block(page, (booking.service,), _SERVICE, Box(EDGE, 208, room, 84))
    advice = ("Keep both codes flat and free of tape.", "Scan at every handover.")
    draw_block(page, advice, _ADVICE, Box(EDGE, 90, room, 60))
    draw_qr(page, url, right=WIDTH - EDGE, y=6, side=252)


def country_name(code: str) -> str:
    """The country in English capitals, as posts ask for it."""
    return _ENGLISH.territories.get(code, code).upper()
