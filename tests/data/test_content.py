"""Content, made and read again."""

from __future__ import annotations

import msgspec
import pytest

from volery.data.content import content_of, open_content, read_content, write_content
from volery.data.current import current, using
from volery.data.hashing import digest_of
from volery.data.spool import IN_MEMORY
from volery.data.storage import Storage
from volery.errors import AlteredContent
from volery.ir.content import MAX_INLINE
from volery.testing.conformance.storage import LARGE, SMALL


@pytest.fixture(autouse=True)
def storage(tmp_path):
    storage = Storage(tmp_path.as_uri())
    with using(storage):
        yield storage


SIZES = [0, 1, MAX_INLINE, MAX_INLINE + 1, IN_MEMORY, IN_MEMORY + 1, len(LARGE)]


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back_however_they_are_made_and_read(size):
    data = LARGE[:size]
    whole = content_of(data, name="x", format="bin")

    def dump(file):
        for start in range(0, size, 100_000):
            file.write(data[start : start + 100_000])

    assert write_content(dump, name="x", format="bin") == whole
    assert (whole.digest, whole.size) == (digest_of(data), size)
    assert (whole.data is None) == (size > MAX_INLINE)
    assert read_content(whole) == data
    with open_content(whole) as file:
        assert file.read() == data


def test_few_bytes_stand_in_the_value_and_nothing_is_stored(storage):
    content = write_content(lambda file: file.write(SMALL))
    assert content.data == SMALL
    assert not storage.has(content.digest)


def test_nothing_is_stored_when_the_writing_raises(tmp_path):
    def dump(file):
        file.write(LARGE)
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        write_content(dump)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_is_closed_by_who_writes_it_is_whole():
    def dump(file):
        file.write(LARGE)
        file.flush()
        file.close()

    assert read_content(write_content(dump)) == LARGE


def test_what_a_library_asks_of_a_file_is_answered():
    asked = []

    def dump(file):
        file.write(memoryview(SMALL))
        file.write(bytearray(SMALL))
        asked.extend([file.tell(), file.writable(), file.readable(), file.seekable(), file.closed])

    write_content(dump)
    assert asked == [2 * len(SMALL), True, False, False, False]


def test_altered_bytes_in_a_value_are_refused():
    content = msgspec.structs.replace(content_of(SMALL), data=SMALL[:-1])
    for read in (read_content, open_content):
        with pytest.raises(AlteredContent, match="altered where it stands"):
            read(content)


def test_a_storage_can_be_given(tmp_path):
    content = content_of(LARGE)
    with using(Storage((tmp_path / "other").as_uri())):
        assert not current().has(content.digest)
        assert read_content(content, Storage(tmp_path.as_uri())) == LARGE
