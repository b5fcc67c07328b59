"""The page for whoever comes back, by Back or in another tab, to an order of which the return is made: the way there, and on."""

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.chassis.ids import new_id
from services.portal import gifts
from services.portal.web import drafting, views
from services.portal.web.answers import Draft
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here
from services.portal.web.sitting import MADE, Shop, Sitting, acting_in

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/made")
def made(request: Request, here: Here, shop: Shop, session: Sitting, answering: Answering) -> Response:
    """Which return was made in this session, with the way to it."""
    story = here.returns.get(shop.id, key=session.data.get(MADE) or session.data["key"])
    if story is None:
        return answering.go(f"/{shop.slug}/items")
    own = f"/{shop.slug}{story.status_path}"
    address = f"/admin/returns/{story.ret.number}" if acting_in(request, here, shop, session) else own
    page = views.MadePage(here.forms.token(request), story.ret.number, story.ret.order_number, address)
    return answering.answer(request, "made", page, shop)


@router.post("/{slug}/made")
def again(request: Request, here: Here, shop: Shop, session: Sitting, form: Words, answering: Answering) -> Response:
    """Begin another return of the same order, with what is left of it."""
    here.forms.check(request, said(form, "csrf"))
    before = Draft.from_json(session.data)
    order = here.intake.open_order(shop, before.order.order_id)
    if before.gift:
        order = gifts.of_receiver(order, before.order.contact)
    judged = drafting.judged(here, shop, order)
    fresh = replace(Draft(order, judged, str(new_id())), proof=before.proof, gift=before.gift)
    here.people.keep_in_session(session, fresh.as_json() | {MADE: None})
    return answering.go(f"/{shop.slug}/items")
