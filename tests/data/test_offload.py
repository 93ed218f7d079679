from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from volery.data import offload
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent
from volery.ir import values
from volery.ir.content import THRESHOLD
from volery.ir.values import DATE, Ext, Raw

SMALL = 4 * 1024
"""Bytes of a packed value that has been offloaded, at most."""


@pytest.fixture
def storage(tmp_path):
    storage = Storage(tmp_path.as_uri())
    with using(storage):
        yield storage


LARGE = {
    "list of floats": [float(each) for each in range(100_000)],
    "list of lists": [[str(each)] * 3 for each in range(20_000)],
    "list of large texts": [letter * 100_000 for letter in "abc"],
    "text": "x" * 200_000,
    "bytes": bytes(200_000),
    "dict with one large value": {"small": 1, "large": list(range(50_000))},
    "dict of many small values": {str(each): each for each in range(20_000)},
    "record in record": {"a": {"b": {"c": "x" * 100_000, "d": 1}}},
    "extensions": [Ext(DATE, b"2026-01-01")] * 10_000,
    "large among small": [1, "x" * 100_000, None, {"a": ["y" * 100_000]}] * 100,
}


@pytest.mark.parametrize("wire", LARGE.values(), ids=LARGE.keys())
def test_a_large_value_travels_small_and_comes_back_whole(storage, wire):
    packed = offload.pack(wire)
    assert len(packed) < THRESHOLD
    assert offload.unpack(packed) == wire


@pytest.mark.parametrize("wire", LARGE.values(), ids=LARGE.keys())
def test_equal_values_are_offloaded_alike(storage, tmp_path, wire):
    with using(Storage((tmp_path / "other").as_uri())):
        elsewhere = offload.pack(wire)
    assert offload.pack(wire) == elsewhere


def test_what_is_small_stays_in_its_place(storage, tmp_path):
    wire = {"a": list(range(1000)), "b": "x" * 1000}
    assert offload.pack(wire) == values.pack(wire)
    assert list(tmp_path.iterdir()) == []


def test_only_the_large_part_of_a_record_is_offloaded(storage):
    packed = offload.pack({"name": "x", "rows": list(range(100_000)), "tags": ["a"]})
    parts = values.split_record(packed)
    assert values.unpack(parts["name"]) == "x"
    assert values.unpack(parts["tags"]) == ["a"]
    assert values.is_extension(parts["rows"])


WIRES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=5)
    | st.integers(0, 3).map(lambda each: "long " * each * 10_000),
    lambda inner: (
        st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)  # fmt: skip


@given(WIRES)
@settings(max_examples=100)
def test_any_tree_comes_back_whole(tmp_path_factory, wire):
    with using(Storage(tmp_path_factory.getbasetemp().as_uri())):
        assert offload.unpack(offload.pack(wire)) == wire


# -- arrays ------------------------------------------------------------------------------------


def array(length):
    return offload.pack([f"element {each}" for each in range(length)])


@pytest.mark.parametrize("length", [0, 1, 255, 256, 257, 3_000, 50_000])
def test_an_array_has_its_length_and_elements_whether_it_is_offloaded_or_not(storage, length):
    packed = array(length)
    assert offload.length(packed) == length
    found = [values.unpack(each) for each in offload.elements(packed)]
    assert found == [f"element {each}" for each in range(length)]


@pytest.mark.parametrize("pieces", [1, 7, 255, 256, 1000])
def test_an_array_is_stored_alike_however_its_elements_came(storage, pieces):
    elements = [f"element {each}" for each in range(20_000)]
    with offload.ArrayBuilder() as built:
        for start in range(0, len(elements), pieces):
            built.extend(elements[start : start + pieces])
    assert values.pack(built.value) == offload.pack(elements)


def test_an_array_of_packed_elements_is_stored_like_one_of_wire_trees(storage):
    elements = [["a", each] for each in range(20_000)]
    raw = [Raw(values.pack(each)) for each in elements]
    assert offload.pack(raw) == offload.pack(elements)
    assert offload.pack(Raw(values.pack(elements))) == offload.pack(elements)


@pytest.mark.parametrize("length", [300, 50_000])
def test_a_range_and_an_element_of_an_array_are_those_asked_for(storage, length):
    take = offload.ranges(array(length))
    assert offload.unpack(take(100, 103)) == ["element 100", "element 101", "element 102"]
    assert offload.unpack(take(length - 1, None)) == f"element {length - 1}"
    assert offload.unpack(take(5, 5)) == []
    assert offload.length(take(10, 200)) == 190


def test_a_range_of_an_offloaded_array_is_taken_without_reading_it(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        packed = array(50_000)
    with using(Storage((tmp_path / "empty").as_uri())):
        take = offload.ranges(packed)
        assert len(take(100, 200)) < SMALL
        assert offload.length(take(100, 200)) == 100


class Counted(Storage):
    """A storage that counts the bytes that are read from it."""

    read = 0

    def get_range(self, digest, start, end):
        self.read += end - start
        return super().get_range(digest, start, end)


@pytest.mark.parametrize("size", [10, 1_000, 60_000], ids="{} bytes".format)
def test_of_an_offloaded_array_only_the_blocks_of_the_elements_are_read(tmp_path, size):
    """Of elements of 60,000 bytes a block had 256, and each range read 15 MB."""
    storage = Counted(tmp_path.as_uri())
    count = 10_000_000 // size // 10
    with using(storage):
        packed = offload.pack([f"{each:06}" * (size // 6) for each in range(count)])
        part = offload.ranges(packed)(count // 2, count // 2 + 3)
        assert [each[:6] for each in offload.unpack(part)] == [
            f"{each:06}" for each in range(count // 2, count // 2 + 3)
        ]
    assert 0 < storage.read <= 5 * (THRESHOLD + size)


def test_parts_of_parts_are_found(storage):
    nested = offload.pack([[f"{row} {column}" for column in range(20_000)] for row in range(3)])
    row = offload.ranges(nested)(1, None)
    assert offload.length(row) == 20_000
    assert offload.unpack(offload.ranges(row)(19_999, None)) == "1 19999"
    rows = offload.ranges(array(50_000))(1000, 2000)
    assert offload.unpack(offload.ranges(rows)(10, 12)) == ["element 1010", "element 1011"]


def test_a_step_into_an_offloaded_list_does_not_read_it(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        packed = array(50_000)
    with using(Storage((tmp_path / "empty").as_uri())):
        last = offload.step(values.unpack(packed), -1)
    with using(Storage(tmp_path.as_uri())):
        assert offload.unpack(values.pack(last)) == "element 49999"


def test_a_step_outside_of_an_offloaded_list_is_an_index_error(storage):
    with pytest.raises(IndexError):
        offload.step(values.unpack(array(50_000)), 50_000)


def test_a_step_into_an_offloaded_dict_leaves_its_large_parts_where_they_are(storage):
    wire = {str(each): each for each in range(20_000)} | {"large": "x" * 100_000}
    packed = offload.pack(wire)
    assert offload.step(values.unpack(packed), "19999") == 19_999
    assert values.is_extension(values.pack(offload.step(values.unpack(packed), "large")))


# -- trouble -----------------------------------------------------------------------------------


def test_an_array_that_is_gone_is_missing(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        packed = offload.pack([f"gone {each}" for each in range(50_000)])
    with using(Storage((tmp_path / "empty").as_uri())), pytest.raises(MissingContent):
        offload.unpack(packed)


def test_an_altered_index_is_refused(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        packed = offload.pack([f"indexed {each}" for each in range(60_000)])
        index = min((each for each in tmp_path.rglob("*") if each.is_file()), key=size_of)
        index.chmod(0o644)
        index.write_bytes(bytes(index.stat().st_size))
        with pytest.raises(AlteredContent):
            offload.unpack(packed)


def size_of(file):
    return file.stat().st_size


@pytest.mark.parametrize("wire", [list(range(60_000)), "y" * 100_000], ids=["list", "text"])
def test_an_altered_value_is_refused(tmp_path, wire):
    with using(Storage(tmp_path.as_uri())):
        packed = offload.pack(wire)
        for file in tmp_path.rglob("*"):
            if file.is_file() and file.stat().st_size > THRESHOLD:
                data = bytearray(file.read_bytes())
                data[len(data) // 2] ^= 1
                file.chmod(0o644)
                file.write_bytes(data)
        with pytest.raises(AlteredContent):
            offload.unpack(packed)


def test_nothing_is_stored_of_an_array_whose_elements_fail(tmp_path):
    def elements():
        yield from range(100_000)
        raise ValueError("stop")

    def write():
        with offload.ArrayBuilder() as array:
            array.extend(elements())

    with using(Storage(tmp_path.as_uri())), pytest.raises(ValueError, match="stop"):
        write()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
