"""`homeward` against the running suite: seen, told, replayed and made, as an operator would from a shell."""

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from amqp import Message

from deploy.local.journey import drive
from deploy.local.kept import write_json
from deploy.local.processes import ROOT
from deploy.local.retailers import retailers
from deploy.local.stack import Stack
from libs.chassis.wire import connect, publish
from libs.contracts.portal import LabelRequestedV1
from tests.waiting import until

QUEUE = LabelRequestedV1.queue("labels")
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def homeward(suite: Stack) -> Run:
    """Call it with a command line."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}

    def run(*arguments: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(ROOT / "bin" / "homeward"), *arguments],
            env=kept | {"HOMEWARD_RUN": str(suite.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            **more,
        )

    return run


def told(done: subprocess.CompletedProcess):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_suite_is_well_and_every_service_tells_of_itself(homeward: Run):
    state = until(lambda: (done := homeward("status", "--json")).returncode == 0 and json.loads(done.stdout), within=60)

    assert state["well"]
    assert set(state["processes"].values()) == {"ready"}
    assert all(each["listeners"] >= 1 and each["outbox"] is not None for each in state["suite"]["services"])


def test_a_finished_return_is_told_over_all_services(suite: Stack, homeward: Run):
    number = drive(suite.facts, say=print).story["number"]

    whole = told(homeward("return", "show", number, "--json"))
    shown = homeward("return", "show", number)
    listed = told(homeward("return", "list", "--search", number, "--json"))
    hidden = homeward("return", "show", number, "--retailer", "kite")

    stated = {event["service"] for event in whole["story"]["events"]}
    assert {"portal", "payments", "labels", "tracking", "orders"} <= stated
    assert [parcel["parcel"] for parcel in whole["story"]["parcels"]] == [1]
    assert whole["story"]["silent"] == []
    for heading in ("Lines", "Parcels", "What happened", "Decision"):
        assert f"\n{heading}\n" in shown.stdout
    assert [each["number"] for each in listed["returns"]] == [number]
    assert hidden.returncode == 3


def test_a_parked_message_is_seen_replayed_parked_again_and_dropped(suite: Stack, homeward: Run):
    with closing(connect(suite.facts["broker"], "test")) as link:
        channel = link.channel()
        publish(channel, "", QUEUE, _broken(), mandatory=True)
        channel.queue_declare(QUEUE, passive=True)  # the broker has read what came before it

    def parked() -> list[dict]:
        return told(homeward("dlq", "show", QUEUE, "--json"))["messages"]

    (message,) = until(parked, within=30)
    assert message["id"] == "broken-by-hand"
    assert message["error"].startswith("Malformed")
    assert QUEUE in homeward("dlq", "list").stdout
    assert homeward("status").returncode == 1

    assert homeward("dlq", "replay", QUEUE, "broken-by-hand").returncode == 0
    until(lambda: [again["attempts"] for again in parked()] == [1], within=30)
    assert homeward("dlq", "drop", QUEUE, "broken-by-hand", "--because", "made by a test").returncode == 0
    assert parked() == []
    assert homeward("dlq", "show", QUEUE, "broken-by-hand").returncode == 3


def test_tasks_are_listed(homeward: Run):
    assert isinstance(told(homeward("task", "list", "--json"))["tasks"], list)


def test_a_retailer_is_set_up_once_more_and_all_it_was_told_works(suite: Stack, homeward: Run):
    facts, shop = suite.facts, suite.facts["sandbox"]["shopify"]
    before = facts["retailers"][0]

    made = told(homeward("retailer", "create", "-", "--json", input=json.dumps(retailers(shop)[0])))

    facts["retailers"][0] = before | made
    write_json(suite.folder / "demo.json", facts)  # as an operator keeps what is shown once
    httpx.post(f"{shop}/control/webhooks", json=made["webhooks"]["shopify"], timeout=10).raise_for_status()
    assert (made["id"], made["portal"]) == (before["id"], before["portal"])
    assert made["api_key"] != before["api_key"]
    assert drive(suite.facts, say=print).story["awaiting"] == "closed"
    assert "alder" in homeward("retailer", "list").stdout


def test_a_retailers_key_operates_nothing(suite: Stack, homeward: Run):
    gateway = ("--address", suite.facts["gateway"], "--key", suite.facts["retailers"][0]["api_key"])

    done = homeward("dlq", "list", *gateway)

    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "homeward: This needs platform.operate.\n"


def _broken() -> Message:
    return Message(b"not json", message_id="broken-by-hand", content_type="application/json", delivery_mode=2)
