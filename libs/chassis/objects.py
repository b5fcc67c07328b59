"""Documents and photos: a store of bytes by key. A folder by default."""

import os
import re
from pathlib import Path

from libs.chassis.ids import new_id
from libs.chassis.outside import forbid_open_unit
from libs.chassis.settings import load

_KEY = re.compile(r"[a-z0-9]+(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")


class ObjectMissing(KeyError):
    """No object has this key."""


class Objects:
    """Objects in a folder. A write is whole or absent, also after a crash, and writing the same key again is harmless."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the objects lie."""
        return self._folder or load().objects_dir

    def put(self, key: str, content: bytes) -> None:
        """Keep `content` under `key` (`labels/<retailer>/<document>.pdf`)."""
        forbid_open_unit()
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(
            f".{new_id()}.part"
        )  # of its own, or two writers of one key would write into each other's
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        """The bytes under `key`; raises ObjectMissing."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise ObjectMissing(key) from None

    def delete(self, key: str) -> None:
        """Forget what is under `key`; nothing happens when there is nothing."""
        forbid_open_unit()
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a key: {key!r}")
        return self.folder / key
