"""Hub scans: what a scanner reads at the dock."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from libs.chassis.rpc import ask
from libs.contracts.tracking import RecordScansV1, ScanAsked, ScansV1
from services.portal.api.access import Caller, caller

router = APIRouter(prefix="/api/v1", tags=["scans"])
BATCH_SECONDS = 15.0  # a full batch of 500 takes about two on a small machine


class Scan(BaseModel):
    """One code read. `client_scan_id` makes a repeat harmless."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$", examples=["R-7KQ2M9"])
    hub: str | None = Field(default=None, max_length=40)
    occurred_at: AwareDatetime | None = None
    client_scan_id: str | None = Field(default=None, max_length=80)


class Scans(BaseModel):
    """One scan, or `scans` with up to 500."""

    model_config = ConfigDict(extra="forbid")

    scans: list[Scan] = Field(min_length=1, max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _one_is_a_list_of_one(cls, given: Any) -> Any:
        return {"scans": [given]} if isinstance(given, dict) and "code" in given else given


@router.post("/scans", response_model=ScansV1)
def record_scans(asked: Scans, who: Annotated[Caller, Depends(caller)]) -> ScansV1:
    """Record what arrived at a hub. Each scan is answered on its own: `ok`, `already` (with when) or `unknown`."""
    scans = tuple(ScanAsked(**scan.model_dump()) for scan in asked.scans)
    return ask(who.retailer_id, RecordScansV1(scans=scans, by=who.name), timeout=BATCH_SECONDS)
