"""What every codec must do, ours and a plugin's.

Call `check_codec` in a test of the family, with values that cover its corners.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Union

import msgspec

from volery.errors import TypeMismatch
from volery.ir import values as wires
from volery.ir.assign import refusal
from volery.ir.content import MAX_PREVIEW, content_of_wire
from volery.ir.types import NONE, LiteralType, UnionType, show
from volery.ir.values import CONTENT, Ext, Wire
from volery.testing.conformance.same import is_same
from volery.types.codec import Codec
from volery.types.exact import is_dict, is_list
from volery.types.packing import pack, unpack
from volery.types.plain import plainness
from volery.types.preview import preview
from volery.types.registry import codec_for

__all__ = ["check_codec", "is_same"]


def check_codec(
    annotation: Any,
    values: Iterable[Any],
    bad: Iterable[tuple[Any, str]] = (),
    *,
    same: Callable[[Any, Any], bool] = is_same,
    golden: Iterable[tuple[Any, str]] = (),
) -> None:
    """Check the codec of an annotation.

    Args:
        annotation: what the family handles.
        values: objects that come back as they went in.
        bad: objects that are refused, each with the path that the error names.
        same: whether an object came back as it went in; unless given, it has to be equal and of the
            same types through and through.
        golden: objects with their stored form in hexadecimal digits, which no later version may
            change.

    Raises:
        AssertionError: the codec does not keep the contract.
    """
    codec = codec_for(annotation)
    _expect(codec_for(annotation) is codec, f"{annotation}: each call makes another codec")
    _check_type(codec)
    checks = _Checks(codec, same)
    for value in values:
        checks.round_trip(value)
        checks.preview(value)
        checks.variant(annotation, value)
    for value, path in bad:
        checks.refused(value, path)
    for value, packed in golden:
        checks.golden(value, packed)
    _check_foreign(codec)


class _Checks:
    """The checks of a codec by objects.

    Args:
        codec: what is checked.
        same: whether an object came back as it went in.
    """

    def __init__(self, codec: Codec, same: Callable[[Any, Any], bool]) -> None:
        self._codec = codec
        self._same = same
        self._name = show(codec.type)

    def round_trip(self, value: Any) -> None:
        data = pack(self._codec, value)
        back = unpack(self._codec, data)
        _expect(self._same(back, value), f"{self._name}: {value!r} comes back as {back!r}")
        if plainness(self._codec)([value]):
            own = (self._codec.to_wire(value, "$"), self._codec.from_wire(value, "$"))
            why = f"{self._name}: {value!r} is called plain and is not its own wire form"
            _expect(all(is_same(each, value) for each in own), why)
        again = pack(self._codec, back)
        _expect(_means(again) == _means(data), f"{self._name}: {value!r} packs in two ways")
        try:
            unpack(self._codec, data[:-1])
        except TypeMismatch:
            return
        raise AssertionError(f"{self._name}: {value!r} is read from truncated bytes")

    def preview(self, value: Any) -> None:
        """What people are shown of a value is JSON, and little."""
        wire = wires.unpack(pack(self._codec, value))
        shown = msgspec.json.encode(preview(self._codec.type, wire))
        _expect(len(shown) <= MAX_PREVIEW, f"{self._name}: the preview has {len(shown)} bytes")

    def variant(self, annotation: Any, value: Any) -> None:
        """In a union the codec gives and takes what it does by itself."""
        if isinstance(self._codec.type, UnionType) or value is None:
            return
        try:
            union = codec_for(Union[annotation, _Other])  # noqa: UP007 - of any annotation
        except TypeError:
            return  # metadata that cannot be hashed cannot stand in a union
        back = unpack(union, pack(union, value))
        _expect(self._same(back, value), f"{self._name}: in a union, {value!r} becomes {back!r}")

    def refused(self, value: Any, path: str) -> None:
        try:
            pack(self._codec, value)
        except TypeMismatch as error:
            _expect(error.path == path, f"{self._name}: {value!r} is refused at {error.path}")
            told = path in error.message or path == "$"  # the value as a whole needs no place
            _expect(told, f"{self._name}: {path} is not in: {error}")
            return
        raise AssertionError(f"{self._name}: {value!r} is taken")

    def golden(self, value: Any, packed: str) -> None:
        now = pack(self._codec, value).hex()
        _expect(now == packed, f"{self._name}: {value!r} is stored as {now}, not as {packed}")
        back = unpack(self._codec, bytes.fromhex(packed))
        _expect(self._same(back, value), f"{self._name}: {packed} is read as {back!r}")


@dataclass
class _Other:
    """A variant beside the checked one; no annotation that is checked can mean it."""


def _means(data: bytes) -> Any:
    """What a packed value says, in a form that compares: of content, not how it is written."""
    return _without_writing(wires.unpack(data))


def _without_writing(wire: Wire) -> Any:
    if isinstance(wire, Ext) and wire.code == CONTENT:
        content = content_of_wire(wire)
        return content.identity or content.digest or content.uri
    if is_list(wire):
        return [_without_writing(each) for each in wire]
    if is_dict(wire):
        return [(_without_writing(key), _without_writing(each)) for key, each in wire.items()]
    return wires.pack(wire)  # NaN is the same as NaN, and 1 is not 1.0


def _check_type(codec: Codec) -> None:
    name = show(codec.type)
    stored = msgspec.json.decode(msgspec.json.encode(codec.type), type=LiteralType)
    _expect(stored == codec.type, f"{name}: its type does not survive JSON")
    _expect(refusal(codec.type, codec.type) is None, f"{name} does not fit itself")
    if not isinstance(codec.type, UnionType) and codec.type != NONE:
        optional = UnionType((codec.type, NONE))
        _expect(refusal(codec.type, optional) is None, f"{name} does not fit {show(optional)}")


_FOREIGN: Final[Sequence[bytes]] = (
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
