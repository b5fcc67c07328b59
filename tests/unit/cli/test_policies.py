"""`homeward policy`: a policy kept in a file is checked, compared, tried and put in force."""

import pytest

from cli.refusals import Exit

TEXT = "label: free\n"
CHECKED = {
    "can_publish": True,
    "faults": [],
    "findings": [],
    "below_floor": [],
    "failed": [],
    "document": {},
    "text": TEXT,
    "changes": [],
    "in_force": 3,
}
GIVEN = {
    "offers": [{"resolution": "refund", "amount": {"amount": 4500, "currency": "GBP"}}],
    "review": False,
    "words": None,
}
NOTHING = {"offers": [], "review": False, "words": "Final sale"}
REPLAY = {
    "replay_id": "0199",
    "state": "done",
    "done": 1200,
    "total": 1200,
    "changed": 150,
    "changes": {"refused": 150},
    "money": [{"currency": "GBP", "before": 450000, "after": 120000}],
    "cases": [
        {
            "return_id": "1",
            "number": "R-7KQ2M9",
            "decided_at": "2026-11-01T10:00:00Z",
            "kinds": ["refused"],
            "lines": [{"title": "Wool scarf", "kinds": ["refused"], "before": GIVEN, "after": NOTHING}],
            "label_before": "free",
            "label_after": "paid",
        }
    ],
}


@pytest.fixture
def file(tmp_path):
    """A policy in a file."""
    path = tmp_path / "policy.yaml"
    path.write_text(TEXT)
    return str(path)


def test_a_policy_that_stands_is_lint_clean(gateway, homeward, file):
    gateway.answer("POST", "/policies/check", CHECKED)

    code, out, _ = homeward("policy", "lint", file)

    assert (code, out) == (Exit.OK, "it can be put in force\n")
    assert gateway.asked[-1].body == {"text": TEXT}


def test_lint_names_the_line_of_a_fault_and_ends_with_one(gateway, homeward, file):
    fault = {"path": "rules.0.priority", "words": "must be at least 1", "line": 11}
    gateway.answer("POST", "/policies/check", CHECKED | {"can_publish": False, "faults": [fault]})

    code, out, _ = homeward("policy", "lint", file)

    assert code == Exit.REFUSED
    assert "line 11, rules.0.priority: must be at least 1" in out


def test_a_finding_comes_with_an_item_that_shows_it_and_stops_nobody(gateway, homeward, file):
    found = {
        "code": "partly_shadowed",
        "path": "rules.1",
        "words": "Australia comes first",
        "witness": {"country": "AU", "reason": "damaged"},
    }
    gateway.answer("POST", "/policies/check", CHECKED | {"findings": [found]})

    code, out, _ = homeward("policy", "lint", file)

    assert code == Exit.OK
    assert "partly_shadowed  rules.1: Australia comes first\n     for example country AU, reason damaged" in out


def test_the_law_and_the_examples_stand_in_the_way(gateway, homeward, file):
    below = {"country": "DE", "path": "window", "words": "14 days at least", "law": "Directive 2011/83/EU, article 9"}
    failed = {"name": "Faulty is free", "words": "label free expected, paid came"}
    gateway.answer(
        "POST", "/policies/check", CHECKED | {"can_publish": False, "below_floor": [below], "failed": [failed]}
    )

    code, out, _ = homeward("policy", "lint", file)

    assert code == Exit.REFUSED
    assert "DE, window: 14 days at least" in out
    assert "Directive 2011/83/EU, article 9 (no legal advice)" in out
    assert "Faulty is free: label free expected, paid came" in out


def test_a_difference_is_shown_as_lines(gateway, homeward, file):
    gateway.answer("POST", "/policies/check", CHECKED | {"changes": ["-  days: 30", "+  days: 60"]})

    assert homeward("policy", "diff", file)[1] == "-  days: 30\n+  days: 60\n"


def test_the_same_policy_differs_in_nothing(gateway, homeward, file):
    gateway.answer("POST", "/policies/check", CHECKED)

    assert homeward("policy", "diff", file)[1] == "the same as the policy in force\n"


def test_a_policy_is_put_in_force_with_why_and_against_which(gateway, homeward, file):
    gateway.answer("POST", "/policies/publish", {"policy_id": "1", "version": 4})

    code, out, _ = homeward("policy", "apply", file, "--words", "holidays", "--replaces", "3")

    assert (code, out) == (Exit.OK, "version 4 is in force\n")
    assert gateway.asked[-1].body == {"text": TEXT, "words": "holidays", "replaces": 3}


def test_a_policy_that_moved_meanwhile_is_refused(gateway, homeward, file):
    gateway.refuse("POST", "/policies/publish", 409, "rules.policy_moved", "version 5 is in force by now")

    code, _, err = homeward("policy", "apply", file, "--replaces", "3")

    assert (code, err) == (Exit.REFUSED, "homeward: version 5 is in force by now\n")


def test_a_replay_is_waited_for_and_told_in_sums_and_cases(gateway, homeward, file):
    gateway.answer("POST", "/policies/replays", REPLAY | {"state": "running", "done": 0})
    gateway.answer("GET", "/policies/replays/0199", REPLAY)

    code, out, _ = homeward("policy", "replay", file, "--days", "90")

    assert code == Exit.OK
    assert gateway.asked[0].body == {"text": TEXT, "days": 90}
    for words in (
        "1,200 returns tried, 150 would be decided otherwise",
        "refused now  150",
        "owed in GBP: £4,500.00 then, £1,200.00 by this policy",
        "Wool scarf: refund £45.00 then, nothing by this policy",
        "label: free then, paid by this policy",
        "and 149 more",
    ):
        assert words in out.replace("Refund", "refund")


def test_a_made_up_item_is_written_as_facts(gateway, homeward):
    line = {
        "line_id": "1",
        "offers": [
            {
                "resolution": "refund",
                "amount": {"amount": 4000, "currency": "GBP"},
                "stage": "hub_scan",
                "words": "Back.",
            }
        ],
        "review": False,
        "photo_required": False,
        "question": None,
        "words": None,
        "trace": [{"rule": "Sale", "matched": True, "because": "product tags sale: one of sale"}],
    }
    gateway.answer("POST", "/policies/simulate", {"lines": [line], "label": "paid", "label_price": None})

    code, out, _ = homeward(
        "policy",
        "simulate",
        "reason=faulty",
        "product_tags=sale, new",
        "item_price=45.00GBP",
        "quantity=2",
        "photo=yes",
    )

    assert code == Exit.OK
    assert gateway.asked[-1].body["item"] == {
        "reason": "faulty",
        "product_tags": ["sale", "new"],
        "item_price": {"amount": 4500, "currency": "GBP"},
        "quantity": 2,
        "photo": True,
    }
    assert "£40.00" in out and "label: paid" in out and "product tags sale: one of sale" in out


def test_a_bonus_on_credit_is_shown_beside_it_and_a_rate_may_be_written_in_percent(gateway, homeward):
    credit = {"bonus": {"amount": 450, "currency": "GBP"}, "valid_days": 365}
    offer = {"resolution": "store_credit", "amount": {"amount": 4500, "currency": "GBP"}, "stage": "hub_scan"}
    line = {"offers": [offer | {"words": "Yours", "credit": credit}], "review": False, "photo_required": False}
    line |= {"question": None, "words": None, "trace": []}
    gateway.answer("POST", "/policies/simulate", {"lines": [line], "label": "free", "label_price": None})

    _, out, _ = homeward("policy", "simulate", "reason=faulty", "return_rate=30%", "days_since_delivery=none")

    assert "£45.00 + £4.50" in out
    assert gateway.asked[-1].body["item"] == {"reason": "faulty", "return_rate": 30, "days_since_delivery": None}


@pytest.mark.parametrize(
    "fact",
    [
        "reason",
        "=faulty",
        "item_price=45",
        "item_price=4.505GBP",
        "item_price=1.5JPY",
        "return_rate=often",
        "quantity=two",
    ],
)
def test_a_fact_that_cannot_be_read_is_said_before_anybody_is_asked(gateway, homeward, fact):
    code, _, err = homeward("policy", "simulate", fact)

    assert code == Exit.USAGE
    assert fact.split("=")[0] in err
    assert gateway.asked == []


def test_versions_are_listed_with_who_and_why(gateway, homeward):
    head = {
        "policy_id": "1",
        "digest": "5f",
        "restores": None,
        "created_at": "2026-11-01T10:00:00Z",
        "published_at": "2026-11-01T10:00:00Z",
        "superseded_at": None,
    }
    draft = head | {"version": None, "state": "draft", "by": "staff Ana", "words": None, "published_at": None}
    first = head | {"version": 1, "state": "published", "by": "key ci", "words": "to begin with"}
    gateway.answer("GET", "/policies", {"versions": [draft, first]})

    rows = homeward("policy", "list")[1].splitlines()

    assert rows[1].split()[0] == "draft" and "staff Ana" in rows[1]
    assert rows[2].split()[0] == "1" and rows[2].endswith("to begin with")


def test_a_version_is_shown_as_its_text_alone(gateway, homeward):
    gateway.answer("GET", "/policies/2", {"head": {}, "document": {}, "text": TEXT})

    assert homeward("policy", "show", "--version", "2")[1] == TEXT


def test_an_earlier_version_is_put_in_force_again(gateway, homeward):
    gateway.answer("POST", "/policies/2/restore", {"policy_id": "1", "version": 5})

    assert homeward("policy", "restore", "2")[1] == "version 5 is in force, with what version 2 says\n"


def test_a_draft_names_the_one_that_it_replaces(gateway, homeward, file):
    gateway.answer("GET", "/policies", {"versions": [{"state": "draft", "digest": "5f2a"}]})
    gateway.answer("POST", "/policies/draft", {"head": {"digest": "77ab"}})

    assert homeward("policy", "draft", file)[1] == "draft 77ab is kept\n"
    assert gateway.asked[-1].body["replaces"] == "5f2a"


def test_a_file_that_is_not_there_is_said(homeward):
    code, _, err = homeward("policy", "lint", "/nowhere/policy.yaml")

    assert (code, err) == (Exit.USAGE, "homeward: /nowhere/policy.yaml cannot be read: No such file or directory\n")
