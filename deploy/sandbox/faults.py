"""Misbehaviour on demand: what shall go wrong, where, how often."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.web import BadRequest, read


class FaultAsked(BaseModel):
    """The body of `POST /control/faults`. `operation` (of the shop) or `to` (of a mail) narrows it; null means any."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    kind: str
    at: str | None = Field(None, validation_alias=AliasChoices("operation", "to"))
    times: int = Field(1, ge=1, le=10_000)
    seconds: float | None = Field(None, ge=0, le=3600)


@dataclass(frozen=True)
class Fault:
    """A fault that waits for its moment. `seconds` is how long a pause lasts."""

    kind: str
    at: str | None
    left: int
    seconds: float | None


class Faults:
    """The faults that wait, oldest first. They live as long as the process."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._waiting: list[Fault] = []

    def plan(self, asked: FaultAsked) -> None:
        """Let the next matching call go wrong; raises ValueError on a kind that nothing here plays."""
        if asked.kind not in self.kinds:
            raise ValueError(f"kind must be one of: {', '.join(sorted(self.kinds))}")
        self._waiting.append(Fault(asked.kind, asked.at, asked.times, asked.seconds))

    def clear(self) -> None:
        """Forget every fault that still waits."""
        self._waiting.clear()

    def take(self, *names: str) -> Fault | None:
        """The fault for a call known by any of `names`, used up by one."""
        for place, fault in enumerate(self._waiting):
            if fault.at is None or fault.at in names:
                self._waiting[place : place + 1] = [replace(fault, left=fault.left - 1)] if fault.left > 1 else []
                return fault
        return None

    def waiting(self) -> list[dict[str, Any]]:
        """What still waits, to be shown."""
        return [vars(fault) for fault in self._waiting]


def route(faults: Faults) -> Route:
    """`/control/faults`: plan a fault (POST), list those that wait (GET), forget them (DELETE)."""

    async def handle(request: Request) -> Response:
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            try:
                faults.plan(await read(request, FaultAsked))
            except ValueError as wrong:
                raise BadRequest(str(wrong)) from None
        return JSONResponse({"waiting": faults.waiting()})

    return Route("/control/faults", handle, methods=["GET", "POST", "DELETE"])
