"""Portal's own database, and its gateway without the other services."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from libs.contracts.values import Look


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
