"""Hub scans that are taken back: tracking is asked until it says that they are void."""

from datetime import timedelta

from libs.chassis.store import Unit
from services.portal.domain import Return

UNDOS = "undos"  # the kind of planned work that has tracking make them void
ASKED_AGAIN = timedelta(seconds=30)  # whoever takes a scan back asks at once: this is for when they could not


def plan(unit: Unit, ret: Return) -> None:
    """Ask tracking in a while, unless it has said by then that all are void."""
    unit.claim(UNDOS, account=str(unit.retailer_id), subject=ret.id, after=ASKED_AGAIN)


def follow(unit: Unit, before: Return, after: Return) -> None:
    """Plan it for a return of which one more scan is taken back."""
    if after.open_undos - before.open_undos:
        plan(unit, after)
