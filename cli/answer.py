"""What a command answers: data for `--json`, the same for a person, and how it ends."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.looks import Looks
from cli.refusals import Exit
from cli.suite import Suite


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is what `--json` prints; `words` is what a person reads."""

    data: Any
    words: str
    code: Exit = Exit.OK


Command = Callable[[Suite, argparse.Namespace, Looks], Answer]
