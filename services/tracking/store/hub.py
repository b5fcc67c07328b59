"""Hub scans: each recorded on its own and answered with what it met, and listed as they stand now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select

from libs.chassis.ids import new_id
from libs.chassis.store import Store, Unit
from libs.contracts.tracking import (
    HubAnswer,
    HubResult,
    HubScan,
    HubScansV1,
    ListScansV1,
    ScanAsked,
    UnknownParcelScannedV1,
)
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.store import rows
from services.tracking.store.rows import HUB, STAFF
from services.tracking.store.tables import consolidations, metadata, milestones, number_owners, parcels, scans

MOST_HUBS = 50


class HubScans(Store):
    """What hubs scan, of all retailers, each seen by its own only."""

    service, metadata = "tracking", metadata

    def receive(self, retailer_id: UUID, asked: ScanAsked, *, by: str) -> HubAnswer:
        """Record one scan at a hub; a repeat with its `client_scan_id` counts once.

        Of another retailer's nothing is kept, and nothing of a bag or pallet.
        """
        number = domain.tracking_number(asked.code)
        with self.unit(retailer_id=retailer_id) as unit:
            rows.in_turn(unit, number)
            parcel = parcel_read(unit, asked.code, asked.return_id)
            if parcel is None and _is_anothers(unit, number):
                return HubAnswer(code=asked.code, result=HubResult.ANOTHER_RETAILER)
            if parcel is None and (bag := _bag_read(unit, number)):
                return HubAnswer(code=asked.code, result=HubResult.UNKNOWN, consolidation_id=bag)
            number = parcel.tracking_number if parcel else number
            key = f"{HUB} {domain.plain(asked.client_scan_id) or new_id()}"
            hub = domain.plain(asked.hub)
            astray = parcel is not None and domain.is_astray(scanned_at=hub, belongs_to=parcel.hub)
            new = rows.insert_scan(
                unit,
                parcel_id=parcel and parcel.id,
                tracking_number=number,
                source=HUB,
                key=key,
                code=Milestone.IN_TRANSIT if astray else Milestone.HUB_RECEIVED,
                raw_code=domain.plain(asked.code) or "",
                occurred_at=asked.occurred_at,
                place=hub,
                by=by,
            )
            if new and parcel is None:
                unit.announce(UnknownParcelScannedV1(scan_id=new, code=asked.code, hub=asked.hub))
            if new and parcel:
                rows.state_news(unit, parcel)
            same = scans.c.tracking_number == number, scans.c.key == key
            scan = unit.db.execute(select(scans).where(*same)).one()
            return HubAnswer(**_told(unit, [scan])[0] | {"code": asked.code})

    def list(self, retailer_id: UUID, asked: ListScansV1) -> HubScansV1:
        """The last scans of a person, or some by their ids, as they stand now; the newest first."""
        mine = select(scans).where(scans.c.source == HUB, ~scans.c.implied)
        if asked.by is not None:
            mine = mine.where(scans.c.by == asked.by)
        if asked.ids:
            mine = mine.where(scans.c.id.in_(asked.ids))
        if asked.since is not None:
            mine = mine.where(scans.c.received_at >= asked.since)
        with self.unit(retailer_id=retailer_id) as unit:
            found = unit.db.execute(mine.order_by(scans.c.arrival.desc()).limit(asked.most)).all()
            told = _told(unit, found)
            listed = (
                HubScan(**each, hub=row.place, scanned_at=row.received_at, void=row.voided_at is not None)
                for each, row in zip(told, found, strict=True)
            )
            return HubScansV1(scans=tuple(listed), hubs=_hubs(unit))


def _is_anothers(unit: Unit, number: str) -> bool:
    theirs = number_owners.c.digest == rows.digest_of(number), number_owners.c.retailer_id != unit.retailer_id
    return unit.db.execute(select(number_owners.c.digest).where(*theirs).limit(1)).first() is not None


def _bag_read(unit: Unit, number: str) -> UUID | None:
    """The bag or pallet whose code was read where a parcel's was expected."""
    if not domain.is_consolidation_code(number):
        return None
    return unit.db.execute(select(consolidations.c.id).where(consolidations.c.code == number)).scalar_one_or_none()


def parcel_read(unit: Unit, code: str, return_id: UUID | None, *, is_here: bool = False) -> Row[Any] | None:
    """The newest parcel with this code, for carriers give old numbers again.

    Of a return whose number was read, the next of its parcels that has not come, or where it `is_here`, the last that has.
    """
    number = domain.tracking_number(code)
    if return_id is not None:
        return _of_return(unit, return_id, number, is_here=is_here)
    newest = select(parcels).where(parcels.c.tracking_number == number).order_by(parcels.c.registered_at.desc())
    return unit.db.execute(newest.limit(1)).first()


def _of_return(unit: Unit, return_id: UUID, number: str, *, is_here: bool) -> Row[Any]:
    known = rows.known(unit, return_id)
    if not known:
        return rows.shoppers_own(unit, return_id=return_id, parcel=1, number=number)
    received = select(milestones.c.parcel_id).where(
        milestones.c.parcel_id.in_([each.id for each in known]), milestones.c.milestone == Milestone.HUB_RECEIVED
    )
    come = set(unit.db.execute(received).scalars())
    here = [each.id for each in known if each.id in come]
    parcel_id = here[-1] if is_here and here else domain.next_to_come(known, come)
    parcel = unit.db.execute(select(parcels).where(parcels.c.id == parcel_id)).one()
    rows.in_turn(unit, parcel.tracking_number)
    return parcel


def _told(unit: Unit, found: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """What each scan did, also when it is sent again. One that is void is answered as it was, and receives for no other."""
    ids = {scan.parcel_id for scan in found if scan.parcel_id is not None}
    of = {row.id: row for row in unit.db.execute(select(parcels).where(parcels.c.id.in_(ids)))} if ids else {}
    received = _received(unit, found, ids) if ids else {}
    return [_answer(scan, of.get(scan.parcel_id), received.get(scan.parcel_id, ())) for scan in found]


def _received(unit: Unit, found: Sequence[Row[Any]], ids: set[UUID]) -> dict[UUID, list[Any]]:
    """What received each parcel, the first of it first: by a hub or by a person's word."""
    is_one = (scans.c.source.in_((HUB, STAFF)), scans.c.code == Milestone.HUB_RECEIVED)
    counts = or_(scans.c.voided_at.is_(None), scans.c.id.in_([scan.id for scan in found]))
    by_parcel: dict[UUID, list[Any]] = {}
    for row in unit.db.execute(
        select(scans.c.id, scans.c.parcel_id, scans.c.received_at, scans.c.by, scans.c.voided_at)
        .where(scans.c.parcel_id.in_(ids), *is_one, counts)
        .order_by(scans.c.arrival)
    ):
        by_parcel.setdefault(row.parcel_id, []).append(row)
    return by_parcel


def _answer(scan: Row[Any], parcel: Row[Any] | None, received: Sequence[Row[Any]]) -> dict[str, Any]:
    told = {"code": scan.raw_code, "scan_id": scan.id}
    if parcel is None:
        return told | {"result": HubResult.UNKNOWN}
    told |= {
        "return_id": parcel.return_id,
        "tracking_number": parcel.tracking_number,
        "belongs_to": parcel.hub,
        "parcel": parcel.parcel,
    }
    if scan.code != Milestone.HUB_RECEIVED:
        return told | {"result": HubResult.WRONG_HUB}
    first = next(each for each in received if each.voided_at is None or each.id == scan.id)
    result = HubResult.OK if first.id == scan.id else HubResult.ALREADY
    return told | {"result": result, "received_at": first.received_at, "received_by": first.by}


def _hubs(unit: Unit) -> tuple[str, ...]:
    """Where the latest parcels lead to, which is to every hub that is in use."""
    latest = select(parcels.c.hub).where(parcels.c.hub.is_not(None)).order_by(parcels.c.id.desc()).limit(1000)
    hub = latest.subquery().c.hub
    return tuple(unit.db.execute(select(hub).distinct().order_by(hub).limit(MOST_HUBS)).scalars())
