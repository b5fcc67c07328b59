"""The two files made from the contracts: the document for programs and the page for people."""

from pathlib import Path

from libs.contracts.asyncapi import written
from libs.contracts.asyncapi.page import page
from libs.contracts.wiring import wirings

DOCUMENT = Path(__file__).parents[1] / "asyncapi.json"
PAGE = Path(__file__).parents[3] / "docs" / "messages.md"


def stale() -> list[str]:
    """The files that do not say what the classes and the services say now."""
    return [file.name for file, text in _texts().items() if not file.exists() or file.read_text() != text]


def write() -> None:
    """Make both files current."""
    for file, text in _texts().items():
        file.write_text(text)


def _texts() -> dict[Path, str]:
    return {DOCUMENT: written(), PAGE: page(wirings())}
