"""How long parcels of a lane take: each step of each kept as it is over, and what they add up to found once a day."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.store import Unit
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Pace, Span
from services.tracking.store.tables import LANE, lane_paces, lane_steps


def learn(unit: Unit, parcel: Row[Any], taken: Mapping[Span, int]) -> None:
    """Keep how many hours a parcel took for some steps; of each the first that was kept counts."""
    whose = {"parcel_id": parcel.id, "retailer_id": unit.retailer_id, "day": unit.now.date(), **_lane(parcel)}
    rows = [{**whose, "since": span.since, "until": span.until, "hours": hours} for span, hours in taken.items()]
    if rows:
        unit.db.execute(insert(lane_steps).values(rows).on_conflict_do_nothing())


def forget(unit: Unit, parcel: Row[Any]) -> None:
    """Take back what a lane learned from a parcel."""
    unit.db.execute(delete(lane_steps).where(lane_steps.c.parcel_id == parcel.id))


def known(unit: Unit, parcel: Row[Any], spans: Collection[Span]) -> dict[Span, Pace]:
    """The paces of these steps on the parcel's lane, without those that too few parcels took in the last 90 days."""
    found = _of_today(unit, parcel)
    missing = [span for span in spans if span not in found]
    new = _counted(unit, parcel, missing) if missing else {}
    if new:
        _keep(unit, parcel, new)
    return {span: pace for span, pace in (found | new).items() if span in spans}


def _of_today(unit: Unit, parcel: Row[Any]) -> dict[Span, Pace]:
    today = (*_is_of(lane_paces, parcel), lane_paces.c.found_on == unit.now.date())
    return {
        _span(row): Pace(row.median, row.slow, row.parcels) for row in unit.db.execute(select(lane_paces).where(*today))
    }


def _counted(unit: Unit, parcel: Row[Any], spans: Iterable[Span]) -> dict[Span, Pace]:
    which = lane_steps.c.since, lane_steps.c.until
    lately = lane_steps.c.day >= (unit.now - domain.LOOK_BACK).date()
    asked = tuple_(*which).in_([(str(span.since), str(span.until)) for span in spans])
    counts: dict[Span, dict[int, int]] = {}
    for row in unit.db.execute(
        select(*which, lane_steps.c.hours, func.count().label("parcels"))
        .where(*_is_of(lane_steps, parcel), asked, lately)
        .group_by(*which, lane_steps.c.hours)
    ):
        counts.setdefault(_span(row), {})[row.hours] = row.parcels
    paces = {span: domain.pace(hours) for span, hours in counts.items()}
    return {span: pace for span, pace in paces.items() if pace is not None}


def _keep(unit: Unit, parcel: Row[Any], found: Mapping[Span, Pace]) -> None:
    """Spare the others of today the counting. Whoever finds the same at this moment does not wait, and leaves it to us."""
    lane = _lane(parcel)
    turn = func.hashtextextended(" ".join(("paces", str(unit.retailer_id), *lane.values())), 0)
    if not unit.db.execute(select(func.pg_try_advisory_xact_lock(turn))).scalar_one():
        return
    whose = {"retailer_id": unit.retailer_id, "found_on": unit.now.date(), **lane}
    new = insert(lane_paces).values(
        [
            {
                **whose,
                "since": span.since,
                "until": span.until,
                "median": pace.median,
                "slow": pace.slow,
                "parcels": pace.parcels,
            }
            for span, pace in found.items()
        ]
    )
    values = {name: new.excluded[name] for name in ("found_on", "median", "slow", "parcels")}
    unit.db.execute(new.on_conflict_do_update(constraint=lane_paces.primary_key, set_=values))


def _span(row: Row[Any]) -> Span:
    return Span(Milestone(row.since), Milestone(row.until))


def _is_of(table: Any, parcel: Row[Any]) -> list[Any]:
    """Rows of the parcel's lane. Its retailer is named too, for the index begins with it."""
    lane = {"retailer_id": parcel.retailer_id, **_lane(parcel)}
    return [table.c[name] == value for name, value in lane.items()]


def _lane(parcel: Row[Any]) -> dict[str, str]:
    return {part: getattr(parcel, part) or "" for part in LANE}
