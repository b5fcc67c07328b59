"""One's own page: the password, and where one is signed in."""

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal.passwords import fault_in, hash_password, password_matches
from services.portal.reach import Portal
from services.portal.store.limits import SIGN_IN_BY_ADDRESS, SIGN_IN_BY_EMAIL
from services.portal.store.members import SignedIn
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated, sit_down

router = APIRouter(include_in_schema=False)
Anybody = Annotated[Seat, seated()]

NOTICES = {
    "password": views.Notice("ok", "Your password is changed. Everywhere else you are signed out."),
    "ended": views.Notice("ok", "You are signed out everywhere else."),
}
WRONG = {"current": "This is not your present password"}
# The first that a browser names itself by, of names that others put into theirs too.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("Mac OS", "a Mac"), ("Windows", "Windows"),
    ("Linux", "Linux"),
)  # fmt: skip


@router.get("/admin/account")
def account(request: Request, here: Here, answering: Answering, seat: Anybody, done: str = "") -> Response:
    """The password to change, and one's sessions."""
    return answering.answer(request, "account", _page(here, seat, notice=NOTICES.get(done)), seat.retailer)


@router.post("/admin/account/password")
def change_password(request: Request, here: Here, form: Words, answering: Answering, seat: Anybody) -> Response:
    """Keep another password. Every session ends, and a fresh one begins here."""
    here.forms.check(request, said(form, "csrf"))
    member, password = seat.member, secret(form, "password")
    here.bound(request, SIGN_IN_BY_ADDRESS, (SIGN_IN_BY_EMAIL, member.email))
    fault = fault_in(password, known=(member.email, member.name, seat.retailer.look.name))
    right = password_matches(member.password_hash, secret(form, "current"))
    if problems := ({} if right else WRONG) | ({"password": fault} if fault else {}):
        return answering.answer(request, "account", _page(here, seat, problems=problems), seat.retailer, status=422)
    response = Pages.go("/admin/account?done=password")
    with here.audit.of(seat.actor, "staff.change_password", subject=member.id):
        here.members.set_password(member, hash_password(password))
        sit_down(request, here, response, member)
    return response


@router.post("/admin/account/end-others")
def end_others(request: Request, here: Here, form: Words, seat: Anybody) -> Response:
    """End one's other sessions."""
    here.forms.check(request, said(form, "csrf"))
    with here.audit.of(seat.actor, "staff.end_sessions", subject=seat.member.id) as record:
        record.after(ended=here.members.end_others(seat.session))
    return Pages.go("/admin/account?done=ended")


def _page(
    here: Portal, seat: Seat, *, problems: Mapping[str, str] | None = None, notice: views.Notice | None = None
) -> views.AccountPage:
    rows = tuple(_row(seat, one) for one in here.members.signed_in(seat.member.id))
    return views.AccountPage(seat.view, rows, problems or {}, notice)


def _row(seat: Seat, one: SignedIn) -> views.SessionRow:
    is_this = one.token_hash == seat.session.token_hash
    return views.SessionRow(browser_of(one.agent), one.began_at, one.seen_at, is_this)


def browser_of(agent: str) -> str:
    """A browser in words that its owner knows it by: `Firefox on Linux`."""
    browser = next((words for name, words in _BROWSERS if re.search(rf"\b{name}\w*/", agent)), "A browser")
    system = next((words for name, words in _SYSTEMS if name in agent), None)
    return f"{browser} on {system}" if system else browser
