"""What each service tells the operator of itself, and the parked work that it takes up again: asked over `rpc.<service>`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from amqp import Message as Delivery
from pydantic import AwareDatetime, Field, ValidationError

from libs.chassis import claims, rpc
from libs.chassis.clock import now
from libs.chassis.logs import log
from libs.chassis.retries import reason
from libs.chassis.store import engine_of
from libs.contracts.base import Call, Named, Request, Value

COUNTED = 100_000  # rows, beyond which a backlog is not counted further

_LOOK = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT %(most)s) AS head),
       (SELECT created_at FROM outbox ORDER BY id LIMIT 1),
       (SELECT count(*) FROM (SELECT FROM claims WHERE parked_at IS NULL AND due_at <= %(now)s LIMIT %(most)s) AS head),
       (SELECT count(*) FROM (SELECT FROM claims WHERE parked_at IS NOT NULL LIMIT %(most)s) AS head)"""
_LIST = """
SELECT id, kind, account, retailer_id, subject, tries, coalesce(error, '') AS error, parked_at FROM claims
WHERE parked_at IS NOT NULL AND (%(id)s::bigint IS NULL OR id = %(id)s) ORDER BY parked_at, id LIMIT %(most)s"""
_RESUME = """
UPDATE claims SET parked_at = NULL, claimed_until = NULL, tries = 0, due_at = %(now)s
WHERE parked_at IS NOT NULL AND (%(id)s::bigint IS NULL OR id = %(id)s) RETURNING id"""


class _ToService(Value):
    """Every service answers these for itself, so the request says which one is asked."""

    service: str

    def queue(self) -> str:
        """The queue every instance of that service consumes."""
        return f"rpc.{self.service}"


class UpkeepV1(Named):
    """What waits in a service's own database: facts to be sent, planned work that is due, and work parked for a person."""

    outbox: int
    outbox_oldest_at: AwareDatetime | None
    planned: int
    parked: int


class GetUpkeepV1(_ToService, Request[UpkeepV1]):
    """What waits in this service's database now."""


class ParkedWork(Value):
    """Work outside that ran out of tries. `subject` is the row of its intent, which says what is known of it."""

    id: int
    kind: str
    account: str
    retailer_id: UUID
    subject: UUID
    tries: int
    error: str
    parked_at: AwareDatetime


class ParkedWorkV1(Named):
    """Parked work, the oldest first."""

    work: tuple[ParkedWork, ...]


class ListParkedWorkV1(_ToService, Request[ParkedWorkV1]):
    """The first `most` pieces of parked work, or the one with this id."""

    id: int | None = None
    most: int = Field(default=500, ge=1, le=500)


class ResumedV1(Named):
    """How many pieces of work are due again."""

    resumed: int


class ResumeWorkV1(_ToService, Request[ResumedV1]):
    """Do the parked work with this id once more, or all of it. Its intent keeps it from being done twice outside."""

    id: int | None = None


@dataclass(frozen=True)
class Responder:
    """Answers one of these requests for `service`."""

    service: str
    request: type[Request[Any]]
    answer: Callable[[str, Any], Named]

    def run(self, delivery: Delivery) -> tuple[str, bytes]:
        """The kind and body of the answer: `answer`, `refused` or `failed`."""
        try:
            asked = self.request.model_validate(Call[Any].model_validate_json(delivery.body).data)
            return "answer", self.answer(self.service, asked).model_dump_json().encode()
        except ValidationError as wrong:
            return "refused", rpc.refusal("request.malformed", reason(wrong))
        except Exception as wrong:  # the database is away: the caller is told so
            log.warning("chassis.upkeep_failed", request=self.request.wire(), error=reason(wrong))
            return "failed", rpc.refusal("failed", type(wrong).__name__)


def responders(service: str) -> dict[str, Responder]:
    """What every service answers, by the name of the request on the wire."""
    answers: dict[type[Request[Any]], Callable[[str, Any], Named]] = {
        GetUpkeepV1: _look,
        ListParkedWorkV1: _list,
        ResumeWorkV1: _resume,
    }
    return {request.wire(): Responder(service, request, answer) for request, answer in answers.items()}


def _look(service: str, _asked: GetUpkeepV1) -> UpkeepV1:
    with engine_of(service).connect() as db:
        outbox, oldest, planned, parked = db.exec_driver_sql(_LOOK, {"most": COUNTED, "now": now()}).one()
    return UpkeepV1(outbox=outbox, outbox_oldest_at=oldest, planned=planned, parked=parked)


def _list(service: str, asked: ListParkedWorkV1) -> ParkedWorkV1:
    with engine_of(service).connect() as db:
        rows = db.exec_driver_sql(_LIST, {"id": asked.id, "most": asked.most}).mappings()
        return ParkedWorkV1(work=tuple(ParkedWork(**row) for row in rows))


def _resume(service: str, asked: ResumeWorkV1) -> ResumedV1:
    with engine_of(service).begin() as db:
        resumed = db.exec_driver_sql(_RESUME, {"id": asked.id, "now": now()}).all()
    claims.wake()
    return ResumedV1(resumed=len(resumed))
