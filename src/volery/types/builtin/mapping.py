"""dict, also by its abstract names ``Mapping`` and ``MutableMapping``.

The wire form is a map. MessagePack readers cannot use extension types as keys, so a dict with a key
that travels as one (a date, an int outside 64 bits) is an array of pairs ``[key, value]`` instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from volery.errors import UnsupportedType
from volery.ir.interface import VALUES
from volery.ir.types import ChoiceType, EnumType, MapType, PrimitiveType, show
from volery.ir.values import Ext, Wire
from volery.types.codec import Codec, within
from volery.types.exact import is_dict, is_list
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch, step
from volery.types.plain import plainness
from volery.types.unsupported import unsupported


class MappingCodec:
    """A dict with scalar keys of one type and values of one type; order is kept."""

    __slots__ = ("_key", "_plain_keys", "_plain_values", "_value", "constraints", "type")

    def __init__(self, key: Codec, value: Codec) -> None:
        self.type = MapType(key.type, value.type)
        self.constraints = within(VALUES, value)
        self._key = key
        self._value = value
        self._plain_keys = plainness(key)
        self._plain_values = plainness(value)

    def to_wire(self, value: Any, path: str) -> Wire:
        if not is_dict(value):
            hint = "pass dict(...) of it" if isinstance(value, Mapping) else None
            raise mismatch(show(self.type), value, path, hint=hint)
        if self._is_plain(value):
            return value
        pairs: list[list[Wire]] = []
        for key, each in value.items():
            here = step(path, key)
            pairs.append([self._key.to_wire(key, here), self._value.to_wire(each, here)])
        if any(type(key) is Ext for key, _ in pairs):
            return pairs
        return self._distinct(dict(pairs), value, path)

    def from_wire(self, wire: Wire, path: str) -> dict[Any, Any]:
        if is_dict(wire) and self._is_plain(wire):
            return wire
        pairs: list[tuple[Any, Any]] = []
        for key, each in self._pairs(wire, path):
            here = step(path, key)
            pairs.append((self._key.from_wire(key, here), self._value.from_wire(each, here)))
        try:
            return self._distinct(dict(pairs), wire, path)
        except TypeError as error:  # a Decimal that is a signalling NaN has no hash
            raise mismatch(show(self.type), wire, path, hint=str(error)) from None

    def _is_plain(self, value: dict[Any, Any]) -> bool:
        return self._plain_keys(value.keys()) and self._plain_values(value.values())

    def _pairs(self, wire: Wire, path: str) -> Iterable[tuple[Wire, Wire]]:
        if is_dict(wire):
            return wire.items()
        if is_list(wire) and all(is_list(pair) and len(pair) == 2 for pair in wire):
            return wire
        raise mismatch(show(self.type), wire, path)

    def _distinct(self, made: dict[Any, Any], source: Any, path: str) -> dict[Any, Any]:
        """`made`, unless keys of `source` fell together (an enum's member and its name do)."""
        if len(made) == len(source):
            return made
        hint = "several of its keys mean the same: give each once"
        raise mismatch(show(self.type), source, path, hint=hint)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    match get_args(annotation):
        case (key, value):
            return MappingCodec(_key_codec(key, codec_for), codec_for(value, "[]"))
        case _:
            raise unsupported(annotation)


def _key_codec(annotation: Any, codec_for: CodecFor) -> Codec:
    codec = codec_for(annotation, "[]")
    if isinstance(codec.type, PrimitiveType | EnumType | ChoiceType):
        return codec
    raise UnsupportedType(
        f"{show(codec.type)} cannot be the key of a dict",
        hint="keys are scalars: str, int, a date, an enum, ...",
    )
