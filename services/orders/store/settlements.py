"""Each call that changes a return at the shop, from intent to effect."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, insert, select

from libs.chassis.errors import Transient
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.errors import Refused
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import ReturnApprovedV1, ReturnClosedV1, SettlementRequestedV1
from libs.contracts.values import Money
from services.orders.domain.jobs import Job, Request
from services.orders.domain.settlements import ENDED, Action, Group, State, groups
from services.orders.domain.shops import Shop
from services.orders.store import returns
from services.orders.store.shops import shop_from
from services.orders.store.tables import metadata, orders, settlement_lines, settlements, shops


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a return of ours that is open at the shop and not settled: the shop counts it as gone."""

    line_id: UUID
    order_line_id: UUID
    quantity: int


class Settlements(Store):
    """Plans a step when a fact asks for it, and records what became of it."""

    service, metadata = "orders", metadata

    def open_return(self, fact: Envelope[ReturnApprovedV1]) -> None:
        """The return is to be opened at the shop."""
        with self.unit(fact) as unit:
            if not unit.seen:
                shop, asked = returns.take(unit, fact.data.return_id), fact.data.model_dump(mode="json")
                returns.plan(
                    unit, shop, fact.data.return_id, Action.OPEN_RETURN, asked=asked, order_id=fact.data.order_id
                )
                returns.advance(unit, shop, fact.data.return_id)

    def attach_label(self, fact: Envelope[LabelIssuedV1]) -> None:
        """The label's number is to stand at the shop's return."""
        with self.unit(fact) as unit:
            if not unit.seen:
                shop, asked = returns.take(unit, fact.data.return_id), {"tracking_number": fact.data.tracking_number}
                returns.plan(
                    unit, shop, fact.data.return_id, Action.ATTACH_LABEL, part=f"parcel-{fact.data.parcel}", asked=asked
                )
                returns.advance(unit, shop, fact.data.return_id)

    def settle(self, fact: Envelope[SettlementRequestedV1]) -> None:
        """The lines are to be settled, by one call a resolution; a line that is being settled is not settled twice."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            asked, shop = fact.data, returns.take(unit, fact.data.return_id)
            taken = _taken(unit, [line.id for line in asked.lines])
            _plan_opening_again(unit, shop, asked.return_id)
            for group in groups(line for line in asked.lines if line.id not in taken):
                _plan_group(unit, shop, asked, group)
            returns.advance(unit, shop, asked.return_id)

    def close_return(self, fact: Envelope[ReturnClosedV1]) -> None:
        """Nothing more is awaited: the shop's return is to be closed, where settling has not done so."""
        with self.unit(fact) as unit:
            if not unit.seen:
                shop = returns.take(unit, fact.data.return_id)
                opening = returns.find(unit, fact.data.return_id, Action.OPEN_RETURN)
                returns.plan(
                    unit,
                    shop,
                    fact.data.return_id,
                    Action.CLOSE_RETURN,
                    asked={},
                    order_id=opening.order_id if opening else None,
                )
                returns.advance(unit, shop, fact.data.return_id)

    def job(self, retailer_id: UUID, settlement_id: UUID) -> Job | None:
        """The step with all that its call needs; None when it has its outcome. Raises Transient when it must wait."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(settlements).where(settlements.c.id == settlement_id)).one()
            if row.state in ENDED:
                return None
            opening = returns.find(unit, row.return_id, Action.OPEN_RETURN)
            if opening is None or (row.id != opening.id and opening.state != State.DONE):
                raise Transient("the return is not open at the shop yet")
            return _job(unit, row, opening)

    def send(self, job: Job, request: Request) -> bool:
        """Commit that `request` is about to leave; False when another is at it."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.take(unit, job.return_id)
            return (
                returns.change(unit, job.id, [State.PLANNED], State.SENT, request=asdict(request), sent_at=unit.now)
                is not None
            )

    def unsend(self, job: Job) -> None:
        """Commit that the request has had no effect and may be made again."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.take(unit, job.return_id)
            returns.change(unit, job.id, [State.SENT], State.PLANNED, request=None, sent_at=None)

    def done(self, job: Job, reference: str) -> None:
        """Record the effect by the shop's own id of it."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.end(unit, returns.take(unit, job.return_id), job.id, State.DONE, reference=reference)

    def refuse(self, job: Job, *, code: str, words: str) -> None:
        """Record that the shop, or we before it, said no."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.end(unit, returns.take(unit, job.return_id), job.id, State.REFUSED, code=code, words=words)

    def lose(self, job: Job) -> None:
        """Record that nobody but a person can say what happened."""
        with self.unit(retailer_id=job.shop.retailer_id) as unit:
            returns.end(unit, returns.take(unit, job.return_id), job.id, State.UNKNOWN)


def held_lines(unit: Unit, order_id: UUID) -> frozenset[Held]:
    """What our own returns of an order hold at the shop now."""
    other = settlements.alias()
    closed = exists().where(
        other.c.return_id == settlements.c.return_id, other.c.action == Action.CLOSE_RETURN, other.c.state == State.DONE
    )
    openings = unit.db.execute(
        select(settlements).where(
            settlements.c.order_id == order_id,
            settlements.c.action == Action.OPEN_RETURN,
            settlements.c.state == State.DONE,
            ~closed,
        )
    ).all()
    lines = [line for opening in openings for line in returns.lines_of(opening)]
    settled = set(
        unit.db.execute(
            select(settlement_lines.c.line_id)
            .join(settlements)
            .where(settlement_lines.c.line_id.in_([line.id for line in lines]), settlements.c.state == State.DONE)
        ).scalars()
    )
    return frozenset(Held(line.id, line.order_line_id, line.quantity) for line in lines if line.id not in settled)


def _taken(unit: Unit, line_ids: list[UUID]) -> set[UUID]:
    return set(
        unit.db.execute(select(settlement_lines.c.line_id).where(settlement_lines.c.line_id.in_(line_ids))).scalars()
    )


def _plan_opening_again(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """A settlement that is asked for again begins with what was refused."""
    opening = returns.find(unit, return_id, Action.OPEN_RETURN)
    if opening is not None and opening.state == State.REFUSED:
        returns.plan(unit, shop, return_id, Action.OPEN_RETURN, asked=opening.asked, order_id=opening.order_id)


def _plan_group(unit: Unit, shop: Shop, asked: SettlementRequestedV1, group: Group) -> None:
    lines = [line.model_dump(mode="json") for line in group.lines]
    settlement_id = returns.plan(
        unit,
        shop,
        asked.return_id,
        Action.SETTLE,
        part=group.part,
        owed=group.owed,
        asked={"number": asked.number, "lines": lines},
        order_id=asked.order_id,
    )
    if settlement_id is None:
        return
    unit.db.execute(
        insert(settlement_lines).values(
            [
                {"line_id": line.id, "retailer_id": unit.retailer_id, "settlement_id": settlement_id}
                for line in group.lines
            ]
        )
    )
    try:
        group.check()
    except Refused as no:
        returns.end(unit, shop, settlement_id, State.REFUSED, code=no.code, words=no.detail)


def _job(unit: Unit, row: Row[Any], opening: Row[Any]) -> Job:
    order = unit.db.execute(
        select(orders.c.shop_order_id, orders.c.view).where(orders.c.id == opening.order_id)
    ).one_or_none()
    if order is None or order.view is None:
        raise Transient("the order is not in the index yet")
    shop = shop_from(unit.db.execute(select(shops).where(shops.c.id == row.shop_id)).one())
    taken = unit.db.execute(
        select(settlements.c.reference).where(
            settlements.c.return_id == row.return_id,
            settlements.c.action == Action.SETTLE,
            settlements.c.id != row.id,
            settlements.c.reference.is_not(None),
        )
    ).scalars()
    return Job(
        id=row.id,
        return_id=row.return_id,
        number=opening.asked["number"],
        action=Action(row.action),
        key=row.key,
        state=State(row.state),
        shop=shop,
        order_id=opening.order_id,
        shop_order_id=order.shop_order_id,
        shop_return_id=opening.reference or "",
        lines=returns.lines_of(row),
        places={line.id: place for place, line in enumerate(returns.lines_of(opening), start=1)},
        shop_lines={UUID(line["id"]): line["shop_line_id"] for line in order.view["lines"]},
        tracking_number=row.asked.get("tracking_number", ""),
        owed=Money(amount=row.owed_amount or 0, currency=row.owed_currency or shop.currency),
        request=Request(**row.request) if row.request else None,
        sent_at=row.sent_at,
        taken=frozenset(taken),
    )
