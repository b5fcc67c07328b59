"""Parcels by their number, and what carriers and hubs see of them. Whatever touches one number happens in turn."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import (
    ParcelTimeline,
    ScanAnswer,
    ScanAsked,
    ScanResult,
    TimelineV1,
    UnknownParcelScannedV1,
)
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Reported
from services.tracking.store import rows
from services.tracking.store.rows import CARRIER, HUB, LABEL, STAFF
from services.tracking.store.tables import metadata, parcels, scans, void_labels


class Parcels(Store):
    """Registers parcels, keeps each scan once and states what it proves."""

    service, metadata = "tracking", metadata

    def register(self, fact: Envelope[LabelIssuedV1]) -> None:
        """Know the parcel of a label, and apply what was scanned of it before."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            number = domain.tracking_number(fact.data.tracking_number)
            rows.in_turn(unit, number)
            parcel = _insert_labelled(unit, fact.data, number)
            rows.insert_scan(
                unit,
                parcel_id=parcel.id,
                tracking_number=number,
                carrier=parcel.carrier,
                source=LABEL,
                key=f"{LABEL} {parcel.booking_id}",
                code=Milestone.LABEL_CREATED,
                raw_code=Milestone.LABEL_CREATED,
                occurred_at=fact.time,
            )
            rows.take_early_scans(unit, parcel)
            rows.state_news(unit, parcel)

    def void(self, fact: Envelope[LabelVoidedV1]) -> None:
        """Know that a label is void, also before its parcel is known. What is scanned of it still counts."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            unit.db.execute(
                insert(void_labels)
                .values(retailer_id=unit.retailer_id, booking_id=fact.data.booking_id, voided_at=fact.time)
                .on_conflict_do_nothing()
            )

    def report(self, fact: Envelope[CarrierWebhookReceivedV1], seen: Reported) -> None:
        """Keep what a carrier saw; of a parcel not known yet, until its label comes."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            rows.in_turn(unit, seen.tracking_number)
            parcel = _parcel(unit, seen.tracking_number, parcels.c.carrier == seen.carrier)
            new = rows.insert_scan(
                unit,
                parcel_id=parcel and parcel.id,
                tracking_number=seen.tracking_number,
                carrier=seen.carrier,
                source=CARRIER,
                key=seen.key,
                code=domain.normal(seen.raw_code),
                raw_code=seen.raw_code,
                carrier_time=seen.time,
                occurred_at=seen.at,
                place=seen.place,
                description=seen.description,
            )
            if new and parcel:
                rows.state_news(unit, parcel)

    def receive(self, retailer_id: UUID, asked: ScanAsked, *, by: str) -> ScanAnswer:
        """Record one scan at a hub; a repeat with its `client_scan_id` counts once."""
        number = domain.tracking_number(asked.code)
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, number)
            parcel, key = _parcel(unit, number), f"{HUB} {domain.plain(asked.client_scan_id) or new_id()}"
            new = rows.insert_scan(
                unit,
                parcel_id=parcel and parcel.id,
                tracking_number=number,
                source=HUB,
                key=key,
                code=Milestone.HUB_RECEIVED,
                raw_code=domain.plain(asked.code) or "",
                occurred_at=asked.occurred_at,
                place=domain.plain(asked.hub),
                by=by,
            )
            if new and parcel is None:
                unit.announce(UnknownParcelScannedV1(scan_id=new, code=asked.code, hub=asked.hub))
            if new and parcel:
                rows.state_news(unit, parcel)
            return _answer(unit, asked, _scan(unit, number, key))

    def timeline(self, retailer_id: UUID, return_id: UUID) -> TimelineV1:
        """Where the parcels of a return have been."""
        its_label = and_(
            void_labels.c.retailer_id == parcels.c.retailer_id, void_labels.c.booking_id == parcels.c.booking_id
        )
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(
                select(parcels, void_labels.c.voided_at)
                .outerjoin(void_labels, its_label)
                .where(parcels.c.return_id == return_id)
                .order_by(parcels.c.parcel, parcels.c.registered_at)
            ).all()
            return TimelineV1(
                parcels=tuple(
                    ParcelTimeline(
                        parcel=row.parcel,
                        carrier=row.carrier,
                        tracking_number=row.tracking_number,
                        steps=domain.timeline(rows.scans_of(unit, row.id)),
                        void=row.voided_at is not None,
                    )
                    for row in found
                )
            )


def _insert_labelled(unit: Unit, issued: LabelIssuedV1, number: str) -> Row[Any]:
    parcel = rows.insert_parcel(
        unit,
        return_id=issued.return_id,
        booking_id=issued.booking_id,
        parcel=issued.parcel,
        carrier=issued.carrier,
        tracking_number=number,
        hub=issued.hub,
    )
    if parcel.booking_id != issued.booking_id:
        raise Permanent(f"{issued.carrier} gave the number of booking {parcel.booking_id} to {issued.booking_id} too")
    return parcel


def _parcel(unit: Unit, number: str, *also: Any) -> Row[Any] | None:
    """The newest parcel with this number: carriers give old numbers again."""
    return unit.db.execute(
        select(parcels)
        .where(parcels.c.tracking_number == number, *also)
        .order_by(parcels.c.registered_at.desc())
        .limit(1)
    ).first()


def _scan(unit: Unit, number: str, key: str) -> Row[Any]:
    return unit.db.execute(select(scans).where(scans.c.tracking_number == number, scans.c.key == key)).one()


def _answer(unit: Unit, asked: ScanAsked, scan: Row[Any]) -> ScanAnswer:
    """What a scan did, also when it is sent again. One that is void is answered as it was, and receives for no other."""
    if scan.parcel_id is None:
        return ScanAnswer(code=asked.code, result=ScanResult.UNKNOWN, scan_id=scan.id)
    parcel = unit.db.execute(select(parcels).where(parcels.c.id == scan.parcel_id)).one()
    received = (scans.c.source.in_((HUB, STAFF)), scans.c.code == Milestone.HUB_RECEIVED)
    counts = or_(scans.c.voided_at.is_(None), scans.c.id == scan.id)
    first = unit.db.execute(
        select(scans.c.id, scans.c.received_at)
        .where(scans.c.parcel_id == parcel.id, *received, counts)
        .order_by(scans.c.arrival)
        .limit(1)
    ).one()
    return ScanAnswer(
        code=asked.code,
        result=ScanResult.OK if first.id == scan.id else ScanResult.ALREADY,
        return_id=parcel.return_id,
        tracking_number=parcel.tracking_number,
        received_at=first.received_at,
        scan_id=scan.id,
    )
