from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NewType

import numpy as np
import pytest

from volery import HashMethod, Pickle
from volery.data import offload
from volery.data.current import using
from volery.data.hashing import digest_of
from volery.data.storage import Storage
from volery.errors import TypeMismatch, UnsupportedType
from volery.ir import values
from volery.ir.content import content_of_wire, read_offloaded
from volery.ir.types import INT, ListType
from volery.ir.values import CONTENT, OFFLOADED, Ext
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

LENGTH = HashMethod(lambda value: f"length {len(value)}")
FIRST = HashMethod(lambda value: str(value[0]))

Words = NewType("Words", Annotated[list[str], LENGTH])


@dataclass
class Row:
    words: Annotated[list[str], FIRST]


@pytest.fixture(autouse=True)
def _storage(tmp_path: Path) -> Iterator[None]:
    with using(Storage(tmp_path.as_uri())):
        yield


def identity(annotation: Any, value: Any) -> str:
    """The identity that a value has by itself."""
    wire = values.unpack(pack(codec_for(annotation), value))
    assert isinstance(wire, Ext)
    match wire.code:
        case code if code == CONTENT:
            return content_of_wire(wire).identity
        case code:
            assert code == OFFLOADED
            return read_offloaded(bytes(wire.data)).identity


def known_as(text: str) -> str:
    return digest_of(text.encode())


def test_a_value_is_known_by_what_the_function_gives():
    hashed = Annotated[list[int], LENGTH]
    assert identity(hashed, [1, 2]) == identity(hashed, [3, 4]) == known_as("length 2")
    assert identity(hashed, [1]) == known_as("length 1")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Annotated[list[int], LENGTH], [1, 2]),
        (Annotated[str, LENGTH], "word"),
        (Annotated[list[int], LENGTH], list(range(100_000))),
        (Annotated[str, LENGTH], "x" * 200_000),
        (Annotated[str | list[int], LENGTH], [1]),
        (list[Annotated[str, LENGTH]], ["a", "b" * 100_000]),
        (dict[str, Annotated[list[int], LENGTH] | None], {"a": [1], "b": None}),
        (Annotated[str | list[int], LENGTH] | None, "a"),
        (Row, Row(["a"])),
        (Words, ["a"]),
        (Annotated[Words, FIRST], ["b"]),
    ],
    ids=lambda each: str(each)[:60],
)
def test_the_value_itself_comes_back(annotation: Any, value: Any):
    check_codec(annotation, [value])


def test_content_takes_the_identity_and_keeps_its_bytes():
    array = np.arange(3)
    codec = codec_for(Annotated[np.ndarray, LENGTH])
    plain = content_of_wire(codec_for(np.ndarray).to_wire(array, "$"))
    hashed = content_of_wire(codec.to_wire(array, "$"))
    assert hashed.identity == known_as("length 3")
    assert (hashed.digest, hashed.data) == (plain.digest, plain.data)
    assert np.array_equal(unpack(codec, pack(codec, array)), array)


def test_a_large_value_keeps_its_blocks():
    packed = pack(codec_for(Annotated[list[int], LENGTH]), list(range(100_000)))
    assert offload.length(packed) == 100_000
    assert values.unpack(next(iter(offload.elements(packed)))) == 0


def test_a_small_list_can_be_taken_apart_too():
    packed = pack(codec_for(Annotated[list[int], LENGTH]), [5, 6])
    assert offload.length(packed) == 2
    assert list(map(values.unpack, offload.elements(packed))) == [5, 6]


def test_none_is_none_and_not_hashed():
    for annotation in (Annotated[list[int] | None, LENGTH], Annotated[list[int], LENGTH] | None):
        assert pack(codec_for(annotation), None) == values.NIL
        assert identity(annotation, [1]) == known_as("length 1")


def test_every_variant_of_a_marked_union_is_hashed():
    wire = codec_for(Annotated[str | list[int], LENGTH] | None).to_wire([1], "$")
    assert read_offloaded(bytes(wire[1].data)).identity == known_as("length 1")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Annotated[list[int], LENGTH, FIRST], [7]),
        (Annotated[Annotated[list[int], LENGTH], FIRST], [7]),
        (Annotated[list[int], "a", LENGTH, "b", FIRST, "c"], [7]),
        (Annotated[Words, FIRST], ["7"]),
    ],
    ids=str,
)
def test_the_outermost_method_counts(annotation: Any, value: Any):
    assert identity(annotation, value) == known_as("7")


@pytest.mark.parametrize(
    "annotation", [Annotated[object, Pickle, LENGTH], Annotated[object, LENGTH, Pickle]], ids=str
)
def test_other_metadata_keeps_its_meaning(annotation: Any):
    assert identity(annotation, {1, 2, 3}) == known_as("length 3")


def test_the_type_is_that_of_the_value():
    assert codec_for(Annotated[list[int], LENGTH]).type == ListType(INT)


def test_a_method_that_raises_is_told_with_the_path():
    with pytest.raises(TypeMismatch, match=r"IndexError: list index out of range at \$.words") as e:
        pack(codec_for(Row), Row([]))
    assert e.value.path == "$.words"
    assert isinstance(e.value.__cause__, IndexError)


@pytest.mark.parametrize("given", [None, 3, b"a"])
def test_a_method_that_gives_no_text_is_told(given: Any):
    codec = codec_for(Annotated[int, HashMethod(lambda _: given)])
    with pytest.raises(TypeMismatch, match=r"HashMethod\(.*\) for int gave") as caught:
        pack(codec, 1)
    assert caught.value.path == "$"


def test_a_value_of_another_type_is_refused_before_it_is_hashed():
    with pytest.raises(TypeMismatch, match="expected int"):
        pack(codec_for(Annotated[list[int], FIRST]), ["a"])


def test_values_that_come_one_after_the_other_cannot_be_hashed():
    with pytest.raises(UnsupportedType, match="use up"):
        codec_for(Annotated[Iterator[int], LENGTH])
