"""Returns, for programs to read."""

from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from starlette.responses import Response

from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.answers import FRESH, ReturnsPage, ReturnTold, sent
from services.portal.api.bodies import Moment
from services.portal.api.paging import Cursor, Limit, Place, cursors, link
from services.portal.api.routing import WITH_ETAG, WITH_LINK, Number, routes
from services.portal.api.telling import listed, whole
from services.portal.domain import Awaiting
from services.portal.problems import no_such_return
from services.portal.reach import Portal, portal
from services.portal.store.returns import Asked

router = routes("returns")

Here = Annotated[Portal, Depends(portal)]
Reading = Annotated[Actor, allowed(May.READ_RETURNS)]
Search = Annotated[
    str, Query(max_length=80, description="the beginning of a number, an order, an email or a tracking number")
]
Since = Annotated[Moment | None, Query(description="returns changed after this moment only")]
Known = Annotated[str | None, Header(description="the `ETag` of the answer that you have")]


@router.get("/returns", response_model=ReturnsPage, responses=WITH_LINK)
def list_returns(
    request: Request,
    here: Here,
    who: Reading,
    awaiting: Annotated[Awaiting | None, Query(description="returns that await this only")] = None,
    search: Search = "",
    updated_after: Since = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Returns, the last changed first.

    One that changes while you turn pages comes to the front: when you are through, ask again with `updated_after` set to
    when you began.
    """
    paging = cursors(request, here.keyring, who.retailer_id)
    before = paging.read(cursor)
    asked = Asked(
        search=search,
        awaiting=awaiting,
        before=(before.at, before.id) if before else None,
        updated_after=updated_after,
        limit=limit,
        counts=False,
    )
    found = here.returns.list(who.retailer_id, asked)
    more = paging.write(Place(*found.older)) if found.older else None
    page = ReturnsPage(returns=tuple(listed(row) for row in found.rows), next=more)
    return sent(page, headers=link(request, here.settings.url, more))


@router.get("/returns/{number}", response_model=ReturnTold, responses=WITH_ETAG)
def get_return(number: Number, here: Here, who: Reading, if_none_match: Known = None) -> Response:
    """One return whole: its lines with the money of each and why, parcels, tasks, and all that happened."""
    story = here.returns.get(who.retailer_id, number=number.upper())
    if story is None:
        raise no_such_return()
    answer = sent(whole(here, who.retailer_id, story))
    etag = f'W/"{sha256(answer.body).hexdigest()[:32]}"'
    if if_none_match is not None and _names(if_none_match, etag):
        return Response(status_code=304, headers=FRESH | {"ETag": etag})
    answer.headers["ETag"] = etag
    return answer


def _names(given: str, etag: str) -> bool:
    """Whether an If-None-Match header names this tag; how strong each is does not count (RFC 9110, 13.1.2)."""
    plain = etag.removeprefix("W/")
    return given.strip() == "*" or plain in {tag.strip().removeprefix("W/") for tag in given.split(",")}
