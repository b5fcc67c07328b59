"""What a process is told, and how it is told that something is wrong."""

import pytest
from sqlalchemy import make_url

from libs.chassis.retries import Ladder
from libs.chassis.settings import Settings, load, role_password

KEY = f"k1:{43 * 'A'}="
NEEDED = {
    "AMQP_URL": "amqp://localhost/",
    "HOMEWARD_KEYS": KEY,
    "DATABASE_URL": "postgresql://postgres:s3cret@db:5432/postgres",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """An environment with what is needed and no more."""
    for name in (
        "HOMEWARD_MODE",
        "CRASH_AT",
        "LABELS_DATABASE_URL",
        "RETRY_TIERS",
        "DATABASE_PREFIX",
        "LOG_LEVEL",
        "METRICS_PORT",
    ):
        monkeypatch.delenv(name, raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def test_an_installation_is_in_production_unless_it_says_otherwise():
    assert Settings().mode == "production"


def test_the_ladder_is_that_of_the_design_unless_it_is_set():
    assert Ladder.from_settings(Settings()).tiers == (
        ("1s", 1.0),
        ("5s", 5.0),
        ("30s", 30.0),
        ("5m", 300.0),
        ("30m", 1800.0),
        ("2h", 7200.0),
    )


def test_each_service_has_a_database_and_two_roles_of_its_own():
    settings = Settings()

    app, owner = settings.database("labels"), settings.owner_database("labels")

    assert (app.database, app.username) == ("homeward_labels", "homeward_labels_app")
    assert (owner.database, owner.username) == ("homeward_labels", "homeward_labels_owner")
    assert len({app.password, owner.password, settings.database("orders").password, "s3cret"}) == 4


def test_a_services_own_database_url_stands_above_the_servers(monkeypatch):
    monkeypatch.setenv("LABELS_DATABASE_URL", "postgres://labels:pw@elsewhere/labels")

    assert Settings().database("labels") == make_url("postgresql+psycopg://labels:pw@elsewhere/labels")
    assert Settings().database("orders").host == "db"


def test_a_server_that_asks_no_password_gives_its_roles_none():
    assert role_password(make_url("postgresql://postgres@localhost/"), "homeward_labels_app") is None


def test_a_secret_does_not_show_in_the_settings_own_words():
    assert KEY not in repr(Settings())


@pytest.mark.parametrize("keys", [KEY, f"{KEY},k0:{43 * 'B'}=", f"2026-11:{43 * '+'}="])
def test_keys_may_be_several(monkeypatch, keys):
    monkeypatch.setenv("HOMEWARD_KEYS", keys)

    assert Settings().keys == keys


@pytest.mark.parametrize("keys", ["", "k1", 44 * "A", f"k1:{42 * 'A'}==", f"{KEY};{KEY}", f"{KEY},", f":{43 * 'A'}="])
def test_keys_that_are_not_whole_are_refused_by_the_variables_name(monkeypatch, keys):
    monkeypatch.setenv("HOMEWARD_KEYS", keys)
    load.cache_clear()

    with pytest.raises(SystemExit, match="Homeward cannot start: HOMEWARD_KEYS"):
        load()


def test_a_crash_point_in_production_is_refused(monkeypatch):
    monkeypatch.setenv("CRASH_AT", "labels.after_call")
    load.cache_clear()

    with pytest.raises(SystemExit, match="CRASH_AT is for sandbox mode only"):
        load()


def test_everything_that_is_wrong_is_told_at_once(monkeypatch):
    monkeypatch.delenv("AMQP_URL")
    monkeypatch.setenv("METRICS_PORT", "many")
    load.cache_clear()

    with pytest.raises(SystemExit, match=r"AMQP_URL is missing; METRICS_PORT: Input should be"):
        load()
