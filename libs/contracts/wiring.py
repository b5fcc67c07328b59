"""Who listens to what and who answers what, read from the services' source without running any of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from libs.contracts.base import Message, Named, Request
from libs.contracts.catalogue import OWNERS

SERVICES = Path(__file__).parents[2] / "services"

Imported = dict[str, tuple[str, str | None]]


@dataclass(frozen=True)
class Wiring:
    """What one service is wired to, in the order of its source."""

    service: str
    listens_to: tuple[type[Message], ...]
    answers: tuple[type[Request], ...]


def wirings(services: Path = SERVICES) -> list[Wiring]:
    """The wiring of every service in `services`; one without entrypoints yet has none."""
    return [wiring(services / owner) for owner in OWNERS]


def wiring(service: Path) -> Wiring:
    """The contracts named by `@handles(...)` and `@answers(...)` in the folder of one service."""
    trees = [ast.parse(file.read_text(), str(file)) for file in _sources(service)]
    return Wiring(
        service.name,
        tuple(each for tree in trees for each in _decorated(tree, "handles") if issubclass(each, Message)),
        tuple(each for tree in trees for each in _decorated(tree, "answers") if issubclass(each, Request)),
    )


def imported(tree: ast.Module) -> Imported:
    """What each local name stands for: an owner's module, and the class in it unless it is the module itself."""
    names: Imported = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("libs.contracts"):
            continue
        for alias in node.names:
            local = alias.asname or alias.name
            if node.module == "libs.contracts":
                names[local] = (alias.name, None)
            else:
                names[local] = (str(node.module).rsplit(".", 1)[-1], alias.name)
    return names


def contract_at(node: ast.expr, names: Imported) -> type[Named] | None:
    """The contract that an expression names: `FeeWaivedV1` or `payments.FeeWaivedV1`; None when it names none."""
    owner, name = None, None
    if isinstance(node, ast.Name):
        owner, name = names.get(node.id, (None, None))
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, name = names.get(node.value.id, (None, None))[0], node.attr
    known = (owner or "").partition("_")[0] in OWNERS  # `orders`, and `orders_shops` beside it
    found = getattr(import_module(f"libs.contracts.{owner}"), name, None) if known and name else None
    return found if isinstance(found, type) and issubclass(found, Named) else None


def _sources(service: Path) -> list[Path]:
    """`service.py`, or the files of `service/` once it holds more than one idea."""
    return [file for file in (service / "service.py", *sorted((service / "service").glob("**/*.py"))) if file.exists()]


def _decorated(tree: ast.Module, decorator: str) -> Iterator[type[Named]]:
    names = imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == decorator:
                    yield from (each for argument in call.args if (each := contract_at(argument, names)))
