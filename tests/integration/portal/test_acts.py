"""What people and the clock do to returns in their database, with the tasks and reports that follow."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.tracking import UnknownParcelScannedV1
from libs.contracts.values import Condition, LabelTerms, OrderLine
from services.portal.access import Actor, system
from services.portal.domain import Awaiting, MoneyState, NotNow, TaskKind, acts
from services.portal.store.reading import Asked
from tests.integration.portal.test_returns import a_fact, a_submission
from tests.unit.portal import lives


@pytest.fixture
def tasks(people):
    from services.portal.store.tasks import Tasks

    return Tasks()


@pytest.fixture
def reporting(people):
    from services.portal.store.reporting import Reporting

    return Reporting()


@pytest.fixture
def agent(retailer):
    return Actor(retailer.id, "staff", str(new_id()), "ada@alder.example")


def submitted(returns, retailer, **how):
    asked = a_submission(**how)
    returns.submit(retailer.id, asked)
    return asked


def a_line(id: UUID) -> OrderLine:
    paid = lives.pounds(4500)
    return OrderLine(id=id, shop_line_id="1", title="Shirt", quantity=1, returnable=1, paid=paid, list_price=paid)


def test_a_review_is_a_task_until_somebody_decides(returns, retailer, tasks, agent, outbox):
    asked = submitted(returns, retailer, held=["photo"])
    [open_task] = tasks.list(retailer.id)

    story = returns.act(retailer.id, asked.ret.number, acts.Accept(LabelTerms.FREE), agent)

    assert (open_task.kind, open_task.role, open_task.number) == (TaskKind.REVIEW, "agent", asked.ret.number)
    assert open_task.acts[0] == "accept"
    assert story.ret.awaiting is Awaiting.PAYMENT
    assert tasks.list(retailer.id) == ()
    assert tasks.get(retailer.id, open_task.id).cleared_by == "staff ada@alder.example"
    assert [(fact.type, fact.by) for fact in story.facts if fact.type.startswith("act.")] == [
        ("act.accept", "staff ada@alder.example")
    ]
    assert outbox(retailer.id)[-2:] == ["return_approved.v1", "fee_requested.v1"]


def test_of_many_reviewers_at_once_one_decides(returns, retailer, agent):
    asked = submitted(returns, retailer, held=["rule"])

    def decide(place):
        what = acts.Accept(LabelTerms.FREE) if place % 2 else acts.Reject("No.")
        try:
            return returns.act(retailer.id, asked.ret.number, what, agent).ret.awaiting
        except NotNow as late:
            return late.code

    with ThreadPoolExecutor(8) as reviewers:
        said = list(reviewers.map(decide, range(50)))

    assert said.count("portal.not_now") == 49


def test_a_cancelled_return_gives_its_units_back_and_a_revived_one_takes_them_again(returns, retailer, agent):
    shirt = new_id()
    asked = submitted(returns, retailer, order_line=shirt)

    returns.act(retailer.id, asked.ret.number, acts.Cancel("shopper"), agent)
    freed = returns.open_units(retailer.id, [a_line(shirt)])
    returns.act(retailer.id, asked.ret.number, acts.Revive(), agent)

    assert freed == {shirt: 0}
    assert returns.open_units(retailer.id, [a_line(shirt)]) == {shirt: 1}
    from services.portal.store.returns import LineTaken

    with pytest.raises(LineTaken):
        returns.submit(retailer.id, a_submission(order_line=shirt))


def test_nobody_acts_on_another_retailers_return(returns, retailer):
    from services.portal.store.returns import NoSuchReturn

    asked = submitted(returns, retailer)
    stranger = system(new_id())

    with pytest.raises(NoSuchReturn):
        returns.act(stranger.retailer_id, asked.ret.number, acts.Cancel(), stranger)


def test_the_clock_reminds_and_ends_a_return_by_itself(returns, retailer, outbox):
    asked = submitted(returns, retailer)
    for body in (lives.fee_waived, lives.label_issued):
        returns.change(a_fact(retailer, body(asked.ret)))
    timer = Claim(1, "timers", str(retailer.id), retailer.id, asked.ret.id, 1)

    returns.tick(timer)
    early = returns.get(retailer.id, number=asked.ret.number)
    for days in (10, 15):
        shifted(returns, asked.ret.id, retailer, days)
        returns.tick(timer)

    story = returns.get(retailer.id, number=asked.ret.number)
    assert early.ret.awaiting is Awaiting.DROPOFF
    assert story.ret.awaiting is Awaiting.EXPIRED
    assert [name for name in outbox(retailer.id) if name.startswith(("reminder", "return_expired", "label_void"))] == [
        "reminder_due.v1",
        "return_expired.v1",
        "label_void_requested.v1",
    ]
    assert [fact.by for fact in story.facts if fact.type == "act.tick"] == ["clock", "clock"]


def shifted(returns, return_id, retailer, days):
    """The return has waited for so many days."""
    with returns.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE returns SET since = %s WHERE id = %s", (now() - timedelta(days=days), return_id)
        )


def test_an_open_return_has_a_timer_that_fits_what_it_waits_for(returns, retailer):
    asked = submitted(returns, retailer)

    def timer():
        with returns.engine.connect() as db:
            return db.exec_driver_sql(
                "SELECT due_at FROM claims WHERE kind = 'timers' AND subject = %s", (asked.ret.id,)
            ).scalar_one()

    first = timer()
    for body in (lives.fee_waived, lives.label_issued):
        returns.change(a_fact(retailer, body(asked.ret)))

    assert timedelta(minutes=59) < first - now() <= timedelta(hours=1)
    assert timer() == first  # it wakes early, finds nothing to do, and plans its next moment


def test_an_unknown_parcel_is_a_task_that_a_person_clears(returns, retailer, tasks):
    scan = UnknownParcelScannedV1(scan_id=new_id(), code="ABC", hub="DAV")
    fact = a_fact(retailer, scan)

    returns.record_unknown_parcel(fact)
    returns.record_unknown_parcel(fact)
    [task] = tasks.list(retailer.id, role="hub")

    assert (task.kind, task.detail, task.return_id) == (TaskKind.UNKNOWN_PARCEL, {"code": "ABC", "hub": "DAV"}, None)
    assert tasks.clear(retailer.id, task.id, by="staff hal", words="It was a delivery for the shop next door.")
    assert not tasks.clear(retailer.id, task.id, by="staff hal")
    assert tasks.list(retailer.id) == ()


def test_a_task_of_a_return_is_cleared_by_its_act_and_not_by_hand(returns, retailer, tasks):
    submitted(returns, retailer, held=["photo"])
    [task] = tasks.list(retailer.id)

    assert not tasks.clear(retailer.id, task.id, by="staff hal")


def test_tasks_come_in_pages_oldest_first(returns, retailer, tasks):
    for _ in range(5):
        submitted(returns, retailer, held=["photo"])

    first = tasks.list(retailer.id, limit=3)
    rest = tasks.list(retailer.id, after=(first[-1].opened_at, first[-1].id), limit=3)

    assert [len(first), len(rest)] == [3, 2]
    assert len({task.id for task in (*first, *rest)}) == 5
    assert tasks.counts(retailer.id) == {"agent": 5}


def test_the_list_of_returns_comes_in_pages_that_miss_and_repeat_none(returns, retailer):
    for _ in range(5):
        submitted(returns, retailer)

    first = returns.list(retailer.id, Asked(limit=2))
    submitted(returns, retailer)
    seen, older = list(first.rows), first.older
    while older:
        page = returns.list(retailer.id, Asked(limit=2, before=older))
        seen, older = seen + list(page.rows), page.older

    assert len(seen) == len({listed.ret.id for listed in seen}) == 5


def a_whole_life(returns, retailer, agent):
    """Held, accepted, sent, opened at the hub with one unit worn, decided and settled."""
    asked = submitted(returns, retailer, held=["photo"])
    number = asked.ret.number
    returns.act(retailer.id, number, acts.Accept(LabelTerms.FREE), agent)
    ret = replace(asked.ret, inspect=True)
    for body in (lives.fee_waived, lives.label_issued, lives.first_scan, lives.hub_scan):
        returns.change(a_fact(retailer, body(ret)))
    returns.change(a_fact(retailer, lives.inspected(ret, lives.found(ret.lines[0], 1, Condition.WORN))))
    returns.change(a_fact(retailer, lives.settled(ret)))
    return returns.get(retailer.id, number=number)


def test_reports_are_the_same_when_they_are_built_anew_from_the_facts(returns, retailer, agent, reporting):
    story = a_whole_life(returns, retailer, agent)
    other = submitted(returns, retailer)
    returns.act(retailer.id, other.ret.number, acts.Cancel("shopper"), agent)
    grown = reporting.rows(retailer.id)

    read = reporting.rebuild(retailer.id)

    assert reporting.rows(retailer.id) == grown
    assert read > 10
    whole = next(row for row in grown[0] if row["number"] == story.ret.number)
    [line] = [row for row in grown[1] if row["return_id"] == story.ret.id]
    assert (whole["outcome"], whole["paid_amount"], whole["country"]) == ("closed", 4500, "GB")
    assert None not in {whole[f"{what}_at"] for what in ("held", "approved", "label", "first_scan", "hub_scan")}
    assert (line["paid_amount"], line["condition"], line["arrived"], line["given"]) == (4500, "worn", 1, "refund")
    assert {row["outcome"] for row in grown[0]} == {"closed", "cancelled"}


def test_reports_are_built_anew_while_returns_go_on(returns, retailer, agent, reporting):
    submitted(returns, retailer)
    with ThreadPoolExecutor(1) as desk:
        living = desk.submit(lambda: [a_whole_life(returns, retailer, agent).ret.number for _ in range(12)])
        while not living.done():
            reporting.rebuild(retailer.id)
    grown = reporting.rows(retailer.id)

    reporting.rebuild(retailer.id)

    assert reporting.rows(retailer.id) == grown
    assert {row["number"] for row in grown[0]} >= set(living.result())


def test_reports_and_history_hold_no_personal_data(returns, retailer, agent):
    a_whole_life(returns, retailer, agent)

    with returns.look(retailer.id) as db:
        kept = " ".join(map(str, db.exec_driver_sql("SELECT data FROM facts").scalars()))

    assert "shirt" in kept
    assert "ana@example.com" not in kept
    assert "High Street" not in kept


def test_a_return_is_found_by_each_of_its_tracking_numbers(returns, retailer, agent):
    asked = submitted(returns, retailer)
    returns.change(a_fact(retailer, lives.fee_waived(asked.ret)))
    returns.act(retailer.id, asked.ret.number, acts.AddParcel(), agent)
    for parcel in (1, 2):
        returns.change(a_fact(retailer, lives.label_issued(asked.ret, f"HWX{parcel}", parcel=parcel)))

    found = [len(returns.list(retailer.id, Asked(search=words)).rows) for words in ("hwx1", "HWX2", "HWX", "HWX3")]

    assert found == [1, 1, 1, 0]


def test_what_was_decided_for_a_line_is_kept_to_the_penny(returns, retailer, agent):
    asked = submitted(returns, retailer)
    line_id = asked.ret.lines[0].asked.id
    less = acts.LineSettlement(line_id, lives.pounds(3999), None, "Missing button")

    returns.act(retailer.id, asked.ret.number, acts.Settle((less,)), agent)

    [line] = returns.get(retailer.id, number=asked.ret.number).ret.lines
    assert (line.money, line.due, line.deducted) == (MoneyState.SETTLING, lives.pounds(3999), lives.pounds(501))
    assert [each.words for each in line.deductions] == ["Missing button"]
