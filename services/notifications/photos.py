"""A shopper's photos as a mail shows them: fetched from portal, and written as what every mail program can show."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from PIL import Image

from libs.chassis.errors import Transient
from libs.chassis.logs import log
from libs.chassis.rpc import ask
from libs.contracts.errors import Refused
from libs.contracts.portal import GetPhotoV1, PhotoV1

MOST = 6
MOST_BYTES = 8_000_000  # of all photos of a mail: base64 makes 11 MB of it, and many servers take 20
WIDEST = 1200  # pixels: twice the width it is shown at
PATIENT = 3  # tries that wait for portal; the mail that asks for a decision is worth more than its photos


@dataclass(frozen=True, slots=True)
class Shown:
    """The photos that go into a mail, as JPEG, and how many do not."""

    photos: tuple[bytes, ...] = ()
    left_out: int = 0


def fetch(retailer_id: UUID, photo_ids: tuple[UUID, ...], *, tries: int) -> Shown:
    """The photos with these ids that fit. While portal does not answer it raises Transient, in the first tries only."""
    answered: list[PhotoV1] = []
    try:
        for photo_id in photo_ids[:MOST]:
            answered += _asked(retailer_id, photo_id)
    except Transient:
        if tries <= PATIENT:
            raise
        log.warning("notifications.photos_left_out", photos=len(photo_ids))
        return Shown((), len(photo_ids))
    fitting = fit(photo.content for photo in answered)
    return Shown(fitting, len(photo_ids) - len(fitting))


def fit(contents: Iterable[bytes], *, most_bytes: int = MOST_BYTES) -> tuple[bytes, ...]:
    """Those of `contents` that are images, as JPEG, while they stay within `most_bytes` together."""
    fitting: list[bytes] = []
    for content in contents:
        shown = _jpeg(content)
        if shown is not None and sum(map(len, fitting)) + len(shown) <= most_bytes:
            fitting.append(shown)
    return tuple(fitting)


def _asked(retailer_id: UUID, photo_id: UUID) -> list[PhotoV1]:
    try:
        return [ask(retailer_id, GetPhotoV1(photo_id=photo_id), timeout=5)]
    except Refused:  # it was erased since
        return []


def _jpeg(content: bytes) -> bytes | None:
    """Outlook on a desktop shows no WebP, which is what portal keeps."""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP", "JPEG", "PNG"]) as image:
            shown = image.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    shown.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=80, optimize=True)
    return out.getvalue()
