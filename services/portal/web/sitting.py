"""Whose pages a shopper is at, and the order that is open in this browser."""

from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.exceptions import HTTPException

from services.portal.reach import Portal, portal
from services.portal.security import SHOPPER, SessionEnded
from services.portal.store.people import Retailer, Session
from services.portal.web.pages import Here, cover_prices


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
    """The shopper's session for an order of this retailer. Raises SessionEnded."""
    token = here.cookies.read(request, SHOPPER)
    session = here.people.session(token, "shopper") if token else None
    if session is None or session.retailer_id != shop.id:
        raise SessionEnded("shopper")
    if session.data.get("gift"):
        cover_prices(request)
    return session


Sitting = Annotated[Session, Depends(session_of)]
