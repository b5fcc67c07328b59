"""What a shopper is told of an order that is cancelled before it is sent."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from libs.chassis.ids import new_id
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.portal_cancelling import CancellationClosedV1, CancellationRequestedV1
from libs.contracts.portal_lookups import LookupCodeIssuedV1
from libs.contracts.values import CreditTerms, Money, Resolution, UnsentLine
from services.notifications.domain import (
    OF_NO_RETURN,
    Template,
    What,
    is_secret,
    of_cancellation_end,
    of_cancellation_request,
    of_lookup_code,
    of_settlement,
)
from services.notifications.domain.mails import first_told
from services.notifications.letters import write
from tests.unit.notifications.examples import BOOKED, RETURN, contact, fact, mail

SHIRT = UnsentLine(
    line_id=new_id(),
    title="Linen camp shirt",
    variant="Sage / 10",
    quantity=2,
    worth=Money(amount=9000, currency="GBP"),
)
OF = {
    "cancellation_id": RETURN,
    "number": "C-7KQ2M9",
    "order_number": "AL-1001",
    "contact": contact(),
    "lines": (SHIRT,),
    "amount": Money(amount=9000, currency="GBP"),
    "status_url": "https://returns.example/alder/c/abc",
}


def text_of(letter):
    return letter.message.get_body(("plain",)).get_content()


def test_a_request_is_told_only_where_the_shop_takes_longer_than_a_moment():
    request = CancellationRequestedV1(
        **OF, order_id=new_id(), whole=False, shipping=Money(amount=0, currency="GBP"), by="shopper"
    )

    (notice,) = of_cancellation_request(fact(request)).notices

    assert (notice.template, notice.to, notice.wait.total_seconds()) == (Template.CANCELLATION_ASKED, contact(), 20)
    assert notice.details.can == ("2 × Linen camp shirt, Sage / 10",)


@pytest.mark.parametrize(
    ("ended", "template", "reason"),
    [
        ({"cancelled": True}, Template.ORDER_CANCELLED, None),
        ({"cancelled": False, "late": True, "words": "On its way"}, Template.ORDER_NOT_CANCELLED, "late"),
        ({"cancelled": False, "words": "Not possible"}, Template.ORDER_NOT_CANCELLED, None),
    ],
)
def test_its_end_is_told_in_the_words_that_fit_it(ended, template, reason):
    news = of_cancellation_end(fact(CancellationClosedV1(**OF, **ended)))

    (notice,) = news.notices
    assert (notice.template, notice.details.reason) == (template, reason)
    assert [happened.what for happened in news.happened] == [What.CANCELLATION_ENDED]
    assert template in OF_NO_RETURN


def test_a_code_is_mailed_to_the_orders_own_email_and_not_kept():
    issued = LookupCodeIssuedV1(contact=contact(), order_number="AL-1001", code="123456", expires_at=BOOKED)

    (notice,) = of_lookup_code(fact(issued)).notices

    assert (notice.to, notice.details.words, is_secret(notice)) == (contact(), "123456", True)


def test_credit_tells_its_bonus_the_end_of_its_code_and_its_last_day():
    settled = SettlementSucceededV1(
        return_id=RETURN,
        settlement_id=new_id(),
        line_ids=(),
        resolution=Resolution.STORE_CREDIT,
        amount=Money(amount=4500, currency="GBP"),
        bonus=Money(amount=450, currency="GBP"),
        reference="gid://shopify/GiftCard/1",
        credit_code_last4="8pwc",
        expires_on=date(2027, 11, 23),
    )

    (notice,) = of_settlement(fact(settled)).notices
    letter = text_of(write(mail(Template.CREDITED, notice=notice), now=datetime(2026, 11, 23, tzinfo=UTC)))

    assert all(said in letter for said in ("£45.00 + £4.50 bonus = £49.50", "8pwc", "23 November 2027"))


def test_the_items_of_a_mail_say_what_credit_is_worth_with_its_bonus():
    plain = mail(Template.RETURN_SUBMITTED)
    credit = CreditTerms(bonus=Money(amount=450, currency="GBP"))
    wish = {"resolution": Resolution.STORE_CREDIT, "credit": credit, "owed": Money(amount=4500, currency="GBP")}
    lines = tuple(line.model_copy(update=wish) for line in plain.lines)

    letter = write(replace(plain, lines=lines), now=BOOKED)

    assert "£45.00 + £4.50 bonus = £49.50" in text_of(letter)
    assert "£45.00 + £4.50 bonus = £49.50" in letter.message.get_body(("html",)).get_content()
    assert first_told(lines[:1], Money(amount=4800, currency="GBP")) == Money(amount=4950, currency="GBP")


@pytest.mark.parametrize(
    "template", [Template.RETURN_SUBMITTED, Template.REFUNDED, Template.CREDITED, Template.EXCHANGED]
)
def test_whoever_got_a_present_is_told_no_price(template):
    plain = mail(template)
    given = mail(template, happened={**plain.happened, What.GIFT: BOOKED})

    letter = write(given, now=BOOKED)

    assert "£" not in letter.message["Subject"] + text_of(letter)
    assert "£" not in letter.message.get_body(("html",)).get_content()
