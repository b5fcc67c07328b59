"""What is not sent yet, cancelled by its shopper: how many, what comes back, done once, and the page of what became of it."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.ids import new_id
from libs.contracts.errors import Refused
from libs.contracts.orders_cancelling import CancellationQuoteV1
from libs.contracts.values import Money, UnsentLine
from services.portal.cancelling import AmountChanged, Asked, may_cancel
from services.portal.reach import Portal
from services.portal.store.cancelling import Cancellation, State, status_link
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.store.people import Retailer, Session
from services.portal.web import views
from services.portal.web.answers import Draft
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Alone, Shop

router = APIRouter(include_in_schema=False)
LONGEST_REASON = 500
WAY = "Not sent yet: cancel"
PROMISE = "To the way you paid, once the shop has cancelled it."
KEPT = "To the way you paid."
AWAY = views.Notice("bad", "The shop is not answering right now. Nothing was cancelled: try again in a minute.")
CHANGED = views.Notice("warn", "What you get back has changed since you looked. This is what it is now.")
WHY_NOT = {
    "orders.already_sent": "What you chose is on its way already. You can return it once it has arrived.",
    "orders.being_packed": "This order is being packed already. You can return it once it has arrived.",
    "orders.shop_not_reached": "The shop is not answering right now. Nothing was cancelled: try again in a minute.",
    "orders.already_cancelled": "This order is cancelled already.",
    "orders.not_paid": "This order is not paid in full, so it cannot be cancelled here. Write to us and we will help.",
    "orders.has_returns": "Something of this order is being returned, so the rest cannot be cancelled here. Write to us.",
    "portal.cancellation_under_way": "You have asked us to cancel something of this order already. We email you about it.",
}
ELSE = "This cannot be cancelled here. Write to us and we will help."


def way_in(shop: Retailer, draft: Draft) -> views.Link | None:
    """The link to what is not sent, where the retailer allows it; a gift is not its receiver's to cancel."""
    if draft.gift or draft.proof or not may_cancel(shop, draft.order):
        return None
    return views.Link(WAY, f"/{shop.slug}/cancel")


@router.get("/{slug}/cancel")
def choose(request: Request, here: Here, shop: Shop, session: Alone, answering: Answering) -> Response:
    """How many of each line are not to be sent: all of them, unless the shopper says otherwise."""
    return _choose(request, here, shop, _draft(shop, session), answering)


@router.post("/{slug}/cancel")
def check(request: Request, here: Here, shop: Shop, session: Alone, form: Words, answering: Answering) -> Response:
    """What comes back for so many, once more before anything is done."""
    here.forms.check(request, said(form, "csrf"))
    draft = _draft(shop, session)
    units = _units(form, draft)
    if not units:
        problems = {f"quantity-{draft.order.lines[0].id}": "Choose at least one"}
        return _choose(request, here, shop, draft, answering, problems=problems, form=form)
    try:
        quoted = here.cancelling.quote(shop.id, draft.order.order_id, units)
    except Refused as refused:
        notice = views.Notice("warn", WHY_NOT.get(refused.code, ELSE))
        return _choose(request, here, shop, draft, answering, notice=notice, form=form, status=409)
    except (Unavailable, Failed):
        return _choose(request, here, shop, draft, answering, notice=AWAY, form=form, status=503)
    return _check(request, here, shop, draft, quoted, form, answering)


@router.post("/{slug}/cancel/confirm")
def confirm(request: Request, here: Here, shop: Shop, session: Alone, form: Words, answering: Answering) -> Response:
    """Ask for it, once for this form's key; what would come back must be what was shown."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    draft = _draft(shop, session)
    units, key, shown = _units(form, draft), said(form, "key", most=40), _amount(said(form, "shown", most=40))
    if not units or not key or shown is None:
        return answering.go(f"/{shop.slug}/cancel")
    reason = said(form, "reason", most=LONGEST_REASON) or None
    asked = Asked(draft.order.order_id, units, shown, draft.order.contact, key, "shopper", reason)
    try:
        here.cancelling.request(shop, asked)
    except AmountChanged as changed:
        return _check(request, here, shop, draft, changed.now, form, answering, notice=CHANGED, status=409)
    except Refused as refused:
        notice = views.Notice("warn", WHY_NOT.get(refused.code, ELSE))
        return _choose(request, here, shop, draft, answering, notice=notice, form=form, status=409)
    except (Unavailable, Failed):
        return _choose(request, here, shop, draft, answering, notice=AWAY, form=form, status=503)
    return answering.go(f"/{shop.slug}{status_link(here.cancelling.token(shop.id, f'shopper {key}'))}")


@router.get("/{slug}/c/{token}")
def status(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """What became of it, for whoever holds the link."""
    found = here.cancellations.get(shop.id, token=token)
    if found is None:
        raise HTTPException(404)
    late = found.state is State.REFUSED and found.ended_at is not None
    page = views.CancelledPage(
        found.number,
        found.order_number,
        found.state,
        found.contact.email,
        tuple(_item(line, line.quantity) for line in found.lines),
        receipt_of(found),
        late=late and found.code != "by_hand",
        words=found.words if late and found.code == "by_hand" else None,
        changing=found.state is State.ASKED,
        onward=views.Link("Return something instead", f"/{shop.slug}/") if late else None,
    )
    return answering.answer(request, "cancelled", page, shop)


def receipt_of(found: Cancellation | CancellationQuoteV1) -> views.Receipt:
    """What comes back, by line, with the postage where it does too."""
    rows = [views.ReceiptRow(_counted(line), line.worth) for line in found.lines]
    if found.shipping.amount:
        rows.append(views.ReceiptRow("Delivery", found.shipping))
    done = isinstance(found, Cancellation) and found.state is State.CANCELLED
    return views.Receipt(tuple(rows), found.amount, "You get back", KEPT if done else PROMISE)


def _draft(shop: Retailer, session: Session) -> Draft:
    """The order that is open, where its shopper may cancel."""
    draft = Draft.from_json(session.data)
    if way_in(shop, draft) is None:
        raise HTTPException(404)
    return draft


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
    lines: Iterable[UnsentLine] = ()
    try:
        lines = here.cancelling.quote(shop.id, draft.order.order_id).lines
    except Refused as refused:
        notice = notice or views.Notice("warn", WHY_NOT.get(refused.code, ELSE))
    except (Unavailable, Failed):
        notice, status = AWAY, 503
    asked = _units(form, draft) if form else None
    page = views.CancelPage(
        here.forms.token(request),
        draft.order.number,
        tuple(_item(line, line.quantity if asked is None else asked.get(line.line_id, 0)) for line in lines),
        f"/{shop.slug}/items",
        said(form, "reason", most=LONGEST_REASON) if form else "",
        problems or {},
        notice,
    )
    return answering.answer(request, "cancel", page, shop, status=422 if problems else status)


def _check(
    request: Request,
    here: Portal,
    shop: Retailer,
    draft: Draft,
    quoted: CancellationQuoteV1,
    form: FormData,
    answering: Pages,
    *,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    chosen = tuple((f"quantity-{line.line_id}", str(line.quantity)) for line in quoted.lines)
    shown = f"{quoted.amount.amount} {quoted.amount.currency}"
    key = said(form, "key", most=40) if notice is None else ""
    hidden = (
        *chosen,
        ("reason", said(form, "reason", most=LONGEST_REASON)),
        ("shown", shown),
        ("key", key or str(new_id())),
    )
    page = views.CancelCheckPage(
        here.forms.token(request),
        draft.order.number,
        tuple(_item(line, line.quantity) for line in quoted.lines),
        receipt_of(quoted),
        hidden,
        f"/{shop.slug}/cancel",
        notice,
    )
    return answering.answer(request, "cancelcheck", page, shop, status=status)


def _units(form: FormData, draft: Draft) -> dict[UUID, int]:
    """How many of each line of the order, as the form says."""
    said_of = {line.id: said(form, f"quantity-{line.id}", most=6) for line in draft.order.lines}
    return {line_id: int(text) for line_id, text in said_of.items() if text.isascii() and text.isdigit() and int(text)}


def _amount(text: str) -> Money | None:
    """The amount that was shown: `4500 GBP`."""
    amount, _, currency = text.partition(" ")
    known = amount.isascii() and amount.isdigit() and len(currency) == 3 and currency.isascii() and currency.isupper()
    return Money(amount=int(amount), currency=currency) if known else None


def _item(line: UnsentLine, chosen: int) -> views.UnsentItem:
    product = views.Picture(line.title, line.variant, line.image)
    return views.UnsentItem(str(line.line_id), product, line.worth, line.quantity, chosen)


def _counted(line: UnsentLine) -> str:
    return f"{line.title} × {line.quantity}" if line.quantity > 1 else line.title
