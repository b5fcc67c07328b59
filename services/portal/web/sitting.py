"""Whose pages a shopper is at, and the order that is open in this browser."""

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.exceptions import HTTPException

from services.portal.access import Actor, May
from services.portal.reach import Portal, portal
from services.portal.security import SHOPPER, STAFF, SessionEnded
from services.portal.store.members import Member
from services.portal.store.people import Retailer, Session
from services.portal.web.pages import Here, acts_for, cover_prices

FOR = "on_behalf"  # in a session: who of the staff acts for whom
MADE = "made"  # in a session: the key of the return that was made in it


class AlreadyMade(Exception):
    """The return of this session is made: its pages lead there. `address` says so."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def retailer_of(
    here: Annotated[Portal, Depends(portal)], slug: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,30}$")]
) -> Retailer:
    """The retailer of the address; 404 when there is none."""
    retailer = here.people.retailer(slug=slug)
    if retailer is None:
        raise HTTPException(404)
    return retailer


Shop = Annotated[Retailer, Depends(retailer_of)]


def session_of(request: Request, here: Here, shop: Shop) -> Session:
    """The session for an order of this retailer: its shopper's, or of staff who act for them. Raises SessionEnded."""
    token = here.cookies.read(request, SHOPPER)
    session = here.people.session(token, "shopper") if token else None
    if session is None or session.retailer_id != shop.id:
        raise SessionEnded("shopper")
    if session.data.get("gift"):
        cover_prices(request)
    if acting := session.data.get(FOR):
        member = _of_staff(request, here, shop)
        if member is None or str(member.id) != acting["member"]:
            raise SessionEnded("staff")
        acts_for(request, acting["shopper"], member.name)
    return session


Sitting = Annotated[Session, Depends(session_of)]


def own_session_of(session: Sitting) -> Session:
    """The session of the shopper alone: staff have pages of their own for this. Problem 403."""
    if session.data.get(FOR):
        raise HTTPException(403)
    return session


Alone = Annotated[Session, Depends(own_session_of)]


def choosing_of(shop: Shop, session: Sitting) -> Session:
    """The session while its return is not made yet. Raises AlreadyMade: the page is from before, in a tab or by Back."""
    if session.data.get(MADE):
        raise AlreadyMade(f"/{shop.slug}/made")
    return session


Drafting = Annotated[Session, Depends(choosing_of)]


def acting_in(request: Request, here: Portal, shop: Retailer, session: Session) -> Actor | None:
    """Who of the staff makes the return for its shopper; None where they do so themselves."""
    member = _of_staff(request, here, shop) if session.data.get(FOR) else None
    return member.actor if member else None


def on_behalf(member: Member, shopper: str) -> dict[str, dict[str, str]]:
    """What a session holds in which one of the staff acts for a shopper."""
    return {FOR: {"member": str(member.id), "shopper": shopper}}


def _of_staff(request: Request, here: Portal, shop: Retailer) -> Member | None:
    token = here.cookies.read(request, STAFF)
    found = here.members.seat(token) if token else None
    member = found[1] if found else None
    may = member is not None and member.retailer_id == shop.id and May.WRITE_RETURNS in member.actor.may
    return member if may else None
