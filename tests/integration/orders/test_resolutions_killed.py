"""Each resolution, killed or lost at each of its calls, is given once."""

import pytest

from libs.chassis.errors import Transient
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementSucceededV1
from libs.contracts.values import CreditAs, CreditTerms, Resolution
from tests.integration.orders.conftest import asked, pounds
from tests.integration.orders.test_killed import PowerCut, power_cut, try_until_done  # noqa: F401 (a fixture is used by name)
from tests.integration.orders.test_resolutions import exchange_of, my_cards, settlements_of

BONUS = CreditTerms(bonus=pounds(450), valid_days=365)
KINDS = {
    "credit": ("open_return", "settle", "give_bonus", "close_return"),
    "card": ("open_return", "settle", "take_goods", "close_return"),
    "exchange": ("open_return", "settle", "close_return"),
    "sold_out": ("open_return", "settle", "drop_exchange", "close_return"),
}
POINTS = [(kind, action) for kind, actions in KINDS.items() for action in actions]


@pytest.fixture(autouse=True)
def credit_again(alder):
    """Whatever a test says, the next begins with full shelves and the shop's own credit."""
    alder.shop.stock(alder.domain, "camp-shirt", "12")
    yield
    alder.service.settlements.give_credit_as(alder.retailer_id, CreditAs.STORE_CREDIT)


def bought(desk, kind):
    """An order, and the return of its shirt for a resolution of this kind."""
    if kind == "card":
        desk.service.settlements.give_credit_as(desk.retailer_id, CreditAs.GIFT_CARD)
    if kind in ("credit", "card"):
        return desk.shirt_back(resolution=Resolution.STORE_CREDIT, credit=BONUS)
    sold, approval = exchange_of(desk, fallback=Resolution.REFUND)
    if kind == "sold_out":
        desk.shop.stock(desk.domain, "camp-shirt", "12", available=0)
    return sold, approval


def given(desk, sold, approval):
    """All that the shop gave for a return, by its own records."""
    kept = desk.shop.kept(sold)
    (returned,) = kept["returns"]
    return {
        "refunds": desk.shop.refunded(sold),
        "credits": [credit["amount"]["amount"] for credit in desk.shop.credit(sold)["credits"]],
        "cards": [card["initialValue"]["amount"] for card in my_cards(desk, sold, approval)],
        "sent": [line["size"] for line in kept["lines"][2:]],
        "open": (returned["status"], [line["processed"] for line in returned["lines"]], len(returned["exchanges"])),
    }


NOTHING = {"refunds": [], "credits": [], "cards": [], "sent": [], "open": ("CLOSED", [1], 0)}
GIVEN = {
    "credit": NOTHING | {"refunds": [4500], "credits": ["45.0", "4.5"]},
    "card": NOTHING | {"cards": ["49.5"]},
    "exchange": NOTHING | {"sent": ["12"], "open": ("CLOSED", [1], 1)},
    "sold_out": NOTHING | {"refunds": [4500]},
}


def is_given_once(desk, sold, approval, kind):
    """True where just what the kind gives was given, and stated once; else AssertionError says what was not."""
    assert given(desk, sold, approval) == GIVEN[kind]
    assert set(desk.steps(approval.return_id).values()) == {"done"}
    assert set(desk.steps(approval.return_id)) == set(KINDS[kind])
    assert len(desk.told(SettlementSucceededV1, approval.return_id)) == 1
    return True


@pytest.mark.parametrize(("kind", "action"), POINTS)
def test_a_resolution_killed_between_a_call_and_its_record_is_given_once(alder, power_cut, kind, action):  # noqa: F811
    sold, approval = bought(alder, kind)
    alder.tell(approval, asked(approval))
    died = 0
    while claims := alder.claims():
        settling = claims[0].kind == "settlements"
        job = alder.service.settlements.job(alder.retailer_id, claims[0].subject) if settling and not died else None
        if job is not None and job.action == action:
            power_cut()
        try:
            alder.do(claims[0])
        except PowerCut:
            died += 1

    assert died == 1
    assert is_given_once(alder, sold, approval, kind)


CALLS = [("card", "GiftCardCreate"), ("credit", "StoreCreditCredit"), ("sold_out", "RemoveFromReturn")]
CALLS += [(kind, "ReturnProcess") for kind in KINDS]
FAULTS = ["fail_after", "reset_after", "fail_before", "throttled"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("kind", "operation"), CALLS)
def test_a_resolution_whose_answer_is_lost_or_whose_call_is_not_taken_is_given_once(alder, kind, operation, fault):
    sold, approval = bought(alder, kind)
    alder.shop.misbehave(fault, operation, seconds=2.0)

    alder.tell(approval, asked(approval))
    try_until_done(alder)

    assert is_given_once(alder, sold, approval, kind)


def put_back(desk, approval, action):
    """As if the call of a step had been sent an hour ago."""
    with desk.service.settlements.unit(retailer_id=desk.retailer_id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE settlements SET sent_at = sent_at - interval '1 hour' WHERE return_id = %s AND action = %s",
            (approval.return_id, action),
        )


def lose(desk, approval, operation):
    """Do the work of a return until the answer to `operation` is lost."""
    desk.shop.misbehave("fail_after", operation)
    desk.tell(approval, asked(approval))
    while desk.claims():
        try:
            desk.do(desk.claims()[0])
        except Transient:
            return


def test_a_code_that_is_taken_is_read_back_and_not_taken_for_a_refusal(alder):
    sold, approval = bought(alder, "card")
    lose(alder, approval, "GiftCardCreate")
    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:  # as if it had not been found
        unit.db.exec_driver_sql(
            "UPDATE settlements SET state = 'planned', request = NULL, sent_at = NULL "
            "WHERE return_id = %s AND action = 'settle'",
            (approval.return_id,),
        )

    with pytest.raises(Transient, match="taken"):
        alder.do(alder.settling())
    try_until_done(alder)

    assert is_given_once(alder, sold, approval, "card")


def test_a_card_with_our_code_and_another_amount_waits_for_a_person(alder):
    sold, approval = bought(alder, "card")
    lose(alder, approval, "GiftCardCreate")
    put_back(alder, approval, "settle")
    with alder.service.settlements.unit(retailer_id=alder.retailer_id) as unit:
        unit.db.exec_driver_sql(
            "UPDATE settlements SET owed_amount = 1 WHERE return_id = %s AND action = 'settle'", (approval.return_id,)
        )

    alder.work()

    assert len(alder.told(SettlementOutcomeUnknownV1, approval.return_id)) == 1
    assert alder.shop.kept(sold)["returns"][0]["lines"][0]["processed"] == 0


def test_two_credits_alike_that_may_both_be_ours_are_not_told_apart_by_guessing(alder):
    sold, approval = bought(alder, "credit")
    lose(alder, approval, "StoreCreditCredit")
    (bonus,) = settlements_of(alder, approval, "give_bonus")
    again(alder, approval, bonus)
    put_back(alder, approval, "give_bonus")

    alder.work()

    amounts = [credit["amount"]["amount"] for credit in alder.shop.credit(sold)["credits"]]
    assert amounts == ["45.0", "4.5", "4.5"]
    assert alder.steps(approval.return_id)["give_bonus"] == "unknown"


def again(desk, approval, bonus):
    """Somebody at the shop gives the same credit by hand."""
    from services.orders.reaching import client_of

    job = desk.service.settlements.job(desk.retailer_id, bonus.id)
    client_of(job.shop).act("StoreCreditCredit", **bonus.request["variables"])
