"""What labels are drawn with: their size, their edge, lines, captions and text in boxes, on the dots of a 203 dpi printer."""

from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from libs.contracts.values import Look
from services.labels.documents.codes import DOT
from services.labels.documents.lettering import BOLD, SERIF, Block, Face, fit, printable, set_block

WIDTH, HEIGHT = 812, 1218  # dots: 4 by 6 inches
EDGE = 42  # dots kept free left and right
INNER = WIDTH - 2 * EDGE

_READABLE = 3.0  # contrast against white below which a brand colour is printed black (WCAG 2.2, large text)


class Box(NamedTuple):
    """A place on the page, in dots: its left edge, its top, how wide and how high it is."""

    x: int
    top: int
    width: int
    height: int


def draw_title(page: Canvas, look: Look, what: str) -> None:
    """The retailer, and in capitals what the label is of."""
    colour = HexColor(look.brand)
    readable = _contrast(colour, white) >= _READABLE
    font = SERIF if look.heading == "serif" else BOLD
    side, foot = 92, 1094
    page.setFillColor(colour)
    corner = min(look.radius * 0.75, side * DOT / 2)  # a CSS pixel is 0.75 points
    page.roundRect(EDGE * DOT, foot * DOT, side * DOT, side * DOT, corner, stroke=0, fill=1)
    page.setFillColor(white if readable else black)
    page.setFont(font, 22)
    page.drawCentredString((EDGE + side / 2) * DOT, (foot + 24) * DOT, printable(look.name, font)[:1].upper())
    page.setFillColor(colour if readable else black)
    _centred(page, look.name, Face(font, 25, least=9), Box(EDGE + side + 24, foot + side, INNER - side - 214, side))
    _tab(page, what, right=WIDTH - EDGE, foot=foot + 18)


def _tab(page: Canvas, text: str, *, right: int, foot: int) -> None:
    """White on black: it survives a printer that has no grey."""
    width, height = 164, 56
    page.setFillColor(black)
    page.rect((right - width) * DOT, foot * DOT, width * DOT, height * DOT, stroke=0, fill=1)
    page.setFillColor(white)
    page.setFont(BOLD, 11.5)
    page.drawCentredString((right - width / 2) * DOT, (foot + 17) * DOT, text, charSpace=0.9)
    page.setFillColor(black)


def draw_rule(page: Canvas, y: int, *, weight: int = 2) -> None:
    """A line from edge to edge."""
    page.setFillColor(black)
    page.rect(EDGE * DOT, y * DOT, INNER * DOT, weight * DOT, stroke=0, fill=1)


def draw_caption(page: Canvas, text: str, *, x: int, y: int) -> None:
    """A small word over what it names."""
    page.setFont(BOLD, 6.5)
    page.drawString(x * DOT, y * DOT, text.upper(), charSpace=0.7)


def draw_line(page: Canvas, text: str, face: Face, box: Box) -> None:
    """One line of text that stands on the top of `box`."""
    line = fit(text, face, width=box.width * DOT)
    page.setFont(line.font, line.size)
    page.drawString(box.x * DOT, box.top * DOT, *line.lines)


def draw_block(page: Canvas, lines: tuple[str, ...], face: Face, box: Box) -> Block:
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


def in_groups(tracking_number: str) -> str:
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
