"""What rules says: to the shopper in the policy's words or ours, to staff in the trace."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from libs.contracts.values import Stage

Words = Mapping[str, str]


class WhyNot(StrEnum):
    """Why a line may not come back, as a code."""

    FINAL_SALE = "final_sale"
    NOT_DELIVERED = "not_delivered"
    ALREADY_RETURNED = "already_returned"
    WINDOW_CLOSED = "window_closed"


NOTICES = {
    WhyNot.FINAL_SALE: "Final sale items cannot be returned.",
    WhyNot.NOT_DELIVERED: "This item has not been delivered yet.",
    WhyNot.ALREADY_RETURNED: "This item is already in a return.",
    WhyNot.WINDOW_CLOSED: "The return window has closed.",
}
REASON_UNKNOWN = "Choose one of the reasons listed."
CURRENCY_DIFFERS = "This item was paid for in another currency."

REFUND = {
    Stage.FIRST_SCAN: "Refunded to your original payment method when the carrier scans your parcel.",
    Stage.HUB_SCAN: "Refunded to your original payment method when your parcel arrives.",
    Stage.INSPECTED: "Refunded to your original payment method when we have checked your items.",
    Stage.MANUAL: "Refunded to your original payment method when we have looked at your return.",
}


def say(words: Words, language: str, default: str) -> str:
    """`words` in `language`, else in its base language (`en` for `en-GB`), else in `default`, which is always there."""
    base = language.partition("-")[0].lower()
    by_base = {tag.partition("-")[0].lower(): text for tag, text in words.items()}
    return words.get(language) or words.get(base) or by_base.get(base) or words[default]


def window_closed(days: int, last_day: date, today: date) -> str:
    """The notice on a line whose window has closed."""
    return f"The {days}-day window closed on {in_words(last_day, today)}."


def only(left: int) -> str:
    """The notice on a line of which more was asked than may come back."""
    return f"Only {left} of these can come back."


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
