"""Shoppers' photos: decoded, bounded, and written anew, so that nothing of the file they sent is kept."""

import io
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore
from typing import BinaryIO
from uuid import UUID

from PIL import Image, ImageOps

from libs.contracts.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_A_LINE = 4
KEPT_EDGE = 2000  # pixels: enough to see a torn seam

WORDS = {
    "photo.too_large": "Choose photos of at most 10 MB each",
    "photo.too_many_pixels": "Choose photos of at most 25 megapixels",
    "photo.not_an_image": "Choose a JPG, PNG or WebP photo",
}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
_AT_ONCE = BoundedSemaphore(2)  # a photo of 25 megapixels takes 100 MB while it is decoded


@dataclass(frozen=True, slots=True)
class Clean:
    """A photo as we keep it: WebP, upright, without EXIF, GPS or XMP."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that was cleaned and stored; `line_id` is the order line it shows, None until that is known."""

    line_id: UUID | None
    object_key: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """What a page calls it by: the last part of its key, without the ending."""
        return self.object_key.rsplit("/", 1)[-1].removesuffix(".webp")


def key_of(content: bytes, *place: object) -> str:
    """Where a photo is kept. Named by its content within its place, so that a form sent twice keeps one copy."""
    return "/".join(["photos", *map(str, place), f"{sha256(content).hexdigest()[:32]}.webp"])


def clean(file: BinaryIO) -> Clean:
    """The photo in `file`, written anew. Refused as `photo.too_large`, `photo.too_many_pixels` or `photo.not_an_image`."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refused("photo.too_large")
    try:
        with _AT_ONCE:
            return _written_anew(raw)
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise Refused("photo.too_many_pixels") from None
    except Exception:  # a decoder stumbles over a stranger's bytes in many ways: none of them is an error of ours
        raise Refused("photo.not_an_image") from None


def _written_anew(raw: bytes) -> Clean:
    with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG", "WEBP"]) as image:
        if image.width * image.height > MOST_PIXELS:  # read from the header, before anything is decoded
            raise Refused("photo.too_many_pixels")
        image.thumbnail((KEPT_EDGE, KEPT_EDGE))  # first: a JPEG is then never decoded at its full size
        upright = ImageOps.exif_transpose(image).convert("RGB")
    out = io.BytesIO()
    fresh = Image.new("RGB", upright.size)  # a fresh image carries no metadata of the old one
    fresh.paste(upright)
    fresh.save(out, "WEBP", quality=82)
    return Clean(out.getvalue(), *fresh.size)
