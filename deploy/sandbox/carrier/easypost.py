"""EasyPost as we understand its documents: shipments made, bought, read, refunded, and their pages. All values are our own."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, Literal

import segno
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.carrier import page, telling
from deploy.sandbox.carrier.desk import Desk
from deploy.sandbox.carrier.easypost_shapes import RATES, price_of, shipment
from deploy.sandbox.postman import Letter, Postman
from deploy.sandbox.web import BadRequest, read

NAME = "easypost"
KEYS = {"EZTK": "test", "EZAK": "production"}  # how a key begins, and what it is for
_CURRENCIES = {"GB": "GBP", "US": "USD"}
_NOT_FOUND: tuple[str, str, list[Any]] = ("NOT_FOUND", "The requested resource could not be found.", [])


class RefundAsked(BaseModel):
    """The body of `POST /control/labels/{number}/refund`. `secret` is `easypost:` and the webhook's secret."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["refunded", "rejected"]
    url: str | None = Field(None, pattern=r"^https?://")
    secret: str = "easypost:"


class EasyPost:
    """Answers at `/easypost/v2`. A shipment is bought once; who buys it again is told that it is."""

    def __init__(self, desk: Desk, postman: Postman) -> None:
        self._desk, self._postman = desk, postman

    def routes(self) -> list[Route]:
        """The part of the API that is played."""
        base = "/easypost/v2/shipments"
        return [
            Route(base, self.shipments, methods=["GET", "POST"]),
            Route(base + "/{id}", self.retrieve),
            Route(base + "/{id}/label", self.retrieve),
            Route(base + "/{id}/buy", self.buy, methods=["POST"]),
            Route(base + "/{id}/refund", self.refund, methods=["POST"]),
            Route(base + "/{id}/forms", self.forms, methods=["POST"]),
            Route("/easypost/v2/trackers", self.trackers),
            Route("/easypost/files/{number}.{ending}", self.file),
            Route("/control/labels/{number}/refund", self.settle_refund, methods=["POST"]),
        ]

    async def shipments(self, request: Request) -> Response:
        """Make a shipment, or list none: the list is there to try a key."""
        if request.method == "GET":
            return await self._serve(request, "check", "", lambda _: JSONResponse({"shipments": [], "has_more": False}))
        asked = json.loads(await request.body()).get("shipment") or {}
        place = str((asked.get("to_address") or {}).get("zip") or "")
        return await self._serve(request, "create", place, lambda kind: self._made(request, asked, kind))

    async def retrieve(self, request: Request) -> Response:
        """A shipment as it is now, its label as ZPL too where that was asked for."""
        wanted = request.query_params.get("file_format", "").lower()
        return await self._of(request, "find", lambda found, _: self._shown(request, found, converted=wanted))

    async def forms(self, request: Request) -> Response:
        """A form of a shipment: the code of its label."""
        kind = (json.loads(await request.body()).get("form") or {}).get("type")

        def made(found: dict[str, Any], _: str) -> Response:
            if kind != "label_qr_code" or not found["tracking_number"]:
                return _no(422, "FORM.TYPE.INVALID", "The form type is not supported by this carrier.", [])
            return self._shown(request, found, status=201, forms=(kind,))

        return await self._of(request, "form", made)

    async def settle_refund(self, request: Request) -> Response:
        """The carrier's last word on a refund: `status` is `refunded` or `rejected`. With a `url` and `secret` it is told."""
        asked = await read(request, RefundAsked)
        found = self._desk.find("tracking_number", request.path_params["number"])
        if found is None or not found["voided_at"]:
            raise BadRequest("no refund of this label was asked for")
        self._desk.refund(found["seq"], asked.status)
        body, headers = telling.easypost_refund(found, asked.status, asked.secret)
        if asked.url:
            letter = Letter(f"evt_refund_{found['seq']}", found["tracking_number"], "refund", asked.url, headers, body)
            self._postman.post(letter)
            self._postman.wake()
        return JSONResponse({"refund_status": asked.status})

    async def buy(self, request: Request) -> Response:
        """Buy a rate of a shipment."""
        wanted = (json.loads(await request.body()).get("rate") or {}).get("id")

        def bought(found: dict[str, Any], kind: str) -> Response:
            if found["tracking_number"]:
                words = "Postage already exists for this shipment. You can only buy postage once per shipment."
                return _no(422, "SHIPMENT.POSTAGE.EXISTS", words, [])
            rate = next((one for one in found["rates"] if one["id"] == wanted), None)
            if rate is None:
                return _no(404, *_NOT_FOUND)
            number, now = f"EZ{9_400_100_000 + found['seq']}", self._desk.clock().isoformat()
            self._desk.change(found["seq"], rate=json.dumps(rate), tracking_number=number, bought_at=now)
            return self._shown(request, self._desk.find("seq", found["seq"]) or found)

        return await self._of(request, "book", bought)

    async def refund(self, request: Request) -> Response:
        """Ask for the money of a label that was not used."""

        def refunded(found: dict[str, Any], kind: str) -> Response:
            if not found["tracking_number"] or found["used_at"] or found["refund"] in ("submitted", "refunded"):
                words = "Refund request could not be processed; refund is not available."
                return _no(422, "SHIPMENT.REFUND.UNAVAILABLE", words, [])
            self._desk.change(found["seq"], voided_at=self._desk.clock().isoformat())
            self._desk.refund(found["seq"], "submitted")
            return self._shown(request, self._desk.find("seq", found["seq"]) or found)

        return await self._of(request, "void", refunded)

    async def trackers(self, request: Request) -> Response:
        """The trackers of a number, of which there is one where a label of ours has it."""
        number = request.query_params.get("tracking_code", "")
        found = self._desk.find("tracking_number", number)
        told = [telling.tracker(number, telling.history(self._desk.memory, number))] if found else []
        return await self._serve(request, "track", "", lambda _: JSONResponse({"trackers": told, "has_more": False}))

    async def file(self, request: Request) -> Response:
        """A label's page. EasyPost gives it to whoever knows its address."""
        found = self._desk.find("tracking_number", request.path_params["number"])
        if found is None or found["carrier"] != NAME:
            return Response(status_code=404)
        answer = _file(found, request.path_params["ending"])
        refused = Response("<Error><Code>SlowDown</Code></Error>", status_code=503)
        return await self._desk.serve(NAME, "file", "", lambda _: answer, lambda _: refused)

    def _made(self, request: Request, asked: dict[str, Any], kind: str) -> Response:
        if not all(asked.get(name) for name in ("to_address", "from_address", "parcel")):
            return _no(422, "PARAMETER.REQUIRED", "Missing required parameter.", [_BLANK])
        currency = _CURRENCIES.get(asked["to_address"].get("country"), "EUR")
        with self._desk.memory.change():
            mode = _mode(request) or "test"
            seq = self._desk.keep(NAME, mode=mode, reference=str(asked.get("reference") or ""), asked=asked)
            rates = [
                {
                    "id": f"rate_{seq:032x}{place}",
                    "service": service,
                    "rate": price_of(price, asked),
                    "currency": currency,
                    "days": days,
                }
                for place, (service, price, days) in enumerate(() if kind == "no_rates" else RATES)
            ]
            self._desk.memory.run("UPDATE shipments SET rates = ? WHERE seq = ?", json.dumps(rates), seq)
            self._desk.change(seq, id=f"shp_{seq:032x}")
        messages = [_RATE_ERROR] if kind in ("partial", "no_rates") else []
        return self._shown(request, self._desk.find("seq", seq) or {}, status=201, messages=messages)

    async def _of(self, request: Request, operation: str, act: Callable[[dict[str, Any], str], Response]) -> Response:
        found = self._desk.find("id", request.path_params["id"])
        if found is None:
            return await self._serve(request, operation, "", lambda _: _no(404, *_NOT_FOUND))
        place = str(found["asked"]["to_address"].get("zip") or "")
        return await self._serve(request, operation, place, lambda kind: act(found, kind))

    async def _serve(self, request: Request, operation: str, place: str, act: Callable[[str], Response]) -> Response:
        if _mode(request) is None:
            return _no(401, "APIKEY.INACTIVE", "This api key is no longer active. Please use a different api key.", [])
        return await self._desk.serve(NAME, operation, place, act, _refusal)

    @staticmethod
    def _shown(
        request: Request,
        found: dict[str, Any],
        *,
        status: int = 200,
        messages: Any = (),
        converted: str = "",
        forms: Sequence[str] = (),
    ) -> Response:
        files = f"{request.url.scheme}://{request.url.netloc}/easypost/files"
        told = shipment(found, files=files, messages=list(messages), converted=converted, forms=forms)
        return JSONResponse(told, status_code=status)


_BLANK = {"field": "shipment", "message": "cannot be blank"}
_RATE_ERROR = {
    "carrier": "OtherPost",
    "type": "rate_error",
    "message": "no account with this carrier",
    "carrier_account_id": "",
}
_SHAPES: dict[str, list[Any]] = {
    "refuse": [{"code": "E.ADDRESS.NOT_FOUND", "field": "address", "message": "Address not found", "suggestion": None}],
    "refuse_plain": [_BLANK],
    "refuse_words": ["The address is not served."],
    "refuse_fields": [{"zip": "is not served"}],
    "refuse_empty": [],
}


def _refusal(kind: str) -> Response:
    return _no(422, "SHIPMENT.INVALID_PARAMS", "Unable to create shipment.", _SHAPES[kind])


def _no(status: int, code: str, words: str, errors: list[Any]) -> Response:
    return JSONResponse({"error": {"code": code, "message": words, "errors": errors}}, status_code=status)


def _mode(request: Request) -> str | None:
    key = request.headers.get("authorization", "").removeprefix("Bearer ")
    return KEYS.get(key[:4])


def _file(found: dict[str, Any], ending: str) -> Response:
    """The label's page, its ZPL, or the code of it."""
    number = found["tracking_number"]
    match ending:
        case "zpl":
            return Response(f"^XA^FO60,60^BCN,160,Y^FD{number}^FS^XZ\n", media_type="application/zpl")
        case "png":
            file = BytesIO()
            segno.make_qr(f"EASYPOST {number}").save(file, kind="png", border=4, scale=8)
            return Response(file.getvalue(), media_type="image/png")
        case _:
            return Response(_drawn(found), media_type="application/pdf")


def _drawn(found: dict[str, Any]) -> bytes:
    asked = found["asked"]
    sides = ("to_address", "from_address") if asked.get("is_return") else ("from_address", "to_address")
    sender, receiver = (_lines(asked[side]) for side in sides)
    return page.draw(
        found["tracking_number"],
        carrier="EasyPost",
        service=json.loads(found["rate"])["service"],
        sender=sender,
        receiver=receiver,
        reference=found["reference"],
    )


def _lines(address: dict[str, Any]) -> list[str]:
    town = f"{address.get('zip') or ''} {address.get('city') or ''}".strip()
    return [
        address.get("name") or "",
        address.get("street1") or "",
        address.get("street2") or "",
        town,
        address["country"],
    ]
