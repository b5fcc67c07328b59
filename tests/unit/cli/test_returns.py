"""`homeward return`: one return whole, and many in pages."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from cli.refusals import Exit
from services.portal.api.answers import TaskTold

TASK = TaskTold(  # as the API tells it
    id="0190aaaa-0000-7000-8000-000000000000",
    kind="settlement_refused",
    role="finance",
    title="The shop refused the settlement",
    words=None,
    subject="1",
    acts=("settle",),
    number="R-7KQ2M9",
    opened_at="2026-01-03T03:04:05Z",
).model_dump(mode="json")
POUNDS = {"amount": 4500, "currency": "GBP"}
LINE = {
    "title": "Linen camp shirt",
    "variant": "Sage / 10",
    "quantity": 2,
    "reason": "size",
    "sub_reason": "too_small",
    "wished": "refund",
    "resolution": "refund",
    "keep_item": False,
    "money": "refused",
    "owed": POUNDS,
    "due": {"amount": 2250, "currency": "GBP"},
    "paid": None,
    "deductions": [
        {"code": "not_arrived", "amount": {"amount": 2250, "currency": "GBP"}, "words": "1 of 2 did not arrive"}
    ],
    "arrived": 1,
    "condition": "as_expected",
    "trace": [{"rule": "Everything comes back", "matched": True, "because": "age 3 days is at most 30"}],
}
TOLD = {
    "number": "R-7KQ2M9",
    "order": "AL-1001",
    "awaiting": "awaiting_settlement",
    "owed": POUNDS,
    "due": {"amount": 2250, "currency": "GBP"},
    "paid": {"amount": 0, "currency": "GBP"},
    "label": "free",
    "fee": {"price": {"amount": 0, "currency": "GBP"}, "state": "waived"},
    "submitted_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-03T03:04:05Z",
    "policy_version": 3,
    "held": ["photo"],
    "lines": [LINE],
    "parcels": [{"number": 1, "label": "issued", "tracking_number": "HW123"}],
    "tasks": [TASK],
}
STORY = {
    "number": "R-7KQ2M9",
    "events": [
        {
            "at": "2026-01-02T03:04:05Z",
            "service": "portal",
            "what": "return_submitted",
            "by": None,
            "effect": "stated",
            "data": {},
        },
        {
            "at": "2026-01-02T04:00:00Z",
            "service": "labels",
            "what": "label_issued",
            "by": None,
            "effect": "late",
            "data": {"parcel": 1, "tracking_number": "HW123"},
        },
        {
            "at": "2026-01-02T04:01:00Z",
            "service": "notifications",
            "what": "message_delivered",
            "by": None,
            "effect": "noted",
            "data": {"template": "label_ready"},
        },
    ],
    "parcels": [
        {
            "parcel": 1,
            "carrier": "own",
            "tracking_number": "HW123",
            "steps": [
                {"milestone": "hub_received", "at": "2026-01-03T03:00:00Z", "implied": True, "place": "Daventry"}
            ],
            "upcoming": [
                {
                    "milestone": "processed",
                    "at": "2026-01-04T03:00:00Z",
                    "latest": "2026-01-05T12:00:00Z",
                    "parcels": 34,
                }
            ],
            "late": True,
        }
    ],
    "silent": [],
}


@pytest.fixture
def told(gateway):
    """The gateway knows one return."""
    gateway.answer("GET", "/returns/R-7KQ2M9", TOLD)
    gateway.answer("GET", "/returns/R-7KQ2M9/story", STORY)


def part(out: str, title: str) -> list[str]:
    """The lines below a heading."""
    return out.split(f"\n{title}\n")[1].split("\n\n")[0].splitlines()


def test_a_return_is_told_whole_over_all_services(told, homeward):
    code, out, _ = homeward("return", "show", "R-7KQ2M9")

    assert code == Exit.OK
    assert out.startswith("R-7KQ2M9  order AL-1001  awaiting settlement\n")
    assert "owed £45.00, due £22.50, paid £0.00" in out
    assert "Linen camp shirt (Sage / 10)" in part(out, "Lines")[0]
    assert "refused" in part(out, "Lines")[0]
    assert "less: 1 of 2 did not arrive" in part(out, "Lines")[1]
    assert part(out, "Parcels") == [
        "  1  own HW123, label issued",
        "     2026-01-03 03:00:00  hub received, Daventry (implied by a later scan)",
        "     2026-01-04 03:00:00  processed expected, late after 2026-01-05 12:00, by 34 parcels of its lane",
        "     late: it should have come along by now",
    ]
    assert "The shop refused the settlement" in part(out, "To do")[0]
    assert "Everything comes back: age 3 days is at most 30" in part(out, "Decision")[0]


def test_each_event_names_the_service_that_stated_it(told, homeward):
    _, out, _ = homeward("return", "show", "R-7KQ2M9")

    events = [line.split() for line in part(out, "What happened")]
    assert [event[2] for event in events] == ["portal", "labels", "notifications"]
    assert events[1][-1] == "late"
    assert part(out, "Mails")[0].split()[2:] == ["label", "ready", "message", "delivered"]


def test_the_whole_story_in_json_holds_both_answers(told, homeward):
    _, out, _ = homeward("return", "show", "R-7KQ2M9", "--json")

    assert json.loads(out) == TOLD | {"story": STORY}


def test_a_teller_that_was_away_is_named(gateway, told, homeward):
    gateway.answer("GET", "/returns/R-7KQ2M9/story", STORY | {"parcels": [], "silent": ["tracking"]})

    _, out, _ = homeward("return", "show", "R-7KQ2M9")

    assert "Not told: tracking gave no answer." in out


def test_a_return_that_is_not_there_is_not_found(gateway, homeward):
    gateway.refuse("GET", "/returns/R-222222", 404, "returns.not_found", "No return of yours has this number.")

    assert homeward("return", "show", "R-222222") == (3, "", "homeward: No return of yours has this number.\n")


def row(number: str) -> dict:
    """A return in a list."""
    return {
        "number": number,
        "order": "AL-1001",
        "awaiting": "in_transit",
        "owed": POUNDS,
        "updated_at": "2026-01-03T03:04:05Z",
        "email": "ana@example.com",
    }


def pages(asked):
    """Two pages of one return each."""
    second = asked.query.get("cursor") == "c1"
    return {"returns": [row("R-2" if second else "R-1")], "next": None if second else "c1"}


def test_the_first_page_is_listed_and_that_there_is_more(gateway, homeward):
    gateway.answer("GET", "/returns", pages)

    _, out, _ = homeward("return", "list", "--awaiting", "in_transit", "--search", "ana@")

    assert "R-1" in out
    assert "R-2" not in out
    assert "there are more: --all" in out
    assert gateway.asked[0].query == {"awaiting": "in_transit", "search": "ana@", "limit": "50"}


def test_all_pages_are_listed_when_asked_for(gateway, homeward):
    gateway.answer("GET", "/returns", pages)

    _, out, _ = homeward("return", "list", "--all", "--json")

    told = json.loads(out)
    assert [each["number"] for each in told["returns"]] == ["R-1", "R-2"]
    assert told["more"] is False


def test_no_return_is_said_in_words(gateway, homeward):
    gateway.answer("GET", "/returns", {"returns": [], "next": None})

    assert homeward("return", "list") == (0, "no returns\n", "")


def test_tasks_of_all_pages_are_listed_with_what_clears_them(gateway, homeward):
    first = {"tasks": [TASK], "next": "c1"}
    gateway.answer(
        "GET", "/tasks", lambda asked: {"tasks": [TASK], "next": None} if asked.query.get("cursor") else first
    )

    _, out, _ = homeward("task", "list", "--role", "finance")

    assert [line.split()[2:4] for line in out.splitlines()[1:]] == [["finance", "R-7KQ2M9"]] * 2
    assert gateway.asked[0].query["role"] == "finance"


def test_ages_are_told_by_the_clock_of_the_sandbox(gateway, homeward, demo, tmp_path):
    (tmp_path / "clock").write_text(str(7 * 86_400))
    (tmp_path / "demo.json").write_text(json.dumps(demo | {"clock": str(tmp_path / "clock")}))
    two_days_before = datetime.now(UTC) + timedelta(days=5)
    gateway.answer(
        "GET", "/returns", {"returns": [row("R-1") | {"updated_at": two_days_before.isoformat()}], "next": None}
    )

    _, out, _ = homeward("return", "list")

    assert " 2 d " in out


def test_nothing_to_do_is_said_in_words(gateway, homeward):
    gateway.answer("GET", "/tasks", {"tasks": [], "next": None})

    assert homeward("task", "list") == (0, "nothing to do\n", "")
