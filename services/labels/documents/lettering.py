"""Text on paper: embedded fonts, text that they can print, and text that fits."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from anyascii import anyascii
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Roboto-Regular"
BOLD = "Roboto-Bold"
SERIF = "IBMPlexSerif-Bold"

_FONTS = Path(__file__).with_name("fonts")
_LEADING = 1.2
_STEP = 0.5  # points by which text shrinks
_CUT = ".."


@dataclass(frozen=True, slots=True)
class Face:
    """How text is set: the font, the size wanted, and the least one that can be read; in points."""

    font: str
    size: float
    least: float


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that fit their box at `size` points."""

    lines: tuple[str, ...]
    font: str
    size: float

    @property
    def leading(self) -> float:
        """From one line to the next, in points."""
        return self.size * _LEADING


@cache
def load_fonts() -> None:
    """Make the embedded fonts known to reportlab; once a process."""
    for name in (REGULAR, BOLD, SERIF):
        registerFont(TTFont(name, str(_FONTS / f"{name}.ttf")))


def printable(text: str, font: str) -> str:
    """`text` as `font` can print it: whatever it has no glyph for is written in Latin letters, symbols are left out."""
    glyphs = getFont(font).face.charToGlyph
    written = "".join(_in_letters(character, glyphs) for character in unicodedata.normalize("NFC", text))
    return " ".join(written.split())


def fit(text: str, face: Face, *, width: float) -> Block:
    """`text` on one line of `width` points: shrunk, then cut."""
    text, size = printable(text, face.font), face.size
    while size > face.least and stringWidth(text, face.font, size) > width:
        size -= _STEP
    return Block((_cut(text, face.font, size, width),), face.font, size)


def set_block(lines: tuple[str, ...], face: Face, *, width: float, height: float) -> Block:
    """`lines` in a box: shrunk to the least size while that keeps each whole, else wrapped, and cut as the last resort."""
    font, lines = face.font, tuple(filter(None, (printable(line, face.font) for line in lines)))
    sizes = [face.size - _STEP * step for step in range(int((face.size - face.least) / _STEP) + 1)]
    for size in sizes:
        widest = max((stringWidth(line, font, size) for line in lines), default=0)
        if widest <= width and len(lines) * size * _LEADING <= height:
            return Block(lines, font, size)
    for size in sizes:
        wrapped = _wrap(lines, font, size, width)
        if len(wrapped) * size * _LEADING <= height:
            return Block(wrapped, font, size)
    rows = int(height / (face.least * _LEADING))
    return Block(_shorten(lines, face, width, rows=rows), font, face.least)


def _shorten(lines: tuple[str, ...], face: Face, width: float, *, rows: int) -> tuple[str, ...]:
    """`lines` in as many rows: the longest loses its end first, for a postcode matters more than a long name."""
    wrapped = [list(_wrap((line,), face.font, face.least, width)) for line in lines]
    while sum(map(len, wrapped)) > rows and (longest := max(wrapped, key=len))[1:]:
        longest.pop()
        longest[-1] = _cut(longest[-1], face.font, face.least, width, always=True)
    return tuple(row for line in wrapped for row in line)


def _in_letters(character: str, glyphs: dict[int, int]) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character)[0] == "C":
        return ""
    if ord(character) in glyphs:
        return character
    if unicodedata.category(character) in ("So", "Sk", "Mn", "Me"):
        return ""
    return anyascii(character).replace("`", "")  # its mark for a letter that Latin has not


def _wrap(lines: tuple[str, ...], font: str, size: float, width: float) -> tuple[str, ...]:
    return tuple(_cut(part, font, size, width) for line in lines for part in simpleSplit(line, font, size, width))


def _cut(text: str, font: str, size: float, width: float, *, always: bool = False) -> str:
    if not always and stringWidth(text, font, size) <= width:
        return text
    text = text.removesuffix(_CUT)
    while text and stringWidth(text + _CUT, font, size) > width:
        text = text[:-1]
    return text.rstrip() + _CUT
