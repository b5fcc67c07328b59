"""SEKO's OmniParcel: one request makes a label, and nothing finds it again, so that an answer that is lost is a person's.

Shapes: SEKO's Retailer Support Centre, OmniReturns label creation. A return is `INBOUND`, from the shopper to the hub.
"""

from collections.abc import Iterator
from contextlib import suppress
from json import loads
from typing import Any

from libs.chassis.outside import Declined, OutcomeUnknown, Outside
from libs.contracts.errors import Refused
from libs.contracts.labels import DocumentForm
from libs.contracts.labels_accounts import CarrierField, CarrierKind, CarrierMode
from libs.contracts.values import Address
from services.labels.carriers import contents, paper
from services.labels.carriers.protocol import Keep, Kind, Reach
from services.labels.carriers.seko_rates import offer
from services.labels.domain import Account, Booking, Label, Offer, Sample, written_number

NAME = "seko"
_BASES = {CarrierMode.LIVE: "https://api.omniparcel.com", CarrierMode.TEST: "https://staging.omniparcel.com"}
_PAGE, _ZPL = "LABEL_PDF_100X150", "LABEL_ZPL_100X150"
_CURRENCY = "GBP"
_NOBODY = "0"  # a number that no parcel has
_REFUSES_THE_KEY = {"401", "403"}
_GONE = ("deleted", "cannot be deleted. already deleted.")


class Seko:
    """An account with SEKO. A label that may have been made is never asked for again."""

    def __init__(self, account: Account, reach: Reach) -> None:
        self._account = account
        self._outside = Outside(
            NAME,
            reach.base or _BASES[account.mode],
            headers={"access_key": account.secrets.get("access_key", "")},
            timeout=reach.timeout,
            breaker=reach.breaker(account),
        )

    def book(self, booking: Booking, keep: Keep) -> Label:
        """The label of the one consignment that the answer has; errors beside it are warnings."""
        answer = _object(self._ask("/labels/printshipment", json=_request(booking, self._account)))
        made = answer.get("Consignments") or []
        if not made:
            raise Declined(*_no(answer))
        return self._label(_object(made[0]))

    def find(self, booking: Booking) -> None:
        """Always raises OutcomeUnknown: SEKO has no look-up by our reference."""
        raise OutcomeUnknown(f"{NAME}: a label cannot be read back")

    def void(self, booking: Booking) -> None:
        """Delete the consignment; what is deleted already is fine."""
        number = booking.tracking_number or ""
        answer = _object(self._ask("/labels/delete", json=[number]))
        said = answer.get(number)
        if said is None:
            raise OutcomeUnknown(f"{NAME}: the answer does not name the consignment")
        if str(said).strip().lower() not in _GONE:
            raise Declined("not_deleted", str(said)[:300])

    def rate(self, parcel: Sample) -> Offer:
        """Ask for the rates of such a parcel; errors beside the lane's are warnings."""
        answer = _object(self._ask("/ratesqueryv1/availablerates", json=_sample(parcel, self._account)))
        return offer(answer, parcel.service, self._account.options.get("currency", _CURRENCY))

    def check(self) -> None:
        """Ask after a parcel that there is not; only a no to the key itself is one."""
        try:
            self._ask("/labels/statusv2", json=[_NOBODY])
        except Declined as no:
            if no.code in _REFUSES_THE_KEY:
                raise

    def track(self, number: str) -> Any:
        """The consignment with its events."""
        return self._ask("/labels/statusv2", json=[number])

    def _ask(self, path: str, *, json: Any) -> Any:
        """The answer to one request; where it is a no in JSON, its message is the words of Declined."""
        try:
            return self._outside.call("POST", path, json=json)
        except Declined as no:
            raise Declined(no.code, _message(no.words)) from None

    def _label(self, made: dict[str, Any]) -> Label:
        try:
            number = written_number(str(made.get("Connote") or ""))
        except Refused:
            raise OutcomeUnknown(f"{NAME}: the consignment has no number that can be printed") from None
        pages = (made.get("OutputFiles") or {}).get(_PAGE) or []
        if not pages:
            raise OutcomeUnknown(f"{NAME}: the consignment has no label")
        asked = paper.cost(made.get("Cost"), self._account.options.get("currency", ""))
        page, name = paper.decoded(NAME, pages[0]), str(made.get("ConsignmentId") or "") or None
        return Label(number, page, name, asked, _also(made))


def _request(booking: Booking, account: Account) -> dict[str, Any]:
    grams = contents.grams_of(booking, usual=int(account.options.get("grams", "1000")))
    return {
        "DeliveryReference": _reference(booking),
        "ShipType": "INBOUND",
        "RPSProcessing": account.options.get("hub", "yes") == "yes",
        "PrintToPrinter": False,
        "Outputs": [_PAGE, _ZPL],
        "Service": booking.service,
        "Origin": _party(booking.sender),
        "Destination": _party(booking.hub.address),
        "Packages": [_package(f"{booking.return_number} {booking.parcel}/{booking.parcels}", grams, account)],
        "Commodities": contents.commodities(booking),
    }


def _sample(parcel: Sample, account: Account) -> dict[str, Any]:
    return {
        "DeliveryReference": "rate",
        "Origin": _party(parcel.sender),
        "Destination": _party(parcel.hub),
        "Packages": [_package("rate", parcel.grams, account)],
    }


def _reference(booking: Booking) -> str:
    """What a person finds the label by at SEKO: the return's number, with the parcel and the attempt where there are more."""
    parcel = f"/{booking.parcel}" if booking.parcels > 1 else ""
    return f"{booking.return_number}{parcel}" + (f"-{booking.attempt}" if booking.attempt > 1 else "")


def _party(address: Address) -> dict[str, Any]:
    """An address in SEKO's words: the town is the suburb, the region is the city."""
    place = {
        "BuildingName": address.company or "",
        "StreetAddress": ", ".join(line for line in (address.line1, address.line2) if line),
        "Suburb": address.city,
        "City": address.region or address.city,
        "PostCode": address.postcode or "",
        "CountryCode": address.country,
    }
    return {"Name": address.company or address.name, "ContactPerson": address.name, "Address": place}


def _package(name: str, grams: int, account: Account) -> dict[str, Any]:
    length, width, height = account.options.get("size", "35x25x10").split("x")
    return {
        "Name": name,
        "Type": "Box",
        "Kg": grams / 1000,
        "Length": int(length),
        "Width": int(width),
        "Height": int(height),
    }


def _also(made: dict[str, Any]) -> dict[DocumentForm, bytes]:
    """What the answer has for a label printer: SEKO gives it with the label, and never again."""
    found = (made.get("OutputFiles") or {}).get(_ZPL) or []
    with suppress(OutcomeUnknown):
        return {DocumentForm.ZPL: paper.decoded(NAME, found[0], start=paper.ZPL)} if found else {}
    return {}


def _message(body: str) -> str:
    try:
        said = loads(body)
    except ValueError:
        return body
    return str(said.get("Message") or body) if isinstance(said, dict) else body


def _no(answer: dict[str, Any]) -> tuple[str, str]:
    """The code and the words of an answer without a consignment. Values stay out: they are of the shopper's address."""
    said = list(_errors(answer))
    words = "; ".join(words for _, words in said) or str(answer.get("Message") or "no consignment was made")
    return next((code for code, _ in said if code), "refused"), words[:300]


def _errors(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("Errors", "ValidationErrors", "Rejected"):
        found = answer.get(name) or []
        for each in [found] if isinstance(found, dict) else found:
            if isinstance(each, dict):
                words = str(each.get("Message") or each.get("Reason") or "no reason given")
                place = each.get("Property")
                yield str(each.get("Key") or ""), f"{place}: {words}" if place else words


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise OutcomeUnknown(f"{NAME}: the answer has another shape")
    return answer


SEKO = Kind(
    CarrierKind(
        carrier=NAME,
        title="SEKO",
        rates=True,
        fields=(
            CarrierField(name="access_key", words="Access key", secret=True),
            CarrierField(
                name="hub", words="A SEKO hub processes the returns", usual="yes", pattern="yes|no", example="yes or no"
            ),
            CarrierField(
                name="currency",
                words="Currency that SEKO charges in",
                usual=_CURRENCY,
                pattern="[A-Z]{3}",
                example="GBP",
            ),
            CarrierField(
                name="grams", words="Usual weight in grams", usual="1000", pattern="[1-9][0-9]{0,5}", example="1000"
            ),
            CarrierField(
                name="size",
                words="Usual size in centimetres",
                usual="35x25x10",
                pattern="[1-9][0-9]{0,2}x[1-9][0-9]{0,2}x[1-9][0-9]{0,2}",
                example="35x25x10",
            ),
        ),
    ),
    Seko,
)
