from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.values import Address
from services.labels.documents.drawing import HEIGHT, WIDTH
from services.labels.documents.label import draw_label
from services.labels.domain import reference
from tests.unit.labels.parcels import ALDER, KITE, MAYA, address, parcel

THREE_EIGHTHS_OF_A_MILLIMETRE = 0.38 * 203 / 25.4  # in dots
FIFTEEN_MILLIMETRES = 15 * 203 / 25.4
LONG = "Donaudampfschifffahrtsgesellschaftshauptgebäude am alten Hafen, Aufgang 3, Zimmer 4711 " * 3


def page(booking):
    return pypdfium2.PdfDocument(draw_label(booking, booking.reference))[0]


def printed(booking):
    """The page as a 203 dpi printer puts it on paper: dots of ink or none."""
    return page(booking).render(scale=203 / 72).to_pil().convert("L").point(lambda grey: 255 * (grey > 127))


def text(booking):
    return page(booking).get_textpage().get_text_range()


def codes(image):
    return {code.format: code.text for code in zxingcpp.read_barcodes(image)}


def row(image, *, of):
    """The pixels of a row through the middle of the code `of`, True where there is ink."""
    found = next(code for code in zxingcpp.read_barcodes(image) if code.format == of)
    y = (found.position.top_left.y + found.position.bottom_left.y) // 2
    return [image.getpixel((x, y)) == 0 for x in range(image.width)]


def runs(dots):
    edges = [x for x in range(1, len(dots)) if dots[x] != dots[x - 1]]
    return [end - start for start, end in zip([0, *edges], [*edges, len(dots)], strict=True)]


def test_the_page_is_four_by_six_inches():
    assert page(parcel()).get_size() == pytest.approx((4 * 72, 6 * 72))
    assert printed(parcel()).size == (WIDTH, HEIGHT)


def test_a_scanner_reads_the_tracking_number_and_the_link():
    read = codes(printed(parcel()))

    assert read == {
        zxingcpp.BarcodeFormat.Code128: parcel().reference,
        zxingcpp.BarcodeFormat.QRCode: f"https://returns.alder.example/p/{parcel().reference}",
    }


@pytest.mark.parametrize("number", ["OR0000000000A", "OR1234567890A", "ORWWWWWWWWWWZ"])
def test_every_number_leaves_room_for_its_quiet_zones(number):
    image = printed(parcel(reference=number))

    widths = runs(row(image, of=zxingcpp.BarcodeFormat.Code128))
    bar = min(widths)

    assert codes(image)[zxingcpp.BarcodeFormat.Code128] == number
    assert bar >= THREE_EIGHTHS_OF_A_MILLIMETRE
    assert all(width % bar == 0 for width in widths[1:-1])
    assert widths[0] >= 10 * bar
    assert widths[-1] >= 10 * bar


@pytest.mark.parametrize(
    "number", ["1Z999AA10123456784", "420941059400111899223033005282", "A1B2C3D4E5F6G7H8J9K0L1M2N3P4Q5", "W" * 30, "7"]
)
def test_a_carriers_number_is_read_however_long_it_is(number):
    image = printed(parcel(reference=number))

    widths = runs(row(image, of=zxingcpp.BarcodeFormat.Code128))

    assert codes(image)[zxingcpp.BarcodeFormat.Code128] == number
    assert min(widths) >= 2
    assert min(widths[0], widths[-1]) >= 10 * min(widths)


@given(st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,29}", fullmatch=True))
@settings(max_examples=25, deadline=None)
def test_every_number_that_a_person_may_give_is_read(number):
    assert codes(printed(parcel(reference=number)))[zxingcpp.BarcodeFormat.Code128] == number


def test_the_bars_are_high_enough_for_a_hand_scanner():
    image = printed(parcel())
    found = next(c for c in zxingcpp.read_barcodes(image) if c.format == zxingcpp.BarcodeFormat.Code128)
    first_bar = row(image, of=zxingcpp.BarcodeFormat.Code128).index(True)

    column = [image.getpixel((first_bar, y)) == 0 for y in range(image.height)]
    y = (found.position.top_left.y + found.position.bottom_left.y) // 2
    height = next(d for d in range(1, y) if not column[y - d]) + next(d for d in range(1, y) if not column[y + d]) - 1

    assert height >= FIFTEEN_MILLIMETRES


def test_the_label_says_from_whom_to_where_and_what_it_is():
    words = text(parcel(parcel=2, parcels=3))

    for part in (
        "Maya Okafor",
        "BS8 2HY",
        "Alder Returns",
        "Daventry",
        "NN11 8PQ",
        "UNITED KINGDOM",
        "DAV",
        "R-7KQ2M9",
        "2 of 3",
        "Standard return",
        "RETURN",
    ):
        assert part in words


def test_the_number_is_printed_in_groups_that_can_be_read_out():
    assert "OR 7KQ2 M9XC 4TA" in text(parcel(reference="OR7KQ2M9XC4TA"))


def test_nothing_private_stands_outside_the_parcel():
    page_bytes = draw_label(parcel(), parcel().reference)

    assert "@" not in text(parcel())
    assert b"help@alder.example" not in page_bytes


def test_a_reprint_is_the_same_to_the_byte():
    assert draw_label(parcel(), "OR7KQ2M9XC4TA") == draw_label(parcel(), "OR7KQ2M9XC4TA")


def test_each_retailer_wears_its_own_brand():
    def colours(booking):
        return {colour for _, colour in page(booking).render(scale=1).to_pil().getcolors(1 << 20)}

    assert (0x1F, 0x5C, 0x4D) in colours(parcel(look=ALDER))
    assert (0xE4, 0x57, 0x2E) in colours(parcel(look=KITE))
    assert (0x1F, 0x5C, 0x4D) not in colours(parcel(look=KITE))


def test_a_brand_too_pale_to_read_keeps_its_mark_but_writes_its_name_in_black():
    pale = ALDER.model_copy(update={"brand": "#ffd400"})
    image = page(parcel(look=pale)).render(scale=2).to_pil().convert("RGB")

    name = image.crop((100, 10, 380, 90))

    assert (0xFF, 0xD4, 0x00) in {colour for _, colour in image.getcolors(1 << 20)}
    assert {max(colour) - min(colour) for _, colour in name.getcolors(1 << 20)} == {0}


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Żółć",
        "Nguyễn Thị Minh",
        "Þórunn Æsa Ðórðardóttir",
        "Юлия Александровна",
        "Ελένη Παπαδοπούλου",
    ],
)
def test_a_name_in_latin_greek_or_cyrillic_is_printed_as_it_is(name):
    assert name in text(parcel(sender=address(name=name)))


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("王小明", "Wang Xiao Ming"),
        ("김철수", "Gim Cheol Su"),
        ("بنت علي", "bnt ly"),
        ("Rose 🌸 Hall", "Rose Hall"),
        ("Zo\u0308e Bell", "Zöe Bell"),
        ("Anne\u0007\u200b Hall", "Anne Hall"),
    ],
)
def test_a_name_without_glyphs_is_written_in_letters_a_courier_can_read(name, readable):
    assert readable in text(parcel(sender=address(name=name)))


def test_a_name_of_symbols_alone_does_not_stop_the_label():
    assert codes(printed(parcel(sender=address(name="🌸🌸", line2="🌸"))))


def test_the_longest_address_keeps_its_postcode_and_both_codes():
    hub = parcel().hub.model_copy(
        update={
            "code": "VERY-LONG-HUB-CODE",
            "address": Address(
                name=LONG, company=LONG, line1=LONG, line2=LONG, city="Castrop-Rauxel", postcode="44575", country="DE"
            ),
        }
    )
    booking = parcel(
        hub=hub,
        sender=MAYA.model_copy(update=dict.fromkeys(("name", "company", "line1", "line2"), LONG)),
        service=LONG,
        parcel=99,
        parcels=100,
    )

    words = text(booking)

    assert "44575 Castrop-Rauxel" in words
    assert "BS8 2HY" in words
    assert len(codes(printed(booking))) == 2


def test_the_reference_of_any_booking_can_be_scanned():
    references = [reference(UUID(int=number)) for number in range(1, 8)]

    assert [codes(printed(parcel(reference=r)))[zxingcpp.BarcodeFormat.Code128] for r in references] == references
