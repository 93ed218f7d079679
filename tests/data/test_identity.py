from __future__ import annotations

import msgspec
import pytest

from volery.data import offload
from volery.data.current import using
from volery.data.identity import identity
from volery.data.storage import Storage
from volery.ir.content import Content, content_to_wire
from volery.ir.values import DATE, Ext, pack

FILE = Content(digest="a" * 64, size=3, name="one.csv", format="csv", preview="head")


@pytest.fixture(autouse=True)
def storage(tmp_path):
    with using(Storage(tmp_path.as_uri())):
        yield


def of(content):
    return identity(pack({"file": content_to_wire(content)}))


@pytest.mark.parametrize("wire", [None, 1, "text", [1, [2.5]], {"a": Ext(DATE, b"2026-01-01")}])
def test_equal_values_are_identical_and_others_are_not(wire):
    assert identity(pack(wire)) == identity(pack(wire))
    assert identity(pack(wire)) != identity(pack([wire]))


def test_the_name_and_the_place_of_a_file_do_not_count():
    other = msgspec.structs.replace(FILE, name="two.csv", preview=None, uri="s3://theirs/two.csv")
    assert of(other) == of(FILE)


def test_the_bytes_of_a_file_count():
    assert of(msgspec.structs.replace(FILE, digest="b" * 64)) != of(FILE)


def test_what_content_means_counts_more_than_its_bytes():
    one, two = (
        msgspec.structs.replace(FILE, digest=digit * 64, identity="c" * 64) for digit in "ab"
    )
    assert of(one) == of(two) != of(FILE)


def test_content_that_nobody_has_read_is_its_uri():
    assert of(Content(uri="s3://theirs/one")) != of(Content(uri="s3://theirs/two"))


def test_a_stored_list_is_identical_to_an_equal_one():
    assert identity(offload.pack(list(range(50_000)))) == identity(
        offload.pack(list(range(50_000)))
    )
    assert identity(offload.pack(list(range(50_000)))) != identity(
        offload.pack(list(range(50_001)))
    )


def test_an_element_of_a_stored_list_is_identical_to_the_value_alone():
    """A longer list would otherwise make all its elements anew."""
    take = offload.ranges(offload.pack([f"element {each}" for each in range(50_000)]))
    assert identity(take(40_000, None)) == identity(pack("element 40000"))
    assert identity(take(1, 3)) == identity(pack(["element 1", "element 2"]))
