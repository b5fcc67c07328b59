"""The deed of the hub: say what was in a parcel, line by line."""

import re

from libs.contracts.tracking import ExtraItem, InspectedLine, RecordInspectionV1
from libs.contracts.values import Condition, Disposition
from services.portal.access import May
from services.portal.domain import Awaiting, Kind, Return
from services.portal.web import phrases, views
from services.portal.web.deeds.deed import About, Deed, Form, Said

_HERE = {Awaiting.DROPOFF, Awaiting.IN_TRANSIT, Awaiting.AT_HUB}
_MOST_UNITS = 999
PHOTOS = "photo-"  # and the line's place: the fields of photos
_DISPOSITIONS = (
    views.Pick("", "Not decided"),
    *(views.Pick(each, phrases.DISPOSITIONS[each]) for each in Disposition),
)
_COUNTED = re.compile(r"(\d{1,3}) ?[x×] ?(.+)", re.IGNORECASE)


def _can_inspect(ret: Return) -> tuple[str, ...]:
    if not ret.known.approved or ret.awaiting not in _HERE:
        return ()
    return tuple(str(parcel.number) for parcel in ret.travelling if not parcel.inspected)


def _inspect(ret: Return, of: str) -> Form:
    several = len(ret.known.parcels) > 1
    groups = []
    for place, line in enumerate(ret.lines):
        asked = line.asked
        count = views.Blank(f"quantity-{place}", "count", "How many came", str(0 if several else asked.quantity))
        state = views.Blank(
            f"condition-{place}",
            "select",
            "Condition",
            Condition.MISSING if several else Condition.AS_EXPECTED,
            picks=tuple(views.Pick(each, phrases.CONDITIONS[each]) for each in Condition),
        )
        seen = views.Blank(f"words-{place}", "text", "What you saw", most=200)
        fate = views.Blank(f"disposition-{place}", "select", "What becomes of it", picks=_DISPOSITIONS)
        shot = views.Blank(f"{PHOTOS}{place}", "photo", "Photos")
        named = " · ".join(part for part in (asked.title, asked.variant) if part)
        groups.append(views.Group((count, state, seen, fate, shot), f"{named}, {asked.quantity} asked for"))
    extras = views.Blank(
        "extras", "words", "Anything else in the parcel", hint="One thing a line, like: 2 x blue mug.", most=1000
    )
    what = f"What was in parcel {of}?" if several else "What was in the parcel?"
    follows = ("It counts as arrived with this. Of several parcels, what was found adds up.",) if several else ()
    return Form(what, follows, "Save the inspection", (*groups, views.Group((extras,), "Besides")))


def _inspected(ret: Return, of: str, said: Said) -> RecordInspectionV1:
    lines = tuple(_found(said, place, line.asked.id) for place, line in enumerate(ret.lines))
    return RecordInspectionV1(
        return_id=ret.id,
        number=ret.number,
        parcel=int(of),
        key=str(said.once),
        lines=lines,
        extras=extras_in(said.words("extras")),
        by=said.by,
    )


def _found(said: Said, place: int, line_id: object) -> InspectedLine:
    count = said.count(f"quantity-{place}", most=_MOST_UNITS, needs="Enter how many came, 0 if none")
    condition = Condition(said.pick(f"condition-{place}", tuple(Condition), needs="Choose the condition"))
    if not count:
        condition = Condition.MISSING
    elif condition is Condition.MISSING:
        said.problems[f"condition-{place}"] = "Some came: choose the condition they are in"
    fate = said.pick(f"disposition-{place}", tuple(pick.code for pick in _DISPOSITIONS), needs="Choose one of these")
    return InspectedLine(
        line_id=line_id,
        quantity=count,
        condition=condition,
        words=said.words(f"words-{place}", most=200) or None,
        disposition=Disposition(fate) if fate and count else None,
    )


def extras_in(written: str) -> tuple[ExtraItem, ...]:
    """What was written down as being in the parcel besides, one thing a line, each with its number where it has one."""
    found = []
    for row in filter(None, map(str.strip, written.splitlines())):
        counted = _COUNTED.fullmatch(row)
        quantity, words = (max(1, int(counted[1])), counted[2]) if counted else (1, row)
        found.append(ExtraItem(words=words[:200], quantity=quantity))
    return tuple(found)


INSPECTING = (
    Deed(
        "inspections",
        May.INSPECT,
        "Inspect",
        "The inspection is saved. It shows here as soon as tracking has stated it.",
        (Kind.PARCEL_INSPECTED,),
        _can_inspect,
        _inspect,
        _inspected,
        About.PARCEL,
        by_owner=True,
        with_photos=True,
    ),
)
