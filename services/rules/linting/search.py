"""A complete search for a case inside some boxes and outside others: it finds one, or proves that there is none.

A case has one class on every axis. A box allows some classes on some axes: a bit for each class, no entry for an axis
that it leaves open. Sets of boxes are integers too, a bit for each box, so that one `&` asks all rules at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Protocol

MOST_WORK = 4_000_000  # axes looked at: some seconds of CPU
MOST_WEIGHED = 3  # axes whose classes are compared before one is chosen
MOST_COMPARED = 32  # classes of an axis from either end
LACKS, HAS = 1, 2  # the two classes of an axis that asks whether a set has one of some members
Box = Mapping[int, int]
Domain = tuple[int, ...]


class Undecided(Exception):
    """The search reached the bound of one question before it knew."""


class Spent(Undecided):
    """All the work is done that may be done for one policy."""


@dataclass(slots=True)
class Work:
    """What all that looks at one policy may still do together, in axes looked at: a microsecond of CPU each, or less."""

    left: int = MOST_WORK

    def spend(self, axes: int) -> None:
        """Count work that is done; raises Spent when it was too much."""
        self.left -= axes
        if self.left < 0:
            raise Spent


@dataclass(frozen=True, slots=True)
class Bond:
    """Axes that ask the same set: `members` are each one's members as bits. What one axis excludes, no other has."""

    members: Mapping[int, int]

    @property
    def touched(self) -> frozenset[int]:
        """The axes."""
        return frozenset(self.members)

    def narrowed(self, domain: list[int]) -> bool:
        """Take from `domain` what cannot be; False when nothing is left."""
        if LACKS not in [domain[axis] for axis in self.members]:
            return True
        gone = 0
        for axis, members in self.members.items():
            if domain[axis] == LACKS:
                gone |= members
        for axis, members in self.members.items():
            if domain[axis] & HAS and not members & ~gone:
                domain[axis] &= LACKS
                if not domain[axis]:
                    return False
        return True


class Tie(Protocol):
    """Axes whose classes depend on each other."""

    @property
    def touched(self) -> frozenset[int]:
        """The axes."""

    def narrowed(self, domain: list[int]) -> bool:
        """Take from `domain` what cannot be; False when nothing is left."""


@dataclass(frozen=True)
class Search:
    """Finds cases. `sizes` is how many classes each axis has, `boxes` are numbered by their place.

    `bound` is how many choices one question may take; `work` is counted down, and may be shared by several searches.
    """

    sizes: Sequence[int]
    boxes: Sequence[Box]
    ties: Sequence[Tie] = ()
    bound: int = 5_000
    work: Work = field(default_factory=Work)
    _some: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)
    _out: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def inside(self, boxes: Iterable[Box]) -> Domain | None:
        """What all of `boxes` leave on every axis; None where they exclude each other."""
        domain = [(1 << size) - 1 for size in self.sizes]
        for box in boxes:
            for axis, mask in box.items():
                domain[axis] &= mask
        return tuple(domain) if all(domain) else None

    def find(self, domain: Domain | None, outside: int) -> Domain | None:
        """A domain within `domain` every case of which is outside all boxes of `outside`; None where there is none.

        Raises Undecided at the bound, Spent when all the work is done.
        """
        if domain is None:
            return None
        narrow = {axis for axis, mask in enumerate(domain) if mask != self._full[axis]}
        waiting, choices = [(domain, outside, narrow)], 0
        while waiting:
            settled = self._settled(*waiting.pop())
            if settled is None:
                continue
            found, left = settled
            if not left:
                return found
            choices += 1
            if choices > self.bound:
                raise Undecided
            axis, parts = self._choice(found, left)
            waiting += [((*found[:axis], part, *found[axis + 1 :]), left, {axis}) for part in parts]
        return None

    def may_meet(self, domain: Domain) -> int:
        """The boxes that may have a case of `domain`; a box that is not among them has none."""
        met = self._all
        for axis, mask in enumerate(domain):
            met &= self._allowing(axis, mask)
        return met

    def _settled(self, start: Domain, outside: int, changed: set[int]) -> tuple[Domain, int] | None:
        """`start` without what cannot be, and the boxes still to leave; None where no case is left.

        `changed` are the axes on which `start` has less than where the boxes `outside` were those to leave.
        """
        domain, left = list(start), outside
        while self._tied(domain, changed):
            for axis in changed:
                left &= self._allowing(axis, domain[axis])
            if not left:
                self.work.spend(1 + len(changed))
                return tuple(domain), 0
            once = twice = 0
            ways = []
            for axis, touching in enumerate(self._touching):
                if touching & left and (out := left & self._leaving(axis, domain[axis])):
                    twice |= once & out
                    once |= out
                    ways.append((axis, out))
            self.work.spend(len(self.sizes))
            if left & ~once:
                return None  # a box that no axis leads out of any more
            forced = left & ~twice
            if not forced:
                return tuple(domain), left
            changed = self._forced(domain, forced, ways)
            if not all(domain[axis] for axis in changed):
                return None
        return None

    def _tied(self, domain: list[int], changed: set[int]) -> bool:
        """Whether the ties leave something of `domain`; what they narrow is added to `changed`."""
        again = True
        while again:
            before = tuple(domain)
            if not all(tie.narrowed(domain) for tie in self.ties if not tie.touched.isdisjoint(changed)):
                return False
            more = {axis for axis, mask in enumerate(before) if mask != domain[axis]}
            again = not more <= changed
            changed |= more
        return True

    def _forced(self, domain: list[int], forced: int, ways: Sequence[tuple[int, int]]) -> set[int]:
        """Leave each of the boxes `forced` by the one axis that leads out of it; which axes have less of `domain` now."""
        changed = set()
        for axis, out in ways:
            here = forced & out
            if here:
                changed.add(axis)
            while here:
                domain[axis] &= ~self.boxes[(here & -here).bit_length() - 1][axis]
                here &= here - 1
        return changed

    def _choice(self, domain: Domain, left: int) -> tuple[int, tuple[int, int]]:
        """An axis and the two parts of what `domain` has on it, the more promising last: one class, and all others."""
        free = [
            (-(left & touching).bit_count(), axis)
            for axis, touching in enumerate(self._touching)
            if touching & left and domain[axis] & (domain[axis] - 1)
        ]
        _, axis, one = min(
            ((left & self._columns[axis][one.bit_length() - 1]).bit_count(), axis, one)
            for _, axis in sorted(free)[:MOST_WEIGHED]
            for one in _few(domain[axis])
        )
        return axis, (domain[axis] & ~one, one)

    def _allowing(self, axis: int, mask: int) -> int:
        """The boxes that allow one of the classes of `mask` on the axis."""
        if (axis, mask) not in self._some:
            asking = self._asking[axis]
            self.work.spend(1 + len(asking) // 8)
            met = sum(box for box, allowed in asking if allowed & mask)
            self._some[axis, mask] = self._all & ~self._touching[axis] | met
        return self._some[axis, mask]

    def _leaving(self, axis: int, mask: int) -> int:
        """The boxes that do not allow all of the classes of `mask` on the axis."""
        if (axis, mask) not in self._out:
            asking = self._asking[axis]
            self.work.spend(1 + len(asking) // 8)
            self._out[axis, mask] = sum(box for box, allowed in asking if mask & ~allowed)
        return self._out[axis, mask]

    @cached_property
    def _full(self) -> list[int]:
        return [(1 << size) - 1 for size in self.sizes]

    @cached_property
    def _all(self) -> int:
        return (1 << len(self.boxes)) - 1

    @cached_property
    def _touching(self) -> list[int]:
        return [sum(box for box, _ in asking) for asking in self._asking]

    @cached_property
    def _asking(self) -> list[list[tuple[int, int]]]:
        """For each axis the boxes that ask it, each as a bit, and the classes that it allows."""
        asking: list[list[tuple[int, int]]] = [[] for _ in self.sizes]
        for at, box in enumerate(self.boxes):
            for axis, mask in box.items():
                asking[axis].append((1 << at, mask))
        return asking

    @cached_property
    def _columns(self) -> list[list[int]]:
        """For each axis and class the boxes that allow it."""
        return [self._column(axis) for axis in range(len(self.sizes))]

    def _column(self, axis: int) -> list[int]:
        full, size = self._full[axis], self.sizes[axis]
        most = sum(box for box, mask in self._asking[axis] if mask.bit_count() * 2 > size)
        column = [self._all & ~self._touching[axis] | most] * size
        for box, mask in self._asking[axis]:
            for one in _bits(full & ~mask if most & box else mask):  # the fewer of the two: there may be thousands
                column[one.bit_length() - 1] ^= box
        return column


def _bits(mask: int) -> Iterator[int]:
    while mask:
        one = mask & -mask
        yield one
        mask ^= one


def _few(mask: int) -> Iterator[int]:
    """The bits of `mask`, of many the first and the last few: the last is mostly what no box names."""
    if mask.bit_count() <= 2 * MOST_COMPARED:
        yield from _bits(mask)
        return
    yield from islice(_bits(mask), MOST_COMPARED)
    for _ in range(MOST_COMPARED):
        one = 1 << (mask.bit_length() - 1)
        yield one
        mask ^= one
