"""Every resolution at the sandbox shop: what is given, what is left to be done, and what stops one."""

from datetime import timedelta

import pytest

from libs.chassis import ledger
from libs.chassis.clock import now
from libs.chassis.errors import Transient
from libs.contracts.errors import Refused
from libs.contracts.orders import GetExchangesV1, GetGiftCardV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.values import CreditAs, CreditTerms, ExchangeVariant, Resolution
from services.orders.reaching import client_of
from services.orders.store.tables import ledger_entries
from tests.integration.orders.conftest import approved, asked, line_back, only, over, pounds

CREDIT, EXCHANGE, REFUND = Resolution.STORE_CREDIT, Resolution.EXCHANGE, Resolution.REFUND
BONUS = CreditTerms(bonus=pounds(450), valid_days=365)


@pytest.fixture
def cards(alder):
    """Store credit is a gift card while the test runs."""
    alder.service.settlements.give_credit_as(alder.retailer_id, CreditAs.GIFT_CARD)
    yield
    alder.service.settlements.give_credit_as(alder.retailer_id, CreditAs.STORE_CREDIT)


@pytest.fixture(autouse=True)
def full_shelves(alder):
    """Twenty of each shirt, at the list price."""
    for size in ("8", "10", "12", "14"):
        alder.shop.stock(alder.domain, "camp-shirt", size)


def variant(desk, order, size):
    """The shirt of this size, as a shopper chooses it."""
    line = order.lines[0]
    answer = desk.service.get_exchanges(desk.call(GetExchangesV1(order_id=order.order_id, line_id=line.id)))
    found = next(choice for choice in answer.choices if choice.options[1].value == size)
    return ExchangeVariant(id=found.variant_id, title=found.title)


def exchange_of(desk, size="12", **changes):
    """An order of two lines, and the exchange of its shirt for another size, approved."""
    sold, order = desk.order()
    changes = {"resolution": EXCHANGE, "exchange_variant": variant(desk, order, size)} | changes
    return sold, approved(order, line_back(order.lines[0], **changes))


def my_cards(desk, sold, approval):
    """The gift cards that were made for a return."""
    (row,) = settlements_of(desk, approval, "settle")
    return [card for card in desk.shop.credit(sold)["gift_cards"] if card["note"] == f"R-7KQ2M9 {row.key}"]


def settlements_of(desk, approval, action):
    """The rows of a return's steps of one kind."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        told = "SELECT * FROM settlements WHERE return_id = %s AND action = %s ORDER BY id"
        return unit.db.exec_driver_sql(told, (approval.return_id, action)).all()


def paid(desk, approval):
    """What was given by the books, in pence, with what came on top; and the first entry that is broken."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        rows = unit.db.execute(ledger_entries.select().where(ledger_entries.c.return_id == approval.return_id)).all()
        balance = sum(row.amount_amount for row in rows if row.account == "done")
        return balance, ledger.broken_at(unit.db, ledger_entries, desk.retailer_id)


def settled(desk, approval):
    """The only success that is stated of a return."""
    (fact,) = desk.told(SettlementSucceededV1, approval.return_id)
    return fact


def refusal(desk, approval):
    """The only refusal that is stated of a return."""
    (fact,) = desk.told(SettlementRefusedV1, approval.return_id)
    return fact


def settle(desk, approval, *lines):
    """Open a return and settle it, with all that this causes."""
    desk.tell(approval, asked(approval, *lines))
    desk.work()


def test_store_credit_is_given_with_the_goods_and_ends_when_the_line_says(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT, credit=CreditTerms(valid_days=365))

    settle(alder, approval)

    (credit,) = alder.shop.credit(sold)["credits"]
    fact = settled(alder, approval)
    until = (now() + timedelta(days=365)).date()
    assert (credit["amount"], credit["expiresAt"][:19]) == (
        {"amount": "45.0", "currencyCode": "GBP"},
        f"{until} 23:59:59",
    )
    assert (fact.resolution, fact.amount, fact.expires_on, fact.bonus) == (CREDIT, pounds(4500), until, None)
    assert alder.shop.kept(sold)["returns"][0]["status"] == "CLOSED"
    assert paid(alder, approval) == (4500, None)


def test_what_comes_on_top_is_credited_apart_and_once(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT, credit=BONUS)

    settle(alder, approval)
    settle(alder, approval)

    amounts = [credit["amount"]["amount"] for credit in alder.shop.credit(sold)["credits"]]
    assert amounts == ["45.0", "4.5"]
    assert settled(alder, approval).bonus == pounds(450)
    assert alder.steps(approval.return_id)["give_bonus"] == "done"
    assert paid(alder, approval) == (4950, None)


def test_credit_on_top_that_the_shop_declines_is_told_to_people(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT, credit=BONUS)
    alder.shop.misbehave("refuse", "StoreCreditCredit")

    settle(alder, approval)

    assert refusal(alder, approval).code == "orders.bonus_refused"
    assert settled(alder, approval).amount == pounds(4500)
    assert len(alder.shop.credit(sold)["credits"]) == 1


@pytest.mark.usefixtures("cards")
def test_a_gift_card_is_worth_what_is_owed_and_what_comes_on_top(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT, credit=BONUS)

    settle(alder, approval)

    (card,) = my_cards(alder, sold, approval)
    fact = settled(alder, approval)
    assert card["initialValue"] == {"amount": "49.5", "currencyCode": "GBP"}
    assert card["expiresOn"] == str(fact.expires_on) == str((now() + timedelta(days=365)).date())
    assert (fact.credit_code_last4, fact.amount, fact.bonus) == (card["lastCharacters"], pounds(4500), pounds(450))
    assert fact.reference == card["id"]
    (returned,) = alder.shop.kept(sold)["returns"]
    assert (returned["lines"][0]["processed"], returned["status"]) == (1, "CLOSED")
    assert alder.shop.refunded(sold) == []
    assert paid(alder, approval) == (4950, None)


@pytest.mark.usefixtures("cards")
def test_a_gift_cards_code_stands_nowhere_in_the_clear(alder):
    _, approval = alder.shirt_back(resolution=CREDIT)

    settle(alder, approval)

    (row,) = settlements_of(alder, approval, "settle")
    last4 = settled(alder, approval).credit_code_last4
    assert "code" not in row.request["variables"]["input"]
    assert set(row.request) == {"operation", "variables", "before"}
    assert last4 not in str(row.asked) and last4.encode() not in bytes(row.gift_card_code)
    card = alder.service.get_gift_card(alder.call(GetGiftCardV1(settlement_id=row.id)))
    assert (len(card.code), card.code[-4:], card.value) == (16, last4, pounds(4500))


def test_a_settlement_without_a_gift_card_has_no_code(alder):
    _, approval = alder.shirt_back()
    settle(alder, approval)
    (row,) = settlements_of(alder, approval, "settle")

    with pytest.raises(Refused, match=r"orders\.not_found"):
        alder.service.get_gift_card(alder.call(GetGiftCardV1(settlement_id=row.id)))


@pytest.mark.usefixtures("cards")
def test_a_gift_cards_code_is_its_own_retailers(alder, kite):
    _, approval = alder.shirt_back(resolution=CREDIT)
    settle(alder, approval)
    (row,) = settlements_of(alder, approval, "settle")

    with pytest.raises(Refused, match=r"orders\.not_found"):
        kite.service.get_gift_card(kite.call(GetGiftCardV1(settlement_id=row.id)))


@pytest.mark.usefixtures("cards")
def test_a_gift_card_that_the_shop_declines_takes_no_goods_and_can_be_a_refund_instead(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT)
    alder.shop.misbehave("refuse", "GiftCardCreate")

    settle(alder, approval)
    processed = alder.shop.kept(sold)["returns"][0]["lines"][0]["processed"]
    alder.tell(asked(approval, only(approval, resolution=REFUND), attempt=2))
    alder.work()

    assert (refusal(alder, approval).code, processed) == ("shop.invalid_state", 0)
    assert alder.shop.refunded(sold) == [4500]


@pytest.mark.usefixtures("cards")
def test_without_the_scope_for_gift_cards_credit_is_the_shops_own(alder):
    granted = "UPDATE shops SET scopes = {}(scopes, 'write_gift_cards')"
    sold, approval = alder.shirt_back(resolution=CREDIT)
    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql(granted.format("array_remove"))

    settle(alder, approval)

    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql(granted.format("array_append"))
    assert my_cards(alder, sold, approval) == []
    assert len(alder.shop.credit(sold)["credits"]) == 1


@pytest.mark.usefixtures("cards")
def test_goods_that_the_shops_staff_have_taken_themselves_are_not_waited_for(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT)
    alder.tell(approval, asked(approval))
    alder.do(alder.settling())
    alder.do(alder.settling())  # the card
    alder.shop.misbehave("fail_before", "ReturnProcess")
    with pytest.raises(Transient):
        alder.do(alder.settling())
    process_by_hand(alder, approval)

    alder.work()

    assert set(alder.steps(approval.return_id).values()) == {"done"}
    assert alder.shop.kept(sold)["returns"][0]["lines"][0]["processed"] == 1


def process_by_hand(desk, approval):
    """Somebody at the shop takes the goods of a return, and the call of ours is known not to have done it."""
    (goods,) = settlements_of(desk, approval, "take_goods")
    job = desk.service.settlements.job(desk.retailer_id, goods.id)
    client_of(job.shop).act("ReturnProcess", **goods.request["variables"])
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        planned = "UPDATE settlements SET state = 'planned', request = NULL, sent_at = NULL WHERE id = %s"
        unit.db.exec_driver_sql(planned, (goods.id,))


def test_a_deduction_is_kept_from_store_credit(alder):
    sold, approval = alder.shirt_back(resolution=CREDIT)

    settle(alder, approval, only(approval, owed=pounds(4150)))

    assert [credit["amount"]["amount"] for credit in alder.shop.credit(sold)["credits"]] == ["41.5"]
    assert settled(alder, approval).amount == pounds(4150)


def test_the_choices_of_an_exchange_tell_stock_and_difference(alder):
    _, order = alder.order()
    alder.shop.stock(alder.domain, "camp-shirt", "8", available=0)
    alder.shop.stock(alder.domain, "camp-shirt", "12", available=3, price=4000)
    alder.shop.stock(alder.domain, "camp-shirt", "14", price=4900)

    answer = alder.service.get_exchanges(alder.call(GetExchangesV1(order_id=order.order_id, line_id=order.lines[0].id)))

    told = {c.options[1].value: (c.stock, c.difference.amount, c.can_be_taken, c.bought) for c in answer.choices}
    assert told == {
        "8": (0, 0, False, False),
        "10": (20, 0, True, True),
        "12": (3, -500, True, False),
        "14": (20, 400, False, False),
    }


def test_an_exchange_sends_the_other_size_and_no_money(alder):
    sold, approval = exchange_of(alder)

    settle(alder, approval)

    kept, fact = alder.shop.kept(sold), settled(alder, approval)
    (returned,) = kept["returns"]
    assert (kept["lines"][-1]["size"], kept["lines"][-1]["quantity"]) == ("12", 1)
    assert (returned["lines"][0]["processed"], returned["exchanges"][0]["processed"]) == (1, 1)
    assert (returned["status"], kept["refunds"]) == ("CLOSED", [])
    assert (fact.resolution, fact.amount) == (EXCHANGE, pounds(4500))
    assert fact.reference.startswith("gid://shopify/ExchangeLineItem/")


def test_an_exchange_for_a_cheaper_size_gives_back_the_difference(alder):
    alder.shop.stock(alder.domain, "camp-shirt", "12", price=4000)
    sold, approval = exchange_of(alder)

    settle(alder, approval)

    assert alder.shop.refunded(sold) == [500]
    assert settled(alder, approval).resolution is EXCHANGE


def test_goods_bought_at_a_discount_pay_for_the_same_goods_in_full(alder):
    sold, order = alder.order(discount_percent=15)
    line = line_back(order.lines[0], resolution=EXCHANGE, exchange_variant=variant(alder, order, "12"))
    approval = approved(order, line)

    settle(alder, approval)

    kept = alder.shop.kept(sold)
    assert (line.owed.amount, kept["lines"][-1]["price"], kept["lines"][-1]["discount"]) == (3825, 4500, 675)
    assert kept["refunds"] == []


def test_a_dearer_size_is_refused_with_a_code_and_the_goods_stay_open(alder):
    alder.shop.stock(alder.domain, "camp-shirt", "12", price=4501)
    sold, approval = exchange_of(alder)

    settle(alder, approval)

    assert refusal(alder, approval).code == "orders.variant_dearer"
    assert alder.shop.kept(sold)["returns"][0]["exchanges"] == []


def test_an_exchange_that_costs_more_than_is_still_owed_is_for_a_person(alder):
    sold, approval = exchange_of(alder)

    settle(alder, approval, only(approval, owed=pounds(4000)))

    assert refusal(alder, approval).code == "orders.exchange_costs_more"
    assert alder.shop.effects(sold) == ["order_placed", "return_opened"]


@pytest.mark.parametrize(("fallback", "credits", "refunds"), [(REFUND, 0, [4500]), (CREDIT, 1, [4500])])
def test_a_size_that_sold_out_meanwhile_becomes_what_the_request_names(alder, fallback, credits, refunds):
    sold, approval = exchange_of(alder, fallback=fallback)
    alder.tell(approval)
    alder.work()
    alder.shop.stock(alder.domain, "camp-shirt", "12", available=0)

    alder.tell(asked(approval))
    alder.work()

    (returned,) = alder.shop.kept(sold)["returns"]
    assert settled(alder, approval).resolution is fallback
    assert (returned["exchanges"], returned["status"]) == ([], "CLOSED")
    assert len(alder.shop.credit(sold)["credits"]) == credits
    assert alder.shop.refunded(sold) == refunds  # at Shopify credit is a refund too
    assert alder.steps(approval.return_id)["drop_exchange"] == "done"


def test_a_size_that_sold_out_with_nothing_named_is_for_a_person(alder):
    sold, approval = exchange_of(alder)
    alder.shop.stock(alder.domain, "camp-shirt", "12", available=0)

    settle(alder, approval)

    assert refusal(alder, approval).code == "orders.sold_out"
    assert alder.shop.kept(sold)["returns"][0]["status"] == "OPEN"


def test_an_exchange_chosen_after_the_return_was_opened_is_refused_clearly(alder):
    sold, order = alder.order()
    approval = approved(order, line_back(order.lines[0]))
    chosen = only(approval, resolution=EXCHANGE, exchange_variant=variant(alder, order, "12"))

    settle(alder, approval, chosen)

    assert refusal(alder, approval).code == "orders.exchange_not_opened"
    assert alder.shop.refunded(sold) == []


def test_every_resolution_in_one_return_is_given_once(alder):
    sold, order = alder.order(lines=[{"product": "camp-shirt", "variant": "10", "quantity": 4}])
    (line,) = order.lines
    other = variant(alder, order, "12")
    lines = (
        line_back(line, resolution=REFUND),
        line_back(line, resolution=CREDIT, credit=BONUS),
        line_back(line, resolution=EXCHANGE, exchange_variant=other),
        line_back(line, resolution=Resolution.NONE),
    )
    approval = approved(order, *lines)

    settle(alder, approval)
    alder.tell(asked(approval), asked(approval, attempt=2), over(approval))
    alder.work()

    facts = alder.told(SettlementSucceededV1, approval.return_id)
    kept = alder.shop.kept(sold)
    assert sorted(fact.resolution for fact in facts) == sorted(Resolution)
    assert sorted(alder.shop.refunded(sold)) == [4500, 4500]
    assert [credit["amount"]["amount"] for credit in alder.shop.credit(sold)["credits"]] == ["45.0", "4.5"]
    assert [one["processed"] for one in kept["returns"][0]["lines"]] == [1, 1, 1, 1]
    assert kept["returns"][0]["status"] == "CLOSED"
    assert paid(alder, approval) == (3 * 4500 + 450, None)
