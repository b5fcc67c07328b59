"""What staff, and programs for them, do to a return: each act once, guarded by the return's own table of states."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path
from starlette.responses import Response

from libs.chassis.clock import now
from libs.contracts.values import LabelTerms
from services.portal.access import May
from services.portal.api import bodies
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import ReturnTold, sent
from services.portal.api.routing import Number, routes
from services.portal.api.telling import whole
from services.portal.domain import acts

router = routes("acts")

Parcel = Annotated[int, Path(ge=1, le=100, description="its number, counted from 1")]
Deciding = Annotated[Acting, Depends(acting(May.DECIDE_RETURNS))]
Writing = Annotated[Acting, Depends(acting(May.WRITE_RETURNS))]
Paying = Annotated[Acting, Depends(acting(May.MOVE_MONEY))]


@router.post("/returns/{number}/accept", response_model=ReturnTold)
async def accept(number: Number, asked: bodies.Acceptance, act: Deciding) -> Response:
    """Accept a return that is in review, with a free or paid label, with none, or with nothing being sent."""
    label = LabelTerms.NONE if asked.keep_item else asked.label
    return await _do(act, number, "accept", acts.Accept(label, asked.keep_item, asked.words))


@router.post("/returns/{number}/reject", response_model=ReturnTold)
async def reject(number: Number, asked: bodies.Rejection, act: Deciding) -> Response:
    """Reject a return that is in review, with words to the shopper."""
    return await _do(act, number, "reject", acts.Reject(asked.words))


@router.post("/returns/{number}/ask", response_model=ReturnTold)
async def ask(number: Number, asked: bodies.Question, act: Deciding) -> Response:
    """Ask the shopper for words or a photo. The return awaits the answer, and is reviewed again with it."""
    return await _do(act, number, "ask", acts.AskInformation(asked.words, asked.wants_photo))


@router.post("/returns/{number}/answer", response_model=ReturnTold)
async def answer(number: Number, asked: bodies.Reply, act: Deciding) -> Response:
    """Write down what the shopper was asked for and answered elsewhere: the return is reviewed again with it."""
    return await _do(act, number, "answer", acts.GiveInformation(asked.words))


@router.post("/returns/{number}/cancel", response_model=ReturnTold)
async def cancel(number: Number, act: Writing, asked: bodies.Remark | None = None) -> Response:
    """Call a return off before its first scan: its label is made void, its fee given back."""
    return await _do(act, number, "cancel", acts.Cancel("staff", _words(asked)))


@router.post("/returns/{number}/close", response_model=ReturnTold)
async def close(number: Number, act: Deciding, asked: bodies.Remark | None = None) -> Response:
    """End a return by hand: what was not given is not given any more."""
    return await _do(act, number, "close", acts.Close(_words(asked)))


@router.post("/returns/{number}/revive", response_model=ReturnTold)
async def revive(number: Number, act: Writing, asked: bodies.Remark | None = None) -> Response:
    """Take up a return that was cancelled, expired or rejected."""
    return await _do(act, number, "revive", acts.Revive(_words(asked)))


@router.post("/returns/{number}/withdraw", response_model=ReturnTold)
async def withdraw(number: Number, act: Writing) -> Response:
    """Record that the shopper withdraws from the purchase now (Directive (EU) 2023/2673): it is confirmed by mail at once."""
    return await _do(act, number, "withdraw", acts.Withdraw(now()))


@router.post("/returns/{number}/settle", response_model=ReturnTold)
async def settle(number: Number, asked: bodies.LinesToSettle, act: Paying) -> Response:
    """Have lines settled now, whatever stage was reached: all that is due, or less, or as another resolution."""
    lines = tuple(
        acts.LineSettlement(line.line_id, line.amount.money() if line.amount else None, line.resolution, line.words)
        for line in asked.lines
    )
    return await _do(act, number, "settle", acts.Settle(lines))


@router.post("/returns/{number}/waive-line", response_model=ReturnTold)
async def waive_line(number: Number, asked: bodies.LineToWaive, act: Paying) -> Response:
    """Decide that nothing is given for a line, with words to the shopper."""
    return await _do(act, number, "waive-line", acts.WaiveLine(asked.line_id, asked.words))


@router.post("/returns/{number}/labels/again", response_model=ReturnTold)
async def label_again(number: Number, act: Writing, asked: bodies.LabelToRepeat | None = None) -> Response:
    """Ask for a new label of a parcel in place of one that was refused, is void or has expired."""
    return await _do(act, number, "labels/again", acts.LabelAgain(asked.parcel if asked else 1))


@router.post("/returns/{number}/labels/void-again", response_model=ReturnTold)
async def void_again(number: Number, act: Writing, asked: bodies.LabelToVoid | None = None) -> Response:
    """Ask a carrier once more to make a parcel's label void, after it said no; its task is gone until it says no again."""
    return await _do(act, number, "labels/void-again", acts.VoidAgain(asked.parcel if asked else 1))


@router.post("/returns/{number}/parcels/{parcel}/sent", response_model=ReturnTold)
async def tell_sent(number: Number, parcel: Parcel, asked: bodies.ParcelSent, act: Writing) -> Response:
    """Tell with which carrier of the shopper's own a parcel is under way: the hub knows it by that number too."""
    what = acts.TellSent(parcel, asked.carrier, asked.tracking_number, str(act.who))
    return await _do(act, number, "parcels/sent", what)


@router.post("/returns/{number}/parcels", response_model=ReturnTold)
async def add_parcel(number: Number, act: Writing) -> Response:
    """One more box is needed: a label is asked for it."""
    return await _do(act, number, "parcels", acts.AddParcel())


@router.post("/returns/{number}/parcels/{parcel}/give-up", response_model=ReturnTold)
async def give_up_parcel(
    number: Number,
    parcel: Parcel,
    act: Writing,
    asked: bodies.Remark | None = None,
) -> Response:
    """A parcel will not come: the others are no longer waiting for it."""
    return await _do(act, number, "give-up", acts.GiveUpParcel(parcel, _words(asked)))


async def _do(act: Acting, number: str, name: str, what: acts.Act) -> Response:
    return await act.once(partial(do, act, number, name, what))


def do(act: Acting, number: str, name: str, what: acts.Act, effect_id: UUID) -> Response:
    """Do `what` once, write it into the audit, and tell the return as it is then."""
    here, number = act.here, number.upper()
    with here.audit.of(act.who, f"return.{name}", subject=number):
        story = here.returns.act(act.who.retailer_id, number, what, act.who, once=effect_id)
    return sent(whole(here, act.who.retailer_id, story))


def _words(asked: bodies.Remark | None) -> str | None:
    return asked.words if asked else None
