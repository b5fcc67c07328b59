"""A return's life: what is known decides where it stands, so that any order of its facts ends in one state."""

from dataclasses import replace

from libs.contracts.base import Message
from libs.contracts.values import LabelTerms, Resolution
from services.portal.domain import statements
from services.portal.domain.knowledge import kind_of, learn
from services.portal.domain.moves import MOVES
from services.portal.domain.returns import Parcel, Return
from services.portal.domain.settling import DONE, ask_what_is_due
from services.portal.domain.states import Awaiting, Effect, FeeState, Kind, LabelState, MoneyState

_HOMES = {kind: awaiting for awaiting, kind in reversed(MOVES)}
_ORDER = list(Awaiting)
# What becomes true of a return by all that is known of it; acts of people are not among them, they are done once.
_TRUE = {
    Kind.FEE_PAID: lambda ret: ret.known.fee in {FeeState.PAID, FeeState.REFUNDED},
    Kind.FEE_WAIVED: lambda ret: ret.known.fee is FeeState.WAIVED,
    Kind.LABEL_ISSUED: lambda ret: all(_is_labelled(parcel) for parcel in ret.travelling),
    Kind.FIRST_SCAN: lambda ret: not ret.open_undos and _is_sent(ret),
    Kind.HUB_SCAN: lambda ret: not ret.open_undos and _is_here(ret),
    Kind.PARCEL_INSPECTED: lambda ret: ret.inspect and all(parcel.inspected for parcel in ret.travelling),
    Kind.INSPECTION_SKIPPED: lambda ret: not ret.inspect,
    Kind.ALL_SETTLED: lambda ret: all(line.money in DONE for line in ret.lines),
}


def _is_sent(ret: Return) -> bool:
    return any(parcel.accepted or parcel.received for parcel in ret.known.parcels)


def _is_here(ret: Return) -> bool:
    return all(parcel.received for parcel in ret.travelling)


def _is_ahead(ret: Return) -> bool:
    """Whether it stands where its parcels are not, for the scan that brought it there was taken back before money moved."""
    is_there = _is_sent(ret) if ret.awaiting is Awaiting.IN_TRANSIT else _is_here(ret)
    return not is_there and not ret.has_moved_money


def _is_labelled(parcel: Parcel) -> bool:
    return parcel.label in {LabelState.ISSUED, LabelState.EXPIRED} or parcel.accepted or parcel.received


def submit(ret: Return) -> tuple[Return, list[Message]]:
    """Begin the life of `ret`: approved by policy, or held for a person where anything in `known.held` holds it.

    Nothing holds a withdrawal: it is declared at `known.withdrawn_at`.
    """
    lines = tuple(
        replace(line, money=MoneyState.WAIVED) if line.asked.resolution is Resolution.NONE else line
        for line in ret.lines
    )
    parcels = () if all(line.asked.keep_item for line in lines) else (Parcel(1),)
    ret = replace(ret, lines=lines, awaiting=Awaiting.REVIEW).knowing(parcels=parcels)
    if ret.known.held and not ret.is_withdrawal:
        return ret, [*statements.submitted(ret), *statements.held_for_review(ret)]
    submitted = statements.submitted(ret)
    if ret.is_withdrawal:
        submitted += statements.withdrawal_declared(ret)
    ret, said = move(ret, accepted(ret))
    return ret, submitted + said


def accepted(ret: Return) -> Kind:
    """The way on for a return that is accepted: by what its lines and its label need."""
    if all(line.asked.keep_item for line in ret.lines):
        return Kind.ACCEPTED_KEEPING
    return Kind.ACCEPTED_WITHOUT_LABEL if ret.label is LabelTerms.NONE else Kind.ACCEPTED


def move(ret: Return, kind: Kind) -> tuple[Return, list[Message]]:
    """Make the move of `kind` and every other whose turn has come by it; the messages to state."""
    ret, said = _step(ret, kind)
    ret, more = settle_down(ret)
    return ret, said + more


def settle_down(ret: Return) -> tuple[Return, list[Message]]:
    """Make every move whose turn has come by what is known, and ask for the money that is due: first of all the moves back."""
    while (ret.awaiting, Kind.SCAN_VOIDED) in MOVES and _is_ahead(ret):
        ret, _ = _step(ret, Kind.SCAN_VOIDED)
    ret, said = ask_what_is_due(ret)
    while (kind := _next_turn(ret)) is not None:
        ret, more = _step(ret, kind)
        ret, due = ask_what_is_due(ret)
        said += more + due
    return ret, said


def advance(ret: Return, fact: Message) -> tuple[Return, list[Message], Effect]:
    """Give `ret` as `fact` leaves it, the messages to state, and what the fact did.

    Facts come in any order: an early one is kept, a late or repeated one changes nothing. Raises Contradiction.
    """
    kind = kind_of(fact)
    if kind is Kind.OF_NO_CONSEQUENCE:
        return ret, [], Effect.NOTED
    known = learn(ret, fact, kind)
    if known == ret:  # that it moves on is told with each milestone on its way
        return ret, [], Effect.NOTED if kind is Kind.PARCEL_MOVED else Effect.LATE
    after, said = settle_down(known)
    return after, said, _effect(ret, after, kind)


def _effect(before: Return, after: Return, kind: Kind) -> Effect:
    if after.awaiting is not before.awaiting or (before.awaiting, kind) in MOVES or kind not in _HOMES:
        return Effect.APPLIED
    return Effect.LATE if _ORDER.index(_HOMES[kind]) < _ORDER.index(before.awaiting) else Effect.KEPT


def _next_turn(ret: Return) -> Kind | None:
    """What is true of the return and moves it on from where it stands."""
    for kind, is_true in _TRUE.items():
        step = MOVES.get((ret.awaiting, kind))
        if step is not None and step.then is not ret.awaiting and is_true(ret):
            return kind
    return None


def _step(ret: Return, kind: Kind) -> tuple[Return, list[Message]]:
    step = MOVES[ret.awaiting, kind]
    if step.then is not ret.awaiting:
        ret = replace(ret, awaiting=step.then).knowing(reminded=False, overdue=False)
    if statements.approved in step.states:
        ret = ret.knowing(approved=True)
    if step.then is Awaiting.REVIEW and Kind.REOPENED is kind:
        ret = ret.knowing(approved=False)
    return ret, [message for build in step.states for message in build(ret)]
