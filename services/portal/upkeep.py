"""The suite as its operator sees it: who listens, what waits, and what is parked for a person, over all services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.chassis.depths import Depth, depths
from libs.chassis.errors import Transient, Unavailable
from libs.chassis.rpc import ask
from libs.chassis.upkeep import GetUpkeepV1, UpkeepV1
from libs.contracts.base import Message
from libs.contracts.catalogue import OWNERS, facts
from services.portal.access import NOBODY

WAIT = 1.0  # seconds for one service to tell of itself
NOT_READ = (
    "Only a service itself reads its database: of one that does not answer, the facts to be sent and the planned and "
    "parked work are not known. Each process tells of itself at /readyz and /metrics on its own port."
)


@dataclass(frozen=True, slots=True)
class Home:
    """Whose queue it is, and for which fact."""

    service: str
    fact: type[Message]


HOMES: dict[str, Home] = {fact.queue(service): Home(service, fact) for service in OWNERS for fact in facts()}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the broker and each service said. `queues` is None while the broker is away; a silent service is not in `told`."""

    queues: Mapping[str, Depth] | None
    told: Mapping[str, UpkeepV1] = field(default_factory=dict)

    def listeners(self, service: str) -> int:
        """Processes of the service that answer requests."""
        found = (self.queues or {}).get(f"rpc.{service}")
        return found.consumers if found else 0

    def of(self, service: str) -> dict[str, Depth]:
        """The service's own queues for facts."""
        return {name: depth for name, depth in (self.queues or {}).items() if _is_of(name, service)}


def look(url: str) -> Seen:
    """Ask the broker for every queue there may be, and each service for what waits in its database."""
    try:
        queues = depths(url, [*HOMES, *(f"rpc.{service}" for service in OWNERS)])
    except Unavailable:
        return Seen(None)
    told = {service: said for service in OWNERS if (said := _told(service)) is not None}
    return Seen(queues, told)


def as_status(seen: Seen) -> dict[str, Any]:
    """The whole state for a program; `trouble` says in words what a person should look at, and is empty when all is well."""
    trouble = troubles(seen)
    return {
        "well": not trouble,
        "trouble": trouble,
        "parts": {"gateway": "ready", "database": "ready", "broker": "away" if seen.queues is None else "ready"},
        "services": [_service(seen, service) for service in OWNERS],
        "queues": [
            {"queue": name, "waiting": depth.messages, "listeners": depth.consumers, "parked": depth.parked}
            for name, depth in (seen.queues or {}).items()
            if name in HOMES
        ],
        "not_known": NOT_READ,
    }


def parked_places(seen: Seen) -> dict[str, Any]:
    """Where something is parked. `silent` are the services whose parked work is not known now."""
    if seen.queues is None:
        raise Unavailable("the broker is away")
    messages = [_place(name, HOMES[name].service, depth.parked) for name, depth in seen.queues.items() if depth.parked]
    work = [_place(f"{service}.work", service, told.parked) for service, told in seen.told.items() if told.parked]
    return {"queues": messages + work, "silent": [service for service in OWNERS if service not in seen.told]}


def _place(name: str, service: str, parked: int) -> dict[str, Any]:
    return {"queue": name, "service": service, "parked": parked}


def troubles(seen: Seen) -> list[str]:
    """What is not as it should be, a sentence each."""
    if seen.queues is None:
        return ["The broker is away: nothing is known of the services behind it."]
    return [sentence for service in OWNERS for sentence in _troubles_of(seen, service)]


def _troubles_of(seen: Seen, service: str) -> list[str]:
    found = []
    queues, told = seen.of(service), seen.told.get(service)
    if not seen.listeners(service):
        found.append(f"Nobody answers for {service}.")
    elif told is None:
        found.append(f"{service} listens, and did not tell of itself in time.")
    deaf = [name for name, depth in queues.items() if not depth.consumers]
    if deaf and seen.listeners(service):
        found.append(f"Nobody listens to {', '.join(deaf)}.")
    if facts_parked := sum(depth.parked for depth in queues.values()):
        found.append(f"{service} has parked {facts_parked} messages.")
    if told is not None and told.parked:
        found.append(f"{service} has parked {told.parked} pieces of work.")
    return found


def _service(seen: Seen, service: str) -> dict[str, Any]:
    queues, told = seen.of(service).values(), seen.told.get(service)
    known = seen.queues is not None
    return {
        "service": service,
        "listeners": seen.listeners(service) if known else None,
        "waiting": sum(depth.messages for depth in queues) if known else None,
        "parked": sum(depth.parked for depth in queues) if known else None,
        "outbox": told.outbox if told else None,
        "outbox_oldest_at": told.outbox_oldest_at if told else None,
        "work_planned": told.planned if told else None,
        "work_parked": told.parked if told else None,
    }


def _told(service: str) -> UpkeepV1 | None:
    try:
        return ask(NOBODY, GetUpkeepV1(service=service), timeout=WAIT)
    except Transient:  # away, late, or its database is
        return None


def _is_of(queue: str, service: str) -> bool:
    home = HOMES.get(queue)
    return home is not None and home.service == service
