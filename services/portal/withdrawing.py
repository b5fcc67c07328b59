"""Withdrawal from the contract: declared by the shopper, decided by nobody, and a return of its own kind."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from libs.chassis.clock import now
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.labels import QuoteV1
from libs.contracts.orders import GetOrderV1, OrderV1
from libs.contracts.rules import DecisionV1, EligibilityV1, LineDecision, Offer, WithdrawalTerms
from libs.contracts.values import LabelTerms, OrderLine, Resolution, ReturnKind, Stage
from services.portal.domain import Known, Links, TaskKind, submit
from services.portal.intake import NUMBERS, Intake, draft
from services.portal.store.people import Retailer
from services.portal.store.returns import LineTaken, NumberTaken, Returns
from services.portal.store.rows import Submission
from services.portal.terms import asked_of
from services.portal.wishes import Picked

REASON = "withdrawal"  # the law asks for none: this one tells a withdrawal's lines from others
WORDS = {REASON: "Withdrawal from the contract"}
GIVES = "Refunded the way you paid, once the parcel is handed in."


@dataclass(frozen=True, slots=True)
class Declaration:
    """Who withdraws from how many units of which lines, under the form's own key; the receipt goes to `email`."""

    order_id: UUID
    units: Mapping[UUID, int]
    name: str
    email: str
    key: str
    by: str = "shopper"

    @property
    def digest(self) -> bytes:
        """What tells whether a form sent again says the same."""
        units = sorted((str(line), units) for line, units in self.units.items())
        return sha256(json.dumps([str(self.order_id), units, self.name, self.email]).encode()).digest()


@dataclass(frozen=True, slots=True)
class Open:
    """An order with what of it may be withdrawn from, by line the last day for it."""

    order: OrderV1
    until: Mapping[UUID, date]

    @property
    def lines(self) -> tuple[OrderLine, ...]:
        """The lines that may be withdrawn from."""
        return tuple(line for line in self.order.lines if line.id in self.until)


def open_of(order: OrderV1, judged: EligibilityV1, today: date) -> Open:
    """What of the order may be withdrawn from today: what arrived or is on its way, and is in no return yet."""
    left = {line.id for line in order.lines if line.returnable > 0}
    days = {line.line_id: line.withdrawal_until for line in judged.lines}
    return Open(order, {id: day for id, day in days.items() if id in left and day is not None and day >= today})


@dataclass(frozen=True, slots=True)
class Terms:
    """What a declaration is recorded on; `returnable` is the shop's own number of each line."""

    order: OrderV1
    decision: DecisionV1
    picked: tuple[Picked, ...]
    returnable: dict[UUID, int]
    at: datetime
    quote: QuoteV1 | None = None


class Withdrawing:
    """Declarations of withdrawal, each made a return in the commit that records it."""

    def __init__(self, intake: Intake, returns: Returns, *, desk: str = "") -> None:
        """`desk` is the public address under which the staff's pages are."""
        self._intake, self._returns, self._desk = intake, returns, desk

    def open(self, retailer: Retailer, order_id: UUID) -> Open:
        """What may be withdrawn from now. Raises Unavailable."""
        order = self._intake.open_order(retailer, order_id)
        return open_of(order, self._intake.judge(retailer, order), now().date())

    def declare(self, retailer: Retailer, declared: Declaration) -> str:
        """Record it at this moment, once for its key; the path of the return's page.

        Refused as `portal.not_withdrawable` or `portal.already_in_a_return`, naming the item; raises KeyReused, Unavailable.
        """
        if made := self._returns.made(retailer.id, declared.key, declared.digest):
            return made
        terms = self._terms(retailer, declared, now())
        for _ in range(NUMBERS):
            try:
                return self._returns.submit(retailer.id, submission(retailer, declared, terms, self._desk))
            except NumberTaken:
                continue  # the next random number is another
            except LineTaken as taken:
                raise Refused("portal.already_in_a_return", _title(terms.order, taken.order_line_id)) from None
        raise RuntimeError(f"{NUMBERS} random numbers in a row were in use")

    def _terms(self, retailer: Retailer, declared: Declaration, at: datetime) -> Terms:
        asked = ask(retailer.id, GetOrderV1(order_id=declared.order_id))
        order = self._intake.less_open(retailer, asked)
        terms = terms_of(asked, order, self._intake.judge(retailer, order), declared, at)
        return replace(terms, quote=self._quote(retailer, order, terms.decision, terms.picked))

    def _quote(
        self, retailer: Retailer, order: OrderV1, decision: DecisionV1, picked: tuple[Picked, ...]
    ) -> QuoteV1 | None:
        """How it would travel. Where no lane leads from the country a person finds a way: the right does not wait for it."""
        try:
            return self._intake.quote(retailer, order, decision, picked)
        except Refused:
            return None


def terms_of(asked: OrderV1, order: OrderV1, judged: EligibilityV1, declared: Declaration, at: datetime) -> Terms:
    """What the law gives for a declaration, `order` being `asked` less what is in other returns. Refused as `declare` is."""
    picked = _picked(open_of(order, judged, at.date()), declared)
    contact = order.contact.model_copy(update={"name": declared.name, "email": declared.email})
    return Terms(
        order.model_copy(update={"contact": contact}),
        _decision(order, judged, picked),
        picked,
        {line.id: line.returnable for line in asked.lines},
        at,
    )


def _picked(found: Open, declared: Declaration) -> tuple[Picked, ...]:
    left = {line.id: line.returnable for line in found.lines}
    for line_id, units in declared.units.items():
        if not 0 < units <= left.get(line_id, 0):
            raise Refused("portal.not_withdrawable", _title(found.order, line_id))
    if not declared.units:
        raise Refused("portal.nothing_picked")
    return tuple(
        Picked(line_id, units, REASON, resolution=Resolution.REFUND) for line_id, units in declared.units.items()
    )


def _title(order: OrderV1, line_id: UUID) -> str:
    return next((line.title for line in order.lines if line.id == line_id), "")


def _decision(order: OrderV1, judged: EligibilityV1, picked: tuple[Picked, ...]) -> DecisionV1:
    """What the law gives: all that was paid for each line, without a fee, as soon as the parcel is handed in."""
    lines, terms = {line.id: line for line in order.lines}, judged.withdrawal or WithdrawalTerms(label=LabelTerms.FREE)
    given = (
        LineDecision(
            line_id=pick.line_id,
            offers=(
                Offer(
                    resolution=Resolution.REFUND,
                    amount=asked_of(lines[pick.line_id], pick).paid,
                    stage=Stage.FIRST_SCAN,
                    words=GIVES,
                ),
            ),
        )
        for pick in picked
    )
    return DecisionV1(
        policy_version=judged.policy_version,
        lines=tuple(given),
        label=terms.label,
        inspect=terms.inspect,
        label_price=terms.label_price,
    )


def submission(retailer: Retailer, declared: Declaration, terms: Terms, desk: str) -> Submission:
    """The return that a declaration makes, with a link of its own."""
    token, decision = token_urlsafe(24), terms.decision
    ret = draft(terms.order, decision, terms.quote, terms.picked, policy_version=decision.policy_version)
    manage = f"{desk}/admin/returns/{ret.number}"
    links = Links(f"{retailer.look.portal_url}/r/{token}", manage, retailer.review_to)
    known = Known(links, price=terms.quote.price if terms.quote else None, withdrawn_at=terms.at)
    ret = replace(ret, kind=ReturnKind.WITHDRAWAL, known=known)
    if _is_whole(terms.order, declared.units):
        ret = ret.marked(TaskKind.OUTBOUND_SHIPPING, terms.order.number)
    ret, messages = submit(ret)
    return Submission(
        ret,
        messages,
        declared.key,
        declared.digest,
        decision.model_dump(mode="json") | {"reason_words": WORDS, "fees": []},
        f"/r/{token}",
        token,
        terms.returnable,
        by=declared.by,
    )


def _is_whole(order: OrderV1, units: Mapping[UUID, int]) -> bool:
    """Whether nothing of the order is left to the shopper then."""
    goods = [line for line in order.lines if not line.gift_card]
    return all(line.returnable <= units.get(line.id, 0) and not line.unsent for line in goods)
