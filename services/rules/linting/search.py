"""A complete search for a case inside some boxes and outside others: it finds one, or proves that there is none.

A case has one class on every axis. A box allows some classes on some axes: a bit for each class, no entry for an axis
that it leaves open. Sets of boxes are integers too, a bit for each box, so that one `&` asks all rules at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

STEPS_AT_ONCE = 50  # between two pauses: some milliseconds
MOST_WEIGHED = 3  # axes whose classes are compared before one is chosen
LACKS, HAS = 1, 2  # the two classes of an axis that asks whether a set has one of some members
Box = Mapping[int, int]
Domain = tuple[int, ...]


def go_on() -> None:
    """No pause."""


class Undecided(Exception):
    """The search reached the bound of one question before it knew."""


class Spent(Undecided):
    """The search has done all the work it may do for one policy."""


@dataclass(frozen=True, slots=True)
class Bond:
    """Axes that ask the same set: `members` are each one's members as bits. What one axis excludes, no other has."""

    members: Mapping[int, int]

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


@dataclass(frozen=True, slots=True)
class Shared:
    """Axes that share a hidden value, as amounts share their order's currency: `classes[axis][value]` go with it."""

    classes: Mapping[int, Sequence[int]]

    def narrowed(self, domain: list[int]) -> bool:
        """Take from `domain` what cannot be; False when nothing is left."""
        together = dict.fromkeys(self.classes, 0)
        for masks in zip(*self.classes.values(), strict=True):  # those of one hidden value on every axis
            if all(domain[axis] & mask for axis, mask in zip(self.classes, masks, strict=True)):
                for axis, mask in zip(self.classes, masks, strict=True):
                    together[axis] |= mask
        for axis, mask in together.items():
            domain[axis] &= mask
        return all(domain[axis] for axis in together)


@dataclass(frozen=True)
class Search:
    """Finds cases. `sizes` is how many classes each axis has, `boxes` are numbered by their place.

    `bound` is how many choices one question may take, `most` how many steps all of them together. `pause` is called from
    time to time, so that a long search need not keep others waiting.
    """

    sizes: Sequence[int]
    boxes: Sequence[Box]
    ties: Sequence[Bond | Shared] = ()
    bound: int = 5_000
    most: int = 30_000
    pause: Callable[[], None] = go_on
    _steps: list[int] = field(default_factory=lambda: [0], repr=False)
    _met: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)

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
        waiting, choices = [(domain, outside)], 0
        while waiting:
            self._count()
            settled = self._settled(*waiting.pop())
            if settled is None:
                continue
            found, left = settled
            if not left:
                return found
            choices += 1
            if choices > self.bound:
                raise Undecided
            waiting += self._choices(found, left)
        return None

    def may_meet(self, domain: Domain) -> int:
        """The boxes that may have a case of `domain`; a box that is not among them has none."""
        met = self._all
        for axis, mask in enumerate(domain):
            met &= self._asked(axis, mask)[0]
        return met

    def _count(self) -> None:
        self._steps[0] += 1
        if self._steps[0] > self.most:
            raise Spent
        if self._steps[0] % STEPS_AT_ONCE == 0:
            self.pause()

    def _settled(self, start: Domain, outside: int) -> tuple[Domain, int] | None:
        """`start` without what cannot be, and the boxes still to leave; None where no case is left."""
        domain, left = list(start), outside
        while all(tie.narrowed(domain) for tie in self.ties):
            for axis, mask in enumerate(domain):
                if mask != self._full[axis]:
                    left &= self._asked(axis, mask)[0]
            if not left:
                return tuple(domain), 0
            once = twice = 0
            ways = []
            for axis in self._asking(left):
                out = left & ~self._asked(axis, domain[axis])[1]
                twice |= once & out
                once |= out
                ways.append((axis, out))
            if left & ~once:
                return None  # a box that no axis leads out of any more
            forced = left & ~twice
            if not forced:
                return tuple(domain), left
            if not self._forced(domain, forced, ways):
                return None
        return None

    def _forced(self, domain: list[int], forced: int, ways: Sequence[tuple[int, int]]) -> bool:
        """Leave each of the boxes `forced` by the one axis that leads out of it."""
        for axis, out in ways:
            here = forced & out
            while here:
                domain[axis] &= ~self.boxes[(here & -here).bit_length() - 1][axis]
                here &= here - 1
            if not domain[axis]:
                return False
        return True

    def _choices(self, domain: Domain, left: int) -> list[tuple[Domain, int]]:
        """The two halves of `domain`, the more promising last: one class of one axis, and all its others."""
        free = [axis for axis in self._asking(left) if domain[axis] & (domain[axis] - 1)]
        free.sort(key=lambda axis: -(left & self._touching[axis]).bit_count())
        _, axis, one = min(
            ((left & meets).bit_count(), axis, 1 << at)
            for axis in free[:MOST_WEIGHED]
            for at, meets in enumerate(self._columns[axis])
            if domain[axis] >> at & 1
        )
        return [((*domain[:axis], part, *domain[axis + 1 :]), left) for part in (domain[axis] & ~one, one)]

    def _asking(self, boxes: int) -> list[int]:
        """The axes that any of the boxes asks."""
        return [axis for axis, touching in enumerate(self._touching) if touching & boxes]

    def _asked(self, axis: int, mask: int) -> tuple[int, int]:
        """The boxes that allow one of the classes of `mask` on the axis, and those that allow all of them."""
        if (axis, mask) not in self._met:
            some, every = 0, self._all
            for at, meets in enumerate(self._columns[axis]):
                if mask >> at & 1:
                    some |= meets
                    every &= meets
            self._met[axis, mask] = (some, every)
        return self._met[axis, mask]

    @cached_property
    def _full(self) -> list[int]:
        return [(1 << size) - 1 for size in self.sizes]

    @cached_property
    def _all(self) -> int:
        return (1 << len(self.boxes)) - 1

    @cached_property
    def _touching(self) -> list[int]:
        touching = [0] * len(self.sizes)
        for at, box in enumerate(self.boxes):
            for axis in box:
                touching[axis] |= 1 << at
        return touching

    @cached_property
    def _columns(self) -> list[list[int]]:
        """For each axis and class the boxes that allow it."""
        columns = [[self._all & ~touched] * size for touched, size in zip(self._touching, self.sizes, strict=True)]
        for at, box in enumerate(self.boxes):
            for axis, mask in box.items():
                for value in range(self.sizes[axis]):
                    if mask >> value & 1:
                        columns[axis][value] |= 1 << at
        return columns
