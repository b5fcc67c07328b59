"""What the pages about the staff themselves are given: who they are, their keys, what they did."""

from dataclasses import dataclass, field
from datetime import datetime

from services.portal.web.views.parts import Link, Notice, Problems
from services.portal.web.views.staff import Staff


@dataclass(frozen=True, slots=True)
class ForgotPage:
    """Field `email`. Once `sent`, the same words come back for everybody."""

    csrf: str
    email: str = ""
    problems: Problems = field(default_factory=dict)
    sent: bool = False


@dataclass(frozen=True, slots=True)
class PasswordPage:
    """Fields `password` and, where `asks_name`, `name`; sent back to `address`. Passwords are never sent back."""

    csrf: str
    address: str
    email: str
    asks_name: bool
    name: str = ""
    role: str = ""
    problems: Problems = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GonePage:
    """A link that was used, replaced, or is too old; `purpose` is `invite` or `reset`."""

    purpose: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One of the staff. `state` is `active`, `invited` or `disabled`."""

    id: str
    name: str
    email: str
    role: str
    state: str
    seen_at: datetime | None
    is_you: bool = False


@dataclass(frozen=True, slots=True)
class StaffPage:
    """The staff, and fields `name`, `email` and `role` to invite one more; `roles` are the codes to choose from."""

    staff: Staff
    rows: tuple[MemberRow, ...]
    roles: tuple[str, ...]
    name: str = ""
    email: str = ""
    role: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """One of the staff, and what may be changed: field `role`, and buttons."""

    staff: Staff
    member: MemberRow
    roles: tuple[str, ...]
    invited_at: datetime | None = None
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key without its secret; `scopes` are codes."""

    id: str
    label: str
    prefix: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeysPage:
    """The keys, and fields `label` and `scope` to make one; `once` keeps a form sent twice from making two.

    `made` is the text of a fresh key, which is on no other page.
    `may_cancel` is whether shoppers may cancel what is not sent.
    """

    staff: Staff
    rows: tuple[KeyRow, ...]
    scopes: tuple[str, ...]
    once: str
    label: str = ""
    chosen: tuple[str, ...] = ()
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    made: str | None = None


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """A connection to a shop. `state` is `open`, `lost` or `ended`; `failed` is what went wrong last, and when."""

    domain: str
    currency: str
    state: str
    installed: bool
    version: str
    connected_at: datetime | None
    expires_at: datetime | None
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    not_granted: tuple[str, ...] = ()
    failed: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class WebhookFacts:
    """What the shop tells us of: how many topics of how many, which are `missing` and why, which only the app can ask for."""

    wanted: int
    missing: tuple[str, ...]
    by_app: tuple[str, ...]
    has_address: bool
    words: str | None = None
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """How far the first reading of the shop's orders is. `state` is `waiting`, `running` or `done`."""

    state: str
    listed: int
    expected: int | None
    since: datetime
    ended_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether the page soon has more to tell."""
        return self.state != "done"


@dataclass(frozen=True, slots=True)
class ShopsPage:
    """The shop, and fields `domain` and `token` to connect one. Tokens are never sent back.

    `onward` is where the shop asks its owner; `webhooks` is a fresh address for its webhooks, which is on no other page.
    `is_known` is False while nobody can say whether a shop is connected.
    """

    staff: Staff
    shops: tuple[ShopFacts, ...]
    can_install: bool = False
    domain: str = ""
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None
    onward: Link | None = None
    webhooks: str | None = None
    told: WebhookFacts | None = None
    imported: ImportFacts | None = None
    may_cancel: bool = False
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act; without an `outcome` it is under way, or was lost."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str | None
    outcome: str | None
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The acts, the newest first. `checked` says whether all `total` rows were; `broken_at` is the first that is wrong."""

    staff: Staff
    rows: tuple[AuditRow, ...]
    total: int
    checked: bool
    broken_at: int | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Somewhere a person is signed in."""

    browser: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Fields `current` and `password` to change the password, and a button to end the other sessions."""

    staff: Staff
    sessions: tuple[SessionRow, ...]
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class RetailerRow:
    """A retailer, as the platform's operator sees it."""

    name: str
    slug: str
    currency: str
    portal: Link


@dataclass(frozen=True, slots=True)
class RetailersPage:
    """All retailers of the platform."""

    staff: Staff
    rows: tuple[RetailerRow, ...]
