"""The product's source as the checks read it: parsed, never run."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from libs.contracts.base import Message, Named
from libs.contracts.wiring import contract_at, imported

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(file: Path) -> ast.Module:
    """The syntax tree of `file`."""
    return ast.parse(file.read_text(), str(file))


def python(*folders: str) -> list[Path]:
    """The Python files below these folders of the tree; those of a folder that does not exist are none."""
    return sorted(
        file for folder in folders for file in (ROOT / folder).rglob("*.py") if "__pycache__" not in file.parts
    )


def at(file: Path, node: ast.AST) -> str:
    """Where a node stands, to be clicked."""
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def functions(file: Path) -> Iterator[Function]:
    """Every function and method in `file`, inner ones too."""
    return (node for node in ast.walk(parsed(file)) if isinstance(node, Function))


def name_of(call: ast.expr) -> str:
    """What a call or name says, dotted: `datetime.now`."""
    if isinstance(call, ast.Call):
        return name_of(call.func)
    if isinstance(call, ast.Attribute):
        return f"{name_of(call.value)}.{call.attr}"
    return call.id if isinstance(call, ast.Name) else ""


def calls(file: Path) -> Iterator[ast.Call]:
    """Every call in `file`."""
    return (node for node in ast.walk(parsed(file)) if isinstance(node, ast.Call))


def code_of(service: str) -> list[Path]:
    """A service's Python files, migrations apart."""
    return [file for file in python(f"services/{service}") if "migrations" not in file.parts]


def stated_by(service: str) -> set[type[Message]]:
    """The service's own facts that its code names anywhere but in a decorator or a type."""
    return {
        contract
        for file in code_of(service)
        for contract in _named_in(file)
        if issubclass(contract, Message) and contract.owner() == service
    }


def tables_of(service: str) -> set[str]:
    """The names given to `Table(...)`."""
    return {
        call.args[0].value
        for file in code_of(service)
        for call in calls(file)
        if name_of(call).rpartition(".")[2] == "Table" and call.args and isinstance(call.args[0], ast.Constant)
    }


def variables_of(settings: Path) -> set[str]:
    """The environment variables that the classes in a settings module read."""
    return {
        _variable(field, _prefix(cls))
        for cls in ast.walk(parsed(settings))
        if isinstance(cls, ast.ClassDef)
        for field in cls.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def _named_in(file: Path) -> Iterator[type[Named]]:
    tree = parsed(file)
    names, apart = imported(tree), set(_decorators_and_types(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and node not in apart:
            contract = contract_at(node, names)
            if contract is not None:
                yield contract


def _decorators_and_types(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            for part in (*node.decorator_list, node.returns):
                yield from ast.walk(part) if part else ()
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield from ast.walk(node.annotation)


def _prefix(cls: ast.ClassDef) -> str:
    said = [
        word.value.value
        for node in ast.walk(cls)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == "env_prefix" and isinstance(word.value, ast.Constant)
    ]
    return said[0] if said else ""


def _variable(field: ast.AnnAssign, prefix: str) -> str:
    alias = [
        word.value.value
        for word in getattr(field.value, "keywords", ())
        if word.arg == "validation_alias" and isinstance(word.value, ast.Constant)
    ]
    return alias[0] if alias else f"{prefix}{field.target.id}".upper()  # type: ignore[union-attr]
