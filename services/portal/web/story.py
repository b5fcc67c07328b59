"""From one return's story to its page: its money line by line, its parcels, what it waits for, and why it was decided so."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from libs.chassis.clock import now
from libs.contracts.labels import LabelRefusedV1
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.tracking import Expected, MilestoneReachedV1
from libs.contracts.values import LabelTerms, Milestone
from services.portal.access import May
from services.portal.domain import (
    Awaiting,
    Effect,
    FeeState,
    HoldState,
    LabelState,
    Line,
    Parcel,
    Return,
    TaskKind,
    ends_at,
    limit_of,
)
from services.portal.store.people import Retailer
from services.portal.store.returns import Story
from services.portal.store.tasks import OpenTask
from services.portal.terms import deductions_of
from services.portal.web import desk, exchanged, phrases, views, ways
from services.portal.web.deeds import DEEDS, REVIEWING, About, offered
from services.portal.web.happenings import events_of
from services.portal.web.line import Way, line_of
from services.portal.web.present import receipt_of

WAITS = {
    Awaiting.REVIEW: "A decision",
    Awaiting.INFORMATION: "The shopper’s answer",
    Awaiting.PAYMENT: "The label fee",
    Awaiting.LABEL: "The label",
    Awaiting.DROPOFF: "The parcel at the carrier",
    Awaiting.IN_TRANSIT: "The parcel at the hub",
    Awaiting.AT_HUB: "The inspection",
    Awaiting.SETTLEMENT: "The remaining money",
}
WHOSE = {
    "shopper": "The shopper",
    "agent": "Agent",
    "hub": "Hub",
    "finance": "Finance",
    "carrier": "The carrier",
    "labels": "Our labels service",
    "orders": "The shop",
    "payments": "Our payments service",
}
TO_GIVE = "by_hand"  # where the money of a line is that a person gives
HELD = {
    "rule": "A rule of the policy",
    "photo": "A photo was sent",
    "proof": "A receipt stands in for the order",
    "amount": "The shop would give back another amount",
    "staff": "Taken up again by staff",
}
FEES = {
    FeeState.OPEN: "awaited",
    FeeState.FAILED: "not paid",
    FeeState.WAIVED: "waived",
    FeeState.PAID: "paid",
    FeeState.REFUNDED: "given back",
}
HOLDS = {
    HoldState.WANTED: "nothing is held on the card yet",
    HoldState.GIVEN_UP: "nothing could be held, so that it waits for the parcel",
    HoldState.PLACED: "its value is held on the card",
    HoldState.RELEASED: "the hold is released",
    HoldState.CAPTURED: "what was held is taken",
}
_OF_LINES, _OF_PARCELS, _OF_RETURN = (
    tuple(code for code, deed in DEEDS.items() if deed.about is about and code not in REVIEWING)
    for about in (About.LINE, About.PARCEL, About.RETURN)
)


def return_page(
    staff: views.Staff,
    retailer: Retailer,
    story: Story,
    tasks: Sequence[OpenTask],
    decide: tuple[views.Sheet, ...],
    *,
    notice: views.Notice | None = None,
    last: views.Event | None = None,
) -> views.ReturnPage:
    """One return whole, with what this person may do to it now."""
    ret, may = story.ret, {May(each) for each in staff.may}
    shopper_page = f"{retailer.look.portal_url}{story.status_path}"
    return views.ReturnPage(
        staff,
        facts_of(story, may, photos=f"/admin/returns/{ret.number}/photos"),
        tuple(_box(parcel, story, may, shopper_page) for parcel in ret.known.parcels),
        money_of(story),
        line_of(story),
        events_of(story),
        trace_of(story),
        waiting_of(story),
        tuple(_task(task, story, may) for task in tasks if not (decide and task.kind is TaskKind.REVIEW)),
        decide,
        _links(ret, may, _OF_RETURN),
        shopper_page,
        notice,
        last,
    )


def money_of(story: Story) -> views.Receipt:
    """The money of a return as staff speak of it."""
    given, whole = "The shopper got" if story.ret.is_ended else "The shopper gets", receipt_of(story)
    # The label's fee is paid by itself, and takes nothing off: it stands with the shopper, and the rows add up without it.
    rows = tuple(row for row in whole.rows if row.words not in ways.FEES)
    return replace(whole, rows=rows, total_words=given, promise=None, apart=None)


def _task(task: OpenTask, story: Story, may: Collection[May]) -> views.TaskRow:
    """A task with the item it is about by its name, and what the shop or the carrier said."""
    title = next((line.asked.title for line in story.ret.lines if str(line.asked.id) == task.subject), None)
    row = desk.task_row(task, may)
    return replace(row, detail=" · ".join(part for part in (title, row.detail, _refusal(task, story)) if part) or None)


def _refusal(task: OpenTask, story: Story) -> str | None:
    """The last words of whoever refused what the task is about."""
    for fact in reversed(story.facts):
        is_line = fact.type == SettlementRefusedV1.type() and task.subject in fact.data["line_ids"]
        is_parcel = fact.type == LabelRefusedV1.type() and task.subject == str(fact.data["parcel"])
        if (is_line and task.kind in (TaskKind.SETTLEMENT_REFUSED, TaskKind.GIVE_BY_HAND)) or (
            is_parcel and task.kind is TaskKind.LABEL_REFUSED
        ):
            return str(fact.data["words"])
    return None


def facts_of(story: Story, may: Collection[May], *, photos: str) -> views.ReturnFacts:
    """Who asked for what; `photos` is the address under which its photos are shown."""
    ret, known = story.ret, story.ret.known
    return views.ReturnFacts(
        ret.number,
        ret.order_number,
        ret.awaiting,
        ret.contact.name,
        ret.contact.email,
        story.created_at,
        tuple(_line(line, story, may, photos) for line in ret.lines),
        tuple(HELD.get(why, why) for why in sorted(known.held)),
        known.asked,
        known.answer,
        known.words,
        (ret.fee, FEES[known.fee]) if ret.fee.amount else None,
        ret.kind,
        known.withdrawn_at,
    )


def _links(ret: Return, may: Collection[May], codes: Sequence[str], of: str | None = None) -> tuple[views.Link, ...]:
    return tuple(
        views.Link(deed.words, desk.address_of(ret, deed.code, subject))
        for deed, subject in offered(ret, may, codes)
        if of is None or subject == of
    )


def _line(line: Line, story: Story, may: Collection[May], photos: str) -> views.StaffLine:
    asked, words = line.asked, story.decision.get("reason_words", {})
    return views.StaffLine(
        views.Picture(asked.title, asked.variant, asked.image),
        asked.quantity,
        words.get(asked.reason, asked.reason.replace("_", " ").capitalize()),
        line.resolution,
        asked.owed,
        line.due,
        TO_GIVE if line.is_for_a_person else line.money,
        tuple(views.TakenOff(off.words, off.amount) for off in line.deductions),
        line.paid,
        asked.sku,
        words.get(f"{asked.reason}/{asked.sub_reason}", asked.sub_reason),
        asked.comment,
        _arrived(line),
        phrases.STAGES[asked.stage],
        (*exchanged.told_staff(line, exchanged.gave(line, story)), *_fees(line, story), *_notes(line)),
        _reference(line, story),
        tuple(f"{photos}/{photo}" for photo in story.photos.get(asked.id, ())),
        _links(story.ret, may, _OF_LINES, str(asked.id)),
        tuple(f"{photos}/{photo}" for photo in story.hub_photos.get(asked.id, ())),
    )


def _arrived(line: Line) -> str | None:
    if line.arrived is None or line.condition is None:
        return None
    found = f"{line.arrived} of {line.asked.quantity} came"
    if line.arrived:
        found += f", {phrases.CONDITIONS[line.condition].lower()}"
    return found + (f": {line.found}" if line.found else "")


def _fees(line: Line, story: Story) -> list[str]:
    """What the policy took off before it said what is owed."""
    return [f"{fee.words}: taken off by the policy" for fee in deductions_of(story.decision, line.asked)]


def _notes(line: Line) -> list[str]:
    notes = ["The shopper keeps it"] if line.asked.keep_item else []
    if line.wants_hold:
        notes.append(f"An exchange given at once: {HOLDS[line.hold]}")
    if line.instead is not None and line.instead is not line.asked.resolution:
        notes.append(f"The shopper had chosen: {phrases.RESOLUTIONS[line.asked.resolution].lower()}")
    return notes


def _reference(line: Line, story: Story) -> str | None:
    return next(
        (
            fact.data["reference"]
            for fact in story.facts
            if fact.type == SettlementSucceededV1.type() and str(line.asked.id) in fact.data["line_ids"]
        ),
        None,
    )


def _box(parcel: Parcel, story: Story, may: Collection[May], shopper_page: str) -> views.Box:
    ret, way = story.ret, Way(story)
    usable = parcel.label is LabelState.ISSUED and parcel.document_id is not None and not parcel.given_up
    notes = [f"Label number {parcel.attempt}"] if parcel.attempt > 1 else []
    notes += ["No longer waited for"] if parcel.given_up else []
    notes += ["Inspected"] if parcel.inspected else []
    notes += [phrases.METHODS[parcel.method]] if parcel.method in phrases.METHODS else []
    notes += [f"Sent with {parcel.sent_with} as {parcel.sent_as}"] if parcel.sent_as else []
    return views.Box(
        parcel.number,
        _label(ret, parcel),
        parcel.tracking_number,
        f"{shopper_page}/label.pdf?parcel={parcel.number}" if usable and not ret.is_ended else None,
        tuple(_step(told) for told in _milestones(parcel, story) if way.stands(told)),
        tuple(notes),
        _links(ret, may, _OF_PARCELS, str(parcel.number)),
        f"{shopper_page}/papers" if usable and not ret.is_ended else None,
        () if ret.is_ended or parcel.given_up else tuple(_awaited(told) for told in _promised(parcel, story, way)),
    )


def _promised(parcel: Parcel, story: Story, way: Way) -> Iterator[Expected]:
    """What is expected of a parcel and is still to come."""
    return (
        each for each in way.upcoming(parcel.number) if each.milestone is not Milestone.PROCESSED or story.ret.inspect
    )


def _awaited(told: Expected) -> views.Awaited:
    by = f"by {told.parcels} parcels of the last 90 days" if told.parcels else "by the lane’s setting"
    return views.Awaited(phrases.MILESTONES[told.milestone], told.at, told.latest, by, now() > told.latest)


def _label(ret: Return, parcel: Parcel) -> str:
    """Where the parcel's label is; one that was never asked for is not being made."""
    if parcel.label is not LabelState.WANTED:
        return parcel.label
    if ret.label is LabelTerms.NONE or ret.is_ended:
        return "none"
    return "later" if ret.awaiting in {Awaiting.REVIEW, Awaiting.INFORMATION, Awaiting.PAYMENT} else parcel.label


def _milestones(parcel: Parcel, story: Story) -> Iterator[MilestoneReachedV1]:
    for fact in story.facts:
        if (
            fact.type == MilestoneReachedV1.type()
            and fact.effect != Effect.LATE
            and fact.data["parcel"] == parcel.number
        ):
            yield MilestoneReachedV1.model_validate(fact.data)


def _step(told: MilestoneReachedV1) -> views.LineStep:
    note = " · ".join(filter(None, (told.place, told.words, "known by a later scan" if told.implied else None)))
    return views.LineStep(phrases.MILESTONES[told.milestone], True, told.occurred_at, note or None)


def waiting_of(story: Story) -> views.Waiting | None:
    """What the return waits for; None when it has ended."""
    limit = limit_of(story.ret)
    if limit is None:
        return None
    return views.Waiting(
        WAITS[story.ret.awaiting],
        WHOSE.get(limit.waits_for, limit.waits_for),
        story.since,
        story.since + limit.after,
        ends_at(story.ret, story.since) is not None,
        story.ret.known.overdue,
    )


def trace_of(story: Story) -> views.Trace:
    """Why the policy decided as it did: for each line the rules in the order they were tried."""
    decision, titles = story.decision, {str(line.asked.order_line_id): line.asked.title for line in story.ret.lines}
    lines = [line for line in decision.get("lines", ()) if line["line_id"] in titles]
    label = {"free": "Label free", "paid": "Label paid by the shopper", "none": "No label"}.get(
        decision.get("label", "")
    )
    inspected = "Inspected at the hub" if story.ret.inspect else "Not inspected at the hub"
    return views.Trace(
        story.ret.policy_version,
        tuple(part for part in (label, inspected) if part),
        tuple(_decided(line, titles[line["line_id"]]) for line in lines),
    )


def _decided(line: dict[str, Any], title: str) -> views.Decided:
    offers = [
        f"{phrases.RESOLUTIONS[offer['resolution']]} {phrases.STAGES[offer['stage']]}"
        + (", keeping the item" if offer.get("keep_item") else "")
        for offer in line["offers"]
    ]
    outcome = "; ".join(offers) or line.get("words") or "Nothing is offered"
    tried = tuple(views.Tried(each["rule"], each["matched"], each["because"]) for each in line.get("trace", ()))
    return views.Decided(title, outcome + (". To be reviewed" if line.get("review") else ""), tried)
