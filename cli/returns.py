"""`homeward return`: one return over all services, or many in a list."""

import argparse
from collections.abc import Iterable
from itertools import islice
from typing import Any

from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks, age, money, words
from cli.story import as_words
from cli.suite import Suite

USUAL = 50


def add(commands: Commands) -> None:
    """Add `return` and its commands."""
    nouns = commands.noun("return", "The returns of one retailer.")
    show = nouns.add(
        "show", show_return, examples="homeward return show R-7KQ2M9\nhomeward --retailer kite return show R-7KQ2M9"
    )
    show.add_argument("number", help="the return's number, like R-7KQ2M9")
    listing = nouns.add(
        "list",
        list_returns,
        examples="homeward return list --awaiting awaiting_review\nhomeward return list --search ana@ --all",
    )
    listing.add_argument(
        "--awaiting", metavar="STATE", help="only those that await this, like awaiting_review or in_transit"
    )
    listing.add_argument("--search", metavar="WORDS", help="a number, an order, an email address or a tracking number")
    listing.add_argument("--all", action="store_true", help=f"all of them, not only the {USUAL} that changed last")


def show_return(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """The whole story of one return, whichever service tells it.

    Its lines and their money, its parcels, what must be done, what happened and who stated it, its mails, its decision.
    """
    api = suite.for_retailer()
    told = api.get("returns", given.number)
    story = api.get("returns", given.number, "story")
    return Answer(told | {"story": story}, as_words(told, story, looks, suite.now()))


def list_returns(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Returns, the last changed first."""
    pages = suite.for_retailer().pages("returns", awaiting=given.awaiting, search=given.search, limit=USUAL)
    now = suite.now()
    found, more = _gathered(pages if given.all else islice(pages, 1))
    rows = [
        [
            each["number"],
            each["order"],
            words(each["awaiting"]),
            money(each["owed"]),
            age(each["updated_at"], now),
            each["email"],
        ]
        for each in found
    ]
    table = looks.table(rows, ["number", "order", "awaits", "owed", "changed", "email"]) if rows else "no returns"
    return Answer({"returns": found, "more": more}, table + ("\nthere are more: --all" if more else ""))


def _gathered(pages: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    """The returns of these pages, and whether there are more after them."""
    found: list[dict[str, Any]] = []
    more = False
    for page in pages:
        found += page["returns"]
        more = bool(page.get("next"))
    return found, more
