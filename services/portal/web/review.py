"""The page behind the button of a review's mail: the details of one held return, and its decision, without signing in.

Whoever has the link decides, and nothing more: it opens this one return, for seven days, until it is decided.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from services.portal.access import Actor, May
from services.portal.domain import NotNow
from services.portal.domain.states import UNDECIDED
from services.portal.reach import Portal, portal
from services.portal.store.limits import SUBMIT_BY_ADDRESS
from services.portal.store.people import Retailer
from services.portal.store.returns import Story
from services.portal.web import acts, pictures, story, views
from services.portal.web.deeds import DEEDS, REVIEWING, Deed, Said, offered
from services.portal.web.forms import Words, said
from services.portal.web.happenings import last_decision
from services.portal.web.pages import Answering, Here, Pages

router = APIRouter(include_in_schema=False)
MAY = frozenset({May.DECIDE_RETURNS})


class Link:
    """A living link with what it opens."""

    def __init__(self, here: Annotated[Portal, Depends(portal)], token: str) -> None:
        opened = here.returns.review_link(token, now())
        retailer = here.people.retailer(id=opened[0]) if opened else None
        found = here.returns.get(opened[0], return_id=opened[1]) if opened and retailer else None
        if retailer is None or found is None:
            raise HTTPException(404)
        self.retailer: Retailer = retailer
        self.story: Story = found
        self.address = f"/admin/review/{token}"
        self.actor = Actor(retailer.id, "staff", "review-link", "review link", MAY)


Opened = Annotated[Link, Depends(Link)]


@router.get("/admin/review/{token}")
def review(request: Request, here: Here, answering: Answering, link: Opened) -> Response:
    """The return with its photos, and what can be decided. Looking changes nothing."""
    return _page(request, here, answering, link)


@router.get("/admin/review/{token}/photos/{photo_id}")
def photo(here: Here, photo_id: UUID, link: Opened) -> Response:
    """A photo of this return, while it is to be decided."""
    mine = {each for line in link.story.photos.values() for each in line}
    if photo_id not in mine or link.story.ret.awaiting not in UNDECIDED:
        raise HTTPException(404)
    return pictures.shown(here, here.returns.photo(link.retailer.id, photo_id))


@router.post("/admin/review/{token}/{code}")
def decide(request: Request, here: Here, answering: Answering, code: str, form: Words, link: Opened) -> Response:
    """Accept it, reject it, or ask its shopper."""
    here.forms.check(request, said(form, "csrf"))
    here.bound(request, SUBMIT_BY_ADDRESS)
    if code not in REVIEWING:
        raise HTTPException(404)
    deed, ret = DEEDS[code], link.story.ret
    told = Said(form, by=str(link.actor), once=acts.once_of(form))
    what = deed.read(ret, "", told)
    if told.problems:
        sheet = _sheet(here, request, link, deed).filled(acts.written(form), told.problems)
        return _page(request, here, answering, link, mended=sheet, status=422)
    try:
        acts.perform(here, link.actor, ret, deed, what, of="", once=acts.same_of(form))
    except NotNow as not_now:
        notice = views.Notice("warn", not_now.words)
        return _page(request, here, answering, _again(here, link), notice=notice, status=409)
    return answering.go(link.address)


def _again(here: Portal, link: Link) -> Link:
    found = here.returns.get(link.retailer.id, return_id=link.story.ret.id)
    link.story = found or link.story
    return link


def _sheet(here: Portal, request: Request, link: Link, deed: Deed) -> views.Sheet:
    address, csrf = f"{link.address}/{deed.code}", here.forms.token(request)
    return acts.sheet_of(link.story.ret, deed, "", address=address, csrf=csrf)


def _page(
    request: Request,
    here: Portal,
    answering: Pages,
    link: Link,
    *,
    mended: views.Sheet | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
) -> Response:
    """The return while it is to be decided; afterwards who decided what, and nothing else of it."""
    found, ret = link.story, link.story.ret
    last = last_decision(found)
    if ret.awaiting not in UNDECIDED:
        page = views.ReviewPage(ret.number, ret.awaiting, last=last, notice=notice)
        return answering.answer(request, "review", page, link.retailer, status=status)
    sheets = (_sheet(here, request, link, deed) for deed, _ in offered(ret, MAY, REVIEWING))
    page = views.ReviewPage(
        ret.number,
        ret.awaiting,
        story.facts_of(found, (), photos=f"{link.address}/photos"),
        tuple(mended if mended is not None and mended.code == sheet.code else sheet for sheet in sheets),
        story.money_of(found),
        last,
        notice,
    )
    return answering.answer(request, "review", page, link.retailer, status=status)
