"""The retailer's policy, for programs: its versions, what is to be said of a new one, and its trial on past returns."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path
from pydantic import Field, StringConstraints
from starlette.responses import Response

from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.rules import DecisionV1, PolicyV1, PublishPolicyV1
from libs.contracts.rules_policies import (
    CheckPolicyV1,
    GetPoliciesV1,
    GetPolicyTemplatesV1,
    GetPolicyV1,
    GetReplayV1,
    PoliciesV1,
    PolicyCheckV1,
    PolicyTemplatesV1,
    PolicyTextV1,
    ReplayV1,
    RestorePolicyV1,
    SaveDraftV1,
    SimulateV1,
    StartReplayV1,
)
from services.portal.access import Actor, May
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import sent
from services.portal.api.bodies import Body, ReturnToMake
from services.portal.api.making import asked_for, shop_of
from services.portal.api.routing import routes
from services.portal.problems import Problem

router = routes("policies")
WAIT = 30.0  # seconds: a policy of a megabyte takes a while to be looked at, and others may be before it
EXAMPLE = "language: en\nwindow:\n  days: 30\n..."

Text = Annotated[str, StringConstraints(min_length=1, max_length=900_000)]
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Which = Annotated[
    str,
    Path(
        description="a version's number, `draft`, or `current` for the one in force",
        pattern=r"^([1-9][0-9]{0,8}|draft|current)$",
        examples=["current"],
    ),
]
Reading = Annotated[Actor, allowed(May.READ_POLICIES)]
Looking = Annotated[Acting, Depends(acting(May.READ_POLICIES, by_key=False))]
Writing = Annotated[Acting, Depends(acting(May.WRITE_POLICIES))]
Publishing = Annotated[Acting, Depends(acting(May.PUBLISH_POLICIES))]


class PolicyToCheck(Body):
    """A policy as text: YAML, or JSON, which is YAML too."""

    text: Text = Field(examples=[EXAMPLE])


class PolicyToSave(PolicyToCheck):
    """A policy to keep. `replaces` is the digest of the draft that was read before, so that nobody's work is lost."""

    replaces: str | None = Field(None, max_length=64, examples=["5f2a0c9be1d47a63"])
    words: Remark | None = Field(None, description="why, for those who read the list of versions")


class PolicyToPublish(PolicyToCheck):
    """A policy to put in force. `replaces` is the version it was made from: where another is in force by now, it is a 409."""

    replaces: int | None = Field(None, ge=1, examples=[4])
    words: Remark | None = Field(None, description="why, for those who read the list of versions")


class Because(Body):
    """Words of why."""

    words: Remark | None = None


class PolicyToSimulate(Body):
    """A made-up item or lines of a real order, and the policy to ask: by `text`, else the draft, else the one in force."""

    text: Text | None = Field(None, examples=[EXAMPLE])
    draft: bool = False
    item: dict[str, Any] | None = Field(
        None,
        description="made up, by the names that rules use; only `reason` must be said",
        examples=[{"reason": "faulty", "country": "DE", "product_tags": ["sale"], "days_since_delivery": 12}],
    )
    lines_of: ReturnToMake | None = Field(None, description="real ones, in place of `item`")


class PolicyToTry(Body):
    """A policy to try on past returns; without a text it is the draft."""

    text: Text | None = Field(None, examples=[EXAMPLE])
    days: int = Field(365, ge=1, le=36_500, description="how far back")


@router.get("/policies", response_model=PoliciesV1)
def list_policies(who: Reading) -> Response:
    """The draft, if there is one, then every version, the newest first: who published it, when, and why."""
    return sent(ask(who.retailer_id, GetPoliciesV1()))


@router.get("/policies/templates", response_model=PolicyTemplatesV1)
def list_templates(who: Reading) -> Response:
    """The ready-made policies to start from, as texts."""
    return sent(ask(who.retailer_id, GetPolicyTemplatesV1()))


@router.get("/policies/{which}", response_model=PolicyTextV1)
def get_policy(which: Which, who: Reading) -> Response:
    """A version whole, as data and as text. The same policy always has the same text, byte by byte."""
    asked: dict[str, Any] = {"version": int(which)} if which.isdecimal() else {"draft": which == "draft"}
    return sent(ask(who.retailer_id, GetPolicyV1(**asked)))


@router.post("/policies/check", response_model=PolicyCheckV1)
def check_policy(asked: PolicyToCheck, who: Reading) -> Response:
    """What is to be said of a policy before it is published; nothing is kept.

    Faults with their lines; rules that are never reached and their like, each with an item that shows it; what a
    country's law asks for; kept examples that fail; the lines that differ from the version in force.
    """
    return sent(ask(who.retailer_id, CheckPolicyV1(text=asked.text), timeout=WAIT))


@router.post("/policies/draft", response_model=PolicyTextV1)
async def save_draft(asked: PolicyToSave, act: Writing) -> Response:
    """Keep a policy as the draft. One with faults is a 422 that names them; findings do not matter yet."""

    def save(effect_id: UUID) -> Response:
        wish = SaveDraftV1(text=asked.text, replaces=asked.replaces, by=str(act.who), words=asked.words)
        _without_faults(_checked(act.who, asked.text))
        with act.here.audit.of(act.who, "policy.draft") as record:
            kept = ask(act.who.retailer_id, wish, timeout=WAIT)
            record.after(digest=kept.head.digest)
        return sent(kept)

    return await act.once(save)


@router.post("/policies/publish", response_model=PolicyV1)
async def publish_policy(asked: PolicyToPublish, act: Publishing) -> Response:
    """Put a policy in force at once. What stands in its way is a 422 that says what, with where and why."""

    def publish(effect_id: UUID) -> Response:
        checked = _checked(act.who, asked.text)
        _without_faults(checked)
        _lawful_and_as_told(checked)
        wish = PublishPolicyV1(
            document=checked.document or {}, by=str(act.who), words=asked.words, replaces=asked.replaces
        )
        with act.here.audit.of(act.who, "policy.publish") as record:
            published = ask(act.who.retailer_id, wish, timeout=WAIT)
            record.after(version=published.version)
        return sent(published)

    return await act.once(publish)


@router.post("/policies/{version}/restore", response_model=PolicyV1)
async def restore_policy(
    version: Annotated[int, Path(ge=1, le=999_999_999, examples=[3])], act: Publishing, asked: Because | None = None
) -> Response:
    """Put an earlier version in force again, under the next number."""

    def restore(effect_id: UUID) -> Response:
        wish = RestorePolicyV1(version=version, by=str(act.who), words=asked.words if asked else None)
        with act.here.audit.of(act.who, "policy.restore", subject=str(version)) as record:
            published = ask(act.who.retailer_id, wish, timeout=WAIT)
            record.after(version=published.version)
        return sent(published)

    return await act.once(restore)


@router.post("/policies/simulate", response_model=DecisionV1)
def simulate(asked: PolicyToSimulate, act: Looking) -> Response:
    """What a policy gives for a made-up item, or for lines of an order, with each rule tried and why. Nothing is kept."""
    who, real = act.who, asked.lines_of
    if (asked.item is None) == (real is None):
        raise Problem(422, "rules.invalid_item", "Name either an `item` or `lines_of` an order.")
    question = asked_for(act.here, shop_of(act.here, who), real) if real is not None else None
    wish = SimulateV1(text=asked.text, draft=asked.draft, item=asked.item, asked=question)
    try:
        return sent(ask(who.retailer_id, wish, timeout=WAIT))
    except Refused as no:
        if no.code in {"rules.invalid_item", "rules.invalid_policy"}:
            raise Problem(422, no.code, no.detail) from None
        raise


@router.post("/policies/replays", response_model=ReplayV1)
async def start_replay(asked: PolicyToTry, act: Writing) -> Response:
    """Try a policy on past returns: what would change, how many, and how much money. It goes on by itself."""

    def start(effect_id: UUID) -> Response:
        if asked.text is not None:
            _without_faults(_checked(act.who, asked.text))
        wish = StartReplayV1(text=asked.text, days=asked.days, by=str(act.who))
        return sent(ask(act.who.retailer_id, wish, timeout=WAIT))

    return await act.once(start)


@router.get("/policies/replays/{replay_id}", response_model=ReplayV1)
def get_replay(replay_id: UUID, who: Reading) -> Response:
    """How far a trial is, what it has found so far, and the first cases of it."""
    return sent(ask(who.retailer_id, GetReplayV1(replay_id=replay_id)))


def _checked(who: Actor, text: str) -> PolicyCheckV1:
    """What stands in the way of a policy that is to be kept or tried; findings do not, and are not looked for."""
    return ask(who.retailer_id, CheckPolicyV1(text=text, findings=False), timeout=WAIT)


def _without_faults(checked: PolicyCheckV1) -> None:
    if checked.faults:
        told = [
            {"in": "text", "pointer": "/" + fault.path.replace(".", "/"), "fault": fault.words, "line": fault.line}
            for fault in checked.faults
        ]
        raise Problem(422, "rules.invalid_policy", "Mend the faults named in `faults`.", faults=told)


def _lawful_and_as_told(checked: PolicyCheckV1) -> None:
    if checked.below_floor:
        told = [each.model_dump() for each in checked.below_floor]
        raise Problem(
            422, "rules.below_floor", "The law of a country asks for more: see `below_floor`.", below_floor=told
        )
    if checked.failed:
        failed = [each.model_dump() for each in checked.failed]
        raise Problem(422, "rules.example_failed", "Kept examples come out otherwise: see `failed`.", failed=failed)
