"""No policy undercuts the law of a country that it is for, and none that does not is refused."""

from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.errors import Refused
from services.rules import floor
from services.rules.checking import publishable
from services.rules.domain import decide
from services.rules.examples import asked_of, noon
from services.rules.floor import LAWS, Violation
from services.rules.linting import Work, written
from services.rules.linting.countries import COUNTRIES
from services.rules.linting.search import MOST_WORK
from services.rules.policy import Document, compiled, read
from services.rules.policy.examples import Item
from tests.unit.rules.examples import REFUND, document, rule

TODAY = date(2026, 11, 23)
CREDIT = {"allow": ["store_credit"]}
NO = {"reject": {"en": "No."}}
FAULT = {"code": "faulty", "words": {"en": "Faulty"}, "fault": "retailer"}
REASONS = [{"code": "changed_mind", "words": {"en": "Changed my mind"}}, FAULT]
OFFERS = [{"resolution": "refund"}, {"resolution": "store_credit"}, {"resolution": "exchange"}]
EUROPE = {"AT", "DE", "FR", "IE", "NL", "SE", "GB", "NO", "IS", "LI"}


def country(*codes: str, op: str = "in") -> dict[str, Any]:
    return {"field": "country", "op": op, "values": list(codes)}


def reason(*codes: str) -> dict[str, Any]:
    return {"field": "reason", "op": "in", "values": list(codes)}


def policy(*rules: dict[str, Any], **changes: Any) -> Document:
    return read(document(**({"reasons": REASONS, "offers": OFFERS, "rules": list(rules)} | changes)))


def below(*rules: dict[str, Any], **changes: Any) -> tuple[Violation, ...]:
    return floor.check(policy(*rules, **changes), TODAY)


def countries(found: tuple[Violation, ...]) -> set[str]:
    return {code for each in found for code in each.countries}


def test_every_country_that_is_promised_has_its_law_with_a_source_and_the_day_it_was_read():
    promised = {*"AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()}  # noqa: SIM905

    assert set(LAWS) == promised | {"GB", "NO", "IS", "LI", "CH", "US", "AU", "NZ", "JP"}
    assert set(LAWS) <= COUNTRIES
    for law in LAWS.values():
        rights = [right for right in (law.withdrawal, law.outbound, law.faulty) if right is not None]
        assert all(right.words and right.source for right in rights)
        assert rights or law.note
        assert law.read <= TODAY


def test_a_month_of_refunds_with_free_labels_is_above_every_floor():
    assert below() == ()


@pytest.mark.parametrize("days", [1, 7, 13])
def test_a_window_that_closes_before_the_right_of_withdrawal_is_refused_in_europe(days):
    found = below(window={"days": days})

    assert countries(found) >= EUROPE
    assert not countries(found) & {"US", "CH", "AU", "NZ", "JP"}
    assert {each.path for each in found} == {"window"}


def test_fourteen_days_from_delivery_are_enough_to_withdraw_and_thirty_for_what_is_faulty_in_britain():
    thirty = [{"name": "Faults", "when": [reason("faulty")], "days": 30}]

    assert below(window={"days": 14}, sells_to=["DE", "AU"]) == ()
    assert below(window={"days": 14, "instead": thirty}) == ()
    [found] = below(window={"days": 14})
    assert (found.countries, found.path) == (("GB",), "window")
    assert "before 30 days are over" in found.words and "sections 20, 22" in found.law


def test_days_from_the_order_must_leave_room_for_the_delivery():
    assert countries(below(window={"days": 43, "start": "order"})) >= EUROPE
    assert countries(below(window={"days": 44, "start": "order"})) == {"GB"}
    assert below(window={"days": 60, "start": "order"}) == ()


def test_a_short_window_for_one_country_is_refused_for_that_country_alone():
    instead = [{"name": "Germany", "when": [country("DE", "US")], "days": 10}]

    [found] = below(window={"days": 30, "instead": instead})

    assert (found.countries, found.path) == (("DE",), "window.instead.0")


def test_a_short_window_that_an_earlier_one_stands_in_for_never_counts():
    instead = [
        {"name": "Europe and more", "when": [country("DE", "FR")], "days": 30},
        {"name": "Germany", "when": [country("DE")], "days": 10},
    ]

    assert below(window={"days": 30, "instead": instead}) == ()


def test_a_short_window_for_purchases_in_a_store_is_allowed():
    at_a_counter = {"field": "channel", "op": "is", "value": "store"}
    in_store = {"name": "Store", "when": [at_a_counter, reason("changed_mind")], "days": 7}

    assert below(window={"days": 30, "instead": [in_store]}) == ()


def test_a_policy_is_held_to_the_law_of_the_countries_it_sells_to():
    assert below(window={"days": 7}, sells_to=["US", "AU"]) == ()
    assert countries(below(window={"days": 7}, sells_to=["US", "DE"])) == {"DE"}
    assert countries(below(window={"days": 7}, sells_to=["UK"])) >= EUROPE


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (NO, "gives nothing within the period of withdrawal"),
        ({"allow": ["none"]}, "gives nothing within the period of withdrawal"),
        (CREDIT, "gives no refund within the period of withdrawal"),
        (REFUND | {"fees": [{"kind": "restocking", "percent": 10}]}, "takes a fee off the refund"),
        (
            REFUND
            | {
                "question": {
                    "code": "tags",
                    "words": {"en": "Tags on?"},
                    "answers": [
                        {"code": "yes", "words": {"en": "Yes"}},
                        {"code": "no", "words": {"en": "No"}, "leads": "reject", "tells": {"en": "Not without tags."}},
                    ],
                }
            },
            "lets an answer reject",
        ),
    ],
)
def test_what_takes_away_the_right_of_withdrawal_is_refused(then, words):
    found = below(rule("Changed mind", 10, reason("changed_mind"), then=then))

    assert countries(found) >= EUROPE
    assert not countries(found) & {"US", "CH", "AU", "NZ", "JP"}
    assert all(words in each.words and each.path == "rules.0.then" for each in found)


@pytest.mark.parametrize(
    "then",
    [
        REFUND | {"label": "paid"},
        {"allow": ["refund", "store_credit"]},
        REFUND | {"review": True},
        REFUND | {"fees": [{"kind": "handling", "percent": 10, "only_for": ["store_credit"]}]},
    ],
)
def test_who_withdraws_may_pay_for_the_way_back_and_may_be_offered_more(then):
    assert below(rule("Changed mind", 10, reason("changed_mind"), then=then)) == ()


def test_goods_on_sale_are_no_exception_but_exempt_goods_are():
    sale = rule("Sale", 10, {"field": "product_tags", "op": "in", "values": ["sale"]}, reason("changed_mind"), then=NO)

    assert countries(below(sale)) >= EUROPE
    assert below(sale, exempt_tags=["Sale", "final-sale"]) == ()


def test_a_final_sale_must_be_of_goods_that_are_exempt():
    found = below(final_sale_tags=["final-sale", "Made to order"], exempt_tags=["made to order"])

    assert countries(found) >= EUROPE
    assert {each.path for each in found} == {"final_sale_tags.0"}


def test_after_the_right_of_withdrawal_a_policy_may_give_credit_only():
    late = rule(
        "Late", 10, {"field": "days_since_delivery", "op": "at_least", "value": 15}, reason("changed_mind"), then=CREDIT
    )
    early = late | {"when": [{"field": "days_since_delivery", "op": "at_least", "value": 14}, reason("changed_mind")]}

    assert below(late) == ()
    assert countries(below(early)) >= EUROPE


def test_purchases_in_a_store_are_no_purchases_at_a_distance():
    in_store = {"field": "channel", "op": "is", "value": "store"}

    assert below(rule("Store", 10, in_store, reason("changed_mind"), then=CREDIT)) == ()


@pytest.mark.parametrize(
    ("then", "refused", "allowed"),
    [
        (CREDIT, {"DE", "NO", "GB", "AU", "NZ"}, {"US", "CH", "JP"}),
        (NO, {"DE", "NO", "GB", "AU", "NZ"}, {"US", "CH", "JP"}),
        ({"allow": ["exchange"]}, {"GB", "AU", "NZ"}, {"DE", "NO", "US"}),
        (REFUND | {"label": "paid"}, {"DE", "NO", "GB"}, {"AU", "NZ", "US"}),
        (
            REFUND | {"fees": [{"kind": "handling", "percent": 5, "even_at_fault": True}]},
            {"DE", "NO", "GB", "AU", "NZ"},
            {"US"},
        ),
    ],
)
def test_faulty_goods_are_not_for_credit_alone(then, refused, allowed):
    found = countries(below(rule("Faulty", 10, reason("faulty"), then=then)))

    assert refused <= found
    assert not allowed & found


def test_a_question_may_not_reject_faulty_goods_whatever_is_answered():
    rejects = {"words": {"en": "Yes"}, "leads": "reject", "tells": {"en": "No."}}
    answers = [rejects | {"code": "yes"}, rejects | {"code": "no"}]
    asked = {"code": "worn", "words": {"en": "Was it worn?"}, "answers": answers}
    open_ = asked | {"answers": [answers[0], {"code": "no", "words": {"en": "No"}}]}

    found = below(rule("Faulty", 10, reason("faulty"), then=REFUND | {"question": asked}))

    assert {"GB", "DE", "AU"} <= countries(found)
    assert all("whatever is answered" in each.words for each in found)
    assert below(rule("Faulty", 10, reason("faulty"), then=REFUND | {"question": open_})) == ()


def test_what_could_not_be_checked_says_so_and_is_not_published():
    skus = [rule(f"Rule {at}", at + 1, {"field": "sku", "op": "is", "value": f"s{at}"}) for at in range(30)]
    made = policy(*skus, rule("Nothing", 99, then=NO), sells_to=["DE"])

    found = floor.check(made, TODAY, work=Work(10))

    assert {(each.path, each.countries) for each in found} == {("rules.30.then", ("DE",))}
    assert all(each.words.startswith("could not be checked") and each.witness is None for each in found)
    assert {each.path for each in floor.check(made, TODAY)} == {"rules.30.then"}


def test_a_thousand_rules_are_looked_at_within_the_work_there_is():
    chance = Random(7)
    codes = sorted(COUNTRIES)
    rules = [
        rule(
            f"Rule {at}",
            at + 1,
            country(*chance.sample(codes, 3)),
            {"field": "sku", "op": "in", "values": [f"s{chance.randrange(40_000)}" for _ in range(20)]},
            then=chance.choice([REFUND, {"allow": ["refund", "store_credit"]}, CREDIT | {"words": {"en": "Credit."}}]),
        )
        for at in range(1_000)
    ]
    work = Work()

    found = floor.check(policy(*rules, sells_to=["US", "DE"]), TODAY, work=work)

    assert found and not [each for each in found if each.words.startswith("could not be checked")]
    assert work.left > MOST_WORK // 2


def test_who_names_no_reason_as_the_retailer_s_fault_is_told_that_nothing_is_looked_at():
    nobody = [{"code": "faulty", "words": {"en": "Faulty"}}]

    assert floor.names_no_fault(policy(reasons=nobody, sells_to=["AU"]))
    assert not floor.names_no_fault(policy(reasons=nobody, sells_to=["US"]))
    assert not floor.names_no_fault(policy(sells_to=["AU"]))


def test_what_is_faulty_comes_back_from_a_final_sale_and_what_was_not_wanted_does_not():
    made = policy(final_sale_tags=["sale"], sells_to=["AU"])
    items = {why: Item(country="AU", reason=why, product_tags=("Sale",)) for why in ("faulty", "changed_mind")}

    given_ = {why: decide(compiled(made, 1), asked_of(item, TODAY), noon(TODAY)) for why, item in items.items()}

    assert below(final_sale_tags=["sale"], sells_to=["AU"]) == ()
    assert [offer.resolution for offer in given_["faulty"].lines[0].offers] == ["refund"]
    assert given_["changed_mind"].lines[0].offers == ()


def test_a_british_exchange_of_faulty_goods_will_do_after_thirty_days():
    late = {"field": "days_since_delivery", "op": "at_least", "value": 31}

    assert (
        below(
            rule("Old", 10, late, reason("faulty"), then={"allow": ["exchange"]}), window={"days": 365}, sells_to=["GB"]
        )
        == ()
    )


def test_a_rule_that_never_decides_such_a_case_is_left_alone():
    first = rule("All", 5)

    assert below(first, rule("Never", 10, reason("changed_mind"), then=NO)) == ()


def test_the_default_is_looked_at_like_a_rule():
    found = below(rule("Faulty", 10, reason("faulty")), otherwise=NO)

    assert {each.path for each in found} == {"otherwise"}
    assert countries(found) >= EUROPE


def test_a_policy_below_the_floor_is_not_published_and_the_reason_names_country_law_and_place():
    credit = policy(rule("Faulty", 10, reason("faulty"), then=CREDIT), sells_to=["AU"])

    with pytest.raises(Refused) as refused:
        publishable(credit, noon(TODAY))

    assert refused.value.code == "rules.below_floor"
    for part in ("rules.0.then", "AU", "no refund for faulty goods", "Australian Consumer Law", "no legal advice"):
        assert part in refused.value.detail


SOLD_TO = ["DE", "GB", "AU", "US"]
DAYS = [0, 14, 15, 30, 31]
conditions = st.sampled_from(
    [
        country("DE"),
        country("GB", "AU"),
        country("US", op="none_of"),
        reason("faulty"),
        reason("changed_mind"),
        {"field": "channel", "op": "is", "value": "store"},
        {"field": "product_tags", "op": "in", "values": ["hygiene"]},
        {"field": "product_tags", "op": "none_of", "values": ["sale"]},
        {"field": "days_since_delivery", "op": "at_most", "value": 14},
        {"field": "days_since_delivery", "op": "at_least", "value": 14},
    ]
)
outcomes = st.sampled_from([REFUND, CREDIT, NO, REFUND | {"label": "paid"}, {"allow": ["exchange"]}])


@st.composite
def policies(draw: st.DrawFn) -> Document:
    rules = [
        rule(f"Rule {at}", at + 1, *draw(st.lists(conditions, max_size=2)), then=draw(outcomes))
        for at in range(draw(st.integers(0, 4)))
    ]
    return policy(
        *rules, exempt_tags=["hygiene", "final-sale"], sells_to=SOLD_TO, window={"days": None}, otherwise=draw(outcomes)
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@given(policies())
def test_it_finds_a_rule_below_the_floor_where_trying_every_case_does(made: Document) -> None:
    named = countries(floor.check(made, TODAY))

    assert named == {code for code in SOLD_TO if any(undercuts(made, item) for item in items(code))}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(policies())
def test_its_witness_is_a_case_that_undercuts_the_law(made: Document) -> None:
    for each in floor.check(made, TODAY):
        assert each.witness is not None
        item = Item.model_validate(written(each.witness))
        assert item.country in each.countries
        assert undercuts(made, item)


def items(code: str) -> list[Item]:
    return [
        Item(country=code, reason=why, channel=channel, product_tags=tags, days_since_delivery=days, on=TODAY)
        for why in ("faulty", "changed_mind")
        for channel in ("online", "store")
        for tags in ((), ("sale",), ("hygiene",), ("sale", "hygiene"))
        for days in DAYS
    ]


def undercuts(made: Document, item: Item) -> bool:
    """Whether the real decision on the item is below the law of its country, said again by hand."""
    decision = decide(compiled(made, 1), asked_of(item, TODAY), noon(TODAY))
    given_ = {offer.resolution for offer in decision.lines[0].offers} - {"none"}
    days = -1 if item.days_since_delivery is None else item.days_since_delivery
    if item.reason == "changed_mind":
        withdrawn = item.channel == "online" and days <= 14 and "hygiene" not in item.product_tags
        return item.country in {"DE", "GB"} and withdrawn and "refund" not in given_
    in_money = {"DE": False, "GB": True, "AU": True}
    if item.country not in in_money or (item.country == "GB" and not 0 <= days <= 30):
        return False
    if in_money[item.country] and "refund" not in given_:
        return True
    return not given_ & {"refund", "exchange"} or (item.country != "AU" and decision.label == "paid")
