"""The page that a carrier of the sandbox prints: 4 by 6 inches, a bar code, from whom and to where."""

from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

_INCH = 72
_DOT = 72 / 203


def draw(number: str, *, carrier: str, service: str, sender: list[str], receiver: list[str], reference: str) -> bytes:
    """A label as PDF: the same bytes for the same parcel."""
    file = BytesIO()
    page = Canvas(file, pagesize=(4 * _INCH, 6 * _INCH), invariant=1)
    page.setTitle(f"{carrier} {number}")
    page.setFont("Helvetica-Bold", 20)
    page.drawString(20, 395, carrier)
    page.setFont("Helvetica", 11)
    page.drawString(20, 378, f"{service} (sandbox: not a real label)")
    _lines(page, "FROM", sender, top=350, size=9)
    _lines(page, "SHIP TO", receiver, top=262, size=13)
    bars = Code128(number, barWidth=3 * _DOT, barHeight=60, quiet=0)
    bars.drawOn(page, (4 * _INCH - bars.width) / 2, 75)
    page.setFont("Helvetica-Bold", 12)
    page.drawCentredString(2 * _INCH, 55, number)
    page.setFont("Helvetica", 9)
    page.drawCentredString(2 * _INCH, 30, reference)
    page.save()
    return file.getvalue()


def _lines(page: Canvas, caption: str, lines: list[str], *, top: int, size: int) -> None:
    page.setFont("Helvetica-Bold", 8)
    page.drawString(20, top, caption)
    page.setFont("Helvetica", size)
    for place, line in enumerate(filter(None, lines), start=1):
        page.drawString(20, top - place * size * 1.25, _latin(line))


def _latin(line: str) -> str:
    return line.encode("latin-1", "replace").decode("latin-1")
