"""The table of moves, row by row: each is made by the act or the fact that it names, and leads where it says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.contracts.labels import (
    LabelExpiredV1,
    LabelOutcomeUnknownV1,
    LabelRefusedV1,
    LabelVoidedV1,
    LabelVoidRefusedV1,
)
from libs.contracts.payments import (
    FeeFailedV1,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldReleasedV1,
    VoucherReleasedV1,
)
from libs.contracts.portal import InformationRequestedV1, WithdrawalDeclaredV1
from libs.contracts.tracking import ParcelInTroubleV1
from libs.contracts.values import LabelTerms, Milestone, Stage
from services.portal.domain import (
    ENDED,
    MOVES,
    Awaiting,
    FeeState,
    Kind,
    LabelState,
    MoneyState,
    NotNow,
    Parcel,
    act,
    acts,
    advance,
    may,
)
from services.portal.domain.knowledge import KINDS, MILESTONES, OF_A_LINE
from services.portal.domain.states import UNDECIDED
from tests.unit.portal.lives import (
    NOON,
    a_line,
    a_return,
    an_id,
    bonus_refused,
    delayed,
    difference_paid,
    disputed,
    fee_waived,
    first_scan,
    hold,
    hub_scan,
    inspected,
    label_issued,
    milestone,
    pounds,
    scan_voided,
    settled,
    shop_differs,
)

ON_THE_WAY = {Awaiting.IN_TRANSIT, Awaiting.AT_HUB, Awaiting.SETTLEMENT}


OF_EXCHANGES = {kind for kind in Kind if kind.startswith(("difference_", "hold_"))}


def standing(awaiting: Awaiting, kind: Kind):
    """A return that awaits `awaiting`, knowing what it must know by then."""
    two = kind is Kind.PARCEL_GIVEN_UP
    line = a_line(stage=Stage.INSPECTED)
    if kind in OF_EXCHANGES:
        line = a_line(stage=Stage.INSPECTED, difference=500, instant=True)
    ret = a_return(line, awaiting=awaiting, inspect=kind is not Kind.INSPECTION_SKIPPED)
    label = LabelState.ISSUED if awaiting in ON_THE_WAY | {Awaiting.DROPOFF} else LabelState.WANTED
    if kind is Kind.LABEL_AGAIN:
        label = LabelState.REFUSED
    sent, there = awaiting in ON_THE_WAY, awaiting in {Awaiting.AT_HUB, Awaiting.SETTLEMENT}
    first = Parcel(1, label=label, accepted=sent, received=there)
    parcels = (first, replace(first, number=2)) if two else (first,)
    approved = awaiting not in UNDECIDED and kind is not Kind.REOPENED
    if awaiting is Awaiting.PAYMENT and kind is Kind.QUOTED:
        ret = replace(ret, lane_id=None)
    if kind in {Kind.EXPIRED, Kind.FEE_FAILED, Kind.FEE_PAID}:
        ret = replace(ret, label=LabelTerms.PAID, fee=pounds(395))
    fee = FeeState.WAIVED if kind is Kind.REVIVED else FeeState.OPEN
    return ret.knowing(parcels=parcels, approved=approved, reminded=kind is Kind.EXPIRED, fee=fee)


def fact_of(ret, kind):
    """A fact that means `kind`, of another service."""
    of = {"return_id": ret.id, "booking_id": an_id("booking"), "parcel": 1}
    charge = {"return_id": ret.id, "charge_id": an_id("charge")}
    parcel = {"return_id": ret.id, "parcel_id": an_id("parcel"), "parcel": 1}
    on_its_way = ret.awaiting is Awaiting.IN_TRANSIT
    return {
        Kind.FEE_PAID: FeePaidV1(**charge, price=pounds(395), reference="pi_1"),
        Kind.FEE_WAIVED: fee_waived(ret),
        Kind.FEE_FAILED: FeeFailedV1(**charge, reason="declined"),
        Kind.FEE_REFUNDED: FeeRefundedV1(**charge, amount=pounds(395), reference="re_1"),
        Kind.VOUCHER_RELEASED: VoucherReleasedV1(**charge, voucher="WINTER"),
        Kind.DIFFERENCE_PAID: difference_paid(ret),
        Kind.DIFFERENCE_WAIVED: FeeWaivedV1(**charge, line_id=an_id("shirt"), price=pounds(500), reason="staff"),
        Kind.DIFFERENCE_FAILED: FeeFailedV1(**charge, line_id=an_id("shirt"), reason="declined"),
        Kind.DIFFERENCE_REFUNDED: FeeRefundedV1(**charge, line_id=an_id("shirt"), amount=pounds(500), reference="re_2"),
        Kind.HOLD_PLACED: hold(ret),
        Kind.HOLD_RELEASED: hold(ret, HoldReleasedV1),
        Kind.HOLD_CAPTURED: hold(ret, HoldCapturedV1),
        Kind.PAYMENT_DISPUTED: disputed(ret),
        Kind.BONUS_REFUSED: bonus_refused(ret),
        Kind.LABEL_ISSUED: label_issued(ret),
        Kind.LABEL_REFUSED: LabelRefusedV1(**of, code="busy", words="Later"),
        Kind.LABEL_UNKNOWN: LabelOutcomeUnknownV1(**of),
        Kind.LABEL_VOIDED: LabelVoidedV1(**of),
        Kind.LABEL_EXPIRED: LabelExpiredV1(**of),
        Kind.LABEL_VOID_REFUSED: LabelVoidRefusedV1(**of, code="used", words="Already in transit"),
        Kind.SHOP_UPDATE_FAILED: shop_differs(ret),
        Kind.FIRST_SCAN: first_scan(ret),
        Kind.HUB_SCAN: hub_scan(ret),
        Kind.PARCEL_INSPECTED: inspected(ret),
        Kind.PARCEL_IN_TROUBLE: ParcelInTroubleV1(**parcel, tracking_number="HW1", trouble="lost", occurred_at=NOON),
        Kind.PARCEL_MOVED: milestone(ret, Milestone.IN_TRANSIT),
        Kind.PARCEL_DELAYED: delayed(ret),
        Kind.SCAN_VOIDED: scan_voided(ret, *([Milestone.ACCEPTED] if on_its_way else [])),
    }.get(kind)


ACTS = {
    Kind.ACCEPTED: acts.Accept(LabelTerms.FREE),
    Kind.ACCEPTED_WITHOUT_LABEL: acts.Accept(LabelTerms.NONE),
    Kind.ACCEPTED_KEEPING: acts.Accept(LabelTerms.NONE, keep_item=True),
    Kind.REJECTED: acts.Reject("No."),
    Kind.INFORMATION_ASKED: acts.AskInformation("Why?"),
    Kind.INFORMATION_GIVEN: acts.GiveInformation("Because."),
    Kind.QUOTED: acts.Quoted(an_id("lane"), pounds(395)),
    Kind.CANCELLED: acts.Cancel("shopper"),
    Kind.CLOSED_BY_HAND: acts.Close(),
    Kind.LABEL_AGAIN: acts.LabelAgain(1),
    Kind.PARCEL_ADDED: acts.AddParcel(),
    Kind.PARCEL_GIVEN_UP: acts.GiveUpParcel(2),
    Kind.REVIVED: acts.Revive(),
    Kind.REVIVED_UNPAID: acts.Revive(),
    Kind.REOPENED: acts.Revive(),
    Kind.EXPIRED: acts.Tick(NOON, NOON + timedelta(days=60)),
}
BY_ITSELF = {Kind.INSPECTION_SKIPPED, Kind.ALL_SETTLED}  # made when the move before it has been made


@pytest.mark.parametrize(("awaiting", "kind"), MOVES, ids=str)
def test_each_row_of_the_table_is_made_by_what_it_names(awaiting, kind):
    row, ret = MOVES[awaiting, kind], standing(awaiting, kind)

    match kind:
        case Kind.INSPECTION_SKIPPED:
            before = replace(ret, awaiting=Awaiting.IN_TRANSIT).with_parcel(Parcel(1, accepted=True))
            after, _, _ = advance(before, hub_scan(ret))
        case Kind.ALL_SETTLED:
            asked = ret.with_line(replace(ret.lines[0], money=MoneyState.SETTLING, attempt=1))
            after, _, _ = advance(asked, settled(ret))
        case _ if kind in ACTS:
            after, _ = act(ret, ACTS[kind])
        case _:
            after, _, _ = advance(ret, fact_of(ret, kind))

    assert after.awaiting is row.then
    assert after != ret


@pytest.mark.parametrize("kind", [kind for kind in ACTS if kind is not Kind.QUOTED])
@pytest.mark.parametrize("awaiting", Awaiting)
def test_what_the_table_does_not_have_cannot_be_done(awaiting, kind):
    if may(standing(awaiting, kind), kind) or kind is Kind.EXPIRED:
        return
    if kind in {Kind.REVIVED, Kind.REVIVED_UNPAID, Kind.REOPENED} and awaiting in ENDED - {Awaiting.CLOSED}:
        return

    with pytest.raises(NotNow):
        act(standing(awaiting, kind), ACTS[kind])


def test_every_kind_of_fact_and_act_has_its_place_in_the_tables():
    from services.portal.domain import MONEY

    placed = {kind for _, kind in MOVES} | {kind for _, kind in MONEY}
    beside = {Kind.OF_NO_CONSEQUENCE, Kind.MESSAGE_BOUNCED, Kind.MARK_CLEARED, Kind.WITHDRAWN}  # whatever is awaited

    assert set(Kind) - placed == beside
    assert set(KINDS.values()) | set(MILESTONES.values()) | set(OF_A_LINE.values()) <= placed | beside


def test_every_state_is_reached_and_every_state_that_waits_is_left():
    assert {row.then for row in MOVES.values()} | {Awaiting.REVIEW} == set(Awaiting)
    assert {awaiting for awaiting, _ in MOVES} >= set(Awaiting) - ENDED


def test_the_statements_of_a_move_are_made_once():
    ret, said = act(standing(Awaiting.REVIEW, Kind.INFORMATION_ASKED), acts.AskInformation("Why?"))

    assert [type(message) for message in said] == [InformationRequestedV1]
    assert [type(m) for m in act(ret, acts.Withdraw(NOON))[1]] == [WithdrawalDeclaredV1]
    on_its_way = (Milestone.IN_TRANSIT, Milestone.OUT_FOR_DELIVERY, Milestone.DELIVERED)
    places = {Milestone.ACCEPTED: Kind.FIRST_SCAN, Milestone.HUB_RECEIVED: Kind.HUB_SCAN}
    assert places | dict.fromkeys(on_its_way, Kind.PARCEL_MOVED) == MILESTONES
