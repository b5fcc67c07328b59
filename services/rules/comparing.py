"""What tells one text of a policy from another, line by line, in a time that does not grow with the square of their length."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Any

AROUND = 3  # lines shown before and after a change
MOST_PARTS, MOST_LINES = (
    25_000_000,
    1_000_000,
)  # those of one text times those of the other that are compared one by one
Change = tuple[str, int, int, int, int]  # as SequenceMatcher says it: what happens, and from where to where in each


def changes(before: str, after: str, *, named: str = "in force") -> tuple[str, ...]:
    """The lines that tell `after` from `before`, as `diff -u` writes them; none where they are the same."""
    if before == after:
        return ()
    old, new = before.splitlines(), after.splitlines()
    told = [f"--- {named}", "+++ this policy"]
    for group in _Found(_joined(_changes(old, new))).get_grouped_opcodes(AROUND):
        told += _group(group, old, new)
    return tuple(told)


class _Found(SequenceMatcher[str]):
    """Changes that are found already, to be grouped with the lines around them."""

    def __init__(self, found: list[Change]) -> None:
        super().__init__(None, "", "")
        self.found = found

    def get_opcodes(self) -> list[Any]:
        """The changes."""
        return self.found


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """The changes part by part, and line by line within the parts that differ."""
    was, now = _parts(old), _parts(new)
    at, to = _begins(was), _begins(now)
    for what, a, b, c, d in _compared(was, now, MOST_PARTS):
        if what == "replace":
            finer = _compared(old[at[a] : at[b]], new[to[c] : to[d]], MOST_LINES)
            yield from ((kind, at[a] + i, at[a] + j, to[c] + k, to[c] + m) for kind, i, j, k, m in finer)
        else:
            yield what, at[a], at[b], to[c], to[d]


def _compared(old: Sequence[Hashable], new: Sequence[Hashable], most: int) -> Iterator[Change]:
    """The changes between two lists; all between their common ends is one where there is too much of it."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    head = sum(1 for _ in pairs)
    ends = zip(reversed(old[head:]), reversed(new[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    stop, end = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    if (stop - head) * (end - head) > most:
        yield "replace", head, stop, head, end
    else:
        found = SequenceMatcher(None, old[head:stop], new[head:end], autojunk=False).get_opcodes()
        yield from ((what, head + a, head + b, head + c, head + d) for what, a, b, c, d in found)
    if tail:
        yield "equal", stop, len(old), end, len(new)


def _joined(found: Iterable[Change]) -> list[Change]:
    """The changes with what stays the same in one piece."""
    joined: list[Change] = []
    for change in found:
        if joined and joined[-1][0] == change[0] == "equal":
            joined[-1] = ("equal", joined[-1][1], change[2], joined[-1][3], change[4])
        else:
            joined.append(change)
    return joined


def _parts(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """The lines as top-level parts and their items, such as one rule."""
    parts: list[list[str]] = []
    for line in lines:
        if not parts or line[:1].strip() or line.startswith("  - "):
            parts.append([])
        parts[-1].append(line)
    return [tuple(part) for part in parts]


def _begins(parts: Sequence[tuple[str, ...]]) -> list[int]:
    """The line on which each part begins, and the one after the last."""
    begins = [0]
    for part in parts:
        begins.append(begins[-1] + len(part))
    return begins


def _group(group: Sequence[Change], old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
    for what, a, b, c, d in group:
        if what == "equal":
            yield from (f" {line}" for line in old[a:b])
        else:
            yield from (f"-{line}" for line in old[a:b])
            yield from (f"+{line}" for line in new[c:d])


def _range(start: int, stop: int) -> str:
    """`start` and how many, as `diff -u` counts them."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
