"""Photos that no return came to hold are deleted in time; those that one holds stay."""

from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.objects import ObjectMissing, Objects
from libs.contracts.values import Contact
from services.portal.photos import KeptPhoto


@pytest.fixture
def uploads(people):
    """What was sent and is in no return yet."""
    from services.portal.store.uploads import Uploads

    return Uploads()


@pytest.fixture
def seam(uploads, retailer, tmp_path):
    """A photo of a torn seam, just sent: its key, its id, and where it lies."""
    objects, key = Objects(tmp_path), f"photos/{retailer.id}/order/seam.webp"
    uploads.note(retailer.id, key)
    objects.put(key, b"a seam")
    return key, the_upload(uploads, retailer, key), objects


def the_upload(uploads, retailer, key):
    with uploads.unit(retailer_id=retailer.id) as unit:
        return unit.db.exec_driver_sql("SELECT id FROM uploads WHERE object_key = %s", (key,)).scalar()


def a_day_passes(uploads, retailer):
    with uploads.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql("UPDATE uploads SET kept_until = kept_until - interval '25 hours'")


def test_a_photo_is_looked_at_again_after_a_day(uploads, seam):
    with uploads.engine.begin() as db:
        due = db.exec_driver_sql("SELECT due_at FROM claims WHERE subject = %s", (seam[1],)).scalar_one()

    assert timedelta(hours=23) < due - now() <= timedelta(days=1)


def test_a_photo_that_nothing_holds_is_deleted(uploads, retailer, seam):
    key, id, objects = seam
    a_day_passes(uploads, retailer)

    for _ in range(2):
        uploads.forget(retailer.id, id, objects.delete)

    with pytest.raises(ObjectMissing):
        objects.get(key)
    assert the_upload(uploads, retailer, key) is None


def test_a_photo_whose_session_may_live_stays(uploads, retailer, seam):
    key, id, objects = seam

    uploads.forget(retailer.id, id, objects.delete)

    assert objects.get(key) == b"a seam"
    assert the_upload(uploads, retailer, key) == id


def test_a_photo_of_a_return_stays_for_good(uploads, retailer, seam):
    key, id, objects = seam
    with uploads.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql(
            "INSERT INTO photos (id, retailer_id, return_line_id, object_key, width, height, created_at)"
            " VALUES (%s, %s, %s, %s, 1, 1, now())",
            (new_id(), retailer.id, new_id(), key),
        )
    a_day_passes(uploads, retailer)

    uploads.forget(retailer.id, id, objects.delete)

    assert objects.get(key) == b"a seam"
    assert the_upload(uploads, retailer, key) is None


def test_a_photo_of_a_kept_request_stays(uploads, retailer, seam):
    from services.portal.store.intakes import Asked, Intakes, Kind

    key, id, objects = seam
    ana = Contact(name="", email="ana@example.com")
    Intakes().keep(
        retailer.id, Asked(Kind.ORDER, "form-1", ana, "AL-1", photos=(KeptPhoto(None, key, 1, 1),)), "K-7KQ2M9"
    )
    a_day_passes(uploads, retailer)

    uploads.forget(retailer.id, id, objects.delete)

    assert objects.get(key) == b"a seam"


def test_a_session_that_goes_on_keeps_its_photos_a_day_more(uploads, retailer, seam):
    key, id, objects = seam
    a_day_passes(uploads, retailer)

    there = uploads.renew(retailer.id, [key, "photos/gone.webp"])
    uploads.forget(retailer.id, id, objects.delete)

    assert there == {key}
    assert objects.get(key) == b"a seam"


def test_a_photo_taken_out_of_a_session_is_gone_from_it_alone(uploads, people, retailer):
    photos = {"line seam": {"name": "seam"}, "line back": {"name": "back"}}
    token = people.begin_session(retailer.id, "shopper", new_id(), {"photos": photos, "sent": ""})

    uploads.drop(people.session(token, "shopper"), "line seam")

    assert people.session(token, "shopper").data == {"photos": {"line back": {"name": "back"}}, "sent": ""}
