"""Where a lane allows it, a parcel whose carrier says no or stays away takes another way; never where a label may be there."""

import pytest

from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.contracts.labels import (
    Fallback,
    LabelIssuedV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LaneMethod,
)
from libs.contracts.labels_lanes import ChangeLanesV1
from services.labels.carriers import CARRIERS
from services.labels.dispatch import PATIENT, Dispatch
from tests.integration.labels.conftest import HOME
from tests.unit.labels.carriers import Answering, kinds
from tests.unit.labels.parcels import DAVENTRY

NO = Declined("422", "postcode not served")
AWAY = NotSent("refused")


@pytest.fixture
def maya():
    """Maya's return."""
    return new_id()


def travel(desk, post, *others, fallback):
    """Lanes with `post` first, which allows `fallback`, then `others`."""
    desk.service.dispatch = Dispatch({"own": CARRIERS["own"], **kinds(post, "post"), **kinds(Answering(), "mail")})
    first = HOME.model_copy(update={"carrier": "post", "fallback": fallback})
    desk.open(first, *(HOME.model_copy(update={"carrier": name}) for name in others))


def test_our_own_label_takes_the_place_of_one_that_is_refused(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.OWN)
    desk.plan(return_id=maya)

    desk.work()

    (issued,) = desk.said(LabelIssuedV1)
    assert (issued.carrier, issued.attempt, desk.states(maya)) == ("own", 1, ["done"])
    assert desk.said(LabelRefusedV1) == []


def test_who_turned_the_parcel_down_is_kept(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.OWN)
    desk.plan(return_id=maya)
    desk.work()

    with desk.service.bookings.unit(retailer_id=desk.retailer_id) as unit:
        (refusal,) = unit.db.exec_driver_sql("SELECT turned_down FROM bookings").scalar_one()

    assert (refusal["carrier"], refusal["code"], refusal["words"]) == ("post", "422", "postcode not served")


def test_the_next_lane_of_the_country_takes_the_parcel(desk, maya):
    travel(desk, Answering(book=NO), "mail", "own", fallback=Fallback.LANE)
    desk.plan(return_id=maya)

    desk.work()

    assert [issued.carrier for issued in desk.said(LabelIssuedV1)] == ["mail"]


def test_a_lane_that_does_not_take_the_parcels_weight_is_no_other_way(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.LANE)
    light = HOME.model_copy(update={"carrier": "mail", "most_grams": 500})
    desk.service.change_lanes(desk.call(ChangeLanesV1(lanes=(light,))))
    desk.plan(return_id=maya, grams=800)

    desk.work()

    (refused,) = desk.said(LabelRefusedV1)
    assert (refused.code, desk.said(LabelIssuedV1)) == ("422", [])


@pytest.mark.parametrize(
    "hub", [{"reasons": ("faulty",)}, {"product_types": ("Shoes",)}, {"on": False}], ids=["reasons", "types", "off"]
)
def test_a_hub_that_does_not_take_the_goods_is_no_other_way(desk, maya, hub):
    travel(desk, Answering(book=NO), fallback=Fallback.LANE)
    other = ChangeLanesV1(
        hubs=(DAVENTRY.model_copy(update={"code": "OTHER", **hub}),),
        lanes=(HOME.model_copy(update={"carrier": "mail", "hub": "OTHER"}),),
    )
    desk.service.change_lanes(desk.call(other))
    desk.plan(return_id=maya, reasons=("does_not_fit", "faulty"), product_types=("Shirt",))

    desk.work()

    assert (len(desk.said(LabelRefusedV1)), desk.said(LabelIssuedV1)) == (1, [])


@pytest.mark.parametrize(
    ("told", "instead", "carrier", "goes"),
    [
        (LaneMethod.LABEL, LaneMethod.IN_STORE, "own", False),
        (LaneMethod.LABEL, LaneMethod.OWN_CARRIER, "own", False),
        (LaneMethod.LABEL, LaneMethod.QR, "mail", False),
        (LaneMethod.QR, LaneMethod.LABEL, "mail", True),
        (LaneMethod.QR, LaneMethod.QR, "mail", True),
    ],
)
def test_a_shopper_is_not_sent_another_way_than_told_but_with_a_label_for_a_code(
    desk, maya, told, instead, carrier, goes
):
    travel(desk, Answering(book=NO), fallback=Fallback.LANE)
    first = HOME.model_copy(update={"carrier": "post", "method": told, "fallback": Fallback.LANE})
    desk.open(first, HOME.model_copy(update={"carrier": carrier, "method": instead}))
    desk.plan(return_id=maya)

    desk.work()

    assert [issued.carrier for issued in desk.said(LabelIssuedV1)] == [carrier] * goes


def test_a_lane_to_the_same_hub_is_the_next_before_one_to_another(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.LANE)
    elsewhere = DAVENTRY.model_copy(update={"code": "OTHER"})
    lanes = [HOME.model_copy(update={"carrier": name, "hub": hub}) for name, hub in (("own", "OTHER"), ("mail", "DAV"))]
    desk.service.change_lanes(desk.call(ChangeLanesV1(hubs=(elsewhere,), lanes=tuple(lanes))))
    desk.plan(return_id=maya)

    desk.work()

    assert [issued.hub for issued in desk.said(LabelIssuedV1)] == ["DAV"]


def test_without_leave_of_the_lane_a_refusal_is_a_persons(desk, maya):
    travel(desk, Answering(book=NO), "own", fallback=None)
    desk.plan(return_id=maya)

    desk.work()

    assert (desk.said(LabelIssuedV1), len(desk.said(LabelRefusedV1))) == ([], 1)


def test_a_carrier_that_stays_away_is_waited_for_a_little_and_then_another_is_taken(desk, maya):
    travel(desk, Answering(book=AWAY), fallback=Fallback.OWN)
    desk.plan(return_id=maya)
    for tries in range(1, PATIENT):
        (claim,) = desk.claims(tries=tries)
        with pytest.raises(NotSent):
            desk.service.book(claim)

    (claim,) = desk.claims(tries=PATIENT)
    desk.service.book(claim)
    desk.work()

    assert [issued.carrier for issued in desk.said(LabelIssuedV1)] == ["own"]


def test_the_new_way_waits_at_its_own_carrier_and_not_behind_the_one_that_hangs(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.OWN)
    claim = desk.plan(return_id=maya)

    desk.service.book(claim)

    (planned,) = desk.claims()
    assert (claim.account, planned.account) == (f"post:{desk.retailer_id}", f"own:{desk.retailer_id}")


def test_an_answer_that_was_lost_never_goes_another_way(desk, maya):
    lost = OutcomeUnknown("HTTP 500")
    travel(desk, Answering(book=lost, find=lost), fallback=Fallback.OWN)
    desk.plan(return_id=maya)
    with pytest.raises(Transient):
        desk.work()

    desk.work()

    assert (desk.states(maya), desk.said(LabelIssuedV1)) == (["unknown"], [])


def test_a_label_not_wanted_any_more_takes_no_other_way(desk, maya):
    travel(desk, Answering(book=NO), fallback=Fallback.OWN)
    claim = desk.plan(return_id=maya)
    desk.service.bookings.send(desk.retailer_id, claim.subject)
    desk.unwant(maya)

    desk.work()

    assert (desk.states(maya), len(desk.said(LabelVoidedV1)), desk.said(LabelIssuedV1)) == (["void"], 1, [])


def test_the_last_try_at_a_carrier_that_was_never_reached_is_a_refusal(desk, maya):
    travel(desk, Answering(book=AWAY), fallback=None)
    desk.plan(return_id=maya)

    (claim,) = desk.claims(tries=100)
    desk.service.book(claim)

    (refused,) = desk.said(LabelRefusedV1)
    assert (refused.code, desk.states(maya)) == ("away", ["refused"])


def test_the_last_try_to_read_a_label_back_leaves_it_to_a_person(desk, maya):
    travel(desk, Answering(book=OutcomeUnknown("HTTP 500"), find=AWAY), fallback=Fallback.OWN)
    desk.plan(return_id=maya)
    with pytest.raises(Transient):
        desk.work()

    (claim,) = desk.claims(tries=100)
    desk.service.book(claim)

    assert [lost.return_id for lost in desk.said(LabelOutcomeUnknownV1)] == [maya]
    assert desk.states(maya) == ["unknown"]
