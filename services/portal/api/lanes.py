"""A retailer's lanes and hubs, for programs: read, changed, and as a file both ways."""

from io import BytesIO
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.labels import Hub, Lane
from libs.contracts.labels_lanes import ChangeLanesV1, GetLanesV1, LaneChange, LanesChangedV1, LanesInForceV1
from services.portal import lane_files
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.routing import Described, routes
from services.portal.problems import Problem

router = routes("lanes")
CSV = "text/csv"
WAIT = 10.0
FILE = "country,hub,service,currency,price\nIE,DAV,Standard return,EUR,4.95\n"
_BODY = {"requestBody": {"required": True, "content": {CSV: {"schema": {"type": "string"}, "example": FILE}}}}
_FILE: Described = {
    200: {"content": {CSV: {"schema": {"type": "string"}, "example": FILE}}, "description": "The file."}
}

Managing = Annotated[Actor, allowed(May.MANAGE_CARRIERS)]
Saving = Annotated[Acting, Depends(acting(May.MANAGE_CARRIERS, by_key=False))]
SavingAFile = Annotated[Acting, Depends(acting(May.MANAGE_CARRIERS, by_key=False, media=CSV))]


class LanesToSave(BaseModel):
    """Hubs and lanes to put beside those there are, or in the place of their namesakes."""

    model_config = ConfigDict(extra="forbid")

    hubs: tuple[Hub, ...] = Field((), max_length=100)
    lanes: tuple[Lane, ...] = Field((), max_length=500)


class LaneFaultTold(Answer):
    """What is wrong with a row, counted from 1 with the headings."""

    row: int = Field(examples=[7])
    column: str = Field(examples=["price"])
    words: str = Field(examples=["“ninety” is not an amount"])


class LanesOfFile(Answer):
    """What came of a file. Rows without a fault are saved."""

    rows: int = Field(description="below the headings", examples=[2])
    created: int = Field(examples=[1])
    changed: int
    unchanged: int
    faults: tuple[LaneFaultTold, ...] = ()


@router.get("/lanes", response_model=LanesInForceV1)
def list_lanes(who: Managing) -> Response:
    """The hubs, and the lanes in the order in which they are tried, those that are off too."""
    return sent(ask(who.retailer_id, GetLanesV1(), timeout=WAIT))


@router.post("/lanes", response_model=LanesChangedV1)
async def save_lanes(asked: LanesToSave, act: Saving) -> Response:
    """Save hubs and lanes. A lane that cannot be in force is refused, and the others are taken.

    A lane is known by its country, postcodes, hub, carrier, service, method and least weight: sending it again changes the
    rest. One that is no longer wanted is sent with `on` false.
    """

    def save(effect_id: object) -> Response:
        wish = ChangeLanesV1(hubs=asked.hubs, lanes=asked.lanes)
        with act.here.audit.of(act.who, "lanes.save", subject="lanes", lanes=len(wish.lanes), hubs=len(wish.hubs)):
            return sent(ask(act.who.retailer_id, wish, timeout=WAIT))

    return await act.once(save)


@router.get("/lanes/csv", response_class=Response, responses=_FILE)
def get_lanes_as_file(who: Managing) -> Response:
    """The lanes as CSV. Sent back as it is, the file changes nothing."""
    text = lane_files.written(ask(who.retailer_id, GetLanesV1(), timeout=WAIT))
    return Response(text, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="lanes.csv"'})


@router.post("/lanes/csv", response_model=LanesOfFile, openapi_extra=_BODY)
async def save_lanes_of_file(request: Request, act: SavingAFile) -> Response:
    """Save the lanes of a CSV file, at most 5,000 rows. Rows with a fault are told of, and the others are taken."""
    file = await request.body()

    def save(effect_id: object) -> Response:
        with act.here.audit.of(act.who, "lanes.import", subject="lanes") as record:
            try:
                brought = lane_files.bring(act.who.retailer_id, BytesIO(file))
            except lane_files.NotLanes as no:
                raise Problem(422, "lanes.not_a_file_of_lanes", str(no)) from None
            record.after(rows=brought.rows, faults=len(brought.faults))
        return sent(_told(brought))

    return await act.once(save)


def _told(brought: lane_files.LanesBrought) -> LanesOfFile:
    return LanesOfFile(
        rows=brought.rows,
        created=brought.outcomes[LaneChange.CREATED],
        changed=brought.outcomes[LaneChange.CHANGED],
        unchanged=brought.outcomes[LaneChange.UNCHANGED],
        faults=tuple(LaneFaultTold(row=each.row, column=each.column, words=each.words) for each in brought.faults),
    )
