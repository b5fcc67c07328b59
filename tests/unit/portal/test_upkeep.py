"""What is trouble and what is not known, from what the broker and the services said."""

from libs.chassis.depths import Depth
from libs.chassis.upkeep import UpkeepV1
from libs.contracts.catalogue import OWNERS
from libs.contracts.wiring import wirings
from services.portal.upkeep import HOMES, Seen, as_status, troubles

QUEUE = "labels.portal.label_requested.v1"
QUIET = UpkeepV1(outbox=0, outbox_oldest_at=None, planned=0, parked=0)
LISTENING = {f"rpc.{service}": Depth(0, 1) for service in OWNERS}
TOLD = dict.fromkeys(OWNERS, QUIET)


def test_every_queue_that_a_service_declares_is_looked_at():
    declared = {fact.queue(wired.service) for wired in wirings() for fact in wired.listens_to}

    assert declared <= set(HOMES)
    assert len(declared) > 20


def test_a_suite_in_which_everybody_listens_is_well():
    status = as_status(Seen(LISTENING | {QUEUE: Depth(12, 2)}, TOLD))

    assert status["well"]
    assert status["trouble"] == []
    assert status["queues"] == [{"queue": QUEUE, "waiting": 12, "listeners": 2, "parked": 0}]


def test_while_the_broker_is_away_nothing_else_is_claimed():
    status = as_status(Seen(None))

    assert status["parts"]["broker"] == "away"
    assert status["trouble"] == ["The broker is away: nothing is known of the services behind it."]
    assert {each["listeners"] for each in status["services"]} == {None}


def test_a_service_that_nobody_answers_for_is_named_once():
    queues = {name: depth for name, depth in LISTENING.items() if name != "rpc.labels"} | {QUEUE: Depth(3, 0)}
    told = {service: QUIET for service in OWNERS if service != "labels"}

    assert troubles(Seen(queues, told)) == ["Nobody answers for labels."]


def test_a_queue_that_its_running_service_does_not_hear_is_named():
    assert troubles(Seen(LISTENING | {QUEUE: Depth(3, 0)}, TOLD)) == [f"Nobody listens to {QUEUE}."]


def test_a_service_that_listens_and_tells_nothing_is_named():
    told = {service: QUIET for service in OWNERS if service != "labels"}

    assert troubles(Seen(LISTENING, told)) == ["labels listens, and did not tell of itself in time."]


def test_what_is_parked_is_trouble():
    parked = TOLD | {"labels": QUIET.model_copy(update={"parked": 2})}

    found = troubles(Seen(LISTENING | {QUEUE: Depth(0, 1, parked=3)}, parked))

    assert found == ["labels has parked 3 messages.", "labels has parked 2 pieces of work."]
