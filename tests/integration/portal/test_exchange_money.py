"""Exchange money on the pages and in the store: who may record it, what the return then waits for, and for how long."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.payments import FeePaidV1, HoldPlacedV1
from services.portal import domain
from services.portal.access import Role
from services.portal.domain import TaskKind
from services.portal.intake import new_number
from services.portal.store.rows import Submission
from tests.integration.portal.programs import Program, tell
from tests.unit.portal import lives


@pytest.fixture
def exchange(returns, retailer):
    """Ana's shirt for a dearer one, given at once."""
    line = lives.a_line(difference=500, instant=True)
    line = replace(line, asked=line.asked.model_copy(update={"id": new_id(), "order_line_id": new_id()}))
    ret = replace(lives.a_return(line), id=new_id(), number=new_number())
    ret, said = domain.submit(ret.knowing(approved=False))
    link, key = token_urlsafe(8), token_urlsafe(12)
    lines = {line.asked.order_line_id: 1}
    asked = Submission(ret, said, key, sha256(key.encode()).digest(), {"lines": []}, f"/r/{link}", link, lines)
    returns.submit(retailer.id, asked)
    return ret


def known(returns, retailer, ret):
    return returns.get(retailer.id, return_id=ret.id).ret


def paid(ret):
    of = {"return_id": ret.id, "charge_id": new_id(), "line_id": ret.lines[0].asked.id}
    return FeePaidV1(**of, price=lives.pounds(500), reference="pi_2")


def held(ret):
    of = {"return_id": ret.id, "hold_id": new_id(), "line_id": ret.lines[0].asked.id}
    return HoldPlacedV1(**of, amount=lives.pounds(4500), reference="pi_3")


def test_what_is_asked_of_payments_leaves_with_the_return(exchange, retailer, outbox):
    assert {"difference_requested.v1", "hold_requested.v1"} <= set(outbox(retailer.id))


def test_the_exchange_is_asked_for_when_both_are_there_and_is_as_it_was_when_read_again(
    exchange, returns, retailer, outbox
):
    tell(returns, retailer, held(exchange))
    between = known(returns, retailer, exchange)
    tell(returns, retailer, paid(exchange))

    line = known(returns, retailer, exchange).lines[0]
    assert (between.lines[0].hold, between.lines[0].money) == ("placed", "not_due")
    assert (line.asked.instant, line.difference, line.money) == (True, "paid", "settling")
    assert line.asked.exchange_variant.difference == lives.pounds(500)
    assert "settlement_requested.v1" in outbox(retailer.id)


def test_a_hold_to_place_is_a_task_of_finance_with_its_page(exchange, browser, retailer, sit):
    sit(browser, retailer, Role.FINANCE)
    line = exchange.lines[0].asked.id

    tasks = browser.get("/admin/tasks?role=finance")
    page = browser.get(f"/admin/returns/{exchange.number}/hold?of={line}")

    assert f"/admin/returns/{exchange.number}/hold?of={line}" in tasks.text
    assert "What became of the hold for Linen shirt?" in page.text
    assert "£45.00" in page.text


@pytest.mark.parametrize("deed", ["hold", "difference", "dispute"])
def test_who_may_not_move_money_may_not_record_it(exchange, browser, retailer, sit, deed):
    sit(browser, retailer, Role.AGENT)

    assert browser.get(f"/admin/returns/{exchange.number}/{deed}?of={exchange.lines[0].asked.id}").status_code == 403


@pytest.mark.parametrize(
    ("record", "body"),
    [
        ("hold", {"line_id": "{}", "outcome": "placed", "words": "Authorisation 4711"}),
        ("difference", {"line_id": "{}", "outcome": "paid", "words": "By bank transfer"}),
        ("dispute", {"line_id": "{}", "reference": "dp_1", "words": "Not recognised"}),
    ],
)
def test_a_program_records_it_for_a_line_of_this_return_only(exchange, browser, retailer, a_key, record, body):
    erp = Program(browser, a_key(retailer.id))
    mine = body | {"line_id": str(exchange.lines[0].asked.id)}

    to_nobody = erp.post(f"/returns/{exchange.number}/{record}", mine)  # payments is away here
    strange = erp.post(f"/returns/{exchange.number}/{record}", body | {"line_id": str(new_id())})

    assert (to_nobody.status_code, to_nobody.json()["code"]) == (503, "service.unavailable")
    assert (strange.status_code, strange.json()["code"]) == (422, "returns.no_such_line")


def test_a_voucher_is_for_the_label_and_for_a_waiver_only(exchange, browser, retailer, a_key):
    erp = Program(browser, a_key(retailer.id))

    answer = erp.post(f"/returns/{exchange.number}/fee", {"outcome": "paid", "words": "x", "voucher": "WINTER"})

    assert answer.status_code == 422


def test_a_program_reads_where_the_money_of_an_exchange_is(exchange, browser, returns, retailer, a_key):
    tell(returns, retailer, held(exchange))

    [line] = Program(browser, a_key(retailer.id)).get(f"/returns/{exchange.number}").json()["lines"]

    assert (line["difference"], line["hold"]) == ("open", "placed")


def test_a_limit_that_gets_shorter_is_heeded_in_time(exchange, returns, retailer, people):
    facts = [
        lives.fee_waived(exchange),
        lives.label_issued(exchange, "HW9"),
        lives.first_scan(exchange),
        lives.hub_scan(exchange),
    ]
    tell(returns, retailer, *facts, held(exchange))
    waiting = domain.limit_of(known(returns, retailer, exchange))

    tell(returns, retailer, paid(exchange))

    with people.engine.begin() as db:
        query = "SELECT due_at FROM claims WHERE kind = 'timers' AND subject = %s"
        due = db.exec_driver_sql(query, (exchange.id,)).scalar_one()
    assert waiting.waits_for == "shopper"
    assert due - now() <= timedelta(hours=1)
    assert domain.tasks_of(known(returns, retailer, exchange)) == {
        domain.Task(TaskKind.HOLD_TO_RELEASE, str(exchange.lines[0].asked.id))
    }
