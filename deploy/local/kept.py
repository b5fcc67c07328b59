"""Small files that outlive the command that wrote them, some of them secret."""

import json
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_hex(20)) -> str:
    """The secret in `path`, made by `make` the first time; only its owner may read it."""
    if not path.exists():
        write_whole(path, make())
    return path.read_text()


def write_whole(path: Path, text: str) -> None:
    """Write `path` so that a reader sees the old text or the new one and never a part; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(beside).replace(path)


def read_json(path: Path, otherwise: Any) -> Any:
    """What the JSON file holds; `otherwise` when there is none."""
    return json.loads(path.read_text()) if path.exists() else otherwise


def write_json(path: Path, content: Any) -> None:
    """Write `content` whole, readable by its owner only."""
    write_whole(path, json.dumps(content, indent=2) + "\n")
