"""How a parcel is sent, in the words of the shopper's pages: a printed label, a code, a drop-off, an own carrier, a shop."""

from dataclasses import dataclass, replace

from libs.contracts.labels import LaneMethod, QuoteV1
from libs.contracts.values import Address, LabelTerms, Money
from services.portal.domain import CALLED_OFF, Awaiting, LabelState, Parcel, Return
from services.portal.domain.sending import OWN, is_brought, may_tell
from services.portal.store.people import Retailer
from services.portal.web import phrases, views

BY_CODE = {LaneMethod.QR, LaneMethod.DROP_OFF, LaneMethod.IN_STORE}


@dataclass(frozen=True, slots=True)
class Sending:
    """One way to send a parcel. `title` and `where` stand before it is booked, `ready` on its line once it can be sent.

    `fee` is what its price is called, where it has a name of its own when it is free; `void` what a cancellation says.
    """

    title: str
    where: str
    ready: str
    steps: tuple[str, ...]
    void: str
    fee: str
    named_when_free: bool = True


_PACK = "Pack the items in a closed parcel, with their tags."
SENDINGS: dict[LaneMethod, Sending] = {
    LaneMethod.LABEL: Sending(
        "Post it with a printed label",
        "To our hub in {city}",
        "Label ready",
        (
            _PACK,
            "Print the label and stick it flat on the largest side.",
            "Drop the parcel off and keep the receipt.",
        ),
        "Your label becomes void: do not post the parcel.",
        "Return label",
    ),
    LaneMethod.QR: Sending(
        "Drop it off with a code",
        "You need no printer: a code on your phone is enough. It goes to our hub in {city}.",
        "Code ready",
        (_PACK, "Show the code at the counter. They do the rest.", "Hand the parcel over and keep the receipt."),
        "Your code becomes void: do not hand the parcel in.",
        "Return postage",
    ),
    LaneMethod.DROP_OFF: Sending(
        "Bring it to a drop-off point",
        "You need no printer: they scan a code on your phone. It goes to our hub in {city}.",
        "Code ready",
        (_PACK, "Bring it to the drop-off point.", "Have the code scanned there and keep the receipt."),
        "Your code becomes void: do not hand the parcel in.",
        "Return postage",
    ),
    LaneMethod.OWN_CARRIER: Sending(
        "Send it with a carrier of your choice",
        "You choose the carrier and pay it. Our hub is in {city}.",
        "Packing slip ready",
        (
            _PACK,
            "Put the packing slip into it, or write {number} on the outside.",
            "Send it with tracking to this address and keep the receipt.",
        ),
        "Do not send the parcel.",
        "Return fee",
        named_when_free=False,
    ),
    LaneMethod.IN_STORE: Sending(
        "Bring it to our shop",
        "{name}, {city}: show a code at the counter. Nothing has to be posted.",
        "Code ready",
        (
            "Bring the items with their tags.",
            "Show the code at the counter.",
            "You get an email once the shop has taken them in.",
        ),
        "Your code becomes void: do not bring the items.",
        "Return to the shop",
        named_when_free=False,
    ),
}
EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
        "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
FEES = frozenset(sending.fee for sending in SENDINGS.values())
_CODE = "Your code is being made. It will appear here, and we will email it to you."
_MAKING = {
    LaneMethod.QR: ("Preparing your code", _CODE),
    LaneMethod.DROP_OFF: ("Preparing your code", _CODE),
    LaneMethod.OWN_CARRIER: (
        "Preparing your packing slip",
        "The address and your packing slip will appear here, and we will email them to you.",
    ),
    LaneMethod.IN_STORE: ("Preparing your code", _CODE),
}
_READY = {
    LaneMethod.QR: ("Code sent", "Your code is ready", "Show it at the counter with your parcel. Nothing to print."),
    LaneMethod.DROP_OFF: (
        "Code sent",
        "Your code is ready",
        "Bring your parcel to the drop-off point and have the code scanned there. Nothing to print.",
    ),
    LaneMethod.OWN_CARRIER: (
        "Ready to send",
        "Send it to our hub",
        "With a carrier of your choice. Send it with tracking, and tell us its number below.",
    ),
    LaneMethod.IN_STORE: ("Code sent", "Your code is ready", "Bring the items to our shop and show it at the counter."),
}
_ENDED = {
    Awaiting.CANCELLED: {
        LaneMethod.OWN_CARRIER: "Nothing will be refunded. Do not send the parcel.",
        None: "Nothing will be refunded, and the code can no longer be used.",
    },
    Awaiting.EXPIRED: {
        LaneMethod.OWN_CARRIER: "The parcel was not sent in time. Do not send it any more.",
        LaneMethod.IN_STORE: "The items were not brought in time, so the code can no longer be used.",
        None: "The parcel was not dropped off in time, so the code can no longer be used.",
    },
}


def status_of(ret: Return) -> phrases.Status:
    """Where the return is, in the words of its own way."""
    plain = phrases.STATUSES[ret.awaiting]
    method = LaneMethod.OWN_CARRIER if ret.label is LabelTerms.NONE else ret.method
    if method is LaneMethod.LABEL:
        return plain
    match ret.awaiting:
        case Awaiting.PAYMENT:
            return replace(plain, lead="It goes on as soon as the postage is settled.")
        case Awaiting.LABEL:
            word, lead = _MAKING[method]
            return replace(plain, shopper=word, lead=lead)
        case Awaiting.DROPOFF if ret.label is LabelTerms.NONE:
            word, _, lead = _READY[method]
            return replace(plain, shopper=word, heading="Send your parcel", lead=lead)
        case Awaiting.DROPOFF:
            word, heading, lead = _READY[method]
            return replace(plain, shopper=word, heading=heading, lead=lead)
        case Awaiting.CANCELLED | Awaiting.EXPIRED:
            ends = _ENDED[ret.awaiting]
            return replace(plain, lead=ends.get(method, ends[None]))
    return plain


def quoted(quote: QuoteV1) -> tuple[str, str]:
    """What the way of a lane is called, and what it means, before anything is booked."""
    sending, hub = SENDINGS[quote.method], quote.hub_address
    return sending.title, sending.where.format(name=hub.name, city=hub.city)


def fee_row(fee: Money, method: LaneMethod) -> views.ReceiptRow | None:
    """What the way costs the shopper: paid by itself, it is no part of what comes back. None where there is nothing to say."""
    sending = SENDINGS[method]
    if not fee.amount and not sending.named_when_free:
        return None
    return views.ReceiptRow(sending.fee, fee, "You pay this apart." if fee.amount else None)


def labels_of(retailer: Retailer, ret: Return, link: str) -> tuple[views.Label, ...]:
    """What the shopper sends each parcel with: nothing of a return that was called off, and nothing that is void."""
    if ret.awaiting in CALLED_OFF:
        return ()
    several = len(ret.travelling) > 1
    return tuple(
        _label(retailer, ret, parcel, link, several=several)
        for parcel in ret.travelling
        if (parcel.label is LabelState.ISSUED and parcel.document_id)
        or (ret.label is LabelTerms.NONE and may_tell(ret, parcel))
    )


def _label(retailer: Retailer, ret: Return, parcel: Parcel, link: str, *, several: bool) -> views.Label:
    of = f"?parcel={parcel.number}" if several else ""
    method = parcel.method or (LaneMethod.OWN_CARRIER if ret.label is LabelTerms.NONE else LaneMethod.LABEL)
    steps = SENDINGS[method].steps if parcel.document_id else NO_SLIP
    brought, is_ours = is_brought(parcel), parcel.carrier in (None, OWN)
    return views.Label(
        f"{link}/label.pdf{of}" if parcel.document_id else "",
        retailer.look.name if is_ours else parcel.service or retailer.look.name,
        parcel.tracking_number or "",
        f"{parcel.number}/{len(ret.known.parcels)}" if several else None,
        f"{link}/papers" if parcel.document_id else "",
        method=method,
        code=f"{link}/code.png{of}" if method in BY_CODE else None,
        where=lines_of(parcel.hub) if parcel.hub and brought else (),
        country=parcel.hub.country if parcel.hub and brought else "",
        hours=parcel.hub_hours if brought else None,
        steps=tuple(step.format(number=ret.number) for step in steps),
        crosses=parcel.hub is not None and _crosses(ret.address.country, parcel.hub.country),
        is_ours=is_ours,
        sent_with=parcel.sent_with,
        sent_as=parcel.sent_as,
        may_tell=may_tell(ret, parcel),
        number=parcel.number,
    )


NO_SLIP = (
    _PACK,
    "Write {number} on the outside, so that we know it is yours.",
    "Send it with tracking and keep the receipt. Ask our team if you are not sure where to.",
)


def _crosses(country: str, to: str) -> bool:
    """Whether there may be papers for the customs: labels knows of each place whether there are."""
    return country != to and not {country, to} <= EU


def lines_of(address: Address) -> tuple[str, ...]:
    """An address as it is written, line by line."""
    town = " ".join(part for part in (address.postcode, address.city) if part)
    if address.country in {"GB", "IE"}:
        town = ", ".join(part for part in (address.city, address.postcode) if part)
    parts = (address.name, address.company, address.line1, address.line2, town)
    return tuple(part for part in parts if part)
