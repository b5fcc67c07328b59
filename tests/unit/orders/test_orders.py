import random
from itertools import permutations
from uuid import UUID

import pytest

from services.orders.domain.orders import KnownOrder, Settled, absorb, identity, less_settled, read_with, view
from tests.unit.orders.shirts import (
    PARCEL,
    SCARF,
    SECOND_PARCEL,
    SHIRT,
    SHOP,
    at,
    delivery,
    order,
    parcel,
    pounds,
    reading,
    scarf,
    shirts,
)

SETTLED = Settled(UUID(int=7), SHIRT, 1)  # one of the two shirts came back


def lines_of(known):
    return {line.shop_line_id: line for line in view(known, SHOP).lines}


def test_an_order_is_seen_as_soon_as_its_payload_has_come():
    seen = view(absorb(KnownOrder(), order()), SHOP)

    assert (seen.number, seen.total, seen.contact.email) == ("AL-1001", pounds("128.00"), "maya@example.com")
    assert [line.title for line in seen.lines] == ["Linen camp shirt", "Wool scarf"]


def test_a_parcel_that_overtakes_its_order_waits_for_it():
    known = absorb(KnownOrder(), parcel(), delivery())

    assert view(known, SHOP) is None
    assert lines_of(absorb(known, order()))[SHIRT].delivered_at == at(3)


def test_an_older_payload_never_overwrites_a_newer_one():
    known = absorb(KnownOrder(), order(5, cancelled=True), order(2))

    assert view(known, SHOP).cancelled


def test_of_two_payloads_with_one_time_the_one_sent_later_stands():
    first, second = order(1, told_at=at(1)), order(1, told_at=at(1.001), cancelled=True)

    assert absorb(KnownOrder(), first, second).order == absorb(KnownOrder(), second, first).order == second


def test_a_line_is_sent_and_delivered_when_its_parcel_is():
    shirt = lines_of(absorb(KnownOrder(), order(), parcel(), delivery()))[SHIRT]

    assert (shirt.fulfilled_at, shirt.delivered_at) == (at(1), at(3))


def test_a_line_that_travelled_in_two_parcels_is_delivered_with_the_last():
    two = (parcel(quantities=((SHIRT, 1),)), parcel(2, SECOND_PARCEL, quantities=((SHIRT, 1),), fulfilled_at=at(2)))

    shirt = lines_of(absorb(KnownOrder(), order(), *two, delivery(3), delivery(9, SECOND_PARCEL)))[SHIRT]

    assert (shirt.fulfilled_at, shirt.delivered_at) == (at(2), at(9))


def test_a_line_tells_the_numbers_of_the_parcels_in_which_it_was_sent_and_of_no_other():
    mine = parcel(quantities=((SHIRT, 2),), tracking_numbers=("SBX1", "SBX2"))
    other = parcel(2, SECOND_PARCEL, quantities=((SCARF, 1),), tracking_numbers=("SBX3",))

    lines = lines_of(absorb(KnownOrder(), order(), mine, other))

    assert (lines[SHIRT].shipped_as, lines[SCARF].shipped_as) == (("SBX1", "SBX2"), ("SBX3",))


def test_a_parcel_that_was_called_back_was_never_sent():
    shirt = lines_of(absorb(KnownOrder(), order(), parcel(), parcel(2, cancelled=True)))[SHIRT]

    assert (shirt.fulfilled_at, shirt.returnable) == (None, 0)


def test_before_the_shop_was_read_what_was_sent_may_come_back():
    known = absorb(KnownOrder(), order(), parcel(quantities=((SHIRT, 1),)))

    assert {gid: line.returnable for gid, line in lines_of(known).items()} == {SHIRT: 1, SCARF: 0}


def test_once_the_shop_was_read_its_own_number_stands():
    known = absorb(KnownOrder(), order(), parcel(), reading(returnable=[(SHIRT, 1)]))

    assert {gid: line.returnable for gid, line in lines_of(known).items()} == {SHIRT: 1, SCARF: 0}


def test_no_more_comes_back_than_was_bought():
    known = absorb(KnownOrder(), reading(returnable=[(SHIRT, 7)]))

    assert lines_of(known)[SHIRT].returnable == 2


def test_a_newer_payload_keeps_the_picture_and_the_tags_that_only_a_reading_has():
    known = absorb(KnownOrder(), reading(4), order(6, lines=(shirts(title="Camp shirt"), scarf())))

    shirt = lines_of(known)[SHIRT]
    assert (shirt.title, shirt.image, shirt.tags) == ("Camp shirt", "https://shop.example/shirt.webp", ("summer",))


def test_an_older_reading_changes_nothing():
    newer = reading(6, returnable=[(SHIRT, 1)])

    assert absorb(KnownOrder(), newer, reading(4)) == absorb(KnownOrder(), newer)


def test_what_was_settled_is_off_the_number_of_a_reading_that_did_not_know_of_it():
    before = less_settled(absorb(KnownOrder(), reading(4)), SETTLED, SETTLED)

    unaware = read_with(before, reading(5), counted=())
    aware = read_with(before, reading(6, returnable=[(SHIRT, 1)]), counted={SETTLED.line_id})

    assert [lines_of(known)[SHIRT].returnable for known in (before, unaware, aware)] == [1, 1, 1]
    assert (unaware.settled, aware.settled) == ((SETTLED,), ())


def test_a_reading_that_comes_too_late_forgets_nothing_that_was_settled():
    known = less_settled(absorb(KnownOrder(), reading(6)), SETTLED)

    assert read_with(known, reading(4), counted={SETTLED.line_id}) == known


def test_a_parcel_told_without_its_delivery_does_not_undo_the_delivery():
    known = absorb(KnownOrder(), reading(4), parcel(6))

    assert lines_of(known)[SHIRT].delivered_at == at(3)


def test_ids_are_the_same_whichever_delivery_comes_first():
    assert lines_of(absorb(KnownOrder(), order()))[SHIRT].id == identity(SHOP, SHIRT)
    assert identity(SHOP, SHIRT) != identity(SHOP, SCARF)


NEWS = (
    order(0),
    order(2, tags=("gift",)),
    order(2, told_at=at(2.5), tags=("gift", "vip")),
    order(5),
    parcel(1),
    parcel(3),
    parcel(2, SECOND_PARCEL),
    parcel(4, SECOND_PARCEL, cancelled=True),
    delivery(3),
    delivery(9, SECOND_PARCEL),
    delivery(3.5),
    reading(4),
    reading(2.5, returnable=[(SHIRT, 1)]),
)


@pytest.mark.parametrize("seed", range(50))
def test_shuffled_repeated_and_late_deliveries_of_one_order_end_in_one_state(seed):
    dice = random.Random(seed)
    heard = list(NEWS) + dice.choices(NEWS, k=8)
    dice.shuffle(heard)

    assert absorb(KnownOrder(), *heard) == absorb(KnownOrder(), *NEWS)


def test_every_order_of_an_orders_first_news_ends_in_one_state():
    first = (order(0), parcel(1), delivery(3), order(4), reading(4.5))

    ends = [absorb(KnownOrder(), *heard) for heard in permutations(first)]

    assert all(end == ends[0] for end in ends)
    assert {f.shop_fulfillment_id for f in ends[0].fulfillments} == {PARCEL}
