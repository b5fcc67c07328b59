"""The staff's way in and out: sign in, sign out, and what to do without the password."""

import re
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.portal.passwords import hash_password, is_outdated, password_matches
from services.portal.reach import Portal
from services.portal.security import STAFF
from services.portal.store.limits import RESET_BY_ADDRESS, RESET_BY_EMAIL, SIGN_IN_BY_ADDRESS, SIGN_IN_BY_EMAIL
from services.portal.store.members import Member
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, home_of, seated, sit_down

router = APIRouter(include_in_schema=False)
WRONG = {"form": "That email and password do not belong together. Check both."}
NO_EMAIL = {"email": "Enter the email that you sign in with"}
AFTER_RESET = views.Notice("ok", "Your password is changed. Sign in with it.")
_OURS = re.compile(r"(/admin(/[A-Za-z0-9-]+)*|/hub)\Z")


@router.get("/admin/sign-in")
def sign_in_page(request: Request, here: Here, answering: Answering, to: str = "", done: str = "") -> Response:
    """Ask for email and password."""
    notice = AFTER_RESET if done == "reset" else None
    return answering.answer(request, "signin", views.SignInPage(here.forms.token(request), notice=notice, to=to))


@router.post("/admin/sign-in")
def sign_in(request: Request, here: Here, form: Words, answering: Answering) -> Response:
    """Begin a session. An unknown person and a wrong password are answered alike, in words and in time."""
    here.forms.check(request, said(form, "csrf"))
    email, password, to = said(form, "email"), secret(form, "password"), said(form, "to")
    counted = here.bound(request, SIGN_IN_BY_ADDRESS, (SIGN_IN_BY_EMAIL, email.casefold()))
    member = here.members.member(email=email)
    kept = member.password_hash if member and member.disabled_at is None else None
    if not password_matches(kept, password) or member is None:
        page = views.SignInPage(here.forms.token(request), email, WRONG, to=to)
        return answering.answer(request, "signin", page, status=422)
    here.limits.give_back(*counted)  # a whole desk may share an address; who knows the password does not guess
    with here.audit.of(member.actor, "staff.sign_in", subject=member.id):
        if is_outdated(kept or ""):
            here.members.renew_hash(member, hash_password(password))
        response = answering.go(to if _OURS.match(to) and to != "/admin" else home_of(member.actor))
        sit_down(request, here, response, member)
    return response


@router.post("/admin/sign-out")
def sign_out(request: Request, here: Here, form: Words, seat: Annotated[Seat, seated()]) -> Response:
    """End the session, here and on the server."""
    here.forms.check(request, said(form, "csrf"))
    with here.audit.of(seat.actor, "staff.sign_out", subject=seat.member.id):
        here.people.end_session(seat.session)
    response = Pages.go("/admin/sign-in")
    here.cookies.forget(response, STAFF)
    return response


@router.get("/admin/forgot")
def forgot_page(request: Request, here: Here, answering: Answering) -> Response:
    """Ask whose password is to be chosen anew."""
    return answering.answer(request, "forgot", views.ForgotPage(here.forms.token(request)))


@router.post("/admin/forgot")
def forgot(request: Request, here: Here, form: Words, answering: Answering) -> Response:
    """Mail a link to whoever has this address. Known or not is answered alike, in words and in time."""
    here.forms.check(request, said(form, "csrf"))
    email, csrf = said(form, "email").casefold(), here.forms.token(request)
    if "@" not in email:
        return answering.answer(request, "forgot", views.ForgotPage(csrf, email, NO_EMAIL), status=422)
    here.bound(request, RESET_BY_ADDRESS, (RESET_BY_EMAIL, email))
    member = here.members.member(email=email)
    response = answering.answer(request, "forgot", views.ForgotPage(csrf, email, sent=True))
    response.background = BackgroundTask(_mail_a_way_in, here, member)  # after the answer, whose time tells nothing
    return response


def _mail_a_way_in(here: Portal, member: Member | None) -> None:
    if member is None or member.disabled_at is not None:
        return
    with here.audit.of(member.actor, "staff.ask_reset", subject=member.id):
        if member.password_hash is None:
            here.invites.invite_again(
                member.retailer_id, member.id, by=member.name, base=f"{here.settings.url}/admin/join"
            )
        else:
            here.invites.offer_reset(member, base=f"{here.settings.url}/admin/reset")
