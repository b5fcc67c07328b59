"""The pages on which a shopper chooses, made of what orders tells of a line."""

from dataclasses import replace
from datetime import date

import pytest

from libs.contracts.values import Contact, Money, Option
from services.portal.intake import Picked
from services.portal.web import choosing
from services.portal.web.answers import Draft
from services.portal.web.choosing import variant_words
from services.portal.web.drafting import wish_of
from tests.unit.portal.test_answers import SHIRT, a_draft, a_line
from tests.unit.portal.test_intake import a_decision

SAGE_10 = (Option(name="Colour", value="Sage"), Option(name="Size", value="10"))
SAM = Contact(name="Sam Ode", email="sam@example.com", language="en-GB")


def page_of(draft: Draft):
    return choosing.items_page(draft, "csrf", None, {}, root="/alder", help_at="help@alder.example")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"variant": "Sage / 10", "options": SAGE_10}, "Colour: Sage, Size: 10"),
        ({"variant": "Sage / 10"}, "Sage / 10"),
        ({"variant": "Default Title", "options": (Option(name="Title", value="Default Title"),)}, None),
        ({"variant": "Sage / 10", "bundle": "Weekend set"}, "Sage / 10 · Weekend set"),
        ({"bundle": "Weekend set"}, "Weekend set"),
        ({}, None),
    ],
)
def test_an_item_is_told_from_its_siblings_by_its_options_and_its_bundle(told: dict, words: str | None):
    line = a_line().model_copy(update=told)

    [card] = page_of(a_draft(line)).items

    assert variant_words(line) == card.product.variant == words


def test_an_item_costs_what_its_shopper_paid_in_their_own_currency():
    paid, kept = Money(amount=15930, currency="EUR"), Money(amount=13500, currency="GBP")
    line = a_line(paid=paid).model_copy(update={"paid_at_shop": kept})

    [card] = page_of(a_draft(line)).items

    assert card.price == Money(amount=5310, currency="EUR")


def test_a_gift_is_given_back_to_whoever_paid_and_its_return_is_the_recipients():
    draft = replace(a_draft(picked=(Picked(SHIRT, 1, "other", resolution="refund"),)), gift=True)
    draft = replace(draft, order=draft.order.model_copy(update={"contact": SAM}))

    page = choosing.check_page(draft, a_decision(), None, "csrf", date(2026, 11, 23))

    assert page.receipt.promise == "To whoever paid for it, the way they paid, once the parcel reaches our hub."
    assert wish_of(draft).recipient == SAM
    assert wish_of(replace(draft, gift=False)).recipient is None
    assert Draft.from_json(draft.as_json()) == draft
