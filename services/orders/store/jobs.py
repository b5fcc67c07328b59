"""A planned step read with all that its call needs."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from libs.chassis.errors import Transient
from libs.chassis.secrets import Secrets
from libs.chassis.store import Unit
from libs.contracts.values import CreditAs, Money, ReturnLine
from services.orders.domain import steps
from services.orders.domain.exchanges import agreed
from services.orders.domain.jobs import Credit, Job, Request
from services.orders.domain.native import Source
from services.orders.domain.orders import NOWHERE
from services.orders.domain.settlements import given_up, short
from services.orders.domain.steps import ENDED, Action, State
from services.orders.store import returns
from services.orders.store.shops import shop_from
from services.orders.store.tables import orders, settlements, shops

GIFT_CARD = "settlements.gift_card_code"  # the field that codes are sealed for


def job_of(unit: Unit, settlement_id: UUID) -> Job | None:
    """The step; None when it has its outcome. Raises Transient while it is not its turn or its order is not there."""
    # The database's own time: a lease on the outside world is real, whatever the clock of the sandbox says.
    sent_for = (func.now() - settlements.c.sent_at).label("sent_for")
    row = unit.db.execute(select(settlements, sent_for).where(settlements.c.id == settlement_id)).one()
    if row.state in ENDED:
        return None
    if row.state == State.PLANNED and row.id not in steps.ready(returns.steps_of(unit, row.return_id)):
        raise Transient("the return is not open at the shop yet, or not any more")
    openings = returns.openings(unit, row.return_id)
    opening = _opening_of(row, openings)
    bought = select(orders.c.shop_order_id, orders.c.view, orders.c.source).where(orders.c.id == opening.order_id)
    order = unit.db.execute(bought).one_or_none()
    if order is None or order.view is None:
        raise Transient("the order is not in the index yet")
    others = {each.reference for each in openings if each.id != opening.id and each.reference}
    return _job(unit, row, opening, order, frozenset(others))


def _opening_of(row: Row[Any], openings: list[Row[Any]]) -> Row[Any]:
    """The opening of the return that a step is taken at: its own attempt's, else the last one that is open."""
    if row.action in (Action.OPEN_RETURN, Action.CANCEL_RETURN):
        return next(each for each in openings if each.part == row.part)
    return next(each for each in reversed(openings) if each.state == State.DONE)


def _job(unit: Unit, row: Row[Any], opening: Row[Any], order: Row[Any, Any, Any], others: frozenset[str]) -> Job:
    shop = shop_from(unit.db.execute(select(shops).where(shops.c.id == row.shop_id)).one())
    credit, country = _credit(shop.retailer_id, row), order.view["address"]["country"]
    return Job(
        id=row.id,
        return_id=row.return_id,
        number=opening.asked["number"],
        action=Action(row.action),
        key=row.key,
        state=State(row.state),
        shop=shop,
        shop_order_id=order.shop_order_id,
        shop_return_id=opening.reference or "",
        lines=_lines(unit, row, opening),
        places={line.id: place for place, line in enumerate(returns.lines_of(opening), start=1)},
        shop_lines={UUID(line["id"]): line["shop_line_id"] for line in order.view["lines"]},
        tracking_number=row.asked.get("tracking_number", ""),
        owed=Money(amount=row.owed_amount or 0, currency=row.owed_currency or shop.currency),
        request=Request(**row.request, code=credit.code) if row.request else None,
        sent_for=row.sent_for,
        taken=others if row.action == Action.OPEN_RETURN else _effects_of_others(unit, row),
        by_hand=order.source == Source.RETAILER,
        credit=credit,
        agreed=agreed(opening.request),
        list_prices={UUID(line["id"]): Money.model_validate(line["list_price"]) for line in order.view["lines"]},
        country=country if country != NOWHERE else None,
        photos=opening.asked.get("photos", 0),
        photos_at=opening.asked.get("photos_at"),
        **_labels(unit, row),
    )


def _credit(retailer_id: UUID, row: Row[Any]) -> Credit:
    ends, sealed = row.asked.get("expires_on"), row.gift_card_code
    return Credit(
        CreditAs(row.asked.get("credit_as", CreditAs.STORE_CREDIT)),
        date.fromisoformat(ends) if ends else None,
        secrets().open(retailer_id, GIFT_CARD, sealed) if sealed else "",
    )


def _labels(unit: Unit, row: Row[Any]) -> dict[str, Any]:
    """Which attempt at its parcel's label a step is, and the newest of the others that stands at the shop."""
    if row.action != Action.ATTACH_LABEL:
        return {}
    parcel, attempt = steps.label_of(row.part)
    attached = select(settlements.c.part, settlements.c.reference).where(
        settlements.c.return_id == row.return_id,
        settlements.c.action == Action.ATTACH_LABEL,
        settlements.c.id != row.id,
        settlements.c.reference.is_not(None),
    )
    of = [(steps.label_of(part), reference) for part, reference in unit.db.execute(attached)]
    others = [(at, reference) for (number, at), reference in of if number == parcel]
    of_several = {"parcel": parcel, "parcels": max(parcel, row.asked.get("parcels", 1))}
    return {"label_attempt": attempt, "former_label": max(others, default=None), **of_several}


def _lines(unit: Unit, row: Row[Any], opening: Row[Any]) -> tuple[ReturnLine, ...]:
    """The lines a step is about: to open, those not settled before; to release, those that came in part or never."""
    if row.action == Action.OPEN_RETURN:
        settled = returns.settled_units(unit, row.return_id)
        return tuple(line for line in returns.lines_of(row) if line.id not in settled)
    if row.action == Action.RELEASE_UNITS:
        settled = returns.settled_units(unit, row.return_id)
        never_came = {UUID(line_id): units for line_id, units in row.asked.get("not_arrived", {}).items()}
        return short(returns.lines_of(opening), settled) + given_up(returns.lines_of(opening), settled, never_came)
    return returns.lines_of(row)


def _effects_of_others(unit: Unit, row: Row[Any]) -> frozenset[str]:
    """The shop's ids of what other steps of the kind have made: of this return, and credits of every return."""
    others = select(settlements.c.reference).where(settlements.c.id != row.id, settlements.c.reference.is_not(None))
    of_a_credit = settlements.c.action == Action.GIVE_BONUS
    of_this_return = (settlements.c.return_id == row.return_id) & (settlements.c.action == Action.SETTLE)
    others = others.where(of_a_credit if row.action == Action.GIVE_BONUS else of_this_return)
    return frozenset(unit.db.execute(others).scalars())


@cache
def secrets() -> Secrets:
    """The keyring of this process."""
    return Secrets.from_settings()
