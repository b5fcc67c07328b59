"""What tracking remembers: parcels, every scan of them, and which milestones were stated."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit, tables, tenant_id
from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.tracking import (
    MilestoneReachedV1,
    ParcelTimeline,
    ScanAnswer,
    ScanAsked,
    ScanResult,
    Step,
    TimelineV1,
    UnknownParcelScannedV1,
)
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Reported, Scan

LABEL, CARRIER, HUB = "label", "carrier", "hub"  # who saw it

metadata = tables("tracking")
parcels = Table(
    "parcels",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("return_id", Uuid, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("parcel", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("retailer_id", "tracking_number", "carrier"),
)
Index(None, parcels.c.retailer_id, parcels.c.return_id)
scans = Table(
    "scans",
    metadata,
    Column("id", Uuid, primary_key=True),
    tenant_id(),
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), index=True),  # none until the parcel's label is known
    Column("tracking_number", Text, nullable=False),
    Column("carrier", Text),  # none at a hub, which reads any parcel
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("raw_code", Text, nullable=False),
    Column("carrier_time", Text),
    Column("occurred_at", DateTime(timezone=True)),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("arrival", BigInteger, Identity(), nullable=False),  # the order of commits for one number; clocks differ
    Column("place", Text),
    Column("description", Text),
    Column("by", Text),
    UniqueConstraint("retailer_id", "tracking_number", "key"),
)
milestones = Table(
    "milestones",
    metadata,
    Column("parcel_id", Uuid, ForeignKey("parcels.id"), primary_key=True),
    Column("milestone", Text, primary_key=True),
    tenant_id(),
    Column("occurred_at", DateTime(timezone=True), nullable=False),
    Column("implied", Boolean, nullable=False),
    Column("place", Text),
    Column("stated_at", DateTime(timezone=True), nullable=False),
)


class Parcels(Store):
    """Parcels by their number. Whatever touches one number happens in turn."""

    service, metadata = "tracking", metadata

    def register(self, fact: Envelope[LabelIssuedV1]) -> None:
        """Know the parcel of a label, and apply what was scanned of it before."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            number = domain.tracking_number(fact.data.tracking_number)
            _in_turn(unit, number)
            parcel = _insert_parcel(unit, fact.data, number)
            _insert_scan(
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
            _take_early_scans(unit, parcel)
            _state_news(unit, parcel)

    def report(self, fact: Envelope[CarrierWebhookReceivedV1], seen: Reported) -> None:
        """Keep what a carrier saw; of a parcel not known yet, until its label comes."""
        with self.unit(fact) as unit:
            if unit.seen:
                return
            _in_turn(unit, seen.tracking_number)
            parcel = _parcel(unit, seen.tracking_number, parcels.c.carrier == seen.carrier)
            new = _insert_scan(
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
                _state_news(unit, parcel)

    def receive(self, retailer_id: UUID, asked: ScanAsked, *, by: str) -> ScanAnswer:
        """Record one scan at a hub; a repeat with its `client_scan_id` counts once."""
        number = domain.tracking_number(asked.code)
        with self.unit(retailer_id=retailer_id) as unit:
            _in_turn(unit, number)
            parcel, key = _parcel(unit, number), f"{HUB} {domain.plain(asked.client_scan_id) or new_id()}"
            new = _insert_scan(
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
                _state_news(unit, parcel)
            return _answer(unit, asked, _scan(unit, number, key))

    def timeline(self, retailer_id: UUID, return_id: UUID) -> TimelineV1:
        """Where the parcels of a return have been."""
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(
                select(parcels)
                .where(parcels.c.return_id == return_id)
                .order_by(parcels.c.parcel, parcels.c.registered_at)
            ).all()
            return TimelineV1(
                parcels=tuple(
                    ParcelTimeline(
                        parcel=row.parcel,
                        carrier=row.carrier,
                        tracking_number=row.tracking_number,
                        steps=domain.timeline(_scans(unit, row.id)),
                    )
                    for row in found
                )
            )


def _in_turn(unit: Unit, number: str) -> None:
    """Wait for whoever holds this number: a scan and the label it overtakes must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{number}", 0))))


def _insert_parcel(unit: Unit, issued: LabelIssuedV1, number: str) -> Row[Any]:
    unit.db.execute(
        insert(parcels)
        .values(
            id=new_id(),
            retailer_id=unit.retailer_id,
            return_id=issued.return_id,
            booking_id=issued.booking_id,
            parcel=issued.parcel,
            carrier=issued.carrier,
            tracking_number=number,
            hub=issued.hub,
            registered_at=unit.now,
        )
        .on_conflict_do_nothing()
    )
    parcel = unit.db.execute(
        select(parcels).where(parcels.c.tracking_number == number, parcels.c.carrier == issued.carrier)
    ).one()
    if parcel.booking_id != issued.booking_id:
        raise Permanent(f"{issued.carrier} gave the number of booking {parcel.booking_id} to {issued.booking_id} too")
    return parcel


def _take_early_scans(unit: Unit, parcel: Row[Any]) -> None:
    """Give the parcel what was scanned of its number before it was known."""
    its_own = or_(scans.c.carrier.is_(None), scans.c.carrier == parcel.carrier)
    unit.db.execute(
        update(scans)
        .where(scans.c.tracking_number == parcel.tracking_number, scans.c.parcel_id.is_(None), its_own)
        .values(parcel_id=parcel.id)
    )


def _parcel(unit: Unit, number: str, *also: Any) -> Row[Any] | None:
    """The newest parcel with this number: carriers give old numbers again."""
    return unit.db.execute(
        select(parcels)
        .where(parcels.c.tracking_number == number, *also)
        .order_by(parcels.c.registered_at.desc())
        .limit(1)
    ).first()


def _insert_scan(unit: Unit, **values: Any) -> UUID | None:
    """The id of a scan now kept; None when it was here before."""
    return unit.db.execute(
        insert(scans)
        .values(
            id=new_id(),
            retailer_id=unit.retailer_id,
            received_at=unit.now,
            **values,
        )
        .on_conflict_do_nothing()
        .returning(scans.c.id)
    ).scalar_one_or_none()


def _scan(unit: Unit, number: str, key: str) -> Row[Any]:
    return unit.db.execute(select(scans).where(scans.c.tracking_number == number, scans.c.key == key)).one()


def _scans(unit: Unit, parcel_id: UUID) -> list[Scan]:
    rows = unit.db.execute(select(scans).where(scans.c.parcel_id == parcel_id)).all()
    return [
        Scan(
            key=row.key, code=domain.normal(row.code), at=row.occurred_at, received_at=row.received_at, place=row.place
        )
        for row in rows
    ]


def _state_news(unit: Unit, parcel: Row[Any]) -> None:
    """State each milestone that the parcel's scans prove and that was not stated before."""
    told = unit.db.execute(select(milestones.c.milestone).where(milestones.c.parcel_id == parcel.id)).scalars().all()
    for step in domain.news(_scans(unit, parcel.id), told={Milestone(name) for name in told}):
        if _insert_milestone(unit, parcel.id, step):
            unit.announce(
                MilestoneReachedV1(
                    return_id=parcel.return_id,
                    parcel_id=parcel.id,
                    parcel=parcel.parcel,
                    tracking_number=parcel.tracking_number,
                    milestone=step.milestone,
                    occurred_at=step.at,
                    implied=step.implied,
                    place=step.place,
                )
            )


def _insert_milestone(unit: Unit, parcel_id: UUID, step: Step) -> bool:
    return (
        unit.db.execute(
            insert(milestones)
            .values(
                parcel_id=parcel_id,
                milestone=step.milestone,
                retailer_id=unit.retailer_id,
                occurred_at=step.at,
                implied=step.implied,
                place=step.place,
                stated_at=unit.now,
            )
            .on_conflict_do_nothing()
            .returning(milestones.c.milestone)
        ).first()
        is not None
    )


def _answer(unit: Unit, asked: ScanAsked, scan: Row[Any]) -> ScanAnswer:
    if scan.parcel_id is None:
        return ScanAnswer(code=asked.code, result=ScanResult.UNKNOWN)
    parcel = unit.db.execute(select(parcels).where(parcels.c.id == scan.parcel_id)).one()
    first = unit.db.execute(
        select(scans.c.id, scans.c.received_at)
        .where(scans.c.parcel_id == parcel.id, scans.c.source == HUB)
        .order_by(scans.c.arrival)
        .limit(1)
    ).one()
    return ScanAnswer(
        code=asked.code,
        result=ScanResult.OK if first.id == scan.id else ScanResult.ALREADY,
        return_id=parcel.return_id,
        tracking_number=parcel.tracking_number,
        received_at=first.received_at,
    )
