"""Programs that only the system's package manager can bring: RabbitMQ and Chromium."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it before a package starts a daemon; 101 is "not allowed"
REFUSE_TO_START = "#!/bin/sh\nexit 101\n"


class Missing(RuntimeError):
    """A program that is not here and may not or cannot be installed; the message says what to do."""


@dataclass(frozen=True)
class Manager:
    """One package manager: its program, and the commands that refresh its lists and install."""

    program: str
    refresh: tuple[str, ...]
    install: tuple[str, ...]


MANAGERS = (
    Manager("apt-get", ("update", "-q"), ("install", "-q", "-y", "--no-install-recommends")),
    Manager("dnf", (), ("install", "-q", "-y")),
    Manager("apk", (), ("add", "--quiet", "--no-progress")),
)


def install(package: str, *, purpose: str, say: Callable[[str], None]) -> None:
    """Install the system package `package`, saying so first; raises Missing with one sentence when that cannot be."""
    manual = f"{purpose} needs {package}: install it with your system's package manager"
    if os.environ.get("INSTALL") == "0":
        raise Missing(f"{manual} (INSTALL=0 forbids doing it here).")
    manager = next((each for each in MANAGERS if shutil.which(each.program)), None)
    if manager is None:
        raise Missing(f"{manual} (none of {', '.join(each.program for each in MANAGERS)} is here).")
    rights = _rights()
    if rights is None:
        raise Missing(f"{manual}: {' '.join(['sudo', manager.program, *manager.install, package])}")
    say(f"installing {package} with {manager.program} ({purpose}; INSTALL=0 forbids it)")
    with _daemons_held_back(rights):
        for arguments in filter(None, (manager.refresh, (*manager.install, package))):
            _run([*rights, manager.program, *arguments], failed=f"{manual}: {manager.program} failed.")


def disable(*units: str) -> None:
    """Keep daemons that a package just brought from running, now and after a boot; does nothing without systemd."""
    rights = _rights()
    if rights is not None and Path("/run/systemd/system").exists():
        subprocess.run([*rights, "systemctl", "disable", "--now", *units], check=False, capture_output=True)


def _rights() -> list[str] | None:
    """The words to put before a command that needs root; None when this user cannot have it without a password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


@contextmanager
def _daemons_held_back(rights: list[str]) -> Iterator[None]:
    if not POLICY.parent.is_dir() or not shutil.which("dpkg") or POLICY.exists():
        yield
        return
    subprocess.run([*rights, "tee", str(POLICY)], input=REFUSE_TO_START.encode(), check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*rights, "chmod", "755", str(POLICY)], check=True)
    try:
        yield
    finally:
        subprocess.run([*rights, "rm", "-f", str(POLICY)], check=True)


def _run(command: list[str], *, failed: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        last = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()[-5:]
        raise Missing("\n".join([failed, *last]))
