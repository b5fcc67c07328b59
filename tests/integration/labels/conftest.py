"""Labels as its process has it, on a database of its own, and one retailer."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from libs.chassis.claims import Claim
from libs.chassis.ids import new_id
from libs.chassis.objects import Objects
from libs.contracts.base import Call, Envelope, Message, Request
from libs.contracts.labels import BookingV1, LabelOutcome, Lane, QuoteLabelV1, RecordLabelV1, SaveLanesV1
from libs.contracts.labels_accounts import CarrierAccountV1, SaveCarrierAccountV1
from libs.contracts.portal import LabelRequestedV1, LabelVoidRequestedV1, RetailerChangedV1
from libs.contracts.values import Money
from services.labels.dispatch import Dispatch
from services.labels.service import LabelsService
from tests.integration.facts import fact, said
from tests.unit.labels.carriers import Answering, kinds
from tests.unit.labels.parcels import ALDER, DAVENTRY, MAYA

HOME = Lane(country="GB", hub="DAV", service="Standard return", price=Money(amount=0, currency="GBP"))


class Desk:
    """Brings one retailer's facts and questions to labels, and sees what it states."""

    def __init__(self, service: LabelsService, retailer_id: UUID) -> None:
        self.service, self.retailer_id = service, retailer_id

    def fact(self, body: Message, *, time: datetime | None = None) -> Envelope:
        """`body` as it travels."""
        return fact(self.retailer_id, body, time=time)

    def call(self, request: Request) -> Call:
        """`request` as it travels."""
        return Call(retailer_id=self.retailer_id, correlation_id=new_id(), deadline=0, data=request)

    def use(self, carrier: Answering, name: str = "own", **account: str) -> None:
        """Have `carrier` stand in for all there are, under the name of the built-in one unless said."""
        self.service.dispatch = Dispatch(kinds(carrier, name, **account))

    def open(self, *lanes: Lane, hubs=(DAVENTRY,)) -> None:
        """Take parcels back along `lanes`, in Alder's look."""
        self.service.save_lanes(self.call(SaveLanesV1(hubs=hubs, lanes=lanes or (HOME,))))
        self.service.on_retailer_changed(self.fact(RetailerChangedV1(look=ALDER)))

    def quote(self, country: str = "GB", **asked):
        """The lane of today."""
        return self.service.quote_label(self.call(QuoteLabelV1(country=country, **asked)))

    def request(self, **changes) -> Envelope[LabelRequestedV1]:
        """The fact that Maya's parcel needs a label."""
        asked = {"return_id": new_id(), "number": "R-7KQ2M9", "parcel": 1, "sender": MAYA} | changes
        return self.fact(LabelRequestedV1(lane_id=asked.pop("lane_id", None) or self.quote().lane_id, **asked))

    def save_account(self, carrier: str, *, mode: str = "test", **asked) -> CarrierAccountV1:
        """Keep an account with a carrier."""
        return self.service.save_carrier_account(
            self.call(SaveCarrierAccountV1(carrier=carrier, mode=mode, by="staff Ana", **asked))
        )

    def plan(self, **changes) -> Claim:
        """Maya's parcel, planned; the claim on it."""
        self.service.on_label_requested(self.request(**changes))
        return self.claims()[-1]

    def unwant(self, return_id: UUID, *, parcel: int = 1, attempt: int = 1) -> None:
        """The label of this parcel is not to be used."""
        asked = LabelVoidRequestedV1(return_id=return_id, number="R-7KQ2M9", parcel=parcel, attempt=attempt)
        self.service.on_label_void_requested(self.fact(asked))

    def record(
        self, return_id: UUID, outcome: LabelOutcome, number: str | None = None, *, parcel: int = 1
    ) -> BookingV1:
        """Ana says what became of the parcel's last booking."""
        asked = RecordLabelV1(
            return_id=return_id,
            parcel=parcel,
            outcome=outcome,
            tracking_number=number,
            words="told by phone",
            by="staff Ana",
        )
        return self.service.record_label(self.call(asked))

    def work(self) -> None:
        """Do what is planned outside, until nothing is."""
        while claims := self.claims():
            for claim in claims:
                self._run("UPDATE claims SET tries = 1 WHERE id = %s", claim.id)
                does = {"bookings": self.service.book, "voids": self.service.void, "promises": self.service.settle_void}
                does[claim.kind](claim)
                self._run("DELETE FROM claims WHERE id = %s AND tries = 1", claim.id)  # unless it is planned anew

    def expire(self) -> None:
        """The last day of every label is over."""
        for claim in self.claims(due="due_at > now()"):
            self.service.expire(claim)
            self.finish(claim)

    def ask_later(self) -> bool:
        """Ask what became of voids that were promised, now; whether any was waited for."""
        waiting = [claim for claim in self.claims(due="due_at > now()") if claim.kind == "promises"]
        for claim in waiting:
            self.finish(claim)
            self.service.settle_void(claim)
        return bool(waiting)

    def finish(self, claim: Claim) -> None:
        """As the chassis does once the work returned."""
        self._run("DELETE FROM claims WHERE id = %s", claim.id)

    def _run(self, statement: str, claim_id: int) -> None:
        with self.service.bookings.unit(retailer_id=self.retailer_id) as unit:
            unit.db.exec_driver_sql(statement, (claim_id,))

    def claims(self, *, due: str = "due_at <= now()", tries: int = 1) -> list[Claim]:
        """What is to be done now for this retailer, oldest first."""
        with self.service.bookings.unit(retailer_id=self.retailer_id) as unit:
            rows = unit.db.exec_driver_sql(
                f"SELECT * FROM claims WHERE retailer_id = %s AND {due} ORDER BY id", (self.retailer_id,)
            )
            return [Claim(row.id, row.kind, row.account, row.retailer_id, row.subject, tries=tries) for row in rows]

    def said(self, kind: type[Message]) -> list[Message]:
        """The facts of `kind` that labels stated for this retailer."""
        return said(self.service.bookings, self.retailer_id, kind)

    def states(self, return_id: UUID) -> list[str]:
        """How far each booking of the return is, by parcel and attempt."""
        with self.service.bookings.unit(retailer_id=self.retailer_id) as unit:
            query = "SELECT state FROM bookings WHERE return_id = %s ORDER BY parcel, attempt"
            return list(unit.db.exec_driver_sql(query, (return_id,)).scalars())

    def state(self, booking_id: UUID) -> str:
        """How far the booking is."""
        with self.service.bookings.unit(retailer_id=self.retailer_id) as unit:
            return unit.db.exec_driver_sql("SELECT state FROM bookings WHERE id = %s", (booking_id,)).scalar_one()


@pytest.fixture
def new_desk(service_database: Callable[[str], object], tmp_path: Path) -> Callable[[], Desk]:
    """Makes a desk for a retailer of its own."""
    service_database("labels")
    service = LabelsService()
    service.documents = Objects(tmp_path)
    return lambda: Desk(service, new_id())


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A retailer that takes parcels back from GB, free of charge."""
    desk = new_desk()
    desk.open()
    return desk
