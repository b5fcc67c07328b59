"""What programs may send. Every field is checked, and one that is not here is refused."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from libs.contracts.labels import LabelOutcome
from libs.contracts.orders import SettlementOutcome
from libs.contracts.payments import FeeOutcome, HoldOutcome
from libs.contracts.values import Condition, Currency, Disposition, LabelTerms, Milestone, Money, Resolution
from services.portal.photos import MOST_A_LINE

PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"  # lines and tabs are words; what steers a terminal is not
LINES = 200

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=PLAIN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PLAIN)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[a-z0-9_.-]+$")]
QuestionAnswered = Annotated[str, StringConstraints(max_length=81, pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*$")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=10_000)]
Box = Annotated[int, Field(strict=True, ge=1, le=100, description="the parcel's number, counted from 1")]
Moment = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
Flag = Annotated[bool, Field(strict=True)]


def told(example: dict[str, Any]) -> ConfigDict:
    """The settings of a body, with one that may be sent as it stands."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Body(BaseModel):
    """What a program sends. Unknown and read-only fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Amount(Body):
    """An amount in the currency's smallest unit: 4205 GBP is £42.05."""

    amount: Annotated[int, Field(strict=True, ge=0, le=10**12)]
    currency: Currency

    def money(self) -> Money:
        """As the suite keeps it."""
        return Money(amount=self.amount, currency=self.currency)


class LineToReturn(Body):
    """Some units of one order line, named by `order_line_id` or by `sku`, with the reason and what is wished for."""

    order_line_id: UUID | None = Field(None, description="the line's id as `returnable` of a preview tells it")
    sku: Name | None = Field(None, description="the line's SKU, where only one line of the order has it")
    quantity: Quantity = 1
    reason: Code = Field(description="a code of the retailer's reasons")
    sub_reason: Code | None = None
    resolution: Resolution | None = Field(None, description="may be left out where the policy offers one only")
    exchange_variant: Name | None = Field(None, description="the shop's id of what an exchange gives")
    exchange_difference: Amount | None = Field(
        None, description="what the shopper agreed to pay on top for it: needed where it is dearer, as `to_settle` told"
    )
    comment: Words | None = None
    answer: QuestionAnswered | None = Field(
        None, description="to the policy's question, by the codes that a preview tells: `tags_on/yes`"
    )

    @model_validator(mode="after")
    def _is_named_once(self) -> "LineToReturn":
        if (self.order_line_id is None) == (self.sku is None):
            raise ValueError("name the line by order_line_id or by sku")
        return self


_SHIRT = {"sku": "SHIRT-SAGE-10", "quantity": 1, "reason": "size", "sub_reason": "too_small", "resolution": "refund"}


class ReturnToMake(Body):
    """A return on behalf of a shopper. The order is found by its number and email, as the shopper would find it."""

    model_config = told({"order": "AL-1001", "email": "ana@example.com", "lines": [_SHIRT]})

    order: Name = Field(description="the order's number")
    email: Name = Field(description="the email of the order")
    lines: list[LineToReturn] = Field(min_length=1, max_length=LINES)


class ExchangesAsked(Body):
    """A line of an order for which something else is wished, and which products of those that may be had are looked at."""

    model_config = told(
        {"order": "AL-1001", "email": "ana@example.com", "line": {"sku": "SHIRT-SAGE-10", "reason": "size"}}
    )

    order: Name = Field(description="the order's number")
    email: Name = Field(description="the email of the order")
    line: LineToReturn
    product_id: Name | None = Field(None, description="only what this product comes in")
    variant_id: Name | None = Field(None, description="only what the product of this variant comes in")
    search: Name | None = Field(None, description="words of the titles of other products")
    after: Annotated[str, StringConstraints(max_length=500, pattern=PLAIN)] | None = Field(
        None, description="`next` of the page before"
    )
    first: int = Field(12, ge=1, le=24, description="how many other products a page has")


class Acceptance(Body):
    """The terms on which a return is accepted. `keep_item`: nothing is sent, and the shopper keeps it."""

    model_config = told({"label": "free", "words": "Of course. Here is your label."})

    label: LabelTerms = LabelTerms.FREE
    keep_item: Flag = False
    words: Words | None = Field(None, description="told to the shopper")


class Rejection(Body):
    """Why a return is not accepted."""

    model_config = told({"words": "The seal of this item is broken."})

    words: Words = Field(description="told to the shopper")


class Question(Body):
    """What the shopper is asked for."""

    model_config = told({"words": "Please show us the tear.", "wants_photo": True})

    words: Words = Field(description="told to the shopper")
    wants_photo: Flag = False


class Reply(Body):
    """What the shopper answered."""

    model_config = told({"words": "The seam is torn, I wrote it to your help desk."})

    words: Words


class Remark(Body):
    """Words that go with an act; none are needed."""

    model_config = told({"words": "As agreed on the phone."})

    words: Words | None = None


class LineToSettle(Body):
    """A line to settle: all that is due for it, or `amount`; in place of the shopper's choice, `resolution`."""

    line_id: UUID
    amount: Amount | None = None
    resolution: Resolution | None = None
    words: Words | None = Field(None, description="why it is less, told to the shopper")


_LINE = "018f0000-0000-7000-8000-000000000001"


class LinesToSettle(Body):
    """The lines to settle now, whatever stage was reached."""

    model_config = told({"lines": [{"line_id": _LINE, "amount": {"amount": 2000, "currency": "GBP"}}]})

    lines: list[LineToSettle] = Field(min_length=1, max_length=LINES)

    @model_validator(mode="after")
    def _names_each_once(self) -> "LinesToSettle":
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("name each line once")
        return self


class LineToWaive(Body):
    """A line for which nothing is given."""

    model_config = told({"line_id": _LINE, "words": "The item came back worn."})

    line_id: UUID
    words: Words = Field(description="told to the shopper")


class LabelToRepeat(Body):
    """The parcel that needs a new label."""

    model_config = told({"parcel": 1})

    parcel: Box = 1


class LabelToVoid(Body):
    """The parcel whose carrier did not make a label void."""

    model_config = told({"parcel": 1})

    parcel: Box = 1


class ParcelSent(Body):
    """With which carrier of the shopper's own a parcel is under way, and under which number."""

    model_config = told({"carrier": "DPD", "tracking_number": "15501234567890"})

    carrier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=PLAIN)]
    tracking_number: Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{4,39}$")]


class FeeRecord(Body):
    """What became of the label fee outside the suite."""

    model_config = told({"outcome": "paid", "words": "Paid in the shop, receipt 4711."})

    outcome: FeeOutcome
    words: Words
    voucher: Name | None = Field(None, description="the code that waives it, which is good again when the return ends")

    @model_validator(mode="after")
    def _waives_it(self) -> "FeeRecord":
        if self.voucher is not None and self.outcome is not FeeOutcome.WAIVED:
            raise ValueError("a voucher goes with the outcome waived")
        return self


class DifferenceRecord(Body):
    """What became outside the suite of what an exchange costs more than what comes back."""

    model_config = told({"line_id": _LINE, "outcome": "paid", "words": "Paid in the shop, receipt 4712."})

    line_id: UUID
    outcome: FeeOutcome
    words: Words


class HoldRecord(Body):
    """What became of the hold for an exchange that is given at once. One `released` before it was placed is given up."""

    model_config = told({"line_id": _LINE, "outcome": "placed", "words": "Card terminal, authorisation 4711."})

    line_id: UUID
    outcome: HoldOutcome
    words: Words


class DisputeRecord(Body):
    """A bank's dispute of the label's fee, or with `line_id` of what was paid for that line's exchange."""

    model_config = told({"reference": "dp_4711", "words": "The cardholder does not recognise it."})

    reference: Name = Field(description="the dispute's own number; once for each")
    words: Words
    line_id: UUID | None = None


class LabelRecord(Body):
    """What became of a label that was refused or is unknown."""

    model_config = told({"parcel": 1, "outcome": "issued", "tracking_number": "HW123", "words": "In their portal."})

    parcel: Box = 1
    outcome: LabelOutcome
    tracking_number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")] | None = None
    words: Words

    @model_validator(mode="after")
    def _has_its_number(self) -> "LabelRecord":
        if self.outcome is LabelOutcome.ISSUED and self.tracking_number is None:
            raise ValueError("an issued label has a tracking_number")
        return self


class LabelToSend(Body):
    """Which parcel's label is mailed once more, and where to."""

    model_config = told({"parcel": 1, "to": "printer@library.example"})

    parcel: Box = 1
    to: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(description="any email address")


class SettlementRecord(Body):
    """What became of a settlement that was refused or is unknown, as somebody saw it at the shop."""

    model_config = told(
        {"line_ids": [_LINE], "outcome": "succeeded", "reference": "gid://shopify/Refund/1", "words": "Seen there."}
    )

    line_ids: list[UUID] = Field(min_length=1, max_length=LINES)
    outcome: SettlementOutcome
    reference: Name | None = Field(None, description="the shop's own id of the effect")
    words: Words

    @model_validator(mode="after")
    def _names_the_effect(self) -> "SettlementRecord":
        if self.outcome is SettlementOutcome.SUCCEEDED and self.reference is None:
            raise ValueError("a settlement that succeeded has a reference")
        return self


class LineFound(Body):
    """What a hub found of one line: how many units came, in which condition, and what becomes of them."""

    line_id: UUID
    quantity: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    condition: Condition = Field(description="`missing` where none came")
    words: Words | None = None
    disposition: Disposition | None = Field(None, description="what becomes of them, where that is decided")
    photos: list[UUID] = Field(
        [], max_length=MOST_A_LINE, description="the `photo_id` of each, as sending it was answered"
    )

    @model_validator(mode="after")
    def _is_missing_where_none_came(self) -> "LineFound":
        if self.quantity and self.condition is Condition.MISSING:
            raise ValueError("some came: say in which condition they are")
        if not self.quantity and self.disposition is not None:
            raise ValueError("none came that could have a disposition")
        return self


class Extra(Body):
    """Something in the parcel that is not of this return."""

    words: Words
    quantity: Quantity = 1


_SHIRT_FOUND = {"line_id": _LINE, "quantity": 1, "condition": "as_expected", "disposition": "restock"}


class InspectionRecord(Body):
    """What was in a parcel. Of one parcel there may be several: what they found adds up."""

    model_config = told({"parcel": 1, "lines": [_SHIRT_FOUND]})

    parcel: Box = 1
    lines: list[LineFound] = Field(max_length=LINES)
    extras: list[Extra] = Field([], max_length=LINES)
    words: Words | None = None


class MilestoneRecord(Body):
    """That a parcel was accepted by its carrier, or received at its hub, where no scan told so."""

    model_config = told({"parcel": 1, "milestone": "hub_received"})

    parcel: Box = 1
    milestone: Literal[Milestone.ACCEPTED, Milestone.HUB_RECEIVED]
    occurred_at: Moment | None = None
    words: Words | None = None
