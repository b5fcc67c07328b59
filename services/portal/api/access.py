"""Who may call: a program with its API key, or one of the staff from a page of ours. Each route names what it needs."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.portal.access import KEY, Actor, May
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.security import STAFF, is_from_elsewhere
from services.portal.store.limits import API_BY_KEY

BEARER = HTTPBearer(auto_error=False, scheme_name="key", description="An API key: `hw_` and 43 letters.")
SAFE = {"GET", "HEAD", "OPTIONS"}


class Allowed:
    """A route's dependency: whoever calls, when all of `may` is theirs. A test reads `may` off every route."""

    def __init__(self, *may: May) -> None:
        self.may = frozenset(may)

    def __call__(
        self,
        request: Request,
        here: Annotated[Portal, Depends(portal)],
        shown: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
    ) -> Actor:
        """The caller. A problem 401 without access, 429 after too many calls, 403 where something of `may` is missing."""
        actor = _by_key(here, shown.credentials) if shown else _by_session(request, here)
        if actor is None:
            raise Problem(
                401,
                "api.no_access",
                "Send an API key as `Authorization: Bearer hw_...`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if wait := here.limits.wait((API_BY_KEY, f"{actor.kind}:{actor.id}")):
            raise Problem(429, "api.too_many", f"Try again in {wait} s.", headers={"Retry-After": str(wait)})
        if missing := sorted(self.may - actor.may):
            raise Problem(403, "api.forbidden", f"This needs {' and '.join(missing)}.", missing=missing)
        return actor


def allowed(*may: May) -> Any:
    """The dependency of a route that needs all of `may`, which gives the Actor: `who: Annotated[Actor, allowed(May.SCAN)]`."""
    return Depends(Allowed(*may))


def _by_key(here: Portal, text: str) -> Actor | None:
    key = here.keys.of(text)
    return Actor(key.retailer_id, KEY, str(key.id), key.label, key.scopes) if key else None


def _by_session(request: Request, here: Portal) -> Actor | None:
    """A page of ours may call with the session's cookie; another site may not, whatever the browser sends along."""
    token = here.cookies.read(request, STAFF)
    if not token or request.headers.get("sec-fetch-site") != "same-origin":
        return None
    if request.method not in SAFE and is_from_elsewhere(request):
        return None
    found = here.members.seat(token)
    return found[1].actor if found else None
