"""API keys: what a program shows, what it may do, and when it was last seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import Store
from services.portal.access import May
from services.portal.store.people import digest
from services.portal.store.tables import api_keys, metadata

USED_AGAIN = timedelta(minutes=1)  # a key's last use is written at most this often
SHOWN = 8  # letters of a key that are kept, for a person to tell it by
_KNOWN = {str(may): may for may in May}


class KeyMade(Exception):
    """This key was made before; its text is not kept."""

    code = "key.made_before"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key without its secret; `prefix` is how it begins, `created_by` who made it, in words."""

    id: UUID
    retailer_id: UUID
    label: str
    prefix: str
    scopes: frozenset[May]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class Keys(Store):
    """The keys of every retailer, and the platform's own. Read before the retailer is known."""

    service, metadata = "portal", metadata

    def make(
        self,
        retailer_id: UUID,
        *,
        label: str,
        scopes: Iterable[May],
        by: str,
        id: UUID | None = None,
        replacing: bool = False,
    ) -> tuple[ApiKey, str]:
        """A fresh key with 256 random bits, and its text, which is shown once: only its hash is kept.

        One that is `replacing` ends those of its label. Raises KeyMade where there is a key with this `id`.
        """
        key = f"hw_{token_urlsafe(32)}"
        with self.unit(retailer_id=retailer_id) as unit:
            if replacing:
                former = (api_keys.c.retailer_id == retailer_id, api_keys.c.label == label, api_keys.c.created_by == by)
                ended = update(api_keys).where(*former, api_keys.c.revoked_at.is_(None))
                unit.db.execute(ended.values(revoked_at=unit.now))
            made = insert(api_keys).values(
                key_hash=digest(key),
                id=id or new_id(),
                retailer_id=retailer_id,
                label=label,
                prefix=key[:SHOWN],
                scopes=sorted(scopes),
                created_by=by,
                created_at=unit.now,
            )
            row = unit.db.execute(made.on_conflict_do_nothing().returning(api_keys)).first()
        if row is None:
            raise KeyMade
        return _as_key(row), key

    def of(self, key: str) -> ApiKey | None:
        """The key in force of this text, its use noted; None when there is none. No process keeps what it found."""
        moment = now()
        mine = (api_keys.c.key_hash == digest(key), api_keys.c.revoked_at.is_(None))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            row = db.execute(select(api_keys).where(*mine)).first()
            if row is None:
                return None
            if row.last_used_at is None or row.last_used_at < moment - USED_AGAIN:
                db.execute(update(api_keys).where(*mine).values(last_used_at=moment))
        return _as_key(row)

    def list(self, retailer_id: UUID) -> Sequence[ApiKey]:
        """All keys of the retailer, revoked ones too, the newest first."""
        mine = select(api_keys).where(api_keys.c.retailer_id == retailer_id)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            found = db.execute(mine.order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc()))
            return [_as_key(row) for row in found]

    def revoke(self, retailer_id: UUID, id: UUID) -> ApiKey | None:
        """End the key at once; None where the retailer has no such key in force."""
        mine = (api_keys.c.retailer_id == retailer_id, api_keys.c.id == id, api_keys.c.revoked_at.is_(None))
        with self.unit(retailer_id=retailer_id) as unit:
            ended = update(api_keys).where(*mine).values(revoked_at=unit.now).returning(api_keys)
            row = unit.db.execute(ended).first()
        return _as_key(row) if row else None


def _as_key(row: Any) -> ApiKey:
    return ApiKey(
        row.id,
        row.retailer_id,
        row.label,
        row.prefix,
        frozenset(_KNOWN[scope] for scope in row.scopes if scope in _KNOWN),
        row.created_by,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
    )
