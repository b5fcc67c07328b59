"""Photos are what they claim, bounded, and written anew without what the camera added."""

import io

import pytest
from PIL import Image

from libs.contracts.errors import Refused
from services.portal import photos
from services.portal.domain import Links, statements
from tests.unit.portal.lives import a_return, an_id


def a_photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **more) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "#a0522d").save(out, kind, **more)
    return io.BytesIO(out.getvalue())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_webp(kind: str):
    clean = photos.clean(a_photo(kind))

    with Image.open(io.BytesIO(clean.content)) as kept:
        assert (kept.format, kept.size) == ("WEBP", (60, 40))


def test_where_it_was_taken_is_not_kept_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif.get_ifd(0x8825)[2] = (53.8, 0.0, 0.0)  # GPS latitude

    clean = photos.clean(a_photo(exif=exif))

    with Image.open(io.BytesIO(clean.content)) as kept:
        assert kept.size == (40, 60)
        assert dict(kept.getexif()) == {}
    assert b"Exif" not in clean.content


def test_a_large_photo_is_kept_at_the_size_that_shows_a_torn_seam():
    clean = photos.clean(a_photo(size=(4000, 3000)))

    assert (clean.width, clean.height) == (2000, 1500)


@pytest.mark.parametrize(
    "raw", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7", b"GIF89a" + b"\0" * 40, b"\x89PNG\r\n\x1a\n broken"]
)
def test_what_is_no_photo_is_refused(raw: bytes):
    with pytest.raises(Refused, match=r"photo\.not_an_image"):
        photos.clean(io.BytesIO(raw))


def test_a_page_hidden_behind_a_photo_is_gone_after_it_was_written_anew():
    clean = photos.clean(io.BytesIO(a_photo().getvalue() + b"<script>alert(1)</script>"))

    assert b"script" not in clean.content


def test_a_photo_over_ten_megabytes_is_refused_unread():
    with pytest.raises(Refused, match=r"photo\.too_large"):
        photos.clean(io.BytesIO(b"\0" * (photos.MOST_BYTES + 1)))


def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded():
    with pytest.raises(Refused, match=r"photo\.too_many_pixels"):
        photos.clean(a_photo("PNG", (5001, 5000)))


def test_every_refusal_has_words_for_the_shopper():
    assert set(photos.WORDS) == {"photo.too_large", "photo.too_many_pixels", "photo.not_an_image"}


def test_the_shops_staff_are_shown_the_way_to_the_photos_and_never_a_link_that_opens_by_itself():
    links = Links("https://returns.example/r/x", "https://desk.example/admin/review/secret")
    pictured = a_return().knowing(photo_ids=(an_id("photo"),), links=links)

    (approved,) = statements.approved(pictured)

    assert (approved.photos, approved.photos_at) == (1, "https://desk.example/admin/returns/R-7KQ2M9")
    assert statements.approved(a_return())[0].photos_at is None
