"""All that staff do to a return by hand, as one table: from it come the buttons, their pages and what they need."""

from collections.abc import Collection, Iterator

from services.portal.access import May
from services.portal.domain import Kind, Return
from services.portal.web.deeds.deciding import DECIDING
from services.portal.web.deeds.deed import About, Deed, Form, Said
from services.portal.web.deeds.ending import ENDING
from services.portal.web.deeds.exchanging import EXCHANGING
from services.portal.web.deeds.inspecting import INSPECTING
from services.portal.web.deeds.paying import PAYING
from services.portal.web.deeds.sending import SENDING

DEEDS: dict[str, Deed] = {deed.code: deed for deed in (*DECIDING, *PAYING, *EXCHANGING, *SENDING, *INSPECTING, *ENDING)}
REVIEWING = ("accept", "reject", "ask")

# Rows of the tables that no person makes, and why.
NOT_BY_HAND: dict[Kind, str] = {
    Kind.EXPIRED: "the clock's; a person cancels",
    Kind.INSPECTION_SKIPPED: "true by the policy as soon as all parcels are at the hub",
    Kind.ALL_SETTLED: "true as soon as each line is settled or waived",
    Kind.STAGE_REACHED: "true of a line by what came; a person settles it",
    Kind.DIFFERS: "true of a line by its inspection",
    Kind.NOTHING_CAME: "true of a line by its inspection",
    Kind.VOUCHER_RELEASED: "payments gives the code back when the return ends",
    Kind.LABEL_UNKNOWN: "labels lost an answer; a person records what became of it",
    Kind.LABEL_VOIDED: "labels voided it; a person asks for a new one",
    Kind.LABEL_VOID_REFUSED: "the carrier's word; a person asks it again, or clears its mark",
    Kind.LABEL_EXPIRED: "labels' clock; a person asks for a new one",
    Kind.SETTLEMENT_UNKNOWN: "orders lost an answer; a person records what became of it",
    Kind.SHOP_UPDATE_FAILED: "the shop's word; a person writes it there and clears its mark",
    Kind.BONUS_REFUSED: "the shop's word; a person gives the credit there and clears its mark",
    Kind.PARCEL_IN_TROUBLE: "the carrier's word; a person clears its mark",
    Kind.PARCEL_MOVED: "the carrier's scan; a person records the first one or the arrival",
    Kind.PARCEL_DELAYED: "tracking's clock; a person clears its mark",
    Kind.SCAN_VOIDED: "a hub takes its own scan back, on its page",
}


def offered(ret: Return, may: Collection[May], codes: Collection[str] = tuple(DEEDS)) -> Iterator[tuple[Deed, str]]:
    """What somebody who may do `may` can do to `ret` where it stands: each deed with each of its subjects."""
    for code in codes:
        deed = DEEDS[code]
        yield from ((deed, subject) for subject in deed.subjects(ret) if deed.needs(subject) <= frozenset(may))


__all__ = ["DEEDS", "NOT_BY_HAND", "REVIEWING", "About", "Deed", "Form", "Said", "offered"]
