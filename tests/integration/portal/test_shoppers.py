"""What a policy may look at of a shopper's returns before: how many there were, and which fees the order has paid."""

from dataclasses import replace
from hashlib import sha256

from libs.chassis.ids import new_id
from libs.contracts.orders import OrderV1
from services.portal import gifts
from services.portal.domain import acts
from services.portal.intake import Intake
from services.portal.store.shoppers import Shoppers
from services.portal.wishes import Picked
from services.rules.domain import decide
from tests.integration.portal.test_returns import a_submission
from tests.unit.portal import lives
from tests.unit.rules.examples import TEN_DAYS_LATER, policy, rule, shirt


def an_order_of(asked, **changes) -> OrderV1:
    """The order that the return is of."""
    ret = asked.ret
    order = OrderV1(
        order_id=ret.order_id,
        number=ret.order_number,
        placed_at=lives.first_scan(ret).occurred_at,
        currency="GBP",
        total=lives.pounds(9000),
        contact=ret.contact,
        address=ret.address,
        lines=(),
    )
    return order.model_copy(update=changes)


def a_return_of(email: str, *, fees: tuple[str, ...] = ()):
    asked = a_submission()
    contact = asked.ret.contact.model_copy(update={"email": email})
    return replace(asked, ret=replace(asked.ret, contact=contact, order_id=new_id()), decision={"fees": list(fees)})


def test_a_shopper_s_returns_are_counted_whatever_the_case_of_the_address(returns, retailer):
    email = f"{new_id().hex}@example.com"
    first, second = a_return_of(email), a_return_of(email.upper())
    for asked in (first, second):
        returns.submit(retailer.id, asked)

    found = Shoppers().before(retailer.id, an_order_of(second, customer_tags=("vip",))).circumstances

    assert (found.earlier_returns, found.earlier_orders) == (2, None)
    assert found.customer == sha256(email.encode()).hexdigest()
    assert (found.order_number, found.customer_tags) == (second.ret.order_number, ("vip",))


def test_a_return_that_was_called_off_counts_for_nothing(returns, retailer):
    asked = a_return_of(f"{new_id().hex}@example.com", fees=("handling",))
    returns.submit(retailer.id, asked)
    before = Shoppers().before(retailer.id, an_order_of(asked))
    returns.act_on(retailer.id, asked.ret.id, acts.Cancel(by="shopper"))

    after = Shoppers().before(retailer.id, an_order_of(asked))

    assert (before.circumstances.earlier_returns, before.fees_taken) == (1, ("handling",))
    assert (after.circumstances.earlier_returns, after.fees_taken) == (0, ())


def test_fees_are_those_of_the_same_order_and_retailer_only(returns, retailer):
    email = f"{new_id().hex}@example.com"
    asked = a_return_of(email, fees=("handling", "restocking"))
    returns.submit(retailer.id, asked)
    order = an_order_of(asked)

    other_order = Shoppers().before(retailer.id, order.model_copy(update={"order_id": new_id()}))
    other_retailer = Shoppers().before(new_id(), order)

    assert Shoppers().before(retailer.id, order).fees_taken == ("handling", "restocking")
    assert (other_order.fees_taken, other_order.circumstances.earlier_returns) == ((), 1)
    assert (other_retailer.fees_taken, other_retailer.circumstances.earlier_returns) == ((), 0)


def test_a_policy_is_asked_with_collections_and_the_return_rate_and_of_a_gift_without_its_giver_s_orders(
    returns, retailer
):
    before = a_return_of(f"{new_id().hex}@example.com")
    returns.submit(retailer.id, before)
    both = rule(
        "Outdoor, and often",
        1,
        {"field": "collections", "op": "is", "value": "outdoor"},
        {"field": "return_rate", "op": "at_least", "value": 50},
    )
    jacket = shirt(collections=("outdoor",))
    order = an_order_of(before, earlier_orders=2, lines=(jacket,))
    picked = (Picked(jacket.id, 1, "faulty"),)

    asked = Intake(returns).asked(retailer, order, picked)
    as_a_gift = Intake(returns).asked(retailer, gifts.of_receiver(order, order.contact), picked)

    decision = decide(policy(rules=[both]), asked, TEN_DAYS_LATER)
    assert {step.rule: step.matched for step in decision.lines[0].trace}[both["name"]]
    assert (asked.circumstances.earlier_returns, asked.circumstances.earlier_orders) == (1, 2)
    assert as_a_gift.circumstances.earlier_orders is None
