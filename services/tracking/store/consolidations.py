"""Bags and pallets of a hub: opened, filled, closed, and received at the retailer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.tracking_consolidations import (
    CloseConsolidationV1,
    ConsolidationDeliveredV1,
    ConsolidationState,
    ConsolidationsV1,
    ConsolidationV1,
    ListConsolidationsV1,
    OpenConsolidationV1,
    PackedParcel,
    RecordDeliveryV1,
    RecordPackedV1,
)
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.store import rows
from services.tracking.store.hub import parcel_read
from services.tracking.store.rows import STAFF
from services.tracking.store.tables import consolidations, metadata, packed, parcels

OPEN, CLOSED, DELIVERED = ConsolidationState.OPEN, ConsolidationState.CLOSED, ConsolidationState.DELIVERED


class Consolidations(Store):
    """What hubs send on together, of all retailers, each seen by its own only."""

    service, metadata = "tracking", metadata

    def open(self, retailer_id: UUID, asked: OpenConsolidationV1) -> ConsolidationV1:
        """Begin one, once for its key."""
        with self.unit(retailer_id=retailer_id) as unit:
            id = new_id()
            new = insert(consolidations).values(
                id=id,
                retailer_id=retailer_id,
                key=asked.key,
                code=domain.consolidation_code(id),
                state=OPEN,
                hub=domain.plain(asked.hub),
                by=asked.by,
                opened_at=unit.now,
            )
            made = unit.db.execute(
                new.on_conflict_do_nothing(index_elements=["retailer_id", "key"]).returning(consolidations.c.id)
            ).first()
            row = unit.db.execute(select(consolidations).where(consolidations.c.key == asked.key)).one()
            return _told(unit, row, repeated=made is None)

    def pack(self, retailer_id: UUID, asked: RecordPackedV1) -> ConsolidationV1:
        """Put a parcel in, once. Refused as its contract says."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = _locked(unit, consolidations.c.id == asked.consolidation_id)
            parcel = parcel_read(unit, asked.code, asked.return_id, is_here=True)
            if parcel is None:
                raise domain.NoSuchParcel
            rows.in_turn(unit, parcel.tracking_number)
            if Milestone.HUB_RECEIVED not in rows.told(unit, parcel.id):
                raise domain.NotReceived
            where = _where(unit, parcel.id)
            if where is not None and where.id != row.id:
                raise domain.PackedElsewhere(where.code)
            if where is None and row.state != OPEN:
                raise domain.NotOpen
            if where is None:
                its_own = {"parcel_id": parcel.id, "retailer_id": retailer_id, "consolidation_id": row.id}
                unit.db.execute(insert(packed).values(its_own | {"by": asked.by, "packed_at": unit.now}))
            return _told(unit, row, repeated=where is not None)

    def close(self, retailer_id: UUID, asked: CloseConsolidationV1) -> ConsolidationV1:
        """Close it: all that is in it is exported. A repeat changes nothing."""
        with self.unit(retailer_id=retailer_id) as unit:
            row = _locked(unit, consolidations.c.id == asked.consolidation_id)
            if row.state != OPEN:
                return _told(unit, row, repeated=True)
            inside = _inside(unit, row.id)
            if not inside:
                raise domain.NothingInIt
            _reach(unit, row, inside, Milestone.EXPORTED, by=asked.by)
            return _told(unit, _change(unit, row, state=CLOSED, closed_at=unit.now))

    def deliver(self, retailer_id: UUID, asked: RecordDeliveryV1) -> ConsolidationV1:
        """Receive it at the retailer: so is all that is in it, and the fact is stated, once."""
        code = domain.tracking_number(asked.code)
        with self.unit(retailer_id=retailer_id) as unit:
            row = _locked(unit, consolidations.c.code == code)
            if row.state == OPEN:
                raise domain.NotClosed
            if row.state == DELIVERED:
                return _told(unit, row, repeated=True)
            inside = _inside(unit, row.id)
            _reach(unit, row, inside, Milestone.DELIVERED_TO_RETAILER, by=asked.by)
            unit.announce(
                ConsolidationDeliveredV1(
                    consolidation_id=row.id,
                    code=row.code,
                    return_ids=tuple(dict.fromkeys(parcel.return_id for parcel in inside)),
                    parcels=len(inside),
                    hub=row.hub,
                    by=asked.by,
                )
            )
            return _told(unit, _change(unit, row, state=DELIVERED, delivered_at=unit.now))

    def list(self, retailer_id: UUID, asked: ListConsolidationsV1) -> ConsolidationsV1:
        """The newest, or one by its id or its code."""
        found = select(consolidations).order_by(consolidations.c.opened_at.desc()).limit(asked.most)
        if asked.consolidation_id is not None:
            found = found.where(consolidations.c.id == asked.consolidation_id)
        if asked.code is not None:
            found = found.where(consolidations.c.code == domain.tracking_number(asked.code))
        with self.unit(retailer_id=retailer_id) as unit:
            rows_ = unit.db.execute(found).all()
            return ConsolidationsV1(consolidations=tuple(_told(unit, row) for row in rows_))


def _locked(unit: Unit, which: Any) -> Row[Any]:
    row = unit.db.execute(select(consolidations).where(which).with_for_update()).first()
    if row is None:
        raise domain.NoConsolidation
    return row


def _where(unit: Unit, parcel_id: UUID) -> Row[Any] | None:
    of = select(consolidations).join(packed, packed.c.consolidation_id == consolidations.c.id)
    return unit.db.execute(of.where(packed.c.parcel_id == parcel_id)).first()


def _inside(unit: Unit, id: UUID) -> Sequence[Row[Any]]:
    """What is in it, in one order for all, so that no two wait for each other's numbers."""
    mine = select(parcels).join(packed, packed.c.parcel_id == parcels.c.id).where(packed.c.consolidation_id == id)
    return unit.db.execute(mine.order_by(parcels.c.tracking_number)).all()


def _reach(unit: Unit, row: Row[Any], inside: Sequence[Row[Any]], milestone: Milestone, *, by: str) -> None:
    for parcel in inside:
        rows.in_turn(unit, parcel.tracking_number)
        rows.insert_scan(
            unit,
            parcel_id=parcel.id,
            tracking_number=parcel.tracking_number,
            source=STAFF,
            key=f"{milestone} {row.id}",
            code=milestone,
            raw_code=row.code,
            occurred_at=unit.now,
            place=row.hub if milestone is Milestone.EXPORTED else None,
            by=by,
        )
        rows.state_news(unit, parcel, by=by)


def _change(unit: Unit, row: Row[Any], **values: Any) -> Row[Any]:
    mine = update(consolidations).where(consolidations.c.id == row.id)
    return unit.db.execute(mine.values(values).returning(consolidations)).one()


def _told(unit: Unit, row: Row[Any], *, repeated: bool = False) -> ConsolidationV1:
    inside = (
        PackedParcel(parcel_id=each.id, return_id=each.return_id, tracking_number=each.tracking_number)
        for each in _inside(unit, row.id)
    )
    return ConsolidationV1(
        consolidation_id=row.id,
        code=row.code,
        state=ConsolidationState(row.state),
        hub=row.hub,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        delivered_at=row.delivered_at,
        parcels=tuple(inside),
        repeated=repeated,
    )
