"""Processes that outlive the command that started them, and that nobody else's process is mistaken for."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from deploy.local.kept import read_json, write_json

ROOT = Path(__file__).parents[2]
POLL_SECONDS = 0.05
TAIL_LINES = 25
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_children: dict[int, subprocess.Popen[bytes]] = {}  # a child must be reaped by its parent, or it stays a zombie


class StartFailed(RuntimeError):
    """A process that ended, or was not ready in time; the message ends with the tail of its log."""


@dataclass(frozen=True)
class Process:
    """One started process: its pid, and the kernel's start time that tells it from a later owner of that pid."""

    name: str
    pid: int
    started: str
    log: str
    stop_with: int = signal.SIGTERM

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        child = _children.get(self.pid)
        if child is not None and child.poll() is not None:
            return False
        return kernel_start(self.pid) == self.started

    def signal(self, number: int) -> bool:
        """Send `number` to the process, and to all it started when it cannot tell them; False when it is gone."""
        if not self.alive:
            return False
        try:
            if number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCONT):
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def stop(self, *, within: float = 15.0) -> None:
        """Ask the process to end, and kill it when it has not after `within` seconds."""
        self.signal(self.stop_with)
        self.end(within=within)

    def end(self, *, within: float) -> None:
        """Wait for the end of a process that was asked to, and kill it after `within` seconds."""
        if not wait_for(lambda: not self.alive, within=within):
            self.signal(signal.SIGKILL)
            wait_for(lambda: not self.alive, within=5)
        _children.pop(self.pid, None)

    def tail(self, lines: int = TAIL_LINES) -> str:
        """The last lines of its log."""
        path = Path(self.log)
        if not path.exists():
            return ""
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def kernel_start(pid: int) -> str | None:
    """When the kernel says that `pid` started, in its own units; None when no such process runs."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        if Path("/proc/self/stat").exists():
            fields = stat.read_text().rpartition(")")[2].split()  # the name before it may hold spaces and brackets
            return None if fields[0] in "ZX" else fields[19]
        return str(psutil.Process(pid).create_time())
    except (OSError, psutil.Error):
        return None


def wait_for(condition: Callable[[], bool], *, within: float) -> bool:
    """Whether `condition` came true before `within` seconds had passed."""
    ends = time.monotonic() + within
    while not condition():
        if time.monotonic() >= ends:
            return False
        time.sleep(POLL_SECONDS)
    return True


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back the signals that would end us until the block is done, so that no child is left unrecorded."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    before = {number: signal.signal(number, lambda heard, _frame: held.append(heard)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
    if held:
        signal.raise_signal(held[0])


class Processes:
    """The processes of one folder: their records in `processes/`, their output in `logs/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = folder / "processes"
        self.logs = folder / "logs"

    def start(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], stop_with: int = signal.SIGTERM
    ) -> Process:
        """Start `command` in a session of its own, from the checkout's root, and record it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with uninterrupted(), log.open("ab") as output:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            _children[child.pid] = child
            process = Process(name, child.pid, kernel_start(child.pid) or "", str(log), int(stop_with))
            write_json(self.records / f"{name}.json", asdict(process))
        return process

    def find(self, name: str) -> Process | None:
        """The recorded process of that name, running or not."""
        found = read_json(self.records / f"{name}.json", None)
        return Process(**found) if found else None

    def all(self) -> list[Process]:
        """Every recorded process, running or not, the one started first first."""
        found = [Process(**record) for path in self.records.glob("*.json") if (record := read_json(path, None))]
        return sorted(found, key=lambda process: process.started.zfill(20))

    def stop(self, *names: str, within: float = 15.0) -> None:
        """End the processes of these names that run, all at once, and forget them."""
        ending = [process for name in names if (process := self.find(name)) is not None]
        for process in ending:
            process.signal(process.stop_with)
        for process in ending:
            process.end(within=within)
            (self.records / f"{process.name}.json").unlink(missing_ok=True)

    def until_ready(self, process: Process, ready: Callable[[], bool], *, within: float) -> None:
        """Return when `ready` holds; raises StartFailed when the process ends first or `within` seconds pass."""
        if not wait_for(lambda: not process.alive or ready(), within=within):
            raise StartFailed(f"{process.name} was not ready after {within:.0f} s.\n{process.log}:\n{process.tail()}")
        if not process.alive:
            raise StartFailed(f"{process.name} ended while starting.\n{process.log}:\n{process.tail()}")
