"""Who is asking, from where, and whether a form is our own: cookies, CSRF, addresses."""

import hmac
import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from secrets import token_bytes, token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

from libs.chassis.secrets import Secrets
from services.portal.access import NOBODY
from services.portal.settings import PortalSettings

VISIT, SHOPPER, STAFF = "hw_visit", "hw_shopper", "hw_staff"
_A_VISIT = re.compile(r"[A-Za-z0-9_-]{32}\Z")
_ONE_HOME = 64  # bits of an IPv6 address that one subscriber is given; the rest is theirs to vary


class NotOurForm(Exception):
    """An unsafe request that did not come from a page of ours."""


class SessionEnded(Exception):
    """There is no living session of this kind; `kind` says whose page to go back to."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class TooMany(Exception):
    """A rate limit was reached; it opens again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Cookies:
    """Names and flags of our cookies. `__Host-` needs https; over plain http the name goes without."""

    secure: bool

    def name(self, plain: str) -> str:
        """The cookie's name on the wire."""
        return f"__Host-{plain}" if self.secure else plain

    def read(self, request: Request, plain: str) -> str:
        """The cookie's value, or an empty string."""
        return request.cookies.get(self.name(plain), "")

    def write(self, response: Response, plain: str, value: str, *, seconds: int | None = None) -> None:
        """Set a cookie that scripts cannot read and other sites do not send."""
        response.set_cookie(
            self.name(plain), value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def forget(self, response: Response, plain: str) -> None:
        """Take a cookie back."""
        response.delete_cookie(self.name(plain), path="/", secure=self.secure, httponly=True, samesite="lax")


def cookies_of(settings: PortalSettings) -> Cookies:
    """The cookies that fit the gateway's public address."""
    return Cookies(secure=settings.url.startswith("https:"))


class Forms:
    """Makes and checks the token that every form carries: bound to the visit's cookie, and to nothing kept here."""

    def __init__(self, keyring: Secrets, cookies: Cookies) -> None:
        self._keyring, self._cookies = keyring, cookies

    def visit(self, request: Request) -> str:
        """The visit's random name: from the cookie, or a fresh one that the answer must set."""
        if not hasattr(request.state, "visit"):
            told = self._cookies.read(request, VISIT)
            request.state.visit = told if _A_VISIT.match(told) else token_urlsafe(24)
        return request.state.visit

    def token(self, request: Request) -> str:
        """The hidden field `csrf` for a page answered to this request."""
        # Masked afresh each time: pages are compressed and echo what was typed, and an equal token could be guessed
        # from their lengths (the BREACH attack).
        secret = self._secret(self.visit(request))
        mask = token_bytes(len(secret))
        return (mask + _xor(mask, secret)).hex()

    def _secret(self, visit: str) -> bytes:
        return self._keyring.fingerprint(NOBODY, "csrf", visit)

    def check(self, request: Request, given: str) -> None:
        """Raise NotOurForm unless the form is one that we gave to this visit and it comes from a page of ours."""
        if request.headers.get("sec-fetch-site") not in {None, "same-origin"} or is_from_elsewhere(request):
            raise NotOurForm("sent by a page of another site")
        visit = self._cookies.read(request, VISIT)
        if not visit or not hmac.compare_digest(_unmasked(given), self._secret(visit)):
            raise NotOurForm("token")


def is_from_elsewhere(request: Request) -> bool:
    """Whether the browser names a page of another site as the one that sent this."""
    origin, host = request.headers.get("origin"), request.headers.get("host", "")
    if origin in {None, "null"}:
        return False
    return origin.casefold() not in {f"{scheme}://{host}".casefold() for scheme in ("https", "http")}


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _unmasked(given: str) -> bytes:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return b""
    half = len(raw) // 2
    return _xor(raw[:half], raw[half:]) if len(raw) == 2 * half else b""


def address_of(request: Request, settings: PortalSettings) -> str:
    """The client's address: the last hop that a proxy of ours did not add."""
    peer = request.client.host if request.client else "unknown"
    trusted = {proxy.strip() for proxy in settings.forwarded_by.split(",") if proxy.strip()}
    written = ",".join(request.headers.getlist("x-forwarded-for"))  # some proxies add a header of their own below ours
    hops = [hop.strip() for hop in written.split(",") if hop.strip()]
    while peer in trusted and hops:
        peer = hops.pop()
    return _home_of(peer)


def _home_of(address: str) -> str:
    """The address, or the whole network of one subscriber, who could take a fresh IPv6 address for each try."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, _ONE_HOME), strict=False))
