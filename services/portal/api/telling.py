"""From what is known of a return and its tasks to what programs are told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from libs.contracts.values import Money
from services.portal.api.answers import (
    Entry,
    FeeTold,
    LineTold,
    ParcelTold,
    ReturnListed,
    ReturnTold,
    RuleTried,
    Taken,
    TaskTold,
)
from services.portal.bonuses import bonus_of, with_bonus
from services.portal.domain import Line, Parcel, Return
from services.portal.domain.delays import open_delays
from services.portal.reach import Portal
from services.portal.store.returns import Listed, Story
from services.portal.store.tasks import OpenTask


def whole(here: Portal, retailer_id: UUID, story: Story) -> ReturnTold:
    """A return whole, with what is to be done for it."""
    return told(story, here.tasks.of_return(retailer_id, story.ret.id))


def told(story: Story, tasks: Sequence[OpenTask]) -> ReturnTold:
    """A return whole."""
    ret = story.ret
    return ReturnTold(
        **_listed(ret),
        submitted_at=story.created_at,
        updated_at=story.updated_at,
        order_id=ret.order_id,
        gift=ret.known.gift,
        contact=ret.contact,
        address=ret.address,
        label=ret.label,
        method=ret.method,
        fee=FeeTold(price=ret.fee, state=ret.known.fee),
        due=_sum(ret, [line.due for line in ret.lines]),
        total=_sum(ret, [with_bonus(line.due, bonus_of(line, story)) for line in ret.lines]),
        paid=_sum(ret, [line.paid for line in ret.lines if line.paid is not None]),
        policy_version=ret.policy_version,
        attempt=ret.known.attempt,
        held=tuple(sorted(ret.known.held)),
        withdrawn_at=ret.known.withdrawn_at,
        status_url=ret.known.links.status,
        lines=_lines(story),
        parcels=tuple(_parcel(ret, parcel) for parcel in ret.known.parcels),
        tasks=tuple(told_task(task) for task in tasks),
        history=tuple(Entry(type=fact.type, at=fact.at, effect=fact.effect, by=fact.by) for fact in story.facts),
    )


def listed(row: Listed) -> ReturnListed:
    """A return in a list."""
    return ReturnListed(**_listed(row.ret), submitted_at=row.created_at, updated_at=row.updated_at)


def told_task(task: OpenTask) -> TaskTold:
    """A task, open or cleared."""
    fields = {name: value for name, value in asdict(task).items() if name in TaskTold.model_fields}
    return TaskTold(**fields)


def tried(decided: Mapping[str, Any]) -> tuple[RuleTried, ...]:
    """The trace of one line in a decision, as it was kept."""
    return tuple(
        RuleTried(rule=t["rule"], matched=t["matched"], because=t["because"]) for t in decided.get("trace", ())
    )


def _listed(ret: Return) -> dict[str, Any]:
    return {
        "id": ret.id,
        "number": ret.number,
        "kind": ret.kind,
        "order": ret.order_number,
        "email": ret.contact.email,
        "awaiting": ret.awaiting,
        "tracking_number": ret.tracking_number,
        "owed": ret.owed,
    }


def _lines(story: Story) -> tuple[LineTold, ...]:
    decided = {line["line_id"]: line for line in story.decision.get("lines", ())}
    return tuple(
        _line(line, decided.get(str(line.asked.order_line_id), {}), bonus_of(line, story)) for line in story.ret.lines
    )


def _line(line: Line, decided: Mapping[str, Any], bonus: Money | None) -> LineTold:
    return LineTold(
        **line.asked.model_dump(exclude={"resolution", "disposed"}),
        wished=line.asked.resolution,
        resolution=line.resolution,
        money=line.money,
        deductions=tuple(Taken(code=each.code, amount=each.amount, words=each.words) for each in line.deductions),
        due=line.due,
        bonus=bonus,
        total=with_bonus(line.due, bonus),
        paid=line.paid,
        arrived=line.arrived,
        disposed=line.disposed,
        condition=line.condition,
        found=line.found,
        difference=line.difference if line.costs_more is not None else None,
        hold=line.hold if line.wants_hold else None,
        trace=tried(decided),
    )


def _parcel(ret: Return, parcel: Parcel) -> ParcelTold:
    return ParcelTold(**asdict(parcel), delayed=open_delays(ret, parcel.number))


def _sum(ret: Return, amounts: Sequence[Money]) -> Money:
    return Money(amount=sum(each.amount for each in amounts), currency=ret.owed.currency)
