"""What a hub's scanner may read, and what its page says."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from libs.chassis.ids import new_id
from libs.contracts.tracking import HubAnswer, HubResult, HubScan
from services.portal.scanning import return_number
from services.portal.web import hub_words, phrases

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def scan(result: HubResult = HubResult.OK, **more: object) -> HubScan:
    """A scan of parcel 2 of R-7KQ2M9, as tracking and portal tell it."""
    known = {"code": "OR1", "scan_id": new_id(), "scanned_at": NOON, "number": "R-7KQ2M9", "parcel": 2}
    return HubScan(**known | {"result": result, "awaiting": "at_hub"} | more)


@pytest.mark.parametrize(
    "code",
    [
        "R-7KQ2M9",
        "r7kq2m9",
        "]C1R-7KQ2M9",
        "]Q1https://returns.example/alder/hub?code=R-7KQ2M9",
        "https://returns.example/alder/p/R-7KQ2M9/",
        " r_7kq 2m9\r\n",
    ],
)
def test_a_returns_number_is_understood_however_it_is_read(code: str):
    assert return_number(code) == "R-7KQ2M9"


@pytest.mark.parametrize("code", ["OR7KQ2M9", "R-7KQ2M", "R-7KQ2M0", "RR-7KQ2M9", "", "]C1", "https://[bad/R-7KQ2M9"])
def test_what_is_no_number_of_a_return_is_none(code: str):
    assert return_number(code) is None


@pytest.mark.parametrize("result", list(HubResult))
def test_each_result_has_its_word_its_colour_and_what_to_do(result: HubResult):
    told = hub_words.scanned(scan(result, belongs_to="TIL"), None, None, csrf="csrf-word")

    assert told.words and told.detail and "{" not in told.detail
    assert told.tone in {"ok", "info", "warn", "bad"}


def test_a_parcel_of_another_hub_is_named_that_hub():
    told = hub_words.scanned(scan(HubResult.WRONG_HUB, belongs_to="TIL"), None, None, csrf="csrf-word")

    assert told.detail == "It belongs to TIL. Send it on: it does not count as received."


def test_a_received_parcel_is_opened_next_while_its_return_waits_for_that():
    [opening] = hub_words.scanned(scan(), None, None, csrf="csrf-word").acts
    closed = hub_words.scanned(scan(awaiting="closed"), None, None, csrf="csrf-word")

    assert opening.address == "/admin/returns/R-7KQ2M9/inspections?of=2&back=hub"
    assert closed.acts == ()


def test_a_scan_that_was_taken_back_counts_no_more_and_cannot_be_again():
    void = scan(void=True)

    assert hub_words.counts([scan(), void, scan(HubResult.UNKNOWN)]) == (
        (phrases.SCANS["ok"].words, "ok", 1),
        (phrases.SCANS["unknown"].words, "bad", 1),
    )
    assert (hub_words.row(void).undo, hub_words.row(void).words) == (None, "Taken back")


def test_what_is_another_retailers_leads_to_a_page_that_says_no_more():
    address = urlsplit(hub_words.after(HubAnswer(code="R-1&x=2", result=HubResult.ANOTHER_RETAILER), "DAV"))

    assert parse_qs(address.query) == {"hub": ["DAV"], "result": ["another_retailer"], "code": ["R-1&x=2"]}
    assert hub_words.of_another("OR1").about is None


def test_a_bag_that_was_scanned_is_opened():
    bag = HubAnswer(code="HB1", result=HubResult.UNKNOWN, consolidation_id=UUID(int=7))

    assert hub_words.after(bag, "DAV") == f"/hub/bags/{UUID(int=7)}"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (scan(HubResult.ALREADY, received_by="staff Ana"), "Open it if nobody has, or put it with the others."),
        (scan(HubResult.ALREADY, awaiting="closed"), "Put it with the others."),
        (scan(), None),
    ],
)
def test_what_was_received_before_goes_with_the_others(told: HubScan, words: str | None):
    assert hub_words.scanned(told, None, None, csrf="csrf-word").then == words


def test_a_parcel_with_nothing_left_to_inspect_is_not_to_be_opened():
    assert "Open" not in hub_words.scanned(scan(awaiting="closed"), None, None, csrf="csrf-word").detail
    assert "Open" in hub_words.scanned(scan(), None, None, csrf="csrf-word").detail
