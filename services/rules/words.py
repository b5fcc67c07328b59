"""What rules says: to the shopper in the policy's words or ours, to staff in the trace."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from libs.contracts.values import Resolution, Stage

Words = Mapping[str, str]


class WhyNot(StrEnum):
    """Why a line may not come back, as a code."""

    FINAL_SALE = "final_sale"
    NOT_DELIVERED = "not_delivered"
    ALREADY_RETURNED = "already_returned"
    WINDOW_CLOSED = "window_closed"
    NO_ACTION = "no_action"
    REJECTED = "rejected"


NOTICES = {
    WhyNot.FINAL_SALE: "Final sale items cannot be returned.",
    WhyNot.NOT_DELIVERED: "This item has not been delivered yet.",
    WhyNot.ALREADY_RETURNED: "This item is already in a return.",
    WhyNot.WINDOW_CLOSED: "The return window has closed.",
    WhyNot.NO_ACTION: "Nothing is given back for this item.",
    WhyNot.REJECTED: "This item cannot be returned.",
}
REASON_UNKNOWN = "Choose one of the reasons listed."
CURRENCY_DIFFERS = "This item was paid for in another currency."

FEES = {"handling": "Handling fee", "restocking": "Restocking fee"}

# Each begins a sentence that ends with when: `WHEN`.
_GIVEN = {
    Resolution.REFUND: "Refunded to your original payment method",
    Resolution.STORE_CREDIT: "Yours to spend",
    Resolution.EXCHANGE: "Your exchange is sent",
}
_WHEN = {
    Stage.FIRST_SCAN: "when the carrier scans your parcel.",
    Stage.HUB_SCAN: "when your parcel arrives.",
    Stage.INSPECTED: "when we have checked your items.",
    Stage.MANUAL: "when we have looked at your return.",
}
_KEPT = "straight away. Keep the item, nothing is to be sent."


def offered(resolution: Resolution, stage: Stage, *, keep_item: bool = False) -> str:
    """What the shopper reads with an offer that has no words of the retailer's."""
    if resolution is Resolution.NONE:
        return "Nothing is given back for this item."
    return f"{_GIVEN[resolution]} {_KEPT if keep_item else _WHEN[stage]}"


def say(words: Words, language: str, default: str) -> str:
    """`words` in `language`, else in its base language (`en` for `en-GB`), else in `default`, which is always there."""
    base = language.partition("-")[0].lower()
    by_base = {tag.partition("-")[0].lower(): text for tag, text in words.items()}
    return words.get(language) or words.get(base) or by_base.get(base) or words[default]


def window_closed(days: int | None, last_day: date, today: date) -> str:
    """The notice on a line whose window has closed; `days` is None where it was another day that counted."""
    return f"The {f'{days}-day' if days else 'return'} window closed on {in_words(last_day, today)}."


def only(left: int) -> str:
    """The notice on a line of which more was asked than may come back."""
    return f"Only {left} of these can come back."


def depends_on(facts: Iterable[str], *, holds: bool = True) -> str | None:
    """What a shopper is told of why: `This follows from the reason and its price.`; None where nothing is theirs to read."""
    said = list(dict.fromkeys(facts))
    if not said:
        return None
    listed = " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))
    return f"This {'follows' if holds else 'does not follow'} from {listed}."


def in_words(day: date, today: date) -> str:
    """`4 October`, with the year where it is not this one."""
    written = f"{day.day} {_MONTHS[day.month - 1]}"
    return written if day.year == today.year else f"{written} {day.year}"


# Spelled out here: strftime's %B follows the machine's locale, and a decision may not depend on the machine.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
