"""The walls between the parts stand, and each one is proved to hold by a module that runs against it."""

import ast
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")
PARTS = ("libs", "services", "deploy")

TRESPASSES = {
    "services-apart": ("services/labels/trespass.py", "from services.payments import settings"),
    "pure-domain": ("services/payments/domain.py", "from libs.chassis.clock import now"),
    "contracts-alone": ("libs/contracts/trespass.py", "from libs.chassis import clock"),
    "chassis-knows-no-business": ("libs/chassis/trespass.py", "from libs.contracts.payments import FeeWaivedV1"),
    "no-sandbox-in-the-product": ("services/orders/trespass.py", "from deploy import sandbox"),
    "greenlets-walled-in": ("services/labels/store/trespass.py", "def later():\n    import eventlet"),
    "gateway-without-greenlets": ("services/portal/gateway.py", "from libs.chassis.bus import handles"),
    "nobody-publishes": ("services/payments/store.py", "import kombu"),
    "service-translates": ("services/payments/service.py", "from sqlalchemy import select"),
    "remember-or-call": ("services/labels/store/trespass.py", "from services.labels import carriers"),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree's Python files and the walls' settings in a folder of their own."""
    folder = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=_all_but_python)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture
def trespass(copied: Path, file: str, line: str) -> Iterator[str]:
    """A module that runs against a wall, by its dotted name, while the test runs."""
    place = copied / file
    before = place.read_text() if place.exists() else None
    place.write_text(f"{before or ''}\n{line}\n")
    yield file.removesuffix(".py").replace("/", ".")
    place.unlink()
    if before is not None:
        place.write_text(before)


def _all_but_python(folder: str, names: list[str]) -> set[str]:
    return {
        name for name in names if name == "__pycache__" or (Path(folder, name).is_file() and not name.endswith(".py"))
    }


def lint(folder: Path, *walls: str) -> subprocess.CompletedProcess[str]:
    """What import-linter says of `folder`, by all walls or by those named."""
    named = [argument for wall in walls for argument in ("--contract", wall)]
    return subprocess.run(
        [LINT, "--no-cache", *named], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_wall_stands() -> None:
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_wall_is_tried() -> None:
    walls = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert {wall["id"] for wall in walls} == TRESPASSES.keys()


@pytest.mark.parametrize(
    ("wall", "file", "line"), [(wall, *bad) for wall, bad in TRESPASSES.items()], ids=TRESPASSES.keys()
)
def test_a_wall_holds(copied: Path, wall: str, trespass: str) -> None:
    done = lint(copied, wall)

    assert done.returncode == 1 and "BROKEN" in done.stdout, done.stdout + done.stderr
    assert trespass in done.stdout


def test_contracts_import_only_pydantic_and_the_standard_library() -> None:
    files = sorted((ROOT / "libs" / "contracts").rglob("*.py"))
    strangers = {
        f"{file.name}: {name}"
        for file in files
        for name in _imported(file)
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "pydantic"}
        and not f"{name}.".startswith("libs.contracts.")
    }

    assert len(files) > 8
    assert strangers == set()


def test_no_service_imports_a_module_by_a_name_made_at_run_time() -> None:
    made = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / "services").rglob("*.py"))
        if {"importlib", "import_module", "__import__"}
        & {node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)}
    ]

    assert made == []


def _imported(file: Path) -> set[str]:
    """The absolute names of what a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    return {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names} | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module
    }
