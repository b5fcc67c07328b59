"""The requests about persons' data, each led to its end: what it is about, who has answered, what is still waited for."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from libs.chassis.personal import export
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.orders_persons import (
    PersonErasedV1,
    PersonExportedV1,
    PersonRequest,
    PersonRequestKind,
    PersonRequestState,
)
from libs.contracts.persons import PersonRefs
from libs.contracts.portal import ShopWebhookReceivedV1
from libs.contracts.portal_persons import PersonFoundV1
from services.orders.domain import persons as domain
from services.orders.domain.lookup import email_key
from services.orders.domain.persons import Asked, Pursued
from services.orders.store import person_rows as rows
from services.orders.store.person_rows import SERVICES, told
from services.orders.store.person_tables import person_requests as requests
from services.orders.store.persons import HOLDINGS
from services.orders.store.rows import lock
from services.orders.store.shops import shop_of
from services.orders.store.tables import metadata, orders


class PersonRequests(Store):
    """Requests to hand out a person's data or to erase it."""

    service, metadata = "orders", metadata

    def hear(self, fact: Envelope[ShopWebhookReceivedV1], asked: Asked) -> None:
        """A shop asks, once while the same is under way. To erase a shop that was connected again since is void."""
        told_at = fact.data.triggered_at or fact.time
        with self.unit(fact) as unit:
            if unit.seen:
                return
            shop = rows.shop_asking(unit, fact.data.shop)
            came_back = shop.is_open and shop.connected_at is not None and shop.connected_at > told_at
            void = asked.kind is PersonRequestKind.ERASE_SHOP and came_back
            given = {"delivery_ids": [fact.data.delivery_id], "shop_id": shop.id}
            made = rows.add(unit, asked, shop, at=min(told_at, unit.now), void=void, **given)
            if made is not None and asked.kind is PersonRequestKind.ERASE:  # also of orders that come later than this
                for row in lock(unit, shop, asked.shop_order_ids):
                    if row.view is None:
                        mine = update(orders).where(orders.c.id == row.id)
                        unit.db.execute(mine.values(erased_as=domain.pseudonym(made)))

    def begin_by_hand(self, retailer_id: UUID, kind: PersonRequestKind, email: str, by: str) -> PersonRequest:
        """One of the staff asks about whoever has this address. Raises NobodyMeant."""
        key = email_key(email)
        if "@" not in key or kind is PersonRequestKind.ERASE_SHOP:
            raise domain.NobodyMeant()
        asked = Asked(kind, by, f"email:{key}", email=key)
        with self.unit(retailer_id=retailer_id) as unit:
            made = rows.add(unit, asked, shop_of(unit), at=unit.now)
            mine = requests.c.id == made if made else rows.is_open(unit, asked)
            return told(unit.db.execute(select(requests).where(mine)).one())

    def orders_with(self, retailer_id: UUID, email: str) -> tuple[UUID, ...]:
        """The orders with this address. Raises NobodyMeant."""
        if "@" not in email_key(email):
            raise domain.NobodyMeant()
        with self.unit(retailer_id=retailer_id) as unit:
            return rows.orders_with(unit, email)

    def list(self, retailer_id: UUID, *, limit: int = 50) -> tuple[PersonRequest, ...]:
        """The newest requests."""
        newest = select(requests).order_by(requests.c.id.desc()).limit(limit)
        with self.look(retailer_id) as db:
            return tuple(told(row) for row in db.execute(newest))

    def get(self, retailer_id: UUID, request_id: UUID) -> PersonRequest | None:
        """The request with this id."""
        with self.look(retailer_id) as db:
            row = db.execute(select(requests).where(requests.c.id == request_id)).one_or_none()
        return told(row) if row else None

    def begin(self, retailer_id: UUID, request_id: UUID) -> Pursued | None:
        """Take a request in hand, the next try planned before anybody is asked; None where nothing is to be done."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = rows.held(unit, request_id)
            if row is None or row.state == PersonRequestState.VOID:
                return None
            rows.plan_next(unit, row)
            batch = rows.batch_of(unit, row)
            rows.change(unit, row, looks=row.looks + 1, order_ids=list(batch))
            return rows.pursued(unit, row, batch)

    def act(self, asked: Pursued, found: PersonFoundV1) -> PersonRefs:
        """Erase what may be erased here, and state it where that is news; whom it is about, for the others to be asked.

        What an open return needs stays until it ends.
        """
        with self.unit(retailer_id=asked.retailer_id) as unit:
            row = rows.held(unit, asked.id)
            assert row is not None  # it was begun
            who = rows.refs(unit, row, asked, found)
            erased = rows.erase_here(unit, who, asked.pseudonym)
            is_news = rows.is_news(unit, row, who)
            if is_news:
                unit.announce(PersonErasedV1(request_id=row.id, pseudonym=asked.pseudonym, who=who))
                rows.claim(unit, row, after=domain.AFTER_STATING)
            rows.keep_round(unit, row, who, found, erased=erased, is_news=is_news)
        return who

    def answered(self, asked: Pursued, quiet: Collection[str]) -> None:
        """Keep who holds nothing any more; go on to the next batch, or to the end, where all do."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            row = rows.held(unit, asked.id)
            assert row is not None  # it was begun
            rows.change(unit, row, answered=sorted(quiet))
            if set(quiet) < set(SERVICES) or row.state == PersonRequestState.DONE:
                return
            if row.kind == PersonRequestKind.ERASE_SHOP and not row.everybody:
                rows.next_batch(unit, row)
            elif not row.open_returns:
                rows.end(unit, row)

    def whole(self, asked: Pursued, found: PersonFoundV1) -> PersonRefs:
        """All that a person has here, open or not, to be told to them."""
        return_ids = tuple(sorted(each.return_id for each in found.returns))
        with self.unit(retailer_id=asked.retailer_id) as unit:
            row = rows.held(unit, asked.id)
            assert row is not None  # it was begun
            counted = {"orders": len(asked.order_ids), "returns": len(return_ids)}
            rows.change(unit, row, return_ids=list(return_ids), intake_ids=list(found.intake_ids), **counted)
            return PersonRefs(
                order_ids=asked.order_ids,
                shop_order_ids=rows.shop_order_ids(unit, asked.order_ids),
                return_ids=return_ids,
                intake_ids=found.intake_ids,
                delivery_ids=tuple(row.delivery_ids),
            )

    def own(self, retailer_id: UUID, who: PersonRefs) -> dict[str, Any]:
        """What orders itself holds of a person."""
        with self.look(retailer_id) as db:
            return export(db, HOLDINGS, who)

    def gathered(self, asked: Pursued) -> None:
        """The export is kept: it is mailed, and deleted when its time is over."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            row = rows.held(unit, asked.id)
            if row is None or row.state == PersonRequestState.DONE:
                return
            until = unit.now + domain.EXPORT_LIVES
            unit.announce(PersonExportedV1(request_id=row.id, due_at=row.due_at, expires_at=until))
            rows.end(unit, row, export_until=until, answered=list(SERVICES))

    def silent(self, asked: Pursued, answered: Collection[str]) -> None:
        """Some services are away: the request shows which."""
        with self.unit(retailer_id=asked.retailer_id) as unit:
            row = rows.held(unit, asked.id)
            if row is not None:
                rows.change(unit, row, answered=sorted(answered))

    def wake(self, retailer_id: UUID, return_id: UUID) -> None:
        """A return has ended: whoever waited for that need wait no longer."""
        waiting = requests.c.open_returns.contains([return_id]) & requests.c.ended_at.is_(None)
        with self.unit(retailer_id=retailer_id) as unit:
            for row in unit.db.execute(select(requests).where(waiting)).all():
                rows.claim(unit, row, after=domain.AFTER_STATING)
