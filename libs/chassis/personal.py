"""Personal data at rest: which rows are a person's, which of their columns tell who it is, and what stays once it is erased."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, MetaData, RowMapping, Select, Table, and_, delete, select, update

ERASED = "erased"  # what stands where a word stood
CHASSIS_TABLES: Mapping[str, str] = {
    "outbox": "a fact is deleted when it was sent; one that cannot be sent is an alarm",
    "inbox": "ids only",
    "claims": "ids, and the error of the last try, which names no person",
}
_PSEUDONYM = re.compile(rf"{ERASED} [0-9a-f]{{8}}")
_TOGETHER = 500  # rows read in one trip

Blank = Callable[[Any, str], Any]  # what stands in a column, and the pseudonym: what stays of it
Rules = Mapping[str, "Blank | Rules"]


def nothing(_value: Any, _pseudonym: str) -> Any:
    """Nothing stays."""
    return None


def empty(value: Any, _pseudonym: str) -> Any:
    """An empty text stays, and nothing of nothing."""
    return None if value is None else ""


def word(value: Any, _pseudonym: str) -> Any:
    """The word `erased` stays, and nothing of nothing."""
    return ERASED if value else value


def named(value: Any, pseudonym: str) -> Any:
    """The pseudonym stays; one that was given before is kept."""
    return value if not value or _PSEUDONYM.fullmatch(str(value)) else pseudonym


def all_of(value: Any, _pseudonym: str) -> Any:
    """An empty list or document of the same kind stays."""
    return None if value is None else type(value)()


def scrubbed(rules: Rules) -> Blank:
    """The document stays without what `rules` name, wherever in it the name stands."""
    return lambda value, pseudonym: scrub(value, rules, pseudonym)


def scrub(value: Any, rules: Rules, pseudonym: str) -> Any:
    """`value` with what its keys name replaced as `rules` say; a rule may be rules for what is inside."""
    if isinstance(value, list):
        return [scrub(each, rules, pseudonym) for each in value]
    if isinstance(value, dict):
        return {key: _ruled(each, rules.get(key, rules), pseudonym) for key, each in value.items()}
    return value


def _ruled(value: Any, rule: "Blank | Rules", pseudonym: str) -> Any:
    return rule(value, pseudonym) if callable(rule) else scrub(value, rule, pseudonym)


# What stays of a Contact and of an Address, as messages write them.
CONTACT: Rules = {"name": named, "email": empty, "phone": nothing}
ADDRESS: Rules = {
    "name": named,
    "company": nothing,
    "line1": word,
    "line2": nothing,
    "city": word,
    "region": nothing,
    "postcode": nothing,
}


@dataclass(frozen=True)
class Holding:
    """The personal columns of a table. `whose` says which rows are a person's, given the references.

    `shown` are columns told beside them. `goes`: the whole row is deleted. `elsewhere`: it is taken away by planned work,
    because something outside the database goes with it.
    """

    table: Table
    whose: Callable[[Any], ColumnElement[bool]]
    columns: Mapping[str, Blank] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    goes: bool = False
    elsewhere: bool = False


def export(
    db: Connection, holdings: Sequence[Holding], who: Any, *, most: int | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The rows that still tell who it is, by table, at most `most` of each."""
    found = {}
    for holding in holdings:
        rows: list[dict[str, Any]] = []
        for row in db.execution_options(yield_per=_TOGETHER).execute(_rows(holding, who)).mappings():
            if most is not None and len(rows) >= most:
                break
            if changes(holding, row, ""):
                rows.append({name: _told(row[name]) for name in _columns_told(holding)})
        if rows:
            found[holding.table.name] = rows
    return found


def as_document(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[int, str]:
    """How many rows were found, and all of them as JSON."""
    return sum(map(len, found.values())), json.dumps(found, default=str, ensure_ascii=False)


def erase(db: Connection, holdings: Sequence[Holding], who: Any, pseudonym: str) -> int:
    """Take the person out of the rows, in the caller's transaction; how many rows that changed. May be repeated."""
    return sum(_erase(db, holding, who, pseudonym) for holding in holdings if not holding.elsewhere)


def _erase(db: Connection, holding: Holding, who: Any, pseudonym: str) -> int:
    if holding.goes:
        gone = delete(holding.table).where(holding.whose(who)).returning(*holding.table.primary_key)
        return len(db.execute(gone).all())
    rows = db.execute(_rows(holding, who).with_for_update()).mappings().all()
    changed = [(row, new) for row in rows if (new := changes(holding, row, pseudonym))]
    for row, new in changed:
        db.execute(update(holding.table).where(_is(holding.table, row)).values(new))
    return len(changed)


def changes(holding: Holding, row: RowMapping, pseudonym: str) -> dict[str, Any]:
    """The columns of the row that are still to be erased, each with what stays; a row that goes whole is one of its key."""
    if holding.goes or holding.elsewhere:
        return {each.name: None for each in holding.table.primary_key}
    blanked = {name: blank(row[name], pseudonym) for name, blank in holding.columns.items()}
    return {name: value for name, value in blanked.items() if value != row[name]}


def _rows(holding: Holding, who: Any) -> Select[Any]:
    return select(holding.table).where(holding.whose(who)).order_by(*holding.table.primary_key)


def _is(table: Table, row: RowMapping) -> ColumnElement[bool]:
    return and_(*(each == row[each.name] for each in table.primary_key))


def _columns_told(holding: Holding) -> list[str]:
    keys = [each.name for each in holding.table.primary_key]
    return list(dict.fromkeys([*keys, *holding.shown, *holding.columns]))


def _told(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def unclassified(metadata: MetaData, holdings: Sequence[Holding], impersonal: Mapping[str, str]) -> list[str]:
    """The columns of which nobody has said whether they tell who a person is, and those that are not there any more."""
    whole = {holding.table.name for holding in holdings if holding.goes or holding.elsewhere}
    said = {f"{table}.{name}" for table, names in impersonal.items() for name in names.split()}
    said |= {f"{holding.table.name}.{name}" for holding in holdings for name in holding.columns}
    there = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        if table.name not in whole | CHASSIS_TABLES.keys()
        for column in table.columns
    }
    return sorted(said ^ there)
