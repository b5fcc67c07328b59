"""`homeward`: what an operator asks of a running suite."""

import argparse
import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from deploy.local.kept import read_json, write_whole

HERE = Path(__file__).parents[1] / ".run"  # the suite that `make up` started; HOMEWARD_RUN names another one's folder
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
STEP = re.compile(r"([+-])(\d+)([dhms])")
OK, REFUSED = 0, 1


class Refusal(RuntimeError):
    """What the command will not or cannot do, in one sentence."""


@dataclass(frozen=True)
class Suite:
    """The running suite as this command sees it: demo.json, or the environment where there is none."""

    facts: dict[str, Any]

    def clock(self) -> Path:
        """The file with the clock's offset; raises Refusal outside sandbox mode."""
        if self.facts.get("mode", os.environ.get("HOMEWARD_MODE", "production")) != "sandbox":
            raise Refusal("the clock moves in sandbox mode only (HOMEWARD_MODE=sandbox, or make up)")
        place = self.facts.get("clock") or os.environ.get("CLOCK_FILE")
        if not place:
            raise Refusal("CLOCK_FILE does not say which file holds the clock's offset")
        return Path(place)


def seconds(offset: str) -> int:
    """`+7d`, `-1h`, `+30m` or `+10s` in seconds; raises Refusal for anything else."""
    found = STEP.fullmatch(offset)
    if found is None:
        raise Refusal(f"{offset} is no step in time: write +7d, -1h, +30m, reset or show")
    sign, count, unit = found.groups()
    return int(timedelta(**{UNITS[unit]: int(sign + count)}).total_seconds())


def clock(suite: Suite, given: argparse.Namespace) -> dict[str, Any]:
    """Move the clock of every process by a step, put it right again, or show how far it is off."""
    path = suite.clock()
    offset = int(float(path.read_text().strip() or 0)) if path.exists() else 0
    if given.step == "reset":
        offset = 0
    elif given.step != "show":
        offset += seconds(given.step)
    if given.step != "show":
        write_whole(path, str(offset))
    return {"offset_seconds": offset, "says": _offset_in_words(offset)}


def status(suite: Suite, given: argparse.Namespace) -> dict[str, Any]:
    """Whether each process of the suite says that it is ready."""
    if not suite.facts:
        raise Refusal("no suite is running here: make up")
    states = {each["service"]: _state(each["metrics"]) for each in suite.facts["processes"]}
    return {"processes": states, "says": "\n".join(f"{name:<14} {state}" for name, state in states.items())}


COMMANDS: dict[str, Callable[[Suite, argparse.Namespace], dict[str, Any]]] = {"status": status, "clock": clock}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; exit code 0 when done, 1 when refused or not ready, 2 when not understood."""
    given = _options().parse_args(_steps_last(sys.argv[1:] if arguments is None else arguments))
    try:
        answer = COMMANDS[given.command](
            Suite(read_json(Path(os.environ.get("HOMEWARD_RUN", HERE)) / "demo.json", {})), given
        )
    except Refusal as refused:
        print(json.dumps({"error": str(refused)}) if given.json else refused, file=sys.stderr)
        return REFUSED
    words = answer.pop("says")
    print(json.dumps(answer) if given.json else words)
    return OK if all(state == "ready" for state in answer.get("processes", {}).values()) else REFUSED


def _steps_last(arguments: list[str]) -> list[str]:
    """`arguments` with steps in time behind a `--`, for argparse takes -1h for an option."""
    steps = [word for word in arguments if STEP.fullmatch(word)]
    return [*(word for word in arguments if word not in steps), *(["--", *steps] if steps else [])]


def _options() -> argparse.ArgumentParser:
    json_wanted = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    json_wanted.add_argument("--json", action="store_true", help="answer in JSON")
    options = argparse.ArgumentParser(prog="homeward", description=__doc__, parents=[json_wanted])
    options.set_defaults(json=False)
    commands = options.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help=status.__doc__, description=status.__doc__, parents=[json_wanted])
    moving = commands.add_parser("clock", help=clock.__doc__, description=clock.__doc__, parents=[json_wanted])
    moving.add_argument("step", help="+7d, -1h, +30m, +10s, reset or show")
    return options


def _state(metrics: str) -> str:
    try:
        answer = httpx.get(metrics.removesuffix("metrics") + "readyz", timeout=2)
    except httpx.HTTPError:
        return "away"
    return "ready" if answer.is_success else "not ready"


def _offset_in_words(offset: int) -> str:
    if not offset:
        return "the clock is right"
    return f"the clock is {'ahead' if offset > 0 else 'behind'} by {timedelta(seconds=abs(offset))}"


if __name__ == "__main__":
    sys.exit(main())
