"""Who may call: a retailer's API key, or one of its staff signed in."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.security import STAFF
from services.portal.store.limits import API_BY_KEY


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom, and by whom, in words for the record."""

    retailer_id: UUID
    name: str


def caller(request: Request, here: Annotated[Portal, Depends(portal)]) -> Caller:
    """The caller of this request; a problem 401 or 429 when there is none, or too many calls."""
    found = _by_key(request, here) or _by_session(request, here)
    if found is None:
        raise Problem(
            401,
            "api.no_access",
            "Send an API key as `Authorization: Bearer hw_...`.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if wait := here.limits.wait((API_BY_KEY, f"{found.retailer_id}:{found.name}")):
        raise Problem(429, "api.too_many", f"Try again in {wait} s.", headers={"Retry-After": str(wait)})
    return found


def _by_key(request: Request, here: Portal) -> Caller | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    owner = here.people.key_owner(key) if scheme.lower() == "bearer" and key else None
    return Caller(owner[0], f"key {owner[1]}") if owner else None


def _by_session(request: Request, here: Portal) -> Caller | None:
    """A page of ours may call with the session's cookie; another site may not, whatever the browser sends along."""
    if request.headers.get("sec-fetch-site") != "same-origin":
        return None
    session = here.people.session(here.cookies.read(request, STAFF), "staff")
    return Caller(session.retailer_id, f"staff {session.subject}") if session else None
