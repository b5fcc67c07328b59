"""What the page of a file of orders is given."""

from dataclasses import dataclass, field

from services.portal.web.views.desk import Pick
from services.portal.web.views.parts import Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A field of an order, and the heading that it is read from; empty where no column has it."""

    name: str
    words: str
    heading: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class FaultRow:
    """What is wrong with a row of a file."""

    row: int
    column: str
    words: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class FileBrought:
    """What came of a file: its name, its rows, how many orders, and the first faults of `faulty`."""

    name: str
    rows: int
    created: int
    changed: int
    unchanged: int
    checked: int
    repeated: int
    faulty: int
    faults: tuple[FaultRow, ...] = ()


@dataclass(frozen=True, slots=True)
class BringPage:
    """Fields `file`, `decimal`, `dates`, `check`, and once a file was seen `column-` and each field's name.

    `headings` are those of the file, and `columns` what is chosen of them.
    """

    staff: Staff
    most_rows: int
    decimals: tuple[Pick, ...]
    dates: tuple[Pick, ...]
    decimal: str = ""
    date: str = ""
    only_check: bool = False
    headings: tuple[str, ...] = ()
    columns: tuple[ColumnChoice, ...] = ()
    done: FileBrought | None = None
    notice: Notice | None = None
    problems: Problems = field(default_factory=dict)
