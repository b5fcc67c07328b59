"""Webhooks in: where they may come to, and each delivery as it came, stored before it is answered."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.chassis.ids import new_id
from libs.chassis.secrets import Secrets
from libs.chassis.settings import load
from libs.chassis.store import Store, Unit
from libs.contracts.base import Message
from services.portal.settings import PortalSettings
from services.portal.store.people import digest
from services.portal.store.tables import deliveries, endpoints, metadata

BODIES = "webhooks"  # the objects of bodies that facts do not carry
SWEPT = 20  # bodies past their time that each new delivery takes away: they tell of persons


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that one sender's webhooks come to. `secrets` holds the one in force, then the former one, if any."""

    id: UUID
    retailer_id: UUID
    source: str
    name: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A verified webhook as it came."""

    id: UUID
    key: str
    topic: str
    headers: dict[str, str]
    body: str


class Ingress(Store):
    """Endpoints and deliveries."""

    service, metadata = "portal", metadata

    def save_endpoint(self, retailer_id: UUID, *, source: str, name: str, secret: str, keyring: Secrets) -> str:
        """Make the endpoint, or replace its token and secret, the old secret staying good for what is under way; the path token."""
        token = token_urlsafe(24)
        sealed = keyring.seal(retailer_id, "endpoints.secret", secret)
        with self.unit(retailer_id=retailer_id) as unit:
            unit.db.execute(
                update(endpoints)
                .where(endpoints.c.retailer_id == retailer_id, endpoints.c.source == source, endpoints.c.name == name)
                .values(old_secret=endpoints.c.secret)
            )
            unit.db.execute(
                upsert(endpoints)
                .values(
                    token_hash=digest(token),
                    id=new_id(),
                    retailer_id=retailer_id,
                    source=source,
                    name=name,
                    secret=sealed,
                )
                .on_conflict_do_update(
                    index_elements=["retailer_id", "source", "name"],
                    set_={"token_hash": digest(token), "secret": sealed},
                )
            )
        return token

    def change_secret(self, retailer_id: UUID, *, source: str, name: str, secret: str, keyring: Secrets) -> bool:
        """Put another secret in force at the same address; the one in force until now stays good beside it.

        False where the retailer has no such endpoint.
        """
        sealed = keyring.seal(retailer_id, "endpoints.secret", secret)
        with self.unit(retailer_id=retailer_id) as unit:
            changed = unit.db.execute(
                update(endpoints)
                .where(endpoints.c.retailer_id == retailer_id, endpoints.c.source == source, endpoints.c.name == name)
                .values(secret=sealed, old_secret=endpoints.c.secret)
                .returning(endpoints.c.id)
            ).first()
        return changed is not None

    def move(self, retailer_id: UUID, *, source: str, name: str) -> str | None:
        """Another path token for the endpoint, whose former address takes nothing any more; None where there is none."""
        token = token_urlsafe(24)
        with self.unit(retailer_id=retailer_id) as unit:
            moved = unit.db.execute(
                update(endpoints)
                .where(endpoints.c.retailer_id == retailer_id, endpoints.c.source == source, endpoints.c.name == name)
                .values(token_hash=digest(token))
                .returning(endpoints.c.id)
            ).first()
        return token if moved is not None else None

    def forget_former_secret(self, retailer_id: UUID, *, source: str, name: str) -> bool:
        """Let only the secret in force be good; False where the retailer has no such endpoint."""
        with self.unit(retailer_id=retailer_id) as unit:
            changed = unit.db.execute(
                update(endpoints)
                .where(endpoints.c.retailer_id == retailer_id, endpoints.c.source == source, endpoints.c.name == name)
                .values(old_secret=None)
                .returning(endpoints.c.id)
            ).first()
        return changed is not None

    def all_of(self, retailer_id: UUID, source: str, keyring: Secrets) -> tuple[tuple[Endpoint, datetime | None], ...]:
        """The retailer's endpoints for this source by name, secrets opened, with when each last had a delivery that is kept."""
        last = (
            select(deliveries.c.received_at)
            .where(
                deliveries.c.retailer_id == endpoints.c.retailer_id,
                deliveries.c.endpoint_id == endpoints.c.id,
                deliveries.c.body != "",
            )
            .order_by(deliveries.c.received_at.desc())
            .limit(1)
            .scalar_subquery()
        )
        its_own = (endpoints.c.retailer_id == retailer_id, endpoints.c.source == source)
        with self.unit(retailer_id=retailer_id) as unit:
            rows = unit.db.execute(
                select(endpoints, last.label("last")).where(*its_own).order_by(endpoints.c.name)
            ).all()
        return tuple((_opened(row, keyring), row.last) for row in rows)

    def endpoint(self, token: str, source: str, keyring: Secrets) -> Endpoint | None:
        """The endpoint at this path token, its secrets opened."""
        with self.engine.connect() as db:
            row = db.execute(
                select(endpoints).where(endpoints.c.token_hash == digest(token), endpoints.c.source == source)
            ).first()
        if row is None:
            return None
        return _opened(row, keyring)

    def take(self, endpoint: Endpoint, delivery: Delivery, fact: Message) -> bool:
        """Store the delivery and state `fact` in one commit; False when it came before, and then nothing is stated."""
        with self.unit(retailer_id=endpoint.retailer_id) as unit:
            fresh = unit.db.execute(
                upsert(deliveries)
                .values(
                    id=delivery.id,
                    retailer_id=endpoint.retailer_id,
                    endpoint_id=endpoint.id,
                    delivery_key=delivery.key,
                    topic=delivery.topic,
                    headers=delivery.headers,
                    body=delivery.body,
                    received_at=unit.now,
                )
                .on_conflict_do_nothing(index_elements=["endpoint_id", "delivery_key"])
                .returning(deliveries.c.id)
            ).first()
            if fresh is not None:
                unit.announce(fact)
                _sweep(unit)
        return fresh is not None


def _sweep(unit: Unit) -> None:
    """Give up bodies that were kept long enough; that the delivery came stays known."""
    kept = timedelta(days=load(PortalSettings).webhook_days)
    over = (
        select(deliveries.c.id)
        .where(deliveries.c.received_at < unit.now - kept, deliveries.c.body != "")
        .order_by(deliveries.c.received_at)
        .limit(SWEPT)
        .with_for_update(skip_locked=True)
    )
    unit.db.execute(update(deliveries).where(deliveries.c.id.in_(over)).values(body=""))


def _opened(row: Row[Any], keyring: Secrets) -> Endpoint:
    sealed = [secret for secret in (row.secret, row.old_secret) if secret is not None]
    return Endpoint(
        row.id,
        row.retailer_id,
        row.source,
        row.name,
        tuple(keyring.open(row.retailer_id, "endpoints.secret", secret) for secret in sealed),
    )


def body_key(retailer_id: UUID, delivery_id: UUID) -> str:
    """Where the bytes of a delivery lie that its fact does not carry."""
    return f"{BODIES}/{retailer_id}/{delivery_id}"


def as_text(raw: bytes) -> str:
    """The body as text; raises ValueError when it is not JSON in UTF-8."""
    text = raw.decode()
    json.loads(text)
    return text
