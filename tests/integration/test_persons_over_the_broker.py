"""Every service hears that a person is to be taken out, and answers what it still holds of them: over a real broker."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.chassis.store import engine_of
from libs.contracts.catalogue import OWNERS
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonRefs
from tests.integration.facts import bus, fact
from tests.integration.forgetting import erased
from tests.waiting import until


@pytest.mark.parametrize("service", [each for each in OWNERS if each != "orders"])
def test_a_service_takes_a_person_out_once_however_often_it_is_told(
    start: Callable[..., Any], broker_url: str, service: str
):
    asked = import_module(f"libs.contracts.{service}_persons").ExportPersonV1
    retailer_id, who = new_id(), PersonRefs(order_ids=(new_id(),), return_ids=(new_id(),), intake_ids=(new_id(),))
    told = fact(retailer_id, erased(who))
    start(service, NOTIFICATIONS_SMTP_URL="smtp://127.0.0.1:1", NOTIFICATIONS_SENDER="Desk <desk@alder.example>")

    with bus(broker_url) as link:
        for _ in range(3):
            link.state(told)
    until(lambda: _heard(service, told) == 1, within=20)
    answer = ask(retailer_id, asked(who=who, most=1))

    assert (answer.rows, answer.document) == (0, "{}")
    assert PersonErasedV1.queue(service) == f"{service}.orders.person_erased.v1"


def _heard(service: str, told: Any) -> int:
    with engine_of(service).connect() as db:
        counted = "SELECT count(*) FROM inbox WHERE message_id = %s"
        return int(db.exec_driver_sql(counted, (told.id,)).scalar_one())
