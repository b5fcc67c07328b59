"""What is parked for a person: messages that no handler could handle, and work outside that ran out of tries."""

import json
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from libs.chassis.errors import Transient, Unavailable
from libs.chassis.parked import Lot, ParkedMessage
from libs.chassis.rpc import ask
from libs.chassis.upkeep import ListParkedWorkV1, ParkedWork, ResumeWorkV1
from libs.contracts.base import Named, Request
from libs.contracts.catalogue import OWNERS
from services.portal.access import NOBODY
from services.portal.masking import masked, masked_words
from services.portal.upkeep import HOMES

WORK = {f"{service}.work": service for service in OWNERS}
AnswerT = TypeVar("AnswerT", bound=Named)
WORK_WAIT = 5.0  # seconds for a service to read or mend its own table


class WorkStays(Exception):
    """Planned work is not thrown away: its intent is a row of its service, which only an act on the return can end."""


class Parked(Protocol):
    """One place where something is parked. Raises Unavailable when who holds it is away."""

    def rows(self) -> list[dict[str, Any]]:
        """What is parked, the oldest first, at most 500."""

    def whole(self, id: str) -> dict[str, Any] | None:
        """One of them with all that may be shown."""

    def replay(self, id: str) -> bool:
        """Have it tried anew; False when it is not there."""

    def replay_all(self) -> dict[str, Any]:
        """Have everything tried anew: `replayed`, `left`, and `stopped` with the reason where not all of it was."""

    def drop(self, id: str) -> bool:
        """Throw it away for good; False when it is not there."""


def place(url: str, name: str) -> Parked | None:
    """The place of this name: `<service>.<fact>` for messages, `<service>.work` for work; None for any other name."""
    if name in WORK:
        return Work(WORK[name])
    return Messages(Lot(url, name)) if name in HOMES else None


@dataclass(frozen=True, slots=True)
class Messages:
    """The parked messages of one queue."""

    lot: Lot

    def rows(self) -> list[dict[str, Any]]:
        """What is parked, in the order it came."""
        return [_message(message) for message in self.lot.look()]

    def whole(self, id: str) -> dict[str, Any] | None:
        """The message with its envelope, personal data covered."""
        found = self.lot.find(id)
        return _message(found) | {"envelope": masked(found.body)} if found else None

    def replay(self, id: str) -> bool:
        """Send it home. Raises NotTaken."""
        return self.lot.replay(id)

    def replay_all(self) -> dict[str, Any]:
        """Send all home that is parked now, at most 1,000."""
        done = self.lot.replay_all()
        return {"replayed": done.replayed, "left": done.left, "stopped": done.stopped}

    def drop(self, id: str) -> bool:
        """Throw it away."""
        return self.lot.drop(id)


@dataclass(frozen=True, slots=True)
class Work:
    """The parked work of one service, asked of the service itself."""

    service: str

    def rows(self) -> list[dict[str, Any]]:
        """What is parked, the longest parked first."""
        return [_work(work) for work in self._list()]

    def whole(self, id: str) -> dict[str, Any] | None:
        """The work; its intent is in its service's own table."""
        return next((_work(work) for work in self._list(_number(id))), None)

    def replay(self, id: str) -> bool:
        """Have it done once more."""
        return self._ask(ResumeWorkV1(service=self.service, id=_number(id))).resumed > 0

    def replay_all(self) -> dict[str, Any]:
        """Have all of it done once more."""
        done = self._ask(ResumeWorkV1(service=self.service))
        return {"replayed": done.resumed, "left": 0, "stopped": None}

    def drop(self, id: str) -> bool:
        """Raises WorkStays."""
        raise WorkStays(id)

    def _list(self, id: int | None = None) -> tuple[ParkedWork, ...]:
        return self._ask(ListParkedWorkV1(service=self.service, id=id)).work

    def _ask(self, request: Request[AnswerT]) -> AnswerT:
        try:
            return ask(NOBODY, request, timeout=WORK_WAIT)
        except Transient as away:
            raise Unavailable(f"{self.service} does not answer") from away


def _number(id: str) -> int:
    return int(id) if id.isascii() and id.isdecimal() and len(id) < 19 else 0  # ids begin at 1


def _message(message: ParkedMessage) -> dict[str, Any]:
    envelope = _envelope(message.body)
    return {
        "id": message.id,
        "what": envelope.get("type"),
        "retailer_id": envelope.get("retailerid"),
        "subject": envelope.get("subject"),
        "stated_at": envelope.get("time"),
        "error": masked_words(message.error),
        "attempts": message.attempts,
        "since": message.first_failed_at,
        "bytes": len(message.body),
    }


def _work(work: ParkedWork) -> dict[str, Any]:
    return {
        "id": str(work.id),
        "what": work.kind,
        "retailer_id": str(work.retailer_id),
        "subject": str(work.subject),
        "account": work.account,
        "error": masked_words(work.error),
        "attempts": work.tries,
        "since": work.parked_at,
    }


def _envelope(body: bytes) -> dict[str, Any]:
    """What the envelope says of itself, as far as it is one: what is parked may be anything."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    words = ("type", "retailerid", "subject", "time")
    return {name: masked_words(found[name])[:200] for name in words if isinstance(found.get(name), str)}
