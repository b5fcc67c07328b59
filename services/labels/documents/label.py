"""The return label: one page of 4 by 6 inches, laid out on the dots of a 203 dpi printer.

Outside stands only what a carrier and a hub need: no e-mail address, telephone number, value or reason.
"""

from io import BytesIO
from typing import NamedTuple

from babel import Locale
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from libs.contracts.values import Look
from services.labels.documents.codes import DOT, draw_code128, draw_qr
from services.labels.documents.lettering import BOLD, REGULAR, SERIF, Block, Face, fit, load_fonts, printable, set_block
from services.labels.domain import Booking, address_lines, scan_url

WIDTH, HEIGHT = 812, 1218  # dots: 4 by 6 inches

_EDGE = 42  # dots kept free left and right
_INNER = WIDTH - 2 * _EDGE
_READABLE = 3.0  # contrast against white below which a brand colour is printed black (WCAG 2.2, large text)
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


class Box(NamedTuple):
    """A place on the page, in dots: its left edge, its top, how wide and how high it is."""

    x: int
    top: int
    width: int
    height: int


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
    _brand(page, look)
    _rule(page, 1062)
    _sender(page, booking)
    _rule(page, 868)
    _destination(page, booking)
    _rule(page, 540, weight=6)
    _barcode(page, tracking_number)
    _rule(page, 258)
    _handling(page, booking, scan_url(look, tracking_number))


def _brand(page: Canvas, look: Look) -> None:
    colour = HexColor(look.brand)
    readable = _contrast(colour, white) >= _READABLE
    font = SERIF if look.heading == "serif" else BOLD
    side, foot = 92, 1094
    page.setFillColor(colour)
    corner = min(look.radius * 0.75, side * DOT / 2)  # a CSS pixel is 0.75 points
    page.roundRect(_EDGE * DOT, foot * DOT, side * DOT, side * DOT, corner, stroke=0, fill=1)
    page.setFillColor(white if readable else black)
    page.setFont(font, 22)
    page.drawCentredString((_EDGE + side / 2) * DOT, (foot + 24) * DOT, printable(look.name, font)[:1].upper())
    page.setFillColor(colour if readable else black)
    _centred(page, look.name, Face(font, 25, least=9), Box(_EDGE + side + 24, foot + side, _INNER - side - 214, side))
    _tab(page, "RETURN", right=WIDTH - _EDGE, foot=foot + 18)


def _tab(page: Canvas, text: str, *, right: int, foot: int) -> None:
    """White on black: it survives a printer that has no grey."""
    width, height = 164, 56
    page.setFillColor(black)
    page.rect((right - width) * DOT, foot * DOT, width * DOT, height * DOT, stroke=0, fill=1)
    page.setFillColor(white)
    page.setFont(BOLD, 11.5)
    page.drawCentredString((right - width / 2) * DOT, (foot + 17) * DOT, text, charSpace=0.9)
    page.setFillColor(black)


def _sender(page: Canvas, booking: Booking) -> None:
    sender, column = booking.sender, 470
    right, room = _EDGE + column, _INNER - column
    _caption(page, "From", x=_EDGE, y=1030)
    _line(page, sender.name, _SENDER_NAME, Box(_EDGE, 998, column - 24, 0))
    lines = (*address_lines(sender), country_name(sender.country))
    _block(page, lines, _SENDER, Box(_EDGE, 988, column - 24, 110))
    _caption(page, "Return", x=right, y=1030)
    _line(page, booking.return_number, _NUMBER, Box(right, 984, room, 0))
    _caption(page, "Parcel", x=right, y=938)
    _line(page, f"{booking.parcel} of {booking.parcels}", _COUNT, Box(right, 895, room, 0))


def _destination(page: Canvas, booking: Booking) -> None:
    address, side = booking.hub.address, 200
    room = _INNER - side - 30
    _caption(page, "Ship to", x=_EDGE, y=834)
    name = _block(page, (address.name,), _NAME, Box(_EDGE, 820, room, 72))
    top = 816 - round(len(name.lines) * name.leading / DOT)
    _block(page, address_lines(address), _ADDRESS, Box(_EDGE, top, room, top - 616))
    _line(page, country_name(address.country), _COUNTRY, Box(_EDGE, 574, room, 0))
    _hub(page, booking.hub.code, left=WIDTH - _EDGE - side, foot=638, side=side)


def _hub(page: Canvas, code: str, *, left: int, foot: int, side: int) -> None:
    line = 4
    inner = (side - line) * DOT
    page.setLineWidth(line * DOT)
    page.rect((left + line / 2) * DOT, (foot + line / 2) * DOT, inner, inner, stroke=1, fill=0)
    _caption(page, "Hub", x=left + 20, y=foot + side - 38)
    word = fit(code, _HUB, width=(side - 60) * DOT)
    page.setFont(word.font, word.size)
    page.drawCentredString((left + side / 2) * DOT, (foot + 88) * DOT - word.size * 0.36, *word.lines)


def _barcode(page: Canvas, tracking_number: str) -> None:
    draw_code128(page, tracking_number, width=WIDTH, y=334, height=176)
    words = fit(_in_groups(tracking_number), _TRACKING, width=(_INNER - 60) * DOT)  # less the space between characters
    page.setFont(words.font, words.size)
    page.drawCentredString(WIDTH / 2 * DOT, 284 * DOT, *words.lines, charSpace=0.6)


def _handling(page: Canvas, booking: Booking, url: str) -> None:
    room = _INNER - 250
    _caption(page, "Service", x=_EDGE, y=218)
    _block(page, (booking.service,), _SERVICE, Box(_EDGE, 208, room, 84))
    advice = ("Keep both codes flat and free of tape.", "Scan at every handover.")
    _block(page, advice, _ADVICE, Box(_EDGE, 90, room, 60))
    draw_qr(page, url, right=WIDTH - _EDGE, y=6, side=252)


def _rule(page: Canvas, y: int, *, weight: int = 2) -> None:
    page.setFillColor(black)
    page.rect(_EDGE * DOT, y * DOT, _INNER * DOT, weight * DOT, stroke=0, fill=1)


def _caption(page: Canvas, text: str, *, x: int, y: int) -> None:
    page.setFont(BOLD, 6.5)
    page.drawString(x * DOT, y * DOT, text.upper(), charSpace=0.7)


def _line(page: Canvas, text: str, face: Face, box: Box) -> None:
    """One line of text that stands on the top of `box`."""
    line = fit(text, face, width=box.width * DOT)
    page.setFont(line.font, line.size)
    page.drawString(box.x * DOT, box.top * DOT, *line.lines)


def _block(page: Canvas, lines: tuple[str, ...], face: Face, box: Box) -> Block:
    """Lines from the top of `box` down."""
    block = set_block(lines, face, width=box.width * DOT, height=box.height * DOT)
    _draw(page, block, x=box.x, first=box.top * DOT - block.size)
    return block


def _centred(page: Canvas, text: str, face: Face, box: Box) -> None:
    """Text in as many lines as it takes, half way between the top of `box` and its foot."""
    block = set_block((text,), face, width=box.width * DOT, height=box.height * DOT)
    middle = (box.top - box.height / 2) * DOT
    _draw(page, block, x=box.x, first=middle + (len(block.lines) - 1) / 2 * block.leading - block.size * 0.35)


def _draw(page: Canvas, block: Block, *, x: int, first: float) -> None:
    page.setFont(block.font, block.size)
    for place, line in enumerate(block.lines):
        page.drawString(x * DOT, first - place * block.leading, line)


def country_name(code: str) -> str:
    """The country in English capitals, as posts ask for it."""
    return _ENGLISH.territories.get(code, code).upper()


def _in_groups(tracking_number: str) -> str:
    """`OR7KQ2M9TX3WY4` is read out as `OR 7KQ2 M9TX 3WY4`."""
    head, tail = tracking_number[:2], tracking_number[2:]
    return " ".join([head, *(tail[at : at + 4] for at in range(0, len(tail), 4))])


def _contrast(one: Color, other: Color) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.rgb()]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
