"""Portal's own database, and its gateway without the other services."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from libs.contracts.values import Look
from services.portal.access import GRANTS, May, Role
from services.portal.passwords import hash_password
from services.portal.security import STAFF
from services.portal.store.members import Member

PASSWORD = "walk the long way home"
HASH = hash_password(PASSWORD)


@pytest.fixture
def people(service_database: Callable[[str], str]):
    """Retailers and who may act for them."""
    service_database("portal")
    from services.portal.store.people import People

    return People()


@pytest.fixture
def returns(people):
    """The returns."""
    from services.portal.store.returns import Returns

    return Returns()


def a_look(slug: str) -> Look:
    return Look(
        slug=slug,
        name=slug.capitalize(),
        brand="#1f5c4d",
        support_email=f"help@{slug}.example",
        shop_url=f"https://{slug}.example",
        portal_url=f"http://testserver/{slug}",
        sender=f"{slug} <help@{slug}.example>",
    )


@pytest.fixture
def retailer(people) -> Iterator:
    """A retailer of this test alone."""
    from libs.chassis.ids import new_id
    from services.portal.store.people import Retailer

    id = new_id()
    return people.save_retailer(Retailer(id, f"r{id.hex[-12:]}", "GBP", a_look(f"r{id.hex[-12:]}"), None))


@pytest.fixture
def browser(people, environment: dict[str, str]) -> Iterator[TestClient]:
    """A browser at the gateway. Errors come as the pages that a person would get."""
    from libs.chassis.settings import load
    from services.portal.gateway import build
    from services.portal.reach import Portal
    from services.portal.settings import PortalSettings

    with TestClient(
        build(Portal.from_settings(load(PortalSettings))), raise_server_exceptions=False, follow_redirects=False
    ) as client:
        with people.engine.begin() as db:
            db.exec_driver_sql("DELETE FROM rate_buckets")
        yield client


@pytest.fixture
def members(people):
    """The staff."""
    from services.portal.store.members import Members

    return Members()


@pytest.fixture
def invites(people):
    """The links mailed to the staff."""
    from services.portal.store.invites import Invites

    return Invites()


@pytest.fixture
def keys(people):
    """The API keys."""
    from services.portal.store.keys import Keys

    return Keys()


@pytest.fixture
def a_member(members) -> Callable[..., Member]:
    """Call it with a retailer and a role: one of its staff, whose password is PASSWORD."""

    def save(retailer, role: Role = Role.MANAGER, name: str = "") -> Member:
        name = name or role.value
        return members.save(
            retailer.id, email=f"{name}@{retailer.slug}.example", name=name.title(), password_hash=HASH, role=role
        )

    return save


@pytest.fixture
def a_key(keys) -> Callable[..., str]:
    """Call it with a retailer's id and scopes: the text of a key of its own; without scopes of all a manager may."""

    def make(retailer_id: UUID, *scopes: May) -> str:
        return keys.make(retailer_id, label="erp", scopes=scopes or GRANTS[Role.MANAGER], by="system")[1]

    return make


@pytest.fixture
def sit(people, a_member) -> Callable[..., Member]:
    """Call it with a browser, a retailer and a role: the browser is signed in as such a person."""

    def sign_in(browser: TestClient, retailer, role: Role = Role.MANAGER) -> Member:
        member = a_member(retailer, role)
        browser.cookies.set(STAFF, people.begin_session(retailer.id, "staff", member.id, {}))
        return member

    return sign_in


@pytest.fixture
def outbox(people) -> Callable[[UUID], list[str]]:
    """Call it with a retailer's id: the facts of that retailer that wait to be sent, by name."""

    def read(retailer_id: UUID) -> list[str]:
        with people.engine.connect() as db:
            return list(
                db.exec_driver_sql(
                    "SELECT routing_key FROM outbox WHERE retailer_id = %s ORDER BY id", (retailer_id,)
                ).scalars()
            )

    return read
