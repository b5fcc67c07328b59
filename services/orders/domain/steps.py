"""The steps a return takes at the shop: what each waits for, what may go now, and what has come to nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from libs.contracts.errors import Refused
from libs.contracts.values import Money, Resolution

CALLED_OFF = "orders.return_called_off"  # no word of the shop's: the return was over before the step left us
WHOLE = "whole"  # the part of a step that there is once a return
PATIENCE = timedelta(days=3)  # a step that the shop has not let us take for so long is given up, and a person is told
_ATTEMPT, _AGAIN, _PARCEL = "attempt-", "again-", "parcel-"


class Action(StrEnum):
    """One call to the shop."""

    OPEN_RETURN = "open_return"
    ATTACH_LABEL = "attach_label"
    SETTLE = "settle"
    TAKE_GOODS = "take_goods"
    GIVE_BONUS = "give_bonus"
    DROP_EXCHANGE = "drop_exchange"
    RELEASE_UNITS = "release_units"
    CLOSE_RETURN = "close_return"
    REOPEN_RETURN = "reopen_return"
    CANCEL_RETURN = "cancel_return"


class State(StrEnum):
    """How far a step is. `sent` may have happened at the shop and is read back; `unknown` waits for a person."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


ENDED = frozenset({State.DONE, State.REFUSED, State.UNKNOWN})
# What a settlement leaves to be done: the goods of a gift card taken, credit on top given, an exchange that was not made dropped.
FOLLOW_UPS = frozenset({Action.TAKE_GOODS, Action.GIVE_BONUS, Action.DROP_EXCHANGE})


class ReturnNotOpened(Refused):
    """The shop declined to open the return, so nothing of it can be settled."""

    def __init__(self, words: str) -> None:
        super().__init__("orders.return_not_opened", f"The return is not open at the shop: {words}")


class ReturnCalledOff(Refused):
    """The return was cancelled or has expired before the step left us."""

    def __init__(self) -> None:
        super().__init__(CALLED_OFF, "The return was called off.")


class ShopAway(Refused):
    """The step could not be taken for all of `PATIENCE`; `because` is what stood in its way last."""

    def __init__(self, because: str) -> None:
        super().__init__("shop.away", f"Not possible at the shop for {PATIENCE.days} days: {because}")


@dataclass(frozen=True, slots=True)
class Step:
    """A planned call to the shop, as far as it matters to the others of its return. `attempt` is whose return it is of."""

    id: UUID
    action: Action
    state: State
    attempt: int = 1
    words: str | None = None

    @property
    def is_on_its_way(self) -> bool:
        """Whether it may still have an effect that it has not had."""
        return self.state not in ENDED


@dataclass(frozen=True, slots=True)
class Intent:
    """A call to be made for a return: `asked` is what we want of it, `owed` what is to be given by it."""

    return_id: UUID
    action: Action
    asked: dict[str, Any]
    part: str = WHOLE
    order_id: UUID | None = None
    owed: Money | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a step: `reference` is the shop's id of its effect, `code` and `words` say why there is none.

    `gave` is the resolution that a settlement gave, where it is not the one that was asked for; `last4` ends a gift card's
    code.
    """

    state: State
    reference: str | None = None
    code: str | None = None
    words: str | None = None
    gave: Resolution | None = None
    last4: str | None = None

    @classmethod
    def refused(cls, no: Refused) -> "Ending":
        """The step was declined, by the shop or by a check of ours."""
        return cls(State.REFUSED, code=no.code, words=no.detail)


def part_of(attempt: int) -> str:
    """The part of a step that there is once an attempt at the return."""
    return WHOLE if attempt == 1 else f"{_ATTEMPT}{attempt}"


def attempt_of(part: str) -> int:
    """The attempt that a part was made for; 1 for every other part."""
    return int(part.removeprefix(_ATTEMPT)) if part.startswith(_ATTEMPT) else 1


def label_part(parcel: int, attempt: int) -> str:
    """The part of attaching the label that a parcel has at this attempt at its label."""
    return f"{_PARCEL}{parcel}" + (f"-{attempt}" if attempt > 1 else "")


def label_of(part: str) -> tuple[int, int]:
    """The parcel, and the attempt at its label, that a part of `label_part` was made for."""
    parcel, _, attempt = part.removeprefix(_PARCEL).partition("-")
    return int(parcel), int(attempt or 1)


def reopening(steps: Iterable[Step]) -> str | None:
    """The part of opening a closed return again, and of closing it after that; None where it is open, or closes later."""
    kept = [step for step in steps if step.state is not State.REFUSED]
    closings = [step.state for step in kept if step.action is Action.CLOSE_RETURN]
    again = sum(step.action is Action.REOPEN_RETURN for step in kept)
    over = sum(state in (State.SENT, State.DONE) for state in closings)
    return f"{_AGAIN}{over}" if over > again else None


def key_of(shop_id: UUID, return_id: UUID, action: Action, part: str) -> UUID:
    """The key of a step: the same after a crash, and the same in every process."""
    return uuid5(shop_id, f"{return_id}/{action}/{part}")


def newest(steps: Iterable[Step]) -> int:
    """The last attempt at the return that was heard of; 0 while none was."""
    return max((step.attempt for step in steps if step.action in (Action.OPEN_RETURN, Action.CANCEL_RETURN)), default=0)


def ready(steps: Sequence[Step]) -> tuple[UUID, ...]:
    """The planned steps that wait for nothing.

    Opening goes first, closing last, and label and settlements together between, all at the newest attempt's return. An
    attempt opens when nothing of those before it is on its way any more. What is `sent` is awaited before a return is
    cancelled, or opened again after it was closed. What a settlement left to be done goes before the return is cancelled.
    """
    return tuple(step.id for step in steps if step.state is State.PLANNED and _may_go(step, steps))


def _may_go(step: Step, steps: Sequence[Step]) -> bool:
    others = [other for other in steps if other.id != step.id]
    on_its_way = {other.action for other in others if other.is_on_its_way}
    if step.action is Action.OPEN_RETURN:
        before = (other for other in others if other.action in (Action.OPEN_RETURN, Action.CANCEL_RETURN))
        return not _is_called_off(step.attempt, steps) and not any(other.is_on_its_way for other in before)
    sent = any(other.state is State.SENT for other in others)
    if step.action is Action.CANCEL_RETURN:
        return _opening(step.attempt, steps) is State.DONE and not sent and not on_its_way & FOLLOW_UPS
    if step.action in FOLLOW_UPS:
        return Action.REOPEN_RETURN not in on_its_way and not _is_ending(steps)
    if step.action is Action.REOPEN_RETURN:
        return _is_open(steps) and not sent
    return _is_open(steps) and not on_its_way & _WAITS_FOR[step.action]


_WAITS_FOR = {
    Action.ATTACH_LABEL: frozenset[Action](),
    Action.SETTLE: frozenset({Action.REOPEN_RETURN}),
    Action.RELEASE_UNITS: frozenset({Action.SETTLE}) | FOLLOW_UPS,
    Action.CLOSE_RETURN: frozenset({Action.ATTACH_LABEL, Action.SETTLE, Action.RELEASE_UNITS, Action.REOPEN_RETURN})
    | FOLLOW_UPS,
}


def _is_ending(steps: Iterable[Step]) -> bool:
    """Whether a call is under way after which the return takes nothing more."""
    ends = (Action.CANCEL_RETURN, Action.CLOSE_RETURN)
    return any(step.action in ends and step.state is State.SENT for step in steps)


def foregone(steps: Sequence[Step]) -> tuple[tuple[UUID, Ending], ...]:
    """The planned steps whose outcome is known without asking the shop, each with it."""
    known = ((step.id, _known_ending(step, steps)) for step in steps if step.state is State.PLANNED)
    return tuple((step_id, ending) for step_id, ending in known if ending is not None)


def _known_ending(step: Step, steps: Sequence[Step]) -> Ending | None:
    if step.action is Action.OPEN_RETURN and _is_called_off(step.attempt, steps):
        return Ending.refused(ReturnCalledOff())
    if step.action is Action.ATTACH_LABEL and _is_called_off(newest(steps), steps):
        return Ending.refused(ReturnCalledOff())
    if step.action is Action.SETTLE:
        return _ending_of_settlement(steps)
    return _ending_of_cancelling(step, steps) if step.action is Action.CANCEL_RETURN else None


def _ending_of_settlement(steps: Sequence[Step]) -> Ending | None:
    """A settlement cannot be given when its return did not open. Of one called off, it may belong to the next attempt."""
    attempt = newest(steps)
    if _opening(attempt, steps) not in (State.REFUSED, State.UNKNOWN) or _is_called_off(attempt, steps):
        return None
    words = next(step.words for step in steps if step.action is Action.OPEN_RETURN and step.attempt == attempt)
    return Ending.refused(ReturnNotOpened(words or "its answer was lost."))


def _ending_of_cancelling(step: Step, steps: Sequence[Step]) -> Ending | None:
    """A return that was never opened needs no cancelling: the step stays and keeps a late approval from opening it."""
    opening = _opening(step.attempt, steps)
    if opening in (None, State.REFUSED):
        return Ending(State.DONE)
    return Ending(State.UNKNOWN) if opening is State.UNKNOWN else None


def is_called_off(steps: Sequence[Step]) -> bool:
    """Whether the newest attempt was cancelled or has expired."""
    return _is_called_off(newest(steps), steps)


def _is_called_off(attempt: int, steps: Iterable[Step]) -> bool:
    """Whether the attempt is over: by a fact that says so, or because a later one has begun."""
    return any(
        step.attempt > attempt or (step.attempt == attempt and step.action is Action.CANCEL_RETURN)
        for step in steps
        if step.action in (Action.OPEN_RETURN, Action.CANCEL_RETURN)
    )


def _is_open(steps: Sequence[Step]) -> bool:
    return not is_called_off(steps) and _opening(newest(steps), steps) is State.DONE


def _opening(attempt: int, steps: Iterable[Step]) -> State | None:
    found = (step.state for step in steps if step.action is Action.OPEN_RETURN and step.attempt == attempt)
    return next(found, None)
