"""EasyPost, through its official client: a shipment is made, its id kept, then bought; after a crash it is read back.

A shipment is bought once however often that is asked, and one that was never bought costs nothing.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import requests
from easypost import EasyPostClient
from easypost.easypost_object import EasyPostObject
from easypost.errors import ApiError, EasyPostError
from requests.adapters import HTTPAdapter

from libs.chassis.errors import Transient
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown, calling, never_connected
from libs.contracts.errors import Refused
from libs.contracts.labels import DocumentForm, LaneMethod
from libs.contracts.labels_accounts import CarrierField, CarrierKind, CarrierMode
from libs.contracts.values import Address
from services.labels.carriers import contents, paper
from services.labels.carriers.easypost_rates import offer, rate_of
from services.labels.carriers.protocol import Keep, Kind, Reach
from services.labels.domain import Account, Booking, Label, Offer, Sample, written_number

NAME = "easypost"
_BASE = "https://api.easypost.com"
_MODES = {CarrierMode.TEST: "test", CarrierMode.LIVE: "production"}
_OUNCES = Decimal("0.03527396195")  # in a gram
_INCHES = Decimal("2.54")  # centimetres
_SUBMITTED = "submitted"
_VOID = {_SUBMITTED, "refunded", "not_applicable"}  # the last: nothing is charged before the first scan
_QR_FORM = "label_qr_code"

Asked = Callable[[EasyPostClient], Any]


class EasyPost:
    """An account with EasyPost."""

    forms = (DocumentForm.ZPL, DocumentForm.QR_PNG)

    def __init__(self, account: Account, reach: Reach) -> None:
        self._account, self._reach = account, reach
        self._breaker = reach.breaker(account)

    def book(self, booking: Booking, keep: Keep) -> Label:
        """Make a shipment, or take up the one there is, and buy the rate of the lane's service."""
        shipment = self._begun(booking, keep)
        if not _is_bought(shipment):
            rate = rate_of(shipment, booking.service)
            shipment = self._bought(str(shipment["id"]), str(rate["id"]))
        return self._label(shipment, booking)

    def find(self, booking: Booking) -> Label | None:
        """The label, where the shipment that was begun is bought."""
        if booking.carrier_ref is None:
            return None
        shipment = self._read(booking.carrier_ref)
        return self._label(shipment, booking) if _is_bought(shipment) else None

    def void(self, booking: Booking) -> None:
        """Ask for the refund of a label that was not used."""
        if booking.carrier_ref is None:
            raise Declined("not_ours", "the label was not bought here: ask EasyPost for its refund")
        shipment = self._read(booking.carrier_ref)
        if not _is_bought(shipment) or shipment.get("refund_status") in _VOID:
            return
        number = booking.carrier_ref
        said = self._call(lambda client: client.shipment.refund(number)).get("refund_status")
        if said not in _VOID:
            raise Declined("refund_refused", f"the refund is {said or 'refused'}")

    def is_settled(self, booking: Booking) -> bool:
        """Whether the refund came: it is submitted first, and its carrier says weeks later whether it is given."""
        said = self._read(booking.carrier_ref or "").get("refund_status")
        if said not in _VOID:
            raise Declined("refund_rejected", f"the refund is {said or 'not known'}")
        return said != _SUBMITTED

    def form(self, booking: Booking, form: DocumentForm) -> bytes:
        """The label for a label printer, or the code that a counter of its carrier reads, where that carrier has one."""
        shipment_id = booking.carrier_ref or ""
        if form is DocumentForm.ZPL:
            shipment = self._call(lambda client: client.shipment.label(shipment_id, file_format="ZPL"))
            address, start = (shipment.get("postage_label") or {}).get("label_zpl_url"), paper.ZPL
        else:
            shipment = self._call(lambda client: client.shipment.generate_form(shipment_id, _QR_FORM))
            address, start = _form_url(shipment), paper.PNG
        if not address:
            raise Declined("no_form", f"the label has no {form}")
        return paper.fetch(NAME, str(address), plain=self._reach.base is not None, start=start)

    def rate(self, parcel: Sample) -> Offer:
        """Make a shipment that is never bought, which costs nothing, and read its rates; errors beside them are warnings."""
        shipment = self._call(lambda client: client.shipment.create(**_sample(parcel, self._account)))
        self._check_mode(shipment)
        return offer(shipment, parcel.service)

    def check(self) -> None:
        """Ask for one shipment: only a key that is taken may."""
        self._call(lambda client: client.shipment.all(page_size=1))

    def track(self, number: str) -> dict[str, Any]:
        """The trackers of a number, each with its whole history."""
        found = self._call(lambda client: client.tracker.all(tracking_code=number, page_size=5)).get("trackers") or ()
        return {"trackers": [each.to_dict() if isinstance(each, EasyPostObject) else each for each in found]}

    def _begun(self, booking: Booking, keep: Keep) -> dict[str, Any]:
        if booking.carrier_ref is not None:
            return self._read(booking.carrier_ref)
        shipment = self._call(lambda client: client.shipment.create(**_request(booking, self._account)))
        if not shipment.get("id"):
            raise OutcomeUnknown(f"{NAME}: the shipment has no id")
        self._check_mode(shipment)
        keep(str(shipment["id"]))
        return shipment

    def _check_mode(self, shipment: Mapping[str, Any]) -> None:
        if shipment.get("mode") != _MODES[self._account.mode]:
            raise Declined("mode", f"the key is for {shipment.get('mode')}, and this account is {self._account.mode}")

    def _bought(self, shipment_id: str, rate_id: str) -> dict[str, Any]:
        """The shipment, bought; a no because an earlier request bought it is none."""
        try:
            return self._call(lambda client: client.shipment.buy(shipment_id, rate={"id": rate_id}))
        except Declined:
            shipment = self._read(shipment_id)
            if not _is_bought(shipment):
                raise
            return shipment

    def _read(self, shipment_id: str) -> dict[str, Any]:
        """A shipment. Raises Transient where that has no answer: to read again does no harm."""
        try:
            return self._call(lambda client: client.shipment.retrieve(shipment_id))
        except OutcomeUnknown:
            raise Transient(f"{NAME}: the shipment cannot be read now") from None

    def _label(self, shipment: Mapping[str, Any], booking: Booking) -> Label:
        try:
            number = written_number(str(shipment.get("tracking_code") or ""))
        except Refused:
            raise OutcomeUnknown(f"{NAME}: the label has no number that can be printed") from None
        shipment_id, rate = str(shipment["id"]), shipment.get("selected_rate") or {}
        page = paper.fetch(NAME, self._address(shipment), plain=self._reach.base is not None)
        asked = paper.cost(rate.get("rate"), str(rate.get("currency") or ""))
        return Label(number, page, shipment_id, asked, self._code(shipment_id, booking))

    def _code(self, shipment_id: str, booking: Booking) -> dict[DocumentForm, bytes]:
        """The code that stands for the label, where the lane needs one; one that is not to be had is no fault of the label."""
        if booking.method is LaneMethod.LABEL:
            return {}
        with suppress(Declined, OutcomeUnknown, NotSent, Transient):
            bought = replace(booking, carrier_ref=shipment_id)
            return {DocumentForm.QR_PNG: self.form(bought, DocumentForm.QR_PNG)}
        return {}

    def _address(self, shipment: Mapping[str, Any]) -> str:
        """Where the label lies as PDF; EasyPost makes it one where its carrier gave an image."""
        found, shipment_id = _pdf(shipment), str(shipment["id"])
        if found is None:
            try:
                found = _pdf(self._call(lambda client: client.shipment.label(shipment_id, file_format="PDF")))
            except (NotSent, Declined) as no:  # of the page, not of the label, which is bought
                raise OutcomeUnknown(f"{NAME}: the label's page is not to be had: {type(no).__name__}") from None
        if found is None:
            raise OutcomeUnknown(f"{NAME}: the label has no page")
        return found

    def _call(self, asked: Asked) -> dict[str, Any]:
        """What the client gives for one request, in plain values. Raises NotSent, OutcomeUnknown or Declined."""
        statuses: list[int] = []
        client = self._client()
        client.subscribe_to_response_hook(lambda **told: statuses.append(told["http_status"]))
        with calling(NAME, self._breaker):
            try:
                given = asked(client)
            except (
                EasyPostError,
                AttributeError,
                TypeError,
            ) as wrong:  # the last two: an error in a shape it does not know
                raise _meaning(wrong, statuses) from None
        return given.to_dict() if isinstance(given, EasyPostObject) else dict(given or {})

    def _client(self) -> EasyPostClient:
        base = f"{self._reach.base or _BASE}/v2"
        client = EasyPostClient(
            self._account.secrets.get("api_key", ""),
            api_base=base,
            timeout=self._reach.timeout,  # type: ignore[arg-type]  # it goes to requests as it is
        )
        once = HTTPAdapter(max_retries=0)  # the client's own sends a question four times, and each has its time limit
        client._requests_session.mount(base, once)
        return client


def _meaning(wrong: Exception, statuses: list[int]) -> Exception:
    """What the client's error says of the request. Its own words are left out where they may hold an address."""
    if not statuses:
        cause = wrong.__context__
        unsent = isinstance(cause, requests.ConnectTimeout) or (
            isinstance(cause, requests.ConnectionError) and never_connected(cause)
        )
        return (NotSent if unsent else OutcomeUnknown)(f"{NAME} does not answer")
    status = statuses[-1]
    if status == requests.codes.too_many_requests:
        return NotSent(f"{NAME}: HTTP {status}")
    if not 400 <= status < 500:
        return OutcomeUnknown(f"{NAME}: HTTP {status}")
    if isinstance(wrong, ApiError):
        return Declined(str(wrong.code or status), _words(wrong))
    return Declined(str(status), "no reason given")


def _words(no: ApiError) -> str:
    """EasyPost's reasons: objects with a message, words alone, words by field, or none beside the message."""
    reasons = [_reason(each) for each in no.errors or ()]
    return "; ".join(filter(None, (no.message, *reasons)))[:300] or "no reason given"


def _reason(each: Any) -> str:
    if not isinstance(each, dict):
        return str(each)
    if "message" not in each:
        return ", ".join(f"{field}: {words}" for field, words in each.items())
    return f"{each['field']}: {each['message']}" if each.get("field") else str(each["message"])


def _request(booking: Booking, account: Account) -> dict[str, Any]:
    grams = contents.grams_of(booking, usual=int(account.options.get("grams", "1000")))
    customs = contents.customs_info(booking, grams=grams)
    order = {"invoice_number": booking.order_number} if customs and booking.order_number else {}
    return {
        "reference": booking.return_number,
        **_way(booking.hub.address, booking.sender, grams, account),
        "options": {"label_format": "PDF", "label_size": "4x6", "print_custom_1": booking.return_number} | order,
        **({"customs_info": customs} if customs else {}),
    }


def _sample(parcel: Sample, account: Account) -> dict[str, Any]:
    return {"reference": "rate", **_way(parcel.hub, parcel.sender, parcel.grams, account)}


def _way(hub: Address, sender: Address, grams: int, account: Account) -> dict[str, Any]:
    """A return keeps the way out: EasyPost turns the two addresses round itself."""
    length, width, height = account.options.get("size", "35x25x10").split("x")
    accounts = [each for each in account.options.get("accounts", "").split() if each]
    return {
        "is_return": True,
        "from_address": _address(hub),
        "to_address": _address(sender),
        "parcel": {
            "weight": _tenths(grams * _OUNCES),
            "length": _tenths(Decimal(length) / _INCHES),
            "width": _tenths(Decimal(width) / _INCHES),
            "height": _tenths(Decimal(height) / _INCHES),
        },
        **({"carrier_accounts": accounts} if accounts else {}),
    }


def _tenths(number: Decimal) -> float:
    return float(max(round(number, 1), Decimal("0.1")))


def _address(address: Address) -> dict[str, Any]:
    return {
        "name": address.name,
        "company": address.company,
        "street1": address.line1,
        "street2": address.line2,
        "city": address.city,
        "state": address.region,
        "zip": address.postcode,
        "country": address.country,
    }


def _is_bought(shipment: Mapping[str, Any]) -> bool:
    return bool(shipment.get("postage_label") or shipment.get("tracking_code"))


def _form_url(shipment: Mapping[str, Any]) -> str | None:
    made = (each for each in shipment.get("forms") or () if each.get("form_type") == _QR_FORM)
    return next((str(each["form_url"]) for each in made if each.get("form_url")), None)


def refund_told(body: str) -> str | None:
    """The shipment whose refund an event tells of; None where it tells of something else."""
    try:
        event = json.loads(body)
        told = event["result"]["shipment_id"] if str(event["description"]).startswith("refund.") else None
    except (ValueError, TypeError, KeyError):
        return None
    return str(told) if told else None


def _pdf(shipment: Mapping[str, Any]) -> str | None:
    page = shipment.get("postage_label") or {}
    if page.get("label_pdf_url"):
        return str(page["label_pdf_url"])
    is_pdf = page.get("label_file_type") == "application/pdf" and page.get("label_url")
    return str(page["label_url"]) if is_pdf else None


EASYPOST = Kind(
    CarrierKind(
        carrier=NAME,
        title="EasyPost",
        rates=True,
        fields=(
            CarrierField(name="api_key", words="API key", secret=True),
            CarrierField(
                name="accounts",
                words="Carrier accounts at EasyPost to take rates from",
                needed=False,
                pattern=r"ca_\w+( ca_\w+)*",
                example="ca_1 ca_2",
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
    EasyPost,
)
