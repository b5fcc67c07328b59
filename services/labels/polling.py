"""Where a parcel is, asked of its carrier with the account that its label was bought with: tracking has no carrier's key."""

import json
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from sqlalchemy import select

from libs.chassis import outside
from libs.chassis.errors import Transient
from libs.chassis.store import Store
from libs.contracts.errors import Refused
from libs.contracts.labels import PollTrackerV1, TrackerV1
from services.labels.dispatch import Dispatch
from services.labels.domain import Booking, NotFound
from services.labels.store import rows
from services.labels.store.tables import bookings, metadata

AT_ONCE = 4  # questions in hand of one process: a carrier that hangs must leave its workers to quotes and documents


@runtime_checkable
class Tracking(Protocol):
    """A carrier that can be asked where a parcel is."""

    def track(self, number: str) -> Any:
        """The carrier's own answer, as JSON decodes it. May raise the chassis' NotSent, OutcomeUnknown and Declined."""


class NotTracked(Refused):
    """The carrier cannot be asked where a parcel is, or the account is not here any more."""

    def __init__(self, carrier: str) -> None:
        super().__init__("labels.not_tracked", f"{carrier} cannot be asked")


class CarrierDeclined(Refused):
    """The carrier answered with a no: it does not know the number, or not the key."""

    def __init__(self, no: outside.Declined) -> None:
        super().__init__("labels.carrier_declined", f"{no.code}: {no.words}"[:300])


class CarrierAway(Refused):
    """The carrier gave no answer, or as many are being asked as may be: ask again later."""

    def __init__(self) -> None:
        super().__init__("labels.carrier_away", "there was no answer; ask again later")


class Trackers(Store):
    """Asks carriers where parcels are, a few at a time."""

    service, metadata = "labels", metadata

    def __init__(self) -> None:
        self._in_hand = 0

    def poll(self, dispatch: Dispatch, retailer_id: UUID, asked: PollTrackerV1) -> TrackerV1:
        """What the carrier says now. Refused as NotFound, NotTracked, CarrierDeclined or CarrierAway."""
        booking = self._booking(retailer_id, asked.booking_id)
        carrier = dispatch.carrier_of(retailer_id, booking)
        if not isinstance(carrier, Tracking):
            raise NotTracked(booking.carrier)
        if self._in_hand >= AT_ONCE:
            raise CarrierAway()
        self._in_hand += 1
        try:
            return TrackerV1(carrier=booking.carrier, body=json.dumps(carrier.track(asked.tracking_number)))
        except outside.Declined as no:
            raise CarrierDeclined(no) from None
        except (outside.OutcomeUnknown, Transient):
            raise CarrierAway() from None
        finally:
            self._in_hand -= 1

    def _booking(self, retailer_id: UUID, booking_id: UUID) -> Booking:
        with self.unit(retailer_id=retailer_id) as unit:
            row = unit.db.execute(select(bookings).where(bookings.c.id == booking_id)).first()
            if row is None:
                raise NotFound()
            return rows.booking(row, rows.look(unit))
