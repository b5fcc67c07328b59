"""The pages of the policy: written as text, checked, tried on past returns, put in force, and taken back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.rules import PublishPolicyV1
from libs.contracts.rules_policies import (
    CheckPolicyV1,
    GetPoliciesV1,
    GetPolicyTemplatesV1,
    GetPolicyV1,
    GetReplayV1,
    PolicyCheckV1,
    PolicyState,
    PolicyTextV1,
    PolicyVersion,
    ReplayState,
    RestorePolicyV1,
    SaveDraftV1,
    StartReplayV1,
)
from libs.contracts.values import Money
from services.portal.access import May
from services.portal.reach import Portal
from services.portal.web import phrases, views
from services.portal.web.forms import Words, said
from services.portal.web.pages import Answering, Here, Pages
from services.portal.web.seats import Seat, seated

router = APIRouter(include_in_schema=False)
Reading = Annotated[Seat, seated(May.READ_POLICIES)]
Writing = Annotated[Seat, seated(May.WRITE_POLICIES)]
Publishing = Annotated[Seat, seated(May.PUBLISH_POLICIES)]

WAIT = 30.0  # seconds: a policy of a megabyte takes a while to be looked at, and others may be before it
LONGEST = 900_000  # characters of a policy
REPLAYED = 3_650  # days that a trial looks back
NOTICES = {
    "saved": views.Notice("ok", "The draft is saved. The policy in force is as it was."),
    "published": views.Notice("ok", "This policy is in force from now on."),
    "restored": views.Notice("ok", "The earlier policy is in force again, as a new version."),
}
FAULTY = views.Notice("bad", "This policy cannot be read yet. Nothing was saved; mend what is listed below.")
FAILED = views.Notice(
    "bad",
    "The service that keeps policies met an error of its own, which is recorded. Your text is kept on this page, and nowhere "
    "else. The policy in force is as it was.",
)
TOO_LONG = views.Notice(
    "bad", f"This policy is longer than {LONGEST:,} characters. Nothing was saved; the text is as you left it."
)
AWAY = views.Notice(
    "bad",
    "The service that keeps policies is not answering. Your text is kept on this page, and nowhere else: press the button "
    "again in a minute. The policy in force is as it was.",
)
IN_THE_WAY = views.Notice("bad", "Something stands in the way. The policy in force is as it was.")


async def policy_of(request: Request) -> AsyncIterator[FormData]:
    """The form of a policy, which is longer than others."""
    async with request.form(max_files=0, max_fields=20, max_part_size=2 * LONGEST) as form:
        yield form


Policy = Annotated[FormData, Depends(policy_of)]


@router.get("/admin/policy")
def policy(
    request: Request, here: Here, answering: Answering, seat: Reading, done: str = "", start: str = ""
) -> Response:
    """The ready-made policy to `start` from, else the draft, else the policy in force; and all versions."""
    return _page(request, answering, seat, notice=NOTICES.get(done), start=start)


@router.post("/admin/policy")
def write(request: Request, here: Here, form: Policy, answering: Answering, seat: Writing) -> Response:
    """Check the text, then do with it what the button says."""
    here.forms.check(request, said(form, "csrf"))
    text, do = said(form, "text", most=LONGEST + 1), said(form, "do")
    if do == "publish" and May.PUBLISH_POLICIES not in seat.actor.may:
        raise HTTPException(403)
    if len(text) > LONGEST:
        page = replace(_again(seat, (), form, None), notice=TOO_LONG, is_known=False)
        return answering.answer(request, "policy", page, seat.retailer, status=422)
    try:
        return _written(request, here, form, answering, seat, text=text, do=do)
    except (Unavailable, Failed) as away:
        log.warning("portal.policy_unavailable", error=str(away))
        notice = FAILED if isinstance(away, Failed) else AWAY
        page = replace(_again(seat, (), form, None), notice=notice, is_known=False)
        return answering.answer(request, "policy", page, seat.retailer, status=503)


def _written(
    request: Request, here: Portal, form: FormData, answering: Pages, seat: Seat, *, text: str, do: str
) -> Response:
    deed = {"save": _save, "publish": _publish, "try": _try}.get(do)
    checked = ask(seat.retailer.id, CheckPolicyV1(text=text, findings=deed is None), timeout=WAIT)
    stops = checked.faults or (do == "publish" and not checked.can_publish)
    if stops or deed is None:
        notice = (FAULTY if checked.faults else IN_THE_WAY) if stops else None
        return _page(request, answering, seat, form=form, checked=checked, notice=notice, status=422 if stops else 200)
    try:
        return answering.go(deed(here, seat, form, checked))
    except Refused as no:
        notice = views.Notice("bad", no.detail)
        return _page(request, answering, seat, form=form, checked=checked, notice=notice, status=409)


@router.get("/admin/policy/versions/{version}")
def version(request: Request, answering: Answering, seat: Reading, version: int) -> Response:
    """One version as its text."""
    found = _found(seat, GetPolicyV1(version=version))
    can = May.PUBLISH_POLICIES in seat.actor.may and found.head.state is not PolicyState.PUBLISHED
    page = views.PolicyVersionPage(seat.view, found.head, found.text, can)
    return answering.answer(request, "policy_version", page, seat.retailer)


@router.post("/admin/policy/versions/{version}/restore")
def restore(
    request: Request, here: Here, form: Words, answering: Answering, seat: Publishing, version: int
) -> Response:
    """Put an earlier version in force again."""
    here.forms.check(request, said(form, "csrf"))
    wish = RestorePolicyV1(version=version, by=str(seat.actor), words=said(form, "words", most=500) or None)
    try:
        with here.audit.of(seat.actor, "policy.restore", subject=str(version)) as record:
            record.after(version=ask(seat.retailer.id, wish, timeout=WAIT).version)
    except Refused as no:
        return _page(request, answering, seat, notice=views.Notice("bad", no.detail), status=409)
    return answering.go("/admin/policy?done=restored")


@router.get("/admin/policy/replays/{replay_id}")
def replay(request: Request, answering: Answering, seat: Reading, replay_id: UUID) -> Response:
    """How far a trial is; the page looks again by itself until it is done."""
    try:
        found = ask(seat.retailer.id, GetReplayV1(replay_id=replay_id))
    except Refused:
        raise HTTPException(404) from None
    kinds = tuple((phrases.CHANGES.get(kind, kind), count) for kind, count in sorted(found.changes.items()))
    sums = tuple(
        (Money(amount=each.before, currency=each.currency), Money(amount=each.after, currency=each.currency))
        for each in found.money
    )
    answer = answering.answer(request, "replay", views.ReplayPage(seat.view, found, kinds, sums), seat.retailer)
    if found.state is ReplayState.RUNNING:
        answer.headers["Refresh"] = "1"
    return answer


def _save(here: Portal, seat: Seat, form: FormData, checked: PolicyCheckV1) -> str:
    wish = SaveDraftV1(
        text=checked.text or "",
        replaces=said(form, "draft") or None,
        by=str(seat.actor),
        words=said(form, "words", most=500) or None,
    )
    with here.audit.of(seat.actor, "policy.draft") as record:
        record.after(digest=ask(seat.retailer.id, wish, timeout=WAIT).head.digest)
    return "/admin/policy?done=saved"


def _publish(here: Portal, seat: Seat, form: FormData, checked: PolicyCheckV1) -> str:
    replaces = said(form, "replaces")
    wish = PublishPolicyV1(
        document=checked.document or {},
        by=str(seat.actor),
        words=said(form, "words", most=500) or None,
        replaces=int(replaces) if replaces.isdecimal() else None,
    )
    with here.audit.of(seat.actor, "policy.publish") as record:
        record.after(version=ask(seat.retailer.id, wish, timeout=WAIT).version)
    return "/admin/policy?done=published"


def _try(here: Portal, seat: Seat, form: FormData, checked: PolicyCheckV1) -> str:
    wish = StartReplayV1(text=checked.text, days=REPLAYED, by=str(seat.actor))
    return f"/admin/policy/replays/{ask(seat.retailer.id, wish, timeout=WAIT).replay_id}"


def _found(seat: Seat, asked: GetPolicyV1) -> PolicyTextV1:
    try:
        return ask(seat.retailer.id, asked)
    except Refused:
        raise HTTPException(404) from None


def _page(
    request: Request,
    answering: Pages,
    seat: Seat,
    *,
    form: FormData | None = None,
    checked: PolicyCheckV1 | None = None,
    notice: views.Notice | None = None,
    status: int = 200,
    start: str = "",
) -> Response:
    """The page with the text that came, else with the one to start from, else with the draft, else with the policy in force."""
    versions = ask(seat.retailer.id, GetPoliciesV1()).versions
    page = _fresh(seat, versions) if form is None else _again(seat, versions, form, checked)
    page = replace(page, notice=notice, starts=ask(seat.retailer.id, GetPolicyTemplatesV1()).templates)
    if start:
        page = replace(page, text=next((each.text for each in page.starts if each.name == start), page.text))
    return answering.answer(request, "policy", page, seat.retailer, status=status)


def _fresh(seat: Seat, versions: tuple[PolicyVersion, ...]) -> views.PolicyPage:
    draft, current = _in(versions, PolicyState.DRAFT), _in(versions, PolicyState.PUBLISHED)
    there = draft or current
    return views.PolicyPage(
        seat.view,
        versions,
        _found(seat, GetPolicyV1(draft=draft is not None)).text if there else "",
        current.version if current else None,
        draft.digest if draft else None,
    )


def _again(
    seat: Seat, versions: tuple[PolicyVersion, ...], form: FormData, checked: PolicyCheckV1 | None
) -> views.PolicyPage:
    replaces = said(form, "replaces")
    return views.PolicyPage(
        seat.view,
        versions,
        (checked.text if checked else None) or said(form, "text", most=2 * LONGEST),
        int(replaces) if replaces.isdecimal() else None,
        said(form, "draft") or None,
        said(form, "words", most=500),
        checked,
    )


def _in(versions: tuple[PolicyVersion, ...], state: PolicyState) -> PolicyVersion | None:
    return next((each for each in versions if each.state is state), None)
