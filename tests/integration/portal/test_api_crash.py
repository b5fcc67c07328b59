"""A gateway that dies between an effect and its answer: the same request, sent again, makes nothing twice."""

import os
import subprocess
import sys

import httpx
import pytest

from deploy.local.ports import choose
from services.portal.access import May
from tests.integration.conftest import ROOT, Process
from tests.integration.portal.programs import submitted
from tests.waiting import until


@pytest.fixture
def gateway(environment, people, tmp_path):
    """Call it with variables of its own: the address of a gateway that is a process of its own."""
    started = []

    def begin(**more: str) -> tuple[Process, str]:
        ports = choose({"http": 0, "metrics": 0})[0]
        log = tmp_path / f"gateway-{len(started)}.log"
        own = {"PORTAL_PORT": str(ports["http"]), "METRICS_PORT": str(ports["metrics"])}
        with log.open("w") as output:
            running = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "services.portal.gateway"],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | environment | own | more,
            )
        started.append(Process(running, ports["metrics"], log))
        until(started[-1].ready, within=40)
        return started[-1], f"http://127.0.0.1:{ports['http']}/api/v1"

    yield begin
    for process in started:
        process.kill()


@pytest.mark.parametrize("point", ["api.after_effect", "api.before_effect"])
def test_a_parcel_is_added_once_though_the_process_died_before_its_answer(
    gateway, returns, retailer, a_key, outbox, people, point
):
    ret = submitted(returns, retailer, held="photo")
    key = a_key(retailer.id, May.READ_RETURNS, May.WRITE_RETURNS, May.DECIDE_RETURNS)
    headers = {"authorization": f"Bearer {key}", "idempotency-key": "erp-1"}
    dying, there = gateway(CRASH_AT=point)
    _, here = gateway()
    accepted = httpx.post(
        f"{here}/returns/{ret.number}/accept", json={"label": "none"}, headers=headers | {"idempotency-key": "erp-0"}
    )

    with pytest.raises(httpx.TransportError):
        httpx.post(f"{there}/returns/{ret.number}/parcels", headers=headers)
    dying.running.wait(10)
    busy = httpx.post(f"{here}/returns/{ret.number}/parcels", headers=headers, timeout=10)
    _let_the_lease_end(returns, retailer)
    again = [httpx.post(f"{here}/returns/{ret.number}/parcels", headers=headers, timeout=10) for _ in range(2)]

    assert accepted.status_code == 200
    assert (busy.status_code, busy.headers["retry-after"]) == (409, "2")
    assert [answer.status_code for answer in again] == [200, 200]
    assert again[0].content == again[1].content
    assert [parcel["number"] for parcel in again[0].json()["parcels"]] == [1, 2]


def _let_the_lease_end(returns, retailer):
    with returns.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql("UPDATE idempotency_keys SET held_until = clock_timestamp() WHERE status IS NULL")
