"""Every form of a return's labels, for whoever holds the return's link, and the short-lived links to them."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.clock import now
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import DocumentForm, GetDocumentV1, LaneMethod, ListDocumentFormsV1
from services.portal.domain import CALLED_OFF, LabelState, Parcel, Return
from services.portal.label_links import LIFE, Linked, read, sign
from services.portal.reach import Portal
from services.portal.store.people import Retailer
from services.portal.web import views, ways
from services.portal.web.pages import Answering, Here
from services.portal.web.sitting import Shop

router = APIRouter(include_in_schema=False)
PRICED = {DocumentForm.CUSTOMS}  # they tell what was paid
AWAY = "labels.carrier_away"  # the carrier that makes this form gives no answer now
INLINE = {"image/png", "image/svg+xml"}  # codes to be shown at a counter


@router.get("/{slug}/r/{token}/papers")
def papers(request: Request, here: Here, shop: Shop, token: str, answering: Answering) -> Response:
    """The forms in which the labels of a return may be had, each with a link for the next minutes."""
    opened = here.people.link(token)
    story = here.returns.get(shop.id, return_id=opened[1]) if opened and opened[0] == shop.id else None
    if story is None or not usable(story.ret):
        raise HTTPException(404)
    shown = links(here, shop, story.ret, without={*_needless(story.ret), *(PRICED if story.ret.known.gift else ())})
    back = request.url.path.removesuffix("/papers")
    page = views.PapersPage(story.ret.number, shown, back, int(LIFE.total_seconds()) // 60, story.ret.method)
    return answering.answer(request, "papers", page, shop)


@router.get("/{slug}/r/{token}/code.png")
def code(
    here: Here, shop: Shop, token: str, parcel: Annotated[int, Query(ge=1, le=99)] = 1, save: bool = False
) -> Response:
    """The code that a counter reads from the shopper's phone; `save` keeps it there."""
    opened = here.people.link(token)
    story = here.returns.get(shop.id, return_id=opened[1]) if opened and opened[0] == shop.id else None
    boxes = usable(story.ret) if story is not None else {}
    document_id = next((each for each, box in boxes.items() if box.number == parcel), None)
    if document_id is None:
        raise HTTPException(404)
    return _sent(shop, Linked(document_id, DocumentForm.QR_PNG), how="attachment" if save else "inline")


@router.get("/{slug}/documents/{token}")
def document(here: Here, shop: Shop, token: str) -> Response:
    """A form of a label, for whoever holds a link to it that is still good."""
    what = read(here.keyring, shop.id, token, at=now())
    if what is None:
        raise HTTPException(404)
    return _sent(shop, what)


def _sent(shop: Retailer, what: Linked, *, how: str | None = None) -> Response:
    try:
        found = ask(shop.id, GetDocumentV1(document_id=what.document_id, form=what.form))
    except Refused as refused:
        raise HTTPException(503 if refused.code == AWAY else 404) from None
    how = how or ("inline" if found.media_type in INLINE else "attachment")
    return Response(
        found.content,
        media_type=found.media_type,
        headers={
            "Content-Disposition": f'{how}; filename="{found.filename}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
        },
    )


def _needless(ret: Return) -> set[DocumentForm]:
    """What nobody prints who sends it so: a code stands in for the label, and a packing slip is all of it."""
    if ret.method is LaneMethod.OWN_CARRIER:
        return {DocumentForm.QR_PNG, DocumentForm.QR_SVG}
    return {DocumentForm.LABEL, DocumentForm.SHEET, DocumentForm.ZPL} if ret.method in ways.BY_CODE else set()


def usable(ret: Return) -> dict[UUID, Parcel]:
    """The parcels whose label may be used, by its document: none of a return that was called off."""
    if ret.awaiting in CALLED_OFF:
        return {}
    made = (box for box in ret.travelling if box.label is LabelState.ISSUED)
    return {box.document_id: box for box in made if box.document_id is not None}


def links(
    here: Portal, shop: Retailer, ret: Return, *, without: Collection[DocumentForm] = ()
) -> tuple[views.Paper, ...]:
    """Every form of a return's labels, with where it is for the next minutes. Raises Unavailable while labels is away."""
    boxes, until = usable(ret), now() + LIFE
    if not boxes:
        return ()
    known = ask(shop.id, ListDocumentFormsV1(document_ids=tuple(boxes)))
    return tuple(
        views.Paper(
            form,
            f"/{shop.slug}/documents/{sign(here.keyring, shop.id, Linked(each.document_id, form), until=until)}",
            boxes[each.document_id].number if len(boxes) > 1 else None,
        )
        for each in known.labels
        for form in each.forms
        if form not in without
    )
