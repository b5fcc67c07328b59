"""Installs of our app that were begun and not finished."""

import hashlib
from datetime import timedelta
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import delete, insert, update

from libs.chassis.store import Store
from services.orders.domain.shops import InstallRefused
from services.orders.store.tables import installs, metadata

GOOD_FOR = timedelta(minutes=10)


class Installs(Store):
    """A state for each, which comes back once."""

    service, metadata = "orders", metadata

    def begin(self, retailer_id: UUID, *, domain: str, by: str) -> str:
        """A fresh state for the shop to bring back; only its hash is kept. Those that are too old go."""
        state = token_urlsafe(32)
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(delete(installs).where(installs.c.begun_at < unit.now - GOOD_FOR))
            row = {"state_hash": _hash(state), "retailer_id": retailer_id, "domain": domain}
            unit.db.execute(insert(installs).values(**row, begun_by=by, begun_at=unit.now))
        return state

    def finish(self, retailer_id: UUID, state: str, *, domain: str, by: str) -> None:
        """Use the state up. Raises InstallRefused unless it was made for this shop and person and is young and unused."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(installs).where(
                installs.c.state_hash == _hash(state),
                installs.c.domain == domain,
                installs.c.begun_by == by,
                installs.c.begun_at >= unit.now - GOOD_FOR,
                installs.c.used_at.is_(None),
            )
            if unit.db.execute(mine.values(used_at=unit.now).returning(installs.c.domain)).first() is None:
                raise InstallRefused("This install was not begun here, or too long ago. Begin it again.")


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
