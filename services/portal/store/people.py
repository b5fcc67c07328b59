"""Who a request is for and what it may go on with: retailers and hosts, sessions and links."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, cast, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.clock import now
from libs.chassis.store import Store
from libs.contracts.portal import RetailerChangedV1
from libs.contracts.values import Look
from services.portal.lookup import Way
from services.portal.store import sweeps
from services.portal.store.tables import hosts, link_tokens, metadata, retailers, sessions

SEEN_AGAIN = timedelta(minutes=1)  # a session's last use is written at most this often


@dataclass(frozen=True, slots=True)
class Retailer:
    """A tenant with its look. `image_origin` is where its product pictures come from.

    `lookup_by` is how its shoppers find their orders, the first way first. `review_email` is told of returns to decide on.
    `may_cancel`: its shoppers may cancel what is not sent.
    """

    id: UUID
    slug: str
    currency: str
    look: Look
    image_origin: str | None
    lookup_by: tuple[Way, ...] = (Way.EMAIL,)
    review_email: str | None = None
    may_cancel: bool = False

    @property
    def review_to(self) -> str:
        """Where mail about returns to decide on goes: an address of its own, else the one that helps shoppers."""
        return self.review_email or self.look.support_email


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in: a shopper for one order, or one of the staff."""

    token_hash: bytes
    retailer_id: UUID
    kind: str
    subject: UUID
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


SHOPPER_LIFE = Lifetime(timedelta(minutes=30), timedelta(hours=2))
STAFF_LIFE = Lifetime(timedelta(minutes=30), timedelta(hours=12))
_LIVES = {"shopper": SHOPPER_LIFE, "staff": STAFF_LIFE}


class People(Store):
    """Retailers, sessions and links. These tables are read before the retailer is known."""

    service, metadata = "portal", metadata

    def alone(self) -> AbstractContextManager[Connection]:
        """For one statement, which is a transaction by itself: no trips to begin and to commit."""
        return self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")

    def retailer(self, *, slug: str | None = None, id: UUID | None = None) -> Retailer | None:
        """The retailer of this address or id, or None."""
        which = retailers.c.slug == slug if slug is not None else retailers.c.id == id
        with self.alone() as db:
            row = db.execute(select(retailers).where(which)).first()
        return as_retailer(row) if row else None

    def retailers(self) -> Sequence[Retailer]:
        """All retailers, by name of address."""
        with self.alone() as db:
            return [as_retailer(row) for row in db.execute(select(retailers).order_by(retailers.c.slug))]

    def hosts(self) -> dict[str, str]:
        """Each host with a retailer of its own, and that retailer's slug."""
        with self.alone() as db:
            found = select(hosts.c.host, retailers.c.slug).join(retailers, retailers.c.id == hosts.c.retailer)
            return {row.host: row.slug for row in db.execute(found)}

    def save_retailer(self, retailer: Retailer, *, host: str | None = None) -> Retailer:
        """Create the retailer, or change the look of the one with this slug; RetailerChangedV1 is stated either way."""
        known = self.retailer(slug=retailer.slug)
        saved = retailer if known is None else replace(retailer, id=known.id, slug=known.slug, currency=known.currency)
        values = {
            "look": saved.look.model_dump(mode="json"),
            "image_origin": saved.image_origin,
            "lookup_by": [str(way) for way in saved.lookup_by],
            "review_email": saved.review_email,
            "may_cancel": saved.may_cancel,
        }
        with self.unit(retailer_id=saved.id) as unit:
            unit.db.execute(
                upsert(retailers)
                .values(id=saved.id, slug=saved.slug, currency=saved.currency, created_at=unit.now, **values)
                .on_conflict_do_update(index_elements=["slug"], set_=values)
            )
            if host:
                unit.db.execute(
                    upsert(hosts)
                    .values(host=host.lower(), retailer=saved.id)
                    .on_conflict_do_update(index_elements=["host"], set_={"retailer": saved.id})
                )
            unit.announce(RetailerChangedV1(look=saved.look))
            sweeps.plan(unit)
        return saved

    def begin_session(self, retailer_id: UUID, kind: str, subject: UUID, data: dict[str, Any]) -> str:
        """A session with a fresh random token, which is for the cookie only; the hash is kept."""
        token = token_urlsafe(32)
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(delete(sessions).where(sessions.c.expires_at < unit.now))
            unit.db.execute(
                insert(sessions).values(
                    token_hash=digest(token),
                    retailer_id=retailer_id,
                    kind=kind,
                    subject=subject,
                    data=data,
                    created_at=unit.now,
                    seen_at=unit.now,
                    expires_at=unit.now + _LIVES[kind].absolute,
                )
            )
        return token

    def session(self, token: str, kind: str) -> Session | None:
        """The living session of this token, its use noted; None when it has ended."""
        moment, life = now(), _LIVES[kind]
        with self.alone() as db:
            row = db.execute(
                select(sessions).where(
                    sessions.c.token_hash == digest(token),
                    sessions.c.kind == kind,
                    sessions.c.expires_at > moment,
                    sessions.c.seen_at > moment - life.idle,
                )
            ).first()
            if row is None:
                return None
            if row.seen_at < moment - SEEN_AGAIN:
                db.execute(update(sessions).where(sessions.c.token_hash == row.token_hash).values(seen_at=moment))
        return Session(bytes(row.token_hash), row.retailer_id, row.kind, row.subject, row.data)

    def keep_in_session(
        self,
        session: Session,
        said: dict[str, Any],
        *,
        photos: dict[str, Any] | None = None,
        if_still: str | None = None,
    ) -> None:
        """Put `said` over what the session holds, and `photos` beside those it has, in one step.

        With `if_still` only while that is what the session was last sent: what was sent on since then stays.
        """
        data: ColumnElement[Any] = sessions.c.data.op("||")(cast(said, JSONB))
        if photos:
            data = func.jsonb_set(data, array(["photos"]), sessions.c.data["photos"].op("||")(cast(photos, JSONB)))
        mine = update(sessions).where(sessions.c.token_hash == session.token_hash)
        if if_still is not None:
            mine = mine.where(sessions.c.data["sent"].astext == if_still)
        with self.alone() as db:
            db.execute(mine.values(data=data))

    def leave_session(self, token: str, kind: str, subject: UUID) -> dict[str, Any] | None:
        """What the session of this token held for `subject`, also when it has ended; it is gone then."""
        mine = delete(sessions).where(
            sessions.c.token_hash == digest(token), sessions.c.kind == kind, sessions.c.subject == subject
        )
        with self.alone() as db:
            return db.execute(mine.returning(sessions.c.data)).scalar()

    def end_session(self, session: Session) -> None:
        """End it at once."""
        with self.alone() as db:
            db.execute(delete(sessions).where(sessions.c.token_hash == session.token_hash))

    def link(self, token: str) -> tuple[UUID, UUID] | None:
        """The retailer and return that a link opens, or None."""
        with self.alone() as db:
            row = db.execute(
                select(link_tokens).where(link_tokens.c.token_hash == digest(token), link_tokens.c.expires_at > now())
            ).first()
        return (row.retailer_id, row.return_id) if row else None


def as_retailer(row: Any, prefix: str = "") -> Retailer:
    """The retailer of a row whose columns' names begin with `prefix`."""
    names = ("id", "slug", "currency", "look", "image_origin", "lookup_by", "review_email", "may_cancel")
    id, slug, currency, look, image_origin, ways, review_email, may_cancel = (
        getattr(row, prefix + name) for name in names
    )
    worn, lookup_by = Look.model_validate(look), tuple(map(Way, ways))
    return Retailer(id, slug, currency, worn, image_origin, lookup_by, review_email, may_cancel)


def digest(token: str) -> bytes:
    """What is kept of a random token. It has 256 bits of its own, so a plain hash is enough."""
    return sha256(token.encode()).digest()
