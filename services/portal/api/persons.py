"""Requests about persons' data: to hand out what is kept of somebody, or to erase it."""

from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.orders_persons import (
    BeginPersonRequestV1,
    GetPersonExportV1,
    ListPersonRequestsV1,
    PersonRequestKind,
    PersonRequestsV1,
    PersonRequestV1,
)
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.routing import Described, routes
from services.portal.meant import meant_by
from services.portal.problems import Problem
from services.portal.reach import Portal, portal

router = routes("persons")
WAIT = 5.0  # seconds for orders to answer
ZIP = "application/zip"

Here = Annotated[Portal, Depends(portal)]
Managing = Annotated[Actor, allowed(May.MANAGE_PERSONS)]
Beginning = Annotated[Acting, Depends(acting(May.MANAGE_PERSONS, by_key=False))]
Id = Annotated[UUID, Path(description="the request's id")]
_ZIPPED: Described = {
    200: {
        "description": "`person.json`, rows by service and table, and the photos.",
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}


class PersonToFind(BaseModel):
    """Who is meant."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=3, max_length=254, examples=["maya@example.com"])


class PersonMeant(Answer):
    """What there is of a person, in numbers. What an open return needs is erased when that return ends."""

    orders: int = Field(examples=[2])
    returns: int = Field(examples=[1])
    open_returns: int = Field(examples=[1])
    kept_requests: int = Field(examples=[0])


class PersonToAsk(BaseModel):
    """Whose data is meant, and what is to be done with it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["export", "erase"] = Field(examples=["export"])
    email: str = Field(min_length=3, max_length=254, examples=["maya@example.com"])


@router.get("/persons/requests", response_model=PersonRequestsV1)
def list_person_requests(who: Managing) -> dict[str, Any]:
    """The newest requests, each with when it is due, who has not answered and which open returns it waits for."""
    return ask(who.retailer_id, ListPersonRequestsV1(), timeout=WAIT).model_dump(mode="json")


@router.post("/persons/requests", response_model=PersonRequestV1)
async def begin_person_request(asked: PersonToAsk, act: Beginning) -> Response:
    """Export or erase the data of whoever has this address. It takes moments; what an open return needs goes when that ends.

    The export is mailed to the retailer as a link. Amounts, reasons and reports stay, without the person.
    """

    def begin(effect_id: UUID) -> Response:
        wish = BeginPersonRequestV1(kind=PersonRequestKind(asked.kind), email=asked.email, by=act.who.name)
        with act.here.audit.of(act.who, f"person.{asked.kind}") as record:
            told = ask(act.who.retailer_id, wish, timeout=WAIT)
            record.after(request_id=told.request.request_id)
        return sent(told)

    return await act.once(begin)


@router.post("/persons/preview", response_model=PersonMeant)
def preview_person_request(asked: PersonToFind, here: Here, who: Managing) -> Response:
    """How much there is of whoever has this address, before it is handed out or erased. Nothing is begun."""
    return sent(PersonMeant(**asdict(meant_by(here.persons, who.retailer_id, asked.email))))


@router.get("/persons/requests/{id}/export", responses=_ZIPPED, response_class=Response)
def get_person_export(here: Here, who: Managing, id: Id) -> Response:
    """The export that a request made, while it is kept: seven days."""
    try:
        found = ask(who.retailer_id, GetPersonExportV1(request_id=id), timeout=WAIT)
    except Refused:
        raise Problem(404, "person.no_export", "There is no such export, or no more.") from None
    here.persons.fetched(who, id)
    headers = {"Content-Disposition": f'attachment; filename="{found.filename}"', "Cache-Control": "no-store"}
    return Response(found.content, media_type=ZIP, headers=headers)
