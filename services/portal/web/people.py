"""The pages of the staff: who they are, inviting one more, and changing what somebody may do."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.portal.access import May, Role, roles_at
from services.portal.reach import Portal
from services.portal.store.members import EmailTaken, LastOfThem, Member
from services.portal.web import views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_STAFF)]

NOTICES = {
    "invited": views.Notice("ok", "The invite is on its way. Its link works once, for an hour."),
    "role": views.Notice("ok", "The role is changed. Their sessions have ended, so they sign in again."),
    "disabled": views.Notice("ok", "They are not let in any more. Their sessions have ended."),
    "enabled": views.Notice("ok", "They are let in again."),
}
TAKEN = "Somebody with this email has an account already"
LAST = views.Notice("bad", "Somebody must stay who can manage the staff. Give another person this role first.")


@router.get("/admin/staff")
def staff(request: Request, here: Here, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The staff, and a form to invite one more."""
    return answering.answer(request, "staff", _list(here, seat, notice=NOTICES.get(done)), seat.retailer)


@router.post("/admin/staff")
def invite(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Add a member, who is mailed a link."""
    here.forms.check(request, said(form, "csrf"))
    name, email, role = said(form, "name", most=80), said(form, "email").casefold(), said(form, "role")
    problems = _missing(seat, name, email, role)
    if not problems:
        try:
            _invite(here, seat, name, email, Role(role))
            return Pages.go("/admin/staff?done=invited")
        except EmailTaken:
            problems = {"email": TAKEN}
    view = _list(here, seat, name=name, email=email, role=role, problems=problems)
    return answering.answer(request, "staff", view, seat.retailer, status=422)


@router.get("/admin/staff/{id}")
def member(request: Request, here: Here, answering: Answering, seat: Managing, id: UUID, done: str = "") -> Response:
    """One of the staff."""
    view = _one(seat, _mine(here, seat, id), notice=NOTICES.get(done))
    return answering.answer(request, "member", view, seat.retailer)


@router.post("/admin/staff/{id}/role")
def change_role(request: Request, here: Here, form: Words, answering: Answering, seat: Managing, id: UUID) -> Response:
    """Give a member another role."""
    here.forms.check(request, said(form, "csrf"))
    found, role = _mine(here, seat, id), said(form, "role")
    if role not in roles_at(seat.retailer.id):
        view = _one(seat, found, problems={"role": "Choose a role"})
        return answering.answer(request, "member", view, seat.retailer, status=422)
    try:
        with here.audit.of(seat.actor, "staff.change_role", subject=id, role=found.role) as record:
            here.members.change_role(seat.retailer.id, id, Role(role))
            record.after(role=role)
    except LastOfThem:
        return answering.answer(request, "member", _one(seat, found, notice=LAST), seat.retailer, status=409)
    return Pages.go(f"/admin/staff/{id}?done=role")


@router.post("/admin/staff/{id}/disable")
def disable(request: Request, here: Here, form: Words, answering: Answering, seat: Managing, id: UUID) -> Response:
    """Let a member in no more."""
    here.forms.check(request, said(form, "csrf"))
    found = _mine(here, seat, id)
    try:
        with here.audit.of(seat.actor, "staff.disable", subject=id):
            here.members.disable(seat.retailer.id, id)
    except LastOfThem:
        return answering.answer(request, "member", _one(seat, found, notice=LAST), seat.retailer, status=409)
    return Pages.go(f"/admin/staff/{id}?done=disabled")


@router.post("/admin/staff/{id}/enable")
def enable(request: Request, here: Here, form: Words, seat: Managing, id: UUID) -> Response:
    """Let a member in again."""
    here.forms.check(request, said(form, "csrf"))
    _mine(here, seat, id)
    with here.audit.of(seat.actor, "staff.enable", subject=id):
        here.members.enable(seat.retailer.id, id)
    return Pages.go(f"/admin/staff/{id}?done=enabled")


@router.post("/admin/staff/{id}/invite")
def invite_again(request: Request, here: Here, form: Words, seat: Managing, id: UUID) -> Response:
    """Mail a fresh link to somebody who has not begun; the one before works no more."""
    here.forms.check(request, said(form, "csrf"))
    _mine(here, seat, id)
    with here.audit.of(seat.actor, "staff.invite_again", subject=id) as record:
        base = f"{here.settings.url}/admin/join"
        if here.invites.invite_again(seat.retailer.id, id, by=seat.member.name, base=base) is None:
            record.refuse("staff.not_waiting")
            raise HTTPException(404)
    return Pages.go(f"/admin/staff/{id}?done=invited")


def _invite(here: Portal, seat: Seat, name: str, email: str, role: Role) -> None:
    with here.audit.of(seat.actor, "staff.invite", role=role) as record:
        base = f"{here.settings.url}/admin/join"
        made = here.invites.invite(seat.retailer.id, email=email, name=name, role=role, by=seat.member.name, base=base)
        record.after(member=made.id)


def _missing(seat: Seat, name: str, email: str, role: str) -> dict[str, str]:
    local, at, domain = email.partition("@")
    asked = {
        "name": name == "" and "Enter their name",
        "email": (not (local and at and domain) or " " in email) and "Enter their email, like robin@example.com",
        "role": role not in roles_at(seat.retailer.id) and "Choose a role",
    }
    return {field: words for field, words in asked.items() if words}


def _mine(here: Portal, seat: Seat, id: UUID) -> Member:
    found = here.members.member(id=id)
    if found is None or found.retailer_id != seat.retailer.id:
        raise HTTPException(404)
    return found


def _list(
    here: Portal,
    seat: Seat,
    *,
    name: str = "",
    email: str = "",
    role: str = "",
    problems: Mapping[str, str] | None = None,
    notice: views.Notice | None = None,
) -> views.StaffPage:
    rows = tuple(_row(seat, each) for each in here.members.list(seat.retailer.id))
    return views.StaffPage(seat.view, rows, _roles(seat), name, email, role, problems or {}, notice)


def _one(
    seat: Seat, found: Member, *, problems: Mapping[str, str] | None = None, notice: views.Notice | None = None
) -> views.MemberPage:
    return views.MemberPage(seat.view, _row(seat, found), _roles(seat), found.invited_at, problems or {}, notice)


def _row(seat: Seat, one: Member) -> views.MemberRow:
    state = "disabled" if one.disabled_at else "active" if one.password_hash else "invited"
    return views.MemberRow(
        str(one.id), one.name, one.email, one.role, state, one.seen_at, is_you=one.id == seat.member.id
    )


def _roles(seat: Seat) -> tuple[str, ...]:
    open_here = roles_at(seat.retailer.id)
    return tuple(role.value for role in Role if role in open_here)
