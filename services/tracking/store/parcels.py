"""Parcels by their number, and what carriers see of them. Whatever touches one number happens in turn."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Permanent
from libs.chassis.store import Store, Unit
from libs.contracts.base import Envelope
from libs.contracts.labels import LabelIssuedV1, LabelVoidedV1
from libs.contracts.portal import CarrierWebhookReceivedV1
from libs.contracts.portal_parcels import ParcelSentV1
from libs.contracts.tracking import Expected, ParcelTimeline, Step, TimelineV1
from libs.contracts.values import Milestone
from services.tracking import domain
from services.tracking.domain import Reported
from services.tracking.store import polls, promises, rows
from services.tracking.store.rows import LABEL
from services.tracking.store.tables import ACCOUNT, metadata, parcels, void_labels


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
                carrier=rows.account_of(parcel),
                source=LABEL,
                key=f"{LABEL} {parcel.booking_id}",
                code=Milestone.LABEL_CREATED,
                raw_code=Milestone.LABEL_CREATED,
                occurred_at=fact.time,
            )
            rows.take_early_scans(unit, parcel)
            rows.state_news(unit, parcel)
            polls.follow(unit, parcel)

    def register_sent(self, fact: Envelope[ParcelSentV1]) -> None:
        """Know a parcel by the number of its shopper's own carrier too, bound for where its slip leads.

        Nothing is proved by telling, and no carrier's scan of such a number counts, for it may be of any parcel: only a hub's
        does, which had it in its hands. A number that is known already stays whose it is.
        """
        with self.unit(fact) as unit:
            if unit.seen:
                return
            told = fact.data
            number = domain.tracking_number(told.tracking_number)
            rows.in_turn(unit, number)
            if domain.own_number(number) or _parcel(unit, number) is not None:
                return
            its_slip = select(parcels.c.hub).where(
                parcels.c.return_id == told.return_id, parcels.c.parcel == told.parcel, parcels.c.hub.is_not(None)
            )
            parcel = rows.insert_parcel(
                unit,
                return_id=told.return_id,
                parcel=told.parcel,
                carrier=told.carrier,
                account=domain.SHOPPER,
                tracking_number=number,
                hub=unit.db.execute(its_slip.limit(1)).scalar(),
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

    def report(self, fact: Envelope[CarrierWebhookReceivedV1], seen: Iterable[Reported], *, hints: bool) -> None:
        """Keep what a sender reports; of a parcel not known yet, until its label comes.

        `hints`: the sender signs nothing, so that its carrier is asked before anything is stated.
        """
        told = fact.data
        with self.unit(fact) as unit:
            if unit.seen:
                return
            for (number, account), found in _by_parcel(
                told, seen
            ):  # in one order for all, so that no two wait for each other
                rows.in_turn(unit, number)
                parcel = _parcel(unit, number, account == ACCOUNT)
                new = rows.insert_reported(unit, parcel, found, account=account, hints=hints)
                if new and parcel:
                    rows.state_news(unit, parcel)
                    polls.heard(unit, parcel, hints=hints)

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
            ids = [row.id for row in found]
            promised, opened = promises.of_parcels(unit, ids), promises.inspections_of(unit, ids)
            return TimelineV1(
                parcels=tuple(_timeline(unit, row, promised.get(row.id, ()), opened.get(row.id)) for row in found)
            )


def _timeline(unit: Unit, row: Row[Any], promised: Sequence[Expected], opened: Step | None) -> ParcelTimeline:
    steps = domain.timeline(rows.scans_of(unit, row), opened)
    upcoming = domain.open_ones(promised, {step.milestone for step in steps})
    return ParcelTimeline(
        parcel=row.parcel,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        steps=steps,
        void=row.voided_at is not None,
        expected=next((told for told in upcoming if told.milestone is domain.HUB), None),
        late=any(domain.is_late(told, unit.now) for told in upcoming),
        upcoming=upcoming,
        service=row.service,
        country=row.country,
    )


def _insert_labelled(unit: Unit, issued: LabelIssuedV1, number: str) -> Row[Any]:
    parcel = rows.insert_parcel(
        unit,
        return_id=issued.return_id,
        booking_id=issued.booking_id,
        parcel=issued.parcel,
        carrier=issued.carrier,
        account=issued.account,
        tracking_number=number,
        hub=issued.hub,
        country=issued.country,
        service=issued.service,
        expected_days=issued.expected_days,
    )
    if parcel.booking_id != issued.booking_id:
        raise Permanent(
            f"{rows.account_of(parcel)} gave the number of booking {parcel.booking_id} to {issued.booking_id} too"
        )
    return parcel


def _parcel(unit: Unit, number: str, *also: Any) -> Row[Any] | None:
    """The newest parcel with this number: carriers give old numbers again."""
    return unit.db.execute(
        select(parcels)
        .where(parcels.c.tracking_number == number, *also)
        .order_by(parcels.c.registered_at.desc())
        .limit(1)
    ).first()


def _by_parcel(
    told: CarrierWebhookReceivedV1, seen: Iterable[Reported]
) -> list[tuple[tuple[str, str], tuple[Reported, ...]]]:
    """What was reported, by number and account, in the order of both."""

    def whose(scan: Reported) -> tuple[str, str]:
        number = scan.tracking_number
        return number, domain.account_of(told.carrier, number, sender=told.sender, carrier=scan.carrier)

    return [(key, tuple(scans)) for key, scans in groupby(sorted(seen, key=whose), key=whose)]
