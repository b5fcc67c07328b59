"""A label on A4, lying: the label on the left to stick on the parcel, a packing slip on the right to put into it."""

import logging
from io import BytesIO

from pypdf import PageObject, PdfWriter, Transformation
from pypdf.errors import PyPdfError
from reportlab.pdfgen.canvas import Canvas

from services.labels.documents.codes import DOT
from services.labels.documents.drawing import HEIGHT, WIDTH
from services.labels.documents.label import paint_label
from services.labels.documents.lettering import REGULAR, Face, fit, load_fonts
from services.labels.documents.slip import Column, paint_slip
from services.labels.domain import Booking

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each page that it mends

ACROSS, UP = 841.89, 595.28  # points: A4
_FOLD = ACROSS / 2
_LEFT = round((_FOLD / DOT - WIDTH) / 2), round((UP / DOT - HEIGHT) / 2)  # dots, so that bars stay on them
_TEXT = _FOLD + 36
_ROOM = ACROSS - _TEXT - 36
_PLAIN = Face(REGULAR, 10, least=7)


def draw_sheet(booking: Booking, tracking_number: str, *, carriers: bytes | None = None) -> bytes:
    """The sheet as PDF, the same bytes for the same booking and number. A label that a carrier drew is put on it as it is.

    One of the carrier's that cannot be read as PDF is a page of its own: its place is left for it.
    """
    load_fonts()
    drawn = _page_of(carriers) if carriers is not None else None
    file = BytesIO()
    page = Canvas(file, pagesize=(ACROSS, UP), invariant=1, pageCompression=1)
    page.setTitle(f"Return label and packing slip {booking.return_number}")
    page.setAuthor(booking.look.name)
    page.setCreator("Homeward")
    page.saveState()
    page.translate(_LEFT[0] * DOT, _LEFT[1] * DOT)
    if carriers is None:
        paint_label(page, booking, tracking_number)
    elif drawn is None:
        _frame(page, booking)
    page.restoreState()
    _fold(page)
    paint_slip(page, booking, tracking_number, Column(_TEXT, UP - 60, _ROOM, rows=15))
    _advise(page)
    page.save()
    return file.getvalue() if drawn is None else _together(file, drawn)


def _page_of(carriers: bytes) -> PageObject | None:
    """The first page of what a carrier drew, upright; None where it cannot be read."""
    try:
        page = PdfWriter(clone_from=BytesIO(carriers)).pages[0]
        page.transfer_rotation_to_content()
        if page.mediabox.width > page.mediabox.height:
            page.add_transformation(Transformation().rotate(90).translate(float(page.mediabox.height), 0))
            page.mediabox.upper_right = (page.mediabox.height, page.mediabox.width)
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError):
        return None
    return page


def _together(sheet: BytesIO, label: PageObject) -> bytes:
    """The carrier's page in the label's place: in its own size where that has room, in the middle of it."""
    writer = PdfWriter(clone_from=sheet)
    wide, high = float(label.mediabox.width), float(label.mediabox.height)
    box = WIDTH * DOT, HEIGHT * DOT
    scale = min(1.0, box[0] / wide, box[1] / high)
    x = _LEFT[0] * DOT + (box[0] - wide * scale) / 2 - float(label.mediabox.left) * scale
    y = _LEFT[1] * DOT + (box[1] - high * scale) / 2 - float(label.mediabox.bottom) * scale
    writer.pages[0].merge_transformed_page(label, Transformation().scale(scale).translate(x, y))
    file = BytesIO()
    writer.write(file)
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


def _advise(page: Canvas) -> None:
    line = fit("Stick the other half flat on the largest side of the parcel.", _PLAIN, width=_ROOM)
    page.setFont(line.font, line.size)
    page.drawString(_TEXT, 46, *line.lines)
