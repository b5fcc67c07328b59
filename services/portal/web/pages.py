"""Answering with a page: rendered, dressed, with its headers and the visit's cookie. And the files pages load."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from libs.chassis.clock import now
from libs.contracts.values import Look
from services.portal.reach import Portal, portal
from services.portal.security import VISIT
from services.portal.store.people import Retailer
from services.portal.web import assets, render, views

router = APIRouter(include_in_schema=False)


class Pages:
    """Answers requests with pages of this gateway."""

    def __init__(self, here: Portal) -> None:
        self._here = here

    def answer(
        self,
        request: Request,
        template: str,
        view: object,
        retailer: Retailer | None = None,
        *,
        status: int = 200,
        images: Sequence[str] = (),
    ) -> Response:
        """The page `template` filled with `view`, in the retailer's look or in the house's own.

        `images` are further addresses that pictures come from.
        """
        look = retailer.look if retailer else assets.HOUSE
        https = self._here.settings.url.startswith("https:")
        images = [*images, retailer.image_origin or "", look.image or ""] if retailer else images
        body, encoding = render.encoded(
            render.render(
                template, view, look, now=now(), tells_prices=not is_of_a_gift(request), acting=acting_for(request)
            ),
            request.headers.get("accept-encoding", ""),
        )
        response = Response(body, status, render.headers(images=images, https=https) | encoding)
        self._here.cookies.write(response, VISIT, self._here.forms.visit(request))
        return response

    @staticmethod
    def go(address: str) -> RedirectResponse:
        """See the other page: what was sent is done, and a reload does not send it again."""
        return RedirectResponse(address, 303)


def cover_prices(request: Request) -> None:
    """Whoever is answered got a present: no page that answers this request says what anything cost."""
    request.state.gift = True


def acts_for(request: Request, shopper: str, staff: str) -> None:
    """Every page that answers this request says that one of the staff acts for a shopper."""
    request.state.acting = (shopper, staff)


def acting_for(request: Request) -> tuple[str, str] | None:
    """The shopper and whoever of the staff acts for them in this request."""
    found: tuple[str, str] | None = getattr(request.state, "acting", None)
    return found


def is_of_a_gift(request: Request) -> bool:
    """Whether prices are covered in what answers this request."""
    return getattr(request.state, "gift", False)


async def pages_of(request: Request) -> Pages:
    """The gateway's pages, for a route to depend on."""
    found: Any = request.app.state.pages
    return found


Here = Annotated[Portal, Depends(portal)]
Answering = Annotated[Pages, Depends(pages_of)]


@router.get("/")
def home(request: Request, here: Here, answering: Answering) -> Response:
    """In a sandbox, the shops to choose from; elsewhere nobody's page."""
    if here.settings.mode != "sandbox":
        raise HTTPException(404)
    retailers = here.people.retailers()
    shops = tuple(views.ShopCard(r.look.name, r.slug, r.look.image) for r in retailers)
    page = views.HomePage(shops, (views.Link("Staff sign-in", "/admin"),))
    return answering.answer(request, "home", page, images=[r.look.image for r in retailers if r.look.image])


@router.get("/assets/{name}")
def asset(request: Request, name: str, here: Here) -> Response:
    """A file by its content's name."""

    def look_of(slug: str) -> Look | None:
        retailer = here.people.retailer(slug=slug)
        return retailer.look if retailer else None

    found = assets.served(name, request.headers.get("accept-encoding", ""), look_of)
    if found is None:
        raise HTTPException(404)
    return Response(found[0], headers=found[1])


@router.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it whatever the page says."""
    return Response(assets.mark(assets.HOUSE).plain, media_type="image/svg+xml")


@router.get("/robots.txt")
def robots() -> Response:
    """Status pages are nobody else's business."""
    return Response("User-agent: *\nDisallow: /*/r/\nDisallow: /admin\n", media_type="text/plain")
