"""One return's story over all services, for whoever must understand it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from pydantic import Field
from starlette.responses import Response

from libs.chassis.errors import Transient
from libs.chassis.rpc import ask
from libs.contracts.tracking import GetTimelineV1, ParcelTimeline
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.answers import Answer, sent
from services.portal.api.routing import Number, routes
from services.portal.problems import no_such_return
from services.portal.reach import Portal, portal
from services.portal.store.history import Happened

router = routes("returns")


class Event(Answer):
    """Something that happened: who stated it, what it was, what it said, and what it did to the return."""

    at: datetime
    service: str = Field(description="who stated it; `portal` for what people did", examples=["labels"])
    what: str = Field(examples=["label_issued"])
    by: str | None = Field(None, description="who acted, where a person did")
    effect: str = Field(examples=["applied"])
    data: dict[str, Any] = Field(description="what it said; the contact and the address stand with the return alone")


class StoryTold(Answer):
    """All that happened to a return, oldest first, and where each parcel has been. `silent` services gave no answer."""

    number: str
    events: tuple[Event, ...]
    parcels: tuple[ParcelTimeline, ...]
    silent: tuple[str, ...] = ()


@router.get("/returns/{number}/story", response_model=StoryTold)
def get_story(
    number: Number,
    here: Annotated[Portal, Depends(portal)],
    who: Annotated[Actor, allowed(May.READ_RETURNS)],
) -> Response:
    """All that happened to one return, whichever service stated it, and where its parcels have been."""
    story = here.returns.get(who.retailer_id, number=number.upper())
    if story is None:
        raise no_such_return()
    silent: tuple[str, ...] = ()
    parcels: tuple[ParcelTimeline, ...] = ()
    try:
        parcels = ask(who.retailer_id, GetTimelineV1(return_id=story.ret.id)).parcels
    except Transient:
        silent = ("tracking",)
    events = tuple(_event(fact) for fact in story.facts)
    return sent(StoryTold(number=story.ret.number, events=events, parcels=parcels, silent=silent))


def _event(fact: Happened) -> Event:
    """`labels.label_issued.v1` is what labels stated; `act.accept` is what somebody did here."""
    service, _, rest = fact.type.partition(".")
    what = rest.rpartition(".v")[0] or rest
    owner = "portal" if service == "act" else service
    return Event(at=fact.at, service=owner, what=what, by=fact.by, effect=fact.effect, data=fact.data)
