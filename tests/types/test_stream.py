from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

import pytest

from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import INT, STR, ListType
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

STREAM = codec_for(Iterator[int])
LIST = codec_for(list[int])


@pytest.fixture(autouse=True)
def storage(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        yield


@pytest.mark.parametrize(
    "annotation", [Iterator[str], Iterable[str], Generator[str, None, None], Generator[str]]
)
def test_every_way_to_write_a_stream_is_a_list_to_the_graph(annotation):
    assert codec_for(annotation).type == ListType(STR)


@pytest.mark.parametrize("length", [0, 3, 100_000])
def test_a_generator_is_what_the_same_list_is(length):
    assert pack(STREAM, iter(range(length))) == pack(LIST, list(range(length)))


@pytest.mark.parametrize("length", [0, 3, 100_000])
def test_a_list_is_read_as_a_stream_and_a_stream_as_a_list(length):
    assert list(unpack(STREAM, pack(LIST, list(range(length))))) == list(range(length))
    assert unpack(LIST, pack(STREAM, iter(range(length)))) == list(range(length))


def test_a_stream_knows_how_many_elements_are_left():
    stream = unpack(STREAM, pack(LIST, [7, 8, 9]))
    assert len(stream) == 3
    assert next(stream) == 7
    assert len(stream) == 2


class Read(Storage):
    """A storage that counts the bytes that are read."""

    read = 0

    def get_range(self, digest, start, end):
        self.read += end - start
        return super().get_range(digest, start, end)


def test_a_stream_reads_no_more_than_is_asked_for(tmp_path):
    storage = Read(tmp_path.as_uri())
    with using(storage):
        stream = unpack(STREAM, pack(LIST, [each + 2**40 for each in range(2_000_000)]))
        assert storage.read == 0
        assert next(stream) == 2**40
    assert 0 < storage.read < 5_000_000


def test_a_stream_is_read_to_its_end_behind_the_block_that_made_it(tmp_path):
    with using(Storage((tmp_path / "other").as_uri())):
        stream = unpack(STREAM, pack(LIST, list(range(100_000))))
    assert sum(stream) == sum(range(100_000))


def test_a_generator_is_written_while_it_runs(tmp_path):
    """Holding all elements would take the memory of all of them."""
    import tracemalloc

    codec = codec_for(Iterator[str])
    tracemalloc.start()
    packed = pack(codec, ("x" * 1000 for _ in range(30_000)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(packed) < 1000
    assert peak < 15_000_000


def test_the_error_of_an_element_says_which_one():
    with pytest.raises(TypeMismatch) as caught:
        pack(STREAM, iter([1, 2, "three"]))
    assert caught.value.path == "$[2]"


@pytest.mark.parametrize("mine", [ZeroDivisionError, ValueError, OverflowError])
def test_an_exception_of_the_generator_comes_out_as_it_is(mine: type[Exception]):
    def numbers() -> Iterator[int]:
        yield 1
        raise mine("mine")

    with pytest.raises(mine, match="mine"):
        pack(STREAM, numbers())
    with pytest.raises(mine, match="mine"):
        pack(codec_for(dict[str, Iterator[int]]), {"a": numbers()})


@pytest.mark.parametrize("value", [3, None, "text", b"bytes", {"a": 1}])
def test_what_is_no_series_of_elements_is_refused(value):
    with pytest.raises(TypeMismatch, match=r"expected Iterator\[int\]"):
        pack(STREAM, value)


@pytest.mark.parametrize("packed", [b"", b"\xc1", b"\xa1x", b"\xc0", b"\x01"])
def test_what_is_no_array_is_refused(packed):
    with pytest.raises(TypeMismatch):
        unpack(STREAM, packed)


def test_a_stream_inside_of_something_is_a_list_on_its_way():
    codec = codec_for(dict[str, Iterator[int]])
    found = unpack(codec, pack(codec, {"a": iter([1, 2])}))
    assert list(found["a"]) == [1, 2]
    assert codec_for(Iterator[int] | None).type != codec.type


def test_a_stream_of_nothing_declared_is_refused():
    with pytest.raises(UnsupportedType):
        codec_for(Iterator)


def test_the_type_of_elements_is_kept():
    assert STREAM.type == ListType(INT)
