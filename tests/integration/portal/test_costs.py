"""How many statements a page costs: a trip to the database is what a page waits for."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from libs.chassis.ids import new_id
from libs.contracts.orders import OrderV1
from libs.contracts.rules import EligibilityV1, LineEligibility
from libs.contracts.values import OrderLine
from services.portal.intake import Wish, digest_of
from services.portal.security import SHOPPER
from services.portal.web.answers import Draft
from tests.integration.portal.test_gateway import a_form
from tests.integration.portal.test_returns import a_submission
from tests.unit.portal import lives

SHIRT = new_id()


@contextmanager
def counted(store):
    """The statements sent meanwhile, and the transactions begun."""
    sent = []

    def statement(_connection, _cursor, words, *_rest):
        sent.append(words)

    def begin(connection):
        if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            sent.append("BEGIN")

    event.listen(store.engine, "before_cursor_execute", statement)
    event.listen(store.engine, "begin", begin)
    yield sent
    event.remove(store.engine, "before_cursor_execute", statement)
    event.remove(store.engine, "begin", begin)


def a_draft() -> Draft:
    line = OrderLine(
        id=SHIRT, shop_line_id="1", title="Linen shirt", quantity=1, returnable=1, paid=lives.pounds(4500),
        list_price=lives.pounds(4500),
    )  # fmt: skip
    ret = lives.a_return()
    order = OrderV1(
        order_id=new_id(),
        number="AL-1001",
        placed_at=datetime(2026, 11, 1, tzinfo=UTC),
        currency="GBP",
        total=lives.pounds(4500),
        contact=ret.contact,
        address=ret.address,
        lines=(line,),
    )
    judged = EligibilityV1(policy_version=1, lines=(LineEligibility(line_id=SHIRT, eligible=True),), reasons=())
    return Draft(order, judged, "k1")


@pytest.fixture
def shopper(browser, people, retailer):
    """A browser in which an order was found."""
    draft = a_draft()
    browser.cookies.set(SHOPPER, people.begin_session(retailer.id, "shopper", draft.order.order_id, draft.as_json()))
    browser.get("/robots.txt")  # the hosts are read
    browser.app.state.portal.limits.wait()  # and buckets are swept
    return browser


def test_a_page_of_the_flow_takes_two_statements_and_no_transaction(shopper, retailer, people):
    with counted(people) as sent:
        answer = shopper.get(f"/{retailer.slug}/items")

    assert answer.status_code == 200
    assert len(sent) <= 2, sent


def test_a_submit_takes_few_statements(shopper, retailer, people, returns):
    form = a_form(shopper, f"/{retailer.slug}/") | {"key": "k1"}
    wish = Wish(people.session(shopper.cookies[SHOPPER], "shopper").subject, (), "k1")
    made = replace(a_submission(key="k1"), digest=digest_of(wish))

    with counted(people) as making:
        returns.submit(retailer.id, made)
    with counted(people) as asking:
        answer = shopper.post(f"/{retailer.slug}/submit", data=form)
    with counted(people) as looking:
        returns.open_units(retailer.id, [])

    assert answer.headers["location"] == f"/{retailer.slug}{made.status_path}?new"
    # A fresh submit asks all that a repeated one asks, looks at the open units, and makes the return.
    assert [sent.count("BEGIN") for sent in (asking, looking, making)] == [1, 1, 1]
    # Besides, its session is told, so that no page of it needs to ask whether the return is made.
    assert len(asking) + len(looking) + len(making) <= 16 + 3


def test_a_status_page_takes_few_statements(shopper, retailer, people, returns):
    made = a_submission()
    returns.submit(retailer.id, made)

    with counted(people) as sent:
        answer = shopper.get(f"/{retailer.slug}{made.status_path}")

    assert answer.status_code == 200
    assert len(sent) <= 8, sent


def test_the_list_of_returns_takes_few_statements_however_many_it_shows(shopper, retailer, people, returns, sit):
    sit(shopper, retailer)
    for _ in range(5):
        returns.submit(retailer.id, a_submission())

    with counted(people) as sent:
        answer = shopper.get("/admin")

    assert "5 returns shown" in answer.text
    assert len(sent) <= 8, sent


def test_a_look_up_that_is_refused_for_its_number_of_tries_takes_three_statements(shopper, retailer, people):
    form = a_form(shopper, f"/{retailer.slug}/") | {"order": "AL-1001", "email": "ana@example.com"}
    for _ in range(10):
        shopper.post(f"/{retailer.slug}/find", data=form)

    with counted(people) as sent:
        answer = shopper.post(f"/{retailer.slug}/find", data=form)

    assert answer.status_code == 429
    assert len(sent) <= 4, sent  # the retailer, a token of each bucket, what is left; and the retailer of the page
