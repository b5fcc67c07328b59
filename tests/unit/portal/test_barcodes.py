"""Codes in pictures: those on parcels are read, from a phone's photo as from a frame of its camera."""

import io

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from libs.contracts.errors import Refused
from services.portal.barcodes import codes_in
from tests.unit.portal.test_photos import a_photo

NUMBER, LINK = "OR7KQ2M9TX3WY", "https://returns.example/alder/p/OR7KQ2M9TX3WY"


def drawn(text: str, kind: str = "Code128") -> Image.Image:
    """A code as it stands on a label."""
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    shape = memoryview(code.to_image(scale=4, add_quiet_zones=True))
    return Image.frombytes("L", (shape.shape[1], shape.shape[0]), shape.tobytes())


def seen(*codes: tuple[Image.Image, tuple[int, int]], size: tuple[int, int] = (1280, 720)) -> io.BytesIO:
    """A frame of a camera in which codes stand at these places, not quite sharp."""
    frame, out = Image.new("L", size, 200), io.BytesIO()
    for code, place in codes:
        frame.paste(code, place)
    frame.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=70)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize(("text", "kind"), [(NUMBER, "Code128"), (LINK, "QRCode"), (NUMBER, "DataMatrix")])
def test_what_carriers_and_we_print_is_read(text: str, kind: str):
    assert codes_in(seen((drawn(text, kind), (300, 200)))) == (text,)


def test_the_code_in_the_middle_is_the_one_that_is_meant():
    middle, edge = drawn(LINK, "QRCode"), drawn("R-7KQ2M9", "QRCode")

    codes = codes_in(seen((edge, (10, 10)), (middle, (560, 280))))

    assert codes == (LINK, "R-7KQ2M9")


def test_a_photo_that_was_taken_sideways_is_read():
    turned, out = drawn(NUMBER).rotate(90, expand=True, fillcolor=255), io.BytesIO()
    Image.frombytes("L", turned.size, turned.tobytes()).save(out, "PNG")

    assert codes_in(io.BytesIO(out.getvalue())) == (NUMBER,)


def test_a_picture_without_a_code_has_none():
    assert codes_in(a_photo()) == ()


def test_what_stands_on_goods_is_not_read_for_what_stands_on_parcels():
    assert codes_in(seen((drawn("5012345678900", "EAN13"), (300, 200)))) == ()


@pytest.mark.parametrize("content", [b"", b"no picture", a_photo().getvalue()[:40]])
def test_what_is_no_picture_is_refused(content: bytes):
    with pytest.raises(Refused, match=r"photo\.not_an_image"):
        codes_in(io.BytesIO(content))
