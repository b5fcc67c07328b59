"""A booking's carrier is opened with the account it is for, and asked: outside every transaction."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from uuid import UUID

from libs.chassis import crash, outside
from libs.chassis.errors import Transient
from libs.chassis.outside import NotSent
from libs.chassis.settings import load
from libs.contracts.labels import DocumentForm
from libs.contracts.labels_accounts import CarrierAccountV1, CarrierKind, CarrierMode
from services.labels.carriers import CARRIERS, Carrier, Converts, Kind, Reach, ask, settled, void
from services.labels.domain import (
    AWAY,
    Account,
    Booking,
    Declined,
    FormAway,
    Kept,
    NoAccount,
    NoSuchForm,
    Outcome,
    Sample,
    State,
    Unknown,
    UnknownCarrier,
    Voided,
    VoidState,
)
from services.labels.domain.accounts import NotReached
from services.labels.settings import LabelsSettings
from services.labels.store import Accounts, Bookings

PATIENT = 3  # tries after which a parcel takes another way, where its lane allows one: about half a minute
NO_ACCOUNT = "no_account"
NOBODYS = Account(UUID(int=0), "", CarrierMode.LIVE, {})  # for a carrier that needs none


def reach_of(carrier: str) -> Reach:
    """How a carrier is reached, as this process is told."""
    settings = load(LabelsSettings)
    return Reach(settings.carrier_base and settings.carrier_base.format(carrier=carrier), settings.carrier_seconds)


class Dispatch:
    """Calls carriers for the retailers' accounts."""

    accounts = Accounts()
    bookings = Bookings()

    def __init__(self, kinds: Mapping[str, Kind] = CARRIERS, reach: Callable[[str], Reach] = reach_of) -> None:
        self.kinds, self._reach = kinds, reach

    @property
    def rating(self) -> tuple[str, ...]:
        """The carriers that tell rates."""
        return tuple(name for name, kind in self.kinds.items() if kind.asks.rates)

    def kind(self, carrier: str) -> CarrierKind:
        """What a carrier is called and asks for; raises UnknownCarrier."""
        if carrier not in self.kinds:
            raise UnknownCarrier(carrier)
        return self.kinds[carrier].asks

    def book(self, retailer_id: UUID, booking: Booking, *, tries: int) -> Outcome:
        """The outcome of a booking. Raises NotSent or Transient where it is to be asked for again; the last try has one."""
        carrier = self.carrier_of(retailer_id, booking)
        if carrier is None:
            kind = self.kinds.get(booking.carrier)
            name = kind.asks.title if kind else booking.carrier
            return Declined(NO_ACCOUNT, f"No account with {name} is on. Turn one on under Carriers, then ask again.")
        try:
            return ask(carrier, booking, partial(self._keep, retailer_id, booking))
        except NotSent:
            if booking.state is State.PLANNED and tries >= (PATIENT if booking.others else _last()):
                return Declined(AWAY, "The carrier could not be reached.")
            if tries < _last():
                raise
            return Unknown()
        except Transient:
            if tries < _last():
                raise
            return Unknown()

    def void(self, retailer_id: UUID, booking: Booking, *, tries: int) -> Voided | Kept:
        """What became of a label that is not to be used. Raises Transient where that is to be asked again."""
        carrier = self.carrier_of(retailer_id, booking)
        if carrier is None:
            return Kept(VoidState.REFUSED, NO_ACCOUNT, "The account that made the label is not here any more.")
        try:
            return void(carrier, booking)
        except Transient:
            if tries < _last():
                raise
            return Kept(VoidState.UNKNOWN, AWAY, "The carrier did not answer.")

    def settled(self, retailer_id: UUID, booking: Booking) -> Voided | Kept:
        """What became of a void that a carrier took; not final while it has not said."""
        carrier = self.carrier_of(retailer_id, booking)
        return settled(carrier, booking) if carrier is not None else Voided(is_final=False)

    def forms(self, booking: Booking) -> Collection[DocumentForm]:
        """The forms in which the carrier of a label gives it too, when it is asked."""
        kind = self.kinds.get(booking.carrier)
        if kind is None or booking.carrier_ref is None:
            return ()
        carrier = kind.open(NOBODYS, Reach())
        return carrier.forms if isinstance(carrier, Converts) else ()

    def form(self, retailer_id: UUID, booking: Booking, form: DocumentForm) -> bytes:
        """A label in one of the forms of its carrier. Raises NoSuchForm, or FormAway where there is no answer now."""
        carrier = self.carrier_of(retailer_id, booking)
        if not isinstance(carrier, Converts) or form not in carrier.forms:
            raise NoSuchForm(form)
        try:
            return carrier.form(booking, form)
        except outside.Declined:
            raise NoSuchForm(form) from None
        except (outside.OutcomeUnknown, Transient):
            raise FormAway() from None

    def check(self, retailer_id: UUID, account_id: UUID) -> CarrierAccountV1:
        """Try an account at its carrier; raises NoAccount or NotReached."""
        account = self.accounts.open(retailer_id, account_id)
        try:
            self._open(account).check()
        except outside.Declined as no:
            return self.accounts.checked(retailer_id, account_id, no.words)
        except (Transient, outside.OutcomeUnknown):
            raise NotReached() from None
        return self.accounts.checked(retailer_id, account_id, None)

    def carrier_of(self, retailer_id: UUID, booking: Booking) -> Carrier | None:
        """The carrier of a booking; None where it needs an account and there is none, or where it is gone."""
        return self._carrier(retailer_id, booking.carrier, booking.account_id)

    def carrier_for_rates(self, retailer_id: UUID, parcel: Sample) -> Carrier | None:
        """The same for a parcel that is only to be priced: what fails there holds up no label."""
        return self._carrier(retailer_id, parcel.carrier, parcel.account_id, apart=":rates")

    def _carrier(self, retailer_id: UUID, name: str, account_id: UUID | None, *, apart: str = "") -> Carrier | None:
        kind = self.kinds.get(name)
        if kind is not None and not kind.asks.fields:
            return kind.open(NOBODYS, Reach())
        if kind is None or account_id is None:
            return None
        try:
            return self._open(self.accounts.open(retailer_id, account_id), apart=apart)
        except NoAccount:
            return None

    def _open(self, account: Account, *, apart: str = "") -> Carrier:
        return self.kinds[account.carrier].open(account, replace(self._reach(account.carrier), apart=apart))

    def _keep(self, retailer_id: UUID, booking: Booking, carrier_ref: str) -> None:
        self.bookings.keep_reference(retailer_id, booking, carrier_ref)
        crash.point("labels.after_keep")


def _last() -> int:
    """The number of the try after which the chassis would park the work."""
    return len(load().retry_tiers.split(",")) + 1
