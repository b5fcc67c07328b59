"""Each call that changes a return at the shop, from the fact that asks for it to its effect."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import ReturnApprovedV1, ReturnClosedV1, SettlementRequestedV1
from services.orders.domain.jobs import Job, Request
from services.orders.domain.settlements import Action, Ending, Group, Intent, State, groups
from services.orders.domain.shops import Shop
from services.orders.store import returns
from services.orders.store.jobs import job_of
from services.orders.store.tables import metadata, settlement_lines


class Settlements(Store):
    """Plans a step when a fact asks for it, and records what became of it."""

    service, metadata = "orders", metadata

    def open_return(self, fact: Envelope[ReturnApprovedV1]) -> None:
        """The return is to be opened at the shop."""
        asked = fact.data
        told = asked.model_dump(mode="json")
        self._plan(fact, Intent(asked.return_id, Action.OPEN_RETURN, asked=told, order_id=asked.order_id))

    def attach_label(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The label's number is to stand at the shop's return."""
        asked, part = {"tracking_number": fact.data.tracking_number}, f"parcel-{fact.data.parcel}"
        self._plan(fact, Intent(fact.data.return_id, Action.ATTACH_LABEL, asked=asked, part=part))

    def settle(self, fact: Envelope[SettlementRequestedV1]) -> None:
        """The lines are to be settled, by one call a resolution; a line that is being settled is not settled twice."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop, asked = returns.take(unit, fact.data.return_id), fact.data
            _plan_opening_again(unit, shop, asked.return_id)
            taken = _taken(unit, [line.id for line in asked.lines])
            for group in groups(line for line in asked.lines if line.id not in taken):
                _plan_group(unit, shop, asked, group)
            returns.advance(unit, shop, asked.return_id)

    def close_return(self, fact: Envelope[ReturnClosedV1]) -> None:
        """Nothing more is awaited: the shop's return is to be closed, where settling has not done so."""
        self._plan(fact, Intent(fact.data.return_id, Action.CLOSE_RETURN, asked={}))

    def _plan(self, fact: Envelope[Any], intent: Intent) -> None:
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = returns.take(unit, intent.return_id)
            returns.plan(unit, shop, intent)
            returns.advance(unit, shop, intent.return_id)

    def job(self, retailer_id: UUID, settlement_id: UUID) -> Job | None:
        """The step with all that its call needs; None when it has its outcome. Raises Transient when it must wait."""
        with self.unit(retailer_id=retailer_id) as unit:
            return job_of(unit, settlement_id)

    def send(self, job: Job, request: Request) -> bool:
        """Commit that `request` is about to leave; False when another is at it."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.take(unit, job.return_id)
            sent = {"request": asdict(request), "sent_at": func.now()}
            return returns.change(unit, job.id, [State.PLANNED], State.SENT, **sent) is not None

    def unsend(self, job: Job) -> None:
        """Commit that the request has had no effect and may be made again."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.take(unit, job.return_id)
            returns.change(unit, job.id, [State.SENT], State.PLANNED, request=None, sent_at=None)

    def end(self, job: Job, ending: Ending) -> None:
        """Commit what became of the call, with the fact that says so."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.end(unit, returns.take(unit, job.return_id), job.id, ending)


def _taken(unit: Unit, line_ids: list[UUID]) -> set[UUID]:
    mine = select(settlement_lines.c.line_id).where(settlement_lines.c.line_id.in_(line_ids))
    return set(unit.db.execute(mine).scalars())


def _plan_opening_again(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """A settlement that is asked for again begins with what was refused."""
    opening = returns.find(unit, return_id, Action.OPEN_RETURN)
    if opening is not None and opening.state == State.REFUSED:
        again = Intent(return_id, Action.OPEN_RETURN, asked=opening.asked, order_id=opening.order_id)
        returns.plan(unit, shop, again)


def _plan_group(unit: Unit, shop: Shop, asked: SettlementRequestedV1, group: Group) -> None:
    told = {"number": asked.number, "lines": [line.model_dump(mode="json") for line in group.lines]}
    intent = Intent(asked.return_id, Action.SETTLE, asked=told, part=group.part, owed=group.owed)
    settlement_id = returns.plan(unit, shop, intent)
    if settlement_id is None:
        return
    held = {"retailer_id": unit.retailer_id, "settlement_id": settlement_id}
    unit.db.execute(insert(settlement_lines).values([{"line_id": line.id, **held} for line in group.lines]))
    try:
        group.check()
    except Refused as no:
        returns.end(unit, shop, settlement_id, Ending(State.REFUSED, code=no.code, words=no.detail))
