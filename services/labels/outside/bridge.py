"""A carrier without an adapter here, behind three requests over HTTP that its owner answers (README.md has the shapes).

A label's address is our reference, so that a repeat finds the label that is there.
"""

from functools import cached_property
from typing import Any

from pydantic import BaseModel, ValidationError

from libs.chassis import outside
from libs.chassis.outside import OutcomeUnknown, Outside
from libs.contracts.errors import Refused
from services.labels.documents.label import draw_label
from services.labels.domain import Booking, Label, written_number

_GONE = "404"


class _Answer(BaseModel):
    tracking_number: str


class Bridge:
    """Asks for a number and prints it on our own label."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url, self._token = url, token

    def book(self, booking: Booking) -> Label:
        """The label that the carrier makes."""
        return label_of(booking, self._outside.call("PUT", _path(booking), json=_request(booking)))

    def find(self, booking: Booking) -> Label | None:
        """The label that the carrier has; None where it says that there is none."""
        try:
            return label_of(booking, self._outside.call("GET", _path(booking)))
        except outside.Declined as no:
            if no.code == _GONE:
                return None
            raise

    def void(self, booking: Booking) -> None:
        """Have the label made void; one that the carrier does not have is void already."""
        try:
            self._outside.call("DELETE", _path(booking))
        except outside.Declined as no:
            if no.code != _GONE:
                raise

    @cached_property
    def _outside(self) -> Outside:
        return Outside("bridge", self._url, headers={"Authorization": f"Bearer {self._token}"} if self._token else None)


def _path(booking: Booking) -> str:
    return f"/labels/{booking.reference}"


def _request(booking: Booking) -> dict[str, Any]:
    return {
        "service": booking.service,
        "return_number": booking.return_number,
        "parcel": booking.parcel,
        "parcels": booking.parcels,
        "sender": booking.sender.model_dump(mode="json"),
        "hub": booking.hub.model_dump(mode="json"),
    }


def label_of(booking: Booking, answer: Any) -> Label:
    """Our own label with the number that the carrier answered; raises OutcomeUnknown where there is none."""
    try:
        number = written_number(_Answer.model_validate(answer).tracking_number)
    except (ValidationError, Refused):
        raise OutcomeUnknown("bridge: the answer has no tracking number that can be printed") from None
    return Label(number, draw_label(booking, number))
