"""The rows of bookings, as several of their stories read and change them within a unit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.chassis.store import Unit
from libs.contracts.labels import Hub, LabelExpiredV1, LabelVoidedV1, LaneMethod
from libs.contracts.values import Address, Goods, Look
from services.labels import domain
from services.labels.documents.forms import FORMS
from services.labels.domain import VOIDING, Booked, Booking, Declined, Label, Outcome, State, Voiding, VoidState, Way
from services.labels.settings import LabelsSettings
from services.labels.store.tables import bookings, documents, looks, voids

RETURN = "return"  # what a parcel travels for; an exchange sent out will be another purpose
LABEL = "label"
SLIP = "packing-slip"


def in_turn(unit: Unit, return_id: UUID) -> None:
    """Wait for whoever holds this return: a booking and the wish that it be void must not miss each other."""
    unit.db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{unit.retailer_id}:{return_id}", 0))))


def of_parcel(unit: Unit, return_id: UUID, parcel: int) -> Sequence[Row[Any]]:
    """The bookings of one parcel, the first attempt first."""
    its_own = (bookings.c.return_id == return_id, bookings.c.parcel == parcel, bookings.c.purpose == RETURN)
    return unit.db.execute(select(bookings).where(*its_own).order_by(bookings.c.attempt).with_for_update()).all()


def by_id(unit: Unit, booking_id: UUID) -> Row[Any]:
    """One booking, held until the unit ends."""
    return unit.db.execute(select(bookings).where(bookings.c.id == booking_id).with_for_update()).one()


def look(unit: Unit) -> Look:
    """The retailer's brand; raises Transient while it has not come."""
    found = unit.db.execute(select(looks.c.look)).scalar_one_or_none()
    if found is None:
        raise Transient("the retailer's look has not come yet")
    return Look.model_validate(found)


def booking(row: Row[Any], wears: Look) -> Booking:
    """The booking that a row tells of."""
    asked = row.request
    return Booking(
        id=row.id,
        reference=row.reference,
        return_id=row.return_id,
        return_number=asked["return_number"],
        parcel=row.parcel,
        parcels=asked["parcels"],
        carrier=row.carrier,
        service=asked["service"],
        hub=Hub.model_validate(asked["hub"]),
        sender=Address.model_validate(asked["sender"]),
        look=wears,
        document_id=row.document_id,
        state=State(row.state),
        attempt=row.attempt,
        tracking_number=row.tracking_number,
        account_id=row.account_id,
        carrier_ref=row.carrier_ref,
        others=tuple(_way(each) for each in asked.get("others", ())),
        order_number=asked.get("order_number"),
        goods=tuple(Goods.model_validate(each) for each in asked.get("goods", ())),
        grams=asked.get("grams"),
        method=_method(asked),
        expected_days=asked.get("expected_days"),
    )


def _way(asked: dict[str, Any]) -> Way:
    hub = Hub.model_validate(asked["hub"])
    return Way(asked["carrier"], asked["service"], hub, _method(asked), asked.get("expected_days"))


def _method(asked: dict[str, Any]) -> LaneMethod:
    return LaneMethod(asked.get("method", LaneMethod.LABEL))  # none was kept at first


def claim(unit: Unit, kind: str, found: Booking | Row[Any], *, after: timedelta = timedelta()) -> None:
    """Plan work at a booking's carrier. Each account has its own places, so that one that hangs holds nobody else."""
    account = f"{found.carrier}:{found.account_id or unit.retailer_id}"
    unit.claim(kind, account=account, subject=found.id, after=after)


def end(unit: Unit, found: Booking, outcome: Outcome, *, was: Sequence[State], **more: Any) -> bool:
    """Keep the outcome of a booking that is in one of the states `was`, and state it; False where it is in none.

    A label that is not to be used is not told of: it is made void. Any other expires in its time.
    """
    changed = update(bookings).where(bookings.c.id == found.id, bookings.c.state.in_(was))
    after = domain.settle(found, outcome)
    ending = {"state": after.state, "document_id": after.document_id, "settled_at": unit.now, **_ending(unit, outcome)}
    if unit.db.execute(changed.values(**ending, **more).returning(bookings.c.id)).first() is None:
        return False
    if isinstance(outcome, Booked):
        _keep_documents(unit, after, outcome.label)
    unwanted = is_unwanted(unit, after)
    if not unwanted or after.state is State.UNKNOWN:
        unit.announce(domain.told(after, outcome, by=more.get("recorded_by")))
    if unwanted:
        make_void(unit, after)
    elif after.state is State.DONE:
        unit.claim("expiries", account=after.carrier, subject=after.id, after=_valid_for())
    return True


def is_unwanted(unit: Unit, found: Booking | Row[Any]) -> bool:
    """Whether the booking's label is not to be used."""
    return unit.db.execute(select(voids.c.asked_at).where(*_wish_of(found))).first() is not None


def make_void(unit: Unit, found: Booking | Row[Any]) -> None:
    """Do what its state allows towards a void booking: at once, by its carrier, or once its outcome is known."""
    match VOIDING[State(found.state)]:
        case Voiding.NOW:
            mark_void(unit, found)
        case Voiding.AT_CARRIER:
            claim(unit, "voids", by_id(unit, found.id))


def mark_void(unit: Unit, found: Booking | Row[Any], wish: VoidState = VoidState.DONE) -> None:
    """The booking is void, and that is stated; `wish` is how far its carrier is with that."""
    unit.db.execute(update(bookings).where(bookings.c.id == found.id).values(state=State.VOID, voided_at=unit.now))
    mark_wish(unit, found, wish, settled_at=unit.now)
    unit.announce(
        LabelVoidedV1(return_id=found.return_id, booking_id=found.id, parcel=found.parcel, attempt=found.attempt)
    )


def wish(unit: Unit, found: Booking | Row[Any]) -> Row[Any] | None:
    """The wish that the booking's label is not to be used, held until the unit ends; None where there is none."""
    return unit.db.execute(select(voids).where(*_wish_of(found)).with_for_update()).first()


def mark_wish(unit: Unit, found: Booking | Row[Any], state: VoidState, **more: Any) -> None:
    """How far the wish is that the booking's label is not to be used."""
    unit.db.execute(update(voids).where(*_wish_of(found)).values(state=state, **more))


def mark_expired(unit: Unit, found: Row[Any]) -> None:
    """The booking's label is expired, and that is stated."""
    unit.db.execute(update(bookings).where(bookings.c.id == found.id).values(state=State.EXPIRED))
    unit.announce(
        LabelExpiredV1(return_id=found.return_id, booking_id=found.id, parcel=found.parcel, attempt=found.attempt)
    )


def _wish_of(found: Booking | Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return (
        voids.c.return_id == found.return_id,
        voids.c.parcel == found.parcel,
        voids.c.purpose == RETURN,
        voids.c.attempt == found.attempt,
    )


def _valid_for() -> timedelta:
    return timedelta(days=load(LabelsSettings).valid_days)


def _ending(unit: Unit, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Booked(label):
            asked = {"cost_amount": label.cost.amount, "cost_currency": label.cost.currency} if label.cost else {}
            known = {"carrier_ref": label.carrier_ref} if label.carrier_ref else {}
            return {"tracking_number": label.tracking_number, "expires_at": unit.now + _valid_for(), **asked, **known}
        case Declined(code, words):
            return {"refusal_code": code, "refusal_words": words}
        case _:
            return {}


def _keep_documents(unit: Unit, found: Booking, label: Label) -> None:
    """The label's page, and what else its carrier gave of it."""
    stem = SLIP if found.method is LaneMethod.OWN_CARRIER else "return-label"
    _keep_document(unit, found, id=found.document_id, kind=LABEL, stem=stem, ending="pdf", media_type="application/pdf")
    for form in label.forms:
        how = FORMS[form]
        named = {"stem": how.stem, "ending": how.ending, "media_type": how.media_type}
        _keep_document(unit, found, id=new_id(), kind=form, **named)


def _keep_document(unit: Unit, found: Booking, *, id: UUID, kind: str, stem: str, ending: str, media_type: str) -> None:
    unit.db.execute(
        insert(documents).values(
            id=id,
            retailer_id=unit.retailer_id,
            booking_id=found.id,
            kind=kind,
            filename=domain.filename(found.return_number, found.parcel, stem=stem, ending=ending),
            media_type=media_type,
            object_key=domain.object_key(unit.retailer_id, found.document_id, ending),
            created_at=unit.now,
        )
    )
