"""Bags and pallets in which a hub sends on what it received."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import Field
from starlette.responses import Response

from libs.contracts.tracking_consolidations import ConsolidationsV1, ConsolidationV1
from services.portal import consolidating
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import sent
from services.portal.api.bodies import Body, told
from services.portal.api.routing import Described, routes
from services.portal.problems import Problem
from services.portal.reach import Portal, portal

router = routes("consolidations")

_PDF = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
_LABEL: Described = {200: {"content": _PDF, "description": "The label."}}

Scanning = Annotated[Acting, Depends(acting(May.SCAN))]


class Opening(Body):
    """The hub at which it is filled."""

    model_config = told({"hub": "DAV"})

    hub: str | None = Field(default=None, max_length=40, pattern=r"^[^\x00-\x1f]+$", examples=["DAV"])


class CodeRead(Body):
    """A code as it was read."""

    model_config = told({"code": "R-7KQ2M9"})

    code: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$", examples=["R-7KQ2M9"])


@router.get("/consolidations", response_model=ConsolidationsV1)
def list_consolidations(
    here: Annotated[Portal, Depends(portal)],
    who: Annotated[Actor, allowed(May.READ_RETURNS)],
    code: Annotated[
        str | None, Query(max_length=200, description="as it was read: only the one with this code")
    ] = None,
) -> Response:
    """The newest bags and pallets, with what is in them."""
    return sent(ConsolidationsV1(consolidations=consolidating.newest(here.hub, who, code=code)))


@router.get("/consolidations/{consolidation_id}/label", response_class=Response, responses=_LABEL)
def get_consolidation_label(
    consolidation_id: UUID,
    here: Annotated[Portal, Depends(portal)],
    who: Annotated[Actor, allowed(May.READ_RETURNS)],
) -> Response:
    """What is to stand on it: 4 by 6 inches, its code in bars, and a square code that opens its page."""
    found = consolidating.label(here.hub, who, consolidation_id, url=here.settings.url)
    if found is None:
        raise Problem(404, "consolidations.not_found", "There is no such bag or pallet.")
    headers = {"Content-Disposition": f'attachment; filename="{found.filename}"', "Cache-Control": "private, no-store"}
    return Response(found.content, media_type=found.media_type, headers=headers)


@router.post("/consolidations", response_model=ConsolidationV1)
async def open_consolidation(asked: Opening, act: Scanning) -> Response:
    """Begin a bag or pallet. Its `code` is to stand on it."""

    def effect(effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "consolidation.open", subject=str(effect_id)):
            return sent(consolidating.begin(act.here.hub, act.who, key=str(effect_id), hub=asked.hub))

    return await act.once(effect)


@router.post("/consolidations/deliveries", response_model=ConsolidationV1)
async def receive_consolidation(asked: CodeRead, act: Scanning) -> Response:
    """Receive one at the retailer, by its code: all that is in it is `delivered_to_retailer`."""

    def effect(_effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "consolidation.receive", subject=asked.code):
            return sent(consolidating.receive(act.here.hub, act.who, asked.code))

    return await act.once(effect)


@router.post("/consolidations/{consolidation_id}/parcels", response_model=ConsolidationV1)
async def pack_parcel(consolidation_id: UUID, asked: CodeRead, act: Scanning) -> Response:
    """Put a parcel that the hub received into it, by any code on the parcel. A parcel is in one only."""

    def effect(_effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "consolidation.pack", subject=str(consolidation_id)):
            return sent(consolidating.pack(act.here.hub, act.who, consolidation_id, asked.code))

    return await act.once(effect)


@router.post("/consolidations/{consolidation_id}/close", response_model=ConsolidationV1)
async def close_consolidation(consolidation_id: UUID, act: Scanning) -> Response:
    """Close it and send it on: all that is in it is `exported`."""

    def effect(_effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "consolidation.close", subject=str(consolidation_id)):
            return sent(consolidating.close(act.here.hub, act.who, consolidation_id))

    return await act.once(effect)
