"""The steps of one return, held together: what is planned, what may go next, what the ledger says of each change."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis import ledger
from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.store import Unit
from libs.contracts.values import ReturnLine
from services.orders.domain import settlements as domain
from services.orders.domain import steps
from services.orders.domain.native import Source
from services.orders.domain.shops import Shop
from services.orders.domain.steps import PATIENCE, WHOLE, Action, Ending, Intent, State, Step, attempt_of, part_of
from services.orders.store.facts import GIFT_CARD_CREATE, fact_of, lines_of, resolution_of
from services.orders.store.holding import take_off
from services.orders.store.shops import shop_of
from services.orders.store.tables import ledger_entries, orders, settlement_lines, settlements

KIND = "settlements"  # the work that makes these calls
REFRESHES = "refreshes"  # the work that reads an order again


def take(unit: Unit, return_id: UUID) -> Shop:
    """Hold every step of the return until the commit, so that none is overlooked. Raises Transient without a shop."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"return:{return_id}", 0))))
    shop = shop_of(unit)
    if shop is None:
        raise Transient("the retailer's shop is not connected")
    return shop


def plan(unit: Unit, shop: Shop, intent: Intent) -> UUID | None:
    """Write an intent, once; one that was refused is planned again. None where it is under way or done."""
    before = find(unit, intent.return_id, intent.action, intent.part)
    if before is not None and before.state != State.REFUSED:
        return None
    row = _replan(unit, before.id, intent) if before else _insert(unit, shop, intent)
    _enter(unit, row, State(before.state) if before else None, State.PLANNED)
    return row.id


def find(unit: Unit, return_id: UUID, action: Action, part: str = WHOLE) -> Row[Any] | None:
    """The step's row."""
    return unit.db.execute(
        select(settlements).where(
            settlements.c.return_id == return_id, settlements.c.action == action, settlements.c.part == part
        )
    ).one_or_none()


def openings(unit: Unit, return_id: UUID) -> list[Row[Any]]:
    """The openings of the return, one an attempt, oldest attempt first."""
    found = unit.db.execute(
        select(settlements).where(settlements.c.return_id == return_id, settlements.c.action == Action.OPEN_RETURN)
    ).all()
    return sorted(found, key=lambda row: attempt_of(row.part))


def steps_of(unit: Unit, return_id: UUID) -> list[Step]:
    """Every step of the return, as far as it matters to the others."""
    columns = (settlements.c.id, settlements.c.action, settlements.c.state, settlements.c.part, settlements.c.words)
    rows = unit.db.execute(select(*columns).where(settlements.c.return_id == return_id)).all()
    return [Step(row.id, Action(row.action), State(row.state), attempt_of(row.part), row.words) for row in rows]


def newest_part(unit: Unit, return_id: UUID) -> str:
    """The part of a step that there is once an attempt, for the newest attempt that was heard of."""
    return part_of(max(1, steps.newest(steps_of(unit, return_id))))


def change(unit: Unit, settlement_id: UUID, before: Iterable[State], after: State, **values: Any) -> Row[Any] | None:
    """Change a step's state and enter it in the ledger; None where another has changed it meanwhile."""
    was = unit.db.execute(select(settlements.c.state).where(settlements.c.id == settlement_id)).scalar_one()
    if was not in set(before):
        return None
    row = unit.db.execute(
        update(settlements)
        .where(settlements.c.id == settlement_id)
        .values(state=after, **values)
        .returning(settlements)
    ).one()
    _enter(unit, row, State(was), after)
    return row


def end(
    unit: Unit,
    shop: Shop,
    settlement_id: UUID,
    ending: Ending,
    before: Iterable[State] = (State.PLANNED, State.SENT),
    **more: Any,
) -> None:
    """Give a step its outcome, state it, and let what waited for it go; once."""
    outcome = asdict(ending) | {"ended_at": unit.now}
    del outcome["state"]
    row = change(unit, settlement_id, before, ending.state, **outcome, **more)
    if row is None:
        return
    if (fact := fact_of(row)) is not None:
        unit.announce(fact)
    if row.action == Action.SETTLE and row.state == State.DONE:
        _take_off(unit, row)
        if row.request:
            _plan_follow_ups(unit, shop, row)
    if ending.state is State.REFUSED:
        unit.db.execute(delete(settlement_lines).where(settlement_lines.c.settlement_id == row.id))
    if ending.reference is not None:
        _let_be_closed_and_read(unit, shop, row.return_id)
    advance(unit, shop, row.return_id)


def advance(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """Claim what may go now, and end what has come to nothing.

    A settlement that waits is looked at when its patience is over, so that it never waits for ever without a word.
    """
    found = steps_of(unit, return_id)
    for settlement_id, ending in steps.foregone(found)[:1]:
        end(unit, shop, settlement_id, ending)  # which comes back here for the rest
        return
    ready = steps.ready(found)
    for settlement_id in ready:
        unit.claim(KIND, account=shop.domain, subject=settlement_id)
    for step in found:
        if step.action is Action.SETTLE and step.state is State.PLANNED and step.id not in ready:
            unit.claim(KIND, account=shop.domain, subject=step.id, after=PATIENCE)


def hold(unit: Unit, settlement_id: UUID, line_ids: Iterable[UUID]) -> None:
    """Keep every other settlement away from these lines."""
    held = {"retailer_id": unit.retailer_id, "settlement_id": settlement_id}
    unit.db.execute(insert(settlement_lines).values([{"line_id": line_id, **held} for line_id in line_ids]))


def settled_units(unit: Unit, return_id: UUID) -> Counter[UUID]:
    """How many units of each line were settled."""
    done = select(settlements.c.asked).where(
        settlements.c.return_id == return_id,
        settlements.c.action == Action.SETTLE,
        settlements.c.state == State.DONE,
    )
    units: Counter[UUID] = Counter()
    for asked in unit.db.execute(done).scalars():
        units.update({UUID(line["id"]): line["quantity"] for line in asked["lines"]})
    return units


def _insert(unit: Unit, shop: Shop, intent: Intent) -> Row[Any]:
    key = steps.key_of(shop.id, intent.return_id, intent.action, intent.part)
    own = {"id": new_id(), "retailer_id": unit.retailer_id, "shop_id": shop.id, "key": key}
    of = {"return_id": intent.return_id, "action": intent.action, "part": intent.part}
    return unit.db.execute(insert(settlements).values(**own, **of, **_terms(unit, intent)).returning(settlements)).one()


def _replan(unit: Unit, settlement_id: UUID, intent: Intent) -> Row[Any]:
    fresh = dict.fromkeys(("request", "code", "words", "gave", "last4", "sent_at", "ended_at"))
    again = update(settlements).where(settlements.c.id == settlement_id).values(**_terms(unit, intent), **fresh)
    return unit.db.execute(again.returning(settlements)).one()


def _terms(unit: Unit, intent: Intent) -> dict[str, Any]:
    owed = {"owed_amount": intent.owed.amount, "owed_currency": intent.owed.currency} if intent.owed else {}
    return {"asked": intent.asked, "order_id": intent.order_id, "state": State.PLANNED, "planned_at": unit.now, **owed}


def _let_be_closed_and_read(unit: Unit, shop: Shop, return_id: UUID) -> None:
    """After an effect: the return is closed with its last unit, and the index is not fresh until the next reading."""
    found = openings(unit, return_id)
    if not found:
        return
    if domain.is_settled(lines_of(found[-1]), settled_units(unit, return_id)):
        plan(unit, shop, Intent(return_id, Action.CLOSE_RETURN, asked={}, part=newest_part(unit, return_id)))
    order_id = found[-1].order_id
    of_a_shop = (orders.c.id == order_id) & (orders.c.source == Source.SHOP)  # what a retailer tells of is only counted
    unit.db.execute(update(orders).where(of_a_shop).values(heard_at=unit.now))
    unit.claim(REFRESHES, account=shop.domain, subject=order_id)


def _take_off(unit: Unit, row: Row[Any]) -> None:
    """In the commit that states the settlement: who hears of it lets go of the units, and must not find them free."""
    found = openings(unit, row.return_id)
    if found:
        take_off(unit, row, found[-1])


def _plan_follow_ups(unit: Unit, shop: Shop, row: Row[Any]) -> None:
    """What the settlement left to be done at the shop. A person who found a settlement has left nothing to us."""
    gave, in_card = resolution_of(row), row.request["operation"] == GIFT_CARD_CREATE
    wanted: dict[Action, list[ReturnLine]] = {}
    for line in lines_of(row):
        for action in domain.follow_ups(line, gave=gave, in_card=in_card):
            wanted.setdefault(action, []).append(line)
    for action, lines in wanted.items():
        asked = row.asked | {"lines": [line.model_dump(mode="json") for line in lines]}
        owed = domain.bonus(lines) if action is Action.GIVE_BONUS else None
        plan(unit, shop, Intent(row.return_id, action, asked, row.part, owed=owed))


def _enter(unit: Unit, row: Row[Any], before: State | None, after: State) -> None:
    """The ledger's entries for a change of state: two a line, which sum to zero. What a gift card holds on top is its own."""
    if row.action not in (Action.SETTLE, Action.GIVE_BONUS) or before is after:
        return
    common = {"at": unit.now, "return_id": row.return_id, "effect_id": row.id, "note": after}
    moved = [
        {"line_id": line.id, "account": account, "amount_amount": amount, "amount_currency": line.owed.currency}
        for line in lines_of(row)
        for account, amount in _moves(row, line, before, after)
    ]
    ledger.append(unit.db, ledger_entries, unit.retailer_id, [{"id": new_id(), **common, **entry} for entry in moved])


def _moves(row: Row[Any], line: ReturnLine, before: State | None, after: State) -> tuple[tuple[str, int], ...]:
    extra = domain.bonus([line]) or domain.owed(line).model_copy(update={"amount": 0})
    if row.action == Action.GIVE_BONUS:
        return domain.moves(before, after, extra)
    in_card = after is State.DONE and row.request and row.request["operation"] == GIFT_CARD_CREATE
    on_top = domain.moves(None, after, extra) if in_card and extra.amount else ()
    return (*domain.moves(before, after, domain.owed(line)), *on_top)
