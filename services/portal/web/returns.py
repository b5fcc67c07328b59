"""The admin's pages of returns: the list, one return whole, and its photos."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.portal.access import May
from services.portal.domain import Awaiting
from services.portal.store.returns import Asked
from services.portal.web import acts, desk, pictures
from services.portal.web.pages import Answering, Here
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
LONGEST_SEARCH = 80


@router.get("/admin")
def returns(
    request: Request,
    here: Here,
    answering: Answering,
    seat: Annotated[Seat, seated(May.READ_RETURNS)],
    q: str = "",
    status: str = "",
    before: str = "",
) -> Response:
    """The returns of the retailer, the last changed first."""
    awaiting, q = Awaiting(status) if status in set(Awaiting) else None, q.strip()[:LONGEST_SEARCH]
    found = here.returns.list(seat.retailer.id, Asked(search=q, awaiting=awaiting, before=desk.place(before)))
    return answering.answer(request, "returns", desk.returns_page(seat.view, found, q, awaiting), seat.retailer)


@router.get("/admin/returns/{number}/photos/{photo_id}")
def photo(here: Here, number: str, photo_id: UUID, seat: Annotated[Seat, seated(May.READ_RETURNS)]) -> Response:
    """A shopper's photo, for the retailer's own staff."""
    return pictures.shown(here, here.returns.photo(seat.retailer.id, photo_id))


@router.get("/admin/returns/{number}")
def return_(
    request: Request,
    here: Here,
    number: str,
    answering: Answering,
    seat: Annotated[Seat, seated(May.READ_RETURNS)],
    done: str = "",
) -> Response:
    """One return with all that happened to it, and what can be done now."""
    story = here.returns.get(seat.retailer.id, number=number.upper())
    if story is None:
        raise HTTPException(404)
    return acts.answered(request, here, answering, seat, story, done=done)
