from libs.chassis.rpc import ask
from libs.chassis.wire import Outgoing, Publisher
from libs.contracts.orders import FindOrderV1
from tests.integration.orders.conftest import approved, asked, line_back
from tests.waiting import until


def publish(url, desk, *bodies):
    """State facts as portal's relay does."""
    publisher = Publisher(url, "portal.relay")
    facts = [desk.fact(body) for body in bodies]
    publisher.publish(
        [Outgoing(fact.data.exchange(), fact.data.wire(), str(fact.id), fact.to_json().encode()) for fact in facts]
    )
    publisher.close()


def test_a_worker_hears_reads_and_answers(alder, start, broker_url):
    start("orders")
    sold = alder.sell()

    publish(broker_url, alder, *alder.shop.webhooks(sold))

    def found():
        order = ask(alder.retailer_id, FindOrderV1(number=sold["name"], email=sold["email"]))
        return order if all(line.image for line in order.lines) else None

    assert until(found).number == sold["name"]


def test_a_worker_killed_between_the_call_and_its_record_gives_one_refund(alder, start, broker_url):
    sold, order = alder.order()
    approval = approved(order, line_back(order.lines[0]))
    doomed = start("orders", CRASH_AT="orders.after_call")

    publish(broker_url, alder, approval, asked(approval))
    until(lambda: doomed.running.poll() is not None, within=20)
    start("orders")
    until(lambda: alder.steps(approval.return_id).get("close_return") == "done", within=40)

    (returned,) = alder.shop.kept(sold)["returns"]
    assert doomed.running.returncode == -9
    assert alder.shop.refunded(sold) == [4500]
    assert (returned["status"], len(returned["lines"])) == ("CLOSED", 1)
    assert alder.steps(approval.return_id)["settle"] == "done"


def test_a_shop_that_is_away_for_longer_than_the_ladder_is_gone_back_to(alder, start, broker_url):
    sold, order = alder.order()
    approval = approved(order, line_back(order.lines[0]))
    start("orders")
    alder.shop.misbehave("fail_before", "ReturnState", times=6)  # one more than the ladder of the tests has tries

    publish(broker_url, alder, approval, asked(approval))
    until(lambda: alder.steps(approval.return_id).get("close_return") == "done", within=40)

    assert alder.shop.faults() == []
    assert alder.shop.refunded(sold) == [4500]
