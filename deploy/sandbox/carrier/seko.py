"""SEKO's OmniParcel as we understand its documents: labels printed, deleted and asked after. All values are our own."""

import base64
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.carrier import page, seko_rates, telling
from deploy.sandbox.carrier.desk import Desk

NAME = "seko"
KEY = "seko-sandbox"  # and whatever else begins like it
_PAGE, _ZPL = "LABEL_PDF_100X150", "LABEL_ZPL_100X150"
_NEEDED = ("StreetAddress", "Suburb", "CountryCode")


class Seko:
    """Answers at `/seko`. Each `printshipment` makes another consignment, as SEKO's does."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The part of the API that is played."""
        return [
            Route("/seko/labels/printshipment", self.print, methods=["POST"]),
            Route("/seko/labels/delete", self.delete, methods=["POST"]),
            Route("/seko/labels/statusv2", self.status, methods=["POST"]),
            Route("/seko/ratesqueryv1/availablerates", self.rates, methods=["POST"]),
        ]

    async def print(self, request: Request) -> Response:
        """A label, or what is wrong with the request; both where only part of it is wrong."""
        asked = json.loads(await request.body())
        place = str(asked.get("Origin", {}).get("Address", {}).get("PostCode") or "")
        return await self._serve(request, "book", place, lambda kind: self._printed(asked, kind))

    async def delete(self, request: Request) -> Response:
        """What became of each consignment."""
        numbers = json.loads(await request.body())
        return await self._serve(
            request,
            "void",
            "",
            lambda _: JSONResponse({number: self._deleted(number) for number in numbers}),
            lambda _: JSONResponse(dict.fromkeys(numbers, "Cannot be deleted. Already in transit.")),
        )

    async def status(self, request: Request) -> Response:
        """The consignments that there are."""
        found = [one for number in json.loads(await request.body()) if (one := self._consignment(number))]
        rows = [
            {
                "ConsignmentNo": one["tracking_number"],
                "Status": "Cancelled" if one["voided_at"] else "Created",
                "Picked": None,
                "Delivered": None,
                "Tracking": f"https://track.example/{one['tracking_number']}",
                "Reference1": one["reference"],
                "Events": telling.events(telling.history(self._desk.memory, one["tracking_number"])),
            }
            for one in found
        ]
        return await self._serve(request, "find", "", lambda _: JSONResponse(rows))

    async def rates(self, request: Request) -> Response:
        """What a parcel would cost. Nothing is kept of it."""
        asked = json.loads(await request.body())
        place = str(asked.get("Origin", {}).get("Address", {}).get("PostCode") or "")
        return await self._serve(
            request,
            "rates",
            place,
            lambda kind: JSONResponse(seko_rates.answer(asked, kind)),
            lambda _: JSONResponse(seko_rates.refused("Origin.Address.PostCode", "PostCode is not served")),
        )

    async def _serve(self, request: Request, operation: str, place: str, act: Any, refuse: Any = None) -> Response:
        if not request.headers.get("access_key", "").startswith(KEY):
            return JSONResponse({"Message": "Authorization has been denied for this request."}, status_code=401)
        no = [_error("Origin.Address.PostCode", "PostCode", "PostCode is not served")]
        return await self._desk.serve(NAME, operation, place, act, refuse or (lambda _: _answer(errors=no)))

    def _printed(self, asked: dict[str, Any], kind: str) -> Response:
        if errors := list(_faults_of(asked)):
            return _answer(errors=errors)
        with self._desk.memory.change():
            seq = self._desk.keep(NAME, mode="test", reference=asked["DeliveryReference"], asked=asked)
            number = f"{6_994_000_000 + seq}"
            self._desk.change(seq, tracking_number=number, bought_at=self._desk.clock().isoformat())
        warnings = [_error("Destination.PhoneNumber", "PhoneNumber", "PhoneNumber is recommended")]
        pages = {} if kind == "no_page" else _pages(number, asked)
        return _answer(errors=warnings if kind == "partial" else [], made=[_consignment(seq, number, pages)])

    def _deleted(self, number: str) -> str:
        found = self._consignment(number)
        if found is None:
            return "Cannot be deleted. Not found."
        if found["used_at"]:
            return "Cannot be deleted. Already in transit."
        if found["voided_at"]:
            return "Cannot be deleted. Already deleted."
        self._desk.change(found["seq"], voided_at=self._desk.clock().isoformat())
        return "Deleted"

    def _consignment(self, number: str) -> dict[str, Any] | None:
        found = self._desk.find("tracking_number", number)
        return found if found and found["carrier"] == NAME else None


def _faults_of(asked: dict[str, Any]) -> Any:
    if asked.get("ShipType") != "INBOUND":
        yield _error("ShipType", "ShipType", "ShipType must be INBOUND for a return")
    for side in ("Origin", "Destination"):
        address = asked.get(side, {}).get("Address", {})
        for name in _NEEDED:
            if not address.get(name):
                yield _error(f"{side}.Address.{name}", name, f"{name} is required")


def _error(place: str, key: str, words: str) -> dict[str, str]:
    return {"Property": place, "Message": words, "Key": key, "Value": ""}


def _answer(*, errors: list[dict[str, str]], made: Any = ()) -> Response:
    return JSONResponse(
        {
            "CarrierId": 900,
            "CarrierName": "Sandbox Parcel",
            "IsFreightForward": False,
            "IsOvernight": False,
            "IsSaturdayDelivery": False,
            "IsRural": False,
            "HasTrackPaks": False,
            "Message": "Connote created." if made else "No connote was created.",
            "Errors": errors,
            "SiteId": 100,
            "Consignments": list(made),
            "DestinationPort": None,
            "Downloads": [],
            "CommodityChanges": [],
            "CarrierType": 1,
            "AlertPath": None,
            "Notifications": [],
            "InvoiceResponse": "No Invoice found",
            "LogoPath": "",
        }
    )


def _pages(number: str, asked: dict[str, Any]) -> dict[str, list[str]]:
    """The label in each output that was asked for."""
    made = {_PAGE: _drawn(number, asked), _ZPL: f"^XA^FO60,60^BCN,160,Y^FD{number}^FS^XZ\n".encode()}
    return {name: [base64.b64encode(made[name]).decode()] for name in asked.get("Outputs", [_PAGE]) if name in made}


def _consignment(seq: int, number: str, pages: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "Connote": number,
        "TrackingUrl": f"https://track.example/{number}",
        "Cost": 4.85,
        "CarrierType": 1,
        "IsSaturdayDelivery": False,
        "IsRural": False,
        "IsOvernight": False,
        "HasTrackPaks": False,
        "ConsignmentId": 5_000_000 + seq,
        "OutputFiles": pages,
        "Items": [{"PartNo": 1, "TrackingNo": f"{number}01", "Barcode": number, "Charge": 4.85, "IsTrackPack": False}],
    }


def _drawn(number: str, asked: dict[str, Any]) -> bytes:
    sender, receiver = (_lines(asked[side]) for side in ("Origin", "Destination"))
    return page.draw(
        number,
        carrier="SEKO",
        service=str(asked.get("Service") or "Returns"),
        sender=sender,
        receiver=receiver,
        reference=asked["DeliveryReference"],
    )


def _lines(party: dict[str, Any]) -> list[str]:
    place = party["Address"]
    return [
        party.get("ContactPerson") or party["Name"],
        place["StreetAddress"],
        f"{place.get('PostCode') or ''} {place['Suburb']}".strip(),
        place["CountryCode"],
    ]
