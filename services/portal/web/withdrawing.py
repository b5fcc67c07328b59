"""The withdrawal function of Directive (EU) 2023/2673: a labelled way in, what is withdrawn from, and one button to confirm."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.values import OrderLine
from services.portal.matching import is_email
from services.portal.reach import Portal
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.store.people import Retailer, Session
from services.portal.store.returns import KeyReused
from services.portal.web import choosing, intakes, views
from services.portal.web.answers import Draft
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Alone, Shop
from services.portal.wishes import Picked
from services.portal.withdrawing import REASON, Declaration, Open, open_of

router = APIRouter(include_in_schema=False)
WAY = "Withdraw from contract here"  # the words of the directive, article 11a(1)
WHY_NOT = {
    "portal.already_in_a_return": "{detail} is in another return by now. On that return’s own page you can withdraw too.",
    "portal.not_withdrawable": "{detail} cannot be withdrawn from any more in this number. Look at the numbers again.",
}
ELSE = "This could not be declared here. Write to us: a letter or an email counts just as well."


def way_in(shop: Retailer, draft: Draft) -> tuple[views.Link | None, date | None]:
    """The link to the declaration and its last day, while the law gives it. A gift is its buyer's to withdraw from."""
    if draft.gift:
        return None, None
    last = max(_open(draft).until.values(), default=None)
    return (views.Link(WAY, f"/{shop.slug}/withdraw") if last is not None else None), last


@router.get("/{slug}/withdraw")
def choose(request: Request, here: Here, shop: Shop, session: Alone, answering: Answering) -> Response:
    """What is withdrawn from: all that may be, unless the shopper says otherwise."""
    return _choose(request, here, shop, _draft(session), answering)


@router.post("/{slug}/withdraw")
def check(request: Request, here: Here, shop: Shop, session: Alone, form: Words, answering: Answering) -> Response:
    """The declaration once more, to be confirmed."""
    here.forms.check(request, said(form, "csrf"))
    draft = _draft(session)
    found = _now(here, shop, draft)
    declared = _declared(form, draft)
    if problems := _missing(declared, found):
        return _choose(request, here, shop, draft, answering, problems=problems, form=form)
    chosen = tuple((f"quantity-{line_id}", str(units)) for line_id, units in declared.units.items())
    hidden = (*chosen, ("name", declared.name), ("email", declared.email), ("key", str(new_id())))
    page = views.WithdrawCheckPage(
        here.forms.token(request),
        draft.order.number,
        tuple(item for item in _items(found, declared.units) if item.chosen),
        declared.name,
        declared.email,
        hidden,
        f"/{shop.slug}/withdraw",
    )
    return answering.answer(request, "withdrawcheck", page, shop)


@router.post("/{slug}/withdraw/confirm")
def confirm(request: Request, here: Here, shop: Shop, session: Alone, form: Words, answering: Answering) -> Response:
    """Record the declaration at this moment, once for this form's key."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    draft = _draft(session)
    declared = _declared(form, draft)
    if not declared.units or not declared.key or not is_email(declared.email):
        return answering.go(f"/{shop.slug}/withdraw")
    try:
        path = here.withdrawing.declare(shop, declared)
    except KeyReused:
        return answering.go(f"/{shop.slug}/withdraw")
    except Unavailable:
        return _keep(here, shop, draft, declared)
    except Refused as refused:
        notice = views.Notice("warn", WHY_NOT.get(refused.code, ELSE).format(detail=refused.detail or "An item"))
        return _choose(request, here, shop, draft, answering, notice=notice, form=form, status=409)
    return answering.go(f"/{shop.slug}{path}?new")


def _draft(session: Session) -> Draft:
    draft = Draft.from_json(session.data)
    if draft.gift:
        raise HTTPException(404)
    return draft


def _open(draft: Draft) -> Open:
    """What may be withdrawn from as it was when the order was found."""
    return open_of(draft.order, draft.judged, now().date())


def _now(here: Portal, shop: Retailer, draft: Draft) -> Open:
    """What may be withdrawn from; while nobody can say what is new, as it was when the order was found."""
    try:
        return here.withdrawing.open(shop, draft.order.order_id)
    except Unavailable:
        return _open(draft)


def _declared(form: FormData, draft: Draft) -> Declaration:
    """What the form says, of the lines of the order."""
    texts = {line.id: said(form, f"quantity-{line.id}", most=6) for line in draft.order.lines}
    units = {id: int(text) for id, text in texts.items() if text.isascii() and text.isdigit() and int(text)}
    name, email = said(form, "name", most=120), said(form, "email")
    return Declaration(draft.order.order_id, units, name, email, said(form, "key", most=40))


def _missing(declared: Declaration, found: Open) -> dict[str, str]:
    """What must be said before it can be declared: words by field."""
    problems = {}
    if not declared.units and found.lines:
        problems[f"quantity-{found.lines[0].id}"] = "Choose at least one"
    if not declared.name:
        problems["name"] = "Enter your name"
    if not is_email(declared.email):
        problems["email"] = "Enter your email, like name@example.com"
    return problems


def _choose(
    request: Request,
    here: Portal,
    shop: Retailer,
    draft: Draft,
    answering: Pages,
    *,
    problems: Mapping[str, str] | None = None,
    notice: views.Notice | None = None,
    form: FormData | None = None,
    status: int = 200,
) -> Response:
    asked = _declared(form, draft) if form else None
    contact = draft.order.contact
    page = views.WithdrawPage(
        here.forms.token(request),
        draft.order.number,
        _items(_now(here, shop, draft), asked.units if asked else None),
        f"/{shop.slug}/items",
        asked.name if asked else contact.name,
        asked.email if asked else contact.email,
        problems or {},
        notice,
    )
    return answering.answer(request, "withdraw", page, shop, status=422 if problems else status)


def _items(found: Open, chosen: Mapping[UUID, int] | None) -> tuple[views.WithdrawItem, ...]:
    def many(line: OrderLine) -> int:
        return line.returnable if chosen is None else min(chosen.get(line.id, 0), line.returnable)

    return tuple(
        views.WithdrawItem(str(line.id), choosing.picture(line), line.returnable, many(line), found.until[line.id])
        for line in found.lines
    )


def _keep(here: Portal, shop: Retailer, draft: Draft, declared: Declaration) -> Response:
    """Keep a declaration that could not be recorded as a return, with its moment: it counts from then."""
    titles = {line.id: line.title for line in draft.order.lines}
    lines = "; ".join(f"{units} × {titles[line_id]}" for line_id, units in declared.units.items())
    words = f"{WAY}: declared {now():%Y-%m-%d %H:%M:%S} UTC by {declared.name}: {lines}"
    picked = tuple(Picked(line_id, units, REASON) for line_id, units in declared.units.items())
    contact = draft.order.contact.model_copy(update={"name": declared.name, "email": declared.email})
    order = draft.order.model_copy(update={"contact": contact})
    return intakes.keep_terms(
        here, shop, replace(draft, order=order, key=declared.key, picked=picked, photos=(), words=words)
    )
