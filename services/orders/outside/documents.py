"""The operations of `operations.graphql`, each with the fragments it needs."""

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "operations.graphql"
_DEFINITION = re.compile(r"^(?P<kind>query|mutation|fragment) (?P<name>\w+).*?^}$", re.MULTILINE | re.DOTALL)
_SPREAD = re.compile(r"\.\.\.(?!\s*on\b)\s*(\w+)")


@cache
def definitions() -> dict[str, str]:
    """Every operation and fragment of the file by its name."""
    return {match["name"]: match[0] for match in _DEFINITION.finditer(_FILE.read_text())}


@cache
def document(operation: str) -> str:
    """What is sent for `operation`: itself and the fragments it spreads, directly or by another."""
    needed = [operation]
    for name in needed:
        needed += [spread for spread in dict.fromkeys(_SPREAD.findall(definitions()[name])) if spread not in needed]
    return "\n\n".join(definitions()[name] for name in needed)


@cache
def is_mutation(operation: str) -> bool:
    """Whether the operation changes something at the shop."""
    return definitions()[operation].startswith("mutation")
