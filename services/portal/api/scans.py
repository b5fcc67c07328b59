"""Hub scans: what a scanner reads at the dock."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
from pydantic import Field, model_validator
from starlette.responses import Response

from libs.contracts.tracking import ScanAsked, ScansV2, VoidedScanV1
from services.portal import scanning
from services.portal.access import May
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import sent
from services.portal.api.bodies import Body, Moment, Words, told
from services.portal.api.routing import routes

router = routes("scans")

Scanning = Annotated[Acting, Depends(acting(May.SCAN, by_key=False))]


class Scan(Body):
    """One code read. `client_scan_id` makes a repeat harmless."""

    code: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$", examples=["R-7KQ2M9"])
    hub: str | None = Field(default=None, max_length=40, pattern=r"^[^\x00-\x1f]+$", examples=["DAV"])
    occurred_at: Moment | None = Field(default=None, description="by the scanner's own clock")
    client_scan_id: str | None = Field(default=None, max_length=80, pattern=r"^[^\x00-\x1f]+$", examples=["s-1"])


class Scans(Body):
    """One scan, or `scans` with up to 500."""

    model_config = told({"scans": [{"code": "R-7KQ2M9", "hub": "DAV", "client_scan_id": "s-1"}]})

    scans: list[Scan] = Field(min_length=1, max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, given: Any) -> Any:
        return {"scans": [given]} if isinstance(given, dict) and "code" in given else given


@router.post("/scans", response_model=ScansV2)
async def record_scans(asked: Scans, act: Scanning) -> Response:
    """Record what arrived at a hub. Each scan is answered on its own.

    `ok`; `already`, with when and by whom; `unknown`, which is a task; `wrong_hub`, to be sent on to the hub it `belongs_to`;
    `ended`, received though its return was called off; `another_retailer`, of which nothing is recorded or told.

    An Idempotency-Key is taken and not needed: each scan may have a `client_scan_id`, so that a batch can be sent again
    in parts.
    """

    def record(effect_id: UUID) -> Response:
        named = [
            scan.model_dump() | {"client_scan_id": _id(scan, act, f"{effect_id} {n}")}
            for n, scan in enumerate(asked.scans)
        ]
        asked_for = tuple(ScanAsked(**scan) for scan in named)
        return sent(ScansV2(scans=scanning.record(act.here.hub, act.who, asked_for)))

    return await act.once(record)


class Undoing(Body):
    """Why a scan is taken back."""

    model_config = told({"words": "It was the parcel beside it."})

    words: Words


@router.post("/scans/{scan_id}/void", response_model=VoidedScanV1)
async def void_scan(scan_id: UUID, asked: Undoing, act: Annotated[Acting, Depends(acting(May.SCAN))]) -> Response:
    """Take back a hub scan that was made by mistake: its return waits for the parcel again, and a person is told.

    Refused as `scans.money_moved` once money of the return is given or on its way. Once it is taken back no money moves on
    it, though what it set going is heard later. Should tracking be away (503), it is taken back when that answers again.
    """

    def void(_effect_id: UUID) -> Response:
        with act.here.audit.of(act.who, "scan.void", subject=str(scan_id)):
            return sent(scanning.void(act.here.hub, act.here.returns, act.who, scan_id, asked.words))

    return await act.once(void)


def _id(scan: Scan, act: Acting, otherwise: str) -> str | None:
    """The scan's own id. One without gets the request's, where that has a key: without either a repeat is a new scan."""
    return scan.client_scan_id or (otherwise if act.has_key else None)
