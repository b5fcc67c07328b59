"""Each service's README says what its code does."""

import re
from pathlib import Path

import pytest

from libs.contracts.catalogue import OWNERS, facts
from libs.contracts.wiring import wiring
from tests.contracts.sources import ROOT, SERVICES, stated_by, tables_of, variables_of

HEADINGS = ["Owns", "Answers", "Publishes", "Listens to", "Tables", "Settings", "When it fails"]
CHASSIS_TABLES = {"outbox", "inbox", "claims"}
IN_CODE = re.compile(r"`([^`]+)`")


def sections(service: str) -> dict[str, str]:
    """The README's sections by heading, in order."""
    text = (SERVICES / service / "README.md").read_text()
    _, *parts = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def listed(section: str) -> list[str]:
    """What each bullet of a section is about: the first thing in backticks."""
    bullets = re.findall(r"^- +(.+?)(?=^- |^\s*$|\Z)", section, flags=re.MULTILINE | re.DOTALL)
    return [found[1] if (found := IN_CODE.search(bullet)) else bullet.strip() for bullet in bullets]


def names(section: str) -> set[str]:
    """Everything in backticks before the colon of each bullet, or in the first cell of each row."""
    heads = re.findall(r"^(?:- +(?=`)|\| *)(.+?)(?::|\||$)", section, flags=re.MULTILINE)
    return {name for head in heads for name in IN_CODE.findall(head)}


@pytest.mark.parametrize("service", OWNERS)
def test_a_readme_has_the_seven_headings_in_order(service: str) -> None:
    assert list(sections(service)) == HEADINGS


@pytest.mark.parametrize("service", OWNERS)
def test_a_readme_says_something_under_each_heading(service: str) -> None:
    assert [heading for heading, text in sections(service).items() if not text.strip()] == []


@pytest.mark.parametrize("service", OWNERS)
def test_publishes_lists_the_facts_that_the_code_states(service: str) -> None:
    assert sorted(listed(sections(service)["Publishes"])) == sorted(fact.__name__ for fact in stated_by(service))


@pytest.mark.parametrize("service", OWNERS)
def test_listens_to_lists_the_facts_that_are_handled(service: str) -> None:
    handled = {fact.__name__ for fact in wiring(SERVICES / service).listens_to}

    assert sorted(listed(sections(service)["Listens to"])) == sorted(handled)


@pytest.mark.parametrize("service", OWNERS)
def test_answers_lists_the_requests_that_are_answered(service: str) -> None:
    answered = {request.__name__ for request in wiring(SERVICES / service).answers}

    told = [each for each in listed(sections(service)["Answers"]) if not each.startswith("/")]  # the rest is over HTTP

    assert sorted(told) == sorted(answered)


@pytest.mark.parametrize("service", OWNERS)
def test_tables_lists_the_tables(service: str) -> None:
    assert names(sections(service)["Tables"]) - CHASSIS_TABLES == tables_of(service) - CHASSIS_TABLES


@pytest.mark.parametrize("service", OWNERS)
def test_settings_lists_the_variables_that_the_service_reads(service: str) -> None:
    own = variables_of(SERVICES / service / "settings.py")
    shared = variables_of(ROOT / "libs" / "chassis" / "settings.py") | {
        f"{service.upper()}_DATABASE_URL",
        "CLOCK_FILE",
        "CRASH_AT",
    }

    told = names(sections(service)["Settings"])

    assert own <= told
    assert told - own <= shared


@pytest.mark.parametrize("service", OWNERS)
def test_every_fact_in_the_contracts_is_stated_by_its_owner(service: str) -> None:
    promised = {fact.__name__ for fact in facts() if fact.owner() == service}

    assert promised - {fact.__name__ for fact in stated_by(service)} == set()


def test_every_service_folder_is_read() -> None:
    assert {folder.name for folder in SERVICES.iterdir() if (folder / "README.md").exists()} == set(OWNERS)


@pytest.mark.parametrize(
    ("bullets", "expected"),
    [
        ("\nNothing.\n", []),
        ("\n- `FeeWaivedV1`: nothing is owed, by `free_lane`\n- `FeePaidV1`\n", ["FeeWaivedV1", "FeePaidV1"]),
        ("\n- `FeeWaivedV1`: a line\n  that goes on, with `code`\n", ["FeeWaivedV1"]),
        ("\n- a bullet about nothing\n", ["a bullet about nothing"]),
    ],
)
def test_bullets_are_read_by_what_they_are_about(bullets: str, expected: list[str]) -> None:
    assert listed(bullets) == expected


@pytest.mark.parametrize(
    "section",
    [
        "\n| table | holds |\n| --- | --- |\n| `lanes`, `hubs` | where parcels go, by `country` |\n",
        "\n- `lanes`, `hubs`: where parcels go, by `country`\n",
        "\n- `lanes`\n- `hubs`\n\nAll are under `retailer_id`.\n",
    ],
)
def test_tables_may_be_told_in_bullets_or_in_rows(section: str) -> None:
    assert names(section) == {"lanes", "hubs"}


def test_the_code_is_read_where_facts_are_stated_and_not_where_they_are_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "services" / "payments"
    folder.mkdir(parents=True)
    (folder / "store.py").write_text(
        "from libs.contracts.payments import FeeWaivedV1\nfrom libs.contracts.portal import FeeRequestedV1\n\n"
        "def request(self, fact: Envelope[FeeRequestedV1]):\n    unit.announce(FeeWaivedV1())\n"
    )
    monkeypatch.setattr("tests.contracts.sources.ROOT", tmp_path)

    assert {fact.__name__ for fact in stated_by("payments")} == {"FeeWaivedV1"}
