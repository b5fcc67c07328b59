"""Codes on paper, drawn on the dots of a 203 dpi label printer so that no bar is half a dot."""

import segno
from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

DOT = 72 / 203  # points

_BARS = (4, 3, 2)  # dots: 0.50 mm is over the 0.38 mm that carriers ask for; a long number of theirs has thinner ones
_QUIET = 10  # bars' widths kept free on each side
_WIDTH_OF = dict(zip("ABCDabcd", (1, 2, 3, 4, 1, 2, 3, 4), strict=True))  # reportlab's runs: bars in capitals
_QR_QUIET = 4  # modules


def draw_code128(page: Canvas, text: str, *, width: int, y: int, height: int) -> None:
    """Draw `text` (ISO/IEC 15417) in the middle of a page `width` dots wide, `y` dots above its foot.

    Its bars are as wide as leave room for the quiet zones; two dots, where not even these do.
    """
    runs = _runs(text)
    units = sum(_WIDTH_OF[run] for run in runs)
    bar = next((bar for bar in _BARS if (units + 2 * _QUIET) * bar <= width), _BARS[-1])
    x = (width - units * bar) // 2
    path = page.beginPath()
    for run in runs:
        width = _WIDTH_OF[run] * bar
        if run.isupper():
            path.rect(x * DOT, y * DOT, width * DOT, height * DOT)
        x += width
    page.drawPath(path, stroke=0, fill=1)


def draw_qr(page: Canvas, text: str, *, right: int, y: int, side: int) -> None:
    """Draw `text` (ISO/IEC 18004, level M) with its last dark column at `right`, a module being as many dots as fit.

    `side` is the height kept free for it from `y` up, with its quiet zones.
    """
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    module = side // (len(matrix) + 2 * _QR_QUIET)
    left, top = right - module * len(matrix), y + (side + module * len(matrix)) // 2
    path = page.beginPath()
    for row, line in enumerate(matrix, start=1):
        for start, length in _dark(line):
            path.rect((left + start * module) * DOT, (top - row * module) * DOT, length * module * DOT, module * DOT)
    page.drawPath(path, stroke=0, fill=1)


def _runs(text: str) -> str:
    code = Code128(text, quiet=0)
    code.validate()
    code.encode()
    return code.decompose()


def _dark(line: bytearray) -> list[tuple[int, int]]:
    """The dark runs of one row of a QR matrix, as (first module, how many)."""
    runs, start = [], None
    for place, dark in enumerate([*line, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
