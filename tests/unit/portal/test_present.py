"""What a shopper and the staff are told of a return."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from libs.contracts.rules import Reason
from services.portal.domain import Awaiting
from services.portal.store.people import Retailer
from services.portal.store.returns import Story
from services.portal.web import assets, present
from tests.unit.portal.lives import a_line, a_return, an_id, pounds

NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)
ALDER = Retailer(an_id("alder"), "alder", "GBP", assets.HOUSE, None)


def a_page(ret, reasons=None):
    story = Story(ret, NOON, NOON, {}, "/r/x", (), {})
    return present.status_page(ALDER, story, reasons or {}, link="/alder/r/x", fresh=False)


@pytest.mark.parametrize(("fee", "said"), [(0, "awaiting_label"), (295, "awaiting_payment")])
def test_nobody_is_told_to_pay_who_has_nothing_to_pay(fee: int, said: str):
    assert a_page(replace(a_return(awaiting=Awaiting.PAYMENT), fee=pounds(fee))).status == said


def test_two_reasons_may_each_have_a_sub_reason_of_one_name():
    words = present.words_of(
        Reason(code=code, words=code.capitalize(), sub_reasons=(Reason(code="other", words=f"Other {code}"),))
        for code in ("size", "quality")
    )
    line = a_line()
    line = replace(line, asked=line.asked.model_copy(update={"sub_reason": "other"}))

    item = a_page(a_return(line), words).items[0]

    assert (item.reason, item.sub_reason) == ("Size", "Other size")
