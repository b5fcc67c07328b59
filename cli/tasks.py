"""`homeward task`: what people must do."""

import argparse
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age
from cli.suite import Suite


def add(commands: Commands) -> None:
    """Add `task` and its commands."""
    nouns = commands.noun("task", "What the people of one retailer must do.")
    listing = nouns.add(
        "list", list_tasks, examples="homeward task list\nhomeward --retailer kite task list --role finance"
    )
    listing.add_argument("--role", metavar="ROLE", help="whose: agent, merchandiser, finance, hub or manager")


def list_tasks(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Open tasks, the oldest first, each with the acts that clear it."""
    found: list[dict[str, Any]] = []
    for page in suite.for_retailer().pages("tasks", role=given.role, limit=200):
        found += page["tasks"]
    now = suite.now()
    rows = [
        [
            age(each["opened_at"], now),
            each["role"],
            each["number"],
            each["title"],
            each["words"],
            ", ".join(each["acts"]),
        ]
        for each in found
    ]
    table = looks.table(rows, ["since", "role", "return", "what", "", "cleared by"]) if rows else "nothing to do"
    return Answer({"tasks": found}, table)
