"""What a hub is told of returns, and what it sets aside: a number's return, where it stands, photos, quarantine."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from services.portal.domain import Awaiting
from services.portal.photos import KeptPhoto
from services.portal.store.tables import metadata, photos, quarantine, return_lines, return_numbers, returns


@dataclass(frozen=True, slots=True)
class Brief:
    """What a hub needs to know of a return: its lines as title, variant, quantity and picture."""

    id: UUID
    number: str
    awaiting: Awaiting
    lines: tuple[tuple[str, str | None, int, str | None], ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A parcel that nobody knows, as it was set aside."""

    scan_id: UUID
    words: str | None
    photos: tuple[KeptPhoto, ...]


class HubDesk(Store):
    """Reads returns for the hub, and keeps what it photographs."""

    service, metadata = "portal", metadata

    def named(self, retailer_id: UUID, numbers: Collection[str]) -> dict[str, UUID]:
        """The retailer's own returns among these numbers."""
        if not numbers:
            return {}
        with self.look(retailer_id) as db:
            found = db.execute(select(returns.c.number, returns.c.id).where(returns.c.number.in_(numbers)))
            return {row.number: row.id for row in found}

    def of_others(self, retailer_id: UUID, numbers: Collection[str]) -> set[str]:
        """Those of the numbers that are returns of other retailers: that much, and nothing of them."""
        by_digest = {digest_of(number): number for number in numbers}
        theirs = return_numbers.c.digest.in_(by_digest), return_numbers.c.retailer_id != retailer_id
        if not numbers:
            return set()
        with self.look(retailer_id) as db:
            found = db.execute(select(return_numbers.c.digest).where(*theirs)).scalars()
            return {by_digest[bytes(digest)] for digest in found}

    def briefs(self, retailer_id: UUID, ids: Collection[UUID]) -> dict[UUID, Brief]:
        """These returns, by their ids."""
        if not ids:
            return {}
        with self.look(retailer_id) as db:
            found = db.execute(
                select(returns.c.id, returns.c.number, returns.c.awaiting).where(returns.c.id.in_(ids))
            ).all()
            lines = db.execute(
                select(return_lines).where(return_lines.c.return_id.in_(ids)).order_by(return_lines.c.place)
            ).all()
        return {
            row.id: Brief(
                row.id,
                row.number,
                Awaiting(row.awaiting),
                tuple(
                    (line.title, line.variant, line.quantity, line.image) for line in lines if line.return_id == row.id
                ),
            )
            for row in found
        }

    def set_aside(
        self, retailer_id: UUID, scan_id: UUID, added: Sequence[KeptPhoto], *, words: str | None, by: str
    ) -> None:
        """Keep what is known of a parcel that nobody knows; said again, it replaces what was said before."""
        told = {
            "words": words,
            "photos": [asdict(photo) | {"line_id": None} for photo in added],
            "by": by,
        }
        with self.unit(retailer_id=retailer_id) as unit:
            row = told | {"scan_id": scan_id, "retailer_id": retailer_id, "kept_at": unit.now}
            unit.db.execute(upsert(quarantine).values(row).on_conflict_do_update(index_elements=["scan_id"], set_=told))

    def aside(self, retailer_id: UUID, scan_id: UUID) -> Quarantined | None:
        """What is known of it; None where nobody said or showed anything."""
        with self.look(retailer_id) as db:
            row = db.execute(select(quarantine).where(quarantine.c.scan_id == scan_id)).first()
        return Quarantined(row.scan_id, row.words, tuple(KeptPhoto(**each) for each in row.photos)) if row else None

    def photos_of(self, retailer_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, ...]]:
        """The photos that a hub took of these return lines."""
        if not line_ids:
            return {}
        mine = select(photos.c.return_line_id, photos.c.id)
        found: dict[UUID, tuple[UUID, ...]] = {}
        with self.look(retailer_id) as db:
            for row in db.execute(mine.where(photos.c.return_line_id.in_(line_ids), photos.c.by_hub)):
                found[row.return_line_id] = (*found.get(row.return_line_id, ()), row.id)
        return found

    def add_photos(self, retailer_id: UUID, added: Sequence[KeptPhoto]) -> dict[str, UUID]:
        """Keep photos of an inspection with the return lines that they show, once; the ids by their objects' keys."""
        if not added:
            return {}
        with self.unit(retailer_id=retailer_id) as unit:
            keys = [photo.object_key for photo in added]
            held = select(photos.c.object_key, photos.c.id).where(photos.c.object_key.in_(keys))
            there = {row.object_key: row.id for row in unit.db.execute(held)}
            rows = [
                {
                    "id": new_id(),
                    "retailer_id": retailer_id,
                    "return_line_id": photo.line_id,
                    "object_key": photo.object_key,
                    "width": photo.width,
                    "height": photo.height,
                    "created_at": unit.now,
                    "by_hub": True,
                }
                for photo in added
                if photo.object_key not in there
            ]
            if rows:
                unit.db.execute(insert(photos), rows)
            return there | {row["object_key"]: row["id"] for row in rows}


def know_number(unit: Unit, number: str) -> None:
    """Know that the retailer has a return of this number, so that a hub of another is told that it is not theirs."""
    mine = upsert(return_numbers).values(digest=digest_of(number), retailer_id=unit.retailer_id)
    unit.db.execute(mine.on_conflict_do_nothing())


def digest_of(number: str) -> bytes:
    """What stands for a number where other retailers may read."""
    return sha256(number.encode()).digest()
