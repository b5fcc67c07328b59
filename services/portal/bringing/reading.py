"""A file of orders read row by row: the orders that are whole, and what is wrong with the rows of the others."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from libs.contracts.orders import LineGiven, OrderGiven
from libs.contracts.values import Address, Channel, Contact, Money
from services.portal.bringing import cells, customs
from services.portal.bringing.cells import BadCell, Reader
from services.portal.bringing.columns import BY_NAME

MOST_ROWS = 20_000
MOST_LINES = 300  # of one order
_CHUNK = 64 * 1024
_MONEY = ("paid", "price", "list_price")
_SHIPPED: Mapping[str, Callable[[str], Any]] = {
    "hs_code": customs.hs_code,
    "origin": customs.origin,
    "grams": customs.grams,
}
_WHERE = ("line1", "line2", "city", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, counted as a spreadsheet counts them, and in which column; `order` is left out for it."""

    row: int
    column: str
    words: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The orders that a file tells of whole, what is wrong with the others, and how many rows it has."""

    orders: tuple[OrderGiven, ...]
    faults: tuple[Fault, ...]
    rows: int
    repeated: int = 0


def text_of(file: BinaryIO) -> io.TextIOWrapper:
    """The file as text, read as it is needed: UTF-8 or UTF-16 by its mark, else UTF-8, else what Windows writes."""
    start = file.read(2)
    file.seek(0)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return io.TextIOWrapper(file, "utf-16", errors="replace", newline="")
    found = "utf-8-sig" if _is_utf8(file) else "cp1252"
    file.seek(0)
    return io.TextIOWrapper(file, found, errors="replace", newline="")


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def read(header: Sequence[str], rows: Iterator[list[str]], columns: Mapping[str, int], how: Reader) -> Told:
    """The orders of a file. One with a faulty row is left out whole: half an order would be another order."""
    sheet, place = _Sheet(header, columns, how), 1
    try:
        for place, row in enumerate(rows, start=2):
            if place - 1 > MOST_ROWS:
                sheet.note(
                    place, "", f"Rows after the first {MOST_ROWS:,} are not read: send them in a file of their own"
                )
                break
            if any(cell.strip() for cell in row):
                sheet.take(place, row)
    except csv.Error:
        sheet.note(
            place + 1, "", "From here on the file cannot be read: look for a quotation mark without its other half"
        )
    return sheet.told(place - 1)


@dataclass(slots=True)
class _Draft:
    """An order as far as its rows have told of it."""

    place: int
    said: dict[str, str]
    known: dict[str, Any]
    lines: list[LineGiven] = field(default_factory=list)
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    is_bad: bool = False


class _Sheet:
    def __init__(self, header: Sequence[str], columns: Mapping[str, int], how: Reader) -> None:
        self._header, self._columns, self._how = header, columns, how
        self._faults: list[Fault] = []
        self._drafts: dict[tuple[str, ...], _Draft] = {}
        self._spoiled: set[str] = set()
        self._repeated = 0
        self._of_order: dict[str, Callable[[str], Any]] = {
            "number": cells.number,
            "email": cells.email,
            "currency": cells.currency,
            "country": cells.country,
            "channel": cells.channel,
            "cancelled": cells.yes,
            **dict.fromkeys(("placed_at", "fulfilled_at", "delivered_at", "updated_at"), how.moment),
        }

    def note(self, row: int, name: str, words: str, order: str = "") -> None:
        """Say what is wrong."""
        column = self._header[self._columns[name]] if name in self._columns else name and BY_NAME[name].words
        self._faults.append(Fault(row, column, words, order))

    def take(self, place: int, row: list[str]) -> None:
        """Take the row to its order."""
        if len(row) > len(self._header) and any(cell.strip() for cell in row[len(self._header) :]):
            self.note(place, "", "This row has more cells than there are headings")
            self._spoil(row)
            return
        said, is_good = self._words(place, row)
        draft = self._draft(place, said)
        if draft is None:
            return
        if not is_good:
            draft.is_bad = True
        elif tuple(row) in draft.rows:
            self._repeated += 1
        else:
            draft.rows[tuple(row)] = place
            self._add(place, draft, said)

    def told(self, rows: int) -> Told:
        """What came of it all."""
        good = (draft for key, draft in self._drafts.items() if not draft.is_bad and key[-1] not in self._spoiled)
        whole = [self._order(draft) for draft in good]
        orders = tuple(order for order in whole if order is not None)
        return Told(orders, tuple(sorted(self._faults, key=lambda fault: fault.row)), rows, self._repeated)

    def _spoil(self, row: list[str]) -> None:
        """Leave the row's order out, whichever of its rows this is."""
        number = self._columns["number"]
        self._spoiled.add(_folded(row[number]) if number < len(row) else "")

    def _words(self, place: int, row: list[str]) -> tuple[dict[str, str], bool]:
        said, is_good = {}, True
        for name, column in self._columns.items():
            try:
                said[name] = cells.words(row[column]) if column < len(row) else ""
            except BadCell as bad:
                self.note(place, name, str(bad))
                said[name], is_good = "", False
        return said, is_good

    def _draft(self, place: int, said: dict[str, str]) -> _Draft | None:
        """The order that the row belongs to; None where it names none."""
        if not said["number"]:
            self.note(place, "number", "The order’s number is missing")
            return None
        key = (said.get("channel", "").casefold(), _folded(said.get("place", "")), _folded(said["number"]))
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = _Draft(place, said, {})
            draft.known = self._parsed(place, draft, {name: said[name] for name in said if not BY_NAME[name].of_line})
            return draft
        for name, words in said.items():
            if words and not BY_NAME[name].of_line and name != "number" and words != draft.said[name]:
                self.note(place, name, f"This is not as in row {draft.place} of the same order", said["number"])
                draft.is_bad = True
        return draft

    def _parsed(self, place: int, draft: _Draft, said: Mapping[str, str]) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for name, words in said.items():
            parse = self._of_order.get(name, str)
            try:
                known[name] = parse(words) if words else None
            except BadCell as bad:
                self.note(place, name, str(bad), said["number"])
                draft.is_bad = True
        return known

    def _add(self, place: int, draft: _Draft, said: Mapping[str, str]) -> None:
        if len(draft.lines) == MOST_LINES:
            self.note(place, "number", f"An order has at most {MOST_LINES} lines", said["number"])
            draft.is_bad = True
            return
        currency = draft.known.get("currency") or self._how.currency
        try:
            line = self._line(place, said, currency)
        except _AtColumn as bad:
            self.note(place, bad.name, bad.words, said["number"])
            draft.is_bad = True
        else:
            draft.lines.append(line)

    def _line(self, place: int, said: Mapping[str, str], currency: str) -> LineGiven:
        if not said["title"]:
            raise _AtColumn("title", "The item’s name is missing")
        quantity = _at("quantity", cells.units, said["quantity"]) if said.get("quantity") else 1
        money: dict[str, Money] = {
            name: _at(name, lambda cell: self._how.amount(cell, currency), said[name])
            for name in _MONEY
            if said.get(name)
        }
        if "paid" not in money and "price" not in money:
            raise _AtColumn("paid" if "paid" in self._columns else "price", "What was paid is missing")
        paid = money.get("paid") or Money(amount=money["price"].amount * quantity, currency=currency)
        return LineGiven(
            key=said.get("line_key") or None,
            title=said["title"],
            variant=said.get("variant") or None,
            sku=said.get("sku") or None,
            image=_at("image", cells.address, said["image"]) if said.get("image") else None,
            product_type=said.get("product_type") or None,
            vendor=said.get("vendor") or None,
            tags=_listed(said.get("tags")),
            collections=_listed(said.get("collections")),
            **{name: _at(name, parse, said[name]) for name, parse in _SHIPPED.items() if said.get(name)},
            quantity=quantity,
            paid=paid,
            list_price=money.get("list_price"),
        )

    def _order(self, draft: _Draft) -> OrderGiven | None:
        known, number = draft.known, draft.said["number"]
        channel = known.get("channel") or Channel.ONLINE
        missing = None
        if known.get("placed_at") is None:
            missing = "placed_at", "The date of the order is missing"
        elif channel is Channel.ONLINE and not any(known.get(name) for name in ("email", "postcode", "phone")):
            missing = "email", "Without an email, a postcode or a phone nobody could find this order"
        elif len({line.key for line in draft.lines if line.key}) < sum(bool(line.key) for line in draft.lines):
            missing = "line_key", "Two lines of this order have the same id"
        if missing or not draft.lines:
            self.note(draft.place, *(missing or ("title", "This order has no line")), order=number)
            return None
        return self._given(known, channel, tuple(draft.lines))

    def _given(self, known: Mapping[str, Any], channel: Channel, lines: tuple[LineGiven, ...]) -> OrderGiven:
        """The order. A file that has no column for when it was sent tells of orders that were sent."""
        says_when = {"fulfilled_at", "delivered_at"} & self._columns.keys()
        return OrderGiven(
            number=known["number"],
            channel=channel,
            place=known.get("place"),
            placed_at=known["placed_at"],
            updated_at=known.get("updated_at"),
            fulfilled_at=known.get("fulfilled_at") if says_when else known["placed_at"],
            delivered_at=known.get("delivered_at"),
            cancelled=bool(known.get("cancelled")),
            contact=Contact(name=known.get("customer") or "", email=known.get("email") or "", phone=known.get("phone")),
            address=self._address(known, channel),
            lines=lines,
        )

    def _address(self, known: Mapping[str, Any], channel: Channel) -> Address | None:
        if channel is Channel.STORE and not any(known.get(name) for name in _WHERE):
            return None
        return Address(
            name=known.get("customer") or "",
            line1=known.get("line1") or "",
            line2=known.get("line2"),
            city=known.get("city") or "",
            postcode=known.get("postcode"),
            country=known.get("country") or self._how.country,
        )


class _AtColumn(Exception):
    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name, self.words = name, words


def _at(name: str, parse: Callable[[str], Any], cell: str) -> Any:
    try:
        return parse(cell)
    except BadCell as bad:
        raise _AtColumn(name, str(bad)) from None


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in (cell or "").split(","))))


def _folded(written: str) -> str:
    return "".join(written.casefold().split())
