"""The page on which a shopper chooses what an exchange gives: another size or colour, or another product."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from libs.contracts.orders import ExchangeChoice, ExchangesV1
from libs.contracts.rules import LineDecision, Offer
from libs.contracts.values import ExchangeFrom, ExchangeTerms, OrderLine, Resolution
from services.portal.exchanging import called, choices_of, settled_by
from services.portal.intake import Picked, Seen
from services.portal.reach import Portal
from services.portal.store.limits import CHOOSE_BY_ADDRESS, CHOOSE_BY_ORDER
from services.portal.store.people import Retailer, Session
from services.portal.web import answers, choosing_variants, drafting, views
from services.portal.web.answers import Draft
from services.portal.web.choosing import variant_words
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.sitting import Drafting, Shop

router = APIRouter(include_in_schema=False)
AWAY = (
    "We could not ask for what is in stock. Your answers are kept: choose again later, or take something else instead."
)
NOTHING = "Nothing can be had in exchange for it right now. Take something else instead."
SOLD_OUT = "Everything it comes in is sold out."
LONGEST_SEARCH = 60


@dataclass(frozen=True, slots=True)
class Choosing:
    """A line that is exchanged: what the shopper said of it, what the policy gives, and what is looked at."""

    draft: Draft
    line: OrderLine
    pick: Picked
    offer: Offer
    decided: LineDecision
    address: str
    product: str = ""
    search: str = ""
    after: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> ExchangeTerms:
        """What it may be chosen from."""
        return self.offer.exchange or ExchangeTerms()

    @property
    def asked(self) -> dict[str, str]:
        """What orders is asked besides."""
        if self.product:
            return {"product_id": self.product}
        return {"search": self.search} | ({"after": self.after} if self.after else {})


def next_stop(slug: str, draft: Draft) -> str:
    """Where the answers lead: to what is still to be chosen, then to the last page."""
    line = answers.unchosen(draft)
    return f"/{slug}/exchange/{line}" if line else f"/{slug}/check"


@router.get("/{slug}/exchange/{line_id}")
def look(
    request: Request,
    here: Here,
    shop: Shop,
    session: Drafting,
    line_id: UUID,
    answering: Answering,
    product: Annotated[str, Query(max_length=100)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """What this line may be exchanged for, as the shop has it now."""
    found = _choosing(here, shop, session, line_id)
    if found is None:
        return answering.go(f"/{shop.slug}/items")
    seen = found.pick.seen.product_id if found.pick.seen and not request.query_params else None
    product = product or (seen if seen != found.line.product_id else None) or ""
    return _page(
        request, here, shop, replace(found, product=product, search=q[:LONGEST_SEARCH], after=after), answering
    )


@router.post("/{slug}/exchange/{line_id}/preview")
def preview(
    request: Request, here: Here, shop: Shop, session: Drafting, line_id: UUID, form: Words, answering: Answering
) -> Response:
    """What goes with the values chosen so far. Nothing is kept."""
    here.forms.check(request, said(form, "csrf"))
    found = _choosing(here, shop, session, line_id)
    if found is None:
        return answering.go(f"/{shop.slug}/items")
    return _page(request, here, shop, replace(found, product=said(form, "product")), answering, form=form)


@router.post("/{slug}/exchange/{line_id}")
def choose(
    request: Request, here: Here, shop: Shop, session: Drafting, line_id: UUID, form: Words, answering: Answering
) -> Response:
    """Keep what was chosen and go on; or take another resolution instead."""
    here.forms.check(request, said(form, "csrf"))
    found = _choosing(here, shop, session, line_id)
    if found is None:
        return answering.go(f"/{shop.slug}/items")
    instead = said(form, "instead")
    if instead in {offer.resolution for offer in found.decided.offers if offer.resolution is not Resolution.EXCHANGE}:
        other = replace(found.pick, resolution=instead, exchange_variant=None, seen=None, on_top=None)
        return _go_on(here, shop, session, found.draft, other, answering)
    found = replace(found, product=said(form, "product"))
    told, notice = _ask(request, here, shop, found)
    values = _values(told, form)
    problems = choosing_variants.missing(told.choices, values) if told else {}
    chosen = _chosen(told, values) if told else None
    if told is None or problems or chosen is None:
        return _show(request, here, shop, replace(found, values=values), answering, told, notice, problems)
    return _go_on(here, shop, session, found.draft, _with(found, told, chosen), answering)


def _choosing(here: Portal, shop: Retailer, session: Session, line_id: UUID) -> Choosing | None:
    """The line, where it comes back for an exchange that the policy gives; None where the answers lead elsewhere."""
    draft = Draft.from_json(session.data)
    pick = next((each for each in draft.picked if each.line_id == line_id), None)
    if pick is None or pick.resolution != Resolution.EXCHANGE:
        return None
    try:
        decision = drafting.decide(here, shop, draft)
    except Unavailable:
        return None
    decided = next((each for each in decision.lines if each.line_id == line_id), None) if decision else None
    offers = {offer.resolution: offer for offer in decided.offers} if decided else {}
    if decided is None or Resolution.EXCHANGE not in offers:
        return None
    line = next(line for line in draft.order.lines if line.id == line_id)
    return Choosing(draft, line, pick, offers[Resolution.EXCHANGE], decided, f"/{shop.slug}/exchange/{line_id}")


def _ask(
    request: Request, here: Portal, shop: Retailer, found: Choosing
) -> tuple[ExchangesV1 | None, views.Notice | None]:
    """What orders says, or why nothing can be chosen right now. Each look asks the shop, so looks are bounded."""
    here.bound(request, CHOOSE_BY_ADDRESS, (CHOOSE_BY_ORDER, str(found.draft.order.order_id)))
    try:
        told = choices_of(shop.id, found.draft.order, found.pick, found.offer, **found.asked)
        return choosing_variants.even(told) if found.draft.gift else told, None
    except (Unavailable, Failed) as away:
        log.warning("portal.exchanges_unavailable", error=type(away).__name__)
        return None, views.Notice("warn", AWAY, views.Link("Try again", found.address))
    except Refused as refused:
        log.info("portal.exchanges_refused", code=refused.code)
        is_away = refused.code == "orders.shop_not_reached"
        again = views.Link("Try again", found.address)
        return None, views.Notice("warn", AWAY, again) if is_away else views.Notice("info", NOTHING)


def _values(told: ExchangesV1 | None, form: FormData) -> dict[str, str]:
    """The values chosen in `form`; what is not among the options is as good as not said."""
    options = choosing_variants.options_of(told.choices) if told else {}
    written = {name: said(form, f"option-{place}") for place, name in enumerate(options)}
    only = {name: values[0] for name, values in options.items() if len(values) == 1}
    return only | {name: value for name, value in written.items() if value in options[name]}


def _chosen(told: ExchangesV1, values: Mapping[str, str]) -> ExchangeChoice | None:
    return choosing_variants.choice_of(told.choices, values)


def _with(found: Choosing, told: ExchangesV1, chosen: ExchangeChoice) -> Picked:
    """The answers with what was chosen, and what it settles as the shopper has seen it."""
    settled = settled_by(chosen, found.pick.quantity)
    other = told.product if told.product and told.product.product_id != found.line.product_id else None
    seen = Seen(
        called(chosen.title, other),
        chosen.price.amount,
        settled,
        told.product.product_id if told.product else None,
        told.product.image if told.product else None,
    )
    return replace(found.pick, exchange_variant=chosen.variant_id, seen=seen, on_top=max(0, settled) or None)


def _go_on(here: Portal, shop: Retailer, session: Session, draft: Draft, pick: Picked, answering: Pages) -> Response:
    picks = tuple(pick if each.line_id == pick.line_id else each for each in draft.picked)
    draft = drafting.with_picks(draft, picks)
    here.people.keep_in_session(session, draft.said())
    return answering.go(next_stop(shop.slug, draft))


def _page(
    request: Request,
    here: Portal,
    shop: Retailer,
    found: Choosing,
    answering: Pages,
    *,
    form: FormData | None = None,
) -> Response:
    told, notice = _ask(request, here, shop, found)
    if form is not None:
        values = _values(told, form)
    else:
        values = choosing_variants.values_of(told.choices, found.pick.exchange_variant) if told else {}
    return _show(request, here, shop, replace(found, values=values), answering, told, notice, {})


def _show(
    request: Request,
    here: Portal,
    shop: Retailer,
    found: Choosing,
    answering: Pages,
    told: ExchangesV1 | None,
    notice: views.Notice | None,
    problems: Mapping[str, str],
) -> Response:
    page = page_of(found, told, csrf=here.forms.token(request), problems=problems, notice=notice)
    images = choosing_variants.images_of(told)
    return answering.answer(request, "exchange", page, shop, status=422 if problems else 200, images=images)


def page_of(
    found: Choosing,
    told: ExchangesV1 | None,
    *,
    csrf: str,
    problems: Mapping[str, str],
    notice: views.Notice | None = None,
) -> views.ExchangePage:
    """The page as it is shown."""
    choices, line = (told.choices if told else ()), found.line
    values = {name: value for name, value in found.values.items() if name in choosing_variants.options_of(choices)}
    wide = found.terms.chosen_from is not ExchangeFrom.SAME_PRODUCT
    rows = choosing_variants.rows_of(choices, values)
    if choices and not any(choice.in_stock for choice in choices):
        notice = notice or views.Notice("info", SOLD_OUT)
    return views.ExchangePage(
        csrf,
        found.draft.order.number,
        views.Picture(line.title, variant_words(line), line.image),
        found.pick.quantity,
        found.address,
        choosing_variants.picture_of(told.product) if told and told.product and choices else None,
        found.product,
        rows,
        choosing_variants.settles_of(choices, values),
        len(rows) > 1,
        choosing_variants.grid_of(told, found.address, search=found.search, later=bool(found.after))
        if told and wide and not found.product
        else None,
        views.Link("Choose another product", f"{found.address}?q=") if found.product else None,
        tuple(each.resolution for each in found.decided.offers if each.resolution is not Resolution.EXCHANGE),
        problems,
        notice,
    )
