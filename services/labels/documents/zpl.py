"""The label in ZPL II, for a 203 dpi printer that draws it itself: 4 by 6 inches, as the page is."""

from services.labels.documents.drawing import HEIGHT, WIDTH
from services.labels.documents.label import country_name
from services.labels.documents.lettering import REGULAR, Face, load_fonts, printable, set_block
from services.labels.domain import Booking, address_lines, scan_url

_EDGE = 42
_NARROWER = 0.95
_SIGNS = {"^": "_5E", "~": "_7E", "_": "_5F", "\\": "_5C"}  # those that the printer would take for its own


def draw_zpl(booking: Booking, tracking_number: str) -> bytes:
    """One label, UTF-8; the same booking and number give the same bytes."""
    load_fonts()
    sender, hub = booking.sender, booking.hub
    sent_by = (sender.name, *address_lines(sender), country_name(sender.country))
    ship_to = (hub.address.name, *address_lines(hub.address), country_name(hub.address.country))
    parts = [
        f"^XA^CI28^PW{WIDTH}^LL{HEIGHT}^LH0,0",
        _text(booking.look.name, x=_EDGE, y=40, size=60, width=480),
        _text("RETURN", x=580, y=56, size=40, width=190),
        _rule(130),
        *_lines(sent_by, y=150, size=24, least=15, width=440, height=190),
        _text(booking.return_number, x=512, y=150, size=44, width=260),
        _text(f"Parcel {booking.parcel} of {booking.parcels}", x=512, y=210, size=34, width=260),
        _rule(345),
        *_lines(ship_to, y=370, size=38, least=20, width=540, height=296),
        _text(hub.code, x=600, y=400, size=80, width=170),
        _rule(672),
        _code128(tracking_number),
        _text(tracking_number, x=_EDGE, y=905, size=42, width=WIDTH - 2 * _EDGE),
        _rule(955),
        _text(booking.service, x=_EDGE, y=985, size=36, width=460),
        f"^FO560,970^BQN,2,5^FH^FDMA,{_escaped(scan_url(booking.look, tracking_number))}^FS",
        "^XZ\n",
    ]
    return "\n".join(parts).encode()


def _code128(number: str) -> str:
    """Bars of 4 dots as on the page, fewer for a long number; subset C where the printer sees fit."""
    units = (len(number) + 3) * 11 + 2
    bar = next((bar for bar in (4, 3) if (units + 20) * bar <= WIDTH), 2)
    x = max(0, (WIDTH - units * bar) // 2)
    return f"^FO{x},705^BY{bar}^BCN,176,N,N,N,A^FH^FD{_escaped(number)}^FS"


def _lines(lines: tuple[str, ...], *, y: int, size: int, least: int, width: int, height: int) -> list[str]:
    """Lines in a box, whole, in the size that the page's font would have there: the printer's own is hardly wider."""
    block = set_block(lines, Face(REGULAR, size, least), width=width * _NARROWER, height=height)
    return [
        _written(line, x=_EDGE, y=round(y + at * block.leading), size=int(block.size))
        for at, line in enumerate(block.lines)
    ]


def _text(words: str, *, x: int, y: int, size: int, width: int) -> str:
    """One line, cut where it is too long for `width` dots: a letter is about half as wide as it is high."""
    line = printable(words, REGULAR)
    while size > 20 and len(line) * size * 0.52 > width:
        size -= 2
    return _written(line[: int(width / (size * 0.52))], x=x, y=y, size=size)


def _written(line: str, *, x: int, y: int, size: int) -> str:
    return f"^FO{x},{y}^A0N,{size},{size}^FH^FD{_escaped(line)}^FS"


def _rule(y: int) -> str:
    return f"^FO{_EDGE},{y}^GB{WIDTH - 2 * _EDGE},2,2^FS"


def _escaped(text: str) -> str:
    return "".join(_SIGNS.get(sign, sign) for sign in text)
