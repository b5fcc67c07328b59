"""The page of carriers' webhooks: where they come to, by which secret each is proved, and changing either."""

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from secrets import token_bytes, token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.portal.access import May
from services.portal.reach import Portal
from services.portal.senders import Sender, UnusableSecret, check_secret, sender_of
from services.portal.store.ingress import Endpoint
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_CARRIERS)]

SOURCE = "carriers"
TITLES: Mapping[Sender, str] = {
    Sender.STANDARD: "Standard Webhooks",
    Sender.EASYPOST: "EasyPost",
    Sender.SEKO: "SEKO",
    Sender.AFTERSHIP: "AfterShip",
    Sender.SHIPPO: "Shippo",
}
USER = "homeward"
NOTICES = {"ended": views.Notice("ok", "Only the secret in force is good from now on.")}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@router.get("/admin/carriers/webhooks")
def hooks(request: Request, here: Here, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The addresses there are, and a form to make one."""
    return answering.answer(request, "hooks", _page(here, seat, notice=NOTICES.get(done)), seat.retailer)


@router.post("/admin/carriers/webhooks")
def save(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Make an address, or change the secret of the one there is; what the carrier is to be told is shown this once."""
    here.forms.check(request, said(form, "csrf"))
    name, sender, user = (said(form, field, most=80) for field in ("name", "sender", "user"))
    given = secret(form, "secret").strip()
    if problems := _problems(name, sender, user, given):
        page = replace(_page(here, seat), name=name, sender=sender, user=user, problems=problems)
        return answering.answer(request, "hooks", page, seat.retailer, status=422)
    whole, facts = _whole(Sender(sender), user, given)
    with here.audit.of(seat.actor, "webhook.save", subject=name, sender=sender):
        address = _save(here, seat, name, whole)
    made = views.HookMade(name, address, facts)
    return answering.answer(request, "hooks", _page(here, seat, made=made), seat.retailer)


@router.post("/admin/carriers/webhooks/address")
def move(request: Request, here: Here, form: Words, answering: Answering, seat: Managing) -> Response:
    """Let an account's webhooks come to another address; the one they come to now takes nothing any more."""
    here.forms.check(request, said(form, "csrf"))
    name = said(form, "name", most=80)
    with here.audit.of(seat.actor, "webhook.move", subject=name) as record:
        token = here.ingress.move(seat.retailer.id, source=SOURCE, name=name)
        if token is None:
            record.refuse("webhook.not_found")
            raise HTTPException(404)
    made = views.HookMade(name, _address(here, token), (("Secret", "Stays as it is."),))
    return answering.answer(request, "hooks", _page(here, seat, made=made), seat.retailer)


@router.post("/admin/carriers/webhooks/end")
def end(request: Request, here: Here, form: Words, seat: Managing) -> Response:
    """Let an account's former secret be good no more."""
    here.forms.check(request, said(form, "csrf"))
    name = said(form, "name", most=80)
    with here.audit.of(seat.actor, "webhook.end_former", subject=name) as record:
        if not here.ingress.forget_former_secret(seat.retailer.id, source=SOURCE, name=name):
            record.refuse("webhook.not_found")
            raise HTTPException(404)
    return Pages.go("/admin/carriers/webhooks?done=ended")


def _problems(name: str, sender: str, user: str, given: str) -> dict[str, str]:
    problems = {}
    if not _NAME.fullmatch(name):
        problems["name"] = "Use up to 40 small letters, digits and hyphens, like seko"
    if sender not in set(Sender):
        return problems | {"sender": "Choose who sends"}
    if ":" in user:
        problems["user"] = "A user name has no colon"
    try:
        check_secret(_whole(Sender(sender), user, given)[0])
    except UnusableSecret as why:
        problems["secret"] = str(why)[:1].upper() + str(why)[1:]
    return problems


def _whole(sender: Sender, user: str, given: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The secret as it is kept, made here where none was given, and what of it the carrier is told."""
    if sender is Sender.STANDARD:
        made = given or "whsec_" + base64.b64encode(token_bytes(32)).decode()
        return made, (("Secret", made),)
    made = given or token_urlsafe(24)
    if sender is Sender.SEKO:
        return f"{sender}:{user or USER}:{made}", (("Username", user or USER), ("Password", made))
    return f"{sender}:{made}", (("Secret", made),)


def _save(here: Portal, seat: Seat, name: str, whole: str) -> str:
    """The address where it is new, else nothing: it stays where it is."""
    its_own = {"source": SOURCE, "name": name, "secret": whole}
    if here.ingress.change_secret(seat.retailer.id, **its_own, keyring=here.keyring):
        return ""
    return _address(here, here.ingress.save_endpoint(seat.retailer.id, **its_own, keyring=here.keyring))


def _address(here: Portal, token: str) -> str:
    return f"{here.settings.url}/webhooks/{SOURCE}/{token}"


def _known(here: Portal, seat: Seat) -> tuple[tuple[Endpoint, datetime | None], ...]:
    return here.ingress.all_of(seat.retailer.id, SOURCE, here.keyring)


def _page(
    here: Portal, seat: Seat, *, notice: views.Notice | None = None, made: views.HookMade | None = None
) -> views.HooksPage:
    rows = tuple(
        views.HookRow(endpoint.name, TITLES[sender_of(endpoint.secrets[0])], len(endpoint.secrets) > 1, last)
        for endpoint, last in _known(here, seat)
    )
    senders = tuple((sender.value, title) for sender, title in TITLES.items())
    return views.HooksPage(seat.view, rows, senders, notice=notice, made=made)
