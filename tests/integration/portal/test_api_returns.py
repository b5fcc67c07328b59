"""What programs read of returns, and what they do to them."""

import json

import pytest
from sqlalchemy import text

from services.portal.access import May
from tests.integration.portal.programs import Program, submitted, tell
from tests.unit.portal import lives

FREE = {"label": "free"}


@pytest.fixture
def erp(browser, retailer, a_key) -> Program:
    """A program that may do all that a manager may."""
    return Program(browser, a_key(retailer.id))


@pytest.fixture
def in_review(returns, retailer):
    return submitted(returns, retailer, held="photo")


@pytest.fixture
def in_settlement(returns, retailer):
    """A return whose parcel came to its hub, so that its money is asked for."""
    ret = submitted(returns, retailer)
    tell(
        returns,
        retailer,
        *(fact(ret) for fact in (lives.fee_waived, lives.label_issued, lives.first_scan, lives.hub_scan)),
    )
    return ret


def test_a_return_is_told_whole(erp, returns, retailer):
    offer = {"rule": "Sale items", "matched": False, "because": "discount_percent 0 is under 30"}
    ret = submitted(returns, retailer)
    line = ret.lines[0].asked
    decision = {"lines": [{"line_id": str(line.order_line_id), "trace": [offer]}]}
    with returns.unit(retailer_id=retailer.id) as unit:
        unit.db.execute(text("UPDATE returns SET decision = CAST(:d AS jsonb)"), {"d": json.dumps(decision)})

    told = erp.get(f"/returns/{ret.number.lower()}").json()

    assert (told["number"], told["order"], told["email"]) == (ret.number, "AL-1001", "ana@example.com")
    assert (told["awaiting"], told["fee"]["state"]) == ("awaiting_payment", "open")
    assert told["owed"] == told["due"] == {"amount": 4500, "currency": "GBP"}
    assert told["paid"] == {"amount": 0, "currency": "GBP"}
    assert told["lines"][0] | {"trace": None} == told["lines"][0] | {
        "trace": None,
        "money": "not_due",
        "id": str(line.id),
    }
    assert told["lines"][0]["trace"] == [offer]
    assert [parcel["number"] for parcel in told["parcels"]] == [1]
    assert (told["history"][0]["type"], told["history"][0]["effect"]) == ("portal.return_submitted.v1", "stated")


def test_the_money_of_a_line_is_told_to_the_penny_with_why(erp, in_settlement):
    line = erp.get(f"/returns/{in_settlement.number}").json()["lines"][0]

    assert line["money"] == "settling"
    assert (line["owed"]["amount"], line["due"]["amount"], line["paid"]) == (4500, 4500, None)


def test_the_list_is_filtered_by_state_words_and_change(erp, returns, retailer, in_review):
    waiting = submitted(returns, retailer)
    changed = returns.get(retailer.id, number=waiting.number).updated_at.isoformat()

    def found(**asked):
        return {each["number"] for each in erp.get("/returns", params=asked).json()["returns"]}

    assert found() == {waiting.number, in_review.number}
    assert found(awaiting="awaiting_review") == {in_review.number}
    assert found(search=waiting.number.lower()) == {waiting.number}
    assert found(updated_after=changed) == set()
    assert found(updated_after="2026-01-01T00:00:00Z") == {waiting.number, in_review.number}


@pytest.mark.parametrize(
    ("act", "body", "awaiting", "stated"),
    [
        ("accept", FREE, "awaiting_payment", "return_approved.v1"),
        ("accept", {"label": "none"}, "awaiting_dropoff", "return_approved.v1"),
        ("accept", {"keep_item": True}, "awaiting_settlement", "settlement_requested.v1"),
        ("reject", {"words": "The seal is broken."}, "rejected", "return_rejected.v1"),
        ("ask", {"words": "Please show us.", "wants_photo": True}, "awaiting_information", "information_requested.v1"),
        ("withdraw", None, "awaiting_review", "withdrawal_declared.v1"),
        ("cancel", None, "cancelled", "return_cancelled.v1"),
        ("cancel", {"words": "As you wished."}, "cancelled", "return_cancelled.v1"),
        ("close", {}, "closed", "return_closed.v1"),
    ],
)
def test_an_act_moves_a_return_in_review_and_is_told(erp, in_review, outbox, retailer, act, body, awaiting, stated):
    answer = erp.post(f"/returns/{in_review.number}/{act}", body)

    assert answer.status_code == 200, answer.text
    assert answer.json()["awaiting"] == awaiting
    assert outbox(retailer.id).count(stated) == 1
    entry = next(each for each in answer.json()["history"] if each["type"].startswith("act."))
    assert (entry["effect"], entry["by"]) == ("applied", "key erp")


@pytest.mark.parametrize("act", ["accept", "reject", "ask", "revive", "labels/again"])
def test_an_act_that_does_not_fit_is_told_why_and_changes_nothing(erp, in_settlement, act):
    before = erp.get(f"/returns/{in_settlement.number}").json()
    body = {"words": "No"} if act in {"reject", "ask"} else FREE if act == "accept" else None

    answer = erp.post(f"/returns/{in_settlement.number}/{act}", body)

    assert (answer.status_code, answer.json()["code"]) == (409, "portal.not_now")
    assert "awaiting settlement" in answer.json()["detail"]
    assert erp.get(f"/returns/{in_settlement.number}").json() == before


def test_what_the_shopper_answered_elsewhere_is_written_down_and_reviewed(erp, in_review, outbox, retailer):
    erp.post(f"/returns/{in_review.number}/ask", {"words": "What is torn?"})

    answer = erp.post(f"/returns/{in_review.number}/answer", {"words": "The seam."})

    assert answer.json()["awaiting"] == "awaiting_review"
    assert outbox(retailer.id).count("information_received.v1") == 1


def test_an_ended_return_is_taken_up_again(erp, in_review):
    erp.post(f"/returns/{in_review.number}/reject", {"words": "No"})

    answer = erp.post(f"/returns/{in_review.number}/revive", {"words": "On second thoughts."})

    assert (answer.json()["awaiting"], answer.json()["attempt"]) == ("awaiting_review", 2)


def test_a_parcel_is_added_given_up_and_labelled_again(erp, returns, retailer):
    ret = submitted(returns, retailer)
    tell(returns, retailer, lives.fee_waived(ret))
    root = f"/returns/{ret.number}"

    added = erp.post(f"{root}/parcels")
    given_up = erp.post(f"{root}/parcels/2/give-up", {"words": "It fits into one."})
    tell(returns, retailer, lives.label_issued(ret))
    stands = erp.post(f"{root}/labels/again", {"parcel": 1})

    assert [parcel["number"] for parcel in added.json()["parcels"]] == [1, 2]
    assert [parcel["given_up"] for parcel in given_up.json()["parcels"]] == [False, True]
    assert (stands.status_code, stands.json()["code"]) == (409, "portal.label_stands")


def test_a_line_is_settled_by_hand_for_less_and_says_why(erp, returns, retailer, outbox):
    ret = submitted(returns, retailer)
    line = {"line_id": str(ret.lines[0].asked.id), "amount": {"amount": 2000, "currency": "GBP"}, "words": "Worn"}

    told = erp.post(f"/returns/{ret.number}/settle", {"lines": [line | {"resolution": "store_credit"}]}).json()[
        "lines"
    ][0]

    assert (told["money"], told["wished"], told["resolution"]) == ("settling", "refund", "store_credit")
    assert (told["owed"]["amount"], told["due"]["amount"]) == (4500, 2000)
    assert told["deductions"] == [{"code": "by_hand", "amount": {"amount": 2500, "currency": "GBP"}, "words": "Worn"}]
    assert outbox(retailer.id).count("settlement_requested.v1") == 1


@pytest.mark.parametrize("amount", [{"amount": 4501, "currency": "GBP"}, {"amount": 100, "currency": "EUR"}])
def test_more_than_is_owed_or_another_currency_is_not_settled(erp, returns, retailer, amount):
    ret = submitted(returns, retailer)
    line = {"line_id": str(ret.lines[0].asked.id), "amount": amount}

    answer = erp.post(f"/returns/{ret.number}/settle", {"lines": [line]})

    assert (answer.status_code, answer.json()["code"]) == (409, "portal.not_an_amount")


def test_a_line_is_waived_with_words(erp, returns, retailer):
    ret = submitted(returns, retailer)

    body = {"line_id": str(ret.lines[0].asked.id), "words": "It came back worn."}
    told = erp.post(f"/returns/{ret.number}/waive-line", body).json()["lines"][0]

    assert (told["money"], told["due"]["amount"]) == ("waived", 0)
    assert told["deductions"][0]["words"] == "It came back worn."


def test_each_act_is_in_the_audit_with_who_what_and_how_it_ended(erp, browser, in_review, retailer):
    from services.portal.store.audit import Audit

    erp.post(f"/returns/{in_review.number}/reject", {"words": "No"})
    erp.post(f"/returns/{in_review.number}/reject", {"words": "No"})

    entries = Audit().list(retailer.id)

    assert [(entry.actor, entry.action, entry.subject, entry.outcome) for entry in entries] == [
        ("key erp", "return.reject", in_review.number, "refused"),
        ("key erp", "return.reject", in_review.number, "done"),
    ]


# ---- facts by hand -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "body"),
    [
        ("fee", {"outcome": "paid", "words": "Paid in the shop."}),
        ("label", {"outcome": "refused", "words": "Their portal says so."}),
        ("milestones", {"milestone": "hub_received"}),
        ("inspections", {"lines": []}),
    ],
)
def test_a_fact_by_hand_whose_owner_is_away_is_to_be_sent_again(erp, in_review, record, body):
    answers = [erp.post(f"/returns/{in_review.number}/{record}", body, key="erp-1") for _ in range(2)]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "service.unavailable")] * 2


@pytest.mark.parametrize(
    ("record", "body"),
    [
        ("settlement", {"line_ids": ["{}"], "outcome": "refused", "words": "Their portal says so."}),
        ("inspections", {"lines": [{"line_id": "{}", "quantity": 1, "condition": "worn"}]}),
    ],
)
def test_a_fact_by_hand_about_a_line_of_another_return_is_refused(erp, in_review, returns, retailer, record, body):
    other = str(submitted(returns, retailer).lines[0].asked.id)
    spelled = json.loads(json.dumps(body).replace("{}", other))

    answer = erp.post(f"/returns/{in_review.number}/{record}", spelled)

    assert (answer.status_code, answer.json()["code"]) == (422, "returns.no_such_line")
    assert answer.json()["lines"] == [other]


@pytest.mark.parametrize(
    ("record", "body"),
    [
        ("label", {"outcome": "issued", "words": "Seen."}),
        (
            "settlement",
            {"line_ids": ["018f0000-0000-7000-8000-000000000001"], "outcome": "succeeded", "words": "Seen."},
        ),
        ("milestones", {"milestone": "delivered"}),
        ("inspections", {"lines": [{"line_id": "x", "quantity": -1, "condition": "eaten"}]}),
        ("fee", {"outcome": "stolen", "words": "Gone."}),
    ],
)
def test_a_fact_by_hand_that_lacks_what_makes_it_one_is_refused(erp, in_review, record, body):
    answer = erp.post(f"/returns/{in_review.number}/{record}", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


# ---- tasks -------------------------------------------------------------------------------------------------------------


def test_tasks_are_listed_the_oldest_first_by_role_and_kind(erp, returns, retailer):
    made = [submitted(returns, retailer, held="photo").number for _ in range(3)]

    first = erp.get("/tasks", params={"role": "agent", "limit": 2})
    second = erp.get("/tasks", params={"role": "agent", "limit": 2, "cursor": first.json()["next"]})

    assert [task["number"] for task in (*first.json()["tasks"], *second.json()["tasks"])] == made
    assert first.json()["tasks"][0] | {"id": "", "opened_at": ""} == {
        "id": "",
        "kind": "review",
        "role": "agent",
        "title": "Decide on the return",
        "words": "photo",
        "subject": "",
        "acts": ["accept", "reject", "ask"],
        "number": made[0],
        "opened_at": "",
        "cleared_at": None,
        "cleared_by": None,
    }
    assert 'rel="next"' in first.headers["link"]
    assert second.json()["next"] is None
    assert erp.get("/tasks", params={"kind": "no_lane"}).json()["tasks"] == []


def test_a_task_that_needs_its_act_is_not_cleared_by_a_look(erp, in_review):
    task = erp.get("/tasks").json()["tasks"][0]

    answer = erp.post(f"/tasks/{task['id']}/clear")

    assert (answer.status_code, answer.json()["code"]) == (409, "tasks.needs_its_act")
    assert answer.json()["acts"] == ["accept", "reject", "ask"]


def test_a_task_goes_with_the_act_that_clears_it(erp, in_review):
    task = erp.get("/tasks").json()["tasks"][0]
    told = erp.post(f"/returns/{in_review.number}/reject", {"words": "No"}).json()

    after = erp.get(f"/tasks/{task['id']}").json()

    assert told["tasks"] == []
    assert after["cleared_by"] == "key erp"


def test_a_mark_on_a_return_is_cleared_by_a_look_with_words(erp, returns, retailer, in_review):
    from services.portal.domain import acts

    returns.act_on(retailer.id, in_review.id, acts.MarkFor("extra_item", "hat", "A sun hat was in it"))
    task = erp.get("/tasks", params={"kind": "extra_item"}).json()["tasks"][0]

    cleared = [erp.post(f"/tasks/{task['id']}/clear", {"words": "Sent back."}) for _ in range(2)]

    assert (task["words"], task["subject"]) == ("A sun hat was in it", "hat")
    assert [answer.json()["cleared_by"] for answer in cleared] == ["key erp"] * 2
    assert erp.get("/tasks", params={"kind": "extra_item"}).json()["tasks"] == []


def test_a_task_of_no_return_is_cleared_by_a_look(erp, retailer, people):
    from services.portal.store.tasks import Tasks

    store = Tasks()
    with store.unit(retailer_id=retailer.id) as unit:
        store.raise_for(unit, kind="unknown_parcel", subject="scan 1", detail={"code": "HW9"})
    task = erp.get("/tasks").json()["tasks"][0]

    answer = erp.post(f"/tasks/{task['id']}/clear", {"words": "Found its owner."})

    assert answer.status_code == 200, answer.text
    assert answer.json()["cleared_at"] is not None


def test_money_needs_the_scope_for_it(browser, retailer, a_key, in_review):
    reader = Program(browser, a_key(retailer.id, May.READ_RETURNS, May.DECIDE_RETURNS))
    line = {"line_id": str(in_review.lines[0].asked.id)}

    answer = reader.post(f"/returns/{in_review.number}/settle", {"lines": [line]})

    assert (answer.status_code, answer.json()["missing"]) == (403, ["money.move"])
