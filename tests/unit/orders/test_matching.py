from dataclasses import replace
from uuid import UUID

import pytest

from libs.contracts.values import Disposed, Disposition, ExchangeVariant, Resolution
from services.orders.domain.matching import (
    Effect,
    Finding,
    LineNotInReturn,
    NotReturnable,
    ProcessItem,
    ReleaseItem,
    Returnable,
    ReturnItem,
    ShopRefund,
    ShopReturn,
    ShopReturnLine,
    allot,
    cancelled,
    closed,
    items_of,
    labelled,
    note,
    opened,
    photos_sent,
    processed,
    released,
    reopened,
    unreceived,
)
from tests.unit.orders.shirts import SCARF, SHIRT, pounds, returned

NUMBER, KEY = "R-7KQ2M9", UUID(int=77)
SHOP_LINES = {UUID(int=101): SHIRT, UUID(int=102): SHIRT, UUID(int=103): SCARF}
LEFT = (
    Returnable("parcel-1/shirt", SHIRT, 1),
    Returnable("parcel-2/shirt", SHIRT, 2),
    Returnable("parcel-2/scarf", SCARF, 1),
)
PAGE = "https://returns.alder.example/admin/returns/R-7KQ2M9"


def places(*lines):
    return {line.id: place for place, line in enumerate(lines, start=1)}


def allotted(*lines, **more):
    return allot(NUMBER, lines, places(*lines), shop_lines=SHOP_LINES, left=LEFT, **more)


def shop_return(*lines, **changes):
    return ShopReturn(**{"id": "gid://shopify/Return/1", "is_closed": False, "lines": lines} | changes)


def shop_line(line_id="shirt", quantity=1, done=0, place=1, number=NUMBER):
    return ShopReturnLine(line_id, f"parcel/{line_id}", quantity, done, f"{number}/{place} too small")


def refund(refund_id="refund-1", amount="45.00", key=None):
    return ShopRefund(refund_id, pounds(amount), f"{NUMBER} {key}" if key else "")


def judge(held, *items, owed="45.00", taken=frozenset()):
    return processed(held, items or [ProcessItem("shirt", 1, 0)], owed=pounds(owed), key=KEY, taken=taken)


def test_the_note_at_the_shop_begins_with_our_mark_and_says_why():
    line = returned(sub_reason="sleeves", comment="Too tight\n at the arm")

    assert note(NUMBER, 2, line) == "R-7KQ2M9/2 too small, sleeves; refund: Too tight at the arm"


def test_a_long_comment_is_cut_where_the_shop_would_refuse_it():
    assert len(note(NUMBER, 1, returned(comment="x" * 400))) == 255


def test_a_line_is_taken_from_as_many_parcels_as_it_came_in():
    items = allotted(returned(1, quantity=2))

    assert [(item.fulfillment_line_id, item.quantity) for item in items] == [
        ("parcel-1/shirt", 1),
        ("parcel-2/shirt", 1),
    ]


def test_two_lines_of_one_shirt_do_not_take_the_same_shirt_twice():
    items = allotted(returned(1, quantity=2), returned(2))

    assert sum(item.quantity for item in items) == 3
    assert {item.note.split()[0] for item in items} == {"R-7KQ2M9/1", "R-7KQ2M9/2"}


def test_more_than_the_shop_has_left_is_refused_with_the_numbers():
    with pytest.raises(NotReturnable, match="4 of Linen camp shirt asked, 3 left"):
        allotted(returned(1, quantity=4))


def test_a_line_that_the_shop_does_not_know_is_refused():
    with pytest.raises(NotReturnable):
        allotted(returned(9))


def test_lines_are_found_in_the_shops_return_by_their_marks():
    held = shop_return(shop_line("scarf", place=2), shop_line("shirt-a", place=1), shop_line("shirt-b", place=1))

    items = items_of(held, NUMBER, [returned(1, quantity=2)], {UUID(int=1): 1, UUID(int=2): 2})

    assert items == (ProcessItem("shirt-a", 1, 0), ProcessItem("shirt-b", 1, 0))


def test_a_line_that_is_processed_already_is_not_processed_again():
    with pytest.raises(LineNotInReturn):
        items_of(shop_return(shop_line(done=1)), NUMBER, [returned(1)], {UUID(int=1): 1})


def test_a_line_of_another_return_is_not_ours():
    with pytest.raises(LineNotInReturn):
        items_of(shop_return(shop_line(number="R-OTHER1")), NUMBER, [returned(1)], {UUID(int=1): 1})


def test_a_line_opened_at_a_later_attempt_keeps_its_mark():
    first, second = returned(1), returned(2)

    (item,) = allot(NUMBER, [second], places(first, second), shop_lines=SHOP_LINES, left=LEFT)

    assert item.note.startswith(f"{NUMBER}/2 ")


def test_two_of_three_shirts_are_processed():
    line = returned(1, quantity=2)

    assert items_of(shop_return(shop_line(quantity=3)), NUMBER, [line], places(line)) == (ProcessItem("shirt", 2, 0),)


def test_what_a_shopper_keeps_is_disposed_of_at_its_reverse_line():
    line = returned(1, keep_item=True)
    held = shop_return(replace(shop_line(), reverse_line_id="reverse-1"))

    (item,) = items_of(held, NUMBER, [line], places(line))

    assert (item.disposed_at, item.disposed) == ("reverse-1", (("NOT_RESTOCKED", 1),))


def test_what_a_hub_decided_becomes_of_the_goods_is_told_of_as_many_as_are_processed():
    given_away = Disposed(disposition=Disposition.DONATE, quantity=1)
    mended = Disposed(disposition=Disposition.REFURBISH, quantity=2)
    line = returned(1, quantity=3, disposed=(given_away, mended))
    first, second = shop_line(), replace(shop_line(quantity=2), id="shirt-2")
    held = shop_return(replace(first, reverse_line_id="reverse-1"), replace(second, reverse_line_id="reverse-2"))

    items = items_of(held, NUMBER, [line], places(line))

    assert [(item.disposed_at, item.disposed) for item in items] == [
        ("reverse-1", (("NOT_RESTOCKED", 1),)),
        ("reverse-2", (("PROCESSING_REQUIRED", 2),)),
    ]


def test_what_goes_back_on_the_shelf_is_the_shops_to_put_there():
    line = returned(1, quantity=2, disposed=(Disposed(disposition=Disposition.RESTOCK, quantity=5),))
    held = shop_return(replace(shop_line(quantity=2), reverse_line_id="reverse-1"))

    (item,) = items_of(held, NUMBER, [line], places(line))

    assert (item.quantity, item.disposed_at, item.disposed) == (2, None, ())


def test_what_never_came_is_what_is_not_processed():
    line = returned(1)
    held = shop_return(shop_line(quantity=3, done=2), shop_line("scarf", place=2))

    assert unreceived(held, NUMBER, [line], places(line)) == (ReleaseItem("shirt", 1, 3),)


def test_units_that_a_person_settled_are_not_released_though_the_shop_has_not_processed_them():
    line = returned(1)

    assert unreceived(shop_return(shop_line(quantity=3)), NUMBER, [line], places(line)) == (ReleaseItem("shirt", 1, 3),)


def test_of_a_line_that_came_whole_nothing_is_released():
    line = returned(1)

    assert unreceived(shop_return(shop_line(done=1)), NUMBER, [line], places(line)) == ()


RELEASED = (ReleaseItem("shirt", 1, 3), ReleaseItem("scarf", 1, 1))


def test_a_release_is_found_by_what_the_lines_hold_now():
    held = shop_return(shop_line(quantity=2, done=2))

    assert released(held, RELEASED) == Effect("gid://shopify/Return/1")


def test_a_release_that_the_shop_never_made_is_not_there():
    assert released(shop_return(shop_line(quantity=3), shop_line("scarf")), RELEASED) is Finding.NOT_THERE


def test_a_release_made_in_part_is_for_a_person():
    assert released(shop_return(shop_line(quantity=2), shop_line("scarf")), RELEASED) is Finding.UNCLEAR


ASKED = (ReturnItem("parcel/shirt", 1, f"{NUMBER}/1 too small"),)


def test_a_return_whose_answer_was_lost_is_found_by_its_marks():
    held = [shop_return(shop_line(number="R-OTHER1"), id="theirs"), shop_return(shop_line(), id="ours")]

    assert opened(held, NUMBER, ASKED) == Effect("ours")


def test_a_return_that_the_shop_never_opened_is_not_there():
    assert opened([shop_return(shop_line(number="R-OTHER1"))], NUMBER, ASKED) is Finding.NOT_THERE
    assert opened([], NUMBER, ASKED) is Finding.NOT_THERE


def test_a_number_that_begins_like_ours_is_not_ours():
    assert opened([shop_return(shop_line(number=f"{NUMBER}9"))], NUMBER, ASKED) is Finding.NOT_THERE


def test_the_return_of_an_earlier_attempt_is_not_the_one_that_was_opened_now():
    held = [shop_return(shop_line(), id="former", is_cancelled=True), shop_return(shop_line(), id="ours")]

    assert opened(held, NUMBER, ASKED, taken=frozenset({"former"})) == Effect("ours")
    assert opened(held[:1], NUMBER, ASKED, taken=frozenset({"former"})) is Finding.NOT_THERE


def test_a_return_of_ours_with_other_lines_is_for_a_person():
    assert opened([shop_return(shop_line(quantity=2))], NUMBER, ASKED) is Finding.UNCLEAR


def test_two_returns_of_ours_are_for_a_person():
    assert opened([shop_return(shop_line()), shop_return(shop_line())], NUMBER, ASKED) is Finding.UNCLEAR


def test_a_settlement_whose_answer_was_lost_is_found_by_its_lines_and_its_refund():
    held = shop_return(shop_line(done=1), refunds=(refund(key=KEY),))

    assert judge(held) == Effect("refund-1")


def test_a_settlement_that_the_shop_never_made_is_not_there():
    assert judge(shop_return(shop_line())) is Finding.NOT_THERE


def test_lines_processed_without_our_money_are_for_a_person():
    assert judge(shop_return(shop_line(done=1))) is Finding.UNCLEAR
    assert judge(shop_return(shop_line(done=1), refunds=(refund(amount="44.99"),))) is Finding.UNCLEAR


def test_lines_processed_in_part_are_for_a_person():
    held = shop_return(shop_line("shirt", done=1), shop_line("scarf", place=2))

    assert judge(held, ProcessItem("shirt", 1, 0), ProcessItem("scarf", 1, 0)) is Finding.UNCLEAR


def test_what_was_processed_before_we_asked_is_not_counted_as_ours():
    held = shop_return(shop_line(quantity=2, done=1))

    assert judge(held, ProcessItem("shirt", 1, 1)) is Finding.NOT_THERE


def test_one_refund_is_the_effect_of_one_settlement():
    held = shop_return(shop_line(done=1), refunds=(refund("first"), refund("second")))

    assert judge(held) is Finding.UNCLEAR
    assert judge(held, taken=frozenset({"first"})) == Effect("second")


def test_of_two_equal_refunds_the_one_with_our_key_is_ours():
    held = shop_return(shop_line(done=1), refunds=(refund("theirs"), refund("ours", key=KEY)))

    assert judge(held) == Effect("ours")


def test_lines_that_give_nothing_are_settled_when_they_are_processed():
    assert judge(shop_return(shop_line(done=1)), owed="0.00") == Effect("gid://shopify/Return/1")


def test_a_label_is_found_by_its_number():
    held = shop_return(labels=(("OR1", "delivery-1"),))

    assert labelled(held, "OR1") == Effect("delivery-1")
    assert labelled(held, "OR2") is Finding.NOT_THERE


def test_a_closed_return_says_so():
    assert closed(shop_return(is_closed=True)) == Effect("gid://shopify/Return/1")
    assert closed(shop_return()) is Finding.NOT_THERE


def test_a_return_is_open_again_when_it_is_neither_closed_nor_cancelled():
    assert reopened(shop_return()) == Effect("gid://shopify/Return/1")
    assert reopened(shop_return(is_closed=True)) is Finding.NOT_THERE


def test_a_return_that_is_cancelled_or_could_only_be_closed_is_over():
    assert cancelled(shop_return(is_cancelled=True)) == Effect("gid://shopify/Return/1")
    assert cancelled(shop_return(is_closed=True)) == Effect("gid://shopify/Return/1")
    assert cancelled(shop_return()) is Finding.NOT_THERE


def test_the_note_at_the_shop_says_what_is_wished_for_and_that_photos_were_sent():
    trousers = ExchangeVariant(id="gid://shopify/ProductVariant/9", title="Wide-leg trousers, Ink / 12")
    line = returned(comment="Too tight", resolution=Resolution.EXCHANGE, exchange_variant=trousers)

    assert note(NUMBER, 1, line, photos_sent(2, PAGE)) == (
        f"R-7KQ2M9/1 too small; exchange for Wide-leg trousers, Ink / 12; 2 photos ({PAGE}): Too tight"
    )
    assert (
        note(NUMBER, 1, returned(resolution=Resolution.STORE_CREDIT), photos_sent(1, None))
        == "R-7KQ2M9/1 too small; store credit; 1 photo"
    )
    assert photos_sent(0, PAGE) == ""


def test_a_note_that_is_too_long_keeps_the_way_to_the_photos():
    trousers = ExchangeVariant(id="gid://shopify/ProductVariant/9", title="Wide-leg trousers, " + "Ink " * 80)
    line = returned(comment="Too tight", resolution=Resolution.EXCHANGE, exchange_variant=trousers)

    written = note(NUMBER, 1, line, photos_sent(2, PAGE))

    assert len(written) <= 255
    assert f"; 2 photos ({PAGE})" in written


def test_photos_are_told_at_the_first_line_of_a_return():
    items = allotted(returned(1), returned(2), photos="3 photos")

    assert ["3 photos" in item.note for item in items] == [True, False]
