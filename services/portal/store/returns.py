"""The returns: submitted once, changed by facts, and read by shoppers and staff."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from libs.chassis import crash
from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope, Message
from libs.contracts.values import OrderLine
from services.portal.domain import Awaiting, Contradiction, Effect, Line, MoneyState, Return
from services.portal.store.people import digest
from services.portal.store.rows import Submission, as_return, as_row, line_row
from services.portal.store.tables import facts, link_tokens, metadata, open_quantities, photos, return_lines, returns

LAST = "\U0010ffff"  # no character sorts after it
LINK_LIVES = timedelta(days=180)  # a status page outlives the return window and the claims that may follow
_OPEN_BY_STATE = (  # closed returns are nearly all there are: counted each time, they would cost the most and say the least
    select(returns.c.awaiting, func.count().label("many"))
    .where(returns.c.awaiting.in_([state for state in Awaiting if state is not Awaiting.CLOSED]))
    .group_by(returns.c.awaiting)
)
Decide = Callable[[Return, Message], tuple[Return, list[Message], Effect]]


class LineTaken(Exception):
    """Another open return holds these units of the order line."""

    def __init__(self, order_line_id: UUID) -> None:
        super().__init__(order_line_id)
        self.order_line_id = order_line_id


class NumberTaken(Exception):
    """The return's number is in use: make another."""


class KeyReused(Exception):
    """The idempotency key came before with other answers."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A fact in a return's history."""

    type: str
    at: datetime
    effect: str
    data: dict[str, Any]


class Returns(Store):
    """Returns of all retailers, each seen by its own only."""

    service, metadata = "portal", metadata

    def submit(self, retailer_id: UUID, asked: Submission) -> str:
        """Make the return, or find the one this key made before; its status path.

        Raises LineTaken, KeyReused, and NumberTaken when the random number meets one that is in use.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            if not self._add(unit, asked):
                return self._made_before(unit, asked)
            self._take(unit, asked)
            self._add_parts(unit, asked)
            unit.announce(asked.messages)
        crash.point("gateway.after_commit")
        return asked.status_path

    @staticmethod
    def _add(unit: Unit, asked: Submission) -> bool:
        """Whether the return is new: another one with this form's key stands in the way of a second."""
        new = upsert(returns).values(as_row(asked, unit))
        once = new.on_conflict_do_nothing(index_elements=["retailer_id", "submit_key"]).returning(returns.c.id)
        try:
            return unit.db.execute(once).first() is not None
        except IntegrityError as taken:
            if not isinstance(taken.orig, UniqueViolation):
                raise
            raise NumberTaken(asked.ret.number) from taken

    @staticmethod
    def _add_parts(unit: Unit, asked: Submission) -> None:
        """Its lines, photos and link."""
        ret, owner = asked.ret, unit.retailer_id
        lines = [line_row(line, place, ret.id, owner) for place, line in enumerate(ret.lines)]
        unit.db.execute(insert(return_lines), lines)
        if asked.photos:
            added = [asdict(photo) | {"retailer_id": owner, "created_at": unit.now} for photo in asked.photos]
            unit.db.execute(insert(photos), added)
        link = {"token_hash": digest(asked.link), "return_id": ret.id, "expires_at": unit.now + LINK_LIVES}
        unit.db.execute(insert(link_tokens).values(link | {"retailer_id": owner}))

    @staticmethod
    def _made_before(unit: Unit, asked: Submission) -> str:
        made = _by_key(unit.db, asked.key)
        assert made is not None  # it stood in the way
        return _same(made, asked.digest)

    def made(self, retailer_id: UUID, key: str, digest: bytes) -> str | None:
        """The status path of the return this key made, or None. Raises KeyReused when it was made of other answers."""
        with self.look(retailer_id) as db:
            found = _by_key(db, key)
        return _same(found, digest) if found else None

    def is_submitted(self, retailer_id: UUID, key: str) -> bool:
        """Whether a return was made with this key."""
        with self.look(retailer_id) as db:
            return _by_key(db, key) is not None

    @staticmethod
    def _take(unit: Unit, asked: Submission) -> None:
        """Take the units under a row lock, lines in one order, so that racers queue and cannot deadlock."""
        for line in sorted(asked.ret.lines, key=lambda line: line.asked.order_line_id):
            wanted = upsert(open_quantities).values(
                retailer_id=unit.retailer_id, order_line_id=line.asked.order_line_id, quantity=line.asked.quantity
            )
            taken = unit.db.execute(
                wanted.on_conflict_do_update(
                    index_elements=["retailer_id", "order_line_id"],
                    set_={"quantity": open_quantities.c.quantity + line.asked.quantity},
                ).returning(open_quantities.c.quantity)
            ).scalar_one()
            if taken > asked.returnable[line.asked.order_line_id]:
                raise LineTaken(line.asked.order_line_id)

    def change(self, fact: Envelope[Any], decide: Decide) -> None:
        """Apply `fact` once; the change and the messages it causes share one commit. What contradicts is parked."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            before = self._locked(unit, fact.data.return_id)
            try:
                after, messages, effect = decide(before, fact.data)
            except Contradiction as contradiction:
                raise Permanent(f"contradiction: {contradiction}") from contradiction
            self._keep(unit, before, after)
            self._note(unit, fact, effect)
            unit.announce(messages)

    def record(self, fact: Envelope[Any]) -> None:
        """Write a fact that changes no return into the history, with its return where it has one."""
        with self.unit(fact) as unit:
            if not unit.seen:
                self._note(unit, fact, Effect.NOTED)

    @staticmethod
    def _note(unit: Unit, fact: Envelope[Any], effect: Effect) -> None:
        unit.db.execute(
            insert(facts).values(
                retailer_id=unit.retailer_id,
                return_id=getattr(fact.data, "return_id", None),
                message_id=fact.id,
                type=fact.data.type(),
                at=fact.time,
                effect=effect,
                data=fact.data.model_dump(mode="json"),
            )
        )

    @staticmethod
    def _locked(unit: Unit, return_id: UUID) -> Return:
        row = unit.db.execute(select(returns).where(returns.c.id == return_id).with_for_update()).first()
        if row is None:
            raise Permanent(f"no return {return_id} of this retailer")
        return as_return(row, _lines_of(unit.db, return_id))

    @staticmethod
    def _keep(unit: Unit, before: Return, after: Return) -> None:
        if before == after:
            return
        unit.db.execute(
            update(returns)
            .where(returns.c.id == after.id)
            .values(
                awaiting=after.awaiting,
                tracking_number=after.tracking_number,
                document_id=after.document_id,
                label_trouble=after.label_trouble,
                reached=sorted(after.reached),
                updated_at=unit.now,
                kept=[{"type": fact.type(), "data": fact.model_dump(mode="json")} for fact in after.kept],
            )
        )
        moved = {
            line.asked.id: line.money
            for line, old in zip(after.lines, before.lines, strict=True)
            if line.money != old.money
        }
        if moved:
            unit.db.execute(
                update(return_lines)
                .where(return_lines.c.id.in_(moved))
                .values(money=case(moved, value=return_lines.c.id))
            )
            Returns._give_up(unit, [line for line in after.lines if moved.get(line.asked.id) is MoneyState.SETTLED])

    @staticmethod
    def _give_up(unit: Unit, settled: Sequence[Line]) -> None:
        """From its settlement on the shop itself counts a unit as returned: subtracted here too, it would count twice."""
        for line in sorted(settled, key=lambda line: line.asked.order_line_id):  # in the order in which they are taken
            unit.db.execute(
                update(open_quantities)
                .where(
                    open_quantities.c.retailer_id == unit.retailer_id,
                    open_quantities.c.order_line_id == line.asked.order_line_id,
                )
                .values(quantity=func.greatest(0, open_quantities.c.quantity - line.asked.quantity))
            )

    def open_units(self, retailer_id: UUID, lines: Sequence[OrderLine]) -> dict[UUID, int]:
        """How many units of each line are in open returns."""
        with self.look(retailer_id) as db:
            rows = db.execute(
                select(open_quantities.c.order_line_id, open_quantities.c.quantity).where(
                    open_quantities.c.order_line_id.in_([line.id for line in lines])
                )
            )
            return {row.order_line_id: row.quantity for row in rows}

    def get(self, retailer_id: UUID, *, return_id: UUID | None = None, number: str | None = None) -> "Story | None":
        """A return by id or number with its history, or None."""
        which = returns.c.id == return_id if return_id is not None else returns.c.number == number
        with self.look(retailer_id) as db:
            row = db.execute(select(returns).where(which)).first()
            if row is None:
                return None
            history = db.execute(
                select(facts).where(facts.c.return_id == row.id).order_by(facts.c.at, facts.c.id)
            ).all()
            lines = _lines_of(db, row.id)
            return Story(
                as_return(row, lines),
                row.created_at,
                row.updated_at,
                row.decision,
                row.status_path,
                tuple(Happened(f.type, f.at, f.effect, f.data) for f in history),
                _photos_of(db, [line.id for line in lines]),
            )

    def photo(self, retailer_id: UUID, photo_id: UUID) -> str | None:
        """The object key of a photo, or None."""
        with self.look(retailer_id) as db:
            return db.scalar(select(photos.c.object_key).where(photos.c.id == photo_id))

    def list(self, retailer_id: UUID, *, search: str = "", awaiting: Awaiting | None = None, limit: int = 50) -> "Page":
        """The last changed returns that match, and how many open ones there are by what they await.

        `search` is the beginning of a number, an order, an email or a tracking number.
        """
        with self.look(retailer_id) as db:
            counts = {row.awaiting: row.many for row in db.execute(_OPEN_BY_STATE)}
            found = select(returns).order_by(returns.c.updated_at.desc()).limit(limit)
            if awaiting is not None:
                found = found.where(returns.c.awaiting == awaiting)
            if search:
                found = found.where(_begins_with(search.strip()))
            rows = db.execute(found).all()
            lines = _lines_of(db, *[row.id for row in rows]) if rows else ()
        return Page(
            counts,
            tuple(
                Listed(
                    as_return(row, tuple(line for line in lines if line.return_id == row.id)),
                    row.created_at,
                    row.updated_at,
                )
                for row in rows
            ),
        )


@dataclass(frozen=True, slots=True)
class Story:
    """A return, what decided it, and all that happened to it."""

    ret: Return
    created_at: datetime
    updated_at: datetime
    decision: dict[str, Any]
    status_path: str
    facts: tuple[Happened, ...]
    photos: dict[UUID, tuple[UUID, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A return in a list."""

    ret: Return
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and counts by what is awaited."""

    counts: dict[str, int]
    rows: tuple[Listed, ...]


def _by_key(db: Connection, key: str) -> Row[Any, Any] | None:
    return db.execute(
        select(returns.c.status_path, returns.c.submit_digest).where(returns.c.submit_key == key)
    ).one_or_none()


def _same(made: Row[Any, Any], digest: bytes) -> str:
    if bytes(made.submit_digest) != digest:
        raise KeyReused
    return str(made.status_path)


def _begins_with(words: str) -> ColumnElement[bool]:
    """What an index finds. LIKE would not do: it is not leakproof, so row-level security keeps it from the indexes."""
    lower, upper = words.lower(), words.upper()
    return or_(
        *(
            and_(column >= start, column < start + LAST)
            for column, start in (
                (returns.c.number, upper),
                (returns.c.order_key, lower),
                (returns.c.email, lower),
                (returns.c.tracking_number, upper),
            )
        )
    )


def _photos_of(db: Connection, line_ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, tuple[UUID, ...]] = {}
    for row in db.execute(select(photos.c.return_line_id, photos.c.id).where(photos.c.return_line_id.in_(line_ids))):
        found[row.return_line_id] = (*found.get(row.return_line_id, ()), row.id)
    return found


def _lines_of(db: Connection, *return_ids: UUID) -> Sequence[Row[Any]]:
    return db.execute(
        select(return_lines).where(return_lines.c.return_id.in_(return_ids)).order_by(return_lines.c.place)
    ).all()
