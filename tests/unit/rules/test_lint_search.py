"""The search behind the linter finds a case wherever there is one, and proves it where there is none."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.rules.linting.search import HAS, LACKS, Bond, Box, Search, Spent, Undecided, Work

AXES, CLASSES = 5, 3


def cases(sizes: list[int]) -> list[tuple[int, ...]]:
    """Every case, as the bit of its class on each axis."""
    return list(product(*([1 << at for at in range(size)] for size in sizes)))


def inside(case: tuple[int, ...], box: Box) -> bool:
    return all(case[axis] & mask for axis, mask in box.items())


def crowded(seed: int) -> list[Box]:
    """So many small boxes that some leave a case and some do not."""
    chance = Random(seed)
    return [
        {axis: 1 << chance.randrange(CLASSES) for axis in chance.sample(range(AXES), 3)} for _ in range(60 + seed % 120)
    ]


def test_it_finds_a_case_outside_all_boxes_where_and_only_where_there_is_one():
    every, answers = cases([CLASSES] * AXES), set()

    for seed in range(240):
        few = crowded(seed)
        search = Search([CLASSES] * AXES, few)
        found = search.find(search.inside([]), (1 << len(few)) - 1)
        left = {case for case in every if not any(inside(case, box) for box in few)}
        assert (found is not None) == bool(left)
        if found is not None:
            assert {case for case in every if all(one & mask for one, mask in zip(case, found, strict=True))} <= left
        answers.add(found is not None)

    assert answers == {True, False}


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sets(st.integers(0, 3), min_size=1), min_size=2, max_size=4), st.data())
def test_what_a_set_lacks_for_one_axis_it_has_for_no_other(asked: list[set[int]], data: st.DataObject):
    members = {axis: sum(1 << member for member in each) for axis, each in enumerate(asked)}
    wanted = [data.draw(st.sampled_from([LACKS, HAS])) for _ in asked]
    search = Search([2] * len(asked), [], [Bond(members)])

    found = search.find(search.inside([{axis: mask} for axis, mask in enumerate(wanted)]), 0)

    sets = [{member for member in range(4) if bits >> member & 1} for bits in range(16)]
    can_be = any(
        all(bool(one & each) is (mask == HAS) for each, mask in zip(asked, wanted, strict=True)) for one in sets
    )
    assert (found is not None) is can_be


def test_boxes_that_exclude_each_other_have_no_case():
    search = Search([2], [])

    assert search.inside([{0: 0b01}, {0: 0b10}]) is None
    assert search.find(None, 0) is None


def pigeons(holes: int) -> Search:
    """One pigeon more than holes, no two in one: there is no case, and no quick way to see it."""
    pairs = [(one, other) for one in range(holes + 1) for other in range(one)]
    return Search(
        [holes] * (holes + 1), [{one: 1 << at, other: 1 << at} for one, other in pairs for at in range(holes)], bound=20
    )


def test_it_says_that_it_does_not_know_rather_than_something_wrong():
    search = pigeons(7)

    with pytest.raises(Undecided):
        search.find(search.inside([]), (1 << len(search.boxes)) - 1)


def test_it_ends_when_the_work_is_done_that_several_searches_share():
    work = Work(250)
    one, other = Search([2], [], work=work), Search([2], [], work=work)

    with pytest.raises(Spent):
        for _ in range(200):
            one.find(one.inside([]), 0)
            other.find(other.inside([]), 0)
