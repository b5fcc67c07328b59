"""The page of the accounts with carriers: what each asks for, one for tests and one that is live, and trying them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels_accounts import (
    CarrierAccountsV1,
    CarrierAccountV1,
    CarrierField,
    CarrierKind,
    CarrierMode,
    CheckCarrierAccountV1,
    GetCarrierAccountsV1,
    SaveCarrierAccountV1,
)
from services.portal.access import May
from services.portal.web import views
from services.portal.web.forms import Words, said, secret
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Managing = Annotated[Seat, seated(May.MANAGE_CARRIERS)]

WAIT = 5.0  # seconds for labels to answer
WAIT_FOR_CARRIER = 19.0  # a carrier is asked, and a person waits for it here
NOTICES = {
    "saved": views.Notice("ok", "The account is saved. Test it, to see whether the carrier takes it."),
    "off": views.Notice("ok", "The account is saved and off: no labels are made with it."),
    "works": views.Notice("ok", "The carrier takes the account."),
}
AWAY = views.Notice("bad", "The service that keeps the accounts is not answering. Try again in a minute.")


@router.get("/admin/carriers")
def carriers(request: Request, answering: Answering, seat: Managing, done: str = "") -> Response:
    """The accounts as they are known, with a form for each."""
    return _page(request, answering, seat, notice=NOTICES.get(done))


@router.post("/admin/carriers/{carrier}/{mode}")
def save(
    request: Request, here: Here, form: Words, answering: Answering, seat: Managing, carrier: str, mode: CarrierMode
) -> Response:
    """Keep an account. A secret left empty stays as it was."""
    here.forms.check(request, said(form, "csrf"))
    names = {each.name: each for each in _kind(seat, carrier).fields}
    given = {name: (secret if each.secret else said)(form, name).strip() for name, each in names.items()}
    wish = SaveCarrierAccountV1(
        carrier=carrier,
        mode=mode,
        on=bool(said(form, "on")),
        secrets={name: value for name, value in given.items() if names[name].secret and value},
        options={name: value for name, value in given.items() if not names[name].secret},
        by=str(seat.actor),
    )
    try:
        with here.audit.of(seat.actor, "carrier.save", subject=f"{carrier} {mode}", on=wish.on):
            ask(seat.retailer.id, wish, timeout=WAIT)
    except Refused as no:
        name, _, words = no.detail.partition(": ")
        return _page(request, answering, seat, wrong=(wish, {name if name in names else "on": words or no.detail}))
    except (Unavailable, Failed):
        return _page(request, answering, seat, notice=AWAY, status=503)
    return Pages.go(f"/admin/carriers?done={'saved' if wish.on else 'off'}")


@router.post("/admin/carriers/accounts/{account_id}/check")
def check(
    request: Request, here: Here, form: Words, answering: Answering, seat: Managing, account_id: UUID
) -> Response:
    """Ask the carrier whether it takes the account."""
    here.forms.check(request, said(form, "csrf"))
    try:
        with here.audit.of(seat.actor, "carrier.check", subject=account_id):
            tried = ask(seat.retailer.id, CheckCarrierAccountV1(account_id=account_id), timeout=WAIT_FOR_CARRIER)
    except Refused as no:
        return _page(request, answering, seat, notice=views.Notice("bad", no.detail or no.code), status=422)
    except (Unavailable, Failed):
        return _page(request, answering, seat, notice=AWAY, status=503)
    if tried.checked_words:
        notice = views.Notice("bad", f"The carrier refuses the account: {tried.checked_words}")
        return _page(request, answering, seat, notice=notice, status=422)
    return Pages.go("/admin/carriers?done=works")


def _kind(seat: Seat, carrier: str) -> CarrierKind:
    found = ask(seat.retailer.id, GetCarrierAccountsV1(), timeout=WAIT).carriers
    kind = next((each for each in found if each.carrier == carrier and each.fields), None)
    if kind is None:
        raise HTTPException(404)
    return kind


def _page(
    request: Request,
    answering: Answering,
    seat: Seat,
    *,
    notice: views.Notice | None = None,
    wrong: tuple[SaveCarrierAccountV1, Mapping[str, str]] | None = None,
    status: int = 200,
) -> Response:
    """The page; `wrong` is what was sent and what is wrong with it, by field."""
    try:
        known = ask(seat.retailer.id, GetCarrierAccountsV1(), timeout=WAIT)
    except (Unavailable, Failed):
        known, notice, status = CarrierAccountsV1(carriers=()), AWAY, 503
    sheets = {
        kind.title: tuple(_sheet(kind, mode, known, wrong) for mode in CarrierMode)
        for kind in known.carriers
        if kind.fields
    }
    free = tuple(kind.title for kind in known.carriers if not kind.fields)
    page = views.CarriersPage(seat.view, sheets, free, notice)
    return answering.answer(request, "carriers", page, seat.retailer, status=422 if wrong else status)


def _sheet(
    kind: CarrierKind,
    mode: CarrierMode,
    known: CarrierAccountsV1,
    wrong: tuple[SaveCarrierAccountV1, Mapping[str, str]] | None,
) -> views.CarrierSheet:
    accounts = (each for each in known.accounts if (each.carrier, each.mode) == (kind.carrier, mode))
    account = next(accounts, None)
    sheet = views.CarrierSheet(
        kind.carrier, kind.title, mode, tuple(_blank(each, account, mode, kind.carrier) for each in kind.fields)
    )
    if account is not None:
        sheet = replace(
            sheet,
            on=account.on,
            kept_on=account.on,
            id=str(account.account_id),
            saved_at=account.saved_at,
            checked_at=account.checked_at,
            checked_words=account.checked_words or "",
        )
    if wrong is None or (wrong[0].carrier, wrong[0].mode) != (kind.carrier, mode):
        return sheet
    sent, problems = wrong
    prefix = f"{kind.carrier}-{mode}-"
    blanks = tuple(
        blank if blank.secret else replace(blank, value=sent.options.get(each.name, ""))
        for blank, each in zip(sheet.blanks, kind.fields, strict=True)
    )
    return replace(
        sheet, blanks=blanks, on=sent.on, problems={prefix + name: words for name, words in problems.items()}
    )


def _blank(
    asked: CarrierField, account: CarrierAccountV1 | None, mode: CarrierMode, carrier: str
) -> views.CarrierBlank:
    kept = account is not None and asked.name in account.kept
    value = asked.usual if account is None else account.options.get(asked.name, asked.usual)
    hint = "Kept encrypted, and never shown. Leave it empty to keep it." if kept else ""
    example = f"Like {asked.example}." if asked.example else ""
    return views.CarrierBlank(
        asked.name,
        asked.words,
        "" if asked.secret else value,
        hint or example,
        asked.secret,
        kept,
        asked.needed,
    )
