"""The mails that belong to no return."""

from datetime import timedelta

import pytest

from libs.contracts.portal import IntakeKeptV1, IntakeMatchedV1, IntakeUnmatchedV1, StaffLinkIssuedV1, StaffLinkPurpose
from services.notifications.domain import (
    OF_NO_RETURN,
    Template,
    What,
    is_secret,
    of_intake_kept,
    of_intake_matched,
    of_intake_unmatched,
    of_staff_link,
)
from tests.unit.notifications.examples import BOOKED, RETURN, contact, fact

OF_INTAKE = {"intake_id": RETURN, "number": "Q-4XW8TN", "contact": contact(), "order_number": "AL-1001"}


def test_a_kept_request_is_told_to_whoever_made_it():
    (notice,) = of_intake_kept(fact(IntakeKeptV1(**OF_INTAKE))).notices

    assert (notice.template, notice.to) == (Template.INTAKE_KEPT, contact())
    assert (notice.details.number, notice.details.order_number) == ("Q-4XW8TN", "AL-1001")


def test_a_matched_request_tells_where_to_go_on_and_what_cannot_come_back():
    matched = IntakeMatchedV1(
        **OF_INTAKE, go_on_url="https://returns.alder.example/go/x", can=("Shirt",), cannot=("Scarf: final sale",)
    )

    news = of_intake_matched(fact(matched))

    (notice,) = news.notices
    assert notice.details.link == "https://returns.alder.example/go/x"
    assert (notice.details.can, notice.details.cannot) == (("Shirt",), ("Scarf: final sale",))
    assert (notice.details.number, notice.to) == ("Q-4XW8TN", contact())
    assert [happened.what for happened in news.happened] == [What.MATCHED]


def test_a_request_without_an_order_is_told():
    news = of_intake_unmatched(fact(IntakeUnmatchedV1(**OF_INTAKE)))

    assert [notice.template for notice in news.notices] == [Template.INTAKE_UNMATCHED]


@pytest.mark.parametrize(
    ("purpose", "template"),
    [(StaffLinkPurpose.INVITE, Template.STAFF_INVITED), (StaffLinkPurpose.RESET, Template.ACCESS_RESET)],
)
def test_a_link_goes_to_the_one_it_is_for_and_is_a_secret(purpose, template):
    issued = StaffLinkIssuedV1(
        email="ana@alder.example",
        purpose=purpose,
        role="agent",
        url="https://returns.alder.example/admin/invite/x",
        expires_at=BOOKED + timedelta(days=2),
    )

    (notice,) = of_staff_link(fact(issued)).notices

    assert (notice.template, notice.to.email) == (template, "ana@alder.example")
    assert (notice.details.link, notice.details.until) == (issued.url, issued.expires_at)
    assert is_secret(notice)
    assert template in OF_NO_RETURN


@pytest.mark.parametrize("typed", ["see evil.example", "https://evil.example", "x" * 25, "1\nBcc: a@b.c"])
def test_what_is_no_order_number_is_not_mailed_to_the_address_that_was_typed_beside_it(typed):
    (notice,) = of_intake_kept(fact(IntakeKeptV1(**(OF_INTAKE | {"order_number": typed})))).notices

    assert notice.details.order_number is None
    assert notice.details.number == "Q-4XW8TN"
