"""Each call that changes a return at the shop, from the fact that asks for it to its effect."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import GiftCardV1
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    SettlementRequestedV1,
)
from libs.contracts.values import CreditAs
from services.orders.domain import steps
from services.orders.domain.jobs import Job, Request
from services.orders.domain.money import minor
from services.orders.domain.settlements import GiftCardNotFound, Group, groups
from services.orders.domain.shops import Shop
from services.orders.domain.steps import PATIENCE, Action, Ending, Intent, ShopAway, State, label_part, part_of
from services.orders.store import returns
from services.orders.store.jobs import GIFT_CARD, job_of, secrets
from services.orders.store.tables import credit_settings, metadata, settlement_lines, settlements


class Settlements(Store):
    """Plans a step when a fact asks for it, and records what became of it."""

    service, metadata = "orders", metadata

    def open_return(self, fact: Envelope[ReturnApprovedV1]) -> None:
        """The return is to be opened at the shop; an attempt at it ends every one before."""
        asked, told = fact.data, fact.data.model_dump(mode="json")
        part = part_of(asked.attempt)
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = returns.take(unit, asked.return_id)
            for attempt in range(1, asked.attempt):
                returns.plan(unit, shop, _calling_off(asked, attempt))
            if steps.reopening(returns.steps_of(unit, asked.return_id)):  # the approval comes after the end of it all
                returns.plan(unit, shop, Intent(asked.return_id, Action.CLOSE_RETURN, {}, part))
            returns.plan(unit, shop, Intent(asked.return_id, Action.OPEN_RETURN, told, part, asked.order_id))
            returns.advance(unit, shop, asked.return_id)

    def attach_label(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The label's number is to stand at the shop's return."""
        label = fact.data
        asked = {"tracking_number": label.tracking_number, "parcels": label.parcels}
        part = label_part(label.parcel, label.attempt)
        self._plan(fact, Intent(label.return_id, Action.ATTACH_LABEL, asked=asked, part=part))

    def give_credit_as(self, retailer_id: UUID, way: CreditAs) -> None:
        """Say what store credit is at the retailer's shop from now on."""
        said = insert(credit_settings).values(retailer_id=retailer_id, given_as=way)
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(said.on_conflict_do_update(index_elements=["retailer_id"], set_={"given_as": way}))

    def gift_card(self, retailer_id: UUID, settlement_id: UUID) -> GiftCardV1:
        """The card that a settlement gave, with its code. Raises GiftCardNotFound."""
        given = select(settlements).where(
            settlements.c.id == settlement_id, settlements.c.state == State.DONE, settlements.c.last4.is_not(None)
        )
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(given).one_or_none()
        if row is None:
            raise GiftCardNotFound()
        card = row.request["variables"]["input"]
        value, code = card["initialAmount"], secrets().open(retailer_id, GIFT_CARD, row.gift_card_code)
        return GiftCardV1(
            settlement_id=row.id,
            code=code,
            value=minor(value["amount"], value["currencyCode"]),
            expires_on=card.get("expiresOn"),
        )

    def settle(self, fact: Envelope[SettlementRequestedV1]) -> None:
        """The lines are to be settled, by one call a resolution; a line that is being settled is not settled twice."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop, asked = returns.take(unit, fact.data.return_id), fact.data
            fresh = _fresh_groups(unit, asked)
            if fresh:
                _plan_opening_again(unit, shop, asked.return_id)
                _plan_reopening(unit, shop, asked.return_id)
            for group in fresh:
                _plan_group(unit, shop, asked, group)
            returns.advance(unit, shop, asked.return_id)

    def call_off(self, fact: Envelope[ReturnCancelledV1] | Envelope[ReturnExpiredV1]) -> None:
        """The return is over before anything came back: the shop's is to be cancelled, or not to be opened at all."""
        self._plan(fact, _calling_off(fact.data, fact.data.attempt))

    def close_return(self, fact: Envelope[ReturnClosedV1]) -> None:
        """Nothing more is awaited: what never came is given up, and the shop's return closed where that is not done."""
        return_id = fact.data.return_id
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = returns.take(unit, return_id)
            part = returns.newest_part(unit, return_id)
            if returns.plan(unit, shop, Intent(return_id, Action.CLOSE_RETURN, asked={}, part=part)):
                told = {"not_arrived": {str(each.line_id): each.quantity for each in fact.data.not_arrived}}
                returns.plan(unit, shop, Intent(return_id, Action.RELEASE_UNITS, asked=told, part=part))
            returns.advance(unit, shop, return_id)

    def _plan(self, fact: Envelope[Any], intent: Intent) -> None:
        with self.unit(fact) as unit:
            if unit.seen:
                return
            return_id = fact.data.return_id
            shop = returns.take(unit, return_id)
            returns.plan(unit, shop, intent)
            returns.advance(unit, shop, return_id)

    def job(self, retailer_id: UUID, settlement_id: UUID) -> Job | None:
        """The step with all that its call needs; None when it has its outcome. Raises Transient when it must wait."""
        with self.unit(retailer_id=retailer_id) as unit:
            return job_of(unit, settlement_id)

    def send(self, job: Job, request: Request) -> bool:
        """Commit that `request` is about to leave; False when another is at it, or it is not its turn any more."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.take(unit, job.return_id)
            if job.id not in steps.ready(returns.steps_of(unit, job.return_id)):
                return False
            told = asdict(request)
            code = told.pop("code")  # whoever reads the request may not spend the card
            sealed = {"gift_card_code": secrets().seal(job.shop.retailer_id, GIFT_CARD, code)} if code else {}
            sent = {"request": told, "sent_at": func.now(), **sealed}
            return returns.change(unit, job.id, [State.PLANNED], State.SENT, **sent) is not None

    def unsend(self, job: Job) -> bool:
        """Commit that the request has had no effect; whether it may be made again now."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            shop = returns.take(unit, job.return_id)
            returns.change(unit, job.id, [State.SENT], State.PLANNED, request=None, sent_at=None)
            returns.advance(unit, shop, job.return_id)
            return job.id in steps.ready(returns.steps_of(unit, job.return_id))

    def end(self, job: Job, ending: Ending) -> None:
        """Commit what became of the call, with the fact that says so."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.end(unit, returns.take(unit, job.return_id), job.id, ending)

    def persist(self, retailer_id: UUID, settlement_id: UUID, because: str) -> None:
        """Begin the ladder anew for a step that came to its end, until its patience is over: then give it up.

        What was sent by then is unknown, for it may have been done; what never left is refused.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(settlements).where(settlements.c.id == settlement_id)).one()
            shop = returns.take(unit, row.return_id)
            if unit.now - row.planned_at < PATIENCE:
                unit.claim(returns.KIND, account=shop.domain, subject=settlement_id)
                return
            returns.end(unit, shop, settlement_id, Ending.refused(ShopAway(because)), before=[State.PLANNED])
            returns.end(unit, shop, settlement_id, Ending(State.UNKNOWN), before=[State.SENT])


def _calling_off(told: ReturnApprovedV1 | ReturnCancelledV1 | ReturnExpiredV1, attempt: int) -> Intent:
    return Intent(told.return_id, Action.CANCEL_RETURN, {}, part_of(attempt), told.order_id)


def _fresh_groups(unit: Unit, asked: SettlementRequestedV1) -> list[Group]:
    """What of a request is not asked for already, and is not held by a settlement under way, made or unclear."""
    mine = select(settlement_lines.c.line_id).where(settlement_lines.c.line_id.in_([line.id for line in asked.lines]))
    taken = set(unit.db.execute(mine).scalars())
    found = groups((line for line in asked.lines if line.id not in taken), asked.attempt)
    return [group for group in found if returns.find(unit, asked.return_id, Action.SETTLE, group.part) is None]


def _plan_opening_again(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """A settlement that is asked for again begins with what was refused."""
    found = returns.openings(unit, return_id)
    if found and found[-1].state == State.REFUSED and not steps.is_called_off(returns.steps_of(unit, return_id)):
        again = found[-1]
        returns.plan(unit, shop, Intent(return_id, Action.OPEN_RETURN, again.asked, again.part, again.order_id))


def _plan_reopening(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """Staff may settle what was given up when the return was closed: the shop takes that for an open return only."""
    part = steps.reopening(returns.steps_of(unit, return_id))
    if part is not None:
        returns.plan(unit, shop, Intent(return_id, Action.REOPEN_RETURN, {}, part))
        returns.plan(unit, shop, Intent(return_id, Action.CLOSE_RETURN, {}, part))


def _plan_group(unit: Unit, shop: Shop, asked: SettlementRequestedV1, group: Group) -> None:
    told = {
        "number": asked.number,
        "lines": [line.model_dump(mode="json") for line in group.lines],
        "credit_as": CreditAs.GIFT_CARD if asked.gift else _credit_as(unit, shop),
    }
    if group.valid_days:
        told["expires_on"] = (unit.now + timedelta(days=group.valid_days)).date().isoformat()
    intent = Intent(asked.return_id, Action.SETTLE, asked=told, part=group.part, owed=group.owed)
    settlement_id = returns.plan(unit, shop, intent)
    if settlement_id is not None:
        returns.hold(unit, settlement_id, [line.id for line in group.lines])


def _credit_as(unit: Unit, shop: Shop) -> CreditAs:
    """What store credit is now: what the retailer said, as far as the shop lets us make gift cards."""
    said = unit.db.execute(select(credit_settings.c.given_as)).scalar_one_or_none()
    can = "write_gift_cards" in shop.scopes
    return CreditAs.GIFT_CARD if said == CreditAs.GIFT_CARD and can else CreditAs.STORE_CREDIT
