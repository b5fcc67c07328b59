"""A shopper is never promised a way or a moment that their money does not take."""

from datetime import UTC, date, datetime

import pytest

from libs.contracts.rules import DecisionV1, LineDecision, Offer
from libs.contracts.values import LabelTerms, Resolution, Stage
from services.portal.intake import Picked
from services.portal.store.cancelling import Cancellation, State
from services.portal.web import cancelling, choosing, promises
from tests.unit.portal.lives import a_line, a_return, an_id, pounds
from tests.unit.portal.test_answers import SHIRT, a_draft
from tests.unit.portal.test_present import a_page

REFUND, CREDIT, HUB = Resolution.REFUND, Resolution.STORE_CREDIT, Stage.HUB_SCAN


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([(REFUND, HUB)], "To the way you paid, once the parcel reaches our hub."),
        ([(CREDIT, HUB)], "As a gift card, once the parcel reaches our hub."),
        (
            [(CREDIT, HUB), (REFUND, HUB)],
            "Part as a gift card, the rest to the way you paid, once the parcel reaches our hub.",
        ),
        ([(Resolution.EXCHANGE, HUB)], "To the way you paid, once the parcel reaches our hub."),
        ([(REFUND, Stage.FIRST_SCAN)], "To the way you paid, once the parcel is handed in."),
        ([(REFUND, Stage.INSPECTED)], "To the way you paid, once we have looked at what came back."),
        ([(REFUND, Stage.FIRST_SCAN), (REFUND, HUB)], "To the way you paid."),
        ([(REFUND, None)], "To the way you paid."),
        ([], "To the way you paid."),
    ],
)
def test_the_way_and_the_moment_are_those_of_the_lines(given: list, said: str):
    assert promises.promise(given) == said


def test_what_is_done_is_not_promised_any_more():
    assert promises.promise([(CREDIT, HUB)], done=True) == "As a gift card."


def test_before_it_is_sent_credit_is_not_said_to_go_to_the_card_that_paid():
    offer = Offer(resolution=CREDIT, amount=pounds(4500), stage=Stage.INSPECTED, words="Credit")
    decided = DecisionV1(policy_version=1, lines=(LineDecision(line_id=SHIRT, offers=(offer,)),), label=LabelTerms.FREE)
    draft = a_draft(picked=(Picked(SHIRT, 1, "other", resolution="store_credit"),))

    page = choosing.check_page(draft, decided, None, "csrf", date(2026, 11, 23))

    assert page.receipt.promise == "As a gift card, once we have looked at what came back."


def test_the_page_of_a_return_tells_credit_from_money():
    page = a_page(a_return(a_line("shirt", resolution=CREDIT), a_line("dress")))

    assert page.receipt.promise == "Part as a gift card, the rest to the way you paid, once the parcel reaches our hub."


@pytest.mark.parametrize(("state", "said"), [(State.ASKED, cancelling.PROMISE), (State.CANCELLED, cancelling.KEPT)])
def test_what_the_shop_has_cancelled_is_not_waited_for_any_more(state: State, said: str):
    ret = a_return()
    made = Cancellation(
        id=an_id("cancellation"),
        number="C-7KQ2M9",
        order_id=ret.order_id,
        order_number=ret.order_number,
        contact=ret.contact,
        lines=(),
        whole=True,
        shipping=pounds(395),
        amount=pounds(4895),
        reason=None,
        by="shopper",
        state=state,
        code=None,
        words=None,
        reference=None,
        history=(),
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
        ended_at=None,
    )

    assert cancelling.receipt_of(made).promise == said
