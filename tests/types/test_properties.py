from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given
from tests.types.strategies import annotated_pairs, annotated_values

from volery.errors import TypeMismatch
from volery.ir.types import LiteralType
from volery.testing.conformance.codec import is_same
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


@given(annotated_values())
def test_a_value_comes_back_as_it_went_in(case: tuple[Any, Any]):
    annotation, value = case
    codec = codec_for(annotation)
    assert is_same(unpack(codec, pack(codec, value)), value)


@given(annotated_pairs())
def test_equal_bytes_mean_the_same_value(case: tuple[Any, Any, Any]):
    annotation, left, right = case
    codec = codec_for(annotation)
    assert (pack(codec, left) == pack(codec, right)) == is_same(left, right)


@given(annotated_values())
def test_a_type_survives_its_canonical_form(case: tuple[Any, Any]):
    kind = codec_for(case[0]).type
    assert msgspec.json.decode(msgspec.json.encode(kind), type=LiteralType) == kind


@given(annotated_values(), annotated_values())
def test_bytes_of_another_type_are_refused_with_a_path_or_read_as_a_value(
    written: tuple[Any, Any], read: tuple[Any, Any]
):
    data = pack(codec_for(written[0]), written[1])
    codec = codec_for(read[0])
    refusal, value = _attempt(unpack, codec, data)
    assert refusal.path.startswith("$") if refusal else pack(codec, value)


@given(annotated_values(), annotated_values())
def test_a_value_of_another_type_is_refused_with_its_path_or_packed(
    given_: tuple[Any, Any], declared: tuple[Any, Any]
):
    codec = codec_for(declared[0])
    refusal, data = _attempt(pack, codec, given_[1])
    if refusal:
        assert refusal.path == "$" or refusal.path in refusal.message
        assert not refusal.message.endswith(" at $")
    else:
        unpack(codec, data)


def _attempt(function: Callable[..., Any], *args: Any) -> tuple[TypeMismatch | None, Any]:
    """The refusal or the result; any other error fails the test."""
    try:
        return None, function(*args)
    except TypeMismatch as error:
        return error, None
