"""`homeward person`: what is kept of somebody, handed out or erased."""

import argparse
import sys
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age, words
from cli.refusals import Exit, Refusal
from cli.suite import Suite

GOES = "Name, addresses, words, photos, links and raw webhooks go from every service, of:"
STAYS = "Amounts, reasons and reports stay. What an open return needs goes when that return ends."


def add(commands: Commands) -> None:
    """Add `person` and its commands."""
    nouns = commands.noun("person", "What is kept of a person at one retailer.")
    nouns.add("list", list_requests, examples="homeward person list")
    for name, begin in (("export", export), ("erase", erase)):
        asking = nouns.add(name, begin, examples=f"homeward --retailer kite person {name} maya@example.com")
        asking.add_argument("email", help="the person's email address")
        if begin is erase:
            asking.add_argument("--yes", action="store_true", help="do not ask: for programs")


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
    """Erase a person from every service, once it is confirmed. Amounts, reasons and reports stay. This cannot be undone."""
    if not given.yes:
        _be_sure(suite, given, looks)
    return _begin(suite, "erase", given.email, "is being erased; what an open return needs goes when that return ends")


def _be_sure(suite: Suite, given: argparse.Namespace, looks: Looks) -> None:
    """Say what goes and ask for the address once more, on standard error. Raises Refusal where it is not given."""
    if given.json or not sys.stdin.isatty():
        raise Refusal("nobody is asked here: erasing cannot be undone, so say --yes", Exit.USAGE)
    found = suite.for_retailer().post("persons", "preview", body={"email": given.email})
    meant = looks.table([[words(name), str(many)] for name, many in found.items()], indent=2)
    print(f"{looks.title('This cannot be undone.')} {GOES}\n{meant}\n{STAYS}", file=sys.stderr)
    print("Write the address once more to erase: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != given.email.strip().lower():
        raise Refusal("nothing was erased: that is another address")


def _begin(suite: Suite, kind: str, email: str, then: str) -> Answer:
    told = suite.for_retailer().post("persons", "requests", body={"kind": kind, "email": email})
    return Answer(told, f"request {told['request']['request_id']}: the data {then}")


def _waits(request: dict[str, Any]) -> str:
    if request.get("ended_at"):
        return ""
    many = len(request["open_returns"])
    return ", ".join([*request["silent"], *([f"{many} open returns"] if many else [])])
