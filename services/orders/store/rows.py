"""Rows of the index: taken together, written together, each change of how an order is told stated once."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.secrets import Secrets
from libs.chassis.store import Unit
from libs.contracts.orders import OrderChangedV1, OrderV1
from services.orders.domain.lookup import BY_EMAIL, number_key, proofs_of
from services.orders.domain.orders import KnownOrder, buyer_of, identity, view
from services.orders.domain.shops import Shop
from services.orders.store.erased import without_buyer
from services.orders.store.tables import orders

EMAIL, PROOF = "orders.email", "orders.proof"  # what fingerprints are made for
_KNOWN = TypeAdapter(KnownOrder)
_NOTHING = _KNOWN.dump_python(KnownOrder(), mode="json")
_WRITTEN = ("known", "view", "number_key", "email_key", "proof_keys", "heard_at", "read_at", "source")
_WRITE = update(orders).where(orders.c.id == bindparam("row")).values({name: bindparam(name) for name in _WRITTEN})


@dataclass(frozen=True, slots=True)
class Change:
    """What is now known of an order, and when it was heard of or read, where that is new."""

    row: Row[Any]
    known: KnownOrder
    heard_at: datetime | None = None
    read_at: datetime | None = None
    source: str | None = None


def lock(unit: Unit, shop: Shop, shop_order_ids: Iterable[str]) -> list[Row[Any]]:
    """The orders' rows, made where they are not there yet, ours until the commit.

    They are taken in one order of ids by everybody, so that two who want the same rows wait for each other at most once.
    """
    ids = {identity(shop.id, shop_order_id): shop_order_id for shop_order_id in shop_order_ids}
    held = {"retailer_id": unit.retailer_id, "shop_id": shop.id, "known": _NOTHING}
    fresh = [{"id": id_, "shop_order_id": ids[id_], **held} for id_ in sorted(ids)]
    if not fresh:
        return []
    unit.db.execute(insert(orders).values(fresh).on_conflict_do_nothing())
    asked = select(orders).where(orders.c.id.in_(ids)).order_by(orders.c.id).with_for_update()
    return list(unit.db.execute(asked).all())


def known_of(row: Row[Any]) -> KnownOrder:
    """What the row knows."""
    return _KNOWN.validate_python(row.known)


def is_fresh(*, heard_at: datetime | None, read_at: datetime | None) -> bool:
    """Whether the order was read from the shop, and nothing was heard of it since that reading began."""
    return read_at is not None and (heard_at is None or heard_at <= read_at)


def write(unit: Unit, shop_id: UUID, changes: Sequence[Change]) -> list[OrderV1 | None]:
    """Write what is known and how it is told, and state the changes that there are."""
    changes = [_without_buyer(change) for change in changes]
    told = [view(change.known, shop_id) for change in changes]
    values = [_values(unit.retailer_id, change, order) for change, order in zip(changes, told, strict=True)]
    if values:
        unit.db.execute(_WRITE, values)
    for change, order, written in zip(changes, told, values, strict=True):
        if order is not None and written["view"] != change.row.view:
            unit.announce(OrderChangedV1(order_id=order.order_id, number=order.number, cancelled=order.cancelled))
    return told


def keep(unit: Unit, row: Row[Any], shop_id: UUID, known: KnownOrder, **told: Any) -> OrderV1 | None:
    """The same for one order."""
    (order,) = write(unit, shop_id, [Change(row, known, **told)])
    return order


def proof_key(retailer_id: UUID, proof: str) -> bytes:
    """The keyed hash of a proof, by which an order is found. An email's is as it was when there were no others."""
    if proof.startswith(BY_EMAIL):
        return _secrets().fingerprint(retailer_id, EMAIL, proof.removeprefix(BY_EMAIL))
    return _secrets().fingerprint(retailer_id, PROOF, proof)


def is_one_of(mine: bytes, keys: Iterable[bytes | None]) -> bool:
    """Whether `mine` is among the keys; all are compared, each in one time whatever it is."""
    return sum(hmac.compare_digest(mine, bytes(key or b"")) for key in keys) > 0


def _without_buyer(change: Change) -> Change:
    """News of an order whose buyer is erased brings the buyer back to nobody."""
    pseudonym = change.row.erased_as
    return replace(change, known=without_buyer(change.known, pseudonym)) if pseudonym else change


def _values(retailer_id: UUID, change: Change, order: OrderV1 | None) -> dict[str, Any]:
    return {
        "row": change.row.id,
        "known": _KNOWN.dump_python(change.known, mode="json"),
        "view": order.model_dump(mode="json") if order else None,
        "heard_at": change.heard_at or change.row.heard_at,
        "read_at": max((at for at in (change.read_at, change.row.read_at) if at), default=None),
        "source": change.source or change.row.source,
        **_keys(retailer_id, order, change.known),
    }


def _keys(retailer_id: UUID, order: OrderV1 | None, known: KnownOrder) -> dict[str, Any]:
    """How the order is found. One without an email, bought over a counter, is not found by email at all."""
    proofs = sorted(proofs_of(buyer_of(known))) if order else []
    by_email = next((proof for proof in proofs if proof.startswith(BY_EMAIL)), None)
    return {
        "number_key": number_key(order.number) if order else None,
        "email_key": proof_key(retailer_id, by_email) if by_email else None,
        "proof_keys": [proof_key(retailer_id, proof) for proof in proofs if proof != by_email],
    }


@cache
def _secrets() -> Secrets:
    return Secrets.from_settings()
