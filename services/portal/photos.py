"""Shoppers' photos: decoded, bounded, and written anew, so that nothing of the file they sent is kept."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

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


@dataclass(frozen=True, slots=True)
class Clean:
    """A photo as we keep it: WebP, upright, without EXIF, GPS or XMP."""

    content: bytes
    width: int
    height: int


def clean(file: BinaryIO) -> Clean:
    """The photo in `file`, written anew. Refused as `photo.too_large`, `photo.too_many_pixels` or `photo.not_an_image`."""
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refused("photo.too_large")
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG", "WEBP"]) as image:
            if image.width * image.height > MOST_PIXELS:  # read from the header, before anything is decoded
                raise Refused("photo.too_many_pixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except Image.DecompressionBombError:
        raise Refused("photo.too_many_pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise Refused("photo.not_an_image") from None
    upright.thumbnail((KEPT_EDGE, KEPT_EDGE))
    out = io.BytesIO()
    fresh = Image.new("RGB", upright.size)  # a fresh image carries no metadata of the old one
    fresh.paste(upright)
    fresh.save(out, "WEBP", quality=82)
    return Clean(out.getvalue(), *fresh.size)
