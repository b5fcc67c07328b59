"""Idempotency keys as they are written, and cursors that nobody else can write."""

import base64
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.chassis.secrets import Secrets
from services.portal.api.acting import read_key
from services.portal.api.paging import Cursors, Place
from services.portal.problems import Problem

KEYRING = Secrets("k1:" + base64.b64encode(bytes(32)).decode())
ALDER, KITE = uuid4(), uuid4()
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("erp-4711", "erp-4711"),
        ('"erp-4711"', "erp-4711"),
        (r'"a \"b\" \\"', 'a "b" \\'),
        ('"half', '"half'),
        ('a"b', 'a"b'),
        ("k" * 255, "k" * 255),
    ],
)
def test_a_key_is_read_bare_and_quoted(written, key):
    assert read_key(written) == key


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "idempotency.key_missing"),
        ("  ", "idempotency.key_missing"),
        ('""', "idempotency.key_missing"),
        ("k" * 256, "idempotency.key_malformed"),
        ("schlüssel", "idempotency.key_malformed"),
        ("a\tb", "idempotency.key_malformed"),
    ],
)
def test_what_is_no_key_is_refused(written, code):
    with pytest.raises(Problem) as refused:
        read_key(written)

    assert (refused.value.status, refused.value.code) == (422, code)


@given(at=MOMENTS, id=st.uuids())
def test_a_cursor_gives_back_the_place_it_was_written_for(at: datetime, id: UUID):
    cursors = Cursors(KEYRING, ALDER, "/api/v1/returns?")

    assert cursors.read(cursors.write(Place(at, id))) == Place(at, id)


@given(at=MOMENTS, id=st.uuids(), place=st.integers(0, 53), letter=st.sampled_from("AZaz09-_"))
def test_a_cursor_with_any_letter_changed_is_refused(at: datetime, id: UUID, place: int, letter: str):
    cursors = Cursors(KEYRING, ALDER, "/api/v1/returns?")
    written = cursors.write(Place(at, id))
    forged = written[:place] + letter + written[place + 1 :]

    if base64.urlsafe_b64decode(forged + "==") == base64.urlsafe_b64decode(written + "=="):
        assert cursors.read(forged) == Place(at, id)
    else:
        with pytest.raises(Problem):
            cursors.read(forged)


@given(st.text(max_size=80))
def test_what_is_no_cursor_is_refused_and_no_error(text: str):
    with pytest.raises(Problem) as refused:
        Cursors(KEYRING, ALDER, "/api/v1/returns?").read(text)

    assert refused.value.code == "page.bad_cursor"


@pytest.mark.parametrize(
    "other", [Cursors(KEYRING, KITE, "/api/v1/returns?"), Cursors(KEYRING, ALDER, "/api/v1/tasks?")]
)
def test_a_cursor_of_another_retailer_or_list_is_refused(other):
    written = Cursors(KEYRING, ALDER, "/api/v1/returns?").write(Place(datetime(2026, 11, 23, tzinfo=UTC), uuid4()))

    with pytest.raises(Problem):
        other.read(written)
