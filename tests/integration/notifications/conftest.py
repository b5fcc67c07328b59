"""Notifications with a mailbox that takes its mail, and one retailer whose shopper sends a shirt back."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.local.ports import choose
from libs.chassis.claims import Claim
from libs.chassis.errors import Transient
from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.contracts.base import Message
from libs.contracts.portal import RetailerChangedV1, ReturnSubmittedV1
from libs.contracts.values import Address, ReturnLine
from services.notifications.service import NotificationsService
from services.notifications.settings import NotificationsSettings
from tests.integration.facts import fact
from tests.integration.notifications.album import Album
from tests.unit.notifications.examples import contact, look, shirt
from tests.waiting import until

ROOT = Path(__file__).parents[3]
HOME = Address(name="Ada Byron", line1="1 Canal Street", city="Bath", postcode="BA1 1AA", country="GB")


@dataclass(frozen=True)
class Mailbox:
    """The sandbox's mailbox, read over HTTP."""

    web: str
    smtp: str

    def to(self, address: str) -> list[dict[str, Any]]:
        """Every mail that came for `address`, whole, oldest first."""
        found = httpx.get(f"{self.web}/messages", params={"to": address}).json()["messages"]
        return [httpx.get(f"{self.web}/messages/{message['id']}").json() for message in found]

    def file(self, message: dict[str, Any], n: int = 0) -> bytes:
        """A file of a mail."""
        return httpx.get(f"{self.web}/messages/{message['id']}/attachments/{n}").content

    def misbehave(self, kind: str, *, at: str, times: int = 1) -> None:
        """Let the next mails to `at` go wrong."""
        httpx.post(f"{self.web}/control/faults", json={"kind": kind, "at": at, "times": times}).raise_for_status()


@pytest.fixture(scope="session")
def mailbox(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A sandbox of this test process, of which only the mailbox is used."""
    ports, _ = choose(dict.fromkeys(("shopify", "carrier", "mailbox", "smtp"), 0))
    folder = tmp_path_factory.mktemp("sandbox")
    told = {f"SANDBOX_{name.upper()}_PORT": str(port) for name, port in ports.items()} | {"SANDBOX_DATA": str(folder)}
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", "deploy.sandbox"], cwd=ROOT, env=os.environ | told, stdout=log, stderr=log
        )
    box = Mailbox(f"http://127.0.0.1:{ports['mailbox']}", f"smtp://127.0.0.1:{ports['smtp']}")
    until(lambda: running.poll() is None and _is_open(box.web))
    yield box
    running.terminate()
    running.wait(10)


@pytest.fixture(scope="session")
def smtp_url(mailbox: Mailbox, environment: dict[str, str]) -> str:
    """The mailbox's door, also set for this process and those it starts."""
    os.environ["NOTIFICATIONS_SMTP_URL"] = mailbox.smtp
    load.cache_clear()
    return mailbox.smtp


class Desk:
    """Brings one retailer's facts to notifications in this process, and does its planned work."""

    def __init__(self, service: NotificationsService, mailbox: Mailbox) -> None:
        self.service, self.mailbox = service, mailbox
        self.retailer_id, self.return_id = new_id(), new_id()
        self.shopper = contact(email=f"ada-{self.return_id}@example.com")
        self.team = f"team-{self.return_id}@alder.example"

    def look(self, **changes: Any) -> None:
        """The retailer shows itself."""
        self.service.on_retailer_changed(fact(self.retailer_id, RetailerChangedV1(look=look(**changes))))

    def submit(self, *lines: ReturnLine) -> None:
        """The shopper books the return."""
        submitted = ReturnSubmittedV1(
            return_id=self.return_id,
            number="R-7KQ2M9",
            order_id=new_id(),
            order_number="AL-1001",
            contact=self.shopper,
            address=HOME,
            lines=lines or (shirt(),),
            status_url="https://returns.alder.example/r/secret",
            policy_version=1,
        )
        self.hear(submitted)

    def hear(self, body: Message, *, time: datetime | None = None) -> None:
        """Bring a fact to the handler that is named after it."""
        handler = getattr(self.service, "on_" + body.wire().partition(".")[0])
        handler(fact(self.retailer_id, body, time=time))

    def claims(self) -> list[Claim]:
        """What is planned for this retailer, oldest first."""
        with self.service.mails.unit(retailer_id=self.retailer_id) as unit:
            rows = unit.db.exec_driver_sql(
                "SELECT * FROM claims WHERE retailer_id = %s ORDER BY id", (self.retailer_id,)
            )
            return [Claim(row.id, row.kind, row.account, row.retailer_id, row.subject, tries=1) for row in rows]

    def work(self, *, tries: int = 1) -> None:
        """Do everything that is planned, in turn."""
        for claim in self.claims():
            self.service.send(replace(claim, tries=tries))

    def work_all(self) -> None:
        """Do what is planned, and leave what cannot be done yet."""
        for claim in self.claims():
            with suppress(Transient):
                self.service.send(claim)

    def mails(self) -> list[dict[str, Any]]:
        """What the shopper has received."""
        return self.mailbox.to(self.shopper.email)

    def messages(self) -> list[tuple[str, str]]:
        """Each message's template and state, oldest first."""
        with self.service.mails.unit(retailer_id=self.retailer_id) as unit:
            rows = unit.db.exec_driver_sql("SELECT template, state FROM messages ORDER BY id")
            return [tuple(row) for row in rows]

    def message_id(self) -> UUID:
        """The first message."""
        return self.claims()[0].subject


@pytest.fixture
def new_desk(service_database: Callable[[str], str], smtp_url: str, mailbox: Mailbox) -> Callable[[], Desk]:
    """Makes a desk for a retailer of its own."""
    service_database("notifications")
    load(NotificationsSettings)
    return lambda: Desk(NotificationsService(), mailbox)


@pytest.fixture
def reloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Call it with variables: the settings are read anew with them, until the test ends."""

    def read(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        load.cache_clear()

    yield read
    monkeypatch.undo()
    load.cache_clear()


@pytest.fixture
def album(broker_url: str) -> Iterator[Album]:
    """Portal as far as it shows photos, until it is closed."""
    with Album(broker_url) as open_album:
        yield open_album


@pytest.fixture
def desk(new_desk: Callable[[], Desk]) -> Desk:
    """A retailer with a look, whose shopper has booked nothing yet."""
    desk = new_desk()
    desk.look()
    return desk


def _is_open(web: str) -> bool:
    try:
        return httpx.get(f"{web}/livez", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
