"""A fact that failed lives on in one copy, whatever becomes of the link by which it came."""

import pytest

from libs.chassis.parked import Lot
from tests.integration.chassis.conftest import PARKED, QUEUE, has_said, logged
from tests.integration.chassis.slow_link import SlowLink
from tests.waiting import until


@pytest.fixture
def link(broker):
    """The way to the broker, which a test may cut."""
    way = SlowLink(broker.url, delay=0)
    yield way
    way.close()


def said(process, event):
    return [line for line in logged(process) if line["event"] == event]


@pytest.mark.parametrize(("seconds", "tries"), [("0.2", 5), ("1.2", 6)])
def test_a_fact_that_outlives_its_link_is_put_off_and_parked_once(toys, poke, start, link, broker, seconds, tries):
    process = start("toy", AMQP_URL=link.url)
    poke(mood="outlives", account=seconds)
    until(lambda: has_said(process, "toy.long_began"))

    link.cut()

    until(lambda: broker.count(PARKED) > 0, within=20)
    assert [line["attempt"] for line in said(process, "chassis.put_off")] == [1, 2, 3, 4]
    assert (len(said(process, "chassis.ack_failed")), len(said(process, "chassis.copy_under_way"))) == (1, 1)
    assert len(said(process, "toy.long_began")) == tries
    assert broker.count(PARKED) == 1


def test_a_fact_that_a_person_replays_is_put_off_anew(toys, poke, start, broker):
    start("toy")
    poke(mood="broken")
    until(lambda: broker.count(PARKED) == 1)
    (message,) = Lot(broker.url, QUEUE).look()

    Lot(broker.url, QUEUE).replay(message.id)

    until(lambda: broker.count(PARKED) == 1)
    headers, body = broker.get(PARKED)
    assert (headers["attempt"], body) == (5, message.body)
