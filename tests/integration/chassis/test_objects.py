"""Objects are whole or absent, and no key leaves the folder."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.chassis.objects import ObjectMissing, Objects
from libs.chassis.outside import CallInsideUnit

KEY = "labels/alder/1.pdf"
OUTSIDE = ["../labels/1.pdf", "labels/../../1.pdf", "/etc/passwd", "labels//1.pdf", "labels/./1.pdf", "labels/.1.pdf"]
NO_KEYS = [*OUTSIDE, "labels", "labels/1\n", "labels/1\0", "", "La/b", "labels/a b"]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_was_put_comes_back_and_may_be_put_again(tmp_path):
    objects = Objects(tmp_path)

    objects.put(KEY, b"first")
    objects.put(KEY, b"again")

    assert objects.get(KEY) == b"again"
    assert files(tmp_path) == [KEY]


def test_an_object_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(ObjectMissing):
        Objects(tmp_path).get(KEY)


@pytest.mark.parametrize("key", NO_KEYS)
def test_a_key_that_could_leave_the_folder_is_refused(tmp_path, key):
    folder = tmp_path / "objects"

    with pytest.raises(ValueError, match="not a key"):
        Objects(folder).put(key, b"x")
    with pytest.raises(ValueError, match="not a key"):
        Objects(folder).get(key)

    assert files(tmp_path) == []


def test_a_write_that_fails_leaves_the_former_object_and_nothing_else(tmp_path):
    objects = Objects(tmp_path)
    objects.put(KEY, b"whole")

    with pytest.raises(TypeError):
        objects.put(KEY, "not bytes")

    assert objects.get(KEY) == b"whole"
    assert files(tmp_path) == [KEY]


def test_a_reader_never_sees_half_of_what_several_write_at_once(tmp_path):
    objects = Objects(tmp_path)
    whole = [bytes([n]) * 300_000 for n in range(4)]
    objects.put(KEY, whole[0])

    with ThreadPoolExecutor(8) as threads:
        writing = [threads.submit(objects.put, KEY, content) for content in whole * 10]
        while not all(done.done() for done in writing):
            assert objects.get(KEY) in whole
        assert [done.result() for done in writing] == [None] * 40

    assert files(tmp_path) == [KEY]


def test_nothing_is_put_while_a_transaction_is_open(toys, retailer, tmp_path):
    with toys.unit(retailer_id=retailer), pytest.raises(CallInsideUnit):
        Objects(tmp_path).put(KEY, b"x")

    assert files(tmp_path) == []


def test_what_is_deleted_is_gone_and_may_be_deleted_again(tmp_path):
    objects = Objects(tmp_path)
    objects.put(KEY, b"x")

    for _ in range(2):
        objects.delete(KEY)

    with pytest.raises(ObjectMissing):
        objects.get(KEY)
    assert files(tmp_path) == []
