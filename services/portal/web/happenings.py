"""The history of a return in words: what people did, what the services stated, and what it did to the return."""

from libs.contracts.values import Condition
from services.portal.domain import Effect
from services.portal.domain.returns import NO_BONUS
from services.portal.store.returns import Happened, Story
from services.portal.web import phrases, views

WORDS = {
    "act.accept": "Accepted",
    "act.reject": "Rejected",
    "act.ask_information": "The shopper was asked",
    "act.give_information": "The shopper answered",
    "act.cancel": "Cancelled",
    "act.close": "Closed by hand",
    "act.settle": "Settlement asked for by hand",
    "act.waive_line": "Nothing is given for a line",
    "act.label_again": "A new label asked for",
    "act.void_again": "Its carrier asked again to make a label void",
    "act.tell_sent": "Sent with a carrier of the shopper’s own",
    "portal.parcel_sent.v1": "Parcel {parcel} sent with {carrier}",
    "act.add_parcel": "A parcel added",
    "act.give_up_parcel": "Parcel {parcel} is no longer waited for",
    "act.revive": "Taken up again",
    "act.withdraw": "Withdrawn from the purchase",
    "act.take_back": "A hub scan is being taken back",
    "act.clear_mark": "Seen to",
    "act.mark_for": "A person was called",
    "act.quoted": "The way back is known",
    "act.tick": "The clock struck",
    "payments.fee_waived.v1": "Label fee waived",
    "payments.fee_paid.v1": "Label fee paid",
    "payments.fee_failed.v1": "Label fee not paid: {reason}",
    "payments.fee_refunded.v1": "Label fee given back",
    "payments.voucher_released.v1": "Voucher {voucher} is good again",
    "payments.hold_placed.v1": "Held on the shopper’s card",
    "payments.hold_released.v1": "Hold released",
    "payments.hold_captured.v1": "What was held is taken",
    "payments.payment_disputed.v1": "Payment disputed",
    "labels.label_issued.v1": "Label made for parcel {parcel}",
    "labels.label_refused.v1": "Label refused for parcel {parcel}",
    "labels.label_outcome_unknown.v1": "It is not known whether parcel {parcel} has a label",
    "labels.label_voided.v1": "Label of parcel {parcel} void",
    "labels.label_void_refused.v1": "Label of parcel {parcel} not made void by its carrier",
    "labels.label_expired.v1": "Label of parcel {parcel} expired",
    "tracking.milestone_reached.v1": "Parcel {parcel}: {milestone}",
    "tracking.parcel_inspected.v1": "Parcel {parcel} inspected",
    "tracking.parcel_in_trouble.v1": "Parcel {parcel}: {trouble}",
    "tracking.parcel_delayed.v1": "Parcel {parcel} is late: {milestone}",
    "tracking.scan_voided.v1": "A hub scan was taken back",
    "orders.settlement_succeeded.v1": "Settled at the shop",
    "orders.settlement_refused.v1": "Settlement refused by the shop",
    "orders.settlement_outcome_unknown.v1": "It is not known whether the shop settled",
    "orders.shop_update_failed.v1": "The shop’s own return could not be told",
    "notifications.message_delivered.v1": "Email sent: {template}",
    "notifications.message_bounced.v1": "Email bounced: {template}",
    "portal.return_submitted.v1": "Return submitted",
    "portal.return_held_for_review.v1": "Held for review: {because}",
    "portal.information_requested.v1": "The shopper is asked",
    "portal.information_received.v1": "The shopper’s answer is here",
    "portal.return_approved.v1": "Return accepted",
    "portal.return_rejected.v1": "Return rejected",
    "portal.fee_requested.v1": "Label fee requested",
    "portal.difference_requested.v1": "Price difference of an exchange requested",
    "portal.hold_requested.v1": "Hold for an exchange requested",
    "portal.label_requested.v1": "Label requested for parcel {parcel}",
    "portal.label_void_requested.v1": "Label of parcel {parcel} to be made void",
    "portal.settlement_requested.v1": "Settlement requested",
    "portal.withdrawal_declared.v1": "Withdrawal confirmed",
    "portal.reminder_due.v1": "Reminder to the {reminded}",
    "portal.return_cancelled.v1": "Return cancelled",
    "portal.return_expired.v1": "Return expired",
    "portal.return_closed.v1": "Return closed",
}
_OF_A_LINE = {  # the same facts where they name the line of an exchange
    "payments.fee_waived.v1": "Price difference waived",
    "payments.fee_paid.v1": "Price difference paid",
    "payments.fee_failed.v1": "Price difference not paid: {reason}",
    "payments.fee_refunded.v1": "Price difference given back",
}
EFFECTS = {
    Effect.KEPT: "Came early: kept for its turn",
    Effect.LATE: "Came late or again: nothing changed",
    Effect.NOTED: "Noted",
}
MAILS = {"notifications.message_delivered.v1", "notifications.message_bounced.v1"}
DECISIONS = {"act.accept", "act.reject", "act.ask_information", "act.give_information", "act.cancel", "act.close"}
_OWNERS = {"portal": "Returns"}


class _Told(dict[str, str]):
    """What a fact says by name; nothing for what it does not say."""

    def __missing__(self, name: str) -> str:
        return ""


def events_of(story: Story) -> tuple[views.Event, ...]:
    """All that happened, the oldest first."""
    return tuple(event_of(fact) for fact in story.facts)


def last_decision(story: Story) -> views.Event | None:
    """What a person last decided about the return, and who."""
    decided = (fact for fact in reversed(story.facts) if fact.type in DECISIONS)
    return next((event_of(fact) for fact in decided), None)


def event_of(fact: Happened) -> views.Event:
    """One thing that happened."""
    kind = "act" if fact.by is not None else "stated" if fact.effect == Effect.STATED else "fact"
    words = _words(fact).format_map(_Told({name: _plain(told) for name, told in fact.data.items()}))
    told = kind == "fact" and fact.type not in MAILS  # what a mail did to the return is never in question
    effect = EFFECTS.get(Effect(fact.effect)) if told else None
    return views.Event(fact.at, words.rstrip(": "), _who(fact), kind, _detail(fact), effect)


def _words(fact: Happened) -> str:
    if fact.data.get("code") == NO_BONUS:
        return "The credit on top was not given"
    known = WORDS | _OF_A_LINE if fact.data.get("line_id") else WORDS
    return known.get(fact.type, fact.type)


def _who(fact: Happened) -> str:
    if fact.by is None:
        owner = fact.type.partition(".")[0]
        return _OWNERS.get(owner, owner.capitalize())
    kind, _, name = fact.by.partition(" ")
    return name if kind == "staff" else "The shopper" if kind == "shopper" else fact.by.capitalize()


def _detail(fact: Happened) -> str | None:
    """What was said or found, in the words of whoever said it, and who wrote it down where a person did."""
    parts = _said(fact)
    by = fact.data.get("by") if fact.by is None and fact.effect != Effect.STATED else None
    if isinstance(by, str):
        parts.append(f"recorded by {by.removeprefix('staff ')}")
    return " · ".join(part for part in parts if part) or None


def _said(fact: Happened) -> list[str | None]:
    data = fact.data
    match fact.type:
        case "tracking.parcel_inspected.v1":
            return ["; ".join([*map(_found, data["lines"]), *(f"besides: {each['words']}" for each in data["extras"])])]
        case "act.accept":
            return ["nothing to send back" if data["keep_item"] else f"{data['label']} label", data.get("words")]
        case "act.settle":
            return [each.get("words") for each in data["lines"]]
        case _:
            return [data.get(name) for name in ("words", "tracking_number", "reference", "place", "code")]


def _found(line: dict[str, object]) -> str:
    condition = phrases.CONDITIONS[Condition(str(line["condition"]))].lower()
    if line.get("disposition"):
        condition += f", {phrases.DISPOSITIONS[str(line['disposition'])].lower()}"
    return f"{line['quantity']} {condition}" + (f" ({line['words']})" if line.get("words") else "")


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value).replace("_", " ")


__all__ = ["event_of", "events_of", "last_decision"]
