"""What a link mailed to one of the staff opens: choose a password, to begin or to begin again."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.portal import StaffLinkPurpose
from services.portal.passwords import fault_in, hash_password
from services.portal.reach import Portal
from services.portal.store.limits import SIGN_IN_BY_ADDRESS
from services.portal.store.members import Member
from services.portal.store.people import Retailer
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import PLATFORM, home_of, sit_down

router = APIRouter(include_in_schema=False)
JOIN, RESET = StaffLinkPurpose.INVITE, StaffLinkPurpose.RESET
PATHS = {JOIN: "/admin/join", RESET: "/admin/reset"}


@router.get("/admin/join/{token}")
def join_page(request: Request, here: Here, token: str, answering: Answering) -> Response:
    """Ask a new member for a name and a password. Looking at it does not use the link up."""
    return _page(request, here, answering, token, JOIN)


@router.get("/admin/reset/{token}")
def reset_page(request: Request, here: Here, token: str, answering: Answering) -> Response:
    """Ask for another password. Looking at it does not use the link up."""
    return _page(request, here, answering, token, RESET)


@router.post("/admin/join/{token}")
def join(request: Request, here: Here, token: str, form: Words, answering: Answering) -> Response:
    """Begin: with a name, a password and a session."""
    here.forms.check(request, said(form, "csrf"))
    member, name, password = here.invites.of(token, JOIN), said(form, "name", most=80), secret(form, "password")
    if member is None:
        return _gone(request, answering, JOIN)
    if problems := _problems(here, member, password, name):
        return _page(request, here, answering, token, JOIN, problems=problems, name=name)
    here.bound(request, SIGN_IN_BY_ADDRESS)
    with here.audit.of(member.actor, "staff.accept_invite", subject=member.id) as record:
        if not here.invites.redeem(token, member, password_hash=hash_password(password), name=name):
            record.refuse("staff.link_gone")
            return _gone(request, answering, JOIN)
        response = Pages.go(home_of(member.actor))
        sit_down(request, here, response, member)
    return response


@router.post("/admin/reset/{token}")
def reset(request: Request, here: Here, token: str, form: Words, answering: Answering) -> Response:
    """Keep the new password. Every session of the member ends, and the way in is to sign in."""
    here.forms.check(request, said(form, "csrf"))
    member, password = here.invites.of(token, RESET), secret(form, "password")
    if member is None:
        return _gone(request, answering, RESET)
    if problems := _problems(here, member, password):
        return _page(request, here, answering, token, RESET, problems=problems)
    here.bound(request, SIGN_IN_BY_ADDRESS)
    with here.audit.of(member.actor, "staff.reset_password", subject=member.id) as record:
        if not here.invites.redeem(token, member, password_hash=hash_password(password)):
            record.refuse("staff.link_gone")
            return _gone(request, answering, RESET)
    return Pages.go("/admin/sign-in?done=reset")


def _page(
    request: Request,
    here: Portal,
    answering: Pages,
    token: str,
    purpose: StaffLinkPurpose,
    *,
    problems: dict[str, str] | None = None,
    name: str | None = None,
) -> Response:
    member = here.invites.of(token, purpose)
    if member is None:
        return _gone(request, answering, purpose)
    view = views.PasswordPage(
        here.forms.token(request),
        f"{PATHS[purpose]}/{token}",
        member.email,
        purpose is JOIN,
        member.name if name is None else name,
        member.role,
        problems or {},
    )
    return answering.answer(request, "password", view, _retailer_of(here, member), status=422 if problems else 200)


def _gone(request: Request, answering: Pages, purpose: StaffLinkPurpose) -> Response:
    return answering.answer(request, "gone", views.GonePage(purpose), status=410)


def _problems(here: Portal, member: Member, password: str, name: str | None = None) -> dict[str, str]:
    found = {"name": "Enter your name"} if name == "" else {}
    known = (member.email, name or member.name, _retailer_of(here, member).look.name)
    fault = fault_in(password, known=known)
    return found | ({"password": fault} if fault else {})


def _retailer_of(here: Portal, member: Member) -> Retailer:
    return here.people.retailer(id=member.retailer_id) or PLATFORM
