"""What carriers say, read into scans of the normal form: one file for each shape, and nothing here talks to anybody.

A new sender is a file beside these, an entry in READERS, and its proof in portal's `senders.py`. One whose carrier can be asked
too is an entry in ANSWERS. A word that is not in a table is kept as the sender wrote it and counts as `unknown`.
"""

import threading
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from libs.chassis.errors import Permanent
from libs.chassis.retries import reason
from services.tracking.carriers import aftership, easypost, seko, shippo, standard
from services.tracking.domain import Reported

Reader = Callable[[str], tuple[Reported, ...]]
READERS: Mapping[str, Reader] = {
    "standard": standard.read,
    "easypost": easypost.read,
    "seko": seko.read,
    "aftership": aftership.read,
    "shippo": shippo.read,
}
ANSWERS: Mapping[str, Reader] = {"easypost": easypost.answered, "seko": seko.read}
UNSIGNED = frozenset({"seko"})  # a name and a password, which whoever once read a webhook knows too
NAMES = {"standard": "a tracking.scan"}
# Reading is all work and no waiting: nobody would be served while ten long bodies are read at once.
_IN_TURN = threading.Lock()
SCANS_MOST, PARCELS_MOST = 5_000, 1_000  # of one webhook: each parcel's number is locked until all of it is kept


def read(sender: str, body: str) -> tuple[Reported, ...]:
    """The scans that a stored webhook reports; raises Permanent where it is not what its sender sends, or too much of it."""
    return _read(READERS, sender, body, "a webhook of")


def read_answer(carrier: str, body: str) -> tuple[Reported, ...]:
    """The scans in what a carrier answered; raises Permanent where it is not what this carrier answers."""
    return _read(ANSWERS, carrier, body, "an answer of")


def _read(readers: Mapping[str, Reader], name: str, body: str, what: str) -> tuple[Reported, ...]:
    reader = readers.get(name)
    if reader is None:
        raise Permanent(f"nothing here reads {what} {name}")
    try:
        with _IN_TURN:
            seen = reader(body)
    except ValidationError as wrong:
        raise Permanent(f"not {NAMES.get(name, f'{what} {name}')}: {reason(wrong)}") from None
    parcels = len({scan.tracking_number for scan in seen})
    if len(seen) > SCANS_MOST or parcels > PARCELS_MOST:
        raise Permanent(
            f"{len(seen)} scans of {parcels} parcels at once: at most {SCANS_MOST} of {PARCELS_MOST} are read"
        )
    return seen
