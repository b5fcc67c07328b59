"""The label of a bag or pallet, as a printer puts it on paper and a scanner reads it."""

import pypdfium2
import pytest
import zxingcpp

from libs.contracts.labels_bags import DrawBagLabelV1
from services.labels.documents.bag import draw_bag_label
from services.labels.documents.drawing import HEIGHT, WIDTH
from tests.unit.labels.parcels import ALDER, KITE

CODE = "HB0123456789A"
LINK = f"https://desk.example/hub/bags?code={CODE}"
BAG = DrawBagLabelV1(code=CODE, link=LINK, hub="DAV", parcels=12)


def page(asked=BAG, look=ALDER):
    return pypdfium2.PdfDocument(draw_bag_label(asked, look))[0]


def text(shown):
    return shown.get_textpage().get_text_range()


@pytest.mark.parametrize("look", [ALDER, KITE])
def test_a_scanner_reads_the_code_and_the_link_to_the_bag(look):
    image = page(look=look).render(scale=203 / 72).to_pil().convert("L").point(lambda grey: 255 * (grey > 127))

    assert image.size == (WIDTH, HEIGHT)
    assert {code.format: code.text for code in zxingcpp.read_barcodes(image)} == {
        zxingcpp.BarcodeFormat.Code128: CODE,
        zxingcpp.BarcodeFormat.QRCode: LINK,
    }


def test_it_names_the_retailer_the_hub_and_how_many_parcels_are_in_it():
    words = text(page())

    assert all(each in words for each in ("Alder", "BAG", "DAV", "12", "HB 0123 4567 89A"))


def test_an_open_bag_of_a_hub_that_is_not_said_is_drawn_too():
    words = text(page(DrawBagLabelV1(code=CODE, link=LINK)))

    assert "HB 0123 4567 89A" in words


def test_the_same_bag_gives_the_same_bytes():
    assert draw_bag_label(BAG, ALDER) == draw_bag_label(BAG, ALDER)
