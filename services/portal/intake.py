"""From an order to a submitted return: what the gateway asks the other services while a shopper waits."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from secrets import choice, token_urlsafe
from types import MappingProxyType
from typing import Any
from uuid import UUID

from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteLabelV1, QuoteV1
from libs.contracts.orders import FindOrderV1, GetExchangesV1, GetOrderV1, OrderV1
from libs.contracts.rules import DecideReturnV1, DecisionV1, EligibilityV1, JudgeOrderV1, LineAsked, LineDecision, Offer
from libs.contracts.values import Contact, ExchangeVariant, LabelTerms, Money, OrderLine, Resolution, ReturnLine
from services.portal.domain import Awaiting, Known, Line, Links, Return, share, submit
from services.portal.lookup import Typed, Way
from services.portal.photos import KeptPhoto
from services.portal.store.people import Retailer
from services.portal.store.returns import LineTaken, NumberTaken, Returns
from services.portal.store.rows import Photo, Submission

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 or O, no 1, I or L, no U: read aloud without mistakes
NUMBERS = 5  # attempts; more would mean that another fault is taken for a number in use
NUMBER_LENGTH = 6  # 30^6 is 729 million: a retailer's numbers stay hard to guess and rarely meet


@dataclass(frozen=True, slots=True)
class Picked:
    """What the shopper said of one order line. `resolution` is empty until chosen."""

    line_id: UUID
    quantity: int
    reason: str
    sub_reason: str | None = None
    comment: str | None = None
    resolution: str | None = None
    exchange_variant: str | None = None  # the shop's id of what is wished for in its place


@dataclass(frozen=True, slots=True)
class Wish:
    """A return about to be submitted. `key` is the form's own, so that a repeat makes nothing twice."""

    order_id: UUID
    picked: tuple[Picked, ...]
    key: str
    photos: tuple[KeptPhoto, ...] = ()
    reason_words: dict[str, str] = field(default_factory=dict)  # as the shopper read them, kept with the return
    proof: bool = False  # a receipt stood in for the order's number, so that a person decides
    by: str = "shopper"  # who made it, for the record
    recipient: Contact | None = None  # of a gift: who sends it back, and hears of it in the buyer's place


class Intake:
    """The shopper's questions, put together from orders, rules, labels and the open returns."""

    def __init__(self, returns: Returns, *, desk: str = "") -> None:
        """`desk` is the public address under which the staff's pages are."""
        self._returns, self._desk = returns, desk

    def find(self, retailer: Retailer, *, number: str, email: str) -> OrderV1:
        """The order that number and email match. Refused as `orders.not_found`."""
        return ask(retailer.id, FindOrderV1(number=number, email=email))

    def look_up(self, retailer: Retailer, typed: Typed) -> OrderV1:
        """The order that a shopper means; of a gift with the recipient in the buyer's place. Refused as `orders.not_found`."""
        order = ask(retailer.id, typed.request())
        if typed.way is not Way.GIFT:
            return order
        recipient = Contact(name=order.address.name, email=typed.email, language=retailer.look.language)
        return order.model_copy(update={"contact": recipient})

    def open_order(self, retailer: Retailer, order_id: UUID) -> OrderV1:
        """The order as it is now, each line's `returnable` less what is in open returns."""
        order = ask(retailer.id, GetOrderV1(order_id=order_id))
        return self.less_open(retailer, order)

    def less_open(self, retailer: Retailer, order: OrderV1) -> OrderV1:
        """`order` with each line's `returnable` less what is in open returns."""
        taken = self._returns.open_units(retailer.id, order.lines)
        return order.model_copy(
            update={
                "lines": tuple(
                    line.model_copy(update={"returnable": max(0, line.returnable - taken.get(line.id, 0))})
                    for line in order.lines
                )
            }
        )

    @staticmethod
    def judge(retailer: Retailer, order: OrderV1) -> EligibilityV1:
        """Which lines may come back, and the reasons to choose from."""
        return ask(
            retailer.id,
            JudgeOrderV1(
                placed_at=order.placed_at,
                country=order.address.country,
                language=retailer.look.language,
                lines=order.lines,
            ),
        )

    @staticmethod
    def decide(retailer: Retailer, order: OrderV1, picked: Sequence[Picked]) -> DecisionV1:
        """What the policy gives for the lines picked."""
        lines = {line.id: line for line in order.lines}
        return ask(
            retailer.id,
            DecideReturnV1(
                placed_at=order.placed_at,
                country=order.address.country,
                language=retailer.look.language,
                order_total=order.total,
                lines=tuple(asked_of(lines[pick.line_id], pick) for pick in picked if pick.line_id in lines),
            ),
        )

    @staticmethod
    def quote(retailer: Retailer, order: OrderV1, decision: DecisionV1, picked: Sequence[Picked]) -> QuoteV1 | None:
        """How the parcel would travel; None while labels is away, or where nothing is to be sent.

        Refused as `labels.no_lane`.
        """
        if decision.label is LabelTerms.NONE or not sends_something(decision, picked):
            return None
        try:
            return ask(retailer.id, QuoteLabelV1(country=order.address.country))
        except Unavailable as away:
            log.warning("portal.quote_unavailable", error=str(away))
            return None

    @staticmethod
    def _variants(retailer: Retailer, order: OrderV1, picked: Sequence[Picked]) -> dict[UUID, ExchangeVariant]:
        """What each exchange gives, as the shop has it now. Refused where it cannot be taken, or as orders refuses it."""
        found: dict[UUID, ExchangeVariant] = {}
        for pick in picked:
            if pick.resolution != Resolution.EXCHANGE:
                continue
            told = ask(retailer.id, GetExchangesV1(order_id=order.order_id, line_id=pick.line_id))
            open_to = {choice.variant_id: choice.title for choice in told.choices if choice.can_be_taken}
            if pick.exchange_variant not in open_to:
                raise Refused("portal.variant_not_offered", _title(order, pick.line_id))
            found[pick.line_id] = ExchangeVariant(id=pick.exchange_variant, title=open_to[pick.exchange_variant])
        return found

    def submit(self, retailer: Retailer, wish: Wish) -> str:
        """Submit once; the path of the return's status page. Refused with a code the page explains; raises KeyReused."""
        if made := self._returns.made(retailer.id, wish.key, digest_of(wish)):
            return made  # whatever the others would say by now, or whether they are there at all
        asked = ask(retailer.id, GetOrderV1(order_id=wish.order_id))
        order = self.less_open(retailer, asked)
        order = order.model_copy(update={"contact": wish.recipient}) if wish.recipient else order
        _still_there(asked, order, wish.picked)
        decision = self.decide(retailer, order, wish.picked)
        quote = self.quote(retailer, order, decision, wish.picked)
        variants = self._variants(retailer, order, wish.picked)
        terms = _Terms(order, decision, quote, {line.id: line.returnable for line in asked.lines}, self._desk, variants)
        for _ in range(NUMBERS):
            try:
                return self._returns.submit(retailer.id, _submission(retailer, wish, terms))
            except NumberTaken:
                continue  # two random numbers in 729 million met: the next attempt has another
            except LineTaken as taken:
                raise _already_taken(order, taken.order_line_id) from None
        raise RuntimeError(f"{NUMBERS} random numbers in a row were in use")


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a return is made on. `returnable` is the shop's own number of each line, from which open returns are taken."""

    order: OrderV1
    decision: DecisionV1
    quote: QuoteV1 | None
    returnable: dict[UUID, int]
    desk: str
    variants: Mapping[UUID, ExchangeVariant]


def _still_there(asked: OrderV1, order: OrderV1, picked: Sequence[Picked]) -> None:
    """Raise Refused for a line that `asked` has enough of, but whose units are in other returns by now."""
    shops_own = {line.id: line.returnable for line in asked.lines}
    left = {line.id: line.returnable for line in order.lines}
    for pick in picked:
        if left.get(pick.line_id, 0) < pick.quantity <= shops_own.get(pick.line_id, 0):
            raise _already_taken(order, pick.line_id)


def _already_taken(order: OrderV1, line_id: UUID) -> Refused:
    return Refused("portal.already_in_a_return", _title(order, line_id))


def _title(order: OrderV1, line_id: UUID) -> str:
    return next((line.title for line in order.lines if line.id == line_id), "")


def _submission(retailer: Retailer, wish: Wish, terms: _Terms) -> Submission:
    token, decision = token_urlsafe(24), terms.decision
    order, version = terms.order, decision.policy_version
    ret = draft(order, decision, terms.quote, wish.picked, policy_version=version, variants=terms.variants)
    photos, held = _photos(wish, ret), held_by(wish, decision)
    review = token_urlsafe(32) if held else None
    manage = f"{terms.desk}/admin/review/{review}" if review else f"{terms.desk}/admin/returns/{ret.number}"
    known = Known(
        Links(f"{retailer.look.portal_url}/r/{token}", manage, retailer.review_to),
        price=terms.quote.price if terms.quote else None,
        photo_ids=tuple(photo.id for photo in photos),
        held=held,
    )
    ret, messages = submit(replace(ret, known=known))
    return Submission(
        ret,
        messages,
        wish.key,
        digest_of(wish),
        decision.model_dump(mode="json") | {"reason_words": wish.reason_words},
        f"/r/{token}",
        token,
        terms.returnable,
        photos,
        review_link=review,
        by=wish.by,
    )


def held_by(wish: Wish, decision: DecisionV1) -> frozenset[str]:
    """What holds this return until a person has decided: a `rule`, a `photo`, or the `proof` of purchase."""
    picked = {pick.line_id for pick in wish.picked}
    why = {
        "rule": any(line.review for line in decision.lines if line.line_id in picked),
        "photo": any(photo.line_id in picked for photo in wish.photos),
        "proof": wish.proof,
    }
    return frozenset(name for name, holds in why.items() if holds)


def sends_something(decision: DecisionV1, picked: Sequence[Picked]) -> bool:
    """Whether any line is to be posted, by what was chosen for it so far."""
    decided = {line.line_id: line.offers for line in decision.lines}
    chosen = [
        offer
        for pick in picked
        for offer in decided.get(pick.line_id, ())
        if pick.resolution is None or offer.resolution == pick.resolution
    ]
    return not chosen or not all(offer.keep_item for offer in chosen)


def draft(
    order: OrderV1,
    decision: DecisionV1,
    quote: QuoteV1 | None,
    picked: Sequence[Picked],
    *,
    policy_version: int,
    variants: Mapping[UUID, ExchangeVariant] = MappingProxyType({}),
) -> Return:
    """The return that `picked` makes of `order` on the terms of `decision`, without a lane where there is no `quote`.

    `variants` are what exchanges give, by order line. Refused when the policy does not offer it.
    """
    lines = {line.id: line for line in order.lines}
    decided = {line.line_id: line for line in decision.lines}
    if not picked:
        raise Refused("portal.nothing_picked")
    fee = Money(amount=0, currency=order.currency)
    if quote is not None:
        paid = decision.label is LabelTerms.PAID
        fee = quote.price if paid else Money(amount=0, currency=quote.price.currency)
    return Return(
        id=new_id(),
        number=new_number(),
        order_id=order.order_id,
        order_number=order.number,
        contact=order.contact,
        address=order.address,
        awaiting=Awaiting.REVIEW,
        label=decision.label,
        lines=tuple(Line(_line(lines, decided, pick, variants.get(pick.line_id))) for pick in picked),
        fee=fee,
        lane_id=quote.lane_id if quote else None,
        inspect=decision.inspect,
        policy_version=policy_version,
    )


def _line(
    lines: dict[UUID, OrderLine], decided: dict[UUID, LineDecision], pick: Picked, variant: ExchangeVariant | None
) -> ReturnLine:
    line, decision = lines.get(pick.line_id), decided.get(pick.line_id)
    if line is None or decision is None:
        raise Refused("portal.not_in_the_order")
    offer = _offer(decision, pick.resolution, line.title)
    if offer.resolution is Resolution.EXCHANGE and variant is None:
        raise Refused("portal.variant_not_offered", line.title)
    return ReturnLine(
        id=new_id(),
        order_line_id=line.id,
        title=line.title,
        variant=line.variant,
        sku=line.sku,
        image=line.image,
        quantity=pick.quantity,
        reason=pick.reason,
        sub_reason=pick.sub_reason,
        comment=pick.comment,
        resolution=offer.resolution,
        owed=offer.amount,
        stage=offer.stage,
        keep_item=offer.keep_item,
        exchange_variant=variant,
        fallback=offer.fallback,
        credit=offer.credit,
    )


def _offer(decision: LineDecision, resolution: str | None, title: str) -> Offer:
    offer = next((offer for offer in decision.offers if offer.resolution == resolution), None)
    if offer is None:
        raise Refused("portal.not_offered", title)
    return offer


def asked_of(line: OrderLine, pick: Picked) -> LineAsked:
    """What is asked of the policy for these units of `line`, with what was paid for them."""
    units = max(1, min(pick.quantity, line.quantity))
    # The units that came back before had their shares: what is left shares what they left, to the penny.
    before = max(0, min(line.quantity - line.returnable, line.quantity - units))
    return LineAsked(
        line=line,
        quantity=units,
        paid=share(line.paid, quantity=line.quantity, units=units, before=before),
        reason=pick.reason,
        sub_reason=pick.sub_reason,
    )


def _photos(wish: Wish, ret: Return) -> tuple[Photo, ...]:
    lines = {line.asked.order_line_id: line.asked.id for line in ret.lines}
    return tuple(
        Photo(new_id(), lines[photo.line_id], photo.object_key, photo.width, photo.height)
        for photo in wish.photos
        if photo.line_id in lines
    )


def digest_of(wish: Wish) -> bytes:
    """What tells whether a form sent again says the same."""
    said: Any = [
        str(wish.order_id),
        [
            [str(value) for value in (p.line_id, p.quantity, p.reason, p.sub_reason, p.comment, p.resolution)]
            + ([p.exchange_variant] if p.exchange_variant else [])
            for p in wish.picked
        ],
    ]
    return sha256(json.dumps(said).encode()).digest()


def new_number(letter: str = "R") -> str:
    """A public number, like R-7KQ2M9 of a return."""
    return f"{letter}-" + "".join(choice(ALPHABET) for _ in range(NUMBER_LENGTH))


__all__ = [
    "NUMBERS",
    "Intake",
    "Picked",
    "Wish",
    "asked_of",
    "digest_of",
    "draft",
    "held_by",
    "new_number",
    "sends_something",
]
