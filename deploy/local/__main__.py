"""The suite on this machine: `python -m deploy.local demo|up|down|status|logs|smoke|clean`."""

import argparse
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from deploy.local.container import ContainerBroker
from deploy.local.journey import StepFailed, drive
from deploy.local.packages import Missing
from deploy.local.parts import WANTED, address
from deploy.local.processes import ENDING, ROOT, Processes, StartFailed
from deploy.local.stack import Stack

FOLDER = ROOT / ".run"
NOT_RUNNING = 3  # what service managers answer for a service that is stopped
INTERRUPTED = 130  # as a shell says of a command that Ctrl-C ended
BEGAN = time.monotonic()


def say(line: str) -> None:
    """Print a line of progress with the seconds since the command was given."""
    print(f"{time.monotonic() - BEGAN:5.1f} s  {line}", flush=True)


def demo(stack: Stack) -> int:
    """Start everything, return one shirt before your eyes, and stay until Ctrl-C, which ends everything again."""
    if refused := _running_already(stack):
        return refused
    try:
        stack.start()
        _tell(stack)
        drive(stack.facts, say=partial(print, flush=True))
        print("\nThe suite stays up until Ctrl-C.", flush=True)
        _watch(stack)
    except KeyboardInterrupt:
        print("\nending every process that was started", flush=True)
    finally:
        stack.stop()
    return 0


def up(stack: Stack) -> int:
    """Start everything and return when it is ready."""
    if refused := _running_already(stack):
        return refused
    stack.start()
    _tell(stack)
    return 0


def down(stack: Stack) -> int:
    """End every process that demo or up started; the data stays."""
    stack.stop()
    print("nothing of the suite runs")
    return 0


def status(stack: Stack) -> int:
    """Print each process with its pid and whether it is ready; exit code 0 when all are."""
    processes = stack.processes
    if not processes:
        print("the suite is not running")
        return NOT_RUNNING
    ready = {name: stack.is_ready(name) for name in processes}
    for name, process in processes.items():
        word = "ready" if ready[name] else "not ready" if process.alive else "ended"
        print(f"{name:<14} {process.pid:>8}  {word:<10} {_address_of(stack, name)}")
    return 0 if all(ready.values()) else NOT_RUNNING


def logs(stack: Stack) -> int:
    """Follow the logs of all processes, or of the one that S names."""
    name = os.environ.get("S")
    files = [str(path) for path in sorted(stack.running.logs.glob(f"{name or '*'}.log"))]
    if not files:
        print(f"no log of {name or 'any process'} in {stack.running.logs}")
        return 1
    os.execvp("tail", ["tail", "-n", "40", "-F", *files])


def smoke(stack: Stack) -> int:
    """Drive one whole return against the running suite; exit code 1, naming the step, when one fails."""
    if not stack.facts:
        print("the suite is not running: make up")
        return NOT_RUNNING
    drive(stack.facts, say=partial(print, flush=True))
    return 0


def clean(stack: Stack) -> int:
    """End everything, of test runs too, and remove all data."""
    for folder in {FOLDER, *(path.parents[1] for path in FOLDER.glob("**/processes/*.json"))}:
        processes = Processes(folder)
        processes.stop(*(process.name for process in reversed(processes.all())), within=30)
        ContainerBroker(folder / "broker").stop()
        ContainerBroker(folder / "broker").forget()
    shutil.rmtree(FOLDER, ignore_errors=True)
    return 0


COMMANDS: dict[str, Callable[[Stack], int]] = {
    command.__name__: command for command in (demo, up, down, status, logs, smoke, clean)
}


def main() -> int:
    """Run the command named first."""
    options = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    commands = options.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    given = options.parse_args()
    stack = Stack(FOLDER, wanted=WANTED, say=say)
    interrupt_once()
    try:
        return COMMANDS[given.command](stack)
    except KeyboardInterrupt:
        return INTERRUPTED
    except (Missing, StartFailed, StepFailed) as failed:
        print(failed, file=sys.stderr)
        return 1


def interrupt_once() -> None:
    """Let the first signal to end raise KeyboardInterrupt, and none after it disturb the ending."""
    heard: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) == 1:
            raise KeyboardInterrupt

    for number in ENDING:
        signal.signal(number, interrupt)


def _running_already(stack: Stack) -> int:
    if not any(process.alive for process in stack.processes.values()):
        return 0
    print("the suite is already running here: make status shows it, make down ends it")
    return 1


def _tell(stack: Stack) -> None:
    facts = stack.facts
    print(f"\nmail        {facts['mailbox']}/")
    for retailer in facts["retailers"]:
        staff, order = retailer["staff"][0], retailer["order"]
        print(f"\n{retailer['slug']:<11} {retailer['portal']}")
        print(f"  shopper   order {order['number']}, {order['email']}")
        print(f"  staff     {retailer['admin']}  {staff['email']} / {staff['password']}")
        print(f"  API key   {retailer['api_key']}")
    operator = facts["platform"]
    print(f"\noperator    {operator['admin']}  {operator['email']} / {operator['password']}")
    print(f"\nEverything else is in {stack.folder / 'demo.json'}\n", flush=True)


def _watch(stack: Stack) -> None:
    """Stay until interrupted, and say once of each process that it ended."""
    told: set[str] = set()
    while True:
        for name, process in stack.processes.items():
            if name not in told and not process.alive:
                told.add(name)
                print(f"{name} ended:\n{process.tail()}", flush=True)
        time.sleep(1)


def _address_of(stack: Stack, name: str) -> str:
    places = {"gateway": "gateway", "sandbox": "mailbox"}
    if name in places:
        return address(stack.ports, places[name])
    port = {"broker": "amqp"}.get(name, name)
    return f"port {stack.ports[port]}" if port in stack.ports else address(stack.ports, f"{name}_metrics/metrics")


if __name__ == "__main__":
    sys.exit(main())
