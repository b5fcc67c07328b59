"""The label of a bag or pallet: 4 by 6 inches, on the dots of a 203 dpi printer as a parcel's is."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from libs.contracts.labels_bags import DrawBagLabelV1
from libs.contracts.values import Look
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

_HUB = Face(BOLD, 60, least=12)
_COUNT = Face(BOLD, 26, least=10)
_CODE = Face(BOLD, 22, least=10)
_ADVICE = Face(REGULAR, 9, least=7)


def draw_bag_label(asked: DrawBagLabelV1, look: Look) -> bytes:
    """The label as PDF. The same bag and look give the same bytes."""
    load_fonts()
    file = BytesIO()
    page = Canvas(file, pagesize=(WIDTH * DOT, HEIGHT * DOT), invariant=1, pageCompression=1)
    page.setTitle(f"Bag {asked.code}")
    page.setAuthor(look.name)
    page.setCreator("Homeward")
    draw_title(page, look, "BAG")
    draw_rule(page, 1062)
    _about(page, asked)
    draw_rule(page, 800, weight=6)
    _codes(page, asked)
    page.save()
    return file.getvalue()


def _about(page: Canvas, asked: DrawBagLabelV1) -> None:
    right = EDGE + 470
    draw_caption(page, "Hub", x=EDGE, y=1016)
    draw_line(page, asked.hub or "-", _HUB, Box(EDGE, 860, 440, 0))
    draw_caption(page, "Parcels", x=right, y=1016)
    draw_line(page, str(asked.parcels) if asked.parcels else "-", _COUNT, Box(right, 930, INNER - 470, 0))


def _codes(page: Canvas, asked: DrawBagLabelV1) -> None:
    draw_code128(page, asked.code, width=WIDTH, y=540, height=220)
    words = fit(in_groups(asked.code), _CODE, width=(INNER - 60) * DOT)
    page.setFont(words.font, words.size)
    page.drawCentredString(WIDTH / 2 * DOT, 462 * DOT, *words.lines, charSpace=0.6)
    draw_rule(page, 420)
    draw_qr(page, asked.link, right=WIDTH - EDGE, y=40, side=360)
    advice = ("Scan it when it leaves the hub,", "and where it is received.", "The square code opens the bag.")
    draw_block(page, advice, _ADVICE, Box(EDGE, 360, INNER - 400, 150))
