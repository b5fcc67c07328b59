"""`homeward retailer`: the retailers of the suite."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks
from cli.refusals import Exit, Refusal
from cli.suite import Suite


def add(commands: Commands) -> None:
    """Add `retailer` and its commands."""
    retailer = commands.noun("retailer", "The retailers of this suite.")
    retailer.add("list", list_retailers, examples="homeward retailer list")
    create = retailer.add(
        "create",
        create_retailer,
        examples="homeward retailer create alder.json\nhomeward retailer create - < alder.json",
    )
    create.add_argument("file", help="one JSON object with all that a retailer needs to begin; - reads standard input")


def list_retailers(suite: Suite, _given: argparse.Namespace, looks: Looks) -> Answer:
    """Every retailer, by the name of its address."""
    found = suite.for_operator().get("retailers")
    rows = [[each["slug"], each["name"], each["currency"], each["portal"]] for each in found["retailers"]]
    return Answer(found, looks.table(rows, ["slug", "name", "currency", "portal"]) if rows else "no retailer yet")


def create_retailer(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Set up a retailer, or change the one of the same slug. The key and the secrets it prints are never shown again."""
    made = suite.for_operator().post("retailers", body=_read(given.file))
    hooks = [made["webhooks"]["shopify"] | {"name": "shopify"}, *made["webhooks"]["carriers"]]
    rows = [("portal", made["portal"]), ("staff", made["admin"]), ("API key", made["api_key"])]
    rows += [
        line for hook in hooks for line in ((f"{hook['name']} webhooks", hook["url"]), ("  secret", hook["secret"]))
    ]
    note = looks.paint("Keep the key and the secrets now: they are not shown again.", "yellow")
    return Answer(made, "\n".join([*(f"{name:<20} {value}" for name, value in rows), "", note]))


def _read(file: str) -> Any:
    try:
        return json.loads(sys.stdin.read() if file == "-" else Path(file).read_text())
    except OSError as away:
        raise Refusal(f"{file} cannot be read: {away.strerror}", Exit.USAGE) from None
    except ValueError as wrong:
        raise Refusal(f"{file} is not JSON: {wrong}", Exit.USAGE) from None
