"""One whole return over public HTTP only: by a shopper's browser, a carrier's webhook and a hub's scanner."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.forms import Form, forms
from deploy.local.seed import place_order

STEP_SECONDS = 30.0
NUMBER = re.compile(r"\bR-[2-9A-Z]{6}\b")
SELF_EXPLAINING = "changed_mind"  # a reason that asks no further question of either retailer


class StepFailed(RuntimeError):
    """A step of the journey that did not come about; the message names it."""


@dataclass
class Journey:
    """A return on its way, and what is known of it so far."""

    facts: dict[str, Any]
    retailer: dict[str, Any]
    http: httpx.Client = field(default_factory=lambda: httpx.Client(follow_redirects=True, timeout=15))
    order: dict[str, Any] = field(default_factory=dict)
    page: httpx.Response | None = None
    number: str = ""
    story: dict[str, Any] = field(default_factory=dict)

    def form(self, control: str) -> Form:
        """The form of the present page that has a control of that name."""
        assert self.page is not None
        found = [form for form in forms(self.page.text, at=str(self.page.url)) if form.named(control)]
        if not found:
            raise StepFailed(f"{self.page.url} answered {self.page.status_code} and has no field {control}")
        return found[0]

    def send(self, form: Form, **answers: str) -> None:
        """Send the form as a browser does, and look at the page that comes."""
        self.page = self.http.post(form.action, data=form.filled(**answers))

    def look(self) -> dict[str, Any]:
        """The return as the retailer's own programs see it now."""
        answer = self.http.get(
            f"{self.facts['gateway']}/api/v1/returns/{self.number}",
            headers={"Authorization": f"Bearer {self.retailer['api_key']}"},
        )
        self.story = answer.raise_for_status().json()
        return self.story

    def until_told(self, fact: str) -> None:
        """Wait until the return's history holds `fact`."""
        self.until(lambda: any(entry["type"] == fact for entry in self.look()["history"]), f"no {fact} came")

    def until(
        self, condition: Callable[[], object], otherwise: str, *, pause: float = 0.1, growing: float = 1.0
    ) -> None:
        """Wait until `condition` holds, looking again after a `pause` that may grow; raises StepFailed in the end."""
        ends = time.monotonic() + STEP_SECONDS
        while not condition():
            if time.monotonic() > ends:
                raise StepFailed(f"{otherwise}; the return awaits {self.story.get('awaiting', 'its submission')}")
            time.sleep(pause)
            pause *= growing

    def mails(self) -> list[dict[str, Any]]:
        """The mails the shopper has."""
        answer = self.http.get(f"{self.facts['mailbox']}/messages", params={"to": self.order["email"]})
        return answer.raise_for_status().json()["messages"]


def place(journey: Journey) -> str:
    """The shop sells two things and delivers them."""
    shop = journey.retailer["webhooks"]["shopify"]["shop"]
    email = f"robin-{secrets.token_hex(3)}@example.com"  # a shopper whose mails are this journey's only
    sandbox = journey.facts["sandbox"]["shopify"]
    journey.order = place_order(sandbox, shop, email=email)
    letters = f"{sandbox}/control/deliveries/{journey.order['number']}"

    def taken() -> bool:
        return all(letter["state"] == "taken" for letter in journey.http.get(letters).json()["deliveries"])

    journey.until(taken, "the shop's webhooks were not taken")
    return f"order {journey.order['number']} was paid, sent and delivered"


def find(journey: Journey) -> str:
    """The shopper finds the order by its number and email."""

    def found() -> bool:
        journey.page = journey.http.get(f"{journey.retailer['portal']}/")
        answers = {"order": journey.order["number"], "email": journey.order["email"]}
        journey.send(journey.form("order"), **answers)
        # While a service is away a request is kept instead: only the items with their reasons are the whole way.
        return any(form.named("reason-") for form in forms(journey.page.text, at=str(journey.page.url)))

    # A shopper may look up an order ten times in ten minutes, so a repeat waits longer each time.
    journey.until(found, "the order was not found", pause=0.25, growing=2.0)
    return f"{journey.order['number']} is known, with {len(journey.form('item').named('item')[0].choices)} items"


def choose(journey: Journey) -> str:
    """The shopper ticks one of the two items, says why, and sees what the policy gives."""
    form = journey.form("item")
    line = form.named("item")[0].choices[0]
    journey.send(form, **{"item": line, f"reason-{line}": SELF_EXPLAINING})
    take_refund(journey, line)
    journey.form("key")
    return "the policy takes one of them back"


def take_refund(journey: Journey, line: str) -> None:
    """Of several things that are offered for the line, choose the money."""
    assert journey.page is not None
    wanted = f"resolution-{line}"
    for form in forms(journey.page.text, at=str(journey.page.url)):
        if form.named(wanted):
            journey.send(form, **{wanted: "refund"})
            return


def submit(journey: Journey) -> str:
    """The shopper submits the return."""
    journey.send(journey.form("key"))
    assert journey.page is not None
    found = NUMBER.search(journey.page.text)
    if found is None:
        raise StepFailed(f"{journey.page.url} answered {journey.page.status_code} and shows no return's number")
    journey.number = found.group()
    return f"return {journey.number} is submitted and approved"


def waive(journey: Journey) -> str:
    """The lane is free, so nothing is charged for the label."""
    journey.until_told("payments.fee_waived.v1")
    return "the label costs the shopper nothing"


def label(journey: Journey) -> str:
    """A label is made."""
    journey.until_told("labels.label_issued.v1")
    return f"label {journey.story['tracking_number']} is drawn"


def mail_label(journey: Journey) -> str:
    """The label comes by mail, as a PDF."""

    def attached() -> bool:
        kinds = [part["content_type"] for mail in journey.mails() for part in mail["attachments"]]
        return "application/pdf" in kinds

    journey.until(attached, f"no mail with a PDF came to {journey.order['email']}")
    return f"{journey.order['email']} has it by mail"


def scan(journey: Journey) -> None:
    """The carrier's first scan of the parcel is sent to us."""
    carrier = journey.retailer["webhooks"]["carriers"][0]
    journey.http.post(
        f"{journey.facts['sandbox']['carrier']}/control/scan",
        json={
            "tracking_number": journey.story["tracking_number"],
            "code": "accepted",
            "url": carrier["url"],
            "secret": carrier["secret"],
        },
    ).raise_for_status()


def hand_over(journey: Journey) -> str:
    """The carrier scans the parcel for the first time."""
    scan(journey)
    journey.until(lambda: journey.look()["awaiting"] == "in_transit", "the carrier's first scan changed nothing")
    return "the carrier has the parcel"


def receive(journey: Journey) -> str:
    """The hub scans the parcel."""
    journey.http.post(
        f"{journey.facts['gateway']}/api/v1/scans",
        json={"code": journey.story["tracking_number"]},
        headers={"Authorization": f"Bearer {journey.retailer['api_key']}"},
    ).raise_for_status()
    journey.until(lambda: journey.look()["awaiting"] != "in_transit", "the hub's scan changed nothing")
    return "the hub has the parcel"


def refund(journey: Journey) -> str:
    """The shop gives the money back."""
    journey.until_told("orders.settlement_succeeded.v1")
    owed = journey.story["owed"]
    return f"{owed['amount'] / 100:.2f} {owed['currency']} is refunded at the shop"


def mail_refund(journey: Journey) -> str:
    """The shopper reads how much comes back."""
    amount = f"{journey.story['owed']['amount'] / 100:.2f}"

    def told() -> bool:
        return any(amount in mail["subject"] for mail in journey.mails())

    journey.until(told, f"no mail about {amount} came to {journey.order['email']}")
    return f"{journey.order['email']} knows"


def close(journey: Journey) -> str:
    """The return ends."""
    journey.until(lambda: journey.look()["awaiting"] == "closed", "the return did not close")
    return f"{journey.number} is closed"


STEPS: tuple[tuple[str, Callable[[Journey], str]], ...] = (
    ("sandbox", place),
    ("orders", find),
    ("rules", choose),
    ("portal", submit),
    ("payments", waive),
    ("labels", label),
    ("notifications", mail_label),
    ("tracking", hand_over),
    ("tracking", receive),
    ("orders", refund),
    ("notifications", mail_refund),
    ("portal", close),
)


def drive(facts: dict[str, Any], *, slug: str = "alder", say: Callable[[str], None]) -> Journey:
    """Drive one return of the retailer `slug` from order to refund; raises StepFailed naming the step that failed."""
    retailer = next(each for each in facts["retailers"] if each["slug"] == slug)
    journey = Journey(facts, retailer)
    for service, step in STEPS:
        try:
            said = step(journey)
        except (StepFailed, httpx.HTTPError, KeyError) as failed:
            raise StepFailed(f"{step.__name__} ({service}) failed: {failed}") from failed
        say(f"{service:<14} {said}")
    return journey
