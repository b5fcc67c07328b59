"""What a match leads to: resolutions with what goes with them, fees, labels, photos, questions, reviews, rejections."""

from typing import Any

import pytest

from libs.contracts.rules import AnswerGiven, DecisionV1, Offer
from libs.contracts.values import CreditTerms, ExchangeFrom, LabelTerms, Money, Resolution, Stage
from services.rules.domain import decide, judge
from tests.unit.rules.examples import SCARF, TEN_DAYS_LATER, a_return, asked, order, policy, pounds, rule, shirt

OFFERS = [
    {"resolution": "refund"},
    {"resolution": "store_credit", "credit": {"valid_days": 365, "bonus_percent": 10}},
    {"resolution": "exchange", "fallback": "refund"},
]
ALL = {"allow": ["refund", "store_credit", "exchange"]}
FAULTY = {"field": "reason", "op": "is", "value": "faulty"}
REASONS = [
    {"code": "does_not_fit", "words": {"en": "Doesn't fit"}},
    {"code": "faulty", "words": {"en": "Faulty"}, "fault": "retailer"},
]


def gbp(pence: int) -> dict[str, Any]:
    return {"amount": pence, "currency": "GBP"}


def decided(*lines: Any, asking: dict[str, Any] | None = None, **changes: Any) -> DecisionV1:
    whole = policy(**({"offers": OFFERS, "otherwise": ALL, "reasons": REASONS} | changes))
    return decide(whole, a_return(*(lines or (asked(shirt()),)), **(asking or {})), TEN_DAYS_LATER)


def offers(**changes: Any) -> dict[Resolution, Offer]:
    return {offer.resolution: offer for offer in decided(**changes).lines[0].offers}


def test_every_resolution_that_is_allowed_is_offered_in_the_policy_s_order():
    assert [offer.resolution for offer in decided().lines[0].offers] == ["refund", "store_credit", "exchange"]


def test_credit_is_worth_a_share_more_and_good_for_a_while():
    assert offers()[Resolution.STORE_CREDIT].credit == CreditTerms(bonus=pounds(450), valid_days=365)


def test_a_bonus_may_be_an_amount_and_none_in_another_currency():
    flat = {"resolution": "store_credit", "credit": {"bonus": gbp(500)}}
    euros = {"resolution": "store_credit", "credit": {"bonus": {"amount": 500, "currency": "EUR"}}}
    only = {"otherwise": {"allow": ["store_credit"]}}

    assert offers(offers=[flat], **only)[Resolution.STORE_CREDIT].credit == CreditTerms(bonus=pounds(500))
    assert offers(offers=[euros], **only)[Resolution.STORE_CREDIT].credit == CreditTerms()


def test_what_a_rule_says_of_a_resolution_replaces_what_the_policy_says():
    short = {"resolution": "store_credit", "credit": {"valid_days": 30}, "words": {"en": "Credit for a month."}}
    found = offers(rules=[rule("Short", 1, then={"allow": [short]})])

    assert set(found) == {Resolution.STORE_CREDIT}
    assert found[Resolution.STORE_CREDIT].credit == CreditTerms(valid_days=30)
    assert found[Resolution.STORE_CREDIT].words == "Credit for a month."


def test_an_exchange_says_what_it_may_be_chosen_from_and_what_is_given_where_it_is_sold_out():
    anything = [*OFFERS[:2], {"resolution": "exchange", "exchange": {"chosen_from": "any_product"}}]
    new_in = {"resolution": "exchange", "exchange": {"chosen_from": "collection", "collection": "new-in"}}

    assert offers()[Resolution.EXCHANGE].exchange.chosen_from is ExchangeFrom.SAME_PRODUCT
    assert offers()[Resolution.EXCHANGE].fallback is Resolution.REFUND
    assert offers(offers=anything)[Resolution.EXCHANGE].exchange.chosen_from is ExchangeFrom.ANY_PRODUCT
    assert offers(offers=[*OFFERS[:2], new_in])[Resolution.EXCHANGE].exchange.collection == "new-in"


def test_a_stage_is_the_rule_s_else_the_resolution_s_else_the_policy_s():
    early_credit = [{"resolution": "refund"}, {"resolution": "store_credit", "stage": "first_scan"}]
    both = {"allow": ["refund", "store_credit"]}
    by_hand = rule("By hand", 1, then=both | {"stage": "manual"})

    usual = offers(offers=early_credit, otherwise=both)
    ruled = offers(offers=early_credit, otherwise=both, rules=[by_hand])

    assert [offer.stage for offer in usual.values()] == [Stage.HUB_SCAN, Stage.FIRST_SCAN]
    assert [offer.stage for offer in ruled.values()] == [Stage.MANUAL, Stage.MANUAL]


def test_an_item_may_be_kept():
    keep = {"resolution": "refund", "keep_item": True}
    offer = offers(rules=[rule("Cheap", 1, then={"allow": [keep]})])[Resolution.REFUND]

    assert offer.keep_item
    assert offer.words.endswith("Keep the item, nothing is to be sent.")


def test_a_label_may_have_a_fixed_price_and_the_cheapest_of_a_parcel_s_lines_counts():
    dear = rule("Fit", 2, then=ALL | {"label": {"fixed": gbp(500)}})
    cheap = rule("Faulty", 1, FAULTY, then=ALL | {"label": {"fixed": gbp(200)}})
    dress = shirt(id=SCARF)

    both = decided(asked(shirt()), asked(dress, reason="faulty"), rules=[cheap, dear])

    assert (both.label, both.label_price) == (LabelTerms.PAID, pounds(200))
    assert decided(rules=[cheap, dear]).label_price == pounds(500)
    assert decided(label="free").label_price is None


def test_fees_are_taken_off_and_explained():
    fees = [{"kind": "restocking", "percent": 15}, {"kind": "handling", "flat": gbp(300), "words": {"en": "Handling"}}]
    refund = offers(fees=fees)[Resolution.REFUND]

    assert refund.amount == pounds(4500 - 675 - 300)
    assert [(each.code, each.words, each.amount.amount) for each in refund.deductions] == [
        ("restocking", "Restocking fee", 675),
        ("handling", "Handling", 300),
    ]


def test_a_fee_goes_with_the_resolutions_that_it_names():
    fee = {"kind": "handling", "flat": gbp(300)}

    assert offers(fees=[fee])[Resolution.STORE_CREDIT].amount == pounds(4500)
    on_credit = offers(fees=[fee | {"only_for": ["refund", "store_credit"]}])[Resolution.STORE_CREDIT]
    assert (on_credit.amount, on_credit.credit.bonus) == (pounds(4200), pounds(420))


def test_no_fee_is_taken_where_the_retailer_is_at_fault_unless_the_policy_says_so():
    fee = {"kind": "handling", "flat": gbp(300)}
    torn = asked(shirt(), reason="faulty")

    assert decided(torn, fees=[fee]).lines[0].offers[0].amount == pounds(4500)
    assert decided(torn, fees=[fee | {"even_at_fault": True}]).lines[0].offers[0].amount == pounds(4200)


def test_a_fee_per_request_is_shared_by_its_lines_to_the_penny():
    fee = {"kind": "handling", "per": "request", "flat": gbp(100)}
    lines = [asked(shirt(id=SCARF, paid=pounds(1000))), asked(shirt(paid=pounds(2000)))]

    found = [line.offers[0].deductions[0].amount.amount for line in decided(*lines, fees=[fee]).lines]

    assert found == [33, 67]


def test_a_fee_per_request_falls_whole_on_the_lines_whose_choice_it_goes_with():
    fee = {"kind": "handling", "per": "request", "flat": gbp(500)}
    shirts = [shirt(id=SCARF, paid=pounds(4500)), shirt(paid=pounds(9000))]

    def owed(*wanted: Resolution) -> list[list[Money]]:
        lines = [asked(line, wanted=want) for line, want in zip(shirts, wanted, strict=True)]
        return [[offer.amount for offer in line.offers[:2]] for line in decided(*lines, fees=[fee]).lines]

    refund, credit = Resolution.REFUND, Resolution.STORE_CREDIT
    assert owed(refund, refund) == [[pounds(4334), pounds(4500)], [pounds(8666), pounds(9000)]]
    assert owed(refund, credit) == [[pounds(4000), pounds(4500)], [pounds(8666), pounds(9000)]]
    assert owed(credit, refund) == [[pounds(4334), pounds(4500)], [pounds(8500), pounds(9000)]]


def test_a_fee_per_order_is_taken_once_for_all_its_returns():
    fee = {"kind": "handling", "per": "order", "flat": gbp(300)}

    first = decided(fees=[fee]).lines[0].offers[0]
    second = decided(fees=[fee], asking={"fees_taken": ("handling",)}).lines[0].offers[0]

    assert (first.amount, second.amount) == (pounds(4200), pounds(4500))


def test_of_two_lines_with_other_fees_for_the_same_thing_the_dearest_is_taken_once():
    small, large = ({"kind": "handling", "per": "request", "flat": gbp(pence)} for pence in (100, 400))
    rules = [rule("Faulty", 1, FAULTY, then=ALL | {"fees": [large | {"even_at_fault": True}]})]
    lines = [asked(shirt(id=SCARF)), asked(shirt(), reason="faulty")]

    found = decided(*lines, fees=[small], rules=rules).lines

    assert sum(line.offers[0].deductions[0].amount.amount for line in found) == 400


def test_fees_never_take_more_than_there_is():
    refund = offers(fees=[{"kind": "handling", "flat": gbp(9900)}])[Resolution.REFUND]

    assert (refund.amount, refund.deductions[0].amount) == (pounds(0), pounds(4500))


def test_a_fee_in_another_currency_is_not_taken():
    fee = {"kind": "handling", "flat": {"amount": 300, "currency": "EUR"}}

    assert offers(fees=[fee])[Resolution.REFUND].deductions == ()


def test_a_rule_without_fees_of_its_own_takes_the_policy_s_and_an_empty_list_takes_none():
    fee = {"kind": "handling", "flat": gbp(300)}

    assert offers(fees=[fee], rules=[rule("Usual", 1, then=ALL)])[Resolution.REFUND].amount == pounds(4200)
    assert offers(fees=[fee], rules=[rule("None", 1, then=ALL | {"fees": []})])[Resolution.REFUND].amount == pounds(
        4500
    )


def test_a_photo_is_required_by_the_rule_or_by_the_reason_and_sends_to_review_unless_the_policy_says_otherwise():
    by_rule = decided(rules=[rule("Show", 1, then=ALL | {"photo_required": True})]).lines[0]
    by_reason = decided(reasons=[REASONS[0] | {"asks_photo": True}]).lines[0]
    trusted = decided(photos_reviewed=False).lines[0]
    looked_at = decided(photos_reviewed=False, rules=[rule("Look", 1, then=ALL | {"photos_reviewed": True})]).lines[0]

    assert (by_rule.photo_required, by_reason.photo_required, trusted.photo_required) == (True, True, False)
    assert (by_rule.photo_reviewed, trusted.photo_reviewed, looked_at.photo_reviewed) == (True, False, True)


TAGS_ON = {
    "code": "tags_on",
    "words": {"en": "Are the tags on?", "de": "Sind die Etiketten dran?"},
    "answers": [
        {"code": "yes", "words": {"en": "Yes"}},
        {"code": "no", "words": {"en": "No"}, "leads": "reject", "tells": {"en": "Without tags it stays yours."}},
        {"code": "stained", "words": {"en": "It is stained"}, "leads": "donate", "tells": {"en": "Give it away."}},
        {"code": "unsure", "words": {"en": "Not sure"}, "leads": "review"},
    ],
}


def answered(*answers: tuple[str, str]) -> Any:
    given = tuple(AnswerGiven(question=question, answer=answer) for question, answer in answers)
    ask = rule("Tags", 1, then=ALL | {"question": TAGS_ON, "words": {"en": "Thank you."}})
    return decided(asked(shirt(), answers=given), rules=[ask])


@pytest.mark.parametrize("answers", [(), (("other", "yes"),), (("tags_on", "maybe"),)])
def test_until_a_question_is_answered_nothing_is_offered_and_no_label_is_due(answers):
    decision = answered(*answers)

    line = decision.lines[0]
    assert (line.offers, line.words, line.question.code) == ((), None, "tags_on")
    assert [answer.code for answer in line.question.answers] == ["yes", "no", "stained", "unsure"]
    assert decision.label is LabelTerms.NONE


def test_an_answer_lets_go_on_rejects_donates_or_sends_to_review():
    yes, no, stained, unsure = (answered(("tags_on", code)).lines[0] for code in ("yes", "no", "stained", "unsure"))

    assert ([offer.keep_item for offer in yes.offers], yes.words, yes.review) == ([False] * 3, "Thank you.", False)
    assert (no.offers, no.words) == ((), "Without tags it stays yours.")
    assert ([offer.keep_item for offer in stained.offers], stained.words) == ([True] * 3, "Give it away.")
    assert (len(unsure.offers), unsure.review) == (3, True)


def test_a_rule_may_hold_for_review_name_a_hub_and_say_something():
    held = rule("Dear", 1, then=ALL | {"review": True, "hub": "DAV", "words": {"en": "We call you."}})
    decision = decided(rules=[held])

    assert (decision.lines[0].review, decision.hub, decision.lines[0].words) == (True, "DAV", "We call you.")


def test_a_line_of_which_nothing_comes_back_whatever_is_said_is_not_eligible():
    sale = {"field": "product_tags", "op": "is", "value": "sale"}
    no_action = policy(rules=[rule("Sale", 1, sale, then={"allow": ["none"], "words": {"en": "Sale is final."}})])
    on_sale = shirt(tags=("Sale",))

    closed = judge(no_action, order(on_sale), TEN_DAYS_LATER).lines[0]
    line = decide(no_action, a_return(asked(on_sale)), TEN_DAYS_LATER).lines[0]

    assert (closed.eligible, closed.why_not, closed.words) == (False, "no_action", "Sale is final.")
    assert (line.offers, line.words) == ((), "Sale is final.")
    assert judge(no_action, order(shirt()), TEN_DAYS_LATER).lines[0].eligible


def test_what_is_rejected_for_one_reason_only_is_open_until_that_is_given():
    fit_only = policy(rules=[rule("Fit", 1, FAULTY, then={"reject": {"en": "Write to us."}})])

    assert judge(fit_only, order(shirt()), TEN_DAYS_LATER).lines[0].eligible
    assert decide(fit_only, a_return(asked(shirt(), reason="faulty")), TEN_DAYS_LATER).lines[0].words == "Write to us."


def test_no_action_for_one_reason_is_an_offer_of_nothing_which_may_still_be_sent_back():
    none = policy(rules=[rule("Nothing", 1, FAULTY, then={"allow": ["none"]})])

    (offer,) = decide(none, a_return(asked(shirt(), reason="faulty")), TEN_DAYS_LATER).lines[0].offers

    assert (offer.resolution, offer.amount) == (Resolution.NONE, pounds(0))


def test_where_the_shopper_chooses_rules_price_and_bar_but_do_not_narrow():
    free_when_faulty = rule("Faulty", 1, FAULTY, then={"label": "free"})
    never = rule("Sale", 2, {"field": "product_tags", "op": "is", "value": "sale"}, then={"reject": {"en": "No."}})
    chosen = {"choice": "shopper", "label": "paid", "rules": [free_when_faulty, never]}

    faulty = decided(asked(shirt(), reason="faulty"), **chosen)

    assert (len(faulty.lines[0].offers), faulty.label) == (3, LabelTerms.FREE)
    assert decided(asked(shirt(tags=("sale",))), **chosen).lines[0].words == "No."


def test_where_the_rules_decide_there_is_one_offer():
    fit = rule("Fit", 1, {"field": "reason", "op": "is", "value": "does_not_fit"}, then={"allow": ["store_credit"]})
    found = decided(choice="rules", rules=[fit], otherwise={"allow": ["refund"]})

    assert [offer.resolution for offer in found.lines[0].offers] == [Resolution.STORE_CREDIT]


def test_reasons_are_for_some_products_only_where_they_say_so():
    shoes = {"code": "squeaks", "words": {"en": "Squeaks"}, "only_for": {"product_types": ["Shoes"], "tags": ["boots"]}}
    some = policy(reasons=[*REASONS, shoes])
    clogs, boots = shirt(product_type="shoes"), shirt(tags=("Boots",))

    told = [judge(some, order(line), TEN_DAYS_LATER).lines[0].reasons for line in (shirt(), clogs, boots)]

    assert told == [("does_not_fit", "faulty"), None, None]
    assert not decide(some, a_return(asked(shirt(), reason="squeaks")), TEN_DAYS_LATER).lines[0].offers
    assert decide(some, a_return(asked(clogs, reason="squeaks")), TEN_DAYS_LATER).lines[0].offers


def test_lines_of_one_return_have_outcomes_of_their_own():
    refund_faulty = rule("Faulty", 1, FAULTY, then={"allow": ["refund"]})
    lines = [asked(shirt(), reason="faulty"), asked(shirt(id=SCARF))]

    found = decided(*lines, rules=[refund_faulty], otherwise={"allow": ["store_credit"]}).lines

    assert [[offer.resolution for offer in line.offers] for line in found] == [["refund"], ["store_credit"]]


def test_the_trace_says_each_condition_in_staff_words_and_what_is_the_shopper_s_in_theirs():
    blocked = {"field": "customer", "op": "is", "value": "robin@example.com"}
    dear = {"field": "order_value", "op": "at_least", "value": gbp(5000)}
    line = decided(rules=[rule("Blocked", 1, blocked), rule("Dear", 2, dear, then=ALL)]).lines[0]

    hidden, told = line.trace[1].conditions[0], line.trace[2].conditions[0]
    assert (hidden.holds, hidden.shopper) == (False, None)
    assert (told.holds, told.shopper) == (True, "This follows from the order's value.")
    assert line.why == "This follows from the order's value."
    assert "robin" not in line.model_dump_json()


def test_of_very_many_rules_only_the_match_has_its_conditions_one_by_one():
    abroad = {"field": "country", "op": "is", "value": "AU"}
    home = {"field": "country", "op": "is", "value": "GB"}
    many = [*(rule(f"Abroad {at}", at + 1, abroad) for at in range(101)), rule("Home", 200, home)]

    trace = decided(rules=many).lines[0].trace[1:]

    assert [tried.rule for tried in trace] == [each["name"] for each in many]
    assert {len(tried.conditions) for tried in trace[:-1]} == {0}
    assert trace[0].because == "no, country GB: none of AU"
    assert [checked.holds for checked in trace[-1].conditions] == [True]


def test_without_a_trace_the_decision_is_the_same():
    plain = decided(asking={"explain": False})

    assert plain.lines[0].trace == ()
    assert plain.lines[0].offers == decided().lines[0].offers


def test_money_of_lines_in_another_currency_than_the_label_s_price_is_untouched():
    fixed = rule("Fixed", 1, then=ALL | {"label": {"fixed": gbp(500)}})
    euros = shirt(paid=Money(amount=4500, currency="EUR"))

    assert decided(asked(euros), rules=[fixed]).lines[0].offers[0].amount == Money(amount=4500, currency="EUR")
