"""Who sits at a page of the admin: one of the staff, signed in, whose role allows the page."""

from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.portal.access import NOBODY, Actor, May
from services.portal.reach import Portal
from services.portal.security import STAFF, SessionEnded
from services.portal.store.members import Member
from services.portal.store.people import Retailer, Session
from services.portal.web import assets, views
from services.portal.web.pages import Here

# The platform's operator is of no retailer, and sees pages in the house's own look.
PLATFORM = Retailer(NOBODY, assets.HOUSE.slug, "EUR", assets.HOUSE, None)
MOST_OF_AGENT = 250  # characters of what a browser says of itself


class NotForThisRole(HTTPException):
    """Somebody is signed in whose role does not allow this page."""

    def __init__(self, may: May) -> None:
        super().__init__(403, f"This needs {may}.")


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody signed in, as who they act, and what their pages are told of them."""

    session: Session
    member: Member
    retailer: Retailer
    actor: Actor
    view: views.Staff


class Seated:
    """A page's dependency: who is signed in, when `may` is theirs. A test reads `may` off every route."""

    def __init__(self, may: May | None) -> None:
        self.may = may

    def __call__(self, request: Request, here: Here) -> Seat:
        """The seat. Raises SessionEnded when nobody is signed in, NotForThisRole when this is not for them."""
        token = here.cookies.read(request, STAFF)
        found = here.members.seat(token) if token else None
        if found is None:
            raise SessionEnded("staff")
        session, member, retailer = found
        actor = member.actor
        if self.may is not None and self.may not in actor.may:
            raise NotForThisRole(self.may)
        view = views.Staff(member.name, member.email, member.role, here.forms.token(request), actor.may, home_of(actor))
        return Seat(session, member, retailer or PLATFORM, actor, view)


def seated(may: May | None = None) -> Any:
    """The dependency of a page that needs `may`, or no more than somebody signed in, which gives the Seat.

    Write `seat: Annotated[Seat, seated(May.READ_RETURNS)]`.
    """
    return Depends(Seated(may))


def sit_down(request: Request, here: Portal, response: Response, member: Member) -> None:
    """Begin a session of the member in this browser; the one it had ends."""
    before = here.members.seat(here.cookies.read(request, STAFF))
    if before is not None:
        here.people.end_session(before[0])
    told = {"agent": request.headers.get("user-agent", "")[:MOST_OF_AGENT]}
    here.cookies.write(response, STAFF, here.people.begin_session(member.retailer_id, "staff", member.id, told))


def home_of(actor: Actor) -> str:
    """The page that this person begins at."""
    if May.SCAN in actor.may and May.WRITE_RETURNS not in actor.may:
        return "/hub"
    return "/admin" if May.READ_RETURNS in actor.may else "/admin/retailers"
