"""Objects that are kept for a time: photos that are in no return yet, while a session may submit them, and large webhooks."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import TEXT, array
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.ids import new_id
from libs.chassis.store import Store
from services.portal.store.people import Session
from services.portal.store.tables import intakes, metadata, photos, quarantine, sessions, uploads

UPLOADS = "uploads"  # the kind of planned work that forgets a photo in time
KEPT = timedelta(days=1)  # longer than any session lives


class Uploads(Store):
    """Where each photo lies that a shopper sent, until a return or a kept request holds it."""

    service, metadata = "portal", metadata

    def note(self, retailer_id: UUID, object_key: str, *, kept: timedelta = KEPT) -> None:
        """Remember that this object is about to be written, and plan to forget it unless something holds it by then."""
        with self.unit(retailer_id=retailer_id) as unit:
            until = unit.now + kept
            row = (
                upsert(uploads)
                .values(id=new_id(), retailer_id=retailer_id, object_key=object_key, kept_until=until)
                .on_conflict_do_update(index_elements=["retailer_id", "object_key"], set_={"kept_until": until})
                .returning(uploads.c.id)
            )
            id = unit.db.execute(row).scalar_one()
            unit.claim(UPLOADS, account=str(retailer_id), subject=id, after=kept)

    def renew(self, retailer_id: UUID, object_keys: Sequence[str]) -> set[str]:
        """Keep these a while longer, for a session that goes on; those that are still there."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(uploads).where(uploads.c.object_key.in_(object_keys))
            found = unit.db.execute(mine.values(kept_until=unit.now + KEPT).returning(uploads.c.object_key))
            return set(found.scalars()) | _held(unit.db, object_keys)

    def drop(self, session: Session, name: str) -> None:
        """Take one photo out of a session, by its name there; the object goes when its time is over."""
        without = sessions.c.data.op("#-")(array(["photos", name], type_=TEXT))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            db.execute(update(sessions).where(sessions.c.token_hash == session.token_hash).values(data=without))

    def forget(self, retailer_id: UUID, upload_id: UUID, delete_object: Callable[[str], None]) -> None:
        """Delete the object of an upload whose time is over, unless a return or a kept request holds it. May be repeated."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(uploads).where(uploads.c.id == upload_id).with_for_update()).first()
            if row is None:
                return
            if row.kept_until > unit.now:
                unit.claim(UPLOADS, account=str(retailer_id), subject=upload_id, after=row.kept_until - unit.now)
                return
            held = bool(_held(unit.db, [row.object_key]))
        if not held:
            delete_object(row.object_key)
        with self.unit(retailer_id=retailer_id) as unit:  # only now: after a crash in between it is done once more
            unit.db.execute(delete(uploads).where(uploads.c.id == upload_id, uploads.c.kept_until == row.kept_until))


def _held(db: Connection, object_keys: Sequence[str]) -> set[str]:
    """Those of the objects that a return, a kept request or a parcel in quarantine holds."""
    in_returns = db.execute(select(photos.c.object_key).where(photos.c.object_key.in_(object_keys))).scalars()
    found = set(in_returns)
    for key in object_keys:
        if db.scalar(select(intakes.c.id).where(intakes.c.photos.contains([{"object_key": key}])).limit(1)):
            found.add(key)
        if db.scalar(select(quarantine.c.scan_id).where(quarantine.c.photos.contains([{"object_key": key}])).limit(1)):
            found.add(key)
    return found
