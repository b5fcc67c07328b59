"""Every service's database, as its migrations leave it: closed to other retailers, and equal to its tables in code."""

import importlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

from libs.chassis.settings import load
from tests.integration.conftest import ROOT

SERVICES = sorted(path.parent.parent.name for path in Path(ROOT, "services").glob("*/migrations/env.py"))
CHASSIS = {"outbox", "inbox", "claims"}
OUTSIDE = {  # what stands outside row-level security, each with its reason in the table's own info
    "portal": CHASSIS
    | {"retailers", "hosts", "staff", "sessions", "api_keys", "endpoints", "rate_buckets"}
    | {"link_tokens", "person_links", "staff_links", "review_links", "intake_links", "return_numbers"},
    "tracking": CHASSIS | {"number_owners"},
}
TABLES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS closed, pg_get_userbyid(c.relowner) AS owner,
       array(SELECT polname FROM pg_policy WHERE polrelid = c.oid)::text[] AS policies
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'"""
ROLE = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user"


@pytest.fixture(params=[*SERVICES, "toy"])
def service(request, service_database):
    service_database(request.param)
    return request.param


def ask(url, query):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as db:
        return db.exec_driver_sql(query).all()


def test_all_seven_are_looked_at():
    assert SERVICES == ["labels", "notifications", "orders", "payments", "portal", "rules", "tracking"]


def test_only_the_listed_tables_stand_outside_row_level_security(service):
    tables = ask(load().database(service), TABLES)

    assert {table.relname for table in tables if not table.closed} == OUTSIDE.get(service, CHASSIS)
    assert all(table.policies == ["own_rows"] for table in tables if table.closed)
    assert any(table.closed for table in tables)


def test_each_table_outside_says_why(service):
    from libs.chassis.store import OUTSIDE_RLS

    metadata = importlib.import_module(f"services.{service}.store").metadata

    reasons = {table.name: table.info.get(OUTSIDE_RLS, "") for table in metadata.sorted_tables}
    assert {name for name, reason in reasons.items() if reason} == OUTSIDE.get(service, CHASSIS)


def test_the_application_role_owns_nothing_and_may_not_step_around_the_rules(service):
    url = load().database(service)

    [role] = ask(url, ROLE)
    owners = {table.owner for table in ask(url, TABLES)}

    assert set(role) == {False}
    assert owners == {load().owner_database(service).username}
    assert url.username not in owners


def test_no_other_services_role_can_connect(service, service_database):
    ours, another = load().database(service), "toy" if service != "toy" else "rules"
    service_database(another)
    other = load().database(another)

    rights = ask(ours, f"SELECT has_database_privilege('{other.username}', current_database(), 'CONNECT')")

    assert rights == [(False,)]


def test_no_view_shows_more_than_its_reader_may_see(service):
    views = ask(
        load().database(service),
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        " AND NOT coalesce(reloptions::text LIKE '%%security_invoker=true%%', false)",
    )

    assert views == []


def test_the_migrations_make_the_tables_that_the_code_knows(service):
    metadata = importlib.import_module(f"services.{service}.store").metadata
    engine = create_engine(load().owner_database(service), poolclass=NullPool)

    with engine.connect() as db:
        difference = compare_metadata(MigrationContext.configure(db), metadata)

    assert difference == []
