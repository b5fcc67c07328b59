"""A policy tried on past returns says what would change, how often, and how much money it is."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.rules_policies import CaseChanged
from libs.contracts.values import CreditTerms, LabelTerms, Money, Resolution, Stage
from services.rules.replaying import SHOWN, Tally, compare
from tests.unit.rules.examples import SHIRT, a_return, asked, pounds, shirt

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFUND, CREDIT = Resolution.REFUND, Resolution.STORE_CREDIT


def offer(resolution: Resolution = REFUND, pence: int = 4500, **more: Any) -> Offer:
    return Offer(resolution=resolution, amount=pounds(pence), stage=Stage.HUB_SCAN, words="Back.", **more)


def decision(*offers: Offer, label: LabelTerms = LabelTerms.FREE, inspect: bool = False, **line: Any) -> DecisionV1:
    decided = LineDecision(line_id=SHIRT, offers=offers, **line)
    return DecisionV1(policy_version=1, lines=(decided,), label=label, inspect=inspect)


def change(before: DecisionV1, after: DecisionV1, chosen: Resolution = REFUND):
    return compare(a_return(asked(shirt())), before, after, {str(SHIRT): chosen})


def test_the_same_decision_changes_nothing_and_owes_the_same():
    found = change(decision(offer()), decision(offer()))

    assert found.kinds == frozenset()
    assert found.lines == ()
    assert found.owed == {"GBP": (4500, 4500)}


def test_each_difference_has_its_name():
    was = decision(offer())

    assert change(was, decision(words="Final sale")).kinds == {"refused"}
    assert change(decision(words="Final sale"), was).kinds == {"allowed"}
    assert change(was, decision(offer(), offer(CREDIT))).kinds == {"offers"}
    assert change(was, decision(offer(pence=4000))).kinds == {"amount"}
    assert change(was, decision(offer(), review=True)).kinds == {"review"}
    assert change(was, decision(offer(keep_item=True))).kinds == {"keep_item"}
    assert change(was, decision(offer(), label=LabelTerms.PAID)).kinds == {"label"}
    assert change(was, decision(offer(), inspect=True)).kinds == {"inspection"}


def test_who_took_a_refund_that_is_gone_is_owed_what_is_offered_first():
    bonus = CreditTerms(bonus=pounds(450))

    found = change(decision(offer()), decision(offer(CREDIT, credit=bonus)))

    assert found.kinds == {"offers"}
    assert found.owed == {"GBP": (4500, 4950)}


def test_what_is_refused_is_owed_nothing():
    assert change(decision(offer()), decision(words="Final sale")).owed == {"GBP": (4500, 0)}
    assert change(decision(words="Final sale"), decision(words="Final sale")).owed == {}


def test_a_line_that_changes_is_told_with_both_decisions():
    [line] = change(decision(offer()), decision(words="Final sale")).lines

    assert line.title == "Linen camp shirt"
    assert [each.amount for each in line.before.offers] == [pounds(4500)]
    assert (line.after.offers, line.after.words) == ((), "Final sale")


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)), max_size=40))
def test_a_tally_is_the_sum_of_its_cases(amounts):
    tally = Tally()

    for before, after in amounts:
        tally.add(change(decision(offer(pence=before)), decision(offer(pence=after))))

    changed = sum(before != after for before, after in amounts)
    assert (tally.done, tally.changed, tally.changes.get("amount", 0)) == (len(amounts), changed, changed)
    assert [(each.before, each.after) for each in tally.money()] == (
        [(sum(b for b, _ in amounts), sum(a for _, a in amounts))] if amounts else []
    )


def test_the_first_cases_are_told_and_the_rest_counted():
    tally, refused = Tally(), change(decision(offer()), decision(words="Final sale"))

    for place in range(SHOWN + 5):
        if tally.add(refused):
            tally.show(a_case(place))

    assert tally.changed == SHOWN + 5
    assert [case["number"] for case in tally.shown] == [f"R-{place}" for place in range(SHOWN)]


def a_case(place: int) -> CaseChanged:
    free = LabelTerms.FREE
    return CaseChanged(
        return_id=UUID(int=place),
        number=f"R-{place}",
        decided_at=AT,
        kinds=("refused",),
        lines=(),
        label_before=free,
        label_after=free,
    )


def test_sums_stay_in_their_currencies():
    tally = Tally()

    tally.add(change(decision(offer()), decision(offer())))
    euros = offer().model_copy(update={"amount": Money(amount=1000, currency="EUR")})
    tally.add(change(decision(euros), decision(euros)))

    assert [(each.currency, each.after) for each in tally.money()] == [("EUR", 1000), ("GBP", 4500)]
