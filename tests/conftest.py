"""Fixtures for every tier, and the rule about skipped tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import Stack
from tests.servers import SharedServers
from tests.skips import is_allowed

ROOT = Path(__file__).parents[1]
unexpected_skips: list[str] = []


@pytest.fixture(scope="session")
def shared_servers() -> Iterator[SharedServers]:
    """The broker and the database that all test processes share."""
    servers = SharedServers(ROOT / ".run" / "test")
    servers.join()
    yield servers
    servers.leave()


@pytest.fixture(scope="session")
def broker_url(shared_servers: SharedServers, worker_id: str) -> Iterator[str]:
    """The AMQP address of a virtual host that only this test process uses."""
    name = f"test-{worker_id}-{os.getpid()}"
    yield shared_servers.add_vhost(name)
    shared_servers.remove_vhost(name)


@pytest.fixture(scope="session")
def server_url(shared_servers: SharedServers) -> str:
    """The address of a PostgreSQL server where tests may create roles and databases, each of its own name."""
    return shared_servers.database_url


@pytest.fixture(scope="session")
def suite(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The whole suite with two retailers, on ports of its own and with fresh data."""
    stack = Stack(ROOT / ".run" / "suites" / str(os.getpid()), say=print, environment={"CLAIM_LEASE_SECONDS": "3"})
    stack.start()
    yield stack
    stack.stop()
    if not request.session.testsfailed:  # else its logs are wanted
        shutil.rmtree(stack.folder, ignore_errors=True)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One process where the broker is given: it has one virtual host, and queues are named by contract."""
    return 1 if os.environ.get("AMQP_URL") else None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember a test that was skipped for a reason a continuous integration run does not allow."""
    _note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember a module that was skipped for a reason a continuous integration run does not allow."""
    _note_skip(report)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run with CI=true that skipped what it should have run."""
    if os.environ.get("CI") == "true" and unexpected_skips and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what should not have been skipped."""
    if os.environ.get("CI") == "true" and unexpected_skips:
        terminalreporter.section("skipped, but CI=true allows no such skip")
        for line in unexpected_skips:
            terminalreporter.write_line(line)


def _note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not is_allowed(reason):
        unexpected_skips.append(f"{report.nodeid}: {reason}")
