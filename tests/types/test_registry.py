# ruff: noqa: UP006, UP035 - the names that users still write
from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from typing import Annotated, Any, FrozenSet, Optional, TypeVar, get_args

import pytest
from typing_extensions import TypeAliasType

from volery.errors import UnsupportedType
from volery.ir.types import STR
from volery.testing.conformance.codec import check_codec
from volery.types import registry
from volery.types.making import CodecFor
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for, register

T = TypeVar("T")


class Plain:
    pass


class FractionCodec:
    type = STR

    def to_wire(self, value: Any, path: str) -> str:
        return str(value)

    def from_wire(self, wire: Any, path: str) -> Fraction:
        return Fraction(wire)


@pytest.fixture
def families() -> Iterator[None]:
    """A registry as a new process has it, before and after."""
    before = list(registry._registered)
    yield
    registry._registered[:] = before
    registry._cache.clear()


def test_equal_annotations_have_one_codec():
    assert codec_for(dict[str, list[int]]) is codec_for(dict[str, list[int]])
    assert codec_for(int | None) is codec_for(int | None)


@pytest.mark.parametrize(
    ("annotation", "hint"),
    [
        (dict[str], "dict[str, int]"),
        (tuple, "tuple[int, ...]"),
        (set, "set[int]"),
        (FrozenSet, "frozenset[int]"),
        (Optional, "int | None"),
        (Any, "declare the type that comes"),
        (Any, "Annotated[..., Pickle] or @task(pickle_untyped=True)"),
        (object, "declare the type that comes"),
        (Plain, "Annotated[..., Pickle] or @task(pickle_untyped=True)"),
        (bytearray, "declare bytes"),
        (memoryview, "declare bytes"),
        (Collection[int], "declare list[...]"),
        (deque[int], "declare list[...]"),
        (OrderedDict[str, int], "declare dict[...]"),
        (Callable[[int], int], "pass data"),
        (T, "not generic"),
        (Plain, "declare a dataclass"),
        ("int", "it is text"),
        (3, "a value, not a type"),
        (TypeAliasType("Pair", tuple[T, T], type_params=(T,)), "not generic"),
        (tuple[int, *tuple[str, ...]], "say what it holds"),
    ],
)
def test_an_unsupported_annotation_says_the_way_out(annotation: object, hint: str):
    with pytest.raises(UnsupportedType) as caught:
        codec_for(annotation)
    assert caught.value.hint is not None
    assert hint in caught.value.hint


def test_a_registered_family_handles_its_annotations_and_parts(families: None):
    with pytest.raises(UnsupportedType):
        codec_for(list[Fraction])
    register(lambda annotation: annotation is Fraction, lambda *_: FractionCodec())
    codec = codec_for(list[Fraction])
    assert unpack(codec, pack(codec, [Fraction(1, 3)])) == [Fraction(1, 3)]


def test_a_registered_family_stands_in_front_of_the_builtin_ones(families: None):
    before = codec_for(int)
    register(lambda annotation: annotation is int, lambda *_: FractionCodec())
    assert before is not codec_for(int)
    assert isinstance(codec_for(int), FractionCodec)


def test_a_family_can_choose_by_the_metadata_of_annotated(families: None):
    def reversed_words(annotation: Any, codec_for: CodecFor) -> FractionCodec:
        assert get_args(annotation)[1] == "decimal"
        return FractionCodec()

    register(lambda each: "decimal" in getattr(each, "__metadata__", ()), reversed_words)
    assert isinstance(codec_for(Annotated[str, "decimal"]), FractionCodec)
    check_codec(Annotated[str, "other"], ["a"])


def test_the_registry_loads_no_family_before_it_is_needed():
    program = (
        "import sys, volery.types.registry as r; r.codec_for(int); "
        "print(*(m for m in ('dataclasses', 'zoneinfo', 'volery.types.builtin.record') "
        "if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
