"""The page that shows the tables is drawn from them."""

from pathlib import Path

import pytest

from libs.contracts.payments import (
    HoldCapturedV1,
    HoldPlacedV1,
    HoldReleasedV1,
    PaymentDisputedV1,
    VoucherReleasedV1,
)
from libs.contracts.portal import DifferenceRequestedV1, HoldRequestedV1
from libs.contracts.tracking import MilestoneReachedV1
from services.portal.domain import LIMITS, MONEY, MOVES, TASKS, statements
from services.portal.domain.knowledge import KINDS, MILESTONES, OF_A_LINE
from services.portal.life_page import BESIDE, NOT_YET, page
from tests.unit.portal.lives import a_line, a_return

SENT = a_return(a_line(difference=500, instant=True))

PAGE = Path(__file__).parents[3] / "docs" / "life.md"


def test_the_page_of_the_life_is_the_one_that_the_tables_draw():
    assert PAGE.read_text() == page(), "the tables have changed: run `make life`"


def test_every_row_of_the_tables_is_on_the_page():
    rows = [line for line in page().splitlines() if line.startswith("| `")]

    tables = (MOVES, MONEY, KINDS, MILESTONES, OF_A_LINE, BESIDE, LIMITS, TASKS)
    assert len(rows) == sum(map(len, tables)) + 1  # and a settlement of which only the bonus was refused


VOCABULARY = """ReturnSubmitted ReturnHeldForReview InformationRequested InformationReceived ReturnApproved ReturnRejected
FeeRequested LabelRequested LabelVoidRequested SettlementRequested HoldRequested DifferenceRequested WithdrawalDeclared
ReminderDue ReturnCancelled ReturnExpired ReturnClosed RetailerChanged ShopWebhookReceived CarrierWebhookReceived
PaymentWebhookReceived OrderChanged SettlementSucceeded SettlementRefused SettlementOutcomeUnknown ShopAccessLost DriftFound
PersonErased PolicyPublished LabelIssued LabelRefused LabelOutcomeUnknown LabelVoided LabelVoidRefused LabelExpired FeePaid
FeeWaived
FeeFailed FeeRefunded VoucherReleased HoldPlaced HoldCaptured HoldReleased PaymentDisputed MilestoneReached ParcelInTrouble
ParcelInspected ScanVoided UnknownParcelScanned ConsolidationDelivered MessageDelivered MessageBounced EndpointDisabled"""


@pytest.mark.parametrize("name", VOCABULARY.split())
def test_every_fact_of_the_vocabulary_has_its_place_or_says_why_it_has_none(name):
    stated = {said.__name__ for said in vars(statements).values() if isinstance(said, type)}
    heard = {fact.__name__ for fact in (*KINDS, MilestoneReachedV1)}

    placed = f"{name}V1" in stated | heard | set(BESIDE)

    assert placed != (name in NOT_YET)


@pytest.mark.parametrize(
    "fact",
    [
        HoldRequestedV1,
        DifferenceRequestedV1,
        HoldPlacedV1,
        HoldCapturedV1,
        HoldReleasedV1,
        PaymentDisputedV1,
        VoucherReleasedV1,
    ],
)
def test_the_money_of_exchanges_is_in_the_table(fact):
    kinds = {kind for _, kind in MOVES}
    built = [build(SENT) for move in MOVES.values() for build in move.states]

    assert KINDS.get(fact) in kinds or any(isinstance(message, fact) for said in built for message in said)
