"""What comes on top of store credit is in every total that its shopper sees, from the choice to the end."""

from dataclasses import replace
from datetime import date

import pytest

from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.rules import Offer
from libs.contracts.values import CreditTerms, Resolution, Stage
from services.portal.api.telling import told
from services.portal.bonuses import bonus_of
from services.portal.domain import Awaiting, Deduction, Effect, MoneyState
from services.portal.intake import Picked
from services.portal.store.returns import Happened, Story
from services.portal.web import choosing, words
from tests.unit.portal.lives import a_line, a_return, an_id, pounds
from tests.unit.portal.test_answers import SHIRT, a_draft
from tests.unit.portal.test_intake import a_decision
from tests.unit.portal.test_present import NOON, a_page

CREDIT = CreditTerms(bonus=pounds(500), valid_days=365)


def with_credit(decision):
    """The policy gives five pounds more as store credit."""
    offer = Offer(
        resolution=Resolution.STORE_CREDIT,
        amount=pounds(5000),
        stage=Stage.HUB_SCAN,
        words="A gift card",
        credit=CREDIT,
    )
    lines = tuple(line.model_copy(update={"offers": (offer,)}) for line in decision.lines)
    return decision.model_copy(update={"lines": lines})


def a_credit(**changes):
    line = a_line(owed=5000, resolution=Resolution.STORE_CREDIT)
    return replace(line, asked=line.asked.model_copy(update={"credit": CREDIT}), **changes)


def settled(line, **given):
    fact = SettlementSucceededV1(
        return_id=an_id("return"),
        settlement_id=an_id("settlement"),
        line_ids=(line.asked.id,),
        resolution=Resolution.STORE_CREDIT,
        amount=pounds(5000),
        reference="gid://shopify/GiftCard/1",
    ).model_copy(update=given)
    return Happened(type=fact.type(), at=NOON, effect=Effect.APPLIED, by=None, data=fact.model_dump(mode="json"))


def story_of(line, *facts, awaiting=Awaiting.DROPOFF):
    ret = a_return(line, awaiting=awaiting)
    return Story(ret, NOON, NOON, NOON, {}, "/r/x", facts, {})


def test_an_amount_with_its_bonus_is_written_as_a_sum():
    with words.speaking("en-GB", today=date(2026, 11, 23)):
        assert words.worth(pounds(5000), pounds(500)) == "£50.00 + £5.00 bonus = £55.00"
        assert words.worth(pounds(5000), None) == "£50.00"


def test_whoever_got_a_gift_is_not_told_its_worth():
    with words.speaking("en-GB", today=date(2026, 11, 23), tells_prices=False):
        assert words.worth(pounds(5000), pounds(500)) == words.COVERED


def test_the_choice_and_its_confirmation_count_the_bonus():
    draft, decision = a_draft(picked=(Picked(SHIRT, 1, "other", resolution="store_credit"),)), with_credit(a_decision())

    items = choosing.items_page(draft, "csrf", decision, {}, root="/alder", help_at="help@alder.example")
    check = choosing.check_page(draft, decision, None, "csrf", date(2026, 11, 23))

    assert (items.items[0].offers[0].amount, items.items[0].offers[0].bonus) == (pounds(5000), pounds(500))
    assert items.dock.total == check.receipt.total == pounds(5500)
    assert [(row.words, row.amount) for row in check.receipt.rows if row.amount.amount][1:] == [
        ("Bonus on top", pounds(500))
    ]
    assert (check.items[0].amount, check.items[0].bonus) == (pounds(5000), pounds(500))


def test_the_page_of_the_return_and_programs_are_told_the_same_sum():
    ret = a_return(a_credit(), awaiting=Awaiting.DROPOFF)

    page, program = a_page(ret), told(story_of(a_credit()), ())

    assert page.receipt.total == program.total == program.lines[0].total == pounds(5500)
    assert (page.items[0].amount, page.items[0].bonus) == (pounds(5000), pounds(500))
    assert (program.due, program.lines[0].due, program.lines[0].bonus) == (pounds(5000), pounds(5000), pounds(500))


@pytest.mark.parametrize(("given", "bonus"), [({"bonus": pounds(500)}, pounds(500)), ({}, None)])
def test_once_it_is_settled_the_bonus_is_the_one_that_was_given(given, bonus):
    line = a_credit(money=MoneyState.SETTLED, paid=pounds(5000))

    assert bonus_of(line, story_of(line, settled(line, **given))) == bonus


@pytest.mark.parametrize(
    "changes",
    [
        {"instead": Resolution.REFUND},
        {"money": MoneyState.WAIVED},
        {"deductions": (Deduction("not_arrived", pounds(5000), "Nothing came"),)},
    ],
)
def test_nothing_comes_on_top_of_nothing_or_of_another_resolution(changes):
    line = a_credit(**changes)

    assert bonus_of(line, story_of(line)) is None
