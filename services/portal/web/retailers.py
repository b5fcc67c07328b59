"""The page of the platform's operator: the retailers there are."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.portal.access import May
from services.portal.web import views
from services.portal.web.pages import Answering, Here
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)


@router.get("/admin/retailers")
def retailers(
    request: Request, here: Here, answering: Answering, seat: Annotated[Seat, seated(May.OPERATE)]
) -> Response:
    """All retailers, by the name of their address."""
    rows = tuple(
        views.RetailerRow(one.look.name, one.slug, one.currency, views.Link(one.look.portal_url, one.look.portal_url))
        for one in here.people.retailers()
    )
    return answering.answer(request, "retailers", views.RetailersPage(seat.view, rows), seat.retailer)
