"""Bags and pallets for pages and programs: tracking keeps them, and a return's number is understood and told."""

from urllib.parse import urlencode
from uuid import UUID

from libs.chassis.rpc import ask
from libs.contracts.labels_bags import BagLabelV1, DrawBagLabelV1
from libs.contracts.tracking_consolidations import (
    CloseConsolidationV1,
    ConsolidationState,
    ConsolidationV1,
    ListConsolidationsV1,
    OpenConsolidationV1,
    RecordDeliveryV1,
    RecordPackedV1,
)
from services.portal.access import Actor
from services.portal.scanning import return_number
from services.portal.store.hub import HubDesk

SECONDS = 15.0  # a pallet of some hundred parcels, each with its own milestone


def newest(
    desk: HubDesk, who: Actor, id: UUID | None = None, *, code: str | None = None
) -> tuple[ConsolidationV1, ...]:
    """The newest bags and pallets, or one by its id, or by its code as it was read."""
    found = ask(who.retailer_id, ListConsolidationsV1(consolidation_id=id, code=code)).consolidations
    return tuple(_with_numbers(desk, who, each) for each in found)


def begin(desk: HubDesk, who: Actor, *, key: str, hub: str | None) -> ConsolidationV1:
    """An open one, once for its key."""
    return ask(who.retailer_id, OpenConsolidationV1(key=key, hub=hub or None, by=str(who)))


def pack(desk: HubDesk, who: Actor, id: UUID, code: str) -> ConsolidationV1:
    """The one with the parcel of this code in it. Raises Refused."""
    number = return_number(code)
    mine = desk.named(who.retailer_id, {number} if number else ())
    asked = RecordPackedV1(
        consolidation_id=id, code=number if number in mine else code, return_id=mine.get(number or ""), by=str(who)
    )
    return _with_numbers(desk, who, ask(who.retailer_id, asked))


def close(desk: HubDesk, who: Actor, id: UUID) -> ConsolidationV1:
    """The one, sent on: all that is in it is exported. Raises Refused."""
    closed = ask(who.retailer_id, CloseConsolidationV1(consolidation_id=id, by=str(who)), timeout=SECONDS)
    return _with_numbers(desk, who, closed)


def receive(desk: HubDesk, who: Actor, code: str) -> ConsolidationV1:
    """The one with this code, come to the retailer with all that is in it. Raises Refused."""
    return _with_numbers(desk, who, ask(who.retailer_id, RecordDeliveryV1(code=code, by=str(who)), timeout=SECONDS))


def label(desk: HubDesk, who: Actor, id: UUID, *, url: str) -> BagLabelV1 | None:
    """The label of one, whose square code leads to its page below `url`; None where there is no such one."""
    found = next(iter(newest(desk, who, id)), None)
    if found is None:
        return None
    link = f"{url.rstrip('/')}/hub/bags?{urlencode({'code': found.code})}"
    many = len(found.parcels) if found.state is not ConsolidationState.OPEN else None
    return ask(who.retailer_id, DrawBagLabelV1(code=found.code, link=link, hub=found.hub, parcels=many or None))


def _with_numbers(desk: HubDesk, who: Actor, told: ConsolidationV1) -> ConsolidationV1:
    briefs = desk.briefs(who.retailer_id, {parcel.return_id for parcel in told.parcels})
    named = tuple(
        parcel.model_copy(update={"number": briefs[parcel.return_id].number}) if parcel.return_id in briefs else parcel
        for parcel in told.parcels
    )
    return told.model_copy(update={"parcels": named})
