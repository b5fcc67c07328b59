"""Somebody who changes their mind while the suite starts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local.processes import ROOT, wait_for

START = """
import sys
from pathlib import Path
from deploy.local.__main__ import interrupt_once
from deploy.local.stack import Stack
interrupt_once()
Stack(Path(sys.argv[1])).start()
"""


def mentioning(folder: Path) -> list[str]:
    """The processes that were told of `folder`."""
    found = []
    for process in psutil.process_iter():
        try:
            told = {process.environ().get("OBJECTS_DIR", ""), process.environ().get("HOME", ""), *process.cmdline()}
        except psutil.Error:
            continue
        if process.status() != psutil.STATUS_ZOMBIE and any(word.startswith(str(folder)) for word in told):
            found.append(" ".join(process.cmdline()))
    return found


def test_an_impatient_ctrl_c_in_the_middle_of_a_start_leaves_no_process_behind(tmp_path: Path):
    starting = subprocess.Popen([sys.executable, "-c", START, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL)
    half_way = wait_for((tmp_path / "processes" / "portal.json").exists, within=60)

    for _ in range(3):
        os.kill(starting.pid, signal.SIGINT)
    starting.wait(timeout=60)

    assert half_way
    assert mentioning(tmp_path) == []
    assert list((tmp_path / "processes").iterdir()) == []
