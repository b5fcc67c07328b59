"""Text on paper: embedded fonts, text that they can print, and text that fits."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path

from anyascii import anyascii
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Roboto-Regular"
BOLD = "Roboto-Bold"
SERIF = "IBMPlexSerif-Bold"

_FONTS = Path(__file__).with_name("fonts")
_LEADING = 1.2
_STEP = 0.5  # points by which text shrinks
_CUT = ".."
_LONG = 12  # letters, from which on a word is cut before it is left out
_NUMBER = re.compile(r"\d+(?:[-/.]\d+)*[^\W\d_]?")  # 12, 12b, 1-1, 117/2
_SYLLABLE = "\x00"  # before the letters of a syllable, while text is written
_SYLLABIC = ("CJK ", "HANGUL SYLLABLE")


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
    written = [_in_letters(character, glyphs) for character in unicodedata.normalize("NFC", text)]
    apart = "".join(_apart(before, after) + after for before, after in pairwise(["", *written]))
    return " ".join(apart.replace(_SYLLABLE, "").split())


def fit(text: str, face: Face, *, width: float) -> Block:
    """`text` on one line of `width` points: shrunk, then cut."""
    text, size = printable(text, face.font), face.size
    while size > face.least and stringWidth(text, face.font, size) > width:
        size -= _STEP
    return Block((_cut(text, face.font, size, width),), face.font, size)


def set_block(lines: tuple[str, ...], face: Face, *, width: float, height: float) -> Block:
    """`lines` in a box: shrunk to the least size while that keeps each whole, else wrapped, long words too.

    Where they have no room so, short neighbours share a line, and only then words are shortened; numbers are last.
    """
    font, most = face.font, max(1, int(height / (face.least * _LEADING)))
    lines = _joined(tuple(filter(None, (printable(line, font) for line in lines))), most=most)
    sizes = [face.size - _STEP * step for step in range(int((face.size - face.least) / _STEP) + 1)]
    for size in sizes:
        widest = max((stringWidth(line, font, size) for line in lines), default=0)
        if widest <= width and len(lines) * size * _LEADING <= height:
            return Block(lines, font, size)
    for count, size in product(range(len(lines), 0, -1), sizes):
        rows = [row for line in _joined(lines, most=count) for row in _rows(line, _Room(font, size, width))]
        if len(rows) * size * _LEADING <= height:
            return Block(tuple(rows), font, size)
    return Block(_shorten(lines, _Room(font, face.least, width), most=most), font, face.least)


@dataclass(frozen=True, slots=True)
class _Room:
    """The width of a row, for text of a font in a size."""

    font: str
    size: float
    width: float

    def has(self, text: str) -> bool:
        return stringWidth(text, self.font, self.size) <= self.width


def _rows(line: str, room: _Room) -> list[str]:
    """The whole line, in as many rows as it takes."""
    rows, row = [], ""
    for word in line.split():
        together = f"{row} {word}".lstrip()
        if not room.has(together):
            rows += [row] if row else []
            *whole, together = _parts(word, room)
            rows += whole
        row = together
    return [*rows, row]


def _parts(word: str, room: _Room) -> list[str]:
    """A word in parts that have room; a number in it stays whole where it has room itself."""
    parts = []
    while not room.has(word):
        most = next((at for at in range(2, len(word)) if not room.has(word[: at + 1])), 1)
        inside = {at for found in _NUMBER.finditer(word) for at in range(found.start() + 1, found.end())}
        at = max(set(range(1, most + 1)) - inside, default=most)
        parts.append(word[:at])
        word = word[at:]
        if len(word) < 2:
            break
    return [*parts, word]


def _joined(lines: tuple[str, ...], *, most: int) -> tuple[str, ...]:
    """`lines` as at most so many: short neighbours are put on one."""
    while len(lines) > most:
        at = min(range(len(lines) - 1), key=lambda at: len(lines[at]) + len(lines[at + 1]))
        lines = (*lines[:at], f"{lines[at]}, {lines[at + 1]}", *lines[at + 2 :])
    return lines


def _shorten(lines: tuple[str, ...], room: _Room, *, most: int) -> tuple[str, ...]:
    """`lines` in as many rows: the longest loses of its words first, for a postcode matters more."""
    wrapped = [_rows(line, room) for line in lines]
    while sum(map(len, wrapped)) > most:
        at = max(range(len(wrapped)), key=lambda at: len(wrapped[at]))
        wrapped[at] = _fewer(lines[at], room, most=len(wrapped[at]) - 1)
    return tuple(row for rows in wrapped for row in rows)


def _fewer(line: str, room: _Room, *, most: int) -> list[str]:
    """The line in fewer rows: its last words are shortened, then left out; those with a digit only when no other is left."""
    words = line.split()
    while len(rows := _rows(" ".join(words), room)) > most:
        there = [at for at, word in enumerate(words) if word != _CUT]
        at = max((at for at in there if not any(map(str.isdigit, words[at]))), default=there[-1])
        word = words[at].removesuffix(_CUT)
        words[at] = word[: len(word) // 2] + _CUT if len(word) > _LONG and not word[0].isdigit() else _CUT
        words = [word for at, word in enumerate(words) if word != _CUT or words[at - 1 : at] != [_CUT]]
    return rows


def _in_letters(character: str, glyphs: dict[int, int]) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character)[0] == "C":
        return ""
    if ord(character) in glyphs:
        return character
    if unicodedata.category(character) in ("So", "Sk", "Mn", "Me"):
        return ""
    letters = anyascii(character).replace("`", "")  # its mark for a letter that Latin has not
    return f"{_SYLLABLE}{letters}" if unicodedata.name(character, "").startswith(_SYLLABIC) else letters


def _apart(before: str, after: str) -> str:
    """What parts two characters as they are written: a space where one is a syllable of a script that sets none."""
    is_word = before[-1:].isalnum() and after.removeprefix(_SYLLABLE)[:1].isalnum()
    return " " if is_word and _SYLLABLE in before + after else ""


def _cut(text: str, font: str, size: float, width: float) -> str:
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(text + _CUT, font, size) > width:
        text = text[:-1]
    return text.rstrip() + _CUT
