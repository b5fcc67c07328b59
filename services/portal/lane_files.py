"""Lanes as a file: a row a lane, written and read again. What is wrong is told by row, and the other rows are taken."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from babel.numbers import get_currency_precision
from pydantic import ValidationError

from libs.chassis.rpc import ask
from libs.contracts.labels import Fallback, Lane, LaneMethod, Pricing, RatesFrom
from libs.contracts.labels_lanes import ChangeLanesV1, LaneChange, LanesInForceV1
from libs.contracts.values import Money
from services.portal.bringing.cells import BadCell, Reader, country, currency, words, yes
from services.portal.bringing.columns import header_of
from services.portal.bringing.reading import text_of

COLUMNS = (
    "country",
    "postcodes",
    "hub",
    "carrier",
    "service",
    "method",
    "currency",
    "price",
    "pricing",
    "percent",
    "cost",
    "least_grams",
    "most_grams",
    "default",
    "on",
    "fallback",
    "rates_from",
    "expected_days",
)
LONGEST = 90  # days that a lane may be expected to take
NEEDED = ("country", "hub", "service", "currency", "price")
MOST_ROWS = 5000
AT_ONCE = 500
WAIT = 10.0  # seconds for each of them


@dataclass(frozen=True, slots=True)
class LaneFault:
    """What is wrong with a row, counted from 1 with the headings."""

    row: int
    column: str
    words: str


@dataclass(frozen=True, slots=True)
class LanesBrought:
    """What came of a file of lanes."""

    rows: int
    outcomes: Mapping[LaneChange, int]
    faults: tuple[LaneFault, ...]


class NotLanes(Exception):
    """The file has not the columns that a lane needs, or too many rows."""


def written(known: LanesInForceV1) -> str:
    """The lanes as CSV: brought back as it is, it changes nothing."""
    file = io.StringIO()
    sheet = csv.writer(file, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for each in known.lanes:
        sheet.writerow(_row(each.lane))
    return file.getvalue()


def bring(retailer_id: UUID, file: BinaryIO) -> LanesBrought:
    """Save the lanes of a file that can be in force. Raises NotLanes, and what asking labels raises."""
    header, rows = header_of(text_of(file))
    columns = {name: place for place, name in enumerate(_plain(heading) for heading in header) if name in COLUMNS}
    if missing := [name for name in NEEDED if name not in columns]:
        raise NotLanes(f"The file has no column called {' or '.join(missing)}.")
    lanes, faults, count = _read(rows, columns)
    outcomes: dict[LaneChange, int] = dict.fromkeys(LaneChange, 0)
    places = list(lanes)
    for start in range(0, len(places), AT_ONCE):
        some = places[start : start + AT_ONCE]
        told = ask(retailer_id, ChangeLanesV1(lanes=tuple(lanes[place] for place in some)), timeout=WAIT)
        for place, each in zip(some, told.lanes, strict=True):
            outcomes[each.outcome] += 1
            if each.outcome is LaneChange.REFUSED:
                faults.append(LaneFault(place, "", each.words or each.code or ""))
    return LanesBrought(count, outcomes, tuple(sorted(faults, key=lambda fault: fault.row)))


def amount_text(money: Money | None) -> str:
    """An amount as a person types it, without its currency."""
    if money is None:
        return ""
    places = get_currency_precision(money.currency)
    sign, units = "-" if money.amount < 0 else "", str(abs(money.amount)).rjust(places + 1, "0")
    return sign + (f"{units[:-places]}.{units[-places:]}" if places else units)


def amount_of(cell: str, money: str) -> Money:
    """What a person typed, in the currency `money`; raises BadCell. Less than nothing has a minus before it."""
    less = cell.startswith("-")
    read = Reader(money, "", ".").amount(cell.removeprefix("-"), money)
    return Money(amount=-read.amount if less else read.amount, currency=money)


def place_text(place: RatesFrom | None) -> str:
    """A place as a person types it: `Bristol, BS8 2HY`."""
    return ", ".join(filter(None, (place.city, place.postcode))) if place else ""


def place_of(cell: str) -> RatesFrom | None:
    """The place that a person typed, its postcode after the last comma; None where nothing is typed. Raises BadCell."""
    if not cell.strip():
        return None
    parts = [part.strip() for part in cell.rsplit(",", 1)]
    try:
        return RatesFrom(city=parts[0], postcode=(parts[1:] or [""])[0] or None)
    except ValidationError:
        raise BadCell("Write a town and its postcode, like Bristol, BS8 2HY") from None


def days_of(cell: str) -> int | None:
    """How many days a person typed; None where nothing is typed. Raises BadCell."""
    if not cell.strip():
        return None
    if not (cell.strip().isdecimal() and 1 <= int(cell) <= LONGEST):
        raise BadCell(f"Write whole days, from 1 to {LONGEST}")
    return int(cell)


def _row(lane: Lane) -> list[object]:
    return [
        lane.country,
        lane.postcodes or "",
        lane.hub,
        lane.carrier,
        lane.service,
        lane.method,
        lane.price.currency,
        amount_text(lane.price),
        lane.pricing,
        lane.percent,
        amount_text(lane.cost),
        lane.least_grams,
        lane.most_grams or "",
        _yes(lane.default),
        _yes(lane.on),
        lane.fallback or "",
        place_text(lane.rates_from),
        lane.expected_days or "",
    ]


def _read(rows: Iterator[list[str]], columns: Mapping[str, int]) -> tuple[dict[int, Lane], list[LaneFault], int]:
    """The lanes by row, what is wrong with the other rows, and how many rows there are."""
    lanes: dict[int, Lane] = {}
    faults: list[LaneFault] = []
    count = 0
    for place, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MOST_ROWS:
            raise NotLanes(f"The file has more than {MOST_ROWS} rows.")
        sheet = _Row({name: row[at] if at < len(row) else "" for name, at in columns.items()})
        try:
            lanes[place] = sheet.lane()
        except BadCell as bad:
            faults.append(LaneFault(place, sheet.column, str(bad)))
    return lanes, faults, count


class _Row:
    """A row that is being read; `column` is the one that was read last."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells, self.column = cells, ""

    def lane(self) -> Lane:
        """The lane that the row tells of; raises BadCell."""
        money = currency(self._needed("currency"))
        return Lane(
            country=country(self._needed("country")),
            postcodes=self._cell("postcodes").upper() or None,
            hub=self._needed("hub"),
            carrier=self._cell("carrier").lower() or "own",
            service=self._needed("service"),
            method=LaneMethod(self._one_of("method", tuple(LaneMethod)) or LaneMethod.LABEL),
            price=amount_of(self._needed("price"), money),
            pricing=Pricing(self._one_of("pricing", tuple(Pricing)) or Pricing.FIXED),
            percent=self._whole("percent") or 0,
            cost=amount_of(self._cell("cost"), money) if self._cell("cost") else None,
            least_grams=self._whole("least_grams") or 0,
            most_grams=self._whole("most_grams"),
            default=yes(self._cell("default")),
            on=yes(self._cell("on") or "yes"),
            fallback=Fallback(chosen) if (chosen := self._one_of("fallback", tuple(Fallback))) else None,
            rates_from=place_of(self._cell("rates_from")),
            expected_days=days_of(self._cell("expected_days")),
        )

    def _cell(self, name: str) -> str:
        self.column = name
        return words(self._cells.get(name, ""))

    def _needed(self, name: str) -> str:
        if not (cell := self._cell(name)):
            raise BadCell("This is needed")
        return cell

    def _one_of(self, name: str, known: tuple[str, ...]) -> str:
        cell = self._cell(name).lower()
        if cell and cell not in known:
            raise BadCell(f"“{cell[:40]}” is none of {', '.join(known)}")
        return cell

    def _whole(self, name: str) -> int | None:
        cell = self._cell(name)
        if not cell:
            return None
        if not cell.removeprefix("-").isdecimal() or len(cell) > 7:
            raise BadCell(f"“{cell[:40]}” is not a whole number")
        return int(cell)


def _plain(heading: str) -> str:
    return heading.strip().casefold().replace(" ", "_")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
