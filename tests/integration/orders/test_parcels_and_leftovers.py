"""Every parcel's number stands at the shop, and units of which nothing came are free again once a return is closed."""

import pytest

from libs.chassis.errors import Transient
from libs.contracts.orders import ShopUpdate, ShopUpdateFailedV1
from libs.contracts.portal import ReturnClosedV1
from libs.contracts.values import LineUnits
from tests.integration.orders.conftest import approved, called_off, label, line_back, over
from tests.integration.orders.test_killed import PowerCut, power_cut, try_until_done  # noqa: F401 (a fixture is used by name)


def numbers(desk, sold):
    """Each parcel's number at the shop's return, with its units."""
    (returned,) = desk.shop.kept(sold)["returns"]
    return {
        delivery["tracking_number"]: sum(line["quantity"] for line in delivery["lines"])
        for delivery in returned["deliveries"]
    }


def never_came(approval):
    """Portal closes the return: nothing came of any line."""
    missing = tuple(LineUnits(line_id=line.id, quantity=line.quantity) for line in approval.lines)
    return ReturnClosedV1(return_id=approval.return_id, number=approval.number, not_arrived=missing)


def both_back(desk):
    sold, order = desk.order()
    return sold, order, approved(order, *(line_back(line) for line in order.lines))


def test_each_of_two_parcels_has_its_own_number_at_the_shop(alder):
    sold, _, approval = both_back(alder)

    alder.tell(approval)
    for parcel, number in ((2, "SECOND"), (1, "FIRST")):
        alder.tell(label(approval.return_id, number, parcel=parcel, parcels=2))
    try_until_done(alder)

    assert numbers(alder, sold) == {"FIRST": 1, "SECOND": 1}


def test_the_next_label_of_a_parcel_takes_the_place_of_its_last_and_leaves_the_other(alder):
    sold, _, approval = both_back(alder)
    alder.tell(approval)
    for parcel, number in ((1, "FIRST"), (2, "SECOND")):
        alder.tell(label(approval.return_id, number, parcel=parcel, parcels=2))
    try_until_done(alder)

    alder.tell(label(approval.return_id, "THIRD", 2, parcel=2, parcels=2))
    try_until_done(alder)

    assert numbers(alder, sold) == {"FIRST": 1, "THIRD": 1}


def test_a_parcel_that_comes_when_the_first_has_all_units_is_told_to_staff(alder):
    sold, _, approval = both_back(alder)
    alder.tell(approval, label(approval.return_id, "FIRST"))
    try_until_done(alder)

    alder.tell(label(approval.return_id, "SECOND", parcel=2, parcels=2))
    try_until_done(alder)

    assert numbers(alder, sold) == {"FIRST": 2}
    (told,) = alder.told(ShopUpdateFailedV1, approval.return_id)
    assert (told.update, told.parcel, told.tracking_number, told.code) == (
        ShopUpdate.LABEL,
        2,
        "SECOND",
        "orders.no_unit_left",
    )
    assert told.words.startswith("Parcel 2 travels as SECOND. ")


def test_a_parcel_that_was_late_has_a_unit_that_no_other_has(alder):
    sold, order = alder.order(lines=[{"product": "camp-shirt", "quantity": 3}])
    (shirts,) = order.lines
    approval = approved(order, line_back(shirts, quantity=3))
    alder.tell(approval)
    for parcel, number in ((1, "FIRST"), (3, "THIRD")):
        alder.tell(label(approval.return_id, number, parcel=parcel, parcels={1: 2}.get(parcel, 3)))
    try_until_done(alder)

    alder.tell(label(approval.return_id, "SECOND", parcel=2, parcels=2))
    try_until_done(alder)

    assert numbers(alder, sold) == {"FIRST": 1, "SECOND": 1, "THIRD": 1}
    assert alder.told(ShopUpdateFailedV1, approval.return_id) == []


def test_a_return_that_the_shop_does_not_cancel_is_told_to_staff(alder):
    _, _, approval = both_back(alder)
    alder.tell(approval)
    try_until_done(alder)
    alder.shop.misbehave("refuse", "ReturnCancel")

    alder.tell(called_off(approval))
    try_until_done(alder)

    (told,) = alder.told(ShopUpdateFailedV1, approval.return_id)
    assert (told.update, told.parcel) == (ShopUpdate.CANCELLATION, None)


@pytest.mark.parametrize("fault", ["fail_before", "reset_after", "throttled"])
def test_the_second_parcels_number_is_attached_once_whatever_is_lost(alder, fault):
    sold, _, approval = both_back(alder)
    alder.tell(approval, label(approval.return_id, "FIRST", parcels=2))
    try_until_done(alder)
    alder.shop.misbehave(fault, "AttachLabel")

    alder.tell(label(approval.return_id, "SECOND", parcel=2, parcels=2))
    try_until_done(alder)

    assert numbers(alder, sold) == {"FIRST": 1, "SECOND": 1}


def test_units_of_which_nothing_came_may_be_returned_again_once_the_return_is_closed(alder):
    sold, order, approval = both_back(alder)
    alder.tell(approval)
    alder.work()

    alder.tell(never_came(approval))
    try_until_done(alder)

    (returned,) = alder.shop.kept(sold)["returns"]
    assert (returned["status"], returned["lines"]) == ("CLOSED", [])
    assert [line.returnable for line in alder.get(order.order_id).lines] == [1, 1]
    again = approved(order, *(line_back(line) for line in order.lines))
    alder.tell(again)
    alder.work()
    assert alder.steps(again.return_id)["open_return"] == "done"


def test_units_of_which_nobody_says_whether_they_came_stay_with_the_closed_return(alder):
    sold, _order, approval = both_back(alder)
    alder.tell(approval)
    alder.work()

    alder.tell(over(approval))
    try_until_done(alder)

    (returned,) = alder.shop.kept(sold)["returns"]
    assert (returned["status"], len(returned["lines"])) == ("CLOSED", 2)


@pytest.mark.parametrize("fault", ["fail_before", "fail_after", "reset_after", "throttled"])
def test_units_are_freed_once_whatever_is_lost(alder, fault):
    sold, _, approval = both_back(alder)
    alder.tell(approval)
    alder.work()
    alder.shop.misbehave(fault, "RemoveFromReturn")

    alder.tell(never_came(approval), never_came(approval))
    try_until_done(alder)

    assert alder.shop.effects(sold).count("units_removed") == 1


def test_a_process_that_dies_while_it_frees_units_frees_them_once(alder, power_cut):  # noqa: F811
    sold, _, approval = both_back(alder)
    alder.tell(approval)
    alder.work()
    alder.tell(never_came(approval))
    power_cut()

    with pytest.raises((PowerCut, Transient)):
        alder.work()
    try_until_done(alder)

    assert alder.shop.effects(sold).count("units_removed") == 1
