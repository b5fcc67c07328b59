"""The pages of the API keys: what there is, making one that is shown once, and ending one."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.ids import new_id
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.store.keys import ApiKey, KeyMade
from services.portal.web import views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_KEYS)]

NOTICES = {"revoked": views.Notice("ok", "The key opens nothing any more.")}
MADE_BEFORE = views.Notice("warn", "This key was made already. Its text was shown then, and is not kept: make another.")


@router.get("/admin/keys")
def keys(request: Request, here: Here, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The keys, and a form to make one."""
    return answering.answer(request, "keys", _page(here, seat, notice=NOTICES.get(done)), seat.retailer)


@router.post("/admin/keys")
def make(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Make a key with scopes that the maker has too, and show it this once."""
    here.forms.check(request, said(form, "csrf"))
    label, once = said(form, "label", most=60), said(form, "once")
    chosen = tuple(may for may in _open_to(seat) if may in form.getlist("scope"))
    if problems := _missing(label, chosen):
        view = _page(here, seat, label=label, chosen=chosen, problems=problems)
        return answering.answer(request, "keys", view, seat.retailer, status=422)
    try:
        made = _make(here, seat, _id(once), label, chosen)
    except KeyMade:
        return answering.answer(request, "keys", _page(here, seat, notice=MADE_BEFORE), seat.retailer, status=409)
    return answering.answer(request, "keys", _page(here, seat, made=made), seat.retailer)


@router.post("/admin/keys/{id}/revoke")
def revoke(request: Request, here: Here, form: Words, seat: Managing, id: UUID) -> Response:
    """End a key at once."""
    here.forms.check(request, said(form, "csrf"))
    with here.audit.of(seat.actor, "key.revoke", subject=id) as record:
        if here.keys.revoke(seat.retailer.id, id) is None:
            record.refuse("key.not_found")
            raise HTTPException(404)
    return Pages.go("/admin/keys?done=revoked")


def _make(here: Portal, seat: Seat, id: UUID, label: str, scopes: tuple[May, ...]) -> str:
    with here.audit.of(seat.actor, "key.make", subject=id, scopes=sorted(scopes)):
        return here.keys.make(seat.retailer.id, id=id, label=label, scopes=scopes, by=seat.member.name)[1]


def _id(once: str) -> UUID:
    try:
        return UUID(once)
    except ValueError:
        raise HTTPException(400) from None


def _open_to(seat: Seat) -> tuple[May, ...]:
    return tuple(may for may in May if may in seat.actor.may)


def _missing(label: str, chosen: tuple[May, ...]) -> dict[str, str]:
    asked = {"label": not label and "Say what uses the key", "scope": not chosen and "Choose what the key may do"}
    return {field: words for field, words in asked.items() if words}


def _page(
    here: Portal,
    seat: Seat,
    *,
    label: str = "",
    chosen: tuple[May, ...] = (),
    problems: Mapping[str, str] | None = None,
    notice: views.Notice | None = None,
    made: str | None = None,
) -> views.KeysPage:
    return views.KeysPage(
        seat.view,
        tuple(_row(key) for key in here.keys.list(seat.retailer.id)),
        tuple(may.value for may in _open_to(seat)),
        str(new_id()),
        label,
        tuple(may.value for may in chosen),
        problems or {},
        notice,
        made,
    )


def _row(key: ApiKey) -> views.KeyRow:
    return views.KeyRow(
        str(key.id),
        key.label,
        key.prefix,
        tuple(may.value for may in May if may in key.scopes),
        key.created_by,
        key.created_at,
        key.last_used_at,
        key.revoked_at,
    )
