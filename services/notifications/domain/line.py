"""The line that every mail about a return shows: what was done, and what is ahead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.values import Resolution
from services.notifications.domain.mails import ENDS, Mail, Template, What


@dataclass(frozen=True, slots=True)
class Step:
    """A dot on the line; `at` is None where the step is ahead, or was never seen."""

    words: str
    at: datetime | None
    done: bool


def line(mail: Mail) -> tuple[Step, ...]:
    """The steps of a return as of the moment `mail` tells of, so that it looks the same however often it is sent."""
    if mail.return_id is None:
        return ()
    happened = _as_of(mail)
    shown = _shown(tuple(_steps(mail, happened)), happened)
    end = _end(mail, happened)
    if end is None:
        return shown
    return (
        *(step for step in shown[:-1] if step.done),
        Step(_ENDED[end], happened.get(end, mail.notice.at), done=True),
    )


def _as_of(mail: Mail) -> dict[What, datetime]:
    """What had happened when this mail came about, and what it tells of itself."""
    own = _OWN.get(mail.notice.template)
    known = {what: at for what, at in mail.happened.items() if at <= mail.notice.at or what is own}
    return known if own is None else {own: mail.notice.at} | known


def _shown(steps: tuple[tuple[What, str], ...], happened: dict[What, datetime]) -> tuple[Step, ...]:
    """A step of the goods is done when a later one is, seen or not. Money may come before the goods, and proves nothing."""
    *goods, (settled, given) = steps
    reached = max(
        (place for place, (what, _) in enumerate(goods) if _PROOFS.get(what, {what}) & happened.keys()), default=0
    )
    done = tuple(Step(words, happened.get(what), done=place <= reached) for place, (what, words) in enumerate(goods))
    return (*done, Step(given, happened.get(settled), done=settled in happened))


def _end(mail: Mail, happened: dict[What, datetime]) -> What | None:
    """How the return ended, where this mail tells that or what follows from it."""
    if mail.notice.template is Template.FEE_REFUNDED:
        return max(ENDS & happened.keys(), key=lambda end: happened[end], default=None)
    return _ENDING.get(mail.notice.template)


def _steps(mail: Mail, known: dict[What, datetime]) -> Iterator[tuple[What, str]]:
    yield What.SUBMITTED, "Return booked"
    if What.HELD in known:
        yield What.APPROVED, "Checked"
    if What.NOTHING_TO_SEND not in known:
        if What.NO_LABEL not in known:
            yield What.LABELLED, _sent(known)
        yield What.SCANNED, "In transit"
        yield What.ARRIVED, "Arrived"
    yield What.SETTLED, _given(mail)


def _sent(known: dict[What, datetime]) -> str:
    """What the shopper has got to send the parcel with."""
    if What.CODE_GIVEN in known:
        return "Code sent"
    return "Packing slip sent" if What.SLIP_GIVEN in known else "Label sent"


def _given(mail: Mail) -> str:
    """The last step: what this mail gives, else what all the lines ask for, else the end of it all."""
    if (word := _GIVEN_BY.get(mail.notice.template)) is not None:
        return word
    asked = {each.resolution for each in mail.lines}
    return _GIVEN_FOR[asked.pop()] if len(asked) == 1 else "Completed"


_PROOFS = {What.SCANNED: {What.SCANNED, What.MOVING}}
_OWN = {
    Template.RETURN_SUBMITTED: What.SUBMITTED,
    Template.ACCEPTED: What.APPROVED,
    Template.LABEL_READY: What.LABELLED,
    Template.IN_TRANSIT: What.SCANNED,
    Template.ARRIVED: What.ARRIVED,
    Template.REFUNDED: What.SETTLED,
    Template.CREDITED: What.SETTLED,
    Template.EXCHANGED: What.SETTLED,
}
_GIVEN_BY = {Template.REFUNDED: "Refunded", Template.CREDITED: "Credit given", Template.EXCHANGED: "Exchanged"}
_GIVEN_FOR = {
    Resolution.REFUND: "Refunded",
    Resolution.STORE_CREDIT: "Credit given",
    Resolution.EXCHANGE: "Exchanged",
    Resolution.NONE: "Completed",
}
_ENDING = {
    Template.REJECTED: What.REJECTED,
    Template.CANCELLED: What.CANCELLED,
    Template.EXPIRED: What.EXPIRED,
    Template.CLOSED: What.CLOSED,
}
_ENDED = {
    What.REJECTED: "Not accepted",
    What.CANCELLED: "Cancelled",
    What.EXPIRED: "Ended",
    What.CLOSED: "Completed",
}
