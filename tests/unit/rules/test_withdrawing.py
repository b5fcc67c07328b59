"""The right of withdrawal: which lines, in which countries and channels, until when, whatever the policy says."""

from datetime import date, timedelta

import pytest

from libs.contracts.rules import Circumstances, LineEligibility
from libs.contracts.values import Channel, LabelTerms
from services.rules.domain import judge
from services.rules.floor.laws import LAWS
from tests.unit.rules.examples import DELIVERED, TEN_DAYS_LATER, order, policy, pounds, rule, scarf, shirt

LAST_DAY = date(2026, 11, 16)  # fourteen days after 1 November is a Sunday: the Monday after it


def judged(*lines, days=14, given=None, **asking) -> LineEligibility:
    return judge(given or policy(), order(*(lines or (shirt(),)), **asking), TEN_DAYS_LATER, days).lines[0]


def test_a_purchase_at_a_distance_may_be_withdrawn_from_for_fourteen_days_after_it_came():
    on_monday = DELIVERED + timedelta(days=1)

    assert judged(shirt(delivered_at=on_monday)).withdrawal_until == date(2026, 11, 16)


def test_a_period_that_ends_at_a_weekend_ends_on_the_monday():
    on_saturday = judged(shirt(delivered_at=DELIVERED - timedelta(days=1)))

    assert (judged().withdrawal_until, on_saturday.withdrawal_until) == (date(2026, 11, 16), date(2026, 11, 16))


@pytest.mark.parametrize("country", ["DE", "IE", "NO", "IS", "LI", "GB"])
def test_the_law_of_the_country_gives_the_days(country):
    assert LAWS[country].withdrawal.days == 14


@pytest.mark.parametrize("country", ["CH", "US", "AU", "NZ", "JP"])
def test_some_countries_have_no_right_of_withdrawal(country):
    assert LAWS[country].withdrawal is None
    assert judged(days=None, country=country).withdrawal_until is None


def test_a_shop_s_counter_has_none():
    assert judged(circumstances=Circumstances(channel=Channel.STORE)).withdrawal_until is None


def test_neither_has_a_gift_card_nor_what_the_law_exempts():
    assert judged(shirt(gift_card=True)).withdrawal_until is None
    assert judged(scarf()).withdrawal_until is None


@pytest.mark.parametrize(
    "stricter",
    [
        {"final_sale_tags": ["linen"], "exempt_tags": []},
        {"window": {"days": 3, "start": "delivery"}},
        {"rules": [rule("Nothing back", 1, then={"reject": {"en": "We take nothing back."}})]},
    ],
)
def test_the_policy_s_own_bars_never_cut_it(stricter):
    line = judged(given=policy(**stricter))

    assert (line.eligible, line.withdrawal_until) == (False, LAST_DAY)


def test_what_was_ordered_together_counts_from_the_last_part():
    later = shirt(id=scarf().id, delivered_at=DELIVERED + timedelta(days=8))

    assert judged(shirt(), later).withdrawal_until == date(2026, 11, 23)


def test_what_nobody_saw_arrive_may_have_come_as_late_as_the_law_allows():
    assert judged(shirt(delivered_at=None)).withdrawal_until == date(2026, 12, 15)


def test_what_was_cancelled_prolongs_nothing_and_is_not_withdrawn_from():
    cancelled = shirt(id=scarf().id, delivered_at=None, fulfilled_at=None, returnable=0)

    assert judged(shirt(), cancelled).withdrawal_until == LAST_DAY
    assert judged(cancelled, shirt()).withdrawal_until is None


def test_a_withdrawal_travels_with_the_policy_s_usual_label():
    fixed = policy(label={"fixed": {"amount": 395, "currency": "GBP"}}, inspect=True)

    terms = judge(fixed, order(shirt()), TEN_DAYS_LATER, 14).withdrawal

    assert (terms.label, terms.label_price, terms.inspect) == (LabelTerms.PAID, pounds(395), True)
    assert judge(fixed, order(shirt(), country="US"), TEN_DAYS_LATER).withdrawal is None
