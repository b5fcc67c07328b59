"""Requests that shoppers left while their order or its terms could not be looked up, until they can go on."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.portal import IntakeKeptV1, IntakeMatchedV1, IntakeUnmatchedV1
from libs.contracts.values import Contact
from services.portal.domain import TaskKind
from services.portal.photos import KeptPhoto
from services.portal.store.people import digest
from services.portal.store.tables import intake_links, intakes, metadata
from services.portal.store.tasks import Tasks

INTAKES = "intakes"  # the kind of planned work that looks an order up
LINK_LIVES = timedelta(days=7)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=5)
MISSES = 2  # looks in vain before a shopper is told that no order matches: the shop may have been away at the first


class Kind(StrEnum):
    """Why a request was kept: the order, or its terms, could not be looked up; or there is a receipt in its place.

    `submit`: all was chosen, and a service was away as the return was to be made.
    """

    ORDER = "order"
    TERMS = "terms"
    PROOF = "proof"
    SUBMIT = "submit"


class State(StrEnum):
    """What became of it."""

    KEPT = "kept"
    MATCHED = "matched"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shopper sent. `key` is the form's own; `picked` are order lines ticked, as the session keeps them.

    `submit_key` is the key under which the return was to be made, and `proof` says that a receipt stood in for its order.
    """

    kind: Kind
    key: str
    contact: Contact
    order_number: str
    items: str = ""
    reason: str = ""
    photos: tuple[KeptPhoto, ...] = ()
    order_id: UUID | None = None
    picked: tuple[dict[str, Any], ...] = ()
    submit_key: str | None = None
    proof: bool = False

    @property
    def digest(self) -> bytes:
        """What tells a form sent twice from one that was changed in between."""
        said = [self.kind, self.key, self.contact.email, self.order_number, self.items, self.reason, self.picked]
        return sha256(json.dumps([*said, [photo.object_key for photo in self.photos]]).encode()).digest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it is kept, with what may come back of its order and what may not, once that is found."""

    id: UUID
    number: str
    kind: Kind
    state: State
    contact: Contact
    order_number: str
    items: str
    reason: str
    photos: tuple[KeptPhoto, ...]
    order_id: UUID | None
    picked: tuple[dict[str, Any], ...]
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    matched_by: str | None
    created_at: datetime
    submit_key: str | None = None
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The order that was found for a request, with what may come back of it; `by` is who found it."""

    order_id: UUID
    order_number: str
    can: tuple[str, ...]
    cannot: tuple[str, ...]
    by: str


class IntakeNumberTaken(Exception):
    """The random number is in use: make another."""


class Intakes(Store):
    """Kept requests of all retailers, each seen by its own only."""

    service, metadata = "portal", metadata

    def keep(self, retailer_id: UUID, asked: Asked, number: str) -> str:
        """Keep it once, however often the form comes; its number. Raises IntakeNumberTaken."""
        with self.unit(retailer_id=retailer_id) as unit:
            id = self._add(unit, asked, number)
            if id is None:
                made = select(intakes.c.number).where(intakes.c.digest == asked.digest)
                return unit.db.execute(made).scalar_one()
            unit.announce(
                IntakeKeptV1(intake_id=id, number=number, contact=asked.contact, order_number=asked.order_number)
            )
            if asked.kind is Kind.PROOF:
                _ask_staff(unit, TaskKind.PROOF_OF_PURCHASE, id, number)
            else:
                unit.claim(INTAKES, account=str(retailer_id), subject=id)
        return number

    @staticmethod
    def _add(unit: Unit, asked: Asked, number: str) -> UUID | None:
        values = {
            "id": new_id(),
            "retailer_id": unit.retailer_id,
            "number": number,
            "kind": asked.kind,
            "state": State.KEPT,
            "digest": asked.digest,
            "contact": asked.contact.model_dump(mode="json"),
            "order_number": asked.order_number,
            "items": asked.items,
            "reason": asked.reason,
            "photos": [asdict(photo) | {"line_id": photo.line_id and str(photo.line_id)} for photo in asked.photos],
            "order_id": asked.order_id,
            "picked": list(asked.picked),
            "submit_key": asked.submit_key,
            "proof": asked.proof,
            "looks": 0,
            "misses": 0,
            "can": [],
            "cannot": [],
            "created_at": unit.now,
            "updated_at": unit.now,
        }
        once = upsert(intakes).values(values).on_conflict_do_nothing(index_elements=["retailer_id", "digest"])
        try:
            return unit.db.execute(once.returning(intakes.c.id)).scalar()
        except IntegrityError as taken:
            if not isinstance(taken.orig, UniqueViolation):
                raise
            raise IntakeNumberTaken(number) from taken

    def get(self, retailer_id: UUID, *, intake_id: UUID | None = None, number: str | None = None) -> Kept | None:
        """A kept request by its id or its number, or None."""
        which = intakes.c.id == intake_id if intake_id is not None else intakes.c.number == number
        with self.look(retailer_id) as db:
            row = db.execute(select(intakes).where(which)).first()
        return _as_kept(row) if row else None

    def list(self, retailer_id: UUID, *, state: State | None = None, limit: int = 50) -> tuple[Kept, ...]:
        """The newest requests, or those in one state."""
        found = select(intakes).order_by(intakes.c.created_at.desc()).limit(limit)
        if state is not None:
            found = found.where(intakes.c.state == state)
        with self.look(retailer_id) as db:
            return tuple(map(_as_kept, db.execute(found)))

    def look_again(self, retailer_id: UUID, intake_id: UUID) -> None:
        """A service is away: look the order up again in a while, for as long as it takes."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(intakes).where(intakes.c.id == intake_id, intakes.c.state == State.KEPT)
            looks = unit.db.execute(mine.values(looks=intakes.c.looks + 1).returning(intakes.c.looks)).scalar()
            if looks is not None:
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(looks - 1, 10))
                unit.claim(INTAKES, account=str(retailer_id), subject=intake_id, after=wait)

    def missed(self, retailer_id: UUID, intake_id: UUID) -> None:
        """No order matches. Looked for once more; then the shopper is told, and staff may still match it."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(intakes).where(intakes.c.id == intake_id, intakes.c.state == State.KEPT)
            row = unit.db.execute(mine.values(misses=intakes.c.misses + 1).returning(intakes)).first()
            if row is None:
                return
            if row.misses < MISSES:
                unit.claim(INTAKES, account=str(retailer_id), subject=intake_id, after=FIRST_WAIT)
                return
            kept = _as_kept(row)
            unit.db.execute(mine.values(state=State.UNMATCHED, updated_at=unit.now))
            unit.announce(
                IntakeUnmatchedV1(
                    intake_id=kept.id, number=kept.number, contact=kept.contact, order_number=kept.order_number
                )
            )
            _ask_staff(unit, TaskKind.INTAKE_UNMATCHED, kept.id, kept.number)

    def match(self, retailer_id: UUID, intake_id: UUID, match: Match, portal_url: str) -> bool:
        """The order is found: the shopper is sent a link to go on. False when it was matched before, and then nothing is."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(intakes).where(intakes.c.id == intake_id, intakes.c.state != State.MATCHED)
            changes = {
                "state": State.MATCHED,
                "order_id": match.order_id,
                "can": list(match.can),
                "cannot": list(match.cannot),
                "matched_by": match.by,
                "updated_at": unit.now,
            }
            row = unit.db.execute(mine.values(changes).returning(intakes)).first()
            if row is None:
                return False
            token = token_urlsafe(32)
            link = {"token_hash": digest(token), "intake_id": intake_id, "expires_at": unit.now + LINK_LIVES}
            unit.db.execute(insert(intake_links).values(link | {"retailer_id": retailer_id}))
            unit.announce(
                IntakeMatchedV1(
                    intake_id=intake_id,
                    number=row.number,
                    contact=Contact.model_validate(row.contact),
                    order_number=match.order_number,
                    go_on_url=f"{portal_url}/k/{token}",
                    can=match.can,
                    cannot=match.cannot,
                )
            )
            for kind in (TaskKind.PROOF_OF_PURCHASE, TaskKind.INTAKE_UNMATCHED):
                Tasks().done(unit, kind=kind, subject=intake_id, by=match.by)
        return True

    def gone_on(self, retailer_id: UUID, intake_id: UUID) -> None:
        """Its shopper went on without a link, and the return is made: nobody is to be told anything."""
        with self.unit(retailer_id=retailer_id) as unit:
            mine = update(intakes).where(intakes.c.id == intake_id, intakes.c.state == State.KEPT)
            unit.db.execute(mine.values(state=State.MATCHED, matched_by="shopper", updated_at=unit.now))

    def behind(self, token: str) -> tuple[UUID, UUID] | None:
        """The retailer and request that a link to go on opens, or None."""
        living = select(intake_links).where(
            intake_links.c.token_hash == digest(token), intake_links.c.expires_at > now()
        )
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            row = db.execute(living).first()
        return (row.retailer_id, row.intake_id) if row else None


def _ask_staff(unit: Unit, kind: TaskKind, intake_id: UUID, number: str) -> None:
    """A person must match it."""
    Tasks().raise_for(unit, kind=kind, subject=intake_id, number=number, detail={"intake": str(intake_id)})


def _as_kept(row: Row[Any]) -> Kept:
    return Kept(
        row.id,
        row.number,
        Kind(row.kind),
        State(row.state),
        Contact.model_validate(row.contact),
        row.order_number,
        row.items,
        row.reason,
        tuple(KeptPhoto(**photo | {"line_id": photo["line_id"] and UUID(photo["line_id"])}) for photo in row.photos),
        row.order_id,
        tuple(row.picked),
        tuple(row.can),
        tuple(row.cannot),
        row.matched_by,
        row.created_at,
        row.submit_key,
        row.proof,
    )
