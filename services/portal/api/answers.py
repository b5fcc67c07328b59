"""What programs are told. An answer holds the fields below and no others."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from libs.contracts.labels import LaneMethod
from libs.contracts.rules import Deduction, QuestionAsked
from libs.contracts.values import (
    Address,
    Condition,
    Contact,
    CreditTerms,
    Disposed,
    ExchangeTerms,
    ExchangeVariant,
    LabelTerms,
    Milestone,
    Money,
    Resolution,
    ReturnKind,
    Stage,
)
from services.portal.domain import Awaiting, FeeState, HoldState, LabelState, MoneyState, TaskKind

FRESH = {"Cache-Control": "private, no-cache"}


class Answer(BaseModel):
    """What a program is told."""

    model_config = ConfigDict(frozen=True)


class Taken(Answer):
    """Why a line gives less than it owes."""

    code: str = Field(description="`not_arrived` or `by_hand`", examples=["not_arrived"])
    amount: Money
    words: str = Field(examples=["1 of 2 did not arrive"])


class RuleTried(Answer):
    """One rule of the policy tried for a line, and why it did or did not match."""

    rule: str = Field(examples=["Sale items give store credit"])
    matched: bool
    because: str = Field(examples=["discount_percent 40 is at least 30"])


class LineTold(Answer):
    """A return line: what comes back and why, where its money is, and how that money was reckoned."""

    id: UUID
    order_line_id: UUID
    title: str = Field(examples=["Linen camp shirt"])
    variant: str | None = Field(None, examples=["Sage / 10"])
    sku: str | None = Field(None, examples=["SHIRT-SAGE-10"])
    image: str | None = None
    quantity: int = Field(examples=[1])
    reason: str = Field(examples=["size"])
    sub_reason: str | None = Field(None, examples=["too_small"])
    comment: str | None = None
    wished: Resolution = Field(description="the resolution that the shopper chose")
    resolution: Resolution = Field(description="the resolution in force, which staff may have changed")
    keep_item: bool = False
    exchange_variant: ExchangeVariant | None = Field(None, description="what an exchange gives")
    difference: FeeState | None = Field(None, description="what an exchange costs more: where that money is")
    hold: HoldState | None = Field(None, description="what is held for an exchange given at once: where that is")
    stage: Stage = Field(description="when the money moves")
    money: MoneyState = Field(description="where the money is")
    owed: Money = Field(description="by the decision, before anything is taken off")
    deductions: tuple[Taken, ...] = Field((), description="what is taken off, each with why")
    due: Money = Field(description="what is to be given: owed less deductions")
    bonus: Money | None = Field(None, description="what comes on top where store credit is given")
    total: Money = Field(description="what the shopper gets in all: `due` and `bonus`")
    paid: Money | None = Field(None, description="what the shop gave")
    arrived: int | None = Field(None, description="units that the hub counted")
    disposed: tuple[Disposed, ...] = Field((), description="what becomes of them, as far as the hub decided that")
    condition: Condition | None = Field(None, description="the worst that the hub found")
    found: str | None = Field(None, description="what the hub says, in words")
    trace: tuple[RuleTried, ...] = Field((), description="the rules tried when it was decided")


class ParcelTold(Answer):
    """A parcel of the return, and how far it has come."""

    number: int = Field(examples=[1])
    label: LabelState
    attempt: int = Field(description="labels asked for it", examples=[1])
    tracking_number: str | None = Field(None, examples=["HW1234567890"])
    accepted: bool = Field(description="by its carrier")
    received: bool = Field(description="at its hub")
    inspected: bool
    given_up: bool = Field(description="it is not waited for any more")
    method: LaneMethod | None = Field(None, description="how the shopper sends it; null while nothing is made for it")
    carrier: str | None = Field(None, description="whose label it has", examples=["own"])
    service: str | None = Field(None, examples=["Standard return"])
    hub: Address | None = Field(None, description="where it goes")
    hub_hours: str | None = Field(None, examples=["Mon to Fri, 9 to 17"])
    sent_with: str | None = Field(None, description="the shopper's own carrier, as told", examples=["DPD"])
    sent_as: str | None = Field(None, description="its number there", examples=["15501234567890"])
    delayed: tuple[Milestone, ...] = Field(
        (), description="what it should have reached by now, by its lane; `processed` is its inspection"
    )


class TaskTold(Answer):
    """Something that a person must do, who owns it, and the acts that clear it."""

    id: UUID
    kind: TaskKind
    role: str = Field(description="who owns it", examples=["agent"])
    title: str = Field(examples=["Decide on the return"])
    words: str | None = Field(None, description="what is to be known of it", examples=["photo"])
    subject: str = Field(description="the parcel, line or mark that it is about", examples=["1"])
    acts: tuple[str, ...] = Field(
        description="what clears it, the usual one first: routes below the return, or `clear` below the task",
        examples=[["accept", "reject", "ask"]],
    )
    number: str | None = Field(None, description="the return's number", examples=["R-7KQ2M9"])
    opened_at: datetime
    cleared_at: datetime | None = None
    cleared_by: str | None = None


class Entry(Answer):
    """Something that happened to the return, and what it did."""

    type: str = Field(examples=["labels.label_issued.v1"])
    at: datetime
    effect: str = Field(
        description="`applied`, `kept` for its turn, `late`, `noted`, or `stated` by the return itself",
        examples=["applied"],
    )
    by: str | None = Field(None, description="who acted, where a person or a program did", examples=["key erp"])


class FeeTold(Answer):
    """The label fee: its price to the shopper, and where it is."""

    price: Money
    state: FeeState


class ReturnListed(Answer):
    """A return in a list."""

    id: UUID
    number: str = Field(examples=["R-7KQ2M9"])
    kind: ReturnKind = Field(ReturnKind.RETURN, description="of a `withdrawal` the law decides, and not the policy")
    order: str = Field(description="the order's number", examples=["AL-1001"])
    email: str = Field(examples=["ana@example.com"])
    awaiting: Awaiting
    tracking_number: str | None = Field(None, examples=["HW1234567890"])
    owed: Money
    submitted_at: datetime
    updated_at: datetime


class ReturnTold(ReturnListed):
    """A return whole: where its goods and its money are, what must be done, and all that happened."""

    order_id: UUID
    contact: Contact
    address: Address
    label: LabelTerms
    method: LaneMethod = Field(description="how the shopper sends it, by its lane and its labels")
    fee: FeeTold
    due: Money = Field(description="of all lines, less what is taken off")
    total: Money = Field(description="of all lines, with the bonus that comes on top of store credit")
    paid: Money = Field(description="of all lines, so far")
    policy_version: int
    gift: bool = Field(False, description="whoever sends it back got it as a present: tell them no price")
    attempt: int = Field(description="its lives: it grows when an ended return is revived", examples=[1])
    held: tuple[str, ...] = Field((), description="what held it for review", examples=[["photo"]])
    withdrawn_at: datetime | None = None
    status_url: str = Field(description="the shopper's own page of it")
    lines: tuple[LineTold, ...]
    parcels: tuple[ParcelTold, ...]
    tasks: tuple[TaskTold, ...]
    history: tuple[Entry, ...]


class RequestKept(Answer):
    """A return that could not be made now, and is kept: its shopper is mailed a link to go on with it."""

    kept: str = Field(description="the number of the request", examples=["K-7KQ2M9"])
    order: str = Field(description="the order's number", examples=["AL-1001"])


class ReturnsPage(Answer):
    """Returns, the last changed first. `next` is the cursor of the next page, null on the last."""

    returns: tuple[ReturnListed, ...]
    next: str | None = None


class TasksPage(Answer):
    """Tasks, the oldest first. `next` is the cursor of the next page, null on the last."""

    tasks: tuple[TaskTold, ...]
    next: str | None = None


class OfferTold(Answer):
    """One resolution that the policy offers for a line, with what the shopper would get and when."""

    resolution: Resolution
    amount: Money
    stage: Stage
    keep_item: bool = False
    words: str
    deductions: tuple[Deduction, ...] = Field((), description="what `amount` is less by")
    credit: CreditTerms | None = Field(None, description="what goes with store credit")
    total: Money = Field(description="what the shopper gets in all: `amount`, and the bonus of `credit`")
    exchange: ExchangeTerms | None = Field(None, description="what an exchange may be chosen from")
    fallback: Resolution | None = Field(None, description="given where an exchange is sold out when its time comes")


class LinePreviewed(Answer):
    """What would be decided for one line asked for."""

    order_line_id: UUID
    title: str
    sku: str | None = None
    quantity: int
    returnable: int = Field(description="units that may still come back")
    offers: tuple[OfferTold, ...] = Field(description="none where the line may not come back")
    review: bool = Field(description="a person would decide")
    words: str | None = Field(None, description="why it may not come back, or what the policy says with its offers")
    photo_required: bool = Field(False, description="it cannot be returned without a photo of it")
    question: QuestionAsked | None = Field(None, description="what must be answered before anything is offered")
    trace: tuple[RuleTried, ...] = ()


class Preview(Answer):
    """What would be decided, were the return made now. Nothing is made."""

    order: str
    order_id: UUID
    policy_version: int
    label: LabelTerms
    fee: Money | None = Field(None, description="the label's price to the shopper; null where no lane leads from there")
    method: LaneMethod | None = Field(None, description="how the shopper would send it; null where no lane is known")
    lines: tuple[LinePreviewed, ...]


class Fault(Answer):
    """What is wrong with one field: in the `body`, `path`, `query` or `header`, by its JSON Pointer."""

    at: str = Field(alias="in", examples=["body"])
    pointer: str = Field(examples=["/lines/0/quantity"])
    fault: str = Field(examples=["Input should be greater than or equal to 1"])


class ProblemTold(Answer):
    """What went wrong (RFC 9457). `code` is stable; `reference` finds it in the log."""

    type: str = Field(examples=["urn:homeward:problem:portal.not_now"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["portal.not_now"])
    detail: str = Field(examples=["The return is closed: that cannot be done now."])
    reference: UUID
    faults: tuple[Fault, ...] | None = Field(None, description="with 422 `request.malformed`")


def sent(answer: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer on the wire."""
    body = answer.model_dump_json(by_alias=True)
    return Response(body, status, FRESH | dict(headers or {}), media_type="application/json")
