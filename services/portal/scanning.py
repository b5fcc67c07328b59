"""Hub scans for pages and programs: a return's number is understood, and each answer says where its return stands."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from libs.chassis.rpc import ask
from libs.contracts.tracking import (
    HubAnswer,
    HubResult,
    HubScan,
    ListScansV1,
    RecordScansV2,
    ScanAsked,
    VoidedScanV1,
    VoidScanV1,
)
from services.portal.access import Actor
from services.portal.domain import CALLED_OFF, NotNow, acts
from services.portal.intake import ALPHABET, NUMBER_LENGTH
from services.portal.problems import Problem
from services.portal.store.hub import Brief, HubDesk
from services.portal.store.returns import Returns

BATCH_SECONDS = 15.0  # a full batch of 500 takes about two on a small machine
_SYMBOLOGY = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # what a scanner puts before a code (ISO/IEC 15424)
_NO_PART = re.compile(r"[\s\x00-\x1f\x7f\u200b\ufeff]")
_NUMBER = re.compile(rf"R[-_]?([{ALPHABET}]{{{NUMBER_LENGTH}}})")
Told = TypeVar("Told", bound=HubAnswer)


class MoneyMoved(Problem):
    """The scan cannot be taken back: what it set going has given money."""

    def __init__(self, number: str) -> None:
        super().__init__(
            409,
            "scans.money_moved",
            f"Money of {number} has moved since, so that its scan stands. Inspect it, or settle the rest by hand.",
        )


def return_number(code: str) -> str | None:
    """The return's number that a scanned or typed code is, in any case, with what scanners and links put around it."""
    text = _SYMBOLOGY.sub("", _NO_PART.sub("", code))
    if "://" in text:
        text = _in_link(text)
    found = _NUMBER.fullmatch(text.upper())
    return f"R-{found[1]}" if found else None


def record(desk: HubDesk, who: Actor, asked: Sequence[ScanAsked]) -> tuple[HubAnswer, ...]:
    """Record hub scans; the answers in the order asked. Of another retailer's nothing is recorded."""
    numbers = {scan.code: number for scan in asked if (number := return_number(scan.code)) is not None}
    mine = desk.named(who.retailer_id, set(numbers.values()))
    others = desk.of_others(who.retailer_id, set(numbers.values()) - mine.keys())
    ours = [
        scan.model_copy(update={"code": numbers[scan.code], "return_id": mine[numbers[scan.code]]})
        if numbers.get(scan.code) in mine
        else scan
        for scan in asked
        if numbers.get(scan.code) not in others
    ]
    told = iter(_asked_of_tracking(who, ours))
    answers = (
        HubAnswer(code=scan.code, result=HubResult.ANOTHER_RETAILER)
        if numbers.get(scan.code) in others
        else next(told).model_copy(update={"code": scan.code})
        for scan in asked
    )
    return with_returns(desk, who.retailer_id, tuple(answers))


def with_returns(desk: HubDesk, retailer_id: UUID, told: Sequence[Told]) -> tuple[Told, ...]:
    """The answers with each return's number and where it stands; one that was called off is a person's to look at."""
    briefs = desk.briefs(retailer_id, _returns_of(told))
    return tuple(_of_its_return(each, briefs.get(each.return_id) if each.return_id else None) for each in told)


def find(who: Actor, scan_id: UUID) -> HubScan | None:
    """One hub scan as it stands now."""
    return next(iter(ask(who.retailer_id, ListScansV1(ids=(scan_id,))).scans), None)


def void(desk: HubDesk, returns: Returns, who: Actor, scan_id: UUID, words: str) -> VoidedScanV1:
    """Take a hub scan back, which is a task too. Raises MoneyMoved once its return gave money, and Refused.

    The return knows first, under its own lock: from then on no money moves by itself before tracking says what the scan
    had proved, whichever of its facts is heard first.
    """
    scan = find(who, scan_id)
    if scan is not None and scan.return_id is not None and not scan.void:
        _hold_back(desk, returns, who, scan, acts.TakeBack(scan_id, words))
    return ask(who.retailer_id, VoidScanV1(scan_id=scan_id, words=words, by=str(who)))


def _hold_back(desk: HubDesk, returns: Returns, who: Actor, scan: HubScan, act: acts.TakeBack) -> None:
    assert scan.return_id is not None
    try:
        returns.act_on(who.retailer_id, scan.return_id, act, str(who))
    except NotNow:
        now_ = find(who, act.scan_id)  # another scan may have been taken back meanwhile, and left this one to count
        if now_ is None or now_.result is HubResult.ALREADY:
            return
        brief = desk.briefs(who.retailer_id, [scan.return_id])[scan.return_id]
        raise MoneyMoved(brief.number) from None


def _asked_of_tracking(who: Actor, asked: Sequence[ScanAsked]) -> tuple[HubAnswer, ...]:
    if not asked:
        return ()
    return ask(who.retailer_id, RecordScansV2(scans=tuple(asked), by=str(who)), timeout=BATCH_SECONDS).scans


def _returns_of(told: Iterable[HubAnswer]) -> set[UUID]:
    return {each.return_id for each in told if each.return_id is not None}


def _of_its_return(told: Told, brief: Brief | None) -> Told:
    if brief is None:
        return told
    ended = told.result is HubResult.OK and brief.awaiting in CALLED_OFF
    result = HubResult.ENDED if ended else told.result
    return told.model_copy(update={"number": brief.number, "awaiting": str(brief.awaiting), "result": result})


def _in_link(text: str) -> str:
    try:
        link = urlsplit(text)
    except ValueError:
        return text
    asked = parse_qs(link.query).get("code")
    return asked[0] if asked else link.path.rstrip("/").rsplit("/", 1)[-1]
