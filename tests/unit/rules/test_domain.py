"""What may come back, until when and on what terms."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.rules import LineDecision, LineEligibility
from libs.contracts.values import LabelTerms, Money, OrderLine, Resolution, Stage
from services.rules.domain import decide, judge
from tests.unit.rules.examples import (
    DELIVERED,
    SCARF,
    SHIRT,
    TEN_DAYS_LATER,
    a_return,
    asked,
    order,
    policy,
    pounds,
    rule,
    scarf,
    shirt,
)


def judged(line: OrderLine, now: datetime = TEN_DAYS_LATER, **changes: Any) -> LineEligibility:
    return judge(policy(**changes), order(line), now).lines[0]


def decided(*rules: dict[str, Any], now: datetime = TEN_DAYS_LATER, **asking: Any) -> LineDecision:
    return decide(policy(rules=list(rules)), a_return(asked(shirt(), **asking)), now).lines[0]


def test_a_shirt_delivered_ten_days_ago_may_come_back_until_the_thirtieth_day():
    line = judged(shirt())

    assert line.eligible
    assert line.last_day == date(2026, 12, 1)
    assert line.why_not is None


def test_a_shirt_may_come_back_through_the_whole_of_its_last_day():
    last_moment = datetime(2026, 12, 1, 23, 59, 59, tzinfo=UTC)

    assert judged(shirt(), now=last_moment).eligible
    assert not judged(shirt(), now=last_moment + timedelta(seconds=1)).eligible


def test_a_closed_window_is_said_with_its_day():
    line = judged(shirt(), now=datetime(2026, 12, 24, tzinfo=UTC))

    assert line.why_not == "window_closed"
    assert line.words == "The 30-day window closed on 1 December."


def test_a_window_that_closed_last_year_is_said_with_the_year():
    line = judged(shirt(), now=datetime(2027, 1, 2, tzinfo=UTC))

    assert line.words == "The 30-day window closed on 1 December 2026."


def test_a_window_without_days_never_closes():
    line = judged(shirt(), now=DELIVERED + timedelta(days=4000), window={"days": None})

    assert line.eligible
    assert line.last_day is None


def test_the_days_count_from_dispatch_when_no_delivery_is_known():
    line = judged(shirt(delivered_at=None, fulfilled_at=DELIVERED - timedelta(days=2)))

    assert line.last_day == date(2026, 11, 29)


def test_the_days_count_from_the_order_where_the_policy_says_so():
    line = judged(shirt(), window={"days": 10, "start": "order"})

    assert line.last_day == date(2026, 11, 11)


def test_the_last_day_is_a_day_of_utc_wherever_the_parcel_was_delivered():
    late_in_honolulu = datetime.fromisoformat("2026-11-01T20:00:00-10:00")

    assert judged(shirt(delivered_at=late_in_honolulu)).last_day == date(2026, 12, 2)


def test_a_shirt_that_was_not_sent_is_not_delivered_rather_than_already_returned():
    line = judged(
        shirt(delivered_at=None, fulfilled_at=None, returnable=0),
        window={"days": 30, "fallback": ["dispatch", "order"]},
    )

    assert line.why_not == "not_delivered"


def test_a_shirt_without_any_known_day_is_not_delivered():
    line = judged(shirt(delivered_at=None, fulfilled_at=None))

    assert line.why_not == "not_delivered"
    assert line.last_day is None


def test_a_shirt_of_which_nothing_is_left_is_already_returned():
    assert judged(shirt(returnable=0)).why_not == "already_returned"


def test_a_scarf_on_final_sale_stays_whatever_the_case_of_its_tag():
    line = judged(scarf())

    assert line.why_not == "final_sale"
    assert line.words == "Final sale items cannot be returned."


def test_a_gift_card_does_not_come_back():
    assert judged(shirt(gift_card=True)).why_not == "final_sale"


def test_each_line_of_an_order_is_judged_by_itself():
    verdict = judge(policy(), order(shirt(), scarf()), TEN_DAYS_LATER)

    assert [(line.line_id, line.eligible) for line in verdict.lines] == [(SHIRT, True), (SCARF, False)]
    assert verdict.policy_version == 3


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Passt nicht"), ("de-AT", "Passt nicht"), ("en-GB", "Doesn't fit"), ("fr", "Doesn't fit")],
)
def test_reasons_are_given_in_the_shoppers_language_else_in_the_policys(language, words):
    verdict = judge(policy(), order(shirt(), language=language), TEN_DAYS_LATER)

    assert verdict.reasons[0].words == words


def test_reasons_carry_their_sub_reasons_and_say_which_ask_for_a_comment():
    fit, faulty = judge(policy(), order(shirt()), TEN_DAYS_LATER).reasons

    assert [sub.code for sub in fit.sub_reasons] == ["too_small"]
    assert not fit.asks_comment
    assert faulty.asks_comment


def test_a_shirt_is_offered_its_price_back_at_the_policys_stage():
    line = decided()

    (offer,) = line.offers
    assert (offer.resolution, offer.amount, offer.stage) == (Resolution.REFUND, pounds(4500), Stage.HUB_SCAN)
    assert offer.words == "Refunded to your original payment method when your parcel arrives."


def test_an_offers_own_words_replace_the_usual_ones():
    kind = policy(offers=[{"resolution": "refund", "words": {"en": "Your money back."}}])

    line = decide(kind, a_return(asked(shirt())), TEN_DAYS_LATER).lines[0]

    assert line.offers[0].words == "Your money back."


def test_no_offer_is_above_what_was_paid_for_the_line():
    assert decided(paid=pounds(9900)).offers[0].amount == pounds(4500)


def test_the_lowest_priority_number_is_tried_first_and_the_first_match_wins():
    strict = rule("No linen", 20, {"field": "tags", "values": ["linen"]}, then={"reject": {"en": "No linen."}})
    kind = rule("Small is fine", 10, {"field": "reason", "values": ["does_not_fit"]})

    line = decided(strict, kind)

    assert line.offers
    assert [tried.rule for tried in line.trace] == ["Eligibility", "Small is fine"]


def test_a_rejected_line_has_no_offer_and_says_why_in_the_retailers_words():
    line = decided(rule("No linen", 1, {"field": "tags", "values": ["Linen"]}, then={"reject": {"en": "No linen."}}))

    assert line.offers == ()
    assert line.words == "No linen."


def test_all_except_is_one_rule():
    all_but_faulty = rule(
        "All but faulty",
        1,
        {"field": "reason", "op": "none_of", "values": ["faulty"]},
        then={"reject": {"en": "Only faulty items come back."}},
    )

    assert decided(all_but_faulty).offers == ()
    assert decided(all_but_faulty, reason="faulty").offers


def test_every_condition_of_a_rule_must_hold():
    far_and_dear = rule(
        "Far and dear",
        1,
        {"field": "country", "values": ["AU"]},
        {"field": "order_value", "op": "at_least", "value": {"amount": 5000, "currency": "GBP"}},
        then={"reject": {"en": "No."}},
    )

    line = decided(far_and_dear)

    assert line.offers
    assert line.trace[1].because == ("no, country GB: none of AU; yes, order value 8300 GBP: must be at least 5000 GBP")


@pytest.mark.parametrize(
    ("op", "limit", "matched"),
    [("at_least", 8300, True), ("at_least", 8301, False), ("at_most", 8300, True), ("at_most", 8299, False)],
)
def test_an_order_value_is_compared_with_its_limit_included(op, limit, matched):
    by_value = rule("By value", 1, {"field": "order_value", "op": op, "value": {"amount": limit, "currency": "GBP"}})

    assert decided(by_value).trace[1].matched is matched


def test_an_order_value_in_another_currency_matches_no_limit():
    in_euro = rule("In euro", 1, {"field": "order_value", "op": "at_least", "value": {"amount": 1, "currency": "EUR"}})

    tried = decided(in_euro).trace[1]

    assert not tried.matched
    assert tried.because.endswith("is in another currency")


def test_where_no_rule_matches_the_trace_ends_with_the_default():
    never = rule("Never", 1, {"field": "country", "values": ["AU"]})

    line = decided(never)

    assert [(tried.rule, tried.matched) for tried in line.trace] == [
        ("Eligibility", True),
        ("Never", False),
        ("Otherwise", True),
    ]


def test_one_free_line_makes_the_parcel_free():
    paid_unless_faulty = policy(
        label="paid",
        rules=[
            rule(
                "Faulty is on us",
                1,
                {"field": "reason", "values": ["faulty"]},
                then={"allow": ["refund"], "label": "free"},
            )
        ],
    )
    dress = shirt(id=SCARF)

    both = decide(paid_unless_faulty, a_return(asked(shirt()), asked(dress, reason="faulty")), TEN_DAYS_LATER)
    alone = decide(paid_unless_faulty, a_return(asked(shirt())), TEN_DAYS_LATER)

    assert both.label is LabelTerms.FREE
    assert alone.label is LabelTerms.PAID


def test_a_return_of_which_nothing_is_accepted_has_no_label():
    decision = decide(policy(), a_return(asked(scarf())), TEN_DAYS_LATER)

    assert decision.label is LabelTerms.NONE
    assert decision.lines[0].words == "Final sale items cannot be returned."


def test_a_line_judged_out_is_decided_out_too():
    line = decided(now=DELIVERED + timedelta(days=31))

    assert line.offers == ()
    assert line.trace[0].because == "window_closed; last day 2026-12-01, 1 returnable"


@pytest.mark.parametrize(
    "asking", [{"reason": "bored"}, {"sub_reason": "too_loud"}, {"reason": "faulty", "sub_reason": "too_small"}]
)
def test_a_reason_that_the_policy_does_not_have_gets_no_offer(asking):
    line = decided(**asking)

    assert line.offers == ()
    assert line.words == "Choose one of the reasons listed."


def test_more_shirts_than_may_come_back_get_no_offer_even_when_split_over_two_reasons():
    two = shirt(quantity=3, returnable=2, paid=pounds(13500))
    split = a_return(
        asked(two, quantity=2, paid=pounds(9000)), asked(two, quantity=1, paid=pounds(4500), reason="faulty")
    )

    decision = decide(policy(), split, TEN_DAYS_LATER)

    assert [line.words for line in decision.lines] == ["Only 2 of these can come back."] * 2
    assert not any(line.offers for line in decision.lines)


def test_money_of_another_currency_than_was_paid_gets_no_offer():
    assert decided(paid=Money(amount=4500, currency="EUR")).offers == ()
