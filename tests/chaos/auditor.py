"""What a return did to the outside world, read from the outside world alone."""

import json
from collections import Counter

import httpx

from deploy.local.journey import Journey
from tests.waiting import until

MAILS = 5  # booked, label, on its way, arrived, refunded


class Audit:
    """The effects of one return at the shop and in the shopper's mailbox."""

    def __init__(self, journey: Journey) -> None:
        shop = journey.retailer["webhooks"]["shopify"]["shop"]
        lines = httpx.get(
            f"{journey.facts['sandbox']['shopify']}/control/journal", params={"shop": shop}
        ).text.splitlines()
        self.entries = [entry for entry in map(json.loads, lines) if entry["order"]["name"] == journey.order["number"]]
        self.effects = Counter(entry["effect"] for entry in self.entries)
        self.mails = mails_by_subject(journey)
        self.labels = {entry["tracking_number"] for entry in self.entries if entry["effect"] == "label_attached"}

    def refunded(self) -> int:
        """Minor units that the shop gave back."""
        return sum(entry["amount"] for entry in self.entries if entry["effect"] == "refund_made")


def mails_by_subject(journey: Journey) -> dict[str, set[str]]:
    """The Message-IDs that came under each subject. A mail sent again after a crash has the id of the first: one mail."""
    found: dict[str, set[str]] = {}
    for mail in journey.mails():
        whole = httpx.get(f"{journey.facts['mailbox']}/messages/{mail['id']}").json()
        found.setdefault(mail["subject"], set()).add(whole["headers"]["Message-ID"])
    return found


def assert_settled_once(journey: Journey) -> None:
    """The shopper was paid exactly what is owed, with one label, one return at the shop and each mail once."""
    until(lambda: Audit(journey).effects["return_closed"] and len(mails_by_subject(journey)) >= MAILS, within=30)
    audit = Audit(journey)
    assert journey.look()["awaiting"] == "closed"
    assert audit.refunded() == journey.story["owed"]["amount"], audit.entries
    once = {"return_opened": 1, "label_attached": 1, "return_processed": 1, "refund_made": 1, "return_closed": 1}
    assert {effect: count for effect, count in audit.effects.items() if effect != "order_placed"} == once
    assert audit.labels == {journey.story["tracking_number"]}
    assert {subject: len(ids) for subject, ids in audit.mails.items()} == dict.fromkeys(audit.mails, 1), audit.mails
