"""The command line's grammar: how a command is added, with its help, its examples and the options that all have."""

import argparse
from typing import Any

from cli.answer import Command


class Commands:
    """A set of commands below `homeward`, or below one of its nouns."""

    def __init__(self, parser: argparse.ArgumentParser, everywhere: argparse.ArgumentParser) -> None:
        self._everywhere = everywhere
        self._below = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(self, name: str, run: Command, *, examples: str) -> argparse.ArgumentParser:
        """A command that calls `run`, whose docstring is its help."""
        parser = self._parser(name, run.__doc__ or "", examples)
        parser.set_defaults(run=run)
        return parser

    def noun(self, name: str, words: str) -> "Commands":
        """A noun with commands of its own: `homeward return show`."""
        return Commands(self._parser(name, words, ""), self._everywhere)

    def _parser(self, name: str, words: str, examples: str) -> argparse.ArgumentParser:
        more: dict[str, Any] = {"epilog": f"examples:\n{_indented(examples)}"} if examples else {}
        return self._below.add_parser(
            name,
            help=words.split("\n")[0],
            description=words,
            parents=[self._everywhere],
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **more,
        )


def everywhere() -> argparse.ArgumentParser:
    """The options that stand before or after any command; given twice, the last one counts."""
    options = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    options.add_argument("--json", action="store_true", help="answer in JSON")
    options.add_argument("--address", metavar="URL", help="the suite's address (HOMEWARD_ADDRESS; else the demo's)")
    options.add_argument("--key", help="an API key (HOMEWARD_KEY, which no list of processes shows; else the demo's)")
    options.add_argument("--retailer", metavar="SLUG", help="whose key of the demo to use: alder or kite")
    return options


def _indented(examples: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in examples.strip().splitlines())
