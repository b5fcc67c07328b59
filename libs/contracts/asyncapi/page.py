"""The same for people: a page of who says what to whom."""

from libs.contracts.asyncapi.messages import says
from libs.contracts.base import Message, Named, Request, answer_of
from libs.contracts.catalogue import OWNERS, contracts_of
from libs.contracts.wiring import Wiring

HEAD = """# Messages

Who states what, who hears it, and who answers what. Written from the classes in `libs/contracts` and the services' own
decorators by `make contracts-accept`; `libs/contracts/asyncapi.json` is the same for programs.
"""


def page(wired: list[Wiring]) -> str:
    """The page, in Markdown."""
    return HEAD + "".join(_owner(owner, wired) for owner in OWNERS)


def _owner(owner: str, wired: list[Wiring]) -> str:
    facts = [contract for contract in contracts_of(owner) if issubclass(contract, Message)]
    requests = [contract for contract in contracts_of(owner) if issubclass(contract, Request)]
    stated = _table("states | meaning | heard by", [(fact, _listeners(fact, wired)) for fact in facts])
    answered = _table("answers | meaning | with", [(each, f"`{answer_of(each).__name__}`") for each in requests])
    return f"\n## {owner}\n{stated}{answered}"


def _listeners(fact: type[Message], wired: list[Wiring]) -> str:
    return ", ".join(service.service for service in wired if fact in service.listens_to)


def _table(head: str, rows: list[tuple[type[Named], str]]) -> str:
    lines = [f"| `{contract.__name__}` | {says(contract)} | {last} |" for contract, last in rows]
    return "\n".join(["", f"| {head} |", "| --- | --- | --- |", *lines, ""]) if rows else ""
