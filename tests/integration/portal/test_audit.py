"""The audit: two rows an act, in a chain that only grows, and a task where the second row is missing."""

import threading
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from starlette.exceptions import HTTPException

from libs.chassis.claims import Claim
from libs.chassis.context import current, fresh, working
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from services.portal.access import GRANTS, Actor, Role
from services.portal.problems import Problem
from tests.integration.portal.test_gateway import _another, a_form


@pytest.fixture
def audit(people):
    from services.portal.store.audit import Audit

    return Audit()


@pytest.fixture
def robin(retailer):
    return Actor(retailer.id, "staff", "m1", "robin@alder.example", GRANTS[Role.MANAGER])


def as_owner(statement: str, *values: object) -> None:
    """As somebody with the rights of the database's owner, whom no grant stops; the trigger is put to sleep."""
    with create_engine(load().owner_database("portal"), poolclass=NullPool).begin() as db:
        db.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        db.exec_driver_sql("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY")
        db.exec_driver_sql(statement, values)
        db.exec_driver_sql("ALTER TABLE audit FORCE ROW LEVEL SECURITY")
        db.exec_driver_sql("ALTER TABLE audit ENABLE TRIGGER USER")


def accept(audit, robin, number: str = "R-7KQ2M9") -> None:
    with audit.of(robin, "return.accept", subject=number, awaiting="awaiting_review") as record:
        record.after(awaiting="awaiting_label")


def test_an_act_is_written_before_it_is_done_and_its_outcome_after(audit, robin, retailer):
    with working(fresh()), audit.of(robin, "return.accept", subject="R-7KQ2M9", awaiting="awaiting_review") as record:
        [under_way] = audit.list(retailer.id)
        request_id = current().correlation_id
        record.after(awaiting="awaiting_label")
    [done] = audit.list(retailer.id)

    assert (under_way.outcome, under_way.request_id) == (None, request_id)
    assert (done.actor, done.action, done.subject) == ("staff robin@alder.example", "return.accept", "R-7KQ2M9")
    assert (done.before, done.after, done.outcome) == (
        {"awaiting": "awaiting_review"},
        {"awaiting": "awaiting_label"},
        "done",
    )
    assert audit.count(retailer.id) == 2


@pytest.mark.parametrize(
    ("failure", "outcome", "code"),
    [
        (Refused("rules.window_closed", "too late"), "refused", "rules.window_closed"),
        (Problem(404, "returns.not_found"), "refused", "returns.not_found"),
        (Problem(503, "service.unavailable"), "failed", "Problem"),
        (HTTPException(404), "refused", "http.404"),
        (KeyError("a mistake of ours"), "failed", "KeyError"),
        (DBAPIError("SELECT 1", None, psycopg.OperationalError()), "failed", "DBAPIError"),
    ],
)
def test_what_is_refused_and_what_fails_is_written_with_its_code_and_goes_on(
    audit, robin, retailer, failure, outcome, code
):
    with pytest.raises(type(failure)), audit.of(robin, "return.accept"):
        raise failure
    [entry] = audit.list(retailer.id)

    assert (entry.outcome, entry.after["code"]) == (outcome, code)


def test_many_acts_at_once_make_one_whole_chain(audit, robin, retailer):
    racers = [threading.Thread(target=accept, args=(audit, robin, f"R-{n}")) for n in range(8)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert audit.count(retailer.id) == 16
    assert {entry.outcome for entry in audit.list(retailer.id)} == {"done"}
    assert audit.broken_at(retailer.id) is None


@pytest.mark.parametrize(
    ("statement", "first_wrong"),
    [
        ("UPDATE audit SET actor_name = 'nobody' WHERE retailer_id = %s AND seq = 3", 3),
        ("""UPDATE audit SET detail = '{"awaiting": "closed"}' WHERE retailer_id = %s AND seq = 2""", 2),
        ("DELETE FROM audit WHERE retailer_id = %s AND seq = 4", 4),
        ("UPDATE audit SET at = at + interval '1 microsecond' WHERE retailer_id = %s AND seq = 1", 1),
    ],
)
def test_a_row_that_was_edited_or_removed_is_found(audit, robin, retailer, statement, first_wrong):
    for _ in range(3):
        accept(audit, robin)
    whole = audit.broken_at(retailer.id)

    as_owner(statement, retailer.id)

    assert (whole, audit.broken_at(retailer.id)) == (None, first_wrong)


@pytest.mark.parametrize("statement", ["UPDATE audit SET outcome = 'done'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_audit_only_grows_by_grant_and_by_trigger(audit, robin, people, statement):
    accept(audit, robin)
    owner = create_engine(load().owner_database("portal"), poolclass=NullPool)

    with pytest.raises(DBAPIError, match="permission denied"), people.engine.begin() as db:
        db.exec_driver_sql(statement)
    with pytest.raises(DBAPIError, match="only grows"), owner.begin() as db:
        db.exec_driver_sql(statement)


def test_an_act_without_an_outcome_becomes_a_task_after_five_minutes_and_once(audit, robin, retailer, people):
    from services.portal.store.tasks import Tasks

    act = audit.begin(robin, "return.settle", "R-7KQ2M9", {}, fresh().correlation_id)
    with people.engine.connect() as db:
        [(account, wait)] = db.exec_driver_sql(
            "SELECT account, due_at - now() FROM claims WHERE kind = 'audits' AND subject = %s", (act,)
        ).all()
    fresh_ones, lost = audit.unended(retailer.id), audit.unended(retailer.id, timedelta())

    for _ in range(2):
        audit.ask_after(retailer.id, act)
    [task] = Tasks().list(retailer.id)

    assert account == str(retailer.id)
    assert timedelta(minutes=4, seconds=50) < wait < timedelta(minutes=5, seconds=10)
    assert (fresh_ones, [entry.id for entry in lost]) == ([], [act])
    assert (task.kind, task.subject, task.role) == ("audit_without_outcome", str(act), "manager")
    assert task.detail["action"] == "return.settle"


def test_the_worker_asks_after_an_act(audit, robin, retailer):
    from services.portal.service import PortalService
    from services.portal.store.tasks import Tasks

    act = audit.begin(robin, "return.settle", "R-7KQ2M9", {}, fresh().correlation_id)
    PortalService().ask_after_an_act(Claim(1, "audits", str(retailer.id), retailer.id, act, 1))

    assert [task.subject for task in Tasks().list(retailer.id)] == [str(act)]


def test_an_act_that_ended_is_asked_after_by_nobody(audit, robin, retailer, people):
    from services.portal.store.tasks import Tasks

    accept(audit, robin)
    [entry] = audit.list(retailer.id)
    with people.engine.connect() as db:
        planned = db.exec_driver_sql("SELECT count(*) FROM claims WHERE subject = %s", (entry.id,)).scalar()

    audit.ask_after(retailer.id, entry.id)

    assert planned == 0
    assert Tasks().list(retailer.id) == ()
    assert audit.unended(retailer.id, timedelta()) == []


def test_an_act_whose_outcome_cannot_be_written_is_done_and_left_open(audit, robin, retailer, people):
    with audit.of(robin, "return.accept") as record, people.engine.begin() as db:
        db.exec_driver_sql("SELECT 1")
        record.detail["nul"] = "\0"  # which no text in the database may hold

    assert [entry.id for entry in audit.unended(retailer.id, timedelta())] == [record.id]


def test_a_retailer_s_audit_is_its_own(audit, robin, retailer, people):
    other = people.save_retailer(_another(retailer))
    accept(audit, robin)

    assert (audit.list(other.id), audit.count(other.id)) == ([], 0)


def test_the_page_shows_what_was_done_the_newest_first_and_the_older_behind_a_link(
    browser, retailer, sit, audit, robin
):
    for n in range(51):
        accept(audit, robin, f"R-{n:03d}")
    sit(browser, retailer, Role.FINANCE)

    newest = browser.get("/admin/audit")
    older = browser.get(
        newest.text.split('href="/admin/audit?before=', 1)[1].join(["/admin/audit?before=", ""]).split('"')[0]
    )

    assert "102 rows, none changed" in newest.text
    assert newest.text.index("R-050") < newest.text.index("R-001")
    assert "R-000" not in newest.text and "R-000" in older.text
    assert "Older acts" not in older.text


def test_the_page_says_where_the_chain_is_broken(browser, retailer, sit, audit, robin):
    for _ in range(2):
        accept(audit, robin)
    as_owner("UPDATE audit SET action = 'return.read' WHERE retailer_id = %s AND seq = 3", retailer.id)
    sit(browser, retailer, Role.FINANCE)

    assert "Row 3 is not as it was written" in browser.get("/admin/audit").text


def test_a_long_chain_is_checked_when_asked(browser, retailer, sit, audit, robin, monkeypatch):
    from services.portal.web import record

    monkeypatch.setattr(record, "AT_ONCE", 1)
    accept(audit, robin)
    sit(browser, retailer, Role.FINANCE)

    unchecked, checked = browser.get("/admin/audit").text, browser.get("/admin/audit?check=1").text

    assert "Check that the chain is whole" in unchecked and "none changed" not in unchecked
    assert "2 rows, none changed" in checked


def test_signing_in_and_out_is_written_and_a_wrong_try_is_not(browser, retailer, a_member, audit):
    from tests.integration.portal.conftest import PASSWORD

    member = a_member(retailer)
    form = a_form(browser, "/admin/sign-in") | {"email": member.email}

    browser.post("/admin/sign-in", data=form | {"password": "not it, not it"})
    browser.post("/admin/sign-in", data=form | {"password": PASSWORD})
    browser.post("/admin/sign-out", data=a_form(browser, "/admin/account"))

    assert [(entry.action, entry.outcome) for entry in audit.list(retailer.id)] == [
        ("staff.sign_out", "done"),
        ("staff.sign_in", "done"),
    ]
