"""Labels in one process for its bench: parcels are planned as its handler plans them, and booked by the chassis' claimer."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

from libs.chassis import claims
from libs.chassis.claims import Claim, Claimer
from libs.chassis.ids import new_id
from libs.chassis.outside import NotSent
from libs.chassis.retries import Ladder
from libs.chassis.settings import load
from libs.chassis.store import engine_of
from libs.contracts.base import Call
from libs.contracts.labels import Lane, QuoteLabelV1, QuoteV1, SaveLanesV1
from libs.contracts.labels_accounts import CarrierKind
from libs.contracts.portal import LabelRequestedV1, RetailerChangedV1
from libs.contracts.values import Money
from services.labels.carriers import CARRIERS, Kind
from services.labels.dispatch import Dispatch
from services.labels.domain import Booking, Label
from services.labels.service import LabelsService
from tests.integration.facts import fact
from tests.unit.labels.parcels import ALDER, DAVENTRY, MAYA

HOME = Lane(country="GB", hub="DAV", service="Standard return", price=Money(amount=0, currency="GBP"))
HUNG = HOME.model_copy(update={"country": "IE", "carrier": "hung"})


class Hung:
    """A carrier that takes a call and says nothing until it is let go."""

    def __init__(self, free: threading.Event) -> None:
        self._free, self.hanging = free, 0

    def book(self, booking: Booking, keep: Callable[[str], None]) -> Label:
        """Nothing, for long."""
        self.hanging += 1
        try:
            self._free.wait(120)
        finally:
            self.hanging -= 1
        raise NotSent("hung")

    def find(self, booking: Booking) -> None:
        """It has nothing."""

    def void(self, booking: Booking) -> None:
        """It has nothing."""

    def check(self) -> None:
        """It needs no account."""


class Parcels:
    """One retailer, its lanes to the built-in carrier and to the one that hangs."""

    def __init__(self, free: threading.Event) -> None:
        self._hung = Hung(free)
        self.service, self.retailer_id = LabelsService(), new_id()
        kind = Kind(CarrierKind(carrier="hung", title="Hung"), lambda account, reach: self._hung)
        self.service.dispatch = Dispatch({**CARRIERS, "hung": kind})
        self.service.save_lanes(self._call(SaveLanesV1(hubs=(DAVENTRY,), lanes=(HOME, HUNG))))
        self.service.on_retailer_changed(fact(self.retailer_id, RetailerChangedV1(look=ALDER)))
        quotes = {each: self.service.quote_label(self._call(QuoteLabelV1(country=each))) for each in ("GB", "IE")}
        self._lanes = {country: quote.lane_id for country, quote in quotes.items()}
        self.done: dict[UUID, float] = {}
        self.worked: dict[UUID, float] = {}

    def quoting(self, lanes: int) -> Callable[[int], QuoteV1]:
        """Asks for the lane of a postcode, of a retailer that has one for each of so many."""
        other = new_id()
        many = tuple(
            HOME.model_copy(update={"country": "NL", "postcodes": str(1000 + place)}) for place in range(lanes)
        )
        self.service.save_lanes(self._call(SaveLanesV1(hubs=(DAVENTRY,), lanes=many), of=other))
        return lambda code: self.service.quote_label(
            self._call(QuoteLabelV1(country="NL", postcode=f"{code} AB"), of=other)
        )

    @property
    def hanging(self) -> int:
        """How many calls hang now."""
        return self._hung.hanging

    def plan(self, country: str) -> UUID:
        """Have a label asked for; the id of its return."""
        return_id = new_id()
        asked = LabelRequestedV1(
            return_id=return_id, number="R-7KQ2M9", parcel=1, lane_id=self._lanes[country], sender=MAYA
        )
        self.service.on_label_requested(fact(self.retailer_id, asked))
        return return_id

    def has(self, return_ids: Iterable[UUID]) -> bool:
        """Whether all of these have their label."""
        return self.done.keys() >= set(return_ids)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A claimer at work, as a process of labels has one."""
        settings = load()
        with ThreadPoolExecutor(max_workers=claims.TAKE) as pool:
            claimer = Claimer(engine_of("labels"), Ladder.from_settings(settings), settings.claim_lease, pool.submit)
            claimer.methods["bookings"] = self._book
            claims.install(claimer)
            thread = threading.Thread(target=claimer.run)
            thread.start()
            try:
                yield
            finally:
                claimer.stopping = True
                claimer.wake()
                thread.join()

    def _book(self, claim: Claim) -> None:
        began = time.perf_counter()
        self.service.book(claim)
        ended = time.perf_counter()
        self.worked[claim.subject] = ended - began
        self.done[self._return_of(claim)] = ended

    def _return_of(self, claim: Claim) -> UUID:
        with self.service.bookings.unit(retailer_id=claim.retailer_id) as unit:
            query = "SELECT return_id FROM bookings WHERE id = %s"
            return unit.db.exec_driver_sql(query, (claim.subject,)).scalar_one()

    def _call(self, request: object, *, of: UUID | None = None) -> Call:
        return Call(retailer_id=of or self.retailer_id, correlation_id=new_id(), deadline=0, data=request)
