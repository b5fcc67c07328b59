"""What people record: that a parcel was handed over or received, what was in it, and which scan was a mistake."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.tracking import (
    InspectionV1,
    MilestoneV1,
    ParcelInspectedV1,
    RecordInspectionV1,
    RecordMilestoneV1,
    ScanVoidedV1,
    VoidedScanV1,
    VoidScanV1,
)
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.store import promises, rows
from services.tracking.store.rows import HUB, STAFF
from services.tracking.store.tables import inspection_lines, inspections, metadata, parcels, scans


class ByHand(Store):
    """Keeps what a person says of a parcel, and states what it proves."""

    service, metadata = "tracking", metadata

    def reach(self, retailer_id: UUID, asked: RecordMilestoneV1) -> MilestoneV1:
        """Record a milestone by hand; one reached before is not stated again. Refused as `tracking.no_parcel`."""
        with self.unit(retailer_id=retailer_id) as unit:
            parcel = _parcel(unit, asked)
            repeated = asked.milestone in rows.told(unit, parcel.id)
            rows.insert_scan(
                unit,
                parcel_id=parcel.id,
                tracking_number=parcel.tracking_number,
                source=STAFF,
                key=f"{STAFF} {asked.milestone} {parcel.id}",
                code=asked.milestone,
                raw_code=asked.milestone,
                occurred_at=asked.occurred_at,
                description=domain.plain(asked.words),
                by=asked.by,
            )
            rows.state_news(unit, parcel, by=asked.by)
            return MilestoneV1(parcel_id=parcel.id, milestone=asked.milestone, repeated=repeated)

    def inspect(self, retailer_id: UUID, asked: RecordInspectionV1) -> InspectionV1:
        """Record what was in a parcel, once for a key; it was received, then. Refused as `tracking.no_parcel`."""
        with self.unit(retailer_id=retailer_id) as unit:
            parcel = _parcel(unit, asked)
            inspection_id = _insert_inspection(unit, parcel, asked)
            if inspection_id is None:
                return InspectionV1(inspection_id=_recorded(unit, asked), repeated=True)
            _insert_lines(unit, inspection_id, asked)
            _receive(unit, parcel, inspection_id, by=asked.by)
            rows.state_news(unit, parcel, by=asked.by)
            promises.inspected(unit, parcel)
            unit.announce(_inspected(parcel, inspection_id, asked))
            return InspectionV1(inspection_id=inspection_id)

    def void_scan(self, retailer_id: UUID, asked: VoidScanV1) -> VoidedScanV1:
        """Let a hub scan count no more, and state it, once, with what nothing proves any more.

        One of a parcel not known yet set nothing going to tell of.
        Refused as `tracking.not_found` or `tracking.not_a_hub_scan`.
        """
        with self.unit(retailer_id=retailer_id) as unit:
            scan = _hub_scan(unit, asked.scan_id)
            if scan.voided_at is not None:
                return VoidedScanV1(scan_id=scan.id, repeated=True)
            its_end = {"voided_at": unit.now, "voided_by": asked.by, "voided_words": domain.plain(asked.words)}
            unit.db.execute(update(scans).where(scans.c.id == scan.id).values(**its_end))
            if scan.parcel_id is not None:
                parcel = unit.db.execute(select(parcels).where(parcels.c.id == scan.parcel_id)).one()
                gone = rows.withdraw(unit, parcel, scan)
                unit.announce(_voided(parcel, asked, withdraws=gone, taken_back=rows.taken_back(unit, parcel.id)))
            return VoidedScanV1(scan_id=scan.id)


def _hub_scan(unit: Unit, scan_id: UUID) -> Row[Any]:
    """What somebody scanned at a hub, held with its number until the unit ends."""
    its_own = select(scans).where(scans.c.id == scan_id)
    found = unit.db.execute(its_own).first()
    if found is None:
        raise domain.NotFound()
    if found.source != HUB or found.implied:
        raise domain.NotAHubScan()
    rows.in_turn(unit, found.tracking_number)
    return unit.db.execute(its_own).one()  # again: its parcel may have come, or it was made void meanwhile


def _parcel(unit: Unit, asked: RecordMilestoneV1 | RecordInspectionV1) -> Row[Any]:
    """The parcel that a person means, held until the unit ends; of a return that has none, the shopper's own."""
    number = domain.tracking_number(asked.number)
    rows.in_turn(unit, number)
    parcel_id = domain.meant(rows.known(unit, asked.return_id), asked.parcel)
    if parcel_id is None:
        return rows.shoppers_own(unit, return_id=asked.return_id, parcel=asked.parcel, number=number)
    parcel = unit.db.execute(select(parcels).where(parcels.c.id == parcel_id)).one()
    rows.in_turn(unit, parcel.tracking_number)
    return parcel


def _insert_inspection(unit: Unit, parcel: Row[Any], asked: RecordInspectionV1) -> UUID | None:
    return unit.db.execute(
        insert(inspections)
        .values(
            id=new_id(),
            retailer_id=unit.retailer_id,
            return_id=asked.return_id,
            parcel_id=parcel.id,
            key=asked.key,
            extras=[extra.model_dump(mode="json") for extra in asked.extras],
            words=domain.plain(asked.words),
            by=asked.by,
            inspected_at=unit.now,
        )
        .on_conflict_do_nothing(index_elements=["retailer_id", "return_id", "key"])
        .returning(inspections.c.id)
    ).scalar_one_or_none()


def _recorded(unit: Unit, asked: RecordInspectionV1) -> UUID:
    same = (inspections.c.return_id == asked.return_id, inspections.c.key == asked.key)
    return unit.db.execute(select(inspections.c.id).where(*same)).scalar_one()


def _insert_lines(unit: Unit, inspection_id: UUID, asked: RecordInspectionV1) -> None:
    if asked.lines:
        unit.db.execute(
            insert(inspection_lines),
            [
                {
                    "inspection_id": inspection_id,
                    "place": place,
                    "retailer_id": unit.retailer_id,
                    "line_id": line.line_id,
                    "quantity": line.quantity,
                    "condition": line.condition,
                    "words": domain.plain(line.words),
                    "disposition": line.disposition,
                    "photos": [str(photo) for photo in line.photos],
                }
                for place, line in enumerate(asked.lines)
            ],
        )


def _receive(unit: Unit, parcel: Row[Any], inspection_id: UUID, *, by: str) -> None:
    """A parcel that was opened at a hub has come there, whether or not somebody scanned it."""
    rows.insert_scan(
        unit,
        parcel_id=parcel.id,
        tracking_number=parcel.tracking_number,
        source=HUB,
        key=f"inspection {inspection_id}",
        code=Milestone.HUB_RECEIVED,
        raw_code=Milestone.HUB_RECEIVED,
        implied=True,
        by=by,
    )


def _voided(parcel: Row[Any], asked: VoidScanV1, *, withdraws: tuple[Milestone, ...], taken_back: int) -> ScanVoidedV1:
    return ScanVoidedV1(
        return_id=parcel.return_id,
        parcel_id=parcel.id,
        parcel=parcel.parcel,
        scan_id=asked.scan_id,
        words=asked.words,
        by=asked.by,
        withdraws=withdraws,
        taken_back=taken_back,
    )


def _inspected(parcel: Row[Any], inspection_id: UUID, asked: RecordInspectionV1) -> ParcelInspectedV1:
    return ParcelInspectedV1(
        return_id=asked.return_id,
        inspection_id=inspection_id,
        parcel_id=parcel.id,
        parcel=parcel.parcel,
        lines=asked.lines,
        extras=asked.extras,
        words=asked.words,
        by=asked.by,
    )
