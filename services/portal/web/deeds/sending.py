"""The deeds of the way back: labels, parcels, the lane, and scans that no machine made."""

from collections.abc import Callable, Iterable

from libs.contracts.labels import LabelOutcome, QuoteLabelV1, QuoteV1, RecordLabelV1
from libs.contracts.notifications import ResendLabelV1
from libs.contracts.tracking import RecordMilestoneV1
from libs.contracts.values import LabelTerms, Milestone
from services.portal import domain
from services.portal.access import May
from services.portal.domain import CALLED_OFF, Awaiting, Kind, LabelState, Parcel, Return, acts
from services.portal.domain.acting import MOST_PARCELS
from services.portal.domain.sending import MOST_CARRIER, MOST_NUMBER, may_tell, not_voided
from services.portal.quoting import wanted
from services.portal.resending import again, sendable
from services.portal.web import views
from services.portal.web.deeds.deed import WHOLE, About, Deed, Form, Said, note, whole

_LOST = {LabelState.REFUSED, LabelState.EXPIRED, LabelState.VOID}
_UNSETTLED = {LabelState.REFUSED, LabelState.UNKNOWN}
_POSTED = {Awaiting.DROPOFF, Awaiting.IN_TRANSIT}


def _numbers(parcels: Iterable[Parcel]) -> tuple[str, ...]:
    return tuple(str(parcel.number) for parcel in parcels)


def _named(ret: Return, of: str) -> str:
    """`the parcel`, or `parcel 2` where there are several."""
    return "the parcel" if len(ret.known.parcels) == 1 else f"parcel {of}"


def _can_label_again(ret: Return) -> tuple[str, ...]:
    if ret.lane_id is None or not domain.may(ret, Kind.LABEL_AGAIN):
        return ()
    wanted = (p for p in ret.travelling if not p.accepted and (p.label in _LOST or ret.label is LabelTerms.NONE))
    return _numbers(wanted)


def _label_again(ret: Return, of: str) -> Form:
    follows = (
        "A new label is asked of the carrier, and sent to the shopper once it is made. The old one is not to be used."
    )
    return Form(f"Ask for a new label for {_named(ret, of)}?", (follows,), "Ask for a new label")


def _can_void_again(ret: Return) -> tuple[str, ...]:
    return _numbers(parcel for parcel in ret.known.parcels if not_voided(ret, parcel.number))


def _void_again(ret: Return, of: str) -> Form:
    said = tuple(f"The carrier said: {mark.words}" for mark in not_voided(ret, int(of)) if mark.words)
    follows = "The carrier is asked once more, and the task is gone. Another no makes a task of its own."
    return Form(f"Ask again to make the label of {_named(ret, of)} void?", (*said, follows), "Ask the carrier again")


def _can_tell_sent(ret: Return) -> tuple[str, ...]:
    return _numbers(parcel for parcel in ret.travelling if ret.known.approved and may_tell(ret, parcel))


def _tell_sent(ret: Return, of: str) -> Form:
    parcel = ret.parcel(int(of))
    with_, as_ = (parcel.sent_with or "", parcel.sent_as or "") if parcel else ("", "")
    blanks = (
        views.Blank("carrier", "text", "Carrier", with_, most=MOST_CARRIER),
        views.Blank("tracking", "text", "Tracking number", as_, most=MOST_NUMBER),
    )
    follows = "The hub knows the parcel by this number too. It proves no scan: no money moves by it."
    return Form(f"How is {_named(ret, of)} under way?", (follows,), "Record it", (views.Group(blanks),))


def _sent_told(_ret: Return, of: str, said: Said) -> acts.Act:
    carrier = said.words("carrier", needs="Enter the carrier", most=MOST_CARRIER)
    tracking = said.words("tracking", needs="Enter the tracking number", most=MOST_NUMBER)
    return acts.TellSent(int(of), carrier, tracking, said.by)


def _can_record_label(ret: Return) -> tuple[str, ...]:
    if ret.is_ended or not ret.known.approved:
        return ()
    return _numbers(p for p in ret.travelling if p.label in _UNSETTLED and not p.accepted)


def _label(ret: Return, of: str) -> Form:
    made = views.Pick("issued", "The carrier has it", "It goes to the shopper with a slip that carries this number.")
    not_made = views.Pick("refused", "Nothing was made", "A new label can be asked for then.")
    blanks = (
        views.Blank("outcome", "radio", "What you found at the carrier", picks=(made, not_made)),
        views.Blank(
            "number", "text", "Tracking number", hint="As the carrier writes it, where it has the label.", most=30
        ),
    )
    return Form(
        f"What became of the label of {_named(ret, of)}?",
        ("Look it up at the carrier first: nothing is booked again on a guess.",),
        "Record it",
        (views.Group(blanks), note("How you know")),
    )


def _label_told(ret: Return, of: str, said: Said) -> RecordLabelV1:
    outcome = said.pick("outcome", tuple(LabelOutcome), needs="Choose what you found")
    issued = outcome == LabelOutcome.ISSUED
    number = said.words("number", needs="Enter the carrier’s tracking number" if issued else "", most=30)
    words = said.words(needs="Write how you know")
    return RecordLabelV1(
        return_id=ret.id,
        parcel=int(of),
        outcome=LabelOutcome(outcome),
        tracking_number=(number or None) if issued else None,
        words=words,
        by=said.by,
    )


def _can_send(ret: Return) -> tuple[str, ...]:
    return _numbers(p for p in ret.travelling if sendable(ret, p.number))


def _send(ret: Return, of: str) -> Form:
    follows = "The email has the label and its number, and neither the items nor the link of the return."
    to = views.Blank("to", "text", "Email address", hint="Whichever the shopper names.", most=254)
    return Form(f"Send the label of {_named(ret, of)} again?", (follows,), "Send it", (views.Group((to,)),))


def _sent(ret: Return, of: str, said: Said) -> ResendLabelV1:
    to = said.words("to", needs="Enter an email address", most=254)
    parcel = sendable(ret, int(of))
    if parcel is None:
        raise domain.NotNow("portal.not_now", "The label of this parcel may not be used any more.")
    return again(ret, parcel, to=to, once=said.once)


def _can_add(ret: Return) -> tuple[str, ...]:
    return whole(Kind.PARCEL_ADDED)(ret) if len(ret.known.parcels) < MOST_PARCELS else ()


def _add(ret: Return, _of: str) -> Form:
    labelled = ret.label is not LabelTerms.NONE and ret.lane_id is not None
    follows = (
        "A label of its own is asked for it, and sent to the shopper." if labelled else "It travels without a label."
    )
    return Form("Add a parcel?", (follows, "The return then waits for all its parcels."), "Add a parcel")


def _can_give_up(ret: Return) -> tuple[str, ...]:
    if not domain.may(ret, Kind.PARCEL_GIVEN_UP) or len(ret.travelling) < 2:
        return ()
    return _numbers(p for p in ret.travelling if not p.received)


def _give_up(ret: Return, of: str) -> Form:
    follows = "The others are no longer waited for with it. What it should have held counts as not arrived where it is inspected."
    return Form(f"Will {_named(ret, of)} not come?", (follows,), "It will not come", (note(),))


def _given_up(_ret: Return, of: str, said: Said) -> acts.Act:
    return acts.GiveUpParcel(int(of), said.words() or None)


def _can_quote(ret: Return) -> tuple[str, ...]:
    waits = ret.lane_id is None and ret.label is not LabelTerms.NONE
    return WHOLE if waits and domain.may(ret, Kind.QUOTED) else ()


def _quote(ret: Return, _of: str) -> Form:
    follows = (
        f"The way back from {ret.address.country} was not known when the return was made. It is asked for once more."
    )
    return Form("Ask for the way back again?", (follows,), "Ask again")


def _quote_asked(ret: Return, _of: str, _said: Said) -> QuoteLabelV1:
    return wanted(ret)


def _quoted(found: QuoteV1) -> acts.Act:
    return acts.Quoted(found.lane_id, found.price, found.method)


def _can_scan(ret: Return) -> tuple[str, ...]:
    if not ret.known.approved or ret.awaiting not in _POSTED | CALLED_OFF:
        return ()
    parcels = ret.known.parcels if ret.awaiting in CALLED_OFF else ret.travelling
    return _numbers(p for p in parcels if not (p.accepted or p.received))


def _scan(ret: Return, of: str) -> Form:
    return Form(
        f"Does the carrier have {_named(ret, of)}?",
        ("For a first scan that never came. It counts as if the carrier had told us.",),
        "The carrier has it",
        (note("How you know"),),
    )


def _can_arrive(ret: Return) -> tuple[str, ...]:
    return _numbers(_awaited(ret)) if ret.known.approved and ret.awaiting in _POSTED else ()


def _awaited(ret: Return) -> tuple[Parcel, ...]:
    return tuple(parcel for parcel in ret.travelling if not parcel.received)


def _arrive(ret: Return, of: str) -> Form:
    return Form(
        f"Has {_named(ret, of)} arrived at the hub?",
        ("For a parcel that came in without a scan. It counts as if it had been scanned.",),
        "It has arrived",
        (note("How you know"),),
    )


def _told(milestone: Milestone) -> Callable[[Return, str, Said], RecordMilestoneV1]:
    def read(ret: Return, of: str, said: Said) -> RecordMilestoneV1:
        words = said.words(needs="Write how you know")
        return RecordMilestoneV1(
            return_id=ret.id, number=ret.number, parcel=int(of), milestone=milestone, words=words, by=said.by
        )

    return read


SENDING = (
    Deed(
        "labels/again",
        May.WRITE_RETURNS,
        "Ask for a new label",
        "A new label is asked for.",
        (Kind.LABEL_AGAIN,),
        _can_label_again,
        _label_again,
        lambda _ret, of, _said: acts.LabelAgain(int(of)),
        About.PARCEL,
    ),
    Deed(
        "labels/void-again",
        May.WRITE_RETURNS,
        "Ask again to make it void",
        "The carrier is asked again. What it says shows here.",
        (),
        _can_void_again,
        _void_again,
        lambda _ret, of, _said: acts.VoidAgain(int(of)),
        About.PARCEL,
    ),
    Deed(
        "parcels/sent",
        May.WRITE_RETURNS,
        "Record its tracking number",
        "The parcel is known by this number too.",
        (),
        _can_tell_sent,
        _tell_sent,
        _sent_told,
        About.PARCEL,
    ),
    Deed(
        "label",
        May.WRITE_RETURNS,
        "Record the label",
        "Recorded. It shows here as soon as the label’s service has stated it.",
        (Kind.LABEL_ISSUED, Kind.LABEL_REFUSED),
        _can_record_label,
        _label,
        _label_told,
        About.PARCEL,
        by_owner=True,
    ),
    Deed(
        "labels/send",
        May.WRITE_RETURNS,
        "Send the label again",
        "The label is on its way to that address.",
        (),
        _can_send,
        _send,
        _sent,
        About.PARCEL,
        by_owner=True,
    ),
    Deed(
        "parcels",
        May.WRITE_RETURNS,
        "Add a parcel",
        "The parcel is added.",
        (Kind.PARCEL_ADDED,),
        _can_add,
        _add,
        lambda _ret, _of, _said: acts.AddParcel(),
    ),
    Deed(
        "parcels/give-up",
        May.WRITE_RETURNS,
        "It will not come",
        "The parcel is no longer waited for.",
        (Kind.PARCEL_GIVEN_UP,),
        _can_give_up,
        _give_up,
        _given_up,
        About.PARCEL,
        grave=True,
    ),
    Deed(
        "quote",
        May.WRITE_RETURNS,
        "Ask for the way back",
        "The way back is known.",
        (Kind.QUOTED,),
        _can_quote,
        _quote,
        _quote_asked,
        by_owner=True,
        then=_quoted,
    ),
    Deed(
        "scan",
        May.SCAN,
        "The carrier has it",
        "Recorded. It shows here as soon as tracking has stated it.",
        (Kind.FIRST_SCAN,),
        _can_scan,
        _scan,
        _told(Milestone.ACCEPTED),
        About.PARCEL,
        by_owner=True,
    ),
    Deed(
        "arrival",
        May.SCAN,
        "It has arrived",
        "Recorded. It shows here as soon as tracking has stated it.",
        (Kind.HUB_SCAN,),
        _can_arrive,
        _arrive,
        _told(Milestone.HUB_RECEIVED),
        About.PARCEL,
        by_owner=True,
    ),
)
