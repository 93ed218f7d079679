"""Decimal, complex and UUID."""

from __future__ import annotations

import math
from decimal import Context, Decimal, InvalidOperation, localcontext
from uuid import UUID, uuid4

import pytest

from volery.errors import TypeMismatch
from volery.ir import values
from volery.ir.types import COMPLEX, DECIMAL, UUID as UUID_TYPE
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Money(Decimal):
    pass


def test_decimals_are_exact():
    texts = [
        "0",
        "-0",
        "1.10",
        "1E+5",
        "-1.5E-400",
        "NaN",
        "-NaN123",
        "sNaN7",
        "Infinity",
        "-Infinity",
    ]
    bad = [(1.5, "$"), (1, "$"), ("1.5", "$"), (Money("1"), "$"), (None, "$")]
    golden = [(Decimal("1.10"), "d606312e3130")]
    check_codec(Decimal, [*map(Decimal, texts), Decimal("1" * 500)], bad=bad, golden=golden)
    assert codec_for(Decimal).type == DECIMAL


def test_a_decimal_does_not_depend_on_the_context_of_the_reader():
    codec = codec_for(Decimal)
    data = pack(codec, Decimal("1.2345678901234567890123456789012345"))
    with localcontext(Context(prec=3, traps=[])):
        assert str(unpack(codec, data)) == "1.2345678901234567890123456789012345"
        with pytest.raises(TypeMismatch, match="no decimal number"):
            codec.from_wire(values.Ext(values.DECIMAL, b"one"), "$")


@pytest.mark.parametrize(
    ("declared", "value", "hint"),
    [
        (Decimal, 0.1, "pass Decimal(str(...)) of it: a float has binary digits"),
        (Decimal, "0.1", "pass Decimal(...) of it"),
        (Decimal, Money(1), "an object of a subclass would come out as Decimal: convert it"),
        (complex, 1.0, "pass complex(...) of it"),
        (UUID, "00000000-0000-0000-0000-000000000001", "pass UUID(...) of it"),
    ],
)
def test_a_common_mistake_gets_the_way_out(declared: type, value: object, hint: str):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(declared), value)
    assert caught.value.hint == hint


def test_complex_numbers_keep_both_parts():
    numbers = [
        0j,
        complex(-0.0, -0.0),
        1.5 - 2j,
        complex(math.nan, math.inf),
        complex(-0.0, math.nan),
    ]
    golden = [(1 + 0j, "d8033ff00000000000000000000000000000".replace("d803", "d807"))]
    check_codec(complex, numbers, bad=[(1, "$"), (1.5, "$"), ("1j", "$")], golden=golden)
    assert codec_for(complex).type == COMPLEX


def test_uuids():
    fixed = UUID(int=1)
    golden = [(fixed, "d808" + "00" * 15 + "01")]
    check_codec(UUID, [fixed, uuid4()], bad=[(str(fixed), "$"), (1, "$")], golden=golden)
    assert codec_for(UUID).type == UUID_TYPE


@pytest.mark.parametrize(
    ("declared", "wire"),
    [
        (Decimal, values.Ext(values.DECIMAL, b"\xff")),
        (Decimal, values.Ext(values.DECIMAL, b"")),
        (Decimal, values.Ext(values.DECIMAL, b"1E99999999999999999999999999")),
        (Decimal, values.Ext(values.UUID, b"1")),
        (Decimal, "1"),
        (complex, values.Ext(values.COMPLEX, b"\x00" * 15)),
        (UUID, values.Ext(values.UUID, b"\x00" * 17)),
    ],
)
def test_a_stored_form_that_is_damaged_is_refused(declared: type, wire: object):
    with pytest.raises(TypeMismatch):
        codec_for(declared).from_wire(wire, "$")


def test_they_can_be_keys():
    check_codec(dict[Decimal, int], [{Decimal("1.0"): 1, Decimal(2): 2}])
    check_codec(dict[UUID, int], [{UUID(int=1): 1}])
    check_codec(dict[complex, int], [{1j: 1}])


def test_a_stored_key_that_has_no_hash_is_refused():
    with pytest.raises(TypeMismatch, match="hash"):
        codec_for(dict[Decimal, int]).from_wire([[values.Ext(values.DECIMAL, b"sNaN"), 1]], "$")


def test_a_union_tells_them_from_each_other_and_from_their_text():
    annotation = Decimal | float | complex | UUID | str
    numbers = [Decimal("1.0"), 1.0, 1 + 0j, UUID(int=1), "1.0"]
    check_codec(annotation, numbers, bad=[(b"", "$")])
    assert unpack(codec_for(annotation), pack(codec_for(annotation), 1)) == 1


def test_a_decimal_beyond_the_limits_of_decimal_itself_cannot_be_made():
    with pytest.raises(InvalidOperation):
        Decimal("1E99999999999999999999999999")
