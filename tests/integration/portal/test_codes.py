"""An order found by its postcode or phone is shown once the code mailed to its own email is given, and not before."""

import re
from datetime import UTC, datetime

import pytest

from libs.chassis.ids import new_id
from libs.contracts.base import Envelope
from libs.contracts.orders import OrderV1
from libs.contracts.portal_lookups import LookupCodeIssuedV1
from libs.contracts.values import Address, Contact, Money, OrderLine
from services.portal.security import SHOPPER
from tests.integration.portal.test_gateway import a_form

EMAIL = "maya.lind@example.com"


@pytest.fixture
def codes(people):
    """Codes."""
    from services.portal.store.codes import Codes

    return Codes()


@pytest.fixture
def keyring(people, environment):
    """The suite's keys."""
    from libs.chassis.secrets import Secrets

    return Secrets.from_settings()


def an_order():
    price = Money(amount=4500, currency="GBP")
    line = OrderLine(
        id=new_id(), shop_line_id="1", title="Linen camp shirt", quantity=1, returnable=1, paid=price, list_price=price
    )
    return OrderV1(
        order_id=new_id(),
        number="AL-1001",
        placed_at=datetime(2026, 11, 1, tzinfo=UTC),
        currency="GBP",
        total=price,
        contact=Contact(name="Maya Lind", email=EMAIL),
        address=Address(name="Maya Lind", line1="3 Tenter Lane", city="York", postcode="YO1 7HH", country="GB"),
        lines=(line,),
    )


def mailed(codes, retailer):
    """The codes that were stated for this retailer, oldest first."""
    with codes.unit(retailer_id=retailer.id) as unit:
        asked = "SELECT body FROM outbox WHERE retailer_id = %s AND routing_key = %s ORDER BY id"
        rows = unit.db.exec_driver_sql(asked, (retailer.id, LookupCodeIssuedV1.wire())).scalars()
        return [Envelope[LookupCodeIssuedV1].parse(body).data for body in rows]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_code_goes_to_the_orders_own_email_and_is_kept_as_a_hash_only(codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)

    (issued,) = mailed(codes, retailer)
    assert issued.contact.email == EMAIL
    assert re.fullmatch(r"\d{6}", issued.code)
    with codes.unit(retailer_id=retailer.id) as unit:
        kept = unit.db.exec_driver_sql("SELECT data::text FROM sessions WHERE kind = 'code'").scalars().all()
    assert not any(issued.code in text for text in kept)
    assert codes.waiting(retailer.id, token).order.number == "AL-1001"


def test_the_right_code_opens_the_order_once(codes, retailer, keyring):
    order = an_order()
    token = codes.begin(retailer.id, order, keyring)
    code = mailed(codes, retailer)[0].code

    assert codes.open(retailer.id, token, f" {code[:3]} {code[3:]} ", keyring) == order
    assert codes.open(retailer.id, token, code, keyring) is None


def test_after_five_wrong_codes_the_right_one_opens_nothing(codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)
    code = mailed(codes, retailer)[0].code

    tried = [codes.open(retailer.id, token, wrong(code), keyring) for _ in range(5)]

    assert tried == [None] * 5
    assert codes.open(retailer.id, token, code, keyring) is None


def test_another_code_takes_the_place_of_the_last_and_three_are_mailed_at_most(codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)

    sent = [codes.again(retailer.id, token, keyring) for _ in range(3)]

    first, *_, last = (issued.code for issued in mailed(codes, retailer))
    assert sent == [True, True, False]
    assert first == last or codes.open(retailer.id, token, first, keyring) is None
    assert codes.open(retailer.id, token, last, keyring) is not None


def test_a_code_is_its_retailers(codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)

    assert codes.open(new_id(), token, mailed(codes, retailer)[0].code, keyring) is None


def test_before_its_code_is_given_no_page_shows_anything_of_the_order(browser, codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)
    browser.cookies.set(SHOPPER, token)

    page, items = browser.get(f"/{retailer.slug}/code"), browser.get(f"/{retailer.slug}/items")

    assert page.status_code == 200
    assert "m•••@e•••.com" in page.text
    assert not any(told in page.text + items.text for told in (EMAIL, "Maya", "Tenter", "Linen", "45.00"))
    assert items.status_code != 200


def test_a_wrong_code_is_told_at_its_field_and_the_last_try_ends_it(browser, codes, retailer, keyring):
    token = codes.begin(retailer.id, an_order(), keyring)
    browser.cookies.set(SHOPPER, token)
    where, code = f"/{retailer.slug}/code", wrong(mailed(codes, retailer)[0].code)

    answers = [browser.post(where, data=a_form(browser, where) | {"code": code}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [422] * 4 + [429]
    assert 'id="code-problem"' in answers[0].text
