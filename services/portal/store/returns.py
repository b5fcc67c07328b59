"""The returns: submitted once, changed by facts, by people and by the clock, and read by shoppers and staff."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from libs.chassis import crash
from libs.chassis.claims import Claim
from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope, Message
from libs.contracts.tracking import UnknownParcelScannedV1
from libs.contracts.values import OrderLine
from services.portal import domain
from services.portal.access import SYSTEM, Actor
from services.portal.domain import Contradiction, Effect, Return, TaskKind, acts
from services.portal.store import quantities, quotes, tasks, undos
from services.portal.store.history import Happened, came, done, made_by, note, stated
from services.portal.store.hub import know_number
from services.portal.store.people import digest
from services.portal.store.quantities import LineTaken
from services.portal.store.reading import Asked, Listed, Page, Story, lines_of, page_of, story_of
from services.portal.store.rows import Photo, Submission, as_return, as_row, changing, known_of_line, line_row
from services.portal.store.tables import (
    link_tokens,
    metadata,
    photos,
    return_lines,
    returns,
    review_links,
    tracking_numbers,
)

LINK_LIVES = timedelta(days=180)  # a status page outlives the return window and the claims that may follow
REVIEW_LINK_LIVES = timedelta(days=7)
TIMERS = "timers"
ACTS = "portal.acts"  # in the inbox, beside the facts that were handled
_LINE_CHANGED = (
    update(return_lines)
    .where(return_lines.c.id == bindparam("line_id"))
    .values(money=bindparam("money"), keep_item=bindparam("keep_item"), known=bindparam("known"))
)


class NumberTaken(Exception):
    """The return's number is in use: make another."""


class KeyReused(Exception):
    """The idempotency key came before with other answers."""


class NoSuchReturn(LookupError):
    """This retailer has no such return."""


class Returns(Store):
    """Returns of all retailers, each seen by its own only."""

    service, metadata = "portal", metadata

    def submit(self, retailer_id: UUID, asked: Submission) -> str:
        """Make the return, or find the one this key made before; its status path.

        Raises LineTaken, KeyReused, and NumberTaken when the random number meets one that is in use.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            if not _add(unit, asked):
                return _made_before(unit, asked)
            quantities.take(unit, asked.ret.held_units(), asked.returnable)
            _add_parts(unit, asked)
            note(unit, made_by(asked.by, stated(unit, asked.ret.id, asked.messages)))
            tasks.follow(unit, None, asked.ret, asked.by)
            quotes.follow(unit, None, asked.ret)
            _set_timer(unit, asked.ret, unit.now)
            unit.announce(asked.messages)
        crash.point("gateway.after_commit")
        return asked.status_path

    def made(self, retailer_id: UUID, key: str, digest: bytes) -> str | None:
        """The status path of the return this key made, or None. Raises KeyReused when it was made of other answers."""
        with self.look(retailer_id) as db:
            found = _by_key(db, key)
        return _same(found, digest) if found else None

    def is_submitted(self, retailer_id: UUID, key: str) -> bool:
        """Whether a return was made with this key."""
        with self.look(retailer_id) as db:
            return _by_key(db, key) is not None

    def change(self, fact: Envelope[Any]) -> None:
        """Apply `fact` once; the change and the messages it causes share one commit. What contradicts is parked."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            try:
                row, before = _locked(unit, returns.c.id == fact.data.return_id)
                after, messages, effect = domain.advance(before, fact.data)
            except NoSuchReturn:
                raise Permanent(f"no return {fact.data.return_id} of this retailer") from None
            except Contradiction as contradiction:
                raise Permanent(f"contradiction: {contradiction}") from contradiction
            note(unit, [came(unit, fact, effect), *stated(unit, after.id, messages)])
            _keep(unit, row, before, after, messages, fact.data.owner())

    def record(self, fact: Envelope[Any]) -> None:
        """Write a fact that changes no return into the history, with its return where it has one."""
        with self.unit(fact) as unit:
            if not unit.seen:
                note(unit, [came(unit, fact, Effect.NOTED)])

    def record_unknown_parcel(self, fact: Envelope[UnknownParcelScannedV1]) -> None:
        """Keep it, and have a person find out whose parcel it is."""
        with self.unit(fact) as unit:
            if not unit.seen:
                note(unit, [came(unit, fact, Effect.NOTED)])
                detail = {"code": fact.data.code, "hub": fact.data.hub}
                tasks.Tasks().raise_for(unit, kind=TaskKind.UNKNOWN_PARCEL, subject=fact.data.scan_id, detail=detail)

    def act(self, retailer_id: UUID, number: str, act: acts.Act, actor: Actor, *, once: UUID | None = None) -> Story:
        """Do what a person asks of the return with this number; the return as it is then.

        What was done before under the id `once` is not done again. Raises NoSuchReturn, and NotNow when the return's state
        does not allow it.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            return self._act(unit, returns.c.number == number, act, str(actor), once=once)

    def act_on(self, retailer_id: UUID, return_id: UUID, act: acts.Act, by: str = SYSTEM) -> Story:
        """The same for a return that is known by its id."""
        with self.unit(retailer_id=retailer_id) as unit:
            return self._act(unit, returns.c.id == return_id, act, by)

    @staticmethod
    def _act(
        unit: Unit, which: Any, act: acts.Act, by: str, added: Sequence[Photo] = (), once: UUID | None = None
    ) -> Story:
        row, before = _locked(unit, which)
        if once is not None and not _is_first(unit, once):
            return story_of(unit.db, row)
        after, messages = domain.act(before, act)
        note(unit, [done(unit, before.id, act, by), *stated(unit, before.id, messages)])
        _add_photos(unit, added)
        _keep(unit, row, before, after, messages, by)
        changed = unit.db.execute(select(returns).where(returns.c.id == before.id)).one()
        return story_of(unit.db, changed)

    def answer(
        self, retailer_id: UUID, number: str, act: acts.GiveInformation, actor: Actor, added: Sequence[Photo] = ()
    ) -> Story:
        """Take the shopper's answer with its photos. Raises as `act` does."""
        with self.unit(retailer_id=retailer_id) as unit:
            return self._act(unit, returns.c.number == number, act, str(actor), added)

    def tick(self, claim: Claim) -> None:
        """Let the clock act on a return whose moment may have come, and plan to look again at its next one."""
        with self.unit(retailer_id=claim.retailer_id) as unit:
            row, before = _locked(unit, returns.c.id == claim.subject)
            act = acts.Tick(row.since, unit.now)
            after, messages = domain.act(before, act)
            if after == before:
                _set_timer(unit, before, row.since)
                return
            note(unit, [done(unit, before.id, act, "clock"), *stated(unit, before.id, messages)])
            _keep(unit, row, before, after, messages, "clock")

    def open_units(self, retailer_id: UUID, lines: Sequence[OrderLine]) -> dict[UUID, int]:
        """How many units of each line are in open returns."""
        with self.look(retailer_id) as db:
            return quantities.open_units(db, lines)

    def get(
        self,
        retailer_id: UUID,
        *,
        return_id: UUID | None = None,
        number: str | None = None,
        key: str | None = None,
    ) -> Story | None:
        """A return by its id, its number, or the key that made it, with its history, or None."""
        which = returns.c.id == return_id if return_id is not None else returns.c.number == number
        which = returns.c.submit_key == key if key is not None else which
        with self.look(retailer_id) as db:
            row = db.execute(select(returns).where(which)).first()
            return story_of(db, row) if row is not None else None

    def photo(self, retailer_id: UUID, photo_id: UUID) -> str | None:
        """The object key of a photo, or None."""
        with self.look(retailer_id) as db:
            return db.scalar(select(photos.c.object_key).where(photos.c.id == photo_id))

    def list(self, retailer_id: UUID, asked: Asked) -> Page:
        """The last changed returns that match, and how many open ones there are by what they await."""
        with self.look(retailer_id) as db:
            return page_of(db, asked)

    def review_link(self, token: str, at: datetime) -> tuple[UUID, UUID] | None:
        """The retailer and return that a review link opens, or None. It is dead once the return was decided."""
        with self.engine.connect() as db:
            row = db.execute(
                select(review_links).where(review_links.c.token_hash == digest(token), review_links.c.expires_at > at)
            ).first()
        return (row.retailer_id, row.return_id) if row else None


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


def _add_parts(unit: Unit, asked: Submission) -> None:
    """Its lines, photos and links."""
    ret, owner = asked.ret, unit.retailer_id
    lines = [line_row(line, place, ret.id, owner) for place, line in enumerate(ret.lines)]
    unit.db.execute(insert(return_lines), lines)
    _add_photos(unit, asked.photos)
    know_number(unit, ret.number)
    whose = {"return_id": ret.id, "retailer_id": owner}
    link = {"token_hash": digest(asked.link), "expires_at": unit.now + LINK_LIVES}
    unit.db.execute(insert(link_tokens).values(link | whose))
    if asked.review_link is not None:
        link = {"token_hash": digest(asked.review_link), "expires_at": unit.now + REVIEW_LINK_LIVES}
        unit.db.execute(insert(review_links).values(link | whose))


def _add_photos(unit: Unit, added: Sequence[Photo]) -> None:
    if added:
        rows = [asdict(photo) | {"retailer_id": unit.retailer_id, "created_at": unit.now} for photo in added]
        unit.db.execute(insert(photos), rows)


def _made_before(unit: Unit, asked: Submission) -> str:
    made = _by_key(unit.db, asked.key)
    assert made is not None  # it stood in the way
    return _same(made, asked.digest)


def _locked(unit: Unit, which: Any) -> tuple[Row[Any], Return]:
    row = unit.db.execute(select(returns).where(which).with_for_update()).first()
    if row is None:
        raise NoSuchReturn
    return row, as_return(row, lines_of(unit.db, row.id))


def _keep(unit: Unit, row: Row[Any], before: Return, after: Return, messages: Sequence[Message], by: str) -> None:
    """Write the change with all that follows from it, in one commit."""
    unit.announce(messages)
    if before == after:
        return
    since = row.since if after.awaiting is before.awaiting else unit.now
    unit.db.execute(
        update(returns)
        .where(returns.c.id == after.id)
        .values(changing(after) | {"since": since, "updated_at": unit.now})
    )
    _keep_lines(unit, before, after)
    _keep_numbers(unit, before, after)
    quantities.follow(unit, before, after)
    tasks.follow(unit, before, after, by)
    quotes.follow(unit, before, after)
    undos.follow(unit, before, after)
    if domain.next_moment(after, since) != domain.next_moment(before, row.since):
        _set_timer(unit, after, since)


def _keep_lines(unit: Unit, before: Return, after: Return) -> None:
    changed = [line for line, old in zip(after.lines, before.lines, strict=True) if line != old]
    if changed:
        rows = [
            {
                "line_id": line.asked.id,
                "money": line.money,
                "keep_item": line.asked.keep_item,
                "known": known_of_line(line),
            }
            for line in changed
        ]
        unit.db.execute(_LINE_CHANGED, rows)


def _keep_numbers(unit: Unit, before: Return, after: Return) -> None:
    had = {parcel.tracking_number for parcel in before.known.parcels}
    new = {parcel.tracking_number for parcel in after.known.parcels} - had - {None}
    if new:
        rows = [
            {"retailer_id": unit.retailer_id, "tracking_number": n, "return_id": after.id}
            for n in sorted(map(str, new))
        ]
        unit.db.execute(upsert(tracking_numbers).on_conflict_do_nothing(), rows)


def _is_first(unit: Unit, once: UUID) -> bool:
    """Whether nothing was done under this id before; from this transaction on something was."""
    done = metadata.tables["inbox"]
    new = upsert(done).values(consumer=ACTS, message_id=once, at=unit.now)
    return unit.db.execute(new.on_conflict_do_nothing().returning(done.c.message_id)).first() is not None


def _set_timer(unit: Unit, ret: Return, since: datetime) -> None:
    moment = domain.next_moment(ret, since)
    if moment is not None:
        unit.claim(TIMERS, account=str(unit.retailer_id), subject=ret.id, after=moment - unit.now)


def _by_key(db: Connection, key: str) -> Row[Any, Any] | None:
    return db.execute(
        select(returns.c.status_path, returns.c.submit_digest).where(returns.c.submit_key == key)
    ).one_or_none()


def _same(made: Row[Any, Any], digest: bytes) -> str:
    if bytes(made.submit_digest) != digest:
        raise KeyReused
    return str(made.status_path)


__all__ = [
    "Asked",
    "Happened",
    "KeyReused",
    "LineTaken",
    "Listed",
    "NoSuchReturn",
    "NumberTaken",
    "Page",
    "Returns",
    "Story",
]
