"""What rules may look at beside the order itself: the shopper's orders before it, and the collections of its products."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.dialects import postgresql

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.orders import LineGiven
from libs.contracts.orders_shops import ConnectNativeShopV1
from services.orders.store import memberships
from services.orders.store.index import earlier_than
from services.rules.domain import decide
from tests.integration.orders.conftest import Desk, pounds
from tests.integration.orders.test_native import MAYA, NOON, an_order, save
from tests.integration.orders.test_persons import hear, lead, redact
from tests.unit.rules.examples import a_return, asked, policy, rule

OUTDOOR, EVERYDAY = "outdoor", "everyday"
LOOKS = 50  # more questions than any look-up asks


@pytest.fixture
def robin(alder: Desk) -> Desk:
    """A retailer that brings its orders itself, of which Maya bought nothing yet."""
    desk = Desk(alder.service, alder.shop, new_id(), "")
    desk.service.connect_native_shop(desk.call(ConnectNativeShopV1(currency="GBP")))
    return desk


@pytest.fixture(autouse=True)
def nothing_known_of_products(alder: Desk) -> Iterator[None]:
    """No product's collections are known."""
    forget(alder)
    yield


def forget(desk: Desk) -> None:
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql("DELETE FROM product_collections")


def age(desk: Desk) -> None:
    """What is known of collections was read two hours ago, when all was in one."""
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        at = unit.now - timedelta(hours=2)
        unit.db.exec_driver_sql("UPDATE product_collections SET read_at = %s, handles = '{old}'", (at,))


def questions(desk: Desk, act: Any) -> int:
    """How often `act` asks the shop for collections."""
    desk.shop.misbehave("slow", "ProductCollections", times=LOOKS, seconds=0)
    act()
    asked = LOOKS - desk.shop.faults()[0]["left"]
    desk.shop.behave()
    return asked


def groups(order: Any) -> list[tuple[str, ...]]:
    return [line.collections for line in order.lines]


def test_a_shopper_s_earlier_orders_are_counted_without_this_one_and_later_ones(robin):
    for day, number in enumerate(("AP-1", "AP-2", "AP-3")):
        save(robin, an_order(number, placed_at=NOON + timedelta(days=day)))

    found = [robin.find(number, " Maya@Example.com ") for number in ("AP-1", "AP-2", "AP-3")]

    assert [order.earlier_orders for order in found] == [0, 1, 2]
    assert [robin.get(order.order_id).earlier_orders for order in found] == [0, 1, 2]


def test_cancelled_orders_others_orders_and_another_retailer_s_are_not_counted(robin, alder):
    somebody = MAYA.model_copy(update={"email": "jo@example.com"})
    save(
        robin, an_order("AP-1", cancelled=True), an_order("AP-2", contact=somebody), an_order("AP-3", contact=somebody)
    )
    alder.order(email=MAYA.email)

    save(robin, an_order("AP-9", placed_at=now()))

    assert robin.find("AP-9", MAYA.email).earlier_orders == 0


def test_the_orders_of_whoever_was_erased_count_for_nobody(alder):
    sold, erased = alder.order(email="quill.two@example.com", name="Maya Quilltwo")
    hear(alder, redact(alder, sold))
    lead(alder)
    again = alder.sell(email="quill.two@example.com")
    alder.index(again, refreshed=False)

    assert alder.find(again["name"], again["email"]).earlier_orders == 0
    assert alder.get(erased.order_id).earlier_orders is None


def test_of_a_receipt_without_an_email_nothing_is_known(robin):
    nobody = MAYA.model_copy(update={"email": ""})
    save(robin, an_order("R-1", contact=nobody), an_order("R-2", contact=nobody))

    assert robin.find("R-2", postcode="YO1 7HH").earlier_orders is None


def test_counting_costs_one_statement_that_goes_by_the_retailer_and_the_address(alder):
    sold, order = alder.order()
    statements: list[str] = []
    event.listen(alder.service.index.engine, "before_cursor_execute", note := lambda *told: statements.append(told[2]))
    alder.find(sold["name"], sold["email"])
    event.remove(alder.service.index.engine, "before_cursor_execute", note)

    asked = earlier_than(order, b"a key").compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(unit.db.execute(text(f"EXPLAIN {asked}")).scalars())

    assert len([one for one in statements if "count(*)" in one]) == 1
    assert "ix_orders_retailer_id_email_key" in plan
    (condition,) = (line for line in plan.splitlines() if "Index Cond" in line)
    assert "retailer_id" in condition and "email_key" in condition


def test_lines_tell_the_collections_of_their_products_as_the_shop_has_them(alder):
    _, order = alder.order(lines=[{"product": "wool-scarf"}, {"product": "field-jacket"}])

    assert groups(order) == [(EVERYDAY, OUTDOOR), (OUTDOOR,)]
    assert groups(alder.get(order.order_id)) == groups(order)


def test_a_product_s_collections_are_asked_for_once_an_hour_however_many_orders_are_read(alder):
    first = questions(alder, lambda: alder.index(alder.sell(lines=[{"product": "wool-scarf"}])))
    again = questions(alder, lambda: alder.index(alder.sell(lines=[{"product": "wool-scarf"}])))
    age(alder)
    later = questions(alder, lambda: alder.order(lines=[{"product": "wool-scarf"}]))

    assert (first, again, later) == (1, 0, 1)


def test_a_look_up_asks_only_for_products_that_were_never_asked_for(alder):
    sold, order = alder.order(lines=[{"product": "wool-scarf"}])
    age(alder)
    old = questions(alder, lambda: alder.find(sold["name"], sold["email"]))
    forget(alder)
    never = questions(alder, lambda: alder.find(sold["name"], sold["email"]))

    assert (old, never) == (0, 1)
    assert groups(alder.find(sold["name"], sold["email"])) == groups(order)


def test_an_order_is_found_without_its_collections_where_the_shop_does_not_tell_them(alder):
    alder.shop.misbehave("fail_before", "ProductCollections", times=LOOKS)
    sold, order = alder.order(lines=[{"product": "wool-scarf"}])
    alder.shop.behave()

    assert groups(order) == [()]
    assert groups(alder.find(sold["name"], sold["email"])) == [(EVERYDAY, OUTDOOR)]


def test_an_order_that_no_webhook_told_of_is_found_with_its_collections(alder):
    sold = alder.sell(lines=[{"product": "field-jacket"}, {"product": "midi-dress", "gone": True}])

    assert groups(alder.find(sold["name"], sold["email"])) == [(OUTDOOR,), ()]


def test_what_is_known_of_a_product_stays_when_the_shop_deletes_it(alder):
    with alder.service.index.unit(retailer_id=alder.retailer_id) as unit:
        shop = unit.db.exec_driver_sql("SELECT id FROM shops").scalar_one()
        memberships.keep(unit, shop, {"gid://shopify/Product/1": ("sale",)}, read_at=unit.now)
        memberships.keep(unit, shop, {"gid://shopify/Product/1": None, "gid://shopify/Product/2": None}, read_at=now())
        kept = unit.db.exec_driver_sql("SELECT handles FROM product_collections ORDER BY handles").scalars().all()

    assert kept == [[], ["sale"]]


def test_a_policy_sees_the_collections_and_the_return_rate_of_an_order_that_was_found(alder):
    email = f"{new_id().hex}@example.com"
    alder.order(email=email)
    _, order = alder.order(email=email, lines=[{"product": "field-jacket"}, {"product": "midi-dress"}])
    both = rule(
        "Outdoor, and often",
        1,
        {"field": "collections", "op": "is", "value": "Outdoor"},
        {"field": "return_rate", "op": "at_least", "value": 100},
    )
    history = {"earlier_returns": 1, "earlier_orders": order.earlier_orders}
    wish = a_return(*(asked(line) for line in order.lines), circumstances=history)

    decided = decide(policy(rules=[both]), wish, now())

    tried = [step for line in decided.lines for step in line.trace if step.rule == both["name"]]
    assert [step.matched for step in tried] == [True, False]
    assert "collections" in tried[1].because


def test_a_retailer_that_brings_its_orders_tells_their_collections(robin):
    scarf = LineGiven(title="Wool scarf", quantity=1, paid=pounds(3800), collections=("Sale", "winter"))
    save(robin, an_order("AP-5", lines=(scarf,)))

    assert groups(robin.find("AP-5", MAYA.email)) == [("Sale", "winter")]
