"""Deliveries in any order, repeated or late, end in one state: here as the pure fold, without a database."""

import random

import pytest

from services.orders.domain.heard import Heard
from services.orders.domain.orders import KnownOrder, absorb, view
from services.orders.outside.webhooks import read
from tests.unit.orders.deliveries import forty
from tests.unit.orders.shirts import PARCEL, SECOND_PARCEL, SHIRT, SHOP, at, reading

NEWS = [
    item
    for each in forty()
    if isinstance(told := read(each.topic, each.body, told_at=each.told_at), Heard)
    for item in told.news
]


def folded(news):
    return absorb(KnownOrder(), *news)


def shuffled(seed, news):
    """In another order, with half of them told twice."""
    chance = random.Random(seed)
    more = [*news, *chance.sample(news, len(news) // 2)]
    chance.shuffle(more)
    return more


def test_forty_deliveries_shuffled_three_hundred_ways_end_in_one_order():
    ends = {repr(folded(shuffled(seed, NEWS))) for seed in range(300)}

    assert len(ends) == 1


def test_readings_between_them_change_nothing_of_that():
    readings = [reading(hours) for hours in (2, 6, 9)] + [reading(9, returnable=((SHIRT, 1),))]

    ends = {repr(folded(shuffled(seed, [*NEWS, *readings]))) for seed in range(300)}

    assert len(ends) == 1


def test_the_end_is_what_the_shop_said_last():
    seen, known = view(folded(NEWS), SHOP), folded(NEWS)

    assert seen.cancelled
    assert known.order.updated_at == at(12)
    assert {parcel.shop_fulfillment_id: parcel.cancelled for parcel in known.fulfillments} == {
        PARCEL: False,
        SECOND_PARCEL: True,
    }
    assert seen.lines[0].delivered_at == at(5)


@pytest.mark.parametrize("late", range(len(NEWS)))
def test_a_delivery_that_comes_days_late_changes_nothing_that_is_newer(late):
    others = [news for place, news in enumerate(NEWS) if place != late]

    assert folded([*others, NEWS[late]]) == folded(NEWS)
