"""The one clock. Time is UTC and aware; in sandbox mode a file shifts it for every process at once."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

_LOOK_AGAIN = 0.2  # seconds between two looks at the file: a shift reaches every process within that time


class Clock:
    """Reads the real clock and adds the seconds written in `file`; without a file it is the real clock."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._offset = timedelta()
        self._looked = float("-inf")

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        if self._file is not None and time.monotonic() - self._looked > _LOOK_AGAIN:
            self._looked = time.monotonic()
            self._offset = read_offset(self._file)
        return datetime.now(UTC) + self._offset


def read_offset(file: Path) -> timedelta:
    """The shift in `file`; none when it is absent or not yet whole."""
    try:
        return timedelta(seconds=float(file.read_text() or 0))
    except (FileNotFoundError, ValueError):
        return timedelta()


def _clock_of_this_process() -> Clock:
    # A production process never shifts its clock, whatever its environment holds.
    file = os.environ.get("CLOCK_FILE") if os.environ.get("HOMEWARD_MODE") == "sandbox" else None
    return Clock(Path(file) if file else None)


_clock = _clock_of_this_process()


def now() -> datetime:
    """The present moment by this process's clock, aware, UTC."""
    return _clock.now()
