"""The staff's pages: sign in, the list of returns, and one return whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.logs import log
from libs.chassis.objects import ObjectMissing
from services.portal.domain import Awaiting
from services.portal.security import STAFF, SessionEnded, password_matches
from services.portal.store.limits import SIGN_IN_BY_ADDRESS, SIGN_IN_BY_EMAIL
from services.portal.store.people import Member, Retailer, Session
from services.portal.web import desk, views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages

router = APIRouter(include_in_schema=False)
WRONG = {"form": "That email and password do not belong together. Check both."}


class Seat:
    """Somebody of a retailer's staff, signed in."""

    def __init__(self, session: Session, member: Member, retailer: Retailer, csrf: str) -> None:
        self.session, self.member, self.retailer = session, member, retailer
        self.view = views.Staff(retailer.look.name, member.email, member.role, csrf)


def seat_of(request: Request, here: Here) -> Seat:
    """Who is signed in. Raises SessionEnded."""
    token = here.cookies.read(request, STAFF)
    session = here.people.session(token, "staff") if token else None
    member = here.people.member(id=session.subject) if session else None
    retailer = here.people.retailer(id=session.retailer_id) if session else None
    if session is None or member is None or retailer is None:
        raise SessionEnded("staff")
    return Seat(session, member, retailer, here.forms.token(request))


Seated = Annotated[Seat, Depends(seat_of)]


@router.get("/admin/sign-in")
def sign_in_page(request: Request, here: Here, answering: Answering) -> Response:
    """Ask for email and password."""
    return answering.answer(request, "signin", views.SignInPage(here.forms.token(request)))


@router.post("/admin/sign-in")
def sign_in(request: Request, here: Here, form: Words, answering: Answering) -> Response:
    """Begin a session. An unknown person and a wrong password are answered alike, in words and in time."""
    here.forms.check(request, said(form, "csrf"))
    email, password = said(form, "email"), str(form.get("password", ""))[:256]
    here.bound(request, SIGN_IN_BY_ADDRESS, (SIGN_IN_BY_EMAIL, email.casefold()))
    member = here.people.member(email=email)
    if not password_matches(member.password_hash if member else None, password) or member is None:
        page = views.SignInPage(here.forms.token(request), email, WRONG)
        return answering.answer(request, "signin", page, status=422)
    response = answering.go("/admin")
    here.cookies.write(response, STAFF, here.people.begin_session(member.retailer_id, "staff", member.id, {}))
    return response


@router.post("/admin/sign-out")
def sign_out(request: Request, here: Here, seat: Seated, form: Words) -> Response:
    """End the session, here and on the server."""
    here.forms.check(request, said(form, "csrf"))
    here.people.end_session(seat.session)
    response = Pages.go("/admin/sign-in")
    here.cookies.forget(response, STAFF)
    return response


@router.get("/admin")
def returns(request: Request, here: Here, answering: Answering, q: str = "", status: str = "") -> Response:
    """The returns of the retailer, newest first."""
    try:
        seat = seat_of(request, here)
    except SessionEnded:
        return answering.go("/admin/sign-in")
    awaiting = Awaiting(status) if status in set(Awaiting) else None
    found = here.returns.list(seat.retailer.id, search=q[:80], awaiting=awaiting)
    return answering.answer(request, "returns", desk.returns_page(seat.view, found, q[:80], awaiting), seat.retailer)


@router.get("/admin/returns/{number}/photos/{photo_id}")
def photo(here: Here, seat: Seated, photo_id: UUID) -> Response:
    """A shopper's photo, for the retailer's own staff."""
    key = here.returns.photo(seat.retailer.id, photo_id)
    try:
        content = here.objects.get(key) if key else None
    except ObjectMissing:
        log.error("portal.photo_missing", photo_id=str(photo_id))
        content = None
    if content is None:
        raise HTTPException(404)
    return Response(
        content,
        media_type="image/webp",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": f'inline; filename="{photo_id}.webp"',
            "Cache-Control": "private, no-store",
        },
    )


@router.get("/admin/returns/{number}")
def return_(request: Request, here: Here, seat: Seated, number: str, answering: Answering) -> Response:
    """One return with its line of events."""
    story = here.returns.get(seat.retailer.id, number=number)
    if story is None:
        raise HTTPException(404)
    return answering.answer(request, "return_", desk.return_page(seat.view, seat.retailer, story), seat.retailer)
