"""Addresses on paper: in letters that a courier can read, whole, whatever their script and however long their words."""

import re

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.contracts.values import Address
from services.labels.documents.label import draw_label
from services.labels.documents.lettering import REGULAR, Face, load_fonts, printable, set_block
from services.labels.documents.sheet import draw_sheet
from services.labels.documents.slip import draw_slip
from services.labels.documents.zpl import draw_zpl
from tests.unit.labels.parcels import address, parcel

STREET = Face(REGULAR, 12.5, least=8)
WIDE, HIGH = 177, 60  # points: the hub's address on a label
TOKYO = address(
    line1="東京都千代田区丸の内1丁目1-1", line2="アパート１０２号室", city="千代田区", postcode="100-0005", country="JP"
)
SCHWARZBURG = "Donaudampfschifffahrtsgesellschaftshauptgebäudestraße 117b"


@pytest.fixture(autouse=True)
def fonts():
    load_fonts()


def text(pdf: bytes) -> str:
    return " ".join(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().split())


def at_the_hub(home: Address):
    return parcel(sender=home, hub=parcel().hub.model_copy(update={"address": home}))


def plain(words: str) -> str:
    return "".join(words.split())


@pytest.mark.parametrize(
    ("written", "readable"),
    [
        ("東京都千代田区丸の内1丁目1-1", "Dong Jing Dou Qian Dai Tian Qu Wan no Nei 1 Ding Mu 1-1"),
        ("アパート１０２号室", "apato102 Hao Shi"),
        ("北京市、朝阳区(88号)", "Bei Jing Shi,Chao Yang Qu(88 Hao)"),
        ("서울특별시 강남구 152", "Seo Ul Teug Byeol Si Gang Nam Gu 152"),
        ("Łódź 12", "Łódź 12"),
    ],
)
def test_syllables_of_a_script_without_spaces_are_apart(written: str, readable: str):
    assert printable(written, REGULAR) == readable


@pytest.mark.parametrize("draw", [draw_label, draw_sheet, draw_slip, draw_zpl])
@pytest.mark.parametrize(
    "line1", [TOKYO.line1, SCHWARZBURG, "Gebäude Nordwest, Eingang über den Hof, zweite Rampe links 12"]
)
def test_no_paper_loses_anything_of_an_address(draw, line1: str):
    home = TOKYO.model_copy(update={"line1": line1})

    drawn = draw(at_the_hub(home), "OR7KQ2M9XC4TA")

    read = "".join(re.findall(r"\^FD(.*?)\^FS", drawn.decode())) if draw is draw_zpl else text(drawn)
    for line in (home.line1, home.line2, home.postcode):
        assert plain(read).count(plain(printable(line, REGULAR))) >= 2, "once for the sender, once for the hub"


def test_a_word_that_is_wider_than_its_box_is_broken_and_never_within_a_number():
    block = set_block(("Oberweissbacherschwarzburgerstrasse1234-117b",), STREET, width=WIDE, height=HIGH)

    assert "".join(block.lines) == "Oberweissbacherschwarzburgerstrasse1234-117b"
    assert any("1234-117b" in line for line in block.lines)


@given(
    st.lists(
        st.from_regex(r"[A-Za-zäß]{1,50}( [A-Za-z]{1,20})?,? [0-9]{1,4}(-[0-9]{1,3})?[a-z]?", fullmatch=True),
        max_size=6,
    )
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_shortened_the_numbers_stay_whole_and_the_box_is_kept(lines):
    block = set_block(tuple(lines), STREET, width=WIDE, height=HIGH)

    words = " ".join(block.lines).replace(",", " ").split()
    assert [line.rsplit(maxsplit=1)[1] for line in lines] == [word for word in words if word[0].isdigit()]
    assert len(block.lines) * block.leading <= HIGH + 1e-9


def test_short_lines_share_a_row_before_anything_is_shortened():
    lines = ("Kinfolk Ltd", SCHWARZBURG, "Gebäude Nordwest, Eingang über den Hof, Rampe links 12", "Bristol", "BS8 2HY")

    block = set_block(lines, STREET, width=WIDE, height=HIGH)

    assert block.lines[-1] == "Bristol, BS8 2HY"
    assert plain("".join(block.lines)).replace(",", "") == plain("".join(lines)).replace(",", "")


def test_more_lines_than_there_is_room_for_share_rows():
    lines = ("Kinfolk Ltd", "Flat 2", "18 Alma Vale Road", "Clifton", "Bristol", "BS8 2HY")

    block = set_block(lines, STREET, width=WIDE, height=HIGH)

    assert " ".join(block.lines).replace(",", "") == " ".join(lines)
    assert len(block.lines) * block.leading <= HIGH
