"""Which units of the shop's return each of several parcels stands for."""

import pytest

from services.orders.domain.matching import ShopReturn, ShopReturnLine
from services.orders.domain.parcels import NoUnitLeft, share_of

HELD = ShopReturn(
    "gid://return/1",
    False,
    (
        ShopReturnLine("shirts", "f1", 2, 0, "", "reverse/shirts"),
        ShopReturnLine("scarf", "f2", 1, 0, "", "reverse/scarf"),
    ),
)


def test_parcels_share_the_units_in_their_order():
    first, second = share_of(HELD, {}, 1, 2), share_of(HELD, {"reverse/shirts": 1}, 2, 2)

    assert first == (("reverse/shirts", 1),)
    assert second == (("reverse/shirts", 1), ("reverse/scarf", 1))


def test_a_unit_under_another_number_stays_there():
    assert share_of(HELD, {"reverse/shirts": 1, "reverse/scarf": 1}, 2, 2) == (("reverse/shirts", 1),)


def test_a_parcel_whose_part_is_gone_has_one_unit_of_what_is_left():
    assert share_of(HELD, {"reverse/shirts": 2}, 1, 2) == (("reverse/scarf", 1),)


def test_a_parcel_for_which_no_unit_is_left_has_no_place_at_the_shop():
    with pytest.raises(NoUnitLeft):
        share_of(HELD, {"reverse/shirts": 2, "reverse/scarf": 1}, 2, 2)
