"""A file of orders brought to orders, some hundred at a time: bringing it again changes nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from libs.chassis.rpc import ask
from libs.contracts.orders import OrderGiven, OrderOutcome, SaveOrdersV1
from services.portal.bringing.cells import Reader
from services.portal.bringing.columns import guessed, header_of, needed
from services.portal.bringing.reading import Fault, read, text_of

AT_ONCE = 200  # orders: well below a second of work
WAIT = 10.0  # seconds for each of them: a file is not a page that somebody looks at


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file: how many orders it made, changed and left alone, what is wrong, and which column was which."""

    rows: int
    outcomes: Mapping[OrderOutcome, int]
    repeated: int
    faults: tuple[Fault, ...]
    headings: Mapping[str, str]


class Unmapped(Exception):
    """The file has no columns for what is `missing`; `header` are its headings, and `columns` those that are known."""

    def __init__(self, header: list[str], columns: Mapping[str, int], missing: tuple[str, ...]) -> None:
        super().__init__(missing)
        self.header, self.columns, self.missing = header, columns, missing


def bring(retailer_id: UUID, file: BinaryIO, chosen: Mapping[str, str], how: Reader, *, only_check: bool) -> Brought:
    """Save the orders of a file that are whole, unless it is only to be checked.

    `chosen` names the heading of each field that is not to be guessed. Raises Unmapped; raises Refused or Unavailable
    where orders does, and then what was saved so far stays: the same file may be brought again.
    """
    header, rows = header_of(text_of(file))
    columns = guessed(header, chosen)
    if missing := needed(columns):
        raise Unmapped(header, columns, missing)
    told = read(header, rows, columns, how)
    outcomes = Counter[OrderOutcome]() if only_check else _save(retailer_id, told.orders)
    headings = {name: header[place] for name, place in columns.items()}
    if only_check:
        outcomes[OrderOutcome.UNCHANGED] = len(told.orders)
    return Brought(told.rows, outcomes, told.repeated, told.faults, headings)


def _save(retailer_id: UUID, orders: tuple[OrderGiven, ...]) -> Counter[OrderOutcome]:
    outcomes: Counter[OrderOutcome] = Counter()
    for start in range(0, len(orders), AT_ONCE):
        saved = ask(retailer_id, SaveOrdersV1(orders=orders[start : start + AT_ONCE]), timeout=WAIT)
        outcomes.update(order.outcome for order in saved.orders)
    return outcomes
