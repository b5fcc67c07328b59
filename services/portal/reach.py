"""All that a request may need, made once per gateway process."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request

from libs.chassis.objects import Objects
from libs.chassis.secrets import Secrets
from services.portal.cancelling import Cancelling
from services.portal.intake import Intake
from services.portal.matching import Matching
from services.portal.security import Cookies, Forms, TooMany, address_of, cookies_of
from services.portal.settings import PortalSettings
from services.portal.store.audit import Audit
from services.portal.store.cancelling import Cancellations
from services.portal.store.codes import Codes
from services.portal.store.erasing import Persons
from services.portal.store.hub import HubDesk
from services.portal.store.ingress import Ingress
from services.portal.store.intakes import Intakes
from services.portal.store.invites import Invites
from services.portal.store.keys import Keys
from services.portal.store.limits import Limit, Limits
from services.portal.store.members import Members
from services.portal.store.people import People
from services.portal.store.returns import Returns
from services.portal.store.tasks import Tasks
from services.portal.store.uploads import Uploads
from services.portal.withdrawing import Withdrawing


@dataclass(frozen=True, slots=True)
class Portal:
    """The gateway's stores and tools."""

    settings: PortalSettings
    keyring: Secrets
    cookies: Cookies
    forms: Forms
    people: People
    members: Members
    invites: Invites
    keys: Keys
    audit: Audit
    returns: Returns
    tasks: Tasks
    ingress: Ingress
    limits: Limits
    objects: Objects
    intake: Intake
    intakes: Intakes
    matching: Matching
    uploads: Uploads
    persons: Persons
    cancellations: Cancellations
    cancelling: Cancelling
    codes: Codes
    hub: HubDesk
    withdrawing: Withdrawing

    @classmethod
    def from_settings(cls, settings: PortalSettings) -> "Portal":
        """What a gateway with these settings works with."""
        keyring, cookies = Secrets.from_settings(settings), cookies_of(settings)
        people, returns, intakes = People(), Returns(), Intakes()
        intake = Intake(returns, desk=settings.url)
        return cls(
            settings,
            keyring,
            cookies,
            Forms(keyring, cookies),
            people,
            Members(),
            Invites(),
            Keys(),
            Audit(),
            returns,
            Tasks(),
            Ingress(),
            Limits(),
            Objects(settings.objects_dir),
            intake,
            intakes,
            Matching(intake, intakes, people),
            Uploads(),
            Persons(),
            cancellations := Cancellations(),
            Cancelling(cancellations, keyring),
            Codes(),
            HubDesk(),
            Withdrawing(intake, returns, desk=settings.url),
        )

    def nickname(self, retailer_id: UUID, email: str) -> str:
        """A name for a person in a log: the same each time, and nobody without our key can tell whose it is."""
        return self.keyring.fingerprint(retailer_id, "log", email.casefold()).hex()[:12]

    def bound(self, request: Request, limit: Limit, *more: tuple[Limit, str]) -> tuple[tuple[Limit, str], ...]:
        """Count this request against `limit` by its address, and against `more`; what was counted. Raises TooMany."""
        counted = ((limit, address_of(request, self.settings)), *more)
        if wait := self.limits.wait(*counted):
            raise TooMany(wait)
        return counted


async def portal(request: Request) -> Portal:  # async, or each request would wait for a thread to read an attribute
    """The gateway's tools, for a route to depend on."""
    found: Any = request.app.state.portal
    return found
