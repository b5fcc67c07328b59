import random
from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.orders.domain.steps import (
    ENDED,
    Action,
    Ending,
    State,
    Step,
    attempt_of,
    foregone,
    key_of,
    label_of,
    label_part,
    newest,
    part_of,
    ready,
    reopening,
)
from tests.unit.orders.shirts import SHOP

RETURN = UUID(int=9)
OPEN, LABEL, SETTLE, CLOSE, CANCEL, RELEASE, REOPEN = (UUID(int=number) for number in range(1, 8))


def steps(opening, settling=State.PLANNED, labelling=State.PLANNED):
    return [
        Step(LABEL, Action.ATTACH_LABEL, labelling),
        Step(SETTLE, Action.SETTLE, settling),
        Step(CLOSE, Action.CLOSE_RETURN, State.PLANNED),
        *([Step(OPEN, Action.OPEN_RETURN, opening)] if opening else []),
    ]


def called_off(opening, cancelling=State.PLANNED, **others):
    """A return that is called off, with steps of other kinds by their state."""
    return [
        *([Step(OPEN, Action.OPEN_RETURN, opening)] if opening else []),
        Step(CANCEL, Action.CANCEL_RETURN, cancelling),
        *(
            Step({"label": LABEL, "settle": SETTLE}[name], Action(action), state)
            for name, (action, state) in others.items()
        ),
    ]


def endings(found):
    return {step_id: (ending.state, ending.code) for step_id, ending in foregone(found)}


def test_nothing_is_done_at_the_shop_before_the_return_is_to_be_opened():
    assert ready(steps(None)) == ()


@pytest.mark.parametrize("opening", [State.PLANNED, State.SENT])
def test_the_other_steps_wait_until_the_return_is_open(opening):
    assert set(ready(steps(opening))) <= {OPEN}


def test_once_it_is_open_label_and_settlement_go_together_and_closing_waits():
    assert set(ready(steps(State.DONE))) == {LABEL, SETTLE}


@pytest.mark.parametrize("settling", [State.DONE, State.REFUSED, State.UNKNOWN])
@pytest.mark.parametrize("labelling", [State.DONE, State.REFUSED, State.UNKNOWN])
def test_closing_goes_when_neither_settlement_nor_label_is_left(settling, labelling):
    assert CLOSE in ready(steps(State.DONE, settling, labelling))


def test_closing_waits_for_a_settlement_on_its_way():
    assert CLOSE not in ready(steps(State.DONE, State.SENT, State.DONE))


@pytest.mark.parametrize("labelling", [State.PLANNED, State.SENT])
def test_closing_waits_for_a_label_for_the_shop_takes_none_after_it(labelling):
    assert CLOSE not in ready(steps(State.DONE, State.DONE, labelling))


def test_what_never_came_is_released_before_the_return_is_closed():
    found = [*steps(State.DONE, State.DONE), Step(RELEASE, Action.RELEASE_UNITS, State.PLANNED)]

    assert RELEASE in ready(found)
    assert CLOSE not in ready(found)


@pytest.mark.parametrize("opening", [State.REFUSED, State.UNKNOWN])
def test_a_settlement_is_given_up_when_its_return_did_not_open(opening):
    assert endings(steps(opening)) == {SETTLE: (State.REFUSED, "orders.return_not_opened")}


@pytest.mark.parametrize("opening", [None, State.PLANNED, State.SENT, State.DONE])
def test_a_settlement_is_not_given_up_while_its_return_may_open(opening):
    assert endings(steps(opening)) == {}


def test_the_order_in_which_steps_were_planned_does_not_matter():
    for arranged in permutations(steps(State.DONE)):
        assert set(ready(arranged)) == {LABEL, SETTLE}


@pytest.mark.parametrize("opening", [None, State.REFUSED])
def test_a_return_that_was_never_opened_needs_no_cancelling(opening):
    assert foregone(called_off(opening)) == ((CANCEL, Ending(State.DONE)),)


def test_an_opening_that_has_not_left_is_dropped_when_the_return_is_called_off():
    assert ready(called_off(State.PLANNED)) == ()
    assert endings(called_off(State.PLANNED)) == {OPEN: (State.REFUSED, "orders.return_called_off")}


def test_an_approval_that_comes_after_the_cancelling_is_dropped():
    assert endings(called_off(State.PLANNED, State.DONE)) == {OPEN: (State.REFUSED, "orders.return_called_off")}


def test_an_opening_that_was_sent_is_awaited_before_it_is_cancelled():
    assert (ready(called_off(State.SENT)), endings(called_off(State.SENT))) == ((), {})
    assert ready(called_off(State.DONE)) == (CANCEL,)


def test_cancelling_a_return_that_nobody_can_find_is_for_a_person():
    assert endings(called_off(State.UNKNOWN)) == {CANCEL: (State.UNKNOWN, None)}


def test_a_label_that_waits_is_dropped_when_the_return_is_called_off():
    found = called_off(State.DONE, label=("attach_label", State.PLANNED))

    assert endings(found) == {LABEL: (State.REFUSED, "orders.return_called_off")}


@pytest.mark.parametrize("action", ["attach_label", "settle"])
def test_cancelling_waits_for_a_call_that_was_sent(action):
    assert ready(called_off(State.DONE, settle=(action, State.SENT))) == ()


def test_a_settlement_of_a_return_that_is_called_off_waits_for_the_next_attempt():
    found = called_off(State.DONE, State.DONE, settle=("settle", State.PLANNED))
    again = [*found, Step(REOPEN, Action.OPEN_RETURN, State.DONE, attempt=2)]

    assert (ready(found), foregone(found)) == ((), ())
    assert ready(again) == (SETTLE,)


@pytest.mark.parametrize("cancelling", [State.PLANNED, State.SENT])
def test_a_revived_return_opens_when_the_former_is_cancelled(cancelling):
    found = called_off(State.DONE, cancelling)
    again = Step(REOPEN, Action.OPEN_RETURN, State.PLANNED, attempt=2)

    assert REOPEN not in ready([*found, again])
    assert REOPEN in ready([*called_off(State.DONE, State.DONE), again])


def test_an_approval_that_comes_after_the_revival_is_dropped():
    found = [
        Step(REOPEN, Action.OPEN_RETURN, State.DONE, attempt=2),
        Step(OPEN, Action.OPEN_RETURN, State.PLANNED),
    ]

    assert endings(found) == {OPEN: (State.REFUSED, "orders.return_called_off")}
    assert newest(found) == 2


def closed_and(*again):
    """A return that was closed, with steps of opening and closing it again."""
    kinds = {"reopen": Action.REOPEN_RETURN, "close": Action.CLOSE_RETURN}
    return [
        Step(OPEN, Action.OPEN_RETURN, State.DONE),
        Step(CLOSE, Action.CLOSE_RETURN, State.DONE),
        *(Step(UUID(int=20 + place), kinds[kind], state) for place, (kind, state) in enumerate(again)),
    ]


@pytest.mark.parametrize(
    ("again", "part"),
    [
        ((), "again-1"),
        ((("reopen", State.DONE), ("close", State.PLANNED)), None),
        ((("reopen", State.PLANNED), ("close", State.PLANNED)), None),
        ((("reopen", State.DONE), ("close", State.DONE)), "again-2"),
        ((("reopen", State.REFUSED), ("close", State.DONE)), "again-2"),
    ],
)
def test_a_closed_return_is_opened_again_once_for_each_closing(again, part):
    assert reopening(closed_and(*again)) == part


@pytest.mark.parametrize("closing", [State.PLANNED, State.REFUSED])
def test_a_return_that_is_not_closed_is_not_opened_again(closing):
    assert reopening([Step(CLOSE, Action.CLOSE_RETURN, closing)]) is None


def test_a_late_settlement_waits_until_the_return_is_open_again_and_closing_for_both():
    found = [
        *closed_and(("reopen", State.PLANNED), ("close", State.PLANNED)),
        Step(SETTLE, Action.SETTLE, State.PLANNED),
    ]
    opened = [replace(step, state=State.DONE) if step.action is Action.REOPEN_RETURN else step for step in found]

    assert ready(found) == (UUID(int=20),)
    assert ready(opened) == (SETTLE,)


@pytest.mark.parametrize("attempt", [1, 2, 12])
def test_a_part_tells_its_attempt(attempt):
    assert attempt_of(part_of(attempt)) == attempt


@pytest.mark.parametrize("part", ["refund-0f1e2d3c4b5a6978-2", "parcel-2", "whole"])
def test_parts_that_are_there_in_any_attempt_are_of_the_first(part):
    assert attempt_of(part) == 1


@pytest.mark.parametrize(("parcel", "attempt"), [(1, 1), (2, 1), (1, 2), (12, 34)])
def test_a_labels_part_tells_its_parcel_and_attempt(parcel, attempt):
    assert label_of(label_part(parcel, attempt)) == (parcel, attempt)


def test_the_first_attempt_has_the_part_that_it_always_had():
    assert part_of(1) == "whole"


def test_a_step_has_the_same_key_after_a_crash_and_another_for_another_part():
    key = key_of(SHOP, RETURN, Action.SETTLE, "refund-1")
    others = {
        key_of(SHOP, RETURN, Action.SETTLE, "refund-2"),
        key_of(SHOP, RETURN, Action.CLOSE_RETURN, "refund-1"),
    }

    assert key == key_of(SHOP, RETURN, Action.SETTLE, "refund-1")
    assert len({key, *others}) == 3


LIFE = [
    [(OPEN, Action.OPEN_RETURN, 1)],
    [(CANCEL, Action.CANCEL_RETURN, 1)],
    [(CANCEL, Action.CANCEL_RETURN, 1), (REOPEN, Action.OPEN_RETURN, 2)],  # an attempt ends those before it
    [(SETTLE, Action.SETTLE, 1)],
    [(LABEL, Action.ATTACH_LABEL, 1)],
    [(RELEASE, Action.RELEASE_UNITS, 1), (CLOSE, Action.CLOSE_RETURN, 1)],
]
OPENS = {Action.OPEN_RETURN, Action.REOPEN_RETURN}
ENDS = {Action.CLOSE_RETURN, Action.CANCEL_RETURN}
LATE = {  # what else is planned when this comes after the return was closed
    Action.SETTLE: [(UUID(int=30), Action.REOPEN_RETURN), (UUID(int=31), Action.CLOSE_RETURN)],
    Action.OPEN_RETURN: [(UUID(int=32), Action.CLOSE_RETURN)],
}


class Shop:
    """What becomes of steps at a shop that does what it is asked, in a random order."""

    def __init__(self, seed):
        self.found, self.done, self.chance = {}, [], random.Random(seed)
        self.is_open, self.taken = False, []

    def plan(self, intents):
        for step_id, action, attempt in intents:
            if action in LATE and reopening(list(self.found.values())):
                for late_id, late in LATE[action]:
                    self.add(late_id, late)
            self.add(step_id, action, attempt)

    def add(self, step_id, action, attempt=1):
        self.found.setdefault(step_id, Step(step_id, action, State.PLANNED, attempt))

    def turn(self):
        """One thing that can happen now; whether there was one."""
        now = list(self.found.values())
        if known := foregone(now):
            step_id, ending = known[0]
            self.found[step_id] = replace(self.found[step_id], state=ending.state)
            return True
        sent = [step.id for step in now if step.state is State.SENT]
        choices = [*ready(now), *sent]
        if not choices:
            return False
        step_id = self.chance.choice(choices)
        after = State.DONE if step_id in sent else State.SENT
        self.found[step_id] = replace(self.found[step_id], state=after)
        action = self.found[step_id].action
        if after is State.SENT:
            self.done.append(action)
        elif action in OPENS | ENDS:
            self.is_open = action in OPENS
        elif action is Action.SETTLE:
            self.taken.append(self.is_open)
        return True


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.permutations(LIFE), st.integers(0, 2**20), st.data())
def test_facts_in_any_order_at_any_moment_end_with_one_settlement_and_nothing_left_open(facts, seed, data):
    shop = Shop(seed)
    for intents in facts:
        shop.plan(intents)
        for _ in range(data.draw(st.integers(0, 4))):
            shop.turn()
    while shop.turn():
        pass

    state = {step_id: step.state for step_id, step in shop.found.items()}
    assert set(state.values()) <= ENDED
    assert (state[SETTLE], state[CLOSE]) == (State.DONE, State.DONE)
    assert (shop.done.count(Action.SETTLE), shop.taken) == (1, [True])
    assert not shop.is_open
    assert shop.done.count(Action.OPEN_RETURN) == shop.done.count(Action.CANCEL_RETURN) + 1


LEFT = {Action.TAKE_GOODS: UUID(int=40), Action.GIVE_BONUS: UUID(int=41), Action.DROP_EXCHANGE: UUID(int=42)}


class ShopOfCards(Shop):
    """A shop at which a settlement leaves more to be done, and at which a call may turn out not to have been taken."""

    def turn(self):
        before = {step_id: step.state for step_id, step in self.found.items()}
        lost = [step_id for step_id, state in before.items() if state is State.SENT and self.chance.random() < 0.2]
        if lost:
            self.done.remove(self.found[lost[0]].action)
            self.found[lost[0]] = replace(self.found[lost[0]], state=State.PLANNED)
            return True
        moved = super().turn()
        for step_id, step in list(self.found.items()):
            if step.action is Action.SETTLE and step.state is State.DONE and before.get(step_id) is State.SENT:
                for action, left_id in LEFT.items():
                    self.add(left_id, action, step.attempt)
        return moved


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.permutations(LIFE), st.integers(0, 2**20), st.data())
def test_what_a_settlement_leaves_to_be_done_is_done_once_and_before_the_return_is_closed(facts, seed, data):
    shop = ShopOfCards(seed)
    for intents in facts:
        shop.plan(intents)
        for _ in range(data.draw(st.integers(0, 4))):
            shop.turn()
    while shop.turn():
        pass

    state = {step_id: step.state for step_id, step in shop.found.items()}
    assert {state[left_id] for left_id in LEFT.values()} == {State.DONE}
    assert [shop.done.count(action) for action in (Action.SETTLE, *LEFT)] == [1, 1, 1, 1]
    assert max(map(shop.done.index, LEFT)) < len(shop.done) - shop.done[::-1].index(Action.CLOSE_RETURN) - 1
    assert not shop.is_open


def test_a_return_is_not_cancelled_before_what_its_settlement_left_is_done():
    steps = [
        Step(OPEN, Action.OPEN_RETURN, State.DONE),
        Step(SETTLE, Action.SETTLE, State.DONE),
        Step(LEFT[Action.TAKE_GOODS], Action.TAKE_GOODS, State.PLANNED),
        Step(CANCEL, Action.CANCEL_RETURN, State.PLANNED),
    ]

    assert ready(steps) == (LEFT[Action.TAKE_GOODS],)
