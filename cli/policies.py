"""`homeward policy`: the retailer's policy as a file that is kept in git: checked, compared, tried and put in force."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from cli import policy_words as said
from cli.answer import Answer
from cli.grammar import Commands
from cli.looks import Looks
from cli.policy_facts import facts_of
from cli.refusals import Exit, Refusal
from cli.suite import Suite

LOOK_AGAIN = 0.25  # seconds between two looks at a replay that goes on by itself


def add(commands: Commands) -> None:
    """Add `policy` and its commands."""
    nouns = commands.noun("policy", "The retailer's policy: what may come back, and on what terms.")
    nouns.add("list", list_versions, examples="homeward policy list")
    show = nouns.add(
        "show", show_policy, examples="homeward policy show > policy.yaml\nhomeward policy show --version 3"
    )
    show.add_argument("--version", default="current", help="a number, `draft`, or `current`, the one in force")
    template = nouns.add(
        "template", show_template, examples="homeward policy template\nhomeward policy template fashion > policy.yaml"
    )
    template.add_argument("name", nargs="?", help="which one; without it they are listed")
    _reading(nouns.add("lint", lint, examples="homeward policy lint policy.yaml"))
    _reading(nouns.add("diff", diff, examples="homeward policy diff policy.yaml"))
    saving = _reading(nouns.add("draft", save_draft, examples="homeward policy draft policy.yaml"))
    saving.add_argument("--words", help="why, for those who read the list of versions")
    applying = _reading(
        nouns.add("apply", apply, examples='homeward policy apply policy.yaml --words "60 days over the holidays"')
    )
    applying.add_argument("--words", help="why, for those who read the list of versions")
    applying.add_argument(
        "--replaces", type=int, metavar="N", help="refuse where another version than this is in force"
    )
    simulating = nouns.add(
        "simulate",
        simulate,
        examples="homeward policy simulate reason=faulty country=DE item_price=45.00GBP\n"
        "homeward policy simulate --file policy.yaml reason=changed_mind product_tags=sale,new quantity=2",
    )
    simulating.add_argument(
        "facts", nargs="+", metavar="FACT=VALUE", help="what is known of the item; reason is needed"
    )
    simulating.add_argument(
        "--file", help="a policy as YAML or JSON, - for standard input; without it the one in force"
    )
    simulating.add_argument("--draft", action="store_true", help="ask the draft")
    trying = _reading(nouns.add("replay", replay, examples="homeward policy replay policy.yaml --days 90"))
    trying.add_argument("--days", type=int, default=365, help="how far back; 365 without it")
    restore = nouns.add("restore", restore_version, examples="homeward policy restore 3")
    restore.add_argument("version", type=int, help="the number of the version to put in force again")
    restore.add_argument("--words", help="why, for those who read the list of versions")


def list_versions(suite: Suite, _given: argparse.Namespace, looks: Looks) -> Answer:
    """Every version, the newest first: who put it in force, when and why."""
    found = suite.for_retailer().get("policies")
    return Answer(found, said.versions(found["versions"], looks))


def show_policy(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """A version as the text that is kept in a file. The same policy always has the same text."""
    found = suite.for_retailer().get("policies", given.version)
    return Answer(found, found["text"].rstrip("\n"))


def show_template(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """A ready-made policy to start from, as text; without a name, which there are."""
    found = suite.for_retailer().get("policies", "templates")["templates"]
    if given.name is None:
        return Answer(found, "\n".join(f"{each['name']:<12} {each['words']}" for each in found))
    chosen = next((each for each in found if each["name"] == given.name), None)
    if chosen is None:
        names = ", ".join(each["name"] for each in found)
        raise Refusal(f"there is no template {given.name}: choose one of {names}", Exit.USAGE)
    return Answer(chosen, chosen["text"].rstrip("\n"))


def lint(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """What is to be said of a policy before it is put in force.

    Ends with 1 where something stands in its way: a fault, the law of a country, or a kept example. Findings do not.
    """
    checked = _check(suite, given)
    return Answer(checked, said.check(checked, looks), Exit.OK if checked["can_publish"] else Exit.REFUSED)


def diff(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """The lines that tell a policy from the one in force; ends with 1 where it has faults."""
    checked = _check(suite, given)
    if checked["faults"]:
        return Answer(checked, said.check(checked, looks), Exit.REFUSED)
    return Answer(checked, said.changes(checked["changes"], looks) or "the same as the policy in force")


def save_draft(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Keep a policy as the draft that staff see, in place of the one there was."""
    api = suite.for_retailer()
    drafts = [each for each in api.get("policies")["versions"] if each["state"] == "draft"]
    body = {"text": _read(given.file), "replaces": drafts[0]["digest"] if drafts else None, "words": given.words}
    kept = api.post("policies", "draft", body=body)
    return Answer(kept, f"draft {kept['head']['digest']} is kept")


def apply(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Put a policy in force at once. One that is in force already changes nothing."""
    body = {"text": _read(given.file), "words": given.words, "replaces": given.replaces}
    made = suite.for_retailer().post("policies", "publish", body=body)
    return Answer(made, f"version {made['version']} is in force")


def simulate(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """What a policy gives for a made-up item, with each rule tried and why.

    Facts are named as rules name them: reason, sub_reason, country, channel, product_type, vendor, sku, product_tags,
    collections, order_tags, customer_tags, item_price, order_value, discount_percent, discount_amount,
    days_since_delivery, quantity, earlier_returns, return_rate, photo, on.
    """
    body: dict[str, Any] = {"item": facts_of(given.facts), "draft": given.draft}
    if given.file:
        body["text"] = _read(given.file)
    found = suite.for_retailer().post("policies", "simulate", body=body)
    return Answer(found, said.decision(found, looks))


def replay(suite: Suite, given: argparse.Namespace, looks: Looks) -> Answer:
    """Try a policy on past returns: what would change, how many, how much money, and the first cases."""
    api = suite.for_retailer()
    found = api.post("policies", "replays", body={"text": _read(given.file), "days": given.days})
    while found["state"] == "running":
        _progress(found)
        time.sleep(LOOK_AGAIN)
        found = api.get("policies", "replays", found["replay_id"])
    _progress(found)
    return Answer(found, said.replay(found, looks), Exit.OK if found["state"] == "done" else Exit.REFUSED)


def restore_version(suite: Suite, given: argparse.Namespace, _looks: Looks) -> Answer:
    """Put an earlier version in force again, under the next number."""
    made = suite.for_retailer().post("policies", str(given.version), "restore", body={"words": given.words})
    return Answer(made, f"version {made['version']} is in force, with what version {given.version} says")


def _reading(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("file", help="the policy as YAML or JSON; - reads standard input")
    return parser


def _check(suite: Suite, given: argparse.Namespace) -> Any:
    return suite.for_retailer().post("policies", "check", body={"text": _read(given.file)})


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as away:
        raise Refusal(f"{file} cannot be read: {away.strerror}", Exit.USAGE) from None
    except UnicodeDecodeError:
        raise Refusal(f"{file} is not text in UTF-8", Exit.USAGE) from None


def _progress(found: Any) -> None:
    if sys.stderr.isatty():
        end = "\n" if found["state"] != "running" else "\r"
        print(f"{found['done']:,} of {found['total']:,} returns tried", end=end, file=sys.stderr, flush=True)
