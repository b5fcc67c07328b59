"""Photos as a mail shows them."""

import io

from PIL import Image

from services.notifications import photos
from tests.unit.notifications.examples import photograph


def test_a_photo_is_written_as_what_every_mail_program_shows():
    (shown,) = photos.fit([photograph(kind="WEBP")])

    with Image.open(io.BytesIO(shown)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))


def test_a_large_photo_is_made_smaller():
    (shown,) = photos.fit([photograph(1500, 750)])

    with Image.open(io.BytesIO(shown)) as image:
        assert image.size == (1200, 600)


def test_what_is_no_photo_is_left_out():
    assert len(photos.fit([b"<svg/>", photograph(), photograph()[:40]])) == 1


def test_photos_stay_within_what_mail_servers_take():
    one = len(photos.fit([photograph(400, 300)])[0])

    fitting = photos.fit([photograph(400, 300)] * 5, most_bytes=3 * one)

    assert len(fitting) == 3
