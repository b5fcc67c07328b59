"""What one cell of a file says: an amount, a day, a number, words. A cell that can be read in two ways is not guessed at."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from babel.numbers import get_currency_precision

from libs.contracts.values import Channel, Money

LONGEST = 500  # characters of a cell
MOST_UNITS, MOST_AMOUNT = 10_000, 10**12
_UNTOLD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how a spreadsheet is told that 0071 is no number
_SIGNS = re.compile(r"[\s\u00a0\u202f'’£$€]|[A-Z]{2,3}\b")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*|[0-9]+")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(.*)", re.DOTALL)
_DAY = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})(.*)", re.DOTALL)
_TIME = re.compile(r"[ T,]*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)? *(Z|UTC|[+-][0-9]{2}:?[0-9]{2})?")
_EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_WEB = re.compile(r"https?://[^\s\"'<>;,]+")
_CURRENCY, _COUNTRY = re.compile(r"[A-Z]{3}"), re.compile(r"[A-Z]{2}")
_NUMBER = re.compile(r"[A-Za-z0-9#._/ -]{1,40}")
_YES, _NO = {"yes", "y", "true", "1", "x", "cancelled", "canceled"}, {"", "no", "n", "false", "0"}


class BadCell(ValueError):
    """The cell does not say what its column should; the words tell the person who mends the file."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How a file is to be read: its currency and country where a row names none, and what its days and amounts look like.

    `decimal` is the sign before the pence, or empty to see it from each amount; `months_first` reads 11/23/2026.
    """

    currency: str
    country: str
    decimal: str = ""
    months_first: bool = False

    def amount(self, cell: str, currency: str) -> Money:
        """`1.234,50` in EUR is 123450 cents. Raises BadCell rather than guess or round."""
        written, places = _SIGNS.sub("", cell), get_currency_precision(currency)
        whole, pence = self._parts(written, places)
        if not _GROUPED.fullmatch(whole) or not re.fullmatch("[0-9]*", pence):
            raise BadCell(f"“{cell[:40]}” is not an amount")
        if len(pence) > places:
            raise BadCell(f"“{cell[:40]}” is finer than {currency}")
        units = int(re.sub("[.,]", "", whole) + pence.ljust(places, "0"))
        if units > MOST_AMOUNT:
            raise BadCell(f"“{cell[:40]}” is too much")
        return Money(amount=units, currency=currency)

    def _parts(self, written: str, places: int) -> tuple[str, str]:
        """What stands before and after the decimal sign."""
        found = [sign for sign in written if sign in ".,"]
        if self.decimal:
            whole, _, pence = written.partition(self.decimal)
            return whole, pence
        if not found or (len(set(found)) == 1 and len(found) > 1):
            return written, ""
        whole, _, pence = written.rpartition(found[-1])
        if len(found) == 1 and len(pence) == 3 and places != 3:
            raise BadCell(f"“{written[:40]}” can be read in two ways: say which sign stands before the decimals")
        return whole, pence

    def moment(self, cell: str) -> datetime:
        """A day or a moment, in UTC where it names no offset. Raises BadCell."""
        iso, day = _ISO.fullmatch(cell), _DAY.fullmatch(cell)
        if iso:
            year, month, date, rest = iso.groups()
        elif day:
            first, _, second, year, rest = day.groups()
            month, date = (first, second) if self.months_first else (second, first)
        else:
            raise BadCell(f"“{cell[:40]}” is not a date: write 2026-11-23")
        try:
            return _at(int(year), int(month), int(date), rest)
        except ValueError:
            raise BadCell(f"“{cell[:40]}” is not a date: write 2026-11-23") from None


def _at(year: int, month: int, date: int, rest: str) -> datetime:
    if not rest.strip():
        return _sane(datetime(year, month, date, tzinfo=UTC))
    time = _TIME.fullmatch(rest.rstrip())
    if time is None:
        raise ValueError(rest)
    hour, minute, second, offset = time.groups()
    zone = "+00:00" if offset in (None, "Z", "UTC") else offset
    clock = f"{int(hour):02}:{minute}:{second or '00'}{zone}"
    return _sane(datetime.fromisoformat(f"{year:04}-{month:02}-{date:02}T{clock}").astimezone(UTC))


def _sane(at: datetime) -> datetime:
    if not 2000 <= at.year < 2200:
        raise ValueError(at)
    return at


def words(cell: str) -> str:
    """The words of a cell, without what no page of ours could show. Raises BadCell on a formula and on too many."""
    clean = _UNTOLD.sub("", cell.replace("\r\n", "\n")).strip()
    as_text = _AS_TEXT.fullmatch(clean)
    clean = as_text[1].replace('""', '"').strip() if as_text else clean
    if clean.startswith("="):
        raise BadCell("This is a formula: write what it comes to")
    if len(clean) > LONGEST:
        raise BadCell(f"This is longer than {LONGEST} characters")
    return clean


def units(cell: str) -> int:
    """How many pieces; `2.0` is two. Raises BadCell."""
    plain = re.fullmatch(r"([0-9]{1,6})(?:[.,]0+)?", cell)
    if plain is None or not 1 <= int(plain[1]) <= MOST_UNITS:
        raise BadCell(f"“{cell[:40]}” is not a number of pieces")
    return int(plain[1])


def number(cell: str) -> str:
    """An order's or a receipt's number. Raises BadCell."""
    if not _NUMBER.fullmatch(cell) or not any(sign.isalnum() for sign in cell):
        raise BadCell(f"“{cell[:40]}” is not an order number")
    return cell


def email(cell: str) -> str:
    """An email address. Raises BadCell."""
    if not _EMAIL.fullmatch(cell) or len(cell) > 254:
        raise BadCell(f"“{cell[:40]}” is not an email address")
    return cell


def address(cell: str) -> str:
    """A picture's address on the web. Raises BadCell."""
    if not _WEB.fullmatch(cell):
        raise BadCell(f"“{cell[:40]}” is not an address on the web")
    return cell


def currency(cell: str) -> str:
    """A currency by its ISO 4217 code. Raises BadCell."""
    if not _CURRENCY.fullmatch(cell.upper()):
        raise BadCell(f"“{cell[:40]}” is not a currency: write GBP")
    return cell.upper()


def country(cell: str) -> str:
    """A country by its ISO 3166-1 code. Raises BadCell."""
    if not _COUNTRY.fullmatch(cell.upper()):
        raise BadCell(f"“{cell[:40]}” is not a country: write GB")
    return cell.upper()


def channel(cell: str) -> Channel:
    """Where it was bought. Raises BadCell."""
    if cell.casefold() not in set(Channel):
        raise BadCell(f"“{cell[:40]}” is neither online nor store")
    return Channel(cell.casefold())


def yes(cell: str) -> bool:
    """Whether the cell says yes. Raises BadCell where it says neither."""
    if cell.casefold() not in _YES | _NO:
        raise BadCell(f"“{cell[:40]}” is neither yes nor no")
    return cell.casefold() in _YES
