"""Hub scans that were taken back while tracking was away: nothing moves on them, and tracking is told when it is back."""

from libs.chassis.claims import Claim
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.tracking import VoidScanV1
from services.portal.access import SYSTEM
from services.portal.domain import Return, TaskKind
from services.portal.store.returns import Returns
from services.portal.store.undos import plan


def undo(returns: Returns, claim: Claim) -> None:
    """Have tracking make void what was taken back of a return. While tracking is away it is planned again."""
    story = returns.get(claim.retailer_id, return_id=claim.subject)
    if story is None:
        return
    for scan_id in sorted(story.ret.open_undos):
        try:
            ask(claim.retailer_id, VoidScanV1(scan_id=scan_id, words=_words(story.ret, str(scan_id)), by=SYSTEM))
        except (Unavailable, Failed) as away:
            log.info("portal.undo_waits", number=story.ret.number, error=type(away).__name__)
            with returns.unit(retailer_id=claim.retailer_id) as unit:
                plan(unit, story.ret)
            return
        except Refused as refused:
            log.error("portal.undo_refused", number=story.ret.number, scan=str(scan_id), code=refused.code)


def _words(ret: Return, scan_id: str) -> str:
    marks = (mark for mark in ret.known.marks if (mark.kind, mark.subject) == (TaskKind.SCAN_VOIDED, scan_id))
    return next((mark.words for mark in marks if mark.words), "")
