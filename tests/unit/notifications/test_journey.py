"""The fee, the label, the parcel and the money, and the mails they make."""

from datetime import timedelta

import pytest

from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1, LaneMethod
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import FeeFailedV1, FeePaidV1, FeeRefundedV1, FeeWaivedV1
from libs.contracts.tracking import MilestoneReachedV1, ParcelInTroubleV1
from libs.contracts.values import Milestone, Money, Resolution
from services.notifications.domain import (
    Template,
    What,
    first_told,
    of_fee_failed,
    of_fee_refunded,
    of_fee_settled,
    of_label,
    of_label_trouble,
    of_milestone,
    of_parcel_trouble,
    of_settlement,
)
from tests.unit.notifications.examples import (
    BOOKED,
    DOCUMENT,
    FACT,
    LINE,
    PARCEL,
    PRICE,
    RETURN,
    SETTLEMENT,
    dress,
    fact,
    shirt,
)


def news_of(milestone: Milestone, **changes):
    whole = {
        "return_id": RETURN,
        "parcel_id": PARCEL,
        "parcel": 1,
        "tracking_number": "HW0000000001",
        "milestone": milestone,
        "occurred_at": BOOKED,
    }
    return of_milestone(fact(MilestoneReachedV1(**(whole | changes)), time=BOOKED + timedelta(minutes=5)))


def settled(resolution: Resolution) -> SettlementSucceededV1:
    return SettlementSucceededV1(
        return_id=RETURN,
        settlement_id=SETTLEMENT,
        line_ids=(LINE,),
        resolution=resolution,
        amount=Money(amount=4500, currency="GBP"),
        reference="gid://shopify/Refund/1",
    )


def issued(**changes) -> LabelIssuedV1:
    whole = {
        "return_id": RETURN,
        "booking_id": FACT,
        "parcel": 1,
        "carrier": "own",
        "service": "standard",
        "tracking_number": "HW0000000001",
        "document_id": DOCUMENT,
        "hub": "DAV",
    }
    return LabelIssuedV1(**(whole | changes))


@pytest.mark.parametrize(
    ("milestone", "template"),
    [
        (Milestone.ACCEPTED, Template.IN_TRANSIT),
        (Milestone.IN_TRANSIT, Template.IN_TRANSIT),
        (Milestone.HUB_RECEIVED, Template.ARRIVED),
    ],
)
def test_the_first_scan_and_the_arrival_are_told(milestone, template):
    (notice,) = news_of(milestone).notices

    assert (notice.template, notice.part, notice.at) == (template, "parcel 1", BOOKED)


@pytest.mark.parametrize("milestone", [Milestone.LABEL_CREATED, Milestone.DELIVERED, Milestone.PROCESSED])
def test_other_milestones_are_not_told(milestone):
    assert news_of(milestone).notices == ()


def test_a_first_scan_that_was_only_inferred_is_known_but_not_told():
    news = news_of(Milestone.ACCEPTED, implied=True)

    assert news.notices == ()
    assert [happened.what for happened in news.happened] == [What.MOVING]


def test_a_label_that_was_made_says_nothing_of_the_parcel():
    assert news_of(Milestone.LABEL_CREATED).happened == ()


@pytest.mark.parametrize(
    ("method", "given"),
    [
        (LaneMethod.LABEL, [What.LABELLED]),
        (LaneMethod.QR, [What.LABELLED, What.CODE_GIVEN]),
        (LaneMethod.OWN_CARRIER, [What.LABELLED, What.SLIP_GIVEN]),
    ],
)
def test_a_label_is_told_of_as_what_the_shopper_gets(method, given):
    news = of_label(fact(issued(method=method)))

    assert [happened.what for happened in news.happened] == given
    assert news.notices[0].details.method is method


def test_each_parcel_has_a_mail_of_its_own():
    parts = {news_of(Milestone.ACCEPTED, parcel=number).notices[0].part for number in (1, 2)}

    assert len(parts) == 2


def test_the_label_is_told_with_its_document():
    (notice,) = of_label(fact(issued())).notices

    assert (notice.template, notice.part, notice.document_id) == (Template.LABEL_READY, "parcel 1", DOCUMENT)
    assert notice.tracking_number == "HW0000000001"


def test_each_parcel_and_each_new_label_is_told():
    labels = [issued(), issued(parcel=2), issued(attempt=2)]

    assert len({of_label(fact(label)).notices[0].part for label in labels}) == 3


def test_a_label_that_takes_longer_is_told_once_whatever_is_wrong_with_it():
    refused = LabelRefusedV1(return_id=RETURN, booking_id=FACT, parcel=1, code="address", words="No such street")
    unknown = LabelOutcomeUnknownV1(return_id=RETURN, booking_id=FACT, parcel=2)

    first, second = (of_label_trouble(fact(trouble)).notices[0] for trouble in (refused, unknown))

    assert first.template is second.template is Template.LABEL_DELAYED
    assert first.part == second.part


def test_the_carriers_own_words_for_a_refusal_do_not_reach_the_shopper():
    refused = LabelRefusedV1(return_id=RETURN, booking_id=FACT, parcel=1, code="address", words="No such street")

    assert of_label_trouble(fact(refused)).notices[0].details.words is None


def test_a_parcel_in_trouble_is_told_once_for_each_kind():
    troubles = [
        ParcelInTroubleV1(
            return_id=RETURN,
            parcel_id=PARCEL,
            parcel=1,
            tracking_number="HW0000000001",
            trouble=trouble,
            occurred_at=BOOKED,
        )
        for trouble in ("lost", "lost", "damaged")
    ]

    notices = [of_parcel_trouble(fact(trouble)).notices[0] for trouble in troubles]

    assert {notice.template for notice in notices} == {Template.PARCEL_IN_TROUBLE}
    assert len({notice.part for notice in notices}) == 2


def test_a_fee_that_is_settled_makes_no_mail():
    paid = of_fee_settled(fact(FeePaidV1(return_id=RETURN, charge_id=FACT, price=PRICE, reference="pi_1")))
    waived = of_fee_settled(fact(FeeWaivedV1(return_id=RETURN, charge_id=FACT, price=PRICE, reason="staff")))

    assert paid.notices == waived.notices == ()
    assert [happened.what for happened in paid.happened] == [What.FEE_SETTLED, What.FEE_PAID]
    assert [happened.what for happened in waived.happened] == [What.FEE_SETTLED]


def test_a_card_declined_three_times_is_one_mail():
    declined = FeeFailedV1(return_id=RETURN, charge_id=FACT, reason="declined")
    expired = FeeFailedV1(return_id=RETURN, charge_id=FACT, reason="expired")

    parts = [of_fee_failed(fact(failed)).notices[0].part for failed in (declined, declined, expired)]

    assert len(set(parts)) == 2


def test_a_fee_that_comes_back_is_told_with_its_amount():
    refunded = FeeRefundedV1(return_id=RETURN, charge_id=FACT, amount=PRICE, reference="re_1")

    (notice,) = of_fee_refunded(fact(refunded)).notices

    assert (notice.template, notice.amount) == (Template.FEE_REFUNDED, PRICE)


@pytest.mark.parametrize(
    ("resolution", "template"),
    [
        (Resolution.REFUND, Template.REFUNDED),
        (Resolution.STORE_CREDIT, Template.CREDITED),
        (Resolution.EXCHANGE, Template.EXCHANGED),
    ],
)
def test_what_was_given_is_told_with_its_amount_once_a_settlement(resolution, template):
    (notice,) = of_settlement(fact(settled(resolution))).notices

    assert (notice.template, notice.part) == (template, str(SETTLEMENT))
    assert notice.amount == Money(amount=4500, currency="GBP")
    assert notice.details.line_ids == (LINE,)


def test_nothing_given_is_not_told():
    news = of_settlement(fact(settled(Resolution.NONE)))

    assert news.notices == ()
    assert news.happened == ()


@pytest.mark.parametrize(("given", "told"), [(3000, 13400), (13400, None), (14000, None)])
def test_an_amount_is_compared_with_what_the_shopper_was_first_told(given, told):
    found = first_told((shirt(), dress()), Money(amount=given, currency="GBP"))

    assert found == (told and Money(amount=told, currency="GBP"))


def test_amounts_in_two_currencies_are_not_compared():
    assert first_told((shirt(),), Money(amount=1, currency="EUR")) is None
