"""The rules of the house that a program can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.sources import ROOT, Function, at, calls, functions, name_of, parsed, python

PRODUCT = python("libs", "services")
SUITE = [*PRODUCT, *python("deploy", "cli")]
TESTS = python("tests")

MAX_FILE = 400
MAX_FUNCTION = 40
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "exceptions", "manager", "managers"}

CLOCKS = {
    "datetime.now",
    "datetime.datetime.now",
    "datetime.utcnow",
    "datetime.datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
}
IDS = {"uuid4", "uuid.uuid4", "uuid1", "uuid.uuid1"}
REAL_TIME = {
    "libs/chassis/clock.py": "the one clock, which adds the sandbox's shift to it",
    "libs/chassis/bus.py": "a deadline counts by the clock of who waits, and people read when a message failed",
    "libs/chassis/rpc.py": "a deadline counts by the clock of who waits",
    "services/portal/webhooks.py": "a signature counts by the clock of who signed it",
}
COMMITTERS = {"libs/chassis/store.py"}
PRINTERS: set[str] = set()
FAULTS = ("AssertionError", "TimeoutError")
EXPECTATIONS = ("raises", "fail", "warns", "expect")


def where(file: Path) -> str:
    """A file's path in the tree."""
    return str(file.relative_to(ROOT))


def length(function: Function) -> int:
    """The lines of a function without its decorators and docstring."""
    docstring = function.body[0] if ast.get_docstring(function) is not None else None
    return (
        (function.end_lineno or 0)
        - function.lineno
        + 1
        - ((docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0)
    )


def test_the_checks_see_the_product() -> None:
    assert len(PRODUCT) > 50
    assert ROOT / "libs" / "chassis" / "store.py" in PRODUCT


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {where(file): lines for file in SUITE if (lines := len(file.read_text().splitlines())) > MAX_FILE}

    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{at(file, function)} {function.name}": length(function)
        for file in SUITE
        for function in functions(file)
        if length(function) > MAX_FUNCTION and "migrations" not in file.parts
    }

    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    vague = [
        where(file)
        for file in [*SUITE, *TESTS]
        if {part.removesuffix(".py") for part in file.relative_to(ROOT).parts} & VAGUE
    ]

    assert vague == []


def test_the_product_prints_nothing() -> None:
    found = [
        at(file, call)
        for file in PRODUCT
        for call in calls(file)
        if name_of(call) == "print" and where(file) not in PRINTERS
    ]

    assert found == []


def test_time_comes_from_the_one_clock() -> None:
    found = [
        at(file, call)
        for file in PRODUCT
        for call in calls(file)
        if name_of(call) in CLOCKS and where(file) not in REAL_TIME
    ]

    assert found == []


def test_who_needs_real_time_still_reads_it() -> None:
    assert {file for file in REAL_TIME if not any(name_of(call) in CLOCKS for call in calls(ROOT / file))} == set()


def test_identifiers_come_from_the_chassis() -> None:
    assert [at(file, call) for file in PRODUCT for call in calls(file) if name_of(call) in IDS] == []


def test_only_the_store_commits() -> None:
    found = [
        at(file, call)
        for file in PRODUCT
        for call in calls(file)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and where(file) not in COMMITTERS
    ]

    assert found == []


def test_no_insert_is_judged_by_its_rowcount() -> None:
    # SQLAlchemy with psycopg gives -1 for an INSERT without RETURNING: an inbox that trusts it lets repeats through.
    assert [at(file, node) for file in SUITE for node in _rowcounts_of_inserts(parsed(file))] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(db):\n    return db.execute(insert(inbox)).rowcount", 1),
        ("def f(db):\n    done = db.execute(text('INSERT INTO inbox'))\n    return done.rowcount", 1),
        ("def f(db):\n    return db.execute(update(bookings)).rowcount", 0),
    ],
)
def test_the_check_of_rowcounts_knows_an_insert(source: str, found: int) -> None:
    assert len(list(_rowcounts_of_inserts(ast.parse(source)))) == found


def test_no_store_uses_an_object_mapper() -> None:
    assert [
        f"{where(file)}:{line}" for file in SUITE for line, name in _imported(file) if name.startswith("sqlalchemy.orm")
    ] == []


def test_every_moment_in_a_table_has_its_offset() -> None:
    found = [
        at(file, call)
        for file in PRODUCT
        for call in calls(file)
        if name_of(call).rpartition(".")[2] == "DateTime"
        and not any(word.arg == "timezone" and getattr(word.value, "value", None) is True for word in call.keywords)
    ]

    assert found == []


def test_no_module_uses_shopifys_global_session() -> None:
    # ShopifyAPI keeps site and token per thread and per class: two shops in one process get each other's.
    globals_ = {"activate_session", "ShopifyResource", "Session"}
    used = [
        at(file, node)
        for file in PRODUCT
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute)
        and ((node.attr in globals_ and name_of(node.value).startswith("shopify")) or name_of(node) == "Session.temp")
    ]

    assert used == []


def test_no_lock_file_names_an_index() -> None:
    locks = [*ROOT.glob("requirements*.txt"), *ROOT.glob("services/*/requirements*.txt")]
    named = [
        f"{where(file)}:{number}"
        for file in locks
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if "://" in line or re.search(r"--(extra-)?index-url|--find-links|\bpypi\.org\b", line)
    ]

    assert len(locks) > 7
    assert named == []


def test_unit_tests_use_no_mock() -> None:
    mocked = [
        f"{where(file)}:{line}" for file in python("tests/unit") for line, name in _imported(file) if "mock" in name
    ]

    assert mocked == []


def test_every_test_asserts_something() -> None:
    silent = [
        f"{at(file, function)} {function.name}"
        for file in TESTS
        for function in functions(file)
        if function.name.startswith("test_") and not _asserts(function, _helpers(file))
    ]

    assert silent == []


def test_no_assertion_is_always_true() -> None:
    hollow = [
        at(file, node)
        for file in TESTS
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Assert)
        and (isinstance(node.test, ast.Tuple) or (isinstance(node.test, ast.Constant) and node.test.value))
    ]

    assert hollow == []


def _imported(file: Path) -> Iterator[tuple[int, str]]:
    """The line and dotted name of everything imported."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def _rowcounts_of_inserts(tree: ast.Module) -> Iterator[ast.Attribute]:
    for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
        meant = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "rowcount":
                value = meant.get(node.value.id, node.value) if isinstance(node.value, ast.Name) else node.value
                if re.search(r"\binsert\b", ast.unparse(value), re.IGNORECASE):
                    yield node


def _helpers(file: Path) -> dict[str, Function]:
    """The functions of a test file, and those it imports from other test files, by name."""
    own = {function.name: function for function in functions(file)}
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests"):
            source = ROOT / Path(*str(node.module).split(".")).with_suffix(".py")
            if source.exists():
                own |= {function.name: function for function in functions(source) if function.name not in own}
    return own


def _asserts(function: Function, helpers: dict[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function asserts, itself or through a function of the tests that it calls."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and node.exc and name_of(node.exc) in FAULTS):
            return True
        if isinstance(node, ast.Call):
            name = name_of(node).rpartition(".")[2]
            if name in EXPECTATIONS or name.startswith("assert_"):
                return True
            if name in helpers and name not in seen and _asserts(helpers[name], helpers, seen | {name}):
                return True
    return False
