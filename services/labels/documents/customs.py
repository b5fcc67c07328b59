"""The papers of a parcel that crosses a customs border: an invoice of returned goods, and a CN 23 declaration."""

from collections.abc import Iterable
from decimal import Decimal
from io import BytesIO

from babel.numbers import get_currency_precision
from reportlab.pdfgen.canvas import Canvas

from libs.contracts.values import Address, Goods, Money
from services.labels.documents.label import country_name
from services.labels.documents.lettering import BOLD, REGULAR, Face, fit, load_fonts, set_block
from services.labels.domain import Booking, Declaration, address_lines, declared

ACROSS, UP = 595.28, 841.89  # points: A4
_EDGE = 48
_ROOM = ACROSS - 2 * _EDGE
_ROWS = 16  # goods on a page, with room for what stands below them
_TO_FILL_IN = "................"
_UNKNOWN = "......"
_COLUMNS = (
    ("Description", 0),
    ("Quantity", 172),
    ("HS code", 220),
    ("Made in", 294),
    ("Net weight", 376),
    ("Value", 499),
)
_WIDTHS = (164, 44, 68, 76, 54, 66)

_TITLE = Face(BOLD, 17, least=11)
_PLAIN = Face(REGULAR, 9.5, least=6.5)
_STRONG = Face(BOLD, 9.5, least=6.5)
_SMALL = Face(REGULAR, 8, least=6)


def draw_customs(booking: Booking, tracking_number: str) -> bytes:
    """Both papers as PDF, the same bytes for the same booking and number. What is not known is left to be filled in."""
    load_fonts()
    told = declared(booking, tracking_number)
    file = BytesIO()
    page = Canvas(file, pagesize=(ACROSS, UP), invariant=1, pageCompression=1)
    page.setTitle(f"Customs papers {booking.return_number}")
    page.setAuthor(booking.look.name)
    page.setCreator("Homeward")
    for title, subtitle in (
        ("Commercial invoice", "For customs purposes only: returned goods, no sale."),
        ("Customs declaration CN 23", "May be opened officially."),
    ):
        _paper(page, title, subtitle, booking, told)
    page.save()
    return file.getvalue()


def _paper(page: Canvas, title: str, subtitle: str, booking: Booking, told: Declaration) -> None:
    pages = [told.goods[at : at + _ROWS] for at in range(0, len(told.goods), _ROWS)] or [()]
    for number, goods in enumerate(pages, start=1):
        y = _put(page, title, _TITLE, _EDGE, UP - 64, _ROOM)
        y = _put(page, subtitle, _PLAIN, _EDGE, y, _ROOM) - 8
        y = min(_party(page, "From", booking.sender, x=_EDGE, y=y), _party(page, "To", booking.hub.address, x=310, y=y))
        y = _facts(page, told, y - 10)
        y = _table(page, told, goods, y - 12)
        if number == len(pages):
            _end(page, told, y - 6)
        page.setFont(REGULAR, 8)
        page.drawRightString(ACROSS - _EDGE, 30, f"{told.reference}  {number} of {len(pages)}")
        page.showPage()


def _party(page: Canvas, name: str, address: Address, *, x: float, y: float) -> float:
    y = _put(page, name, _SMALL, x, y, 230)
    lines = (address.name, *address_lines(address), country_name(address.country))
    block = set_block(lines, _PLAIN, width=230, height=90)
    page.setFont(block.font, block.size)
    for line in block.lines:
        page.drawString(x, y, line)
        y -= block.leading
    return y


def _facts(page: Canvas, told: Declaration, y: float) -> float:
    facts = (
        ("Reason for export", "Returned goods"),
        ("Return", told.reference),
        ("Original export", _exported(told) or _TO_FILL_IN),
        ("Tracking number", told.tracking_number),
        ("Net weight", _TO_FILL_IN if told.grams is None else _kilograms(told.grams)),
        ("Gross weight", _TO_FILL_IN),
    )
    for name, words in facts:
        _put(page, name, _SMALL, _EDGE, y, 110)
        _put(page, words, _PLAIN, _EDGE + 118, y, _ROOM - 118)
        y -= 15
    return y


def _exported(told: Declaration) -> str:
    """What the goods were sent out as: the order, and its parcels."""
    order = f"Order {told.exported_as}" if told.exported_as else ""
    parcels = f"parcel {', '.join(told.shipped_as)}" if told.shipped_as else ""
    return ", ".join(filter(None, (order, parcels)))


def _table(page: Canvas, told: Declaration, goods: Iterable[Goods], y: float) -> float:
    _row(page, tuple(name for name, _ in _COLUMNS), _STRONG, y)
    page.line(_EDGE, y - 5, ACROSS - _EDGE, y - 5)
    for item in goods:
        y -= 19
        title = ", ".join(filter(None, (item.title, item.variant)))
        _row(
            page,
            (
                title,
                str(item.quantity),
                item.hs_code or _UNKNOWN,
                country_name(item.origin) if item.origin else _UNKNOWN,
                _UNKNOWN if item.grams is None else _kilograms(item.grams * item.quantity),
                _money(item.value),
            ),
            _PLAIN,
            y,
        )
    return y - 12


def _row(page: Canvas, cells: tuple[str, ...], face: Face, y: float) -> None:
    for (_, x), width, cell in zip(_COLUMNS, _WIDTHS, cells, strict=True):
        line = fit(cell, face, width=width)
        page.setFont(line.font, line.size)
        if x == _COLUMNS[-1][1]:
            page.drawRightString(_EDGE + x, y, *line.lines)
        else:
            page.drawString(_EDGE + x, y, *line.lines)


def _end(page: Canvas, told: Declaration, y: float) -> None:
    page.line(_EDGE, y + 8, ACROSS - _EDGE, y + 8)
    for total in told.totals:
        y -= 8
        page.setFont(BOLD, 10)
        page.drawRightString(ACROSS - _EDGE, y, f"Total  {_money(total)}")
        y -= 8
    words = (
        *_share(told),
        "The values are what was paid, less what the seller keeps. The goods go back to the seller.",
        "Relief for returned goods is asked for.",
        "I certify that the particulars are correct and that nothing dangerous or forbidden is in the parcel.",
    )
    y -= 14
    for line in words:
        y = _put(page, line, _SMALL, _EDGE, y, _ROOM)
    page.setFont(REGULAR, 9)
    page.drawString(_EDGE, max(60, y - 30), "Date and signature of the sender  ....................................")


def _share(told: Declaration) -> tuple[str, ...]:
    """What there is to check where a return has several parcels."""
    if told.parcels == 1:
        return ()
    return (
        f"Parcel {told.parcel} of {told.parcels}: the even part of what is returned. Correct here what is in another.",
    )


def _put(page: Canvas, words: str, face: Face, x: float, y: float, width: float) -> float:
    line = fit(words, face, width=width)
    page.setFont(line.font, line.size)
    page.drawString(x, y, *line.lines)
    return y - line.size * 1.6


def _kilograms(grams: int) -> str:
    return f"{Decimal(grams) / 1000:.3f} kg"


def _money(money: Money) -> str:
    amount = Decimal(money.amount).scaleb(-get_currency_precision(money.currency))
    return f"{amount:,} {money.currency}"
