from __future__ import annotations

import enum
import math

import pytest
from tests.types.strategies import Point

from volery.errors import TypeMismatch
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

BIG = 2**64


class Loud:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Count(int):
    pass


class Level(enum.IntEnum):
    LOW = 1


def test_none():
    check_codec(None, [None], bad=[(0, "$"), ("", "$"), (False, "$")])
    assert codec_for(None) is codec_for(type(None))


def test_bool_is_not_int():
    check_codec(bool, [True, False], bad=[(1, "$"), (0, "$"), (None, "$"), ("true", "$")])


def test_int_takes_no_bool_no_float_and_no_subclass():
    values = [0, -1, 2**63 - 1, -(2**63), BIG - 1, BIG, -(2**63) - 1, 10**1000]
    check_codec(int, values, bad=[(True, "$"), (3.0, "$"), ("3", "$"), (Level.LOW, "$")])


def test_float_keeps_ints_and_every_kind_of_float():
    values = [0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 3, BIG]
    check_codec(float, values, bad=[(True, "$"), ("1.0", "$"), (1j, "$")])


def test_str_takes_what_utf_8_can_encode():
    check_codec(str, ["", "a", "\0", "ä𝄞"], bad=[(b"a", "$"), ("\ud800", "$"), (None, "$")])


def test_bytes():
    check_codec(bytes, [b"", b"\xff\x00"], bad=[("a", "$"), (bytearray(b"a"), "$")])


def test_an_int_longer_than_python_writes_is_refused():
    with pytest.raises(TypeMismatch, match="too long\n"):
        pack(codec_for(int), 10**5000)


def test_the_error_says_what_was_expected_what_came_and_where():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(float), "x", path="$.rows[3].price")
    assert caught.value.message == "expected float, got 'x' (str) at $.rows[3].price"
    assert caught.value.path == "$.rows[3].price"


def test_an_object_of_a_subclass_gets_a_hint():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(int), Count(3))
    assert caught.value.hint == "an object of a subclass would come out as int: pass int(...)"


def test_a_member_of_an_enum_gets_a_hint():
    with pytest.raises(TypeMismatch, match=r"pass its \.value"):
        pack(codec_for(int), Level.LOW)


class Scalar:
    """A number as numpy gives it."""

    dtype = "int64"


@pytest.mark.parametrize(
    ("declared", "value", "hint"),
    [
        (int, "3", "pass int(...) of it"),
        (int, 3.0, "declare float, or pass round(...) of it"),
        (int, True, "declare bool, or pass int(...) of it"),
        (int, None, "declare int | None if it may be missing"),
        (int, Scalar(), "pass its .item()"),
        (float, "1.5", "pass float(...) of it"),
        (str, 3, "pass str(...) of it"),
        (str, b"a", "pass its .decode()"),
        (bytes, "a", "pass its .encode()"),
    ],
)
def test_a_common_mistake_gets_the_way_out(declared: type, value: object, hint: str):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(declared), value)
    assert caught.value.hint == hint


def test_stored_data_is_shown_as_what_it_is():
    with pytest.raises(TypeMismatch, match=r"expected str, got Ext\(1, b'18446744073709551616'\)"):
        unpack(codec_for(str), pack(codec_for(int), BIG))


def test_a_value_whose_repr_raises_is_still_named():
    with pytest.raises(TypeMismatch, match=r"got <Loud instance at .*> \(Loud\)$"):
        pack(codec_for(int), Loud())


@pytest.mark.parametrize(
    "value",
    ["x" * 10**8, b"x" * 10**8, [["x" * 100] * 100] * 100, Point([1.0] * 10**6), 1j * 10**300],
    ids=["str", "bytes", "list", "dataclass", "complex"],
)
def test_a_large_value_is_shown_in_part(value: object):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(bool), value)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("data", [b"", b"\xcb\x00", b"\xc1", b"\x01\x02", b"\xa1\xff", b"\x80"])
def test_foreign_bytes_are_refused_with_their_path(data: bytes):
    with pytest.raises(TypeMismatch) as caught:
        unpack(codec_for(float), data, path="$.x")
    assert caught.value.path == "$.x"
