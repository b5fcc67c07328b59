"""The staff: who they are, what they are, and where they are signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from services.portal.access import GRANTS, STAFF, Actor, Role, first_role_at
from services.portal.store.people import SEEN_AGAIN, STAFF_LIFE, Retailer, Session, as_retailer, digest
from services.portal.store.tables import metadata, retailers, sessions, staff, staff_links


class EmailTaken(Exception):
    """Somebody with this address has an account already, here or elsewhere."""

    code = "staff.email_taken"


class LastOfThem(Exception):
    """Nobody would be left who names the others."""

    code = "staff.last_of_them"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff; without a `password_hash` invited and not yet here."""

    id: UUID
    retailer_id: UUID
    email: str
    name: str
    role: Role
    password_hash: str | None
    invited_at: datetime | None
    seen_at: datetime | None
    disabled_at: datetime | None

    @property
    def actor(self) -> Actor:
        """The member as one who acts, with what the role allows."""
        return Actor(self.retailer_id, STAFF, str(self.id), self.email, GRANTS[self.role])


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Where a member is signed in; `agent` is what the browser says of itself."""

    token_hash: bytes
    began_at: datetime
    seen_at: datetime
    agent: str


class Members(Store):
    """The staff of every retailer, and the platform's own. Read before the retailer is known."""

    service, metadata = "portal", metadata

    def seat(self, token: str) -> tuple[Session, Member, Retailer | None] | None:
        """Who is signed in by this token, and for which retailer (None: the platform); the use is noted."""
        moment = now()
        with self._alone() as db:
            row = db.execute(_SEATS.where(sessions.c.token_hash == digest(token), *_living(moment))).first()
            if row is None:
                return None
            if row.used_at < moment - SEEN_AGAIN:
                db.execute(update(sessions).where(sessions.c.token_hash == row.token_hash).values(seen_at=moment))
                db.execute(update(staff).where(staff.c.id == row.subject).values(seen_at=moment))
        member = as_member(row, "staff_")
        session = Session(bytes(row.token_hash), member.retailer_id, row.kind, row.subject, row.data)
        return session, member, as_retailer(row, "retailer_") if row.retailer_id else None

    def member(self, *, email: str | None = None, id: UUID | None = None) -> Member | None:
        """The member of staff with this address or id."""
        which = staff.c.email == email.casefold() if email is not None else staff.c.id == id
        with self._alone() as db:
            row = db.execute(select(staff).where(which)).first()
        return as_member(row) if row else None

    def list(self, retailer_id: UUID) -> Sequence[Member]:
        """The retailer's staff by name, those no longer let in last."""
        mine = select(staff).where(staff.c.retailer_id == retailer_id)
        with self._alone() as db:
            found = db.execute(mine.order_by(staff.c.disabled_at.is_not(None), staff.c.name, staff.c.email))
            return [as_member(row) for row in found]

    def save(self, retailer_id: UUID, *, email: str, name: str, password_hash: str, role: Role) -> Member:
        """Create a member, or change the one of this retailer with this address, whose sessions end. Raises EmailTaken."""
        values = {"name": name, "password_hash": password_hash, "role": role, "disabled_at": None}
        with self.unit(retailer_id=retailer_id) as unit:
            made = upsert(staff).values(id=new_id(), retailer_id=retailer_id, email=email.casefold(), **values)
            # Another retailer's member of this address stays as it is, password and all.
            saved = made.on_conflict_do_update(
                index_elements=["email"], set_=values, where=staff.c.retailer_id == retailer_id
            )
            row = unit.db.execute(saved.returning(staff)).first()
            if row is None:
                raise EmailTaken(email)
            end_sessions(unit.db, row.id)
        return as_member(row)

    def change_role(self, retailer_id: UUID, id: UUID, role: Role) -> Member | None:
        """Give the member another role and end their sessions; None where there is none. Raises LastOfThem."""
        with self.unit(retailer_id=retailer_id) as unit:
            return self._change(unit, id, {"role": role}, stays=role is first_role_at(retailer_id))

    def disable(self, retailer_id: UUID, id: UUID) -> Member | None:
        """Let the member in no more, from this moment on; None where there is none. Raises LastOfThem."""
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(delete(staff_links).where(staff_links.c.member_id == id))
            return self._change(unit, id, {"disabled_at": unit.now}, stays=False)

    def enable(self, retailer_id: UUID, id: UUID) -> Member | None:
        """Let the member in again; None where there is none."""
        with self.unit(retailer_id=retailer_id) as unit:
            return self._change(unit, id, {"disabled_at": None}, stays=True)

    def _change(self, unit: Unit, id: UUID, values: dict[str, Any], *, stays: bool) -> Member | None:
        if not stays:
            self._spare_the_last(unit, id)
        mine = update(staff).where(staff.c.id == id, staff.c.retailer_id == unit.retailer_id)
        row = unit.db.execute(mine.values(values).returning(staff)).first()
        if row is None:
            return None
        end_sessions(unit.db, id)
        return as_member(row)

    @staticmethod
    def _spare_the_last(unit: Unit, id: UUID) -> None:
        """Raise LastOfThem where `id` is the only one left. The rows are locked: of two who go at once one stays."""
        first = select(staff.c.id).where(
            staff.c.retailer_id == unit.retailer_id,
            staff.c.role == first_role_at(unit.retailer_id),
            staff.c.disabled_at.is_(None),
            staff.c.password_hash.is_not(None),
        )
        if unit.db.execute(first.order_by(staff.c.id).with_for_update()).scalars().all() == [id]:
            raise LastOfThem

    def set_password(self, member: Member, password_hash: str) -> None:
        """Keep another password; all sessions of the member end."""
        with self.unit(retailer_id=member.retailer_id) as unit:
            unit.db.execute(update(staff).where(staff.c.id == member.id).values(password_hash=password_hash))
            unit.db.execute(delete(staff_links).where(staff_links.c.member_id == member.id))
            end_sessions(unit.db, member.id)

    def renew_hash(self, member: Member, password_hash: str) -> None:
        """Keep the same password under another hash, unless it was changed meanwhile."""
        same = (staff.c.id == member.id, staff.c.password_hash == member.password_hash)
        with self._alone() as db:
            db.execute(update(staff).where(*same).values(password_hash=password_hash))

    def signed_in(self, member_id: UUID) -> Sequence[SignedIn]:
        """The member's living sessions, the last used first."""
        mine = select(sessions).where(sessions.c.subject == member_id, sessions.c.kind == STAFF)
        with self._alone() as db:
            found = db.execute(mine.where(*_living(now())).order_by(sessions.c.seen_at.desc()))
            return [
                SignedIn(bytes(row.token_hash), row.created_at, row.seen_at, row.data.get("agent", "")) for row in found
            ]

    def end_others(self, session: Session) -> int:
        """End the member's sessions but this one; how many."""
        with self._alone() as db:
            return end_sessions(db, session.subject, but=session.token_hash)

    def _alone(self) -> Any:
        """For statements that are each a transaction by itself."""
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")


_MEMBER = (
    "id", "retailer_id", "email", "name", "role", "password_hash", "invited_at", "seen_at", "disabled_at"
)  # fmt: skip
_SEATS = (
    select(
        *sessions.c["token_hash", "kind", "subject", "data"],
        sessions.c.seen_at.label("used_at"),
        *(staff.c[name].label(f"staff_{name}") for name in _MEMBER),
        *(column.label(f"retailer_{column.name}") for column in retailers.c),
    )
    .join(staff, staff.c.id == sessions.c.subject)
    .outerjoin(retailers, retailers.c.id == staff.c.retailer_id)
    .where(sessions.c.kind == STAFF, staff.c.disabled_at.is_(None))
)


def _living(moment: datetime) -> tuple[Any, ...]:
    return sessions.c.expires_at > moment, sessions.c.seen_at > moment - STAFF_LIFE.idle


def as_member(row: Any, prefix: str = "") -> Member:
    """The member of a row whose columns' names begin with `prefix`."""
    values = {name: getattr(row, prefix + name) for name in _MEMBER}
    return Member(**values | {"role": Role(values["role"])})


def end_sessions(db: Connection, member_id: UUID, *, but: bytes = b"") -> int:
    """End the member's sessions at once, but one; how many."""
    mine = delete(sessions).where(sessions.c.subject == member_id, sessions.c.kind == STAFF)
    return len(db.execute(mine.where(sessions.c.token_hash != but).returning(sessions.c.subject)).all())
