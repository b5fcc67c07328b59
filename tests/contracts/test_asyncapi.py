"""The AsyncAPI document is valid, current, and says what really travels."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, FormatChecker

from libs.chassis import rpc, wire
from libs.contracts import __version__
from libs.contracts.asyncapi import document as made
from libs.contracts.asyncapi.files import stale
from libs.contracts.base import Call, Envelope, Message, Named
from libs.contracts.catalogue import Kind, answers, contracts, facts, kind, requests
from libs.contracts.examples import example, example_of_fact, example_of_request
from libs.contracts.wiring import wirings

ROOT = Path(__file__).parents[2]
SPECS = "@asyncapi/specs@6.11.1"

Node = dict[str, Any]


@cache
def document() -> Node:
    """The document as the classes make it now."""
    return made()


@pytest.fixture(scope="session")
def official() -> Node:
    """The AsyncAPI project's own JSON Schema of version 3.1.0, fetched once into `.run/node`."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("Node is not installed")
    folder = ROOT / ".run" / "node"
    file = folder / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.1.0.json"
    if not file.exists():
        fetch = [
            npm,
            "install",
            "--prefix",
            str(folder),
            "--no-save",
            "--no-package-lock",
            "--ignore-scripts",
            "--no-audit",
            SPECS,
        ]
        done = subprocess.run(fetch, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            pytest.skip(f"Node cannot install {SPECS}: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(file.read_text())


@cache
def reader(name: str) -> Draft7Validator:
    """What judges the payload of one message by the document alone."""
    whole = document()
    payload = whole["components"]["messages"][name]["payload"]
    return Draft7Validator({"allOf": [payload], "components": whole["components"]}, format_checker=FormatChecker())


def faults(name: str, payload: Any) -> list[str]:
    """What the document finds wrong with a payload."""
    return [fault.message for fault in reader(name).iter_errors(payload)]


def travelling(contract: type[Named], *, whole: bool) -> Any:
    """A contract as its bytes on the wire, written by the classes and not by the example."""
    if kind(contract) is Kind.FACT:
        return json.loads(Envelope[contract].parse(json.dumps(example_of_fact(contract, whole=whole))).to_json())
    if kind(contract) is Kind.REQUEST:
        call = Call.model_validate(example_of_request(contract, whole=whole))
        body = contract.model_validate(call.data)
        return json.loads(call.model_copy(update={"data": body}).model_dump_json(by_alias=True, serialize_as_any=True))
    return json.loads(contract.model_validate(example(contract.model_json_schema(), whole=whole)).model_dump_json())


def references(node: Any) -> Iterator[str]:
    """Every `$ref` in the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def resolves(whole: Node, reference: str) -> bool:
    """Whether a `$ref` points to something in the document."""
    at: Any = whole
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(at, dict) or step not in at:
            return False
        at = at[step]
    return True


def test_the_committed_document_and_page_are_current() -> None:
    assert stale() == [], "run `make contracts-accept`"


def test_the_document_is_valid_by_the_official_schema(official: Node) -> None:
    assert [fault.message for fault in Draft7Validator(official).iter_errors(document())] == []


def test_the_official_schema_sees_a_wrong_document(official: Node) -> None:
    wrong = deepcopy(document())
    wrong["channels"]["payments.fee_waived.v1"]["bindings"]["amqp"]["exchange"]["type"] = "shout"

    assert not Draft7Validator(official).is_valid(wrong)


def test_every_reference_points_to_something() -> None:
    whole = document()

    found = set(references(whole))

    assert len(found) > len(contracts())
    assert {reference for reference in found if not resolves(whole, reference)} == set()


def test_every_contract_is_a_message_and_every_message_has_a_contract() -> None:
    assert document()["components"]["messages"].keys() == {each.type() for each in contracts()} | {"refused", "failed"}


def test_the_document_has_the_version_of_the_contracts() -> None:
    assert document()["info"]["version"] == __version__


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "bare"])
@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.type())
def test_what_the_classes_write_is_what_the_document_says(contract: type[Named], whole: bool) -> None:
    assert faults(contract.type(), travelling(contract, whole=whole)) == []


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.type())
def test_the_examples_in_the_document_are_such_messages(contract: type[Named]) -> None:
    message = document()["components"]["messages"][contract.type()]

    assert [faults(contract.type(), given["payload"]) for given in message["examples"]] == [[]]


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.type())
def test_the_document_refuses_a_fact_without_its_retailer_or_of_another_type(fact: type[Message]) -> None:
    sent = travelling(fact, whole=True)

    assert faults(fact.type(), {key: value for key, value in sent.items() if key != "retailerid"}) != []
    assert faults(fact.type(), sent | {"type": "portal.nothing_happened.v1"}) != []
    assert faults(fact.type(), sent | {"data": {}}) != []


def test_refusals_are_what_the_bus_sends() -> None:
    told = json.loads(rpc.refusal("orders.not_found", "no such order"))

    assert faults("refused", told) == [] == faults("failed", told)


def test_each_fact_is_published_to_the_exchange_and_key_of_its_class() -> None:
    channels = document()["channels"]

    told = {
        fact: (channels[fact.type()]["bindings"]["amqp"]["exchange"]["name"], channels[fact.type()]["address"])
        for fact in facts()
    }

    assert told == {fact: (fact.exchange(), fact.wire()) for fact in facts()}


def test_queues_are_those_that_the_services_listen_to() -> None:
    queues = {name: channel for name, channel in document()["channels"].items() if "x-bound-to" in channel}

    assert queues.keys() == {fact.queue(service.service) for service in wirings() for fact in service.listens_to}


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.type())
def test_the_document_and_the_bus_declare_the_same(fact: type[Message]) -> None:
    parked, queue = wire.fact_queue(fact.queue("portal"), fact.exchange(), fact.wire(), limit=10)
    listening = [service.service for service in wirings() if fact in service.listens_to]

    channels = [document()["channels"][fact.queue(service)] for service in listening]

    for service, channel in zip(listening, channels, strict=True):
        told = channel["bindings"]["amqp"]["queue"]
        assert told["name"].partition(".")[2] == queue.queue.partition(".")[2]
        assert channel["x-parked"] == parked.queue.replace("portal", service, 1)
        assert (channel["x-bound-to"]["exchange"], channel["x-bound-to"]["routingKey"]) == (queue.exchange, queue.key)
    assert document()["channels"][fact.type()]["bindings"]["amqp"]["exchange"]["type"] == queue.exchange_type


def test_requests_are_answered_with_the_class_they_name() -> None:
    whole = document()
    answered = {request for service in wirings() for request in service.answers}

    for request in answered:
        operation = whole["operations"][f"{request.owner()}.answers.{request.wire()}"]
        assert operation["channel"]["$ref"] == f"#/channels/{request.queue()}"
        assert operation["reply"]["messages"][0]["$ref"].endswith(f"/messages/{request.answer.type()}")
    assert whole["channels"][rpc.REPLY_TO]["messages"].keys() == {answer.type() for answer in answers()} | {
        "refused",
        "failed",
    }


def test_every_request_is_answered_by_its_owner_alone() -> None:
    answering = [(request, service.service) for service in wirings() for request in service.answers]

    assert sorted(answering, key=str) == sorted(((request, request.owner()) for request in requests()), key=str)


def test_every_fact_is_heard_by_somebody() -> None:
    # Facts are published with `mandatory`: one that nobody listens to comes back and waits in the outbox for ever.
    heard = {fact for service in wirings() for fact in service.listens_to}

    assert {fact.type() for fact in facts()} - {fact.type() for fact in heard} == set()
