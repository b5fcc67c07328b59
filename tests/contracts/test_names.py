"""Names on the wire come from the classes, and the classes are named as the vocabulary of the suite says."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
from pydantic import AwareDatetime, BaseModel

import libs.contracts
from libs.contracts.base import Envelope, Message, Named, Request, Value, answer_of
from libs.contracts.catalogue import OWNERS, Kind, answers, contracts, contracts_of, facts, kind, requests
from libs.contracts.examples import example, example_of_fact
from libs.contracts.labels import QuoteLabelV1
from libs.contracts.orders import SettlementSucceededV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.wiring import wirings

ROOT = Path(__file__).parents[2]

FACTS = {
    "portal": {
        "ReturnSubmitted",
        "ReturnDecided",
        "ReturnHeldForReview",
        "InformationRequested",
        "InformationReceived",
        "ReturnApproved",
        "ReturnRejected",
        "FeeRequested",
        "LabelRequested",
        "LabelVoidRequested",
        "SettlementRequested",
        "HoldRequested",
        "DifferenceRequested",
        "WithdrawalDeclared",
        "ReminderDue",
        "ReturnCancelled",
        "ReturnExpired",
        "ReturnClosed",
        "RetailerChanged",
        "ShopWebhookReceived",
        "CarrierWebhookReceived",
        "PaymentWebhookReceived",
        "IntakeKept",
        "IntakeMatched",
        "IntakeUnmatched",
        "StaffLinkIssued",
        "CancellationRequested",
        "CancellationClosed",
        "LookupCodeIssued",
        "PersonExportReady",
        "PersonReminderDue",
        "ParcelSent",
    },
    "orders": {
        "OrderChanged",
        "SettlementSucceeded",
        "SettlementRefused",
        "SettlementOutcomeUnknown",
        "ShopUpdateFailed",
        "ShopAccessLost",
        "ShopConnected",
        "CancellationSucceeded",
        "CancellationRefused",
        "CancellationOutcomeUnknown",
        "DriftFound",
        "PersonErased",
        "PersonExported",
        "PersonRequestEnded",
        "PersonRequestLate",
        "PersonRequested",
    },
    "rules": {"PolicyPublished"},
    "labels": {
        "LabelIssued",
        "LabelRefused",
        "LabelOutcomeUnknown",
        "LabelVoided",
        "LabelVoidRefused",
        "LabelExpired",
    },
    "payments": {
        "FeePaid",
        "FeeWaived",
        "FeeFailed",
        "FeeRefunded",
        "VoucherReleased",
        "HoldPlaced",
        "HoldCaptured",
        "HoldReleased",
        "PaymentDisputed",
        "DriftFound",
    },
    "tracking": {
        "MilestoneReached",
        "ParcelDelayed",
        "ParcelInTrouble",
        "ParcelInspected",
        "ScanVoided",
        "UnknownParcelScanned",
        "ConsolidationDelivered",
    },
    "notifications": {"MessageDelivered", "MessageBounced", "EndpointDisabled"},
}
VERBS = {
    "Begin",
    "Cancel",
    "Change",
    "Check",
    "Close",
    "Connect",
    "Count",
    "Decide",
    "Disconnect",
    "Draw",
    "Erase",
    "Explain",
    "Export",
    "Find",
    "Finish",
    "Get",
    "Judge",
    "Lint",
    "List",
    "Open",
    "Poll",
    "Preview",
    "Price",
    "Publish",
    "Quote",
    "Record",
    "Redeem",
    "Resend",
    "Restore",
    "Save",
    "Settle",
    "Simulate",
    "Start",
    "Void",
}


def words(contract: type[Named]) -> str:
    """The name without its version: `FeeWaivedV1` is `FeeWaived`."""
    return contract.__name__.rsplit("V", 1)[0]


def below(cls: type) -> Iterator[type]:
    """Every class derived from `cls`."""
    for child in cls.__subclasses__():
        yield child
        yield from below(child)


def models_in(contract: type[BaseModel], seen: set[type] | None = None) -> set[type[BaseModel]]:
    """The contract and every value in it, however deep."""
    seen = set() if seen is None else seen
    if contract not in seen:
        seen.add(contract)
        for field in contract.model_fields.values():
            for part in parts_of(field.annotation):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    models_in(part, seen)
    return seen


def parts_of(annotation: Any) -> Iterator[Any]:
    """An annotation and all that it is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from parts_of(argument)


def test_the_owners_are_the_services() -> None:
    assert {folder.name for folder in (ROOT / "services").iterdir() if (folder / "__init__.py").exists()} == set(OWNERS)


def test_names_on_the_wire_derive_from_the_class() -> None:
    assert FeeWaivedV1.type() == "payments.fee_waived.v1"
    assert FeeWaivedV1.exchange() == "payments.events"
    assert FeeWaivedV1.wire() == "fee_waived.v1"
    assert FeeWaivedV1.queue("portal") == "portal.payments.fee_waived.v1"
    assert SettlementSucceededV1.type() == "orders.settlement_succeeded.v1"
    assert QuoteLabelV1.queue() == "rpc.labels"


@pytest.mark.parametrize("name", ["FeeWaived", "feeWaivedV1", "FeeWaivedV", "Fee_WaivedV1", "V1"])
def test_a_name_without_words_or_version_has_no_name_on_the_wire(name: str) -> None:
    contract = type(name, (Message,), {"__module__": "elsewhere.payments"})

    with pytest.raises(TypeError, match="words followed by V and a number"):
        contract.wire()


def test_every_contract_has_a_name_on_the_wire_made_of_its_owner_and_its_words() -> None:
    snake = {
        contract: "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in words(contract)).lstrip(
            "_"
        )
        for contract in contracts()
    }

    assert [contract.__name__ for contract, name in snake.items() if contract.wire().partition(".v")[0] != name] == []


def test_every_message_stands_in_the_module_of_its_owner() -> None:
    for module in iter_modules(libs.contracts.__path__):
        import_module(f"libs.contracts.{module.name}")
    named = [cls for cls in below(Named) if cls.__module__.startswith("libs.contracts") and "[" not in cls.__name__]

    strays = {cls.__name__ for cls in named if cls not in (Message, Request) and cls not in contracts()}

    assert strays == set()


def test_no_two_contracts_share_a_type() -> None:
    counted = Counter(contract.type() for contract in contracts())

    assert [name for name, times in counted.items() if times > 1] == []


def test_no_two_queues_share_a_name() -> None:
    counted = Counter(fact.queue(service.service) for service in wirings() for fact in service.listens_to)

    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owner_states_only_the_facts_of_the_vocabulary(owner: str) -> None:
    stated = {words(contract) for contract in contracts_of(owner) if kind(contract) is Kind.FACT}

    assert stated <= FACTS[owner]


def test_requests_are_imperative_and_answered_by_a_noun_of_the_same_owner() -> None:
    for request in requests():
        verb = next((verb for verb in VERBS if words(request).startswith(verb)), None)
        answer = answer_of(request)

        assert verb is not None, f"{request.__name__} begins with no verb of this test's list"
        assert kind(answer) is Kind.ANSWER, f"{request.__name__} is answered by {answer.__name__}, which is no answer"
        assert answer.owner() == request.owner()


def test_every_class_that_is_neither_fact_nor_request_answers_one() -> None:
    said = {contract for contract in contracts() if kind(contract) is Kind.ANSWER}

    assert said == answers()


def test_a_request_names_its_answer() -> None:
    nameless = type("FindParcelV1", (Request,), {"__module__": "elsewhere.tracking"})

    with pytest.raises(TypeError, match="names no answer"):
        answer_of(nameless)


def test_every_contract_says_what_it_gives() -> None:
    assert [contract.__name__ for contract in contracts() if not (contract.__doc__ or "").rstrip().endswith(".")] == []


def test_every_value_is_frozen_and_ignores_what_it_does_not_know() -> None:
    values = {model for contract in contracts() for model in models_in(contract)}

    assert len(values) > len(contracts())
    assert [
        v.__name__
        for v in values
        if not (issubclass(v, Value) and v.model_config["frozen"] and v.model_config["extra"] == "ignore")
    ] == []


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: fact.type())
def test_a_listener_ignores_fields_it_does_not_know(fact: type[Message]) -> None:
    sent = example_of_fact(fact)
    grown = sent | {"partition": "eu", "data": sent["data"] | {"weather": "rain"}}

    assert Envelope[fact].parse(json.dumps(grown)) == Envelope[fact].parse(json.dumps(sent))


def fields_with(part: object) -> list[str]:
    """The fields of all contracts whose type has `part` in it."""
    values = {model for contract in contracts() for model in models_in(contract)}
    return sorted(
        f"{model.__name__}.{name}"
        for model in values
        for name, field in model.model_fields.items()
        if part in parts_of(field.annotation)
    )


def test_no_contract_holds_a_float() -> None:
    assert fields_with(float) == []
    assert "Money.amount" in fields_with(int)


def test_every_time_says_its_offset() -> None:
    assert fields_with(datetime) == []
    assert "MilestoneReachedV1.occurred_at" in fields_with(AwareDatetime)


@pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.type())
def test_every_contract_reads_back_what_it_wrote(contract: type[Named]) -> None:
    for whole in (True, False):
        read = contract.model_validate_json(json.dumps(example(contract.model_json_schema(), whole=whole)))

        assert contract.model_validate_json(read.model_dump_json(exclude_none=True)) == read
