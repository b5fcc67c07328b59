from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfWriter
from reportlab.graphics.barcode.code128 import Code128
from reportlab.pdfgen.canvas import Canvas

from libs.contracts.labels import DocumentForm, Hub
from libs.contracts.values import Goods, Money
from services.labels.documents.forms import FORMS
from services.labels.documents.sheet import draw_sheet
from services.labels.documents.slip import draw_slip
from services.labels.domain import declared, must_declare
from tests.unit.labels.parcels import DAVENTRY, address, parcel

SHIRT = Goods(
    title="Linen camp shirt",
    variant="Sage / 10",
    sku="AL-1-10",
    quantity=2,
    value=Money(amount=9000, currency="GBP"),
    hs_code="620520",
    origin="PT",
    grams=210,
    shipped_as=("SBX123",),
)
SCARF = Goods(title="Wool scarf", quantity=1, value=Money(amount=3800, currency="GBP"))
OSLO = address(line1="Storgata 1", line2=None, city="Oslo", postcode="0155", country="NO")
HOMEWARD = parcel(goods=(SHIRT, SCARF), order_number="AL-1001")
NORSE = parcel(goods=(SHIRT, SCARF), order_number="AL-1001", sender=OSLO)


def drawn(form, booking=HOMEWARD, carriers=None):
    return FORMS[form].draw(booking, booking.reference, carriers)


def pages(content):
    return list(pypdfium2.PdfDocument(content))


def text(page):
    return page.get_textpage().get_text_range()


def printed(page):
    """The page as a 203 dpi printer puts it on paper: dots of ink or none."""
    return page.render(scale=203 / 72).to_pil().convert("L").point(lambda grey: 255 * (grey > 127))


def codes(image):
    return {code.format: code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_booking_gives_the_same_bytes(form):
    assert drawn(form, NORSE) == drawn(form, NORSE)


def test_the_sheet_is_a4_with_the_label_on_it_that_a_scanner_reads():
    (page,) = pages(drawn(DocumentForm.SHEET))

    assert page.get_size() == pytest.approx((841.89, 595.28), abs=0.1)
    assert codes(printed(page)) == {
        zxingcpp.BarcodeFormat.Code128: HOMEWARD.reference,
        zxingcpp.BarcodeFormat.QRCode: f"https://returns.alder.example/p/{HOMEWARD.reference}",
    }


def test_the_slip_names_the_items_and_where_to_fold():
    (page,) = pages(drawn(DocumentForm.SHEET))

    words = text(page)

    assert all(each in words for each in ("Linen camp shirt, Sage / 10, AL-1-10", "2 ×", "AL-1001", "Fold or cut here"))
    assert "90.00" not in words, "what was paid is nobody's business who opens the parcel"


def carriers_page(size=(288, 432)):
    """A label as a carrier draws it: a code across its short side."""
    file = BytesIO()
    page = Canvas(file, pagesize=size)
    page.translate(size[0] / 2, size[1] / 2)
    if size[0] > size[1]:
        page.rotate(90)
    bars = Code128("EZ9400100001", barWidth=3 * 72 / 203, barHeight=60, quiet=0)
    bars.drawOn(page, -bars.width / 2, 0)
    page.save()
    return file.getvalue()


@pytest.mark.parametrize("size", [(288, 432), (283.5, 425.2), (432, 288), (595, 842)])
def test_a_carriers_label_stands_on_the_sheet_as_it_was_drawn(size):
    (page,) = pages(drawn(DocumentForm.SHEET, carriers=carriers_page(size)))

    assert page.get_size() == pytest.approx((841.89, 595.28), abs=0.1)
    assert codes(page.render(scale=4).to_pil().convert("L")) == {zxingcpp.BarcodeFormat.Code128: "EZ9400100001"}
    assert "Packing slip" in text(page)


def test_a_carriers_label_that_is_turned_stands_upright_on_the_sheet():
    turned, file = PdfWriter(clone_from=BytesIO(carriers_page((432, 288)))), BytesIO()
    turned.pages[0].rotate(90)
    turned.write(file)

    (page,) = pages(drawn(DocumentForm.SHEET, carriers=file.getvalue()))

    (found,) = zxingcpp.read_barcodes(page.render(scale=4).to_pil().convert("L"))
    assert found.text == "EZ9400100001"
    assert abs(found.orientation) in (0, 180), "its bars stand, as those of a label do"


def test_a_page_of_a_carrier_that_cannot_be_read_leaves_its_place_free():
    (page,) = pages(drawn(DocumentForm.SHEET, carriers=b"%PDF-1.4 broken"))

    assert codes(printed(page)) == {}
    assert "The own label goes here." in text(page)


def test_who_sends_it_by_themselves_gets_the_address_and_a_slip_that_a_hub_can_scan():
    (page,) = pages(draw_slip(parcel(goods=(SHIRT,), order_number="AL-1001"), HOMEWARD.reference))

    words = text(page)

    assert all(each in words for each in ("Royal Oak Way North", "NN11 8PQ", "Return R-7KQ2M9", "Fold or cut here"))
    assert codes(printed(page)) == {
        zxingcpp.BarcodeFormat.QRCode: f"https://returns.alder.example/p/{HOMEWARD.reference}"
    }
    assert "label" not in words.lower()


@pytest.mark.parametrize("draw", [draw_sheet, draw_slip])
def test_a_slip_says_which_of_the_parcels_it_is_of(draw):
    (page,) = pages(draw(parcel(goods=(SHIRT,), parcel=2, parcels=3), HOMEWARD.reference))

    assert "2 of 3" in text(page)
    assert "Items of this return" in text(page), "nobody says which item is in which parcel"


def test_a_slip_with_many_items_says_how_many_more():
    (page,) = pages(drawn(DocumentForm.SHEET, parcel(goods=(SCARF,) * 40)))

    assert "and 25 more" in text(page)


def test_the_code_for_a_counter_is_read_as_a_picture():
    image = Image.open(BytesIO(drawn(DocumentForm.QR_PNG)))

    assert codes(image.convert("L")) == {
        zxingcpp.BarcodeFormat.QRCode: f"https://returns.alder.example/p/{HOMEWARD.reference}"
    }
    assert drawn(DocumentForm.QR_SVG).lstrip().startswith((b"<?xml", b"<svg"))


def test_a_label_printer_is_told_both_codes_and_no_sign_of_its_own_slips_in():
    sender = address(name="Maya ^XZ~JA_Okafor", city="Αθήνα")
    told = drawn(DocumentForm.ZPL, parcel(sender=sender)).decode()

    assert told.startswith("^XA^CI28^PW812^LL1218")
    assert f"^BCN,176,N,N,N,A^FH^FD{HOMEWARD.reference}^FS" in told
    assert f"^FDMA,https://returns.alder.example/p/{HOMEWARD.reference}^FS" in told
    assert (told.count("^XZ"), told.count("~")) == (1, 0)
    assert "Maya _5EXZ_7EJA_5FOkafor" in told


def test_customs_are_told_what_goes_back_and_what_was_paid_for_it():
    invoice, declaration = (text(page) for page in pages(drawn(DocumentForm.CUSTOMS, NORSE)))

    for paper in (invoice, declaration):
        assert "Returned goods" in paper
        assert all(each in paper for each in ("Order AL-1001", "620520", "PORTUGAL", "NORWAY", "0.420 kg", "90.00 GBP"))
        assert "Original export Order AL-1001, parcel SBX123" in " ".join(paper.split())
        assert "Total 128.00 GBP" in " ".join(paper.split())
    assert "Commercial invoice" in invoice
    assert "CN 23" in declaration


def test_the_net_weight_of_a_parcel_is_told_where_that_of_every_item_is_known():
    weighed = parcel(goods=(SHIRT, SCARF.model_copy(update={"grams": 180})), sender=OSLO)

    known, unknown = (" ".join(text(pages(drawn(DocumentForm.CUSTOMS, each))[0]).split()) for each in (weighed, NORSE))

    assert "Net weight 0.600 kg" in known
    assert "Net weight ......" in unknown
    assert "Gross weight ......" in known, "what the box weighs is nobody's knowledge"


def test_the_papers_of_each_of_two_parcels_declare_their_part_and_say_so():
    each = [parcel(goods=(SHIRT, SCARF), sender=OSLO, parcel=n, parcels=2) for n in (1, 2)]

    first, second = (" ".join(text(pages(drawn(DocumentForm.CUSTOMS, one))[0]).split()) for one in each)

    assert "Parcel 1 of 2: the even part of what is returned." in first
    assert ("Total 45.00 GBP" in first, "Total 83.00 GBP" in second) == (True, True)
    assert "even part" not in text(pages(drawn(DocumentForm.CUSTOMS, NORSE))[0])


def test_papers_go_on_on_another_page_where_there_are_many_goods():
    many = parcel(goods=(SCARF,) * 30, sender=OSLO)

    assert len(pages(drawn(DocumentForm.CUSTOMS, many))) == 4


def test_an_address_in_any_script_stands_on_every_paper_in_letters_that_a_post_reads():
    sender = address(name="山田太郎", line1="千代田区1-1", line2=None, city="東京", postcode="100-0001", country="JP")
    booking = parcel(sender=sender, goods=(SHIRT,))

    for form in (DocumentForm.SHEET, DocumentForm.CUSTOMS):
        words = text(pages(drawn(form, booking))[0])
        assert "JAPAN" in words
        assert "100-0001" in words
        assert "�" not in words
        assert "Tai" in words


def test_only_a_parcel_over_a_border_is_declared():
    tilburg = Hub(code="TIL", address=address(country="NL", postcode="5015"))

    assert must_declare(NORSE)
    assert not must_declare(HOMEWARD)
    assert must_declare(parcel(hub=tilburg))
    assert declared(NORSE, "X").totals == (Money(amount=12800, currency="GBP"),)
    assert HOMEWARD.hub == DAVENTRY
