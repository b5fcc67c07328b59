"""What the hub is told of returns, and what it keeps: numbers of other retailers, photos, parcels in quarantine."""

from datetime import timedelta

import pytest

from libs.chassis.ids import new_id
from services.portal.photos import KeptPhoto
from services.portal.store.sweeps import Lives, Sweeps
from tests.integration.portal.programs import submitted
from tests.integration.portal.test_gateway import _another


@pytest.fixture
def desk(people):
    """What the hub reads and keeps."""
    from services.portal.store.hub import HubDesk

    return HubDesk()


def a_photo(**more) -> KeptPhoto:
    return KeptPhoto(**{"line_id": None, "object_key": f"photos/{new_id()}.webp", "width": 8, "height": 6} | more)


def test_a_return_is_found_by_its_number_by_its_own_retailer_and_only_named_to_another(desk, returns, retailer, people):
    kite = people.save_retailer(_another(retailer))
    number = submitted(returns, retailer).number

    assert list(desk.named(retailer.id, {number})) == [number]
    assert desk.named(kite.id, {number}) == {}
    assert desk.of_others(kite.id, {number, "R-222222"}) == {number}
    assert desk.of_others(retailer.id, {number}) == set()


def test_a_brief_tells_the_number_and_the_items(desk, returns, retailer):
    ret = submitted(returns, retailer)

    brief = desk.briefs(retailer.id, {ret.id})[ret.id]

    assert brief.number == ret.number
    assert [(title, many) for title, _, many, _ in brief.lines] == [
        (line.asked.title, line.asked.quantity) for line in ret.lines
    ]


def test_a_photo_of_an_inspection_stands_beside_the_shoppers_and_is_there_once(desk, returns, retailer):
    ret = submitted(returns, retailer)
    line_id = ret.lines[0].asked.id
    photo = a_photo(line_id=line_id)

    for _ in range(2):
        desk.add_photos(retailer.id, [photo])

    story = returns.get(retailer.id, return_id=ret.id)
    [shown] = story.hub_photos[line_id]
    assert (story.photos, returns.photo(retailer.id, shown)) == ({}, photo.object_key)


def test_a_parcel_in_quarantine_is_seen_by_its_own_retailer_and_goes_in_time_with_its_photos(
    desk, returns, retailer, people
):
    kite, scan_id, photo = people.save_retailer(_another(retailer)), new_id(), a_photo()
    desk.set_aside(retailer.id, scan_id, [photo], words="A brown box", by="staff Piotr")

    kept = desk.aside(retailer.id, scan_id)
    assert (kept.words, kept.photos) == ("A brown box", (photo,))
    assert desk.aside(kite.id, scan_id) is None

    swept = Sweeps().sweep(retailer.id, Lives(timedelta(seconds=-1), timedelta(days=30)))
    assert (swept.objects, desk.aside(retailer.id, scan_id)) == ((photo.object_key,), None)
