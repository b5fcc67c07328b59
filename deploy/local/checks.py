"""Every check and every test, with one summary: `python -m deploy.local.checks [name ...]`."""

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.local.processes import ROOT

TOOLS = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
SHARED_OUT = ["-n", "auto", "--dist", "loadfile"]


@dataclass(frozen=True)
class Check:
    """A check by its name, and the commands that must all succeed."""

    name: str
    commands: tuple[Sequence[str], ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one check, after how many seconds, and what it printed."""

    check: str
    passed: bool
    seconds: float
    printed: str


CHECKS = (
    Check(
        "lint",
        (
            [str(TOOLS / "ruff"), "check", "--quiet", "."],
            [str(TOOLS / "ruff"), "format", "--check", "--quiet", "."],
            [str(TOOLS / "mypy")],
            [str(TOOLS / "lint-imports")],
        ),
    ),
    Check("alone", ([sys.executable, "-m", "deploy.local.alone"],)),
    Check("unit", ([*PYTEST, *SHARED_OUT, "tests/unit"],)),
    Check("contracts", ([*PYTEST, "tests/contracts"],)),
    Check("integration", ([*PYTEST, *SHARED_OUT, "tests/integration"],)),
    Check("e2e", ([*PYTEST, "tests/e2e"],)),
    Check("chaos", ([*PYTEST, "tests/chaos"],)),
)
LANES = (("lint", "unit", "contracts", "alone"), ("integration",), ("e2e", "chaos"))  # a browser wants the machine


def run(check: Check, *, live: bool) -> Outcome:
    """Run one check; its output is printed at once when `live`, else kept."""
    began = time.monotonic()
    printed, passed = "", True
    for command in check.commands:
        pipe = None if live else subprocess.PIPE
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=subprocess.STDOUT, text=True
        )
        printed += done.stdout or ""
        passed = passed and done.returncode == 0
    return Outcome(check.name, passed, time.monotonic() - began, printed)


def together(checks: Sequence[Check]) -> list[Outcome]:
    """Run the first two lanes beside each other, then the last; each check's output comes whole."""
    first, second, last = ([check for check in checks if check.name in lane] for lane in LANES)
    with ThreadPoolExecutor(max_workers=2) as pool:
        beside = [pool.submit(_in_turn, lane) for lane in (first, second)]
        return [outcome for lane in beside for outcome in lane.result()] + _in_turn(last)


def main() -> int:
    """Run the checks named, or all of them; exit code 1 when one fails."""
    names = sys.argv[1:] or [check.name for check in CHECKS]
    chosen = [check for check in CHECKS if check.name in names]
    if unknown := set(names) - {check.name for check in CHECKS}:
        print(f"no such check: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    outcomes = [run(chosen[0], live=True)] if len(chosen) == 1 else together(chosen)
    if len(outcomes) > 1:
        print("\n" + "\n".join(_line(outcome) for outcome in outcomes))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _in_turn(checks: Sequence[Check]) -> list[Outcome]:
    outcomes = []
    for check in checks:
        outcomes.append(run(check, live=False))
        print(f"\n== {_line(outcomes[-1])}\n{outcomes[-1].printed}", end="", flush=True)
    return outcomes


def _line(outcome: Outcome) -> str:
    return f"{outcome.check:<12} {'passed' if outcome.passed else 'FAILED'} {outcome.seconds:6.1f} s"


if __name__ == "__main__":
    sys.exit(main())
