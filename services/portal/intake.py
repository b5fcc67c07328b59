"""From an order to a submitted return: what the gateway asks the other services while a shopper waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import choice, token_urlsafe
from types import MappingProxyType
from uuid import UUID

from libs.chassis.clock import now
from libs.chassis.errors import Unavailable
from libs.chassis.ids import new_id
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import LaneMethod, QuoteLabelV1, QuoteV1
from libs.contracts.orders import FindOrderV1, GetOrderV1, OrderV1
from libs.contracts.portal import Chosen, ReturnDecidedV1
from libs.contracts.rules import (
    DecideReturnV1,
    DecisionV1,
    EligibilityV1,
    JudgeOrderV1,
    LineDecision,
)
from libs.contracts.values import (
    Contact,
    ExchangeVariant,
    LabelTerms,
    Money,
    OrderLine,
    Resolution,
    ReturnLine,
)
from services.portal import gifts
from services.portal.comparing import AMOUNT, differs
from services.portal.domain import Awaiting, Known, Line, Links, Return, submit
from services.portal.exchanging import offer_of, variants_of
from services.portal.lookup import Typed, Way
from services.portal.photos import KeptPhoto
from services.portal.store.people import Retailer
from services.portal.store.returns import LineTaken, NumberTaken, Returns
from services.portal.store.rows import Photo, Submission
from services.portal.store.shoppers import Shoppers
from services.portal.terms import (
    asked_of,
    at_the_policys_price,
    fees_of,
    grams_sent,
    held_by,
    nothing_missing,
    sends_something,
)
from services.portal.wishes import Picked, Seen, Wish, digest_of

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 or O, no 1, I or L, no U: read aloud without mistakes
NUMBERS = 5  # attempts; more would mean that another fault is taken for a number in use
NUMBER_LENGTH = 6  # 30^6 is 729 million: a retailer's numbers stay hard to guess and rarely meet


class Intake:
    """The shopper's questions, put together from orders, rules, labels and the open returns."""

    def __init__(self, returns: Returns, *, desk: str = "") -> None:
        """`desk` is the public address under which the staff's pages are."""
        self._returns, self._desk, self._shoppers = returns, desk, Shoppers()

    def find(self, retailer: Retailer, *, number: str, email: str) -> OrderV1:
        """The order that number and email match. Refused as `orders.not_found`."""
        return ask(retailer.id, FindOrderV1(number=number, email=email))

    def look_up(self, retailer: Retailer, typed: Typed) -> OrderV1:
        """The order that a shopper means; of a gift with the recipient in the buyer's place. Refused as `orders.not_found`."""
        order = ask(retailer.id, typed.request())
        if typed.way is not Way.GIFT:
            return order
        recipient = Contact(name=order.address.name, email=typed.email, language=retailer.look.language)
        return gifts.of_receiver(order, recipient)

    def is_submitted(self, retailer: Retailer, key: str) -> bool:
        """Whether a return was made with this key."""
        return self._returns.is_submitted(retailer.id, key)

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

    def judge(self, retailer: Retailer, order: OrderV1) -> EligibilityV1:
        """Which lines may come back, and the reasons to choose from."""
        return ask(
            retailer.id,
            JudgeOrderV1(
                placed_at=order.placed_at,
                country=order.address.country,
                language=retailer.look.language,
                lines=order.lines,
                order_total=order.total,
                circumstances=self._shoppers.before(retailer.id, order).circumstances,
            ),
        )

    def decide(
        self,
        retailer: Retailer,
        order: OrderV1,
        picked: Sequence[Picked],
        photos: Sequence[KeptPhoto] = (),
        *,
        explain: bool = True,
    ) -> DecisionV1:
        """What the policy gives for the lines picked, `photos` being those that were taken of them."""
        asked = self.asked(retailer, order, picked, photos)
        return ask(retailer.id, asked.model_copy(update={"explain": explain}))

    def asked(
        self, retailer: Retailer, order: OrderV1, picked: Sequence[Picked], photos: Sequence[KeptPhoto] = ()
    ) -> DecideReturnV1:
        """What the policy is asked: all that it may look at, so that another policy can be asked the same later."""
        lines, before = {line.id: line for line in order.lines}, self._shoppers.before(retailer.id, order)
        pictured = {photo.line_id for photo in photos}
        return DecideReturnV1(
            placed_at=order.placed_at,
            country=order.address.country,
            language=retailer.look.language,
            order_total=order.total,
            lines=tuple(
                asked_of(lines[pick.line_id], pick, has_photo=pick.line_id in pictured)
                for pick in picked
                if pick.line_id in lines
            ),
            circumstances=before.circumstances,
            fees_taken=before.fees_taken,
        )

    @staticmethod
    def quote(retailer: Retailer, order: OrderV1, decision: DecisionV1, picked: Sequence[Picked]) -> QuoteV1 | None:
        """How the parcel would travel; None while labels is away, or where nothing is to be sent.

        Refused as `labels.no_lane`.
        """
        if decision.label is LabelTerms.NONE or not sends_something(decision, picked):
            return None
        try:
            return at_the_policys_price(ask(retailer.id, _wanted(order, decision, picked)), decision.label_price)
        except Unavailable as away:
            log.warning("portal.quote_unavailable", error=str(away))
            return None

    def submit(self, retailer: Retailer, wish: Wish) -> str:
        """Submit once; the path of the return's status page. Refused with a code the page explains; raises KeyReused."""
        if made := self._returns.made(retailer.id, wish.key, digest_of(wish)):
            return made  # whatever the others would say by now, or whether they are there at all
        asked = ask(retailer.id, GetOrderV1(order_id=wish.order_id))
        order = self.less_open(retailer, asked)
        order = gifts.of_receiver(order, wish.recipient) if wish.recipient else order
        _still_there(asked, order, wish.picked)
        asked_policy = self.asked(retailer, order, wish.picked, wish.photos)
        decision, decided_at = ask(retailer.id, asked_policy), now()
        nothing_missing(decision, wish)
        if wish.recipient is not None:
            gifts.check(order, decision, wish.picked)
        quote = self.quote(retailer, order, decision, wish.picked)
        variants = variants_of(retailer.id, order, decision, wish.picked)
        held = held_by(wish, decision) | ({AMOUNT} if differs(retailer.id, order, asked_policy) else set())
        returnable = _returnable(retailer, wish)
        terms = _Terms(order, decision, quote, returnable, self._desk, variants, asked_policy, decided_at, held)
        for _ in range(NUMBERS):
            try:
                return self._returns.submit(retailer.id, _submission(retailer, wish, terms))
            except NumberTaken:
                continue  # two random numbers in 729 million met: the next attempt has another
            except LineTaken as taken:
                raise _already_taken(order, taken.order_line_id) from None
        raise RuntimeError(f"{NUMBERS} random numbers in a row were in use")


def _returnable(retailer: Retailer, wish: Wish) -> dict[UUID, int]:
    """The shop's own number of each line right before it is taken: what is settled meanwhile is off it before we let go."""
    return {line.id: line.returnable for line in ask(retailer.id, GetOrderV1(order_id=wish.order_id)).lines}


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a return is made on. `returnable` is the shop's own number of each line, from which open returns are taken."""

    order: OrderV1
    decision: DecisionV1
    quote: QuoteV1 | None
    returnable: dict[UUID, int]
    desk: str
    variants: Mapping[UUID, ExchangeVariant]
    asked: DecideReturnV1
    decided_at: datetime
    held: frozenset[str]


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
    photos, held = _photos(wish, ret), terms.held
    review = token_urlsafe(32) if held else None
    manage = f"{terms.desk}/admin/review/{review}" if review else f"{terms.desk}/admin/returns/{ret.number}"
    known = Known(
        Links(f"{retailer.look.portal_url}/r/{token}", manage, retailer.review_to),
        price=terms.quote.price if terms.quote else None,
        method=terms.quote.method if terms.quote else LaneMethod.LABEL,
        photo_ids=tuple(photo.id for photo in photos),
        held=held,
        gift=wish.recipient is not None,
    )
    ret, messages = submit(replace(ret, known=known))
    return Submission(
        ret,
        [*messages, _decided(ret, wish, terms)],
        wish.key,
        digest_of(wish),
        decision.model_dump(mode="json") | {"reason_words": wish.reason_words, "fees": fees_of(decision, wish.picked)},
        f"/r/{token}",
        token,
        terms.returnable,
        photos,
        review_link=review,
        by=wish.by,
    )


def _decided(ret: Return, wish: Wish, terms: _Terms) -> ReturnDecidedV1:
    return ReturnDecidedV1(
        return_id=ret.id,
        number=ret.number,
        policy_version=terms.decision.policy_version,
        decided_at=terms.decided_at,
        asked=terms.asked,
        given=_untraced(terms.decision),
        chosen=tuple(
            Chosen(line_id=pick.line_id, resolution=Resolution(pick.resolution))
            for pick in wish.picked
            if pick.resolution
        ),
    )


def _untraced(decision: DecisionV1) -> DecisionV1:
    lines = (line.model_copy(update={"trace": (), "why": None}) for line in decision.lines)
    return decision.model_copy(update={"lines": tuple(lines)})


def _wanted(order: OrderV1, decision: DecisionV1, picked: Sequence[Picked]) -> QuoteLabelV1:
    """The parcel to be quoted: where it comes from, and what a hub must take."""
    types = {line.id: line.product_type for line in order.lines}
    return QuoteLabelV1(
        country=order.address.country,
        hub=decision.hub,
        postcode=order.address.postcode,
        grams=grams_sent(order.lines, decision, picked),
        reasons=tuple(sorted({pick.reason for pick in picked})),
        product_types=tuple(sorted({kind for pick in picked if (kind := types.get(pick.line_id))})),
    )


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
    offer = offer_of(decision, pick.resolution, line.title)
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
        instant=offer.exchange is not None and offer.exchange.instant,
        hs_code=line.hs_code,
        origin=line.origin,
        grams=line.grams,
        shipped_as=line.shipped_as,
        product_type=line.product_type,
    )


def _photos(wish: Wish, ret: Return) -> tuple[Photo, ...]:
    lines = {line.asked.order_line_id: line.asked.id for line in ret.lines}
    return tuple(
        Photo(new_id(), lines[photo.line_id], photo.object_key, photo.width, photo.height)
        for photo in wish.photos
        if photo.line_id in lines
    )


def new_number(letter: str = "R") -> str:
    """A public number, like R-7KQ2M9 of a return."""
    return f"{letter}-" + "".join(choice(ALPHABET) for _ in range(NUMBER_LENGTH))


__all__ = [
    "NUMBERS",
    "Intake",
    "Picked",
    "Seen",
    "Wish",
    "asked_of",
    "digest_of",
    "draft",
    "held_by",
    "new_number",
    "sends_something",
]
