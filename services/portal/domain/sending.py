"""What people do about parcels on their way: a void asked again, and a parcel that the shopper sends by themselves."""

import re
from dataclasses import replace

from libs.contracts.base import Message
from libs.contracts.labels import LaneMethod
from libs.contracts.portal import LabelVoidRequestedV1
from libs.contracts.portal_parcels import ParcelSentV1
from libs.contracts.values import LabelTerms
from services.portal.domain import acts
from services.portal.domain.knowledge import NOT_VOIDED
from services.portal.domain.returns import Mark, Parcel, Return
from services.portal.domain.states import Awaiting, NotNow

OWN = "own"  # the carrier that is built in
MOST_NUMBER, MOST_CARRIER = 40, 60
_NUMBER = re.compile(rf"[A-Z0-9][A-Z0-9-]{{4,{MOST_NUMBER - 1}}}")
_UNDER_WAY = {Awaiting.DROPOFF, Awaiting.IN_TRANSIT}


def not_voided(ret: Return, parcel: int) -> tuple[Mark, ...]:
    """The open marks of this parcel's labels that their carrier did not make void."""
    open_ = (mark for mark in ret.known.marks if mark.kind == NOT_VOIDED and not mark.cleared)
    return tuple(mark for mark in open_ if mark.subject.partition("/")[0] == str(parcel))


def void_again(ret: Return, what: acts.VoidAgain) -> tuple[Return, list[Message]]:
    """Ask once more, whatever became of the return. Its task goes: another no makes one of its own."""
    marks = not_voided(ret, what.parcel)
    if not marks:
        raise NotNow("portal.no_such_task", "No carrier has said no to making a label of this parcel void.")
    said: list[Message] = []
    for mark in marks:
        ret = ret.cleared(mark.kind, mark.subject)
        attempt = int(mark.subject.split("/")[1])
        of = {"return_id": ret.id, "number": ret.number, "parcel": what.parcel}
        said.append(LabelVoidRequestedV1(**of, attempt=attempt))
    return ret, said


def is_brought(parcel: Parcel) -> bool:
    """Whether the shopper needs the hub's own address: it is where they send the parcel, or bring it."""
    by_themselves = parcel.method in {LaneMethod.OWN_CARRIER, LaneMethod.IN_STORE}
    return by_themselves or (parcel.method is LaneMethod.DROP_OFF and parcel.carrier == OWN)


def may_tell(ret: Return, parcel: Parcel) -> bool:
    """Whether the shopper may say how this parcel is under way: it has no label of ours, and has not come."""
    own = ret.label is LabelTerms.NONE or parcel.method is LaneMethod.OWN_CARRIER
    return own and ret.awaiting in _UNDER_WAY and not (parcel.received or parcel.given_up)


def tell_sent(ret: Return, what: acts.TellSent) -> tuple[Return, list[Message]]:
    """Know with which carrier a parcel travels, and say so. The same said again changes nothing."""
    parcel = ret.parcel(what.parcel)
    if parcel is None or not may_tell(ret, parcel):
        raise NotNow("portal.not_now", "No parcel of the shopper’s own is awaited under this number.")
    number, carrier = written(what.tracking_number), " ".join(what.carrier.split())[:MOST_CARRIER]
    if number is None or not carrier:
        raise NotNow("portal.number_needed", "A tracking number of 5 to 40 letters, digits and hyphens is needed.")
    if (parcel.sent_with, parcel.sent_as) == (carrier, number):
        return ret, []
    ret = ret.with_parcel(replace(parcel, sent_with=carrier, sent_as=number))
    of = {"return_id": ret.id, "number": ret.number, "parcel": parcel.number, "by": what.by}
    return ret, [ParcelSentV1(**of, carrier=carrier, tracking_number=number)]


def written(text: str) -> str | None:
    """A tracking number as carriers write it; None where it is none."""
    number = "".join(text.split()).upper()
    return number if _NUMBER.fullmatch(number) else None
