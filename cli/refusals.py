"""What the command will not or cannot do, in one sentence, and the exit code that says the same to a script."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ends. 2 is also what argparse gives for words it does not know."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    NO_ACCESS = 4
    UNREACHABLE = 5


class Refusal(RuntimeError):
    """A refusal or failure. `more` is what a program may want of it: the problem's code and reference."""

    def __init__(self, words: str, exit: Exit = Exit.REFUSED, **more: object) -> None:
        super().__init__(words)
        self.exit, self.more = exit, more
