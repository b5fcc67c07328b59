"""The labels of a return, for programs: short-lived links to every form of them."""

from typing import Annotated

from fastapi import Depends
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from libs.chassis.clock import now
from libs.contracts.labels import DocumentForm
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.answers import Answer, sent
from services.portal.api.routing import Number, routes
from services.portal.label_links import LIFE
from services.portal.problems import no_such_return
from services.portal.reach import Portal, portal
from services.portal.web.papers import links

router = routes("returns")


class DocumentLink(Answer):
    """A form of a parcel's label, and where it is until `expires_at`, for whoever holds the link."""

    parcel: int = Field(examples=[1])
    form: DocumentForm
    url: str = Field(examples=["https://returns.example/alder/documents/MDE5Mw.9f86d081"])
    expires_at: AwareDatetime


class DocumentLinks(Answer):
    """Every form of every label that may be used."""

    documents: tuple[DocumentLink, ...]


@router.get("/returns/{number}/documents", response_model=DocumentLinks)
def list_documents(
    number: Number, who: Annotated[Actor, allowed(May.READ_RETURNS)], here: Annotated[Portal, Depends(portal)]
) -> Response:
    """The labels of a return in every form they may be had in, each under a link that needs no key for 15 minutes."""
    story = here.returns.get(who.retailer_id, number=number.upper())
    shop = here.people.retailer(id=who.retailer_id)
    if story is None or shop is None:
        raise no_such_return()
    until = (now() + LIFE).replace(microsecond=0)
    site = shop.look.portal_url.removesuffix(f"/{shop.slug}")
    told = tuple(
        DocumentLink(
            parcel=paper.parcel or 1, form=DocumentForm(paper.form), url=site + paper.address, expires_at=until
        )
        for paper in links(here, shop, story.ret)
    )
    return sent(DocumentLinks(documents=told))
