"""`homeward person`: what is kept of somebody, handed out or erased."""

import argparse
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age
from cli.suite import Suite


def add(commands: Commands) -> None:
    """Add `person` and its commands."""
    nouns = commands.noun("person", "What is kept of a person at one retailer.")
    nouns.add("list", list_requests, examples="homeward person list")
    for name, begin in (("export", export), ("erase", erase)):
        asking = nouns.add(name, begin, examples=f"homeward --retailer kite person {name} maya@example.com")
        asking.add_argument("email", help="the person's email address")


def list_requests(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """The newest requests about persons' data: when each is due, and what it waits for."""
    found = suite.for_retailer().get("persons", "requests")["requests"]
    now = suite.now()
    rows = [
        [age(each["received_at"], now), each["kind"], each["state"], each["by"], each["due_at"][:10], _waits(each)]
        for each in found
    ]
    table = looks.table(rows, ["since", "what", "state", "by", "due", "waits for"]) if rows else "no requests"
    return Answer({"requests": found}, table)


def export(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Gather all that is kept of a person; the retailer is mailed a link to it."""
    return _begin(suite, "export", given.email, "is being gathered: the retailer is mailed a link to it")


def erase(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Erase a person from every service. Amounts, reasons and reports stay. This cannot be undone."""
    return _begin(suite, "erase", given.email, "is being erased; what an open return needs goes when that return ends")


def _begin(suite: Suite, kind: str, email: str, words: str) -> Answer:
    told = suite.for_retailer().post("persons", "requests", body={"kind": kind, "email": email})
    return Answer(told, f"request {told['request']['request_id']}: the data {words}")


def _waits(request: dict[str, Any]) -> str:
    if request.get("ended_at"):
        return ""
    many = len(request["open_returns"])
    return ", ".join([*request["silent"], *([f"{many} open returns"] if many else [])])
