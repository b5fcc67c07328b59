"""The rows of parcels and scans, as their stories read and change them within a unit."""

from collections.abc import Collection
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from libs.chassis.ids import new_id
from libs.chassis.store import Unit
from libs.contracts.tracking import MilestoneReachedV1, Mishap, ParcelInTroubleV1, Step
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Known, Reported, Scan, Trouble
from services.tracking.store import promises
from services.tracking.store.tables import ACCOUNT, milestones, number_owners, parcels, scans, troubles, void_labels

LABEL, CARRIER, HUB, STAFF = "label", "carrier", "hub", "staff"  # who saw it
TOGETHER = 200  # scans of one INSERT


def in_turn(unit: Unit, number: str) -> None:
    """Wait for whoever holds this number: a scan and the label it overtakes must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{number}", 0))))


def digest_of(number: str) -> bytes:
    """What stands for a number where other retailers may read."""
    return sha256(number.encode()).digest()


def insert_parcel(unit: Unit, **values: Any) -> Row[Any]:
    """The parcel with this number within its account, new or here before."""
    unit.db.execute(
        insert(parcels)
        .values(id=new_id(), retailer_id=unit.retailer_id, registered_at=unit.now, **values)
        .on_conflict_do_nothing()
    )
    # A return's number is one retailer's own way of counting, and one that a shopper told may be anybody's.
    if domain.SHOPPER not in (values["carrier"], values.get("account")):
        its_own = {"digest": digest_of(values["tracking_number"]), "retailer_id": unit.retailer_id}
        unit.db.execute(insert(number_owners).values(its_own).on_conflict_do_nothing())
    return unit.db.execute(
        select(parcels).where(
            parcels.c.tracking_number == values["tracking_number"],
            (values.get("account") or values["carrier"]) == ACCOUNT,
        )
    ).one()


def shoppers_own(unit: Unit, *, return_id: UUID, parcel: int, number: str) -> Row[Any]:
    """The shopper's own parcel of a return that has none of ours, under the return's number, with what was scanned of it."""
    found = insert_parcel(unit, return_id=return_id, parcel=parcel, carrier=domain.SHOPPER, tracking_number=number)
    take_early_scans(unit, found)
    return found


def known(unit: Unit, return_id: UUID) -> tuple[Known, ...]:
    """The parcels of a return, oldest first."""
    its_label = and_(
        void_labels.c.retailer_id == parcels.c.retailer_id, void_labels.c.booking_id == parcels.c.booking_id
    )
    found = unit.db.execute(
        select(parcels.c.id, parcels.c.parcel, void_labels.c.voided_at)
        .outerjoin(void_labels, its_label)
        .where(parcels.c.return_id == return_id)
        .order_by(parcels.c.registered_at)
    )
    return tuple(Known(row.id, row.parcel, void=row.voided_at is not None) for row in found)


def account_of(parcel: Row[Any]) -> str:
    """Whose numbers the parcel's is unique among: the retailer's account at its carrier."""
    return str(parcel.account or parcel.carrier)


def insert_scan(unit: Unit, **values: Any) -> UUID | None:
    """The id of a scan now kept; None when it was here before."""
    return unit.db.execute(
        insert(scans)
        .values(id=new_id(), retailer_id=unit.retailer_id, received_at=unit.now, **values)
        .on_conflict_do_nothing()
        .returning(scans.c.id)
    ).scalar_one_or_none()


def insert_reported(
    unit: Unit, parcel: Row[Any] | None, seen: Collection[Reported], *, account: str, hints: bool
) -> bool:
    """Keep what a carrier reports of one number; whether any of it is new."""
    values = [
        {
            "id": new_id(),
            "retailer_id": unit.retailer_id,
            "parcel_id": parcel and parcel.id,
            "tracking_number": scan.tracking_number,
            "carrier": account,
            "source": CARRIER,
            "key": f"{account} {scan.key}",
            "code": scan.code,
            "raw_code": scan.raw_code,
            "carrier_time": scan.time,
            "occurred_at": scan.at,
            "received_at": unit.now,
            "place": scan.place,
            "description": scan.description,
            "hint": hints,
        }
        for scan in seen
    ]
    # Given beside the statement, which is then written once and sent for some of them at a time: it has at most 65,535 values,
    # and to write a longer one costs a while in which nobody else is served.
    kept = insert(scans).on_conflict_do_nothing().returning(scans.c.id)
    together = {"insertmanyvalues_page_size": TOGETHER}
    return bool(values) and bool(unit.db.execute(kept, values, execution_options=together).all())


def take_early_scans(unit: Unit, parcel: Row[Any]) -> None:
    """Give the parcel what was scanned of its number before it was known."""
    its_own = or_(scans.c.carrier.is_(None), scans.c.carrier == account_of(parcel))
    unit.db.execute(
        update(scans)
        .where(scans.c.tracking_number == parcel.tracking_number, scans.c.parcel_id.is_(None), its_own)
        .values(parcel_id=parcel.id)
    )


def scans_of(unit: Unit, parcel: Row[Any]) -> list[Scan]:
    """The first scan of each code that proves something, however many there are: no other changes what they add up to."""
    counts = [scans.c.parcel_id == parcel.id, scans.c.voided_at.is_(None)]
    if parcel.confirmed_at is None:
        counts.append(~scans.c.hint)
    moment = func.least(scans.c.occurred_at, scans.c.received_at)  # as Scan.moment; of what is not known it takes none
    first = select(scans).where(*counts).ext(distinct_on(scans.c.code))
    rows = unit.db.execute(
        first.order_by(scans.c.code, scans.c.implied, moment, scans.c.received_at, scans.c.key.collate("C"))
    ).all()
    return [
        Scan(
            key=row.key,
            code=domain.normal(row.code),
            at=row.occurred_at,
            received_at=row.received_at,
            place=row.place,
            description=row.description,
            implied=row.implied,
            void=row.voided_at is not None,
            hint=row.hint and parcel.confirmed_at is None,
            words=row.description if row.source == CARRIER else None,
        )
        for row in rows
    ]


def has_hints(unit: Unit, parcel: Row[Any]) -> bool:
    """Whether somebody who cannot prove it said that the carrier has the parcel, which has not confirmed it yet."""
    if parcel.confirmed_at is not None:
        return False
    hints = select(scans.c.code).where(scans.c.parcel_id == parcel.id, scans.c.hint).distinct()
    said = unit.db.execute(hints).scalars()
    return any(domain.shows_movement(domain.normal(code)) for code in said)


def told(unit: Unit, parcel_id: UUID) -> set[Milestone]:
    """The milestones of a parcel that were stated."""
    names = unit.db.execute(select(milestones.c.milestone).where(milestones.c.parcel_id == parcel_id)).scalars()
    return {Milestone(name) for name in names}


def state_news(unit: Unit, parcel: Row[Any], *, by: str | None = None) -> None:
    """State each trouble and each milestone that the parcel's scans prove and that was not stated before.

    `by` is who said so where a person's word is what proves it. Facts overtake each other: each milestone says itself what
    went wrong, for money that moves at it must not when the parcel is on its way back.
    """
    seen = scans_of(unit, parcel)
    troubles_met = domain.troubles(seen)
    for trouble in troubles_met:
        if _insert_trouble(unit, parcel.id, trouble):
            unit.announce(
                ParcelInTroubleV1(**of(parcel), trouble=trouble.name, occurred_at=trouble.at, words=trouble.words)
            )
    new = [step for step in domain.news(seen, told=told(unit, parcel.id)) if _insert_milestone(unit, parcel.id, step)]
    upcoming = promises.make(unit, parcel, domain.fold(seen), new) if new else ()
    arrival = next((told for told in upcoming if told.milestone is domain.HUB), None)
    known_then = {
        "troubles": tuple(Mishap(name=each.name, words=each.words) for each in troubles_met),
        "taken_back": taken_back(unit, parcel.id) if new else 0,
    }
    for step in new:
        unit.announce(
            MilestoneReachedV1(
                **of(parcel),
                milestone=step.milestone,
                occurred_at=step.at,
                implied=step.implied,
                place=step.place,
                by=by,
                expected=arrival,
                upcoming=upcoming,
                words=step.words,
                **known_then,
            )
        )


def withdraw(unit: Unit, parcel: Row[Any], scan: Row[Any]) -> tuple[Milestone, ...]:
    """The milestones that a scan which is void now had proved and nothing proves any more: they may be reached anew."""
    proved = {step.milestone for step in domain.fold(scans_of(unit, parcel))}
    its_own = {Milestone.ACCEPTED, domain.normal(scan.code)}
    gone = tuple(each for each in Milestone if each in (told(unit, parcel.id) & its_own) - proved)
    if gone:
        unit.db.execute(delete(milestones).where(milestones.c.parcel_id == parcel.id, milestones.c.milestone.in_(gone)))
        promises.withdraw(unit, parcel, told(unit, parcel.id))
    return gone


def taken_back(unit: Unit, parcel_id: UUID) -> int:
    """How many scans of a parcel were taken back."""
    void = select(func.count()).where(scans.c.parcel_id == parcel_id, scans.c.voided_at.is_not(None))
    return unit.db.execute(void).scalar_one()


def of(parcel: Row[Any]) -> dict[str, Any]:
    """Which parcel a fact tells of."""
    return {
        "return_id": parcel.return_id,
        "parcel_id": parcel.id,
        "parcel": parcel.parcel,
        "tracking_number": parcel.tracking_number,
    }


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


def _insert_trouble(unit: Unit, parcel_id: UUID, trouble: Trouble) -> bool:
    return (
        unit.db.execute(
            insert(troubles)
            .values(
                parcel_id=parcel_id,
                trouble=trouble.name,
                retailer_id=unit.retailer_id,
                occurred_at=trouble.at,
                stated_at=unit.now,
            )
            .on_conflict_do_nothing()
            .returning(troubles.c.trouble)
        ).first()
        is not None
    )
