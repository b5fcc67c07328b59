from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from libs.contracts.labels import DocumentForm, Hub
from libs.contracts.values import Goods, Money
from services.labels.documents.forms import FORMS
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
)
SCARF = Goods(title="Wool scarf", quantity=1, value=Money(amount=3800, currency="GBP"))
OSLO = address(line1="Storgata 1", line2=None, city="Oslo", postcode="0155", country="NO")
HOMEWARD = parcel(goods=(SHIRT, SCARF), order_number="AL-1001")
NORSE = parcel(goods=(SHIRT, SCARF), order_number="AL-1001", sender=OSLO)


def drawn(form, booking=HOMEWARD, ours=True):
    return FORMS[form].draw(booking, booking.reference, ours)


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


def test_a_sheet_for_a_carriers_label_leaves_its_place_free():
    (page,) = pages(drawn(DocumentForm.SHEET, ours=False))

    assert codes(printed(page)) == {}
    assert "The own label goes here." in text(page)


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
        assert all(each in paper for each in ("Order AL-1001", "620520", "PORTUGAL", "NORWAY", "90.00 GBP"))
        assert "Total 128.00 GBP" in " ".join(paper.split())
    assert "Commercial invoice" in invoice
    assert "CN 23" in declaration


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
