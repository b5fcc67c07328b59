"""Processes of ours are found again and ended; nobody else's ever is."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.ports import choose
from deploy.local.processes import Processes, StartFailed, kernel_start
from deploy.local.stack import pid_at
from libs.chassis.health import Health

WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


@pytest.fixture
def processes(tmp_path: Path):
    processes = Processes(tmp_path)
    yield processes
    processes.stop(*(process.name for process in processes.all()), within=0)


def test_a_process_is_found_again_by_another_command_and_ended(processes: Processes, tmp_path: Path):
    started = processes.start("payments", WAITS, env=os.environ)

    found = Processes(tmp_path).find("payments")
    Processes(tmp_path).stop("payments")

    assert found == started
    assert not started.alive
    assert Processes(tmp_path).find("payments") is None


def test_a_recorded_pid_that_now_belongs_to_a_stranger_is_left_alone(processes: Processes):
    stranger = subprocess.Popen(WAITS)
    ours = processes.start("payments", WAITS, env=os.environ)
    of_yesterday = replace(ours, pid=stranger.pid, started="1")

    of_yesterday.stop(within=1)
    sent = of_yesterday.signal(signal.SIGKILL)
    untouched = stranger.poll() is None
    stranger.kill()
    stranger.wait()

    assert not sent
    assert untouched


def test_a_process_that_does_not_listen_is_killed(processes: Processes):
    deaf = processes.start("payments", [sys.executable, "-c", DEAF], env=os.environ)
    processes.until_ready(deaf, lambda: "deaf" in deaf.tail(), within=10)

    processes.stop("payments", within=0.2)

    assert kernel_start(deaf.pid) != deaf.started


def test_a_process_that_dies_while_starting_is_named_with_its_last_words(processes: Processes):
    dying = processes.start("payments", [sys.executable, "-c", "raise SystemExit('no key')"], env=os.environ)

    with pytest.raises(StartFailed, match=r"payments ended while starting(.|\n)*no key"):
        processes.until_ready(dying, lambda: False, within=10)


def test_a_taken_port_is_replaced_by_a_free_one_and_that_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        chosen, said = choose({"gateway": port})

    assert chosen["gateway"] != port
    assert said == [f"gateway from {port} to {chosen['gateway']}"]


def test_which_process_answers_at_a_port_is_known():
    health = Health("127.0.0.1", 0, {})
    health.start()
    nobody, _ = choose({"metrics": 0})

    found = [pid_at(f"http://127.0.0.1:{port}/livez") for port in (health.port, nobody["metrics"])]

    assert found == [os.getpid(), None]
