"""A worker process: how it starts or refuses to, what it says of its health, and what its log may hold."""

import json
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from services.toy.toy import SayV1

from libs.chassis.errors import Failed
from libs.chassis.rpc import Client
from tests.integration.chassis.conftest import counted, has_said, logged, run_python
from tests.waiting import until

RUN = "import sys; sys.argv = ['run', 'toy', '--check']; from libs.chassis import run"
GREEN_QUERIES = """
from libs.chassis import run
import eventlet, psycopg, sys, time

run.is_green()
if sys.argv[2] == "hub":
    run.green.install()

def sleep(_):
    with psycopg.connect(sys.argv[1]) as db:
        db.execute("SELECT pg_sleep(0.2)")

began = time.monotonic()
sleep(0)
alone = time.monotonic() - began
began = time.monotonic()
list(eventlet.GreenPool(20).imap(sleep, range(20)))
print((time.monotonic() - began) / alone)
"""
LARGE_STATEMENT = """
from libs.chassis import run
import eventlet, psycopg, sys

run.green.install()
turns = [0]

def turn():
    while True:
        turns[0] += 1
        eventlet.sleep(0.001)

with psycopg.connect(sys.argv[1]) as db:
    eventlet.spawn(turn)
    [(said,)] = db.execute("SELECT %s::text", ("x" * 60_000_000,))
print(len(said), turns[0])
"""
BROKEN_OFF = """
from libs.chassis import run
import eventlet, psycopg, sys

run.green.install()

def late():
    with psycopg.connect(sys.argv[1]) as db, eventlet.Timeout(0.2, TimeoutError("late")):
        db.execute("SELECT pg_sleep(5)")

def neighbour():
    with psycopg.connect(sys.argv[1]) as db:
        return db.execute("SELECT 42 FROM pg_sleep(0.5)").fetchone()[0]

other = eventlet.spawn(neighbour)
try:
    late()
except (TimeoutError, psycopg.Error):
    print("late")
print(other.wait())
"""


def address(toys):
    """Where psycopg itself connects to the toy's database."""
    return toys.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def settings(environment):
    """The variables that a worker needs."""
    return {name: environment[name] for name in ("AMQP_URL", "DATABASE_URL", "DATABASE_PREFIX", "HOMEWARD_KEYS")}


@pytest.mark.parametrize("way", ["hub", "selector"])
def test_twenty_queries_of_greenlets_wait_together(toys, way):
    done = run_python("-c", GREEN_QUERIES, address(toys), way, PSYCOPG_WAIT_FUNC="wait_c")

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 10  # one after the other they would take twenty times as long as one


def test_a_statement_larger_than_the_sockets_buffer_stops_no_other_greenlet(toys):
    done = run_python("-c", LARGE_STATEMENT, address(toys), "hub")

    assert done.returncode == 0, done.stderr
    length, turns = done.stdout.split()
    assert int(length) == 60_000_000
    assert int(turns) > 5


def test_a_query_that_is_broken_off_leaves_its_greenlets_neighbours_alone(toys):
    done = run_python("-c", BROKEN_OFF, address(toys), "hub")

    assert (done.returncode, done.stdout.split()) == (0, ["late", "42"]), done.stderr


def test_a_process_whose_queries_would_stop_every_greenlet_refuses_to_start(settings):
    undone = "import psycopg; psycopg.waiting.wait = psycopg.waiting.wait_c or psycopg.waiting.wait_epoll"

    done = run_python("-c", f"{RUN}; {undone}; run.main()", **settings)

    assert done.returncode == 1
    assert "wait_selector" in done.stderr


def test_a_process_whose_sockets_are_not_green_refuses_to_start(settings):
    undone = "import eventlet; eventlet.patcher.already_patched.clear()"

    done = run_python("-c", f"{RUN}; {undone}; run.main()", **settings)

    assert done.returncode == 1
    assert "not green" in done.stderr


def test_a_process_that_may_start_says_nothing(settings):
    done = run_python("-c", f"{RUN}; run.main()", **settings)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("AMQP_URL", None, "AMQP_URL is missing"),
        ("AMQP_URL", "http://localhost", "AMQP_URL: String should match"),
        ("DATABASE_URL", None, "DATABASE_URL is missing"),
        ("HOMEWARD_KEYS", None, "HOMEWARD_KEYS is missing"),
        ("HOMEWARD_KEYS", "k1:c2hvcnQ=", "HOMEWARD_KEYS: must be id:base64 of 32 bytes"),
        ("HOMEWARD_MODE", "test", "HOMEWARD_MODE: Input should be 'production' or 'sandbox'"),
        ("METRICS_PORT", "many", "METRICS_PORT: Input should be a valid integer"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: Input should be 'DEBUG'"),
        ("RETRY_TIERS", "soon", "RETRY_TIERS: String should match"),
        ("CLAIM_LEASE_SECONDS", "0", "CLAIM_LEASE_SECONDS: Input should be greater than or equal to 2"),
        ("CRASH_AT", "toy.before_ack", "CRASH_AT is for sandbox mode only"),
    ],
)
def test_a_wrong_setting_ends_the_start_naming_the_variable(settings, variable, value, words):
    given = settings | {variable: value} if value else {k: v for k, v in settings.items() if k != variable}

    done = run_python("-m", "libs.chassis.run", "toy", **given)

    assert done.returncode == 1
    assert f"Homeward cannot start: {words}" in done.stderr
    assert "Traceback" not in done.stderr
    assert settings["HOMEWARD_KEYS"] not in done.stderr + done.stdout


@pytest.mark.parametrize(("mode", "code"), [("production", 0), ("sandbox", -signal.SIGKILL)])
def test_a_crash_point_kills_in_the_sandbox_only(mode, code):
    done = run_python(
        "-c", "from libs.chassis import crash; crash.point('a'); crash.point('b')", HOMEWARD_MODE=mode, CRASH_AT="b"
    )

    assert done.returncode == code


@pytest.mark.parametrize(("mode", "days"), [("sandbox", 7), ("production", 0)])
def test_the_clock_file_shifts_a_sandbox_and_never_production(mode, days, tmp_path):
    clock = tmp_path / "clock"
    clock.write_text(str(timedelta(days=7).total_seconds()))

    done = run_python(
        "-c",
        "from libs.chassis.clock import now; from datetime import datetime, UTC; print((now() - datetime.now(UTC)).days)",
        HOMEWARD_MODE=mode,
        CLOCK_FILE=str(clock),
    )

    assert int(done.stdout) in (days, days - 1)  # a moment passes between the two looks at the clock


def test_a_running_process_sees_the_clock_move(worker, environment, broker_url, retailer):
    client = Client(broker_url, "test")
    clock = Path(environment["CLOCK_FILE"])

    def day():
        return client.ask(retailer, SayV1(words="", mood="what time is it?"), timeout=10).words[:10]

    before = day()
    try:
        clock.write_text(str(86_400 * 365))
        until(lambda: day()[:4] > before[:4])
    finally:
        clock.write_text("0")

    assert until(lambda: day() == before)
    client.close()


def test_a_ready_process_says_what_it_looked_at(worker):
    alive = {"status": "alive", "pid": str(worker.running.pid)}
    assert worker.get("/livez") == (200, json.dumps(alive))
    assert worker.get("/readyz") == (200, '{"database": "ok", "broker": "ok"}')
    assert worker.get("/secrets")[0] == 404


def test_metrics_of_a_process_carry_its_name_and_no_retailer(worker, poke, toys, retailer):
    toy_id = poke()
    until(lambda: toys.pokes(retailer, toy_id) == 1)
    until(lambda: counted(worker, "event_seconds_count") > 0)

    page = worker.get("/metrics")[1]

    assert 'homeward_toy_event_seconds_count{event="toy.poked.v1",outcome="done"}' in page
    assert "homeward_toy_outbox_oldest_age_seconds" in page
    assert str(retailer) not in page


def test_each_line_of_the_log_is_a_json_object_that_says_whose_work_it_was(worker, poke, retailer):
    poke(mood="broken")
    until(lambda: has_said(worker, "chassis.parked"))

    lines = [line for line in logged(worker) if line["event"] in ("chassis.put_off", "chassis.parked")]

    assert {line["service"] for line in logged(worker)} == {"toy"}
    assert {line["retailer"] for line in lines} == {str(retailer)}
    assert all({"correlation_id", "message_id", "fact", "timestamp", "level", "error"} <= line.keys() for line in lines)


def test_the_log_hides_what_is_personal(worker, poke):
    poke(mood="broken")
    poke(mood="slow")
    until(lambda: has_said(worker, "chassis.parked") and has_said(worker, "toy.slow_began"))

    whole = worker.log.read_text()

    assert "jane" not in whole
    assert '"email": "[hidden]"' in whole
    assert "KeyError: 'a mistake in the code, by [hidden]'" in whole


def test_a_process_that_reaches_neither_server_says_which_and_stops_when_told(start, toys, broker_url):
    process = start("toy", ready=False, DATABASE_PREFIX="nowhere_at_all", AMQP_URL=f"{broker_url}-missing")
    until(lambda: process.get("/livez")[0] == 200)

    assert process.get("/readyz") == (503, '{"database": "OperationalError", "broker": "ConnectionError"}')
    assert process.stop() == 0


def test_a_process_that_fails_ends_with_a_code_that_has_it_started_again(toys, settings):
    failing = "from libs.chassis import bus; bus.Bus.begin = lambda self: 1 / 0"

    done = run_python("-c", f"{RUN}; {failing}; sys.argv.pop(); run.main()", **settings)

    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stdout


def test_a_failed_answer_is_logged_once_with_its_traceback(worker, broker_url, retailer):
    client = Client(broker_url, "test")

    with pytest.raises(Failed):
        client.ask(retailer, SayV1(words="hello", mood="broken"), timeout=10)

    [line] = [line for line in logged(worker) if line.get("retailer") == str(retailer)]
    assert line["event"] == "chassis.answer_failed"
    assert "Traceback" in line["exception"]
    client.close()
