"""`homeward clock`: the time that every process of a sandbox lives in."""

import argparse
import re
from datetime import timedelta

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks
from cli.refusals import Exit, Refusal
from cli.suite import Suite
from deploy.local.kept import write_whole

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
STEP = re.compile(r"([+-])(\d+)([dhms])")


def add(commands: Commands) -> None:
    """Add `clock`."""
    parser = commands.add("clock", clock, examples="homeward clock +7d\nhomeward clock -1h\nhomeward clock reset")
    parser.add_argument("step", nargs="?", default="show", help="+7d, -1h, +30m, +10s, reset or show")


def clock(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Move the clock of every process by a step, put it right again, or show how far it is off."""
    path = suite.clock()
    offset = int(float(path.read_text().strip() or 0)) if path.exists() else 0
    if given.step == "reset":
        offset = 0
    elif given.step != "show":
        offset += seconds(given.step)
    if given.step != "show":
        write_whole(path, str(offset))
    return Answer({"offset_seconds": offset}, _offset_in_words(offset))


def seconds(step: str) -> int:
    """`+7d`, `-1h`, `+30m` or `+10s` in seconds; raises Refusal for anything else."""
    found = STEP.fullmatch(step)
    if found is None:
        raise Refusal(f"{step} is no step in time: write +7d, -1h, +30m, reset or show", Exit.USAGE)
    sign, count, unit = found.groups()
    return int(timedelta(**{UNITS[unit]: int(sign + count)}).total_seconds())


def steps_last(arguments: list[str]) -> list[str]:
    """`arguments` with steps in time behind a `--`, for argparse takes -1h for an option."""
    steps = [word for word in arguments if STEP.fullmatch(word)]
    return [*(word for word in arguments if word not in steps), *(["--", *steps] if steps else [])]


def _offset_in_words(offset: int) -> str:
    if not offset:
        return "the clock is right"
    return f"the clock is {'ahead' if offset > 0 else 'behind'} by {timedelta(seconds=abs(offset))}"
