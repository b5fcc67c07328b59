"""A person's data in portal: found, told, taken out, and each request about it written into the audit."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.personal import as_document, erase, export
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.orders_persons import (
    PersonErasedV1,
    PersonExportedV1,
    PersonRequestedV1,
    PersonRequestEndedV1,
    PersonRequestLateV1,
)
from libs.contracts.persons import PersonAsked, PersonRefs
from libs.contracts.portal_persons import (
    FindPersonV1,
    PersonDataV1,
    PersonExportReadyV1,
    PersonFoundV1,
    PersonReminderDueV1,
    PersonReturn,
)
from services.portal.access import STAFF, Actor
from services.portal.domain import TaskKind
from services.portal.domain.states import ENDED
from services.portal.store.audit import Audit
from services.portal.store.people import as_retailer, digest
from services.portal.store.persons import HOLDINGS, bodies_of, intakes_of, photos_of, quarantine_of
from services.portal.store.tables import (
    cancellations,
    intakes,
    metadata,
    person_links,
    photos,
    quarantine,
    retailers,
    returns,
    uploads,
)
from services.portal.store.tasks import Tasks
from services.portal.store.uploads import UPLOADS

SHOPIFY = "shopify"  # who asks by a compliance webhook


class Persons(Store):
    """What portal holds of a person, and what it was asked about persons."""

    service, metadata = "portal", metadata
    audit, tasks = Audit(), Tasks()

    def find(self, retailer_id: UUID, asked: FindPersonV1) -> PersonFoundV1:
        """The returns of these orders and of this address, and the requests that were kept for it."""
        email = asked.email.strip().lower() if asked.email else None
        ended = [str(state) for state in ENDED]
        mine = or_(returns.c.order_id.in_(asked.order_ids), returns.c.email == email)
        if asked.everybody:
            mine = returns.c.awaiting.not_in(ended)
        with self.look(retailer_id) as db:
            found = db.execute(select(returns.c.id, returns.c.order_id, returns.c.awaiting).where(mine)).all()
            off = cancellations.c.order_id.in_(asked.order_ids)
            if asked.everybody:
                off = cancellations.c.ended_at.is_(None)
            called_off = db.execute(
                select(cancellations.c.id, cancellations.c.order_id, cancellations.c.ended_at).where(off)
            ).all()
            theirs = func.lower(intakes.c.contact["email"].astext) == email
            kept = db.execute(select(intakes.c.id).where(theirs)).scalars().all() if email else ()
        told = (PersonReturn(return_id=row.id, order_id=row.order_id, open=row.awaiting not in ended) for row in found)
        also = (PersonReturn(return_id=row.id, order_id=row.order_id, open=row.ended_at is None) for row in called_off)
        return PersonFoundV1(returns=(*told, *also), intake_ids=tuple(kept))

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of every row but reports', and have their photos and large webhooks deleted after the commit."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            who = fact.data.who
            _let_go_of_objects(unit, who)
            for intake_id in unit.db.execute(select(intakes.c.id).where(intakes_of(who))).scalars().all():
                for kind in (TaskKind.PROOF_OF_PURCHASE, TaskKind.INTAKE_UNMATCHED):
                    self.tasks.done(unit, kind=kind, subject=intake_id, by="system")
            erase(unit.db, HOLDINGS, who, fact.data.pseudonym)

    def requested(self, fact: Envelope[PersonRequestedV1]) -> None:
        """Write into the audit that a person's data is to be exported or erased, and who asked."""
        asked = fact.data
        with self.unit(fact) as unit:
            if not unit.seen:
                by, what = _actor(unit, asked.by), f"person.{asked.kind}_requested"
                self.audit.note(unit, by, what, asked.request_id, due_at=asked.due_at)

    def ended(self, fact: Envelope[PersonRequestEndedV1]) -> None:
        """Write into the audit what was done, and ask nobody to hurry any more."""
        told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            detail = {"state": told.state, "orders": told.orders, "returns": told.returns}
            self.audit.note(unit, _actor(unit, told.by), f"person.{told.kind}_done", told.request_id, **detail)
            self.tasks.done(unit, kind=TaskKind.PERSON_REQUEST, subject=told.request_id, by="system")

    def late(self, fact: Envelope[PersonRequestLateV1]) -> None:
        """Ask a person to look, by a task and a mail."""
        told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            words = f"Due {told.due_at.date().isoformat()}; waits for {', '.join(told.waits_for) or 'its turn'}"
            detail = {"kind": told.kind, "waits_for": list(told.waits_for)}
            self.tasks.raise_for(
                unit, kind=TaskKind.PERSON_REQUEST, subject=told.request_id, detail=detail, words=words
            )
            portal_url, to = _retailer(unit)
            unit.announce(
                PersonReminderDueV1(
                    request_id=told.request_id,
                    kind=told.kind,
                    due_at=told.due_at,
                    waits_for=told.waits_for,
                    manage_url=f"{portal_url}/admin/persons",
                    to=to,
                )
            )

    def exported(self, fact: Envelope[PersonExportedV1]) -> None:
        """Mail the retailer a link to the export."""
        told, token = fact.data, token_urlsafe(32)
        with self.unit(fact) as unit:
            if unit.seen:
                return
            link = {"token_hash": digest(token), "request_id": told.request_id, "expires_at": told.expires_at}
            unit.db.execute(insert(person_links).values(link | {"retailer_id": unit.retailer_id}))
            portal_url, to = _retailer(unit)
            unit.announce(
                PersonExportReadyV1(
                    request_id=told.request_id,
                    url=f"{portal_url}/x/{token}",
                    expires_at=told.expires_at,
                    due_at=told.due_at,
                    to=to,
                )
            )

    def behind(self, token: str, at: datetime | None = None) -> tuple[UUID, UUID] | None:
        """The retailer and request that a link to an export opens, or None."""
        living = person_links.c.expires_at > (at or now())
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            row = db.execute(select(person_links).where(person_links.c.token_hash == digest(token), living)).first()
        return (row.retailer_id, row.request_id) if row else None

    def fetched(self, actor: Actor, request_id: UUID) -> None:
        """Write into the audit that an export was fetched."""
        with self.unit(retailer_id=actor.retailer_id) as unit:
            self.audit.note(unit, actor, "person.export_fetched", request_id)


def _let_go_of_objects(unit: Unit, who: PersonRefs) -> None:
    """Plan to delete the objects; that is done once no row holds them any more."""
    held: list[Any] = list(unit.db.execute(select(photos.c.object_key).where(photos_of(who))).scalars())
    for kept in unit.db.execute(select(intakes.c.photos).where(intakes_of(who))).scalars():
        held += [photo["object_key"] for photo in kept]
    for kept in unit.db.execute(select(quarantine.c.photos).where(quarantine_of(who))).scalars():
        held += [photo["object_key"] for photo in kept]
    held += unit.db.execute(bodies_of(who)).scalars()
    for key in held:
        row = (
            upsert(uploads)
            .values(id=new_id(), retailer_id=unit.retailer_id, object_key=key, kept_until=unit.now)
            .on_conflict_do_update(index_elements=["retailer_id", "object_key"], set_={"kept_until": unit.now})
            .returning(uploads.c.id)
        )
        unit.claim(UPLOADS, account=str(unit.retailer_id), subject=unit.db.execute(row).scalar_one())


def _actor(unit: Unit, by: str) -> Actor:
    kind = SHOPIFY if by == SHOPIFY else STAFF
    return Actor(unit.retailer_id, kind, by, by)


def _retailer(unit: Unit) -> tuple[str, str]:
    """Where the retailer's pages are, and its address for such mail."""
    retailer = as_retailer(unit.db.execute(select(retailers).where(retailers.c.id == unit.retailer_id)).one())
    return retailer.look.portal_url, retailer.review_email or retailer.look.support_email
