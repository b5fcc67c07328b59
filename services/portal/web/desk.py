"""From returns to the staff's pages."""

from typing import Any

from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from services.portal.domain import Awaiting
from services.portal.store.people import Retailer
from services.portal.store.returns import Happened, Listed, Page, Story
from services.portal.web import views
from services.portal.web.present import line_of, receipt_of

TABS = (Awaiting.REVIEW, Awaiting.LABEL, Awaiting.DROPOFF, Awaiting.IN_TRANSIT, Awaiting.SETTLEMENT, Awaiting.CLOSED)
TAB_WORDS = {
    Awaiting.REVIEW: "To review",
    Awaiting.LABEL: "Label",
    Awaiting.DROPOFF: "Label sent",
    Awaiting.IN_TRANSIT: "In transit",
    Awaiting.SETTLEMENT: "Settling",
    Awaiting.CLOSED: "Completed",
}
EVENTS = {
    "payments.fee_waived.v1": "Label fee waived",
    "labels.label_issued.v1": "Label made",
    "labels.label_refused.v1": "Label refused",
    "labels.label_outcome_unknown.v1": "Label outcome unknown",
    "tracking.milestone_reached.v1": "Parcel: {milestone}",
    "orders.settlement_succeeded.v1": "Settled at the shop",
    "orders.settlement_refused.v1": "Settlement refused",
    "orders.settlement_outcome_unknown.v1": "Settlement outcome unknown",
    "notifications.message_delivered.v1": "Email sent: {template}",
    "notifications.message_bounced.v1": "Email bounced: {template}",
    "portal.return_closed.v1": "Return completed",
    "portal.return_held_for_review.v1": "Held for review",
}
TROUBLES = {
    "label_refused": "The carrier refused the label",
    "label_unknown": "It is not known whether the carrier made the label",
    "settlement_refused": "The shop refused the settlement",
    "settlement_unknown": "It is not known whether the shop settled",
}


def returns_page(staff: views.Staff, found: Page, q: str, awaiting: Awaiting | None) -> views.ReturnsPage:
    """The list, with a tab for each state that returns wait in."""
    everything = views.View("All", "/admin", None, awaiting is None)
    tabs = tuple(
        views.View(TAB_WORDS[state], f"/admin?status={state}", _count(found, state), awaiting is state)
        for state in TABS
    )
    return views.ReturnsPage(
        staff, (everything, *tabs), tuple(_row(row) for row in found.rows), q, awaiting or "", tuple(Awaiting)
    )


def _count(found: Page, state: Awaiting) -> int | None:
    return None if state is Awaiting.CLOSED else found.counts.get(state, 0)


def _row(listed: Listed) -> views.ReturnRow:
    ret = listed.ret
    return views.ReturnRow(
        ret.number,
        ret.contact.name,
        ret.contact.email,
        tuple(line.asked.title for line in ret.lines),
        tuple(dict.fromkeys(line.asked.resolution for line in ret.lines)),
        ret.awaiting,
        ret.owed,
        listed.updated_at,
        1 if ret.trouble else 0,
    )


def return_page(staff: views.Staff, retailer: Retailer, story: Story) -> views.ReturnPage:
    """One return whole: lines with their money, its line, and each fact with who stated it."""
    ret = story.ret
    tasks = (
        (views.Task(TROUBLES.get(ret.trouble, ret.trouble), story.updated_at, _last_words(story)),)
        if ret.trouble
        else ()
    )
    label = (
        views.Label(
            f"{retailer.look.portal_url}{story.status_path}/label.pdf", retailer.look.name, ret.tracking_number or ""
        )
        if ret.document_id
        else None
    )
    return views.ReturnPage(
        staff,
        ret.number,
        ret.order_number,
        ret.awaiting,
        ret.contact.name,
        ret.contact.email,
        story.created_at,
        tuple(_line(line, story) for line in ret.lines),
        receipt_of(story),
        line_of(story),
        _events(story),
        tasks,
        label,
        f"{retailer.look.portal_url}{story.status_path}",
    )


def _line(line: Any, story: Story) -> views.StaffLine:
    asked, words = line.asked, story.decision.get("reason_words", {})
    reference = next(
        (
            fact.data["reference"]
            for fact in story.facts
            if fact.type == SettlementSucceededV1.type() and str(asked.id) in fact.data["line_ids"]
        ),
        None,
    )
    return views.StaffLine(
        views.Picture(asked.title, asked.variant, asked.image),
        asked.quantity,
        words.get(asked.reason, asked.reason),
        asked.resolution,
        asked.owed,
        line.money,
        asked.sku,
        words.get(f"{asked.reason}/{asked.sub_reason}", asked.sub_reason),
        asked.comment,
        reference,
        tuple(f"/admin/returns/{story.ret.number}/photos/{photo}" for photo in story.photos.get(asked.id, ())),
    )


def _events(story: Story) -> tuple[views.Event, ...]:
    begun = views.Event(story.created_at, "Return submitted", "Shopper")
    return (begun, *(_event(fact) for fact in story.facts))


def _event(fact: Happened) -> views.Event:
    words = EVENTS.get(fact.type, fact.type)
    values = {name: str(fact.data.get(name, "")).replace("_", " ") for name in ("milestone", "template")}
    effect = {"kept": "Came early, kept for its turn", "late": "Came late, nothing changed"}.get(fact.effect)
    return views.Event(
        fact.at, words.format(**values), fact.type.split(".")[0].capitalize(), effect or fact.data.get("words")
    )


def _last_words(story: Story) -> str | None:
    """What the shop or the carrier said, in its own words."""
    return next(
        (
            fact.data.get("words")
            for fact in reversed(story.facts)
            if fact.type in {SettlementRefusedV1.type(), "labels.label_refused.v1"}
        ),
        None,
    )
