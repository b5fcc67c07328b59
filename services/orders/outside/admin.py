"""Shopify's Admin GraphQL API: one client per shop and call, and an honest outcome for each of its layers of errors.

ShopifyAPI keeps the active shop in state that threads and greenlets share, follows redirects with the token and knows
no time limit. So everything here is set on the instance, and the class-wide ways of that library are never used.
"""

import json
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

import shopify
from shopify.utils import shop_url

from libs.chassis.errors import Transient
from libs.chassis.metrics import meter
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown, forbid_open_unit
from libs.chassis.settings import load
from services.orders.domain.throttle import USUAL_COST
from services.orders.outside.documents import document, is_mutation
from services.orders.outside.gate import Gate, NoAnswer, Throttled, told_of
from services.orders.settings import OrdersSettings

JsonObject = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]  # status, headers and body
_REFUSED_BY_STATUS = {
    401: "the shop does not accept our token",
    402: "the shop is frozen",
    403: "the shop forbids it",
    404: "there is no such shop",
    423: "the shop is locked",
}
_TURNED_AWAY = frozenset({"http_401", "http_403"})  # for who we are, and not for what we asked
_COSTS: dict[str, float] = {}  # points that each operation took when it was last made, in this process
_THROTTLED = frozenset({429, 430})
_NEVER_LEFT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)  # no byte of it was taken
_NOT_UNDERSTOOD = frozenset(
    {
        "ACCESS_DENIED",
        "BAD_REQUEST",
        "RESOURCE_NOT_FOUND",
        "INVALID_VARIABLE",
        "MAX_INPUT_SIZE_EXCEEDED",
        "undefinedField",
        "argumentNotAccepted",
        "missingRequiredArguments",
    }
)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_named: object) -> None:
        """The token never follows a Location."""


_OPENER = urllib.request.build_opener(_NoRedirect)


class AdminClient(shopify.GraphQL):
    """Talks to one shop through that shop's gate. `until` is a moment of the monotonic clock after which nobody waits."""

    def __init__(self, *, domain: str, token: str = "", gate: Gate | None = None, until: float | None = None) -> None:
        # The base class would take endpoint and headers from the shop that is active in this thread.
        settings = load(OrdersSettings)
        version = shopify.ApiVersion.coerce_to_version(settings.shopify_version)
        self.endpoint = version.api_path(address_of(domain)) + "/graphql.json"
        self.headers = {"User-Agent": "homeward/1"}
        self._gate = gate or Gate(token)
        self._timeout, self._until = settings.shopify_timeout, until

    def ask(self, operation: str, **variables: Any) -> JsonObject:
        """The data of a query. Raises a Transient when it is worth asking again, Declined when it is not."""
        return self._call(operation, variables)

    def act(self, operation: str, **variables: Any) -> JsonObject:
        """The payload of a mutation. Raises NotSent, OutcomeUnknown or Declined with the shop's own words."""
        (payload,) = self._call(operation, variables).values()
        if not payload:
            raise OutcomeUnknown(f"{operation}: no payload")
        if errors := payload.get("userErrors"):
            raise Declined(str(errors[0].get("code") or "user_error").lower(), "; ".join(e["message"] for e in errors))
        return payload

    def _call(self, operation: str, variables: Mapping[str, Any]) -> JsonObject:
        forbid_open_unit()
        started, outcome = time.monotonic(), "unknown"
        try:
            data = self._let_in(operation, variables)
            outcome = "done"
            return data
        except (Transient, Declined) as known:
            outcome = type(known).__name__.lower()
            raise
        finally:
            meter().outside_seconds.labels("shopify", outcome).observe(time.monotonic() - started)

    def _let_in(self, operation: str, variables: Mapping[str, Any]) -> JsonObject:
        """The answer; a token that the shop turns away is renewed once. It has done nothing then, so it may be asked again."""
        token = self._gate.token(self._left())
        try:
            return self._once(operation, variables, token)
        except Declined as no:
            another = self._gate.renewed(self._left()) if no.code == "http_401" else None
            if another is None:
                self._close(no)
                raise
        try:
            return self._once(operation, variables, another)
        except Declined as no:
            self._close(no)
            raise

    def _close(self, no: Declined) -> None:
        if no.code in _TURNED_AWAY:
            self._gate.closed(no.code, no.words)

    def _once(self, operation: str, variables: Mapping[str, Any], token: str) -> JsonObject:
        """One request, once there is room for it in the shop's bucket."""
        expected = _COSTS.get(operation, USUAL_COST)
        self._gate.enter(expected, self._left())
        asked = self.merge_headers({"X-Shopify-Access-Token": token}, self.headers)
        status, headers, body = self._send(document(operation), variables, operation, asked)
        if (told := told_of(_json(body))) is not None:
            self._gate.heard(told, reserved=expected)
            _COSTS[operation] = told.cost or expected
        try:
            return read_answer(status, headers, body, unclear=OutcomeUnknown if is_mutation(operation) else NoAnswer)
        except Throttled as full:
            self._gate.held(full.retry_after or 0.0)
            raise

    def _send(self, query: str, variables: Mapping[str, Any], operation: str, given: dict[str, str]) -> Answer:
        """Status, headers and body of the answer to one request. Raises NotSent, or that its outcome is not known."""
        asked = json.dumps({"query": query, "variables": variables, "operationName": operation}).encode()
        kinds = {"Accept": "application/json", "Content-Type": "application/json"}
        headers = self.merge_headers(kinds, given)
        request = urllib.request.Request(self.endpoint, asked, headers, method="POST")  # noqa: S310 (http or https)
        unclear = OutcomeUnknown if is_mutation(operation) else NoAnswer
        try:
            return _send(request, self._left())
        except urllib.error.URLError as away:
            raise (NotSent if isinstance(away.reason, _NEVER_LEFT) else unclear)(f"shopify: {away.reason}") from away
        except (OSError, HTTPException) as lost:
            raise unclear(f"shopify: {type(lost).__name__}") from lost

    def execute(self, query: str, variables: Any = None, operation_name: str | None = None) -> Answer:
        """Refused: the base class would send the token past the gate, follow redirects with it and wait for ever."""
        raise NotImplementedError("ask() and act() talk to the shop")

    def _left(self) -> float:
        left = self._timeout if self._until is None else min(self._timeout, self._until - time.monotonic())
        if left <= 0:
            raise NotSent("nobody waits any more")
        return left


def _send(request: urllib.request.Request, timeout: float) -> Answer:
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, dict(refused.headers), refused.read()


def address_of(domain: str) -> str:
    """Where the shop is reached. Raises ValueError for what is not a shop's domain, so that no token goes elsewhere."""
    shop = shop_url.sanitize_shop_domain(domain)
    if not shop:
        raise ValueError("not a shop's domain")
    base = load(OrdersSettings).shopify_base
    return base.format(shop=shop) if base else f"https://{shop}"


def read_answer(status: int, headers: Mapping[str, str], body: bytes, *, unclear: type[Exception]) -> JsonObject:
    """The data of an answer. `unclear` is what an answer that does not say whether it was done raises."""
    if status in _THROTTLED:
        raise Throttled(_retry_after(headers))
    if status in _REFUSED_BY_STATUS:
        raise Declined(f"http_{status}", f"HTTP {status}: {_REFUSED_BY_STATUS[status]}")
    if status != 200:
        raise (Declined(f"http_{status}", _words(body)) if 400 <= status < 500 else unclear(f"shopify: HTTP {status}"))
    try:
        answer = json.loads(body)
    except ValueError:
        raise unclear("shopify: the answer is not JSON") from None
    if not isinstance(answer, dict):
        raise unclear("shopify: the answer is not an object")
    if answer.get("errors"):
        _refuse(answer, headers, unclear)
    if not isinstance(answer.get("data"), dict):
        raise unclear("shopify: no data and no errors")
    return answer["data"]


def _refuse(answer: JsonObject, headers: Mapping[str, str], unclear: type[Exception]) -> None:
    """Raise for top-level errors: partial data beside them is not trusted."""
    errors = answer["errors"]
    if not isinstance(errors, list):
        raise Declined("errors", str(errors)[:300])
    codes = [str((error.get("extensions") or {}).get("code", "")) for error in errors]
    words = "; ".join(str(error.get("message", "")) for error in errors)[:300]
    if "THROTTLED" in codes:
        raise Throttled(_retry_after(headers))
    understood = next((code for code in codes if code in _NOT_UNDERSTOOD), None)
    if understood and not (unclear is OutcomeUnknown and _is_begun(answer.get("data"))):
        raise Declined(understood.lower(), words)
    raise unclear(f"shopify: {words}")


def _is_begun(data: Any) -> bool:
    """Whether a mutation has an effect to tell: then an error beside it is about what was to be shown of it."""
    return isinstance(data, dict) and any(payload is not None for payload in data.values())


def _retry_after(headers: Mapping[str, str]) -> float | None:
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(said) if said.replace(".", "", 1).isdigit() else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _words(body: bytes) -> str:
    return body[:300].decode(errors="replace")
