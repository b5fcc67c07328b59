"""Codes in pictures: what a phone saw, read here where its browser has no reader of its own."""

import io
from threading import BoundedSemaphore
from typing import BinaryIO

import zxingcpp
from PIL import Image, ImageOps

from libs.contracts.errors import Refused
from services.portal.photos import MOST_BYTES, MOST_PIXELS

EDGE = 2400  # pixels: a barcode that is a fifth of a phone's photo still has two to each bar
MOST_READ = 200  # characters
_FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.PDF417,
    ]
)  # what stands on parcels; what stands on goods would be read beside it
_AT_ONCE = BoundedSemaphore(2)  # a gateway's other pages need the processor too


def codes_in(file: BinaryIO) -> tuple[str, ...]:
    """The codes in a picture, the one nearest to its middle first.

    Refused as `photo.too_large`, `photo.too_many_pixels` or `photo.not_an_image`.
    """
    raw = file.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise Refused("photo.too_large")
    with _AT_ONCE:
        grey = _grey(raw)
        found = zxingcpp.read_barcodes(grey, formats=_FORMATS)
    middle = grey.width / 2, grey.height / 2
    nearest = sorted(found, key=lambda code: _distance(code, *middle))
    return tuple(dict.fromkeys(code.text for code in nearest if 0 < len(code.text) <= MOST_READ))


def _grey(raw: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG", "WEBP"]) as image:
            if image.width * image.height > MOST_PIXELS:  # read from the header, before anything is decoded
                raise Refused("photo.too_many_pixels")
            image.draft("L", (EDGE, EDGE))
            image.thumbnail((EDGE, EDGE))
            return ImageOps.exif_transpose(image).convert("L")
    except Refused:
        raise
    except Exception:  # a decoder stumbles over a stranger's bytes in many ways: none of them is an error of ours
        raise Refused("photo.not_an_image") from None


def _distance(code: zxingcpp.Barcode, x: float, y: float) -> float:
    corners = code.position.top_left, code.position.bottom_right
    return abs(sum(each.x for each in corners) / 2 - x) + abs(sum(each.y for each in corners) / 2 - y)
