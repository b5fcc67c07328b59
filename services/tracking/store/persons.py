"""Which columns of tracking tell who a person is, and what stays of them once the person is erased.

The place of a scan is a depot or a hub, and stays: it is what a carrier is held to.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, select, true

from libs.chassis.personal import Holding, as_document, erase, export, scrubbed, word
from libs.chassis.store import Store
from libs.contracts.base import Envelope
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonAsked, PersonRefs
from libs.contracts.tracking_persons import PersonDataV1
from services.tracking.store.tables import inspection_lines, inspections, metadata, parcels, scans


def _scans_of(who: PersonRefs) -> ColumnElement[bool]:
    """Every scan of the parcels' numbers, also one that was given to no parcel."""
    mine = select(parcels.c.tracking_number).where(parcels.c.return_id.in_(who.return_ids))
    return true() if who.everybody else scans.c.tracking_number.in_(mine)


def _inspections_of(who: PersonRefs) -> ColumnElement[bool]:
    return true() if who.everybody else inspections.c.return_id.in_(who.return_ids)


def _inspected_lines_of(who: PersonRefs) -> ColumnElement[bool]:
    return inspection_lines.c.inspection_id.in_(select(inspections.c.id).where(_inspections_of(who)))


HOLDINGS = (
    Holding(scans, _scans_of, {"description": word, "voided_words": word}, shown=("tracking_number", "code", "place")),
    Holding(
        inspections,
        _inspections_of,
        {"words": word, "extras": scrubbed({"words": word, "description": word})},
        shown=("return_id",),
    ),
    Holding(inspection_lines, _inspected_lines_of, {"words": word}, shown=("condition",)),
)


class Persons(Store):
    """What tracking holds of a person."""

    service, metadata = "tracking", metadata

    def export(self, retailer_id: UUID, asked: PersonAsked) -> PersonDataV1:
        """The person's rows that still tell who it is."""
        with self.look(retailer_id) as db:
            rows, document = as_document(export(db, HOLDINGS, asked.who, most=asked.most))
        return PersonDataV1(rows=rows, document=document)

    def erase(self, fact: Envelope[PersonErasedV1]) -> None:
        """Take the person out of what carriers and hubs wrote."""
        with self.unit(fact) as unit:
            if not unit.seen:
                erase(unit.db, HOLDINGS, fact.data.who, fact.data.pseudonym)


# Every other column, so that a new one cannot be forgotten: it is about the order, the goods or the retailer's own people.
IMPERSONAL: dict[str, str] = {
    "consolidations": "id retailer_id key code state hub by opened_at closed_at delivered_at",
    "inspection_lines": "inspection_id place retailer_id line_id quantity condition disposition photos",
    "inspections": "id retailer_id return_id parcel_id key by inspected_at",
    "lane_paces": "retailer_id country carrier service hub since until found_on median slow parcels",
    "lane_steps": "parcel_id since until retailer_id country carrier service hub day hours",
    "milestones": "parcel_id milestone retailer_id occurred_at implied place stated_at",
    "number_owners": "digest retailer_id",
    "packed": "parcel_id retailer_id consolidation_id by packed_at",
    "parcels": (
        "id retailer_id return_id booking_id parcel carrier account tracking_number hub country service "
        "expected_days registered_at heard_at asked_at turn_at confirmed_at"
    ),
    "promises": "parcel_id milestone retailer_id expected_at latest_at parcels delayed_at",
    "scans": (
        "id retailer_id parcel_id tracking_number carrier source key code raw_code carrier_time occurred_at "
        "received_at arrival place by implied hint voided_at voided_by"
    ),
    "stretches": "retailer_id carrier hub until day hours parcels",
    "troubles": "parcel_id trouble retailer_id occurred_at stated_at",
    "turns": "retailer_id account next_at",
    "void_labels": "retailer_id booking_id voided_at",
}
