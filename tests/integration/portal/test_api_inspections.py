"""What programs say of what was in a parcel: photos that they send to their line, and the inspection that names them."""

import pytest

from libs.chassis.ids import new_id
from services.portal.access import May
from services.portal.api.inspecting import MOST_OF_A_LINE
from services.portal.edge import PHOTO
from services.portal.store.hub import HubDesk
from tests.integration.portal.programs import Program, submitted
from tests.unit.portal.test_photos import a_photo

SIZE = (60, 40)


@pytest.fixture
def hub(browser, retailer, a_key) -> Program:
    """A hub's own system: it may say what is in parcels, and read returns."""
    return Program(browser, a_key(retailer.id, May.INSPECT, May.READ_RETURNS))


@pytest.fixture
def ret(returns, retailer):
    return submitted(returns, retailer)


def show(hub: Program, ret, *, line_id=None, content: bytes | None = None, kind: str = "image/jpeg"):
    """The answer to a photo that is sent to a line."""
    path = f"/api/v1/returns/{ret.number}/lines/{line_id or ret.lines[0].asked.id}/photos"
    headers = {"authorization": f"Bearer {hub.key}", "content-type": kind, "idempotency-key": str(new_id())}
    return hub.browser.post(path, content=a_photo().getvalue() if content is None else content, headers=headers)


def inspected(hub: Program, ret, **found):
    line = {"line_id": str(ret.lines[0].asked.id), "quantity": 1, "condition": "damaged"}
    return hub.post(f"/returns/{ret.number}/inspections", {"lines": [line | found]})


def test_a_photo_is_written_anew_kept_with_its_line_and_the_same_when_it_is_sent_again(hub, ret, returns, retailer):
    first, again = show(hub, ret), show(hub, ret)

    told, line_id = first.json(), ret.lines[0].asked.id
    assert (first.status_code, told, again.json()) == (
        201,
        {"photo_id": told["photo_id"], "line_id": str(line_id), "width": SIZE[0], "height": SIZE[1]},
        told,
    )
    kept = HubDesk().photos_of(retailer.id, [line_id])
    assert [str(id) for id in kept[line_id]] == [told["photo_id"]]
    assert returns.photo(retailer.id, kept[line_id][0]).endswith(".webp")


def test_an_inspection_may_name_photos_of_its_line_and_what_becomes_of_the_goods(hub, ret):
    photo_id = show(hub, ret).json()["photo_id"]

    answer = inspected(hub, ret, photos=[photo_id], disposition="refurbish", words="A torn seam.")

    assert (answer.status_code, answer.json()["code"]) == (
        503,
        "service.unavailable",
    )  # nobody answers for tracking here


def test_a_photo_that_was_not_sent_to_the_line_is_named(hub, ret, returns, retailer):
    other = submitted(returns, retailer)
    theirs = show(hub, other).json()["photo_id"]

    answer = inspected(hub, ret, photos=[theirs])

    assert (answer.status_code, answer.json()["code"]) == (422, "returns.no_such_photo")
    assert answer.json()["photos"] == [theirs]


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"condition": "missing"}, "some came"),
        ({"quantity": 0, "condition": "missing", "disposition": "restock"}, "none came"),
        ({"disposition": "burn"}, "Input should be"),
        ({"photos": [str(new_id())] * 5}, "at most 4"),
    ],
)
def test_what_contradicts_itself_is_refused(hub, ret, found, words):
    answer = inspected(hub, ret, **found)

    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")
    assert words in answer.json()["faults"][0]["fault"]


@pytest.mark.parametrize(
    ("content", "kind", "told"),
    [
        (b"no picture", "image/jpeg", (422, "photo.not_an_image")),
        (b"{}", "application/json", (415, "request.not_an_image")),
        (b"a" * PHOTO, "image/png", (422, "photo.too_large")),
        (b"a" * (PHOTO + 1), "image/png", (413, "request.too_large")),
        (b"", "image/png", (422, "photo.not_an_image")),
    ],
    ids=["no picture", "json", "too large", "far too large", "empty"],
)
def test_what_is_no_photo_is_refused(hub, ret, content, kind, told):
    answer = show(hub, ret, content=content, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == told


def test_a_line_of_another_return_and_another_retailers_return_take_none(hub, ret, returns, retailer, browser, a_key):
    elsewhere = show(hub, ret, line_id=submitted(returns, retailer).lines[0].asked.id)
    reader = show(Program(browser, a_key(retailer.id, May.READ_RETURNS)), ret)

    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "returns.no_such_line")
    assert (reader.status_code, reader.json()["missing"]) == (403, ["inspections.write"])


def test_a_line_has_so_many_photos_and_no_more(hub, ret):
    answers = [show(hub, ret, content=a_photo(size=(8, 8 + n)).getvalue()) for n in range(MOST_OF_A_LINE + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert (answers[-1].status_code, answers[-1].json()["code"]) == (409, "returns.too_many_photos")
