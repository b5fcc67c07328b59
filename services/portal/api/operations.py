"""For the platform's operator: whether the suite is well, what is parked and is to be mended, and the retailers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from libs.chassis.errors import Unavailable
from libs.chassis.parked import HELD, Busy, NoSuchQueue, NotTaken
from services.portal.access import Actor, May
from services.portal.api import operated
from services.portal.api.access import allowed
from services.portal.api.routing import routes
from services.portal.lots import Parked, WorkStays, place
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.setup import NewRetailer, set_up
from services.portal.upkeep import as_status, look, parked_places

router = routes("operations")

Here = Annotated[Portal, Depends(portal)]
Operator = Annotated[Actor, allowed(May.OPERATE)]
Queue = Annotated[str, Path(max_length=200, examples=["labels.portal.label_requested.v1", "labels.work"])]
Id = Annotated[str, Path(max_length=200)]
Most = Annotated[int, Query(ge=1, le=HELD, description=f"how many at most, up to {HELD}")]


class ToDrop(BaseModel):
    """Why something parked is thrown away."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(min_length=3, max_length=500, examples=["The order was deleted at the shop; see ticket 812."])


@router.get("/status", response_model=operated.Status)
def get_status(here: Here, who: Operator) -> dict[str, Any]:
    """Whether the suite is well: who listens, what waits and what is parked, with what cannot be known from here."""
    return as_status(look(here.settings.amqp_url))


@router.get("/dlq", response_model=operated.Places)
def list_parked(here: Here, who: Operator) -> dict[str, Any]:
    """Where something is parked, and how much: messages by queue, work outside by service."""
    try:
        return parked_places(look(here.settings.amqp_url))
    except Unavailable as away:
        raise _not_known(away) from None


@router.get("/dlq/{queue}", response_model=operated.ParkedList)
def get_parked(here: Here, queue: Queue, who: Operator, limit: Most = 50) -> dict[str, Any]:
    """What is parked in one place, the oldest first, each with its error, its attempts and since when."""
    with _parked(here, queue) as found:
        rows = found.rows()
    return {"queue": queue, "parked": len(rows), "messages": rows[:limit]}


@router.get("/dlq/{queue}/{message_id}", response_model=operated.ParkedWhole)
def get_parked_message(here: Here, queue: Queue, message_id: Id, who: Operator) -> dict[str, Any]:
    """One parked message with its envelope; who it is about is covered."""
    with _parked(here, queue) as found:
        return {"queue": queue} | (found.whole(message_id) or _not_there())


@router.post("/dlq/{queue}/{message_id}/replay", response_model=operated.Replayed)
def replay_message(here: Here, queue: Queue, message_id: Id, who: Operator) -> dict[str, Any]:
    """Have one tried anew, with all its tries before it. A repeat is harmless: what was done is not done twice."""
    with here.audit.of(who, "dlq.replay", subject=f"{queue}/{message_id}"), _parked(here, queue) as found:
        if not found.replay(message_id):
            _not_there()
    return {"queue": queue, "replayed": 1}


@router.post("/dlq/{queue}/{message_id}/drop", response_model=operated.DroppedTold)
def drop_message(here: Here, queue: Queue, message_id: Id, asked: ToDrop, who: Operator) -> dict[str, Any]:
    """Throw one away for good, with the reason in words, which stays in the audit."""
    subject = f"{queue}/{message_id}"
    with (
        here.audit.of(who, "dlq.drop", subject=subject, words=asked.words) as record,
        _parked(here, queue) as found,
    ):
        gone = found.whole(message_id) or _not_there()
        if not found.drop(message_id):
            _not_there()
        record.after(what=gone["what"], retailer=gone["retailer_id"], return_id=gone["subject"])
    return {"queue": queue, "dropped": 1}


@router.post("/dlq/{queue}/replay", response_model=operated.Replayed)
def replay_queue(here: Here, queue: Queue, who: Operator) -> dict[str, Any]:
    """Have all that is parked in one place tried anew, at most 1,000; `left` says how many remain, `stopped` why."""
    with here.audit.of(who, "dlq.replay_all", subject=queue) as record, _parked(here, queue) as found:
        done = found.replay_all()
        record.after(replayed=done["replayed"])
    return {"queue": queue} | done


@router.get("/retailers", response_model=operated.Retailers)
def list_retailers(here: Here, who: Operator) -> dict[str, Any]:
    """Every retailer of this suite, by the name of its address."""
    return {
        "retailers": [
            {
                "id": str(each.id),
                "slug": each.slug,
                "name": each.look.name,
                "currency": each.currency,
                "portal": each.look.portal_url,
                "language": each.look.language,
            }
            for each in here.people.retailers()
        ]
    }


@router.post("/retailers", status_code=201, response_model=operated.RetailerMade)
def create_retailer(here: Here, asked: NewRetailer, who: Operator) -> dict[str, Any]:
    """Set up a retailer. The API key and the webhooks' secrets are shown here only; repeating it changes what is there."""
    with here.audit.of(who, "retailer.set_up", subject=asked.slug) as record:
        made = set_up(asked, here.settings)
        record.after(retailer=made["id"])
    return made


@contextmanager
def _parked(here: Portal, name: str) -> Iterator[Parked]:
    found = place(here.settings.amqp_url, name)
    try:
        if found is None:
            raise NoSuchQueue(name)
        yield found
    except Busy:
        raise Problem(
            409, "dlq.busy", "Somebody else has these messages in hand: try again.", headers={"Retry-After": "2"}
        ) from None
    except Unavailable as away:
        raise _not_known(away) from None
    except NoSuchQueue:
        raise Problem(404, "dlq.no_such_queue", f"Nothing is ever parked under {name}: see GET /api/v1/dlq.") from None
    except NotTaken as stays:
        raise Problem(409, "dlq.not_taken", f"{stays}. The message is still parked.") from None
    except WorkStays:
        raise Problem(
            409, "dlq.work_stays", "Planned work is not thrown away: replay it, or end its return's wait by an act."
        ) from None


def _not_known(away: Unavailable) -> Problem:
    words = f"What is parked is not known now: {away}. Nothing is lost: ask again."
    return Problem(503, "service.unavailable", words, headers={"Retry-After": "2"})


def _not_there() -> Any:
    raise Problem(404, "dlq.no_such_message", "No parked message has this id: it was replayed or dropped meanwhile.")
