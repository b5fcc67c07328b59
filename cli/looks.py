"""How answers look on a screen: tables that fit it, money and ages in words, and colour where somebody sees it."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NARROWEST = 8  # columns that a cut column keeps
_GAP = "  "
_DECIMALS = {"JPY": 0, "KRW": 0, "ISK": 0, "BHD": 3, "KWD": 3, "TND": 3}
_SIGNS = {"GBP": "£", "EUR": "€", "USD": "$"}


class Painted(str):
    """Words with the codes of a colour around them, which we wrote ourselves."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """A screen of `width` columns, None where nobody's screen bounds it; `colour` says whether it shows colours."""

    width: int | None = None
    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str] = os.environ) -> "Looks":
        """The looks for this stream: plain and unbounded in a pipe, and plain where NO_COLOR or a dumb terminal asks so."""
        if not stream.isatty():
            return cls()
        plain = bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"
        return cls(shutil.get_terminal_size().columns, not plain)

    def paint(self, words: str, colour: str) -> str:
        """`words` in a colour, or bold or dim."""
        plain = printable(words)
        return Painted(f"\x1b[{_CODES[colour]}m{plain}\x1b[0m") if self.colour and plain else plain

    def title(self, words: str) -> str:
        """A heading."""
        return self.paint(words, "bold")

    def table(self, rows: Sequence[Sequence[Any]], head: Sequence[str] = (), *, indent: int = 0) -> str:
        """Columns side by side. Where they do not fit, the widest one is cut, until they do."""
        lines = [[_cell(cell) for cell in row] for row in ([head, *rows] if head else rows)]
        if not lines:
            return ""
        widths = [max(_seen(line[column]) for line in lines) for column in range(len(lines[0]))]
        if self.width is not None:
            _fit(widths, self.width - indent - len(_GAP) * (len(widths) - 1))
        put = [self._line(line, widths, indent) for line in lines]
        if head:
            put[0] = self.paint(put[0], "dim")
        return "\n".join(put)

    def _line(self, line: Sequence[str], widths: Sequence[int], indent: int) -> str:
        cells = [_padded(_cut(cell, width), width) for cell, width in zip(line, widths, strict=True)]
        return (" " * indent + _GAP.join(cells)).rstrip()


def printable(words: str) -> str:
    """`words` without control characters: what a stranger wrote must not steer the terminal that shows it."""
    return _CONTROL.sub("�", words)


def money(amount: Mapping[str, Any] | None) -> str:
    """An amount in minor units as people write it: £42.05."""
    if not amount:
        return ""
    digits = places(amount["currency"])
    value = f"{abs(amount['amount']) / 10**digits:,.{digits}f}"
    sign = "-" if amount["amount"] < 0 else ""
    mark = _SIGNS.get(amount["currency"])
    return f"{sign}{mark}{value}" if mark else f"{sign}{value} {amount['currency']}"


def places(currency: str) -> int:
    """How many decimal places an amount in this currency has."""
    return _DECIMALS.get(currency, 2)


def moment(text: str | None, *, seconds: bool = False) -> str:
    """A moment of the API to the minute, or to the second, in UTC: `2026-11-23 05:06`."""
    return "" if not text else _read(text).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def age(text: str | None, now: datetime | None = None) -> str:
    """How long ago a moment was, in its largest unit: `3 h`."""
    if not text:
        return ""
    seconds = max(0, int(((now or datetime.now(UTC)) - _read(text)).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def words(code: str | None) -> str:
    """A code as words: `awaiting_dropoff` is awaiting dropoff."""
    return (code or "").replace("_", " ")


def _read(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, Painted) else printable(str(value).replace("\n", " "))


def _seen(cell: str) -> int:
    return len(_ESCAPE.sub("", cell))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _seen(cell))


def _cut(cell: str, width: int) -> str:
    bare = _ESCAPE.sub("", cell)
    return cell if len(bare) <= width else bare[: max(1, width - 1)] + "…"


def _fit(widths: list[int], room: int) -> None:
    """Take from the widest column until all fit, or none can give more."""
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
