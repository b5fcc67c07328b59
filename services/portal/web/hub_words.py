"""What the hub's page says of a scan: a word, a colour, and what to do now."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlencode

from libs.contracts.tracking import HubAnswer, HubResult, HubScan
from services.portal.store.hub import Brief, Quarantined
from services.portal.web import phrases, views

VOID = "Taken back"
NOT_OPENED = "Nothing is left to inspect. Put it with the others, and scan the next one."


def scanned(told: HubScan, brief: Brief | None, aside: Quarantined | None, *, csrf: str) -> views.Scanned:
    """What a scan met, with the items of its return and what can be done next."""
    word = phrases.SCANS[told.result]
    kept = tuple(f"/hub/scans/{told.scan_id}/photos/{photo.name}" for photo in aside.photos) if aside else ()
    unknown = told.result is HubResult.UNKNOWN
    return views.Scanned(
        told.result,
        word.tone,
        word.words,
        _detail(told, word.detail),
        told.tracking_number or told.code,
        told.received_at if told.result is HubResult.ALREADY else None,
        _about(told),
        phrases.STATUSES[told.awaiting].staff if told.awaiting else None,
        tuple((views.Picture(title, variant, image), many) for title, variant, many, image in brief.lines)
        if brief
        else (),
        _acts(told),
        f"/hub/scans/{told.scan_id}/keep" if unknown else None,
        kept,
        _then(told),
    )


def of_another(code: str) -> views.Scanned:
    """What is said of another retailer's parcel, which is no more than that."""
    word = phrases.SCANS[HubResult.ANOTHER_RETAILER]
    return views.Scanned(HubResult.ANOTHER_RETAILER, word.tone, word.words, word.detail, code)


def row(told: HubScan) -> views.ScanRow:
    """A scan in the list."""
    word = phrases.SCANS[told.result]
    undo = None if told.void else f"/hub/scans/{told.scan_id}/undo"
    words, tone = (VOID, "quiet") if told.void else (word.words, word.tone)
    again = None if told.void else f"/hub?scan={told.scan_id}"
    return views.ScanRow(told.code, words, tone, told.scanned_at, _about(told), undo, told.void, again)


def counts(scans: Sequence[HubAnswer]) -> tuple[tuple[str, str, int], ...]:
    """How many scans met what, those taken back left out: word, tone and number."""
    living = [scan for scan in scans if not (isinstance(scan, HubScan) and scan.void)]
    counted = Counter(scan.result for scan in living)
    return tuple(
        (word.words, word.tone, counted[result])
        for result in HubResult
        if counted[result] and (word := phrases.SCANS[result])
    )


def after(answer: HubAnswer, hub: str) -> str:
    """The page that shows what a scan met."""
    if answer.consolidation_id is not None:
        return f"/hub/bags/{answer.consolidation_id}"
    if answer.scan_id is None:
        return "/hub?" + urlencode({"hub": hub, "result": str(answer.result), "code": answer.code})
    return "/hub?" + urlencode({"hub": hub, "scan": str(answer.scan_id)})


def _detail(told: HubScan, words: str) -> str:
    if told.result is HubResult.ALREADY:
        who = (told.received_by or "somebody").removeprefix("staff ").removeprefix("key ")
        return f"Received by {who},"
    if told.result is HubResult.OK and not _opens(told):
        return NOT_OPENED
    return words.format(hub=told.belongs_to or "another hub")


def _then(told: HubScan) -> str | None:
    """What to do with a parcel that was received before."""
    if told.result is not HubResult.ALREADY:
        return None
    return "Open it if nobody has, or put it with the others." if _opens(told) else "Put it with the others."


def _about(told: HubAnswer) -> views.Link | None:
    return views.Link(told.number, f"/admin/returns/{told.number}") if told.number else None


def _opens(told: HubScan) -> bool:
    received = told.result in {HubResult.OK, HubResult.ALREADY} and told.number is not None
    return received and told.awaiting in phrases.OPENED_AT


def _acts(told: HubScan) -> tuple[views.Link, ...]:
    """Opening the parcel is next, where its return still waits for that."""
    if not _opens(told):
        return ()
    page = f"/admin/returns/{told.number}/inspections?" + urlencode({"of": told.parcel or 1, "back": "hub"})
    return (views.Link("Inspect what is in it", page),)
