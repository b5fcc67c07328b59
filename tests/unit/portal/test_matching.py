"""What a kept request's order has in it: what may come back, and what may not, in words."""

from libs.contracts.rules import EligibilityV1, LineEligibility
from services.portal.matching import outcome
from tests.unit.portal.lives import an_id
from tests.unit.portal.test_answers import SHIRT, a_draft, a_line

SCARF = an_id("order scarf")
ORDER = a_draft().order.model_copy(
    update={
        "lines": (
            a_line().model_copy(update={"variant": "Sage, size 10"}),
            a_line().model_copy(update={"id": SCARF, "title": "Wool scarf"}),
        )
    }
)
JUDGED = EligibilityV1(
    policy_version=1,
    lines=(
        LineEligibility(line_id=SHIRT, eligible=True),
        LineEligibility(line_id=SCARF, eligible=False, words="Final sale items cannot be returned."),
    ),
    reasons=(),
)


def test_every_line_is_told_where_none_was_ticked():
    can, cannot = outcome(ORDER, JUDGED, None)

    assert can == ("Linen shirt (Sage, size 10)",)
    assert cannot == ("Wool scarf: Final sale items cannot be returned.",)


def test_only_the_lines_that_were_ticked_are_told():
    assert outcome(ORDER, JUDGED, {str(SCARF)}) == ((), ("Wool scarf: Final sale items cannot be returned.",))
