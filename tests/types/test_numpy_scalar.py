from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import BOOL, BYTES, COMPLEX, FLOAT, INT, STR
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


@pytest.mark.parametrize(
    ("cls", "kind", "texts"),
    [
        (np.float64, FLOAT, [0.1, -0.0, math.nan, math.inf, 5e-324]),
        (np.float32, FLOAT, [0.1, math.nan, -math.inf, 3.4e38]),
        (np.float16, FLOAT, [0.5, 65504.0]),
        (np.int8, INT, [-128, 127]),
        (np.int64, INT, [-(2**63), 2**63 - 1]),
        (np.uint64, INT, [0, 2**64 - 1]),
        (np.longlong, INT, [1]),
        (np.bool_, BOOL, [True, False]),
        (np.str_, STR, ["", "ä\0"]),
        (np.bytes_, BYTES, [b"", b"a\0"]),
        (np.complex128, COMPLEX, [1 + 2j, complex(math.nan, 0)]),
        (np.complex64, COMPLEX, [1 + 2j]),
    ],
)
def test_scalars_come_back_as_exactly_their_class(cls: Any, kind: object, texts: list[Any]):
    check_codec(cls, [cls(each) for each in texts], bad=[(texts[0], "$"), (None, "$")])
    assert codec_for(cls).type == kind


def test_they_are_stored_as_the_scalars_of_python():
    for cls, python, value in ((np.float64, float, 0.1), (np.int16, int, 300), (np.str_, str, "a")):
        data = pack(codec_for(cls), cls(value))
        assert data == pack(codec_for(python), value)
        assert type(unpack(codec_for(python), data)) is python
        assert type(unpack(codec_for(cls), data)) is cls


@pytest.mark.parametrize(
    ("cls", "value"),
    [
        (np.int8, 128),
        (np.uint8, -1),
        (np.int64, 2**63),
        (np.float32, 1e300),
        (np.float16, 70000.0),
        (np.float16, 70000),
        (np.float64, 2**53 + 1),
        (np.float64, 10**400),
        (np.float32, 2**24 + 1),
        (np.complex64, 1e300 + 0j),
    ],
)
def test_a_number_beyond_the_range_is_refused(cls: Any, value: Any):
    python = codec_for(float if type(value) is int and "f" in cls.__name__ else type(value))
    with pytest.raises(TypeMismatch, match=rf"that np\.{cls.__name__} holds"):
        unpack(codec_for(cls), pack(python, value))


def test_a_float_is_rounded_to_the_declared_precision():
    assert codec_for(np.float32).from_wire(0.1, "$") == np.float32(0.1)
    assert codec_for(np.float64).from_wire(2**53, "$") == np.float64(2**53)


def test_in_other_types():
    check_codec(list[np.float32], [[np.float32(1), np.float32(0.1)]], bad=[([1.0], "$[0]")])
    check_codec(dict[np.int64, np.bool_], [{np.int64(1): np.bool_(1)}])
    check_codec(set[np.int8], [{np.int8(3), np.int8(1)}])
    check_codec(np.float64 | int | str | None, [np.float64(1), 1, "1", None], bad=[(b"", "$")])


def test_what_is_stored_alike_cannot_be_told_apart_in_a_union():
    with pytest.raises(UnsupportedType, match=r"cannot be told apart: .* stored as float"):
        codec_for(np.float64 | float)


@pytest.mark.parametrize(
    ("cls", "hint"),
    [
        (np.datetime64, "declare datetime"),
        (np.timedelta64, "declare timedelta"),
        (np.longdouble, r"np\.float64"),
        (np.floating, r"np\.float64"),
        (np.generic, r"np\.float64"),
        (np.object_, r"np\.float64"),
        (np.void, r"np\.float64"),
    ],
)
def test_other_classes_of_numpy_say_the_way_out(cls: Any, hint: str):
    with pytest.raises(UnsupportedType, match=hint):
        codec_for(cls)
