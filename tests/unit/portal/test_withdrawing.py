"""A withdrawal: nothing holds it, time does not end it, and the whole price comes back once the parcel is handed in."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from libs.contracts.errors import Refused
from libs.contracts.portal import (
    ReturnApprovedV1,
    ReturnHeldForReviewV1,
    ReturnSubmittedV1,
    SettlementRequestedV1,
    WithdrawalDeclaredV1,
)
from libs.contracts.rules import EligibilityV1, LineEligibility, WithdrawalTerms
from libs.contracts.values import LabelTerms, OrderLine, Resolution, ReturnKind, Stage
from services.portal.domain import Awaiting, TaskKind, act, acts, advance, ends_at, submit, tasks_of
from services.portal.store.people import Retailer
from services.portal.web import assets, present, withdrawing
from services.portal.withdrawing import Declaration, open_of, submission, terms_of
from tests.unit.portal.lives import NOON, a_return, an_id, fee_waived, first_scan, label_issued
from tests.unit.portal.test_answers import SHIRT, a_draft, a_line

ALDER = Retailer(an_id("alder"), "alder", "GBP", assets.HOUSE, None)
LAST_DAY = NOON.date() + timedelta(days=3)


def judged(until: date | None = LAST_DAY, **terms) -> EligibilityV1:
    """The policy refuses it, and the law does not."""
    line = LineEligibility(line_id=SHIRT, eligible=False, why_not="final_sale", withdrawal_until=until)
    given = WithdrawalTerms(**({"label": LabelTerms.FREE} | terms))
    return EligibilityV1(policy_version=4, lines=(line,), reasons=(), withdrawal=given)


def declared(units: int = 3, **changes) -> Declaration:
    said = {"name": "Ana Ruiz", "email": "ana.ruiz@example.com", "key": "k1"} | changes
    return Declaration(a_draft().order.order_id, {SHIRT: units}, **said)


def made(units: int = 3, line: OrderLine | None = None, **terms):
    order = a_draft(line).order
    return submission(
        ALDER, declared(units), terms_of(order, order, judged(**terms), declared(units), NOON), "https://d"
    )


def test_a_line_that_the_policy_bars_is_withdrawn_from_whole_without_a_fee():
    order = a_draft().order

    line = made().ret.lines[0]

    assert (line.asked.quantity, line.asked.owed) == (3, order.lines[0].paid)
    assert (line.asked.resolution, line.asked.stage) == (Resolution.REFUND, Stage.FIRST_SCAN)


def test_it_is_declared_at_its_moment_and_approved_without_anybody():
    asked = made()

    kinds = [type(message) for message in asked.messages]

    assert kinds[:3] == [ReturnSubmittedV1, WithdrawalDeclaredV1, ReturnApprovedV1]
    assert asked.messages[0].kind is ReturnKind.WITHDRAWAL
    assert asked.messages[0].contact.email == "ana.ruiz@example.com"
    assert asked.messages[1].declared_at == NOON
    assert asked.ret.awaiting is Awaiting.PAYMENT


def test_nothing_holds_a_withdrawal_for_a_person():
    held = replace(made().ret, awaiting=Awaiting.REVIEW).knowing(held=frozenset({"rule"}))

    _, said = submit(held)

    assert not [message for message in said if isinstance(message, ReturnHeldForReviewV1)]


def test_the_money_is_due_at_the_first_scan():
    ret = replace(made().ret, lane_id=an_id("lane"))
    for fact in (fee_waived(ret), label_issued(ret)):
        ret, _, _ = advance(ret, fact)

    _, said, _ = advance(ret, first_scan(ret))

    assert [type(message) for message in said] == [SettlementRequestedV1]


def test_time_ends_no_withdrawal_but_tells_a_person():
    waiting = replace(a_return(awaiting=Awaiting.DROPOFF), kind=ReturnKind.WITHDRAWAL).knowing(
        withdrawn_at=NOON, reminded=True
    )

    late, said = act(waiting, acts.Tick(NOON, NOON + timedelta(days=30)))

    assert (late.awaiting, said) == (Awaiting.DROPOFF, [])
    assert TaskKind.OVERDUE in {task.kind for task in tasks_of(late)}
    assert ends_at(waiting, NOON) is None


def test_a_whole_order_withdrawn_from_has_its_delivery_given_back_by_a_person():
    whole, part = made(3), made(2)

    assert [task.kind for task in tasks_of(whole.ret)] == [TaskKind.OUTBOUND_SHIPPING]
    assert not tasks_of(part.ret)


def test_it_travels_with_the_label_that_the_policy_gives():
    ret = made(label=LabelTerms.NONE).ret

    assert (ret.label, ret.awaiting) == (LabelTerms.NONE, Awaiting.DROPOFF)


@pytest.mark.parametrize(
    ("until", "units"), [(LAST_DAY, 4), (LAST_DAY, 0), (None, 1), (NOON.date() - timedelta(days=1), 1)]
)
def test_what_the_law_does_not_give_is_not_recorded(until: date | None, units: int):
    order = a_draft().order

    with pytest.raises(Refused, match=r"portal\.not_withdrawable"):
        terms_of(order, order, judged(until), declared(units), NOON)


def test_the_last_day_counts_and_what_is_in_another_return_does_not():
    order = a_draft().order
    taken = a_draft(a_line(returnable=0)).order

    assert [line.id for line in open_of(order, judged(), LAST_DAY).lines] == [SHIRT]
    assert open_of(order, judged(), LAST_DAY + timedelta(days=1)).lines == ()
    assert open_of(taken, judged(), LAST_DAY).lines == ()


def test_another_declaration_under_the_same_key_is_told_apart():
    assert declared().digest == declared().digest
    assert len({declared().digest, declared(2).digest, declared(name="Sam").digest}) == 3


def test_the_way_in_stands_there_while_the_law_gives_it_and_not_for_a_gift():
    open_, over = (
        replace(a_draft(), judged=judged(until)) for until in (date(9999, 1, 1), NOON.date().replace(year=2020))
    )

    link, last = withdrawing.way_in(ALDER, open_)

    assert (link.words, link.address, last) == ("Withdraw from contract here", "/alder/withdraw", date(9999, 1, 1))
    assert withdrawing.way_in(ALDER, over) == (None, None)
    assert withdrawing.way_in(ALDER, replace(open_, gift=True)) == (None, None)


def test_its_page_offers_no_second_declaration():
    assert present.may_withdraw(made().ret) is False
