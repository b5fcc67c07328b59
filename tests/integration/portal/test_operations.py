"""The operator's routes: the suite's state, what is parked, and the retailers; for nobody else."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import kombu
import pytest
from amqp import Message

from libs.chassis.ids import new_id
from libs.chassis.wire import connect, declare, fact_queue
from libs.contracts.portal import FeeRequestedV1
from services.portal.access import NOBODY, SYSTEM, May, Role
from services.portal.store.keys import Keys
from services.portal.store.members import Members
from tests.integration.portal.programs import Program
from tests.waiting import until

QUEUE = FeeRequestedV1.queue("payments")
EMAIL = "jane@shopper.example"


@pytest.fixture
def operator(browser, a_key) -> Program:
    """The platform's operator, with a key."""
    return Program(browser, a_key(NOBODY, May.OPERATE))


@pytest.fixture
def queue(broker_url: str) -> Iterator[str]:
    """The queue of one fact, with its parked one, of a service that does not run; both begin empty."""
    with closing(connect(broker_url, "test")) as link:
        channel = link.channel()
        declare(channel, *fact_queue(QUEUE, FeeRequestedV1.exchange(), FeeRequestedV1.wire(), limit=100))
        for name in (QUEUE, f"{QUEUE}.parked"):
            channel.queue_purge(name)
        yield QUEUE
        for name in (QUEUE, f"{QUEUE}.parked"):
            channel.queue_delete(name)


@pytest.fixture
def park(broker_url: str, queue: str) -> Callable[..., str]:
    """Call it to park a fact of a retailer; gives its id."""

    def put(**data) -> str:
        id = str(uuid4())
        fact = {"id": id, "type": FeeRequestedV1.type(), "retailerid": str(uuid4()), "data": data}
        headers = {
            "attempt": 5,
            "error": f"KeyError: nobody is called {EMAIL}",
            "queue": queue,
            "first_failed_at": "2026-01-02T03:04:05+00:00",
        }
        with closing(kombu.Connection(broker_url)) as link, closing(link.channel()) as channel:
            body = json.dumps(fact).encode()
            channel.basic_publish(Message(body, message_id=id, application_headers=headers), "", f"{queue}.parked")
        return id

    return put


def count(broker_url: str, queue: str) -> int:
    with closing(connect(broker_url, "test")) as link:
        return link.channel().queue_declare(queue, passive=True).message_count


def test_the_state_of_the_suite_names_who_is_away_and_what_is_parked(operator, park, queue):
    park()

    told = operator.get("/status").json()

    assert told["well"] is False
    assert "payments has parked 1 messages." in told["trouble"]
    assert "Nobody answers for payments." in told["trouble"]
    assert told["parts"] == {"gateway": "ready", "database": "ready", "broker": "ready"}
    payments = next(each for each in told["services"] if each["service"] == "payments")
    assert (payments["listeners"], payments["parked"], payments["outbox"]) == (0, 1, None)
    assert {"queue": queue, "waiting": 0, "listeners": 0, "parked": 1} in told["queues"]


def test_a_service_that_runs_tells_of_its_own_database(operator, start):
    start("rules")

    told = operator.get("/status").json()

    rules = next(each for each in told["services"] if each["service"] == "rules")
    assert (rules["listeners"], rules["outbox"], rules["work_parked"]) == (1, 0, 0)
    assert not [sentence for sentence in told["trouble"] if "rules" in sentence]


def test_parked_messages_are_listed_by_place_and_by_queue(operator, park, queue):
    ids = [park(), park()]

    places = operator.get("/dlq").json()
    told = operator.get(f"/dlq/{queue}").json()

    assert {"queue": queue, "service": "payments", "parked": 2} in places["queues"]
    assert "payments" in places["silent"]
    assert [each["id"] for each in told["messages"]] == ids
    assert told["parked"] == 2
    assert told["messages"][0]["attempts"] == 4
    assert told["messages"][0]["what"] == "portal.fee_requested.v1"


def test_nobodys_name_or_address_leaves_with_a_parked_message(operator, park, queue):
    contact = {"name": "Jane Doe", "email": EMAIL, "phone": "+44 20 7946 0018"}
    id = park(number="R-7KQ2M9", contact=contact, comment="call Jane", status_url="https://x.example/alder/r/token")

    answer = operator.get(f"/dlq/{queue}/{id}")

    told = answer.json()
    assert told["envelope"]["data"]["number"] == "R-7KQ2M9"
    assert told["error"] == "KeyError: nobody is called …@…"
    for personal in ("Jane", "shopper.example", "7946", "token"):
        assert personal not in answer.text


def test_a_replayed_message_goes_home_and_the_act_is_in_the_audit(operator, park, queue, broker_url, people):
    id = park()

    answer = operator.post(f"/dlq/{queue}/{id}/replay")

    assert answer.json() == {"queue": queue, "replayed": 1, "left": None, "stopped": None}
    assert (count(broker_url, queue), count(broker_url, f"{queue}.parked")) == (1, 0)
    act = audited(operator)
    assert (act.action, act.subject, act.outcome) == ("dlq.replay", f"{queue}/{id}", "done")


def test_a_whole_queue_is_replayed(operator, park, queue, broker_url):
    for _ in range(3):
        park()

    answer = operator.post(f"/dlq/{queue}/replay")

    assert answer.json() == {"queue": queue, "replayed": 3, "left": 0, "stopped": None}
    assert count(broker_url, queue) == 3


def test_a_dropped_message_is_gone_and_the_reason_is_kept(operator, park, queue, broker_url):
    stays, id = park(), park()

    answer = operator.post(f"/dlq/{queue}/{id}/drop", {"words": "a test of ours"})

    assert answer.json() == {"queue": queue, "dropped": 1}
    assert [each["id"] for each in operator.get(f"/dlq/{queue}").json()["messages"]] == [stays]
    act = audited(operator)
    assert (act.action, act.outcome, act.before["words"]) == ("dlq.drop", "done", "a test of ours")
    assert act.after["what"] == "portal.fee_requested.v1"


def test_nothing_is_dropped_without_words(operator, park, queue, broker_url):
    id = park()

    answers = [operator.post(f"/dlq/{queue}/{id}/drop", body) for body in ({}, {"words": ""}, {"words": "x", "by": 1})]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert count(broker_url, f"{queue}.parked") == 1


def test_what_is_not_parked_is_not_found(operator, park, queue):
    gone = operator.post(f"/dlq/{queue}/{uuid4()}/replay")
    never_declared = operator.get("/dlq/labels.payments.fee_paid.v1")
    no_fact = [operator.get(f"/dlq/{name}") for name in ("rpc.labels", f"{queue}.parked", "delay.1s", "amq.direct")]

    assert (gone.status_code, gone.json()["code"]) == (404, "dlq.no_such_message")
    assert never_declared.json()["code"] == "dlq.no_such_queue"
    assert [answer.json()["code"] for answer in no_fact] == ["dlq.no_such_queue"] * 4


def test_parked_work_is_seen_and_taken_up_again_and_never_dropped(operator, start, retailer):
    from libs.chassis.store import engine_of

    start("rules")
    with engine_of("rules").begin() as db:
        id = db.exec_driver_sql(
            "INSERT INTO claims (kind, account, retailer_id, subject, due_at, parked_at, tries, error, correlation_id) "
            "VALUES ('toys', 'a shop', %s, %s, now(), now(), 7, 'Transient: away', %s) RETURNING id",
            (retailer.id, new_id(), new_id()),
        ).scalar_one()

    places = operator.get("/dlq").json()["queues"]
    (work,) = operator.get("/dlq/rules.work").json()["messages"]
    whole = operator.get(f"/dlq/rules.work/{id}").json()
    dropped = operator.post(f"/dlq/rules.work/{id}/drop", {"words": "not needed"})
    replayed = operator.post(f"/dlq/rules.work/{id}/replay")
    again = operator.post(f"/dlq/rules.work/{id}/replay")

    assert {"queue": "rules.work", "service": "rules", "parked": 1} in places
    assert (work["id"], work["what"], work["attempts"], work["error"]) == (str(id), "toys", 7, "Transient: away")
    assert whole["account"] == "a shop"
    assert (dropped.status_code, dropped.json()["code"]) == (409, "dlq.work_stays")
    assert replayed.json()["replayed"] == 1
    assert (again.status_code, again.json()["code"]) == (404, "dlq.no_such_message")
    assert operator.get("/dlq/rules.work").json()["messages"] == []


def test_work_of_a_service_that_is_away_is_not_told(operator):
    answer = operator.get("/dlq/labels.work")

    assert (answer.status_code, answer.json()["code"]) == (503, "service.unavailable")


def test_retailers_are_listed(operator, retailer):
    told = operator.get("/retailers").json()["retailers"]

    mine = next(each for each in told if each["id"] == str(retailer.id))
    assert mine["slug"] == retailer.slug
    assert mine["portal"] == retailer.look.portal_url


def new_retailer(slug: str, email: str) -> dict[str, object]:
    """All that a retailer needs to begin, but for what other services would say of it."""
    look = {"slug": slug, "name": "Birch", "brand": "#112233", "currency": "GBP", "shop_url": "https://birch.example"}
    staff = [{"email": email, "password": "walk the long way home"}]
    shop = {"kind": "native", "currency": "GBP"}
    none = {"policy": {}, "hubs": [], "lanes": []}
    return {**look, **none, "support_email": "help@birch.example", "staff": staff, "shop": shop}


def test_a_retailer_that_cannot_be_set_up_is_not_there_half_made(operator, retailer, people):
    slug, taken = f"birch-{new_id().hex[-8:]}", f"{new_id().hex}@alder.example"
    Members().save(retailer.id, email=taken, name="Ana", password_hash="", role=Role.MANAGER)

    answers = [
        operator.post("/retailers", new_retailer(slug, email))
        for email in (taken, f"{new_id().hex}@birch.example")  # then the services are away
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [
        (409, "staff.email_taken"),
        (503, "service.unavailable"),
    ]
    assert people.retailer(slug=slug) is None


def test_a_key_of_a_former_set_up_ends_and_no_other(retailer):
    keys, mine = Keys(), {"scopes": {May.READ_RETURNS}, "by": SYSTEM}
    first, others = keys.make(retailer.id, label="set-up", **mine), keys.make(retailer.id, label="till", **mine)

    second = keys.make(retailer.id, label="set-up", **mine, replacing=True)

    assert [keys.of(text) is not None for _, text in (first, others, second)] == [False, True, True]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/status"),
        ("get", "/dlq"),
        ("get", f"/dlq/{QUEUE}"),
        ("get", f"/dlq/{QUEUE}/1"),
        ("post", f"/dlq/{QUEUE}/replay"),
        ("post", f"/dlq/{QUEUE}/1/replay"),
        ("post", f"/dlq/{QUEUE}/1/drop"),
        ("get", "/retailers"),
        ("post", "/retailers"),
    ],
)
def test_a_retailers_manager_operates_nothing(browser, retailer, a_key, method, path):
    manager = Program(browser, a_key(retailer.id))

    answer = getattr(manager, method)(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "api.forbidden")


def test_the_operator_reads_no_retailers_returns(operator):
    answers = [operator.get(path) for path in ("/returns", "/returns/R-7KQ2M9", "/returns/R-7KQ2M9/story", "/tasks")]

    assert [answer.status_code for answer in answers] == [403] * 4


def audited(operator: Program):
    """The operator's last act."""
    from services.portal.store.audit import Audit

    return until(lambda: Audit().list(NOBODY, limit=1))[0]
