"""Who may do what: one table of roles. Every route of staff and of programs names what it needs, and a test walks them all."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

NOBODY = UUID(int=0)  # the retailer of what belongs to none: the platform's staff and keys


class May(StrEnum):
    """Something that a route does. A key's scopes and a role's grants are sets of these."""

    READ_RETURNS = "returns.read"
    WRITE_RETURNS = "returns.write"
    DECIDE_RETURNS = "returns.decide"
    CLEAR_TASKS = "tasks.clear"
    MOVE_MONEY = "money.move"
    SCAN = "scans.write"
    INSPECT = "inspections.write"
    WRITE_ORDERS = "orders.write"
    READ_REPORTS = "reports.read"
    READ_AUDIT = "audit.read"
    MANAGE_STAFF = "staff.manage"
    MANAGE_KEYS = "keys.manage"
    MANAGE_SHOPS = "shops.manage"
    MANAGE_CARRIERS = "carriers.manage"
    READ_POLICIES = "policies.read"
    WRITE_POLICIES = "policies.write"
    PUBLISH_POLICIES = "policies.publish"
    MANAGE_PERSONS = "persons.manage"
    OPERATE = "platform.operate"


class Role(StrEnum):
    """What one of the staff is. The platform's operator belongs to no retailer and sees no retailer's returns."""

    MANAGER = "manager"
    AGENT = "agent"
    MERCHANDISER = "merchandiser"
    FINANCE = "finance"
    HUB = "hub"
    VIEWER = "viewer"
    PLATFORM = "platform"


GRANTS: dict[Role, frozenset[May]] = {
    Role.MANAGER: frozenset(May) - {May.OPERATE},
    Role.AGENT: frozenset(
        {May.READ_RETURNS, May.WRITE_RETURNS, May.DECIDE_RETURNS, May.CLEAR_TASKS, May.WRITE_ORDERS, May.READ_POLICIES}
    ),
    Role.MERCHANDISER: frozenset(
        {
            May.READ_RETURNS,
            May.CLEAR_TASKS,
            May.READ_REPORTS,
            May.READ_POLICIES,
            May.WRITE_POLICIES,
            May.PUBLISH_POLICIES,
        }
    ),
    Role.FINANCE: frozenset({May.READ_RETURNS, May.CLEAR_TASKS, May.MOVE_MONEY, May.READ_REPORTS, May.READ_AUDIT}),
    Role.HUB: frozenset({May.READ_RETURNS, May.CLEAR_TASKS, May.SCAN, May.INSPECT}),
    Role.VIEWER: frozenset({May.READ_RETURNS, May.READ_POLICIES}),
    # The staff, the keys and the audit of the platform itself: an actor reaches rows of its own retailer only, and this
    # one's is nobody.
    Role.PLATFORM: frozenset({May.OPERATE, May.MANAGE_STAFF, May.MANAGE_KEYS, May.READ_AUDIT}),
}


# What the people of a role are there for. Whoever may do it owns that role's tasks, also a program that has the scope.
OWNS: dict[Role, May] = {
    Role.MANAGER: May.MANAGE_STAFF,
    Role.AGENT: May.WRITE_RETURNS,
    Role.MERCHANDISER: May.WRITE_POLICIES,
    Role.FINANCE: May.MOVE_MONEY,
    Role.HUB: May.SCAN,
}


def to_clear(role: str) -> frozenset[May]:
    """All that somebody must be able to do who clears a task of this role: what a task holds back may be money."""
    return frozenset({May.CLEAR_TASKS, OWNS[Role(role)]})


def first_role_at(retailer_id: UUID) -> Role:
    """The role that names the others there; at least one person in force always has it."""
    return Role.PLATFORM if retailer_id == NOBODY else Role.MANAGER


def roles_at(retailer_id: UUID) -> frozenset[Role]:
    """The roles that somebody there may have: one at the platform, the others at a retailer."""
    return frozenset({Role.PLATFORM}) if retailer_id == NOBODY else frozenset(Role) - {Role.PLATFORM}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts for a retailer: `kind` is `staff`, `key`, `shopper` or `system`, `name` is for the record."""

    retailer_id: UUID
    kind: str
    id: str
    name: str
    may: frozenset[May] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


STAFF, KEY, SYSTEM = "staff", "key", "system"


def system(retailer_id: UUID) -> Actor:
    """The suite itself: what the clock does, and what an intake does when its order is found."""
    return Actor(retailer_id, SYSTEM, SYSTEM, SYSTEM)
