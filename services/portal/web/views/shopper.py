"""What the shopper's pages are given."""

from dataclasses import dataclass, field
from datetime import date, datetime

from libs.contracts.labels import LaneMethod
from libs.contracts.values import Money
from services.portal.web.phrases import Status
from services.portal.web.views.parts import Label, LineStep, Link, Notice, Picture, Problems, Receipt, Telling


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A reason to choose; `ask` is the question above its sub-reasons, where the retailer wrote one."""

    code: str
    words: str
    sub_reasons: tuple["ReasonChoice", ...] = ()
    ask: str | None = None


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """A resolution the policy allows; `words` says how and when, in one line, `notes` what it is less by, `bonus` what more."""

    resolution: str
    amount: Money
    words: str
    notes: tuple["Note", ...] = ()
    bonus: Money | None = None


@dataclass(frozen=True, slots=True)
class PolicyQuestion:
    """What the policy asks about a line before anything is offered, with the `answer` given so far."""

    words: str
    answers: tuple[ReasonChoice, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Thumb:
    """A photo that is kept: where it is shown, and the value of the button `drop` that takes it out."""

    address: str
    drop: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    """A line that may come back, with the answers given so far. `price` is what was paid for one of `quantity`.

    `offers` is empty until the policy was asked; `notice` then says why none is offered, or that a person decides.
    `reasons` is empty while rules is away: then only words and photos are asked.
    """

    id: str
    product: Picture
    price: Money
    quantity: int
    reasons: tuple[ReasonChoice, ...]
    last_day: date | None = None
    ticked: bool = False
    chosen_quantity: int = 1
    reason: str | None = None
    sub_reason: str | None = None
    comment: str = ""
    needs_comment: bool = False
    wants_photos: bool = False
    photos: tuple[Thumb, ...] = ()
    offers: tuple[OfferChoice, ...] = ()
    resolution: str | None = None
    notice: Notice | None = None
    question: PolicyQuestion | None = None

    @property
    def sub_reasons(self) -> tuple[ReasonChoice, ...]:
        """What the chosen reason asks further."""
        return next((reason.sub_reasons for reason in self.reasons if reason.code == self.reason), ())

    @property
    def ask(self) -> str | None:
        """The retailer's own question above those."""
        return next((reason.ask for reason in self.reasons if reason.code == self.reason), None)


@dataclass(frozen=True, slots=True)
class ClosedItem:
    """A line that may not come back: `tag` in two words, `words` in a sentence, `link` the way out."""

    id: str
    product: Picture
    price: Money
    tag: str
    words: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Gain:
    """What the shopper gets of one kind."""

    resolution: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Dock:
    """The bar that says how many items and what comes back; `total` is None until something was chosen."""

    count: int
    total: Money | None = None
    gains: tuple[Gain, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A short word on a line, with its amount where it is about one."""

    words: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """A chosen line, to be read once more. `again` is where what it is exchanged for can be chosen anew.

    `bonus` comes on top of the amount.
    """

    id: str
    product: Picture
    quantity: int
    reason: str
    resolution: str
    amount: Money
    sub_reason: str | None = None
    comment: str | None = None
    notes: tuple[Note, ...] = ()
    again: Link | None = None
    bonus: Money | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How the parcel travels: `words` is one line of what the shopper does. The price is None until it is known."""

    title: str
    price: Money | None
    words: str
    send_by: date | None = None
    method: LaneMethod = LaneMethod.LABEL


@dataclass(frozen=True, slots=True)
class ShopCard:
    """A retailer to choose in sandbox mode, with an order to try."""

    name: str
    slug: str
    image: str | None
    order: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class FindPage:
    """Fields `order` and, by the `way`, `email`, `postcode`, `phone`, or for a `gift` `postcode` and `email`, and `by`.

    `example` is an order number of this retailer's form; `others` lead to the other ways.
    """

    csrf: str
    example: str
    order: str = ""
    email: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    way: str = "email"
    postcode: str = ""
    phone: str = ""
    others: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLinkPage:
    """The order of a signed link: one button opens it."""

    csrf: str
    order: str


@dataclass(frozen=True, slots=True)
class CodePage:
    """Field `code`. `email` is where it was sent, covered; `can_send` is whether another may be asked for."""

    csrf: str
    email: str
    can_send: bool
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Fields `item`, and for each line `reason-`, `sub-`, `comment-`, `quantity-`, `answer-`, `resolution-`, `photo-{id}`.

    `plain` while rules is away: the outcome is told by mail. `cancel` leads to what is not sent yet, `withdraw` to the
    declaration that the law lets the shopper make until `withdraw_until`.
    """

    csrf: str
    order: str
    items: tuple[ItemCard, ...]
    closed: tuple[ClosedItem, ...]
    dock: Dock
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    plain: bool = False
    cancel: Link | None = None
    withdraw: Link | None = None
    withdraw_until: date | None = None


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Hidden field `key`: the same key twice makes one return."""

    csrf: str
    key: str
    order: str
    items: tuple[SummaryItem, ...]
    way: Way
    receipt: Receipt
    terms: tuple[str, ...] = ()
    submit_words: str | None = None
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What staff ask the shopper: fields `words` and `photo`, with the words typed so far."""

    csrf: str
    action: str
    asked: str
    wants_photo: bool = False
    words: str = ""
    problems: Problems = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A gift card that the return gave; its code is None while it cannot be shown."""

    value: Money
    code: str | None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """The receipt of a withdrawal: when it was declared, and by whom."""

    at: datetime
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class StatusPage:
    """A return, at its own address for ever. `words` say where it is, `said` is what staff wrote to the shopper.

    `fresh` right after it was submitted; `changing` while it will soon change, so that the page looks again by itself.
    """

    number: str
    order: str
    status: str
    email: str
    line: tuple[LineStep, ...]
    items: tuple[SummaryItem, ...]
    receipt: Receipt
    labels: tuple[Label, ...] = ()
    send_by: date | None = None
    fresh: bool = False
    changing: bool = False
    notice: Notice | None = None
    said: str | None = None
    question: Question | None = None
    acts: tuple[Link, ...] = ()
    gift_cards: tuple[GiftCard, ...] = ()
    declared: Declared | None = None
    words: Status | None = None
    telling: Telling | None = None


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """One act on a return, to be confirmed: nothing is done before the button is pressed. `tone` is `plain` or `grave`."""

    csrf: str
    number: str
    heading: str
    words: tuple[str, ...]
    button: str
    back: str
    items: tuple[SummaryItem, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A form of a label and where it is for the next minutes; `parcel` is set where there are several."""

    form: str
    address: str
    parcel: int | None = None


@dataclass(frozen=True, slots=True)
class PapersPage:
    """Every form in which the labels of a return may be had."""

    number: str
    papers: tuple[Paper, ...]
    back: str
    minutes: int
    method: LaneMethod = LaneMethod.LABEL


@dataclass(frozen=True, slots=True)
class MadePage:
    """The return that was made in this browser: its number, its order's, and where it is."""

    csrf: str
    number: str
    order: str
    address: str


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """A page that could not be shown: `kind` is a key of phrases.FAILURES, `reference` finds it in the log.

    `kept` says in words what is not lost; `minutes` is how long to wait after too many tries.
    """

    kind: str
    reference: str
    kept: str | None = None
    minutes: int | None = None
    back: Link | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class HomePage:
    """The retailers of a sandbox, and the other places worth a look."""

    shops: tuple[ShopCard, ...]
    links: tuple[Link, ...] = ()
