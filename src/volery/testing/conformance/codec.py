"""What every codec must do, ours and a plugin's.

Call `check_codec` in a test of the family, with values that cover its corners.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from volery.errors import TypeMismatch
from volery.ir.types import LiteralType, show
from volery.types.codec import Codec
from volery.types.packing import pack, unpack
from volery.types.plain import plainness
from volery.types.registry import codec_for


def check_codec(
    annotation: Any, values: Iterable[Any], bad: Iterable[tuple[Any, str]] = ()
) -> None:
    """Check the codec of an annotation.

    Args:
        annotation: what the family handles.
        values: objects that come back as they went in, of the same types through and through.
        bad: objects that are refused, each with the path that the error names.

    Raises:
        AssertionError: the codec does not keep the contract.
    """
    codec = codec_for(annotation)
    _expect(codec_for(annotation) is codec, f"{annotation}: each call makes another codec")
    _check_type(codec)
    for value in values:
        _check_round_trip(codec, value)
    for value, path in bad:
        _check_refused(codec, value, path)
    _check_foreign(codec)


def is_same(left: Any, right: Any) -> bool:
    """Whether two objects are equal and of the same types through and through.

    NaN is the same as NaN, 0.0 is not -0.0, zones and folds of datetimes count, and so does the
    order of dicts.
    """
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        equal = left == right or (math.isnan(left) and math.isnan(right))
        return equal and math.copysign(1, left) == math.copysign(1, right)
    if issubclass(type(left), list | tuple):
        return len(left) == len(right) and all(map(is_same, left, right))
    if type(left) is dict:
        return is_same([*left.items()], [*right.items()])
    return _has_same_parts(left, right)


def _has_same_parts(left: Any, right: Any) -> bool:
    fields = getattr(left, "__dataclass_fields__", None)
    if fields is not None:
        return all(is_same(getattr(left, name), getattr(right, name)) for name in fields)
    clock = [getattr(left, name, None) == getattr(right, name, None) for name in ("tzinfo", "fold")]
    return left == right and all(clock)


def _check_type(codec: Codec) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(codec.type), type=LiteralType)
    _expect(stored == codec.type, f"{show(codec.type)}: its type does not survive JSON")


def _check_round_trip(codec: Codec, value: Any) -> None:
    data = pack(codec, value)
    back = unpack(codec, data)
    _expect(is_same(back, value), f"{show(codec.type)}: {value!r} comes back as {back!r}")
    if plainness(codec)([value]):
        same = codec.to_wire(value, "$") is value and codec.from_wire(value, "$") is value
        _expect(same, f"{show(codec.type)}: {value!r} is called plain and is not its own wire form")
    _expect(pack(codec, back) == data, f"{show(codec.type)}: {value!r} packs in two ways")
    try:
        unpack(codec, data[:-1])
    except TypeMismatch:
        return
    raise AssertionError(f"{show(codec.type)}: {value!r} is read from truncated bytes")


def _check_refused(codec: Codec, value: Any, path: str) -> None:
    try:
        pack(codec, value)
    except TypeMismatch as error:
        _expect(error.path == path, f"{show(codec.type)}: {value!r} is refused at {error.path}")
        told = path in error.message or path == "$"  # the value as a whole needs no place
        _expect(told, f"{show(codec.type)}: {path} is not in: {error}")
        return
    raise AssertionError(f"{show(codec.type)}: {value!r} is taken")


_FOREIGN: Sequence[bytes] = (
    b"",
    b"\xc1",
    b"\xc0\xc0",
    b"\xa1\xff",
    b"\xd4\x63\x00",
    b"\x81\xd4\x63\x00\x00",
)
"""Nothing, a byte without meaning, two values, text that is not UTF-8, an unknown extension, and
one as a key."""


def _check_foreign(codec: Codec) -> None:
    for data in _FOREIGN:
        try:
            unpack(codec, data)
        except TypeMismatch:
            continue
        raise AssertionError(f"{show(codec.type)}: {data!r} is read")


def _expect(holds: object, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
