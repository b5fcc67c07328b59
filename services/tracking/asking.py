"""Asks a parcel's carrier where it is, through labels, which alone holds the carriers' keys."""

from collections.abc import Callable
from uuid import UUID

from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from libs.contracts.labels import PollTrackerV1, TrackerV1
from services.tracking.carriers import read_answer
from services.tracking.store.polls import Polls, Question

ANSWER_WITHIN = 30.0  # seconds: a carrier has 20 of them
UNASKABLE = frozenset({"labels.not_found", "labels.not_tracked"})
AWAY = frozenset({"labels.carrier_away"})

Ask = Callable[..., TrackerV1]


def ask_carrier(polls: Polls, ask: Ask, retailer_id: UUID, question: Question) -> None:
    """Ask one question and keep what came of it. A carrier that is away, or says no, is asked again in its time."""
    asked = PollTrackerV1(booking_id=question.booking_id, tracking_number=question.tracking_number)
    try:
        answer = ask(retailer_id, asked, timeout=ANSWER_WITHIN)
    except Refused as refused:
        return _refused(polls, retailer_id, question, refused)
    except Transient as away:  # labels or the broker is away, or labels met an error of its own
        log.info("tracking.carrier_not_asked", carrier=question.carrier, error=type(away).__name__)
        return polls.unanswered(retailer_id, question)
    try:
        seen = read_answer(answer.carrier, answer.body)
    except Permanent as odd:
        log.warning("tracking.answer_not_read", carrier=answer.carrier, error=str(odd))
        seen = ()
    return polls.answered(retailer_id, question, seen)


def _refused(polls: Polls, retailer_id: UUID, question: Question, refused: Refused) -> None:
    log.info("tracking.carrier_refused", carrier=question.carrier, code=refused.code)
    if refused.code in UNASKABLE:
        polls.unaskable(retailer_id, question)
    elif refused.code in AWAY:
        polls.unanswered(retailer_id, question)
    else:
        polls.answered(retailer_id, question, ())
