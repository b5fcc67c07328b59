"""What is kept for a time only, given up when that is over: kept requests, answers to programs, bodies of webhooks.

Each retailer is swept once a day, by planned work that plans itself anew.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from libs.chassis.store import Store, Unit
from services.portal.domain import TaskKind
from services.portal.store.tables import deliveries, intake_links, intakes, metadata, photos, quarantine
from services.portal.store.tables.idempotency import idempotency_keys
from services.portal.store.tasks import Tasks

SWEEPS = "sweeps"  # the kind of planned work that sweeps one retailer
EVERY = timedelta(days=1)
AT_ONCE = 500  # rows of one kind in one transaction


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a kept request lives after it was last changed, and the body of a webhook after it came."""

    requests: timedelta
    webhooks: timedelta


@dataclass(frozen=True, slots=True)
class Swept:
    """What was given up in one transaction; `objects` are photos that nothing holds any more, to be deleted outside."""

    rows: int
    objects: tuple[str, ...]
    is_all: bool


class Sweeps(Store):
    """Gives up what is past its time, for one retailer at a time."""

    service, metadata = "portal", metadata

    def sweep(self, retailer_id: UUID, lives: Lives) -> Swept:
        """Give up at most `AT_ONCE` rows of each kind. May be repeated; the next time is planned with it."""
        with self.unit(retailer_id=retailer_id) as unit:
            gone, objects = _requests(unit, unit.now - lives.requests)
            aside, shown = _aside(unit, unit.now - lives.requests)
            rows = [gone, aside, _answers(unit), _bodies(unit, unit.now - lives.webhooks)]
            plan(unit, EVERY)
        return Swept(sum(rows), (*objects, *shown), all(each < AT_ONCE for each in rows))


def plan(unit: Unit, after: timedelta = EVERY) -> None:
    """Have the unit's retailer swept in this time."""
    unit.claim(SWEEPS, account=SWEEPS, subject=unit.retailer_id, after=after)


def _requests(unit: Unit, before: Any) -> tuple[int, tuple[str, ...]]:
    over = select(intakes).where(intakes.c.updated_at < before).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = unit.db.execute(over).all()
    ids = [row.id for row in found]
    if not ids:
        return 0, ()
    for id in ids:
        for kind in (TaskKind.PROOF_OF_PURCHASE, TaskKind.INTAKE_UNMATCHED):
            Tasks().done(unit, kind=kind, subject=id, by="clock")
    unit.db.execute(delete(intake_links).where(intake_links.c.intake_id.in_(ids)))
    unit.db.execute(delete(intakes).where(intakes.c.id.in_(ids)))
    return len(ids), _unheld(unit, [photo["object_key"] for row in found for photo in row.photos])


def _aside(unit: Unit, before: Any) -> tuple[int, tuple[str, ...]]:
    """Parcels that nobody knew for so long, with their photos."""
    over = select(quarantine).where(quarantine.c.kept_at < before).limit(AT_ONCE).with_for_update(skip_locked=True)
    found = unit.db.execute(over).all()
    unit.db.execute(delete(quarantine).where(quarantine.c.scan_id.in_([row.scan_id for row in found])))
    return len(found), _unheld(unit, [photo["object_key"] for row in found for photo in row.photos])


def _unheld(unit: Unit, keys: list[str]) -> tuple[str, ...]:
    """Those of the objects that no return and no other kept request holds."""
    held = set(unit.db.execute(select(photos.c.object_key).where(photos.c.object_key.in_(keys))).scalars())
    for key in set(keys) - held:
        if unit.db.scalar(select(intakes.c.id).where(intakes.c.photos.contains([{"object_key": key}])).limit(1)):
            held.add(key)
    return tuple(sorted(set(keys) - held))


def _answers(unit: Unit) -> int:
    keys = idempotency_keys
    mine = keys.c.retailer_id == unit.retailer_id
    over = select(keys.c.key_hash).where(mine, keys.c.expires_at <= unit.now).limit(AT_ONCE)
    gone = delete(keys).where(mine, keys.c.key_hash.in_(over.with_for_update(skip_locked=True)))
    return len(unit.db.execute(gone.returning(keys.c.key_hash)).all())


def _bodies(unit: Unit, before: Any) -> int:
    """That a webhook came stays known, so that it is not taken twice; what it said goes."""
    over = select(deliveries.c.id).where(deliveries.c.received_at < before, deliveries.c.body != "").limit(AT_ONCE)
    mine = deliveries.c.id.in_(over.with_for_update(skip_locked=True))
    emptied = update(deliveries).where(mine).values(body="", headers={})
    return len(unit.db.execute(emptied.returning(deliveries.c.id)).all())
