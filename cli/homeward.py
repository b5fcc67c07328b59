"""`homeward`: what an operator asks of a running suite, over its API."""

import argparse
import json
import os
import sys

from cli import clock, parked, persons, policies, retailers, returns, status, tasks
from cli.grammar import Commands, everywhere
from cli.looks import Looks, printable
from cli.refusals import Exit, Refusal
from cli.suite import Suite

EXAMPLES = """\
examples:
  homeward status                       is the suite well
  homeward return show R-7KQ2M9         one return over all services
  homeward task list --role finance     what people must do
  homeward policy lint policy.yaml      what is to be said of a policy before it counts
  homeward person erase maya@example.com   take somebody out of every service; asks first
  homeward dlq list                     what is parked, to be replayed or dropped
  homeward clock +7d                    a week later, in a sandbox

The address and the key come from --address and --key, else from HOMEWARD_ADDRESS and HOMEWARD_KEY, else from the suite
that runs here (.run/demo.json, or the folder that HOMEWARD_RUN names). NO_COLOR=1 asks for no colour.

exit codes: 0 done; 1 refused, failed, or not well; 2 not understood; 3 not found; 4 no access; 5 not reachable"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and give its exit code; refusals are one sentence on standard error."""
    given = options().parse_args(clock.steps_last(sys.argv[1:] if arguments is None else arguments), _nothing_given())
    try:
        answer = given.run(Suite.from_options(given), given, Looks.of(sys.stdout))
        print(json.dumps(answer.data, default=str) if given.json else answer.words, flush=True)
        return int(answer.code)
    except Refusal as refused:
        _say(refused, as_json=given.json)
        return int(refused.exit)
    except BrokenPipeError:  # whoever read has read enough, as `homeward return list | head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK
    except KeyboardInterrupt:
        return 130


def options() -> argparse.ArgumentParser:
    """The whole grammar."""
    shared = everywhere()
    parser = argparse.ArgumentParser(
        prog="homeward",
        description="What an operator asks of a running suite, over its API.",
        epilog=EXAMPLES,
        parents=[shared],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = Commands(parser, shared)
    for group in (status, returns, tasks, policies, persons, parked, retailers, clock):
        group.add(commands)
    return parser


def _nothing_given() -> argparse.Namespace:
    # Not by set_defaults: it would set them in the commands' own parsers too, which then undo what stands before them.
    return argparse.Namespace(json=False, address=None, key=None, retailer=None)


def _say(refused: Refusal, *, as_json: bool) -> None:
    words = (
        json.dumps({"error": str(refused), "exit": int(refused.exit)} | refused.more)
        if as_json
        else f"homeward: {printable(str(refused))}"
    )
    print(words, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
