"""What portal states: the return and its life, its retailers, and the webhooks that came in."""

from enum import StrEnum
from uuid import UUID

from pydantic import AwareDatetime

from libs.contracts.base import Message, Named, Request, Value
from libs.contracts.rules import DecideReturnV1, DecisionV1
from libs.contracts.values import (
    Address,
    Contact,
    Goods,
    LabelTerms,
    LineUnits,
    Look,
    Money,
    Resolution,
    ReturnKind,
    ReturnLine,
)


class ReturnSubmittedV1(Message):
    """A shopper asked to send lines back. `gift`: they got it as a present, and are not told what it cost.

    `kind`: of a `withdrawal` the law decides and not the policy; `WithdrawalDeclaredV1` follows it.
    """

    return_id: UUID
    number: str
    order_id: UUID
    order_number: str
    contact: Contact
    address: Address
    lines: tuple[ReturnLine, ...]
    status_url: str
    policy_version: int
    gift: bool = False
    kind: ReturnKind = ReturnKind.RETURN


class Chosen(Value):
    """What the shopper chose for a line of the order, of what the policy offered."""

    line_id: UUID
    resolution: Resolution


class ReturnDecidedV1(Message):
    """The policy decided a return: what it was asked, when, and what it gave, so that another can be asked the same.

    `given` is without its trace.
    """

    return_id: UUID
    number: str
    policy_version: int
    decided_at: AwareDatetime
    asked: DecideReturnV1
    given: DecisionV1
    chosen: tuple[Chosen, ...]


class ReturnHeldForReviewV1(Message):
    """A person must decide. `because` says what held it: `rule`, `photo`, `proof` or `amount`; `manage_url` is where to
    decide.

    `photo_ids` are fetched by `GetPhotoV1`; `review_to` is the retailer's address for such mail.
    """

    return_id: UUID
    number: str = ""
    because: tuple[str, ...] = ()
    photo_ids: tuple[UUID, ...] = ()
    review_to: str | None = None
    manage_url: str | None = None


class InformationRequestedV1(Message):
    """The shopper is asked for words or a photo; `answer_url` is where to answer."""

    return_id: UUID
    number: str
    words: str
    wants_photo: bool = False
    answer_url: str


class InformationReceivedV1(Message):
    """The shopper answered: the return is to be reviewed again."""

    return_id: UUID
    number: str
    words: str
    photo_ids: tuple[UUID, ...] = ()
    review_to: str | None = None
    manage_url: str | None = None


class ReturnApprovedV1(Message):
    """The return is accepted on these terms; the shop's own return is opened from it.

    `reviewed`: by a person, who may have said `words`. `attempt` counts from 1 and grows when an ended return is revived.
    `photos` is how many the shopper sent, which staff see at `photos_at` once they are signed in.
    """

    return_id: UUID
    number: str
    order_id: UUID
    lines: tuple[ReturnLine, ...]
    label: LabelTerms
    reviewed: bool = False
    words: str | None = None
    attempt: int = 1
    photos: int = 0
    photos_at: str | None = None


class ReturnRejectedV1(Message):
    """The return is not accepted; `words` say why, to the shopper."""

    return_id: UUID
    number: str
    words: str


class FeeRequestedV1(Message):
    """The label's fee is to be settled: paid, or waived where nothing is owed. `attempt` is the return's own."""

    return_id: UUID
    number: str
    label: LabelTerms
    price: Money
    voucher: str | None = None
    attempt: int = 1


class DifferenceRequestedV1(Message):
    """What an accepted exchange costs more than what comes back is to be paid: until then the line is not settled."""

    return_id: UUID
    number: str
    line_id: UUID
    price: Money
    attempt: int = 1


class HoldRequestedV1(Message):
    """An accepted exchange is to be given at once: `amount` is to be held on the shopper's card until the parcel comes.

    `attempt` is the return's own: a return that is taken up again after its end asks anew.
    """

    return_id: UUID
    number: str
    line_id: UUID
    amount: Money
    attempt: int = 1


class LabelRequestedV1(Message):
    """A parcel of this return needs its label; it is `parcel` of `parcels`, counted from 1.

    `attempt` counts from 1: one label is booked for each, and the next is only asked for when the last was refused or void.
    `goods` are what the return sends back, whichever parcel it is in, and `order_number` what they were sent out for.
    `grams` is what this parcel weighs without its box: an even part of the goods, where the weight of all is known.
    `reasons` and `product_types` are those of all goods: what a hub must take.
    """

    return_id: UUID
    number: str
    parcel: int
    parcels: int = 1
    lane_id: UUID
    sender: Address
    attempt: int = 1
    order_number: str | None = None
    goods: tuple[Goods, ...] = ()
    grams: int | None = None
    reasons: tuple[str, ...] = ()
    product_types: tuple[str, ...] = ()


class LabelVoidRequestedV1(Message):
    """The label of this parcel is not to be used: it is to be made void, whether it is issued by now or later."""

    return_id: UUID
    number: str
    parcel: int
    attempt: int = 1


class SettlementRequestedV1(Message):
    """These lines' stage was reached, or a person said so: give the shopper what is owed.

    `attempt` counts from 1 for these lines, and grows when a refused settlement is asked for again. Credit of a
    `gift` is for whoever got it, and not for who bought it.
    """

    return_id: UUID
    number: str
    order_id: UUID
    lines: tuple[ReturnLine, ...]
    attempt: int = 1
    gift: bool = False


class WithdrawalDeclaredV1(Message):
    """The shopper withdraws from the purchase of these lines (Directive (EU) 2023/2673): to be confirmed at once by mail."""

    return_id: UUID
    number: str
    declared_at: AwareDatetime
    line_ids: tuple[UUID, ...]


class ReminderDueV1(Message):
    """A return has waited so long that whom it waits for is reminded; `until` is when it expires, if it does.

    `reminded` is `shopper`, or the role of the staff who must act.
    """

    return_id: UUID
    number: str
    awaiting: str
    reminded: str
    until: AwareDatetime | None = None
    review_to: str | None = None
    manage_url: str | None = None


class ReturnCancelledV1(Message):
    """The return is called off before its first scan, by `shopper` or `staff`; `attempt` is the one that is over."""

    return_id: UUID
    number: str
    order_id: UUID
    by: str
    words: str | None = None
    attempt: int = 1


class ReturnExpiredV1(Message):
    """Nothing came in time; `awaiting` says what was waited for, `attempt` which one is over."""

    return_id: UUID
    number: str
    order_id: UUID
    awaiting: str
    attempt: int = 1


class ReturnClosedV1(Message):
    """Nothing more is awaited. `by_hand`: a person closed it and may have said `words` to the shopper.

    `not_arrived` are units of lines for which nothing was given and of which nothing came: they may be returned later.
    `nothing_sent`: no carrier and no hub has had a parcel of it, so that it ends as one that is called off.
    """

    return_id: UUID
    number: str
    by_hand: bool = False
    words: str | None = None
    not_arrived: tuple[LineUnits, ...] = ()
    nothing_sent: bool = False


class IntakeKeptV1(Message):
    """A shopper's request was kept while the order or its terms could not be looked up."""

    intake_id: UUID
    number: str
    contact: Contact
    order_number: str


class IntakeMatchedV1(Message):
    """The order of a kept request was found: the shopper goes on at `go_on_url`, with these items able to come back.

    `cannot` names items that may not come back, each with the reason in words.
    """

    intake_id: UUID
    number: str
    contact: Contact
    order_number: str
    go_on_url: str
    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()


class IntakeUnmatchedV1(Message):
    """No order matches a kept request: the shopper is told, and a person may still match it."""

    intake_id: UUID
    number: str
    contact: Contact
    order_number: str


class StaffLinkPurpose(StrEnum):
    """What a link mailed to one of the staff is for."""

    INVITE = "invite"
    RESET = "reset"


class StaffLinkIssuedV1(Message):
    """One of the staff was invited, or asked to set a new password; the link works once, until `expires_at`."""

    email: str
    purpose: StaffLinkPurpose
    role: str
    url: str
    expires_at: AwareDatetime
    by: str | None = None


class RetailerChangedV1(Message):
    """The retailer's whole look, for those who write in its name."""

    look: Look


class ShopWebhookReceivedV1(Message):
    """A shop's signed webhook was stored. `body` is the raw text as signed.

    It is empty where that is larger than 256 KiB, or is no JSON: then `body_key` names the object with its bytes.
    """

    delivery_id: UUID
    topic: str
    shop: str
    triggered_at: AwareDatetime | None = None
    body: str
    body_key: str | None = None


class CarrierWebhookReceivedV1(Message):
    """A carrier's webhook was proved genuine and stored. `body` is the raw text as it came.

    `carrier` names the carrier, or the retailer's account there; `sender` whose shape the body has: `standard` (ours),
    `easypost`, `seko`, `aftership` or `shippo`.
    """

    delivery_id: UUID
    carrier: str
    received_at: AwareDatetime
    body: str
    sender: str = "standard"


class PhotoV1(Named):
    """A shopper's photo with its bytes."""

    photo_id: UUID
    media_type: str
    content: bytes


class GetPhotoV1(Request[PhotoV1]):
    """The photo with this id; refused as `portal.not_found`."""

    photo_id: UUID
