"""Values of types whose Python classes are not at hand, as the Python objects nearest to them.

Lists, sets, tuples, dicts, numbers, texts and times are what they are. A record is a dict, an enum
its member's name, a table a `StructuredDataset`; a custom type is what it travels as.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import msgspec

from volery.data import offload
from volery.ir.interface import Interface
from volery.ir.types import (
    NONE,
    ContentType,
    CustomType,
    FrameType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
    is_hidden,
    is_tagged,
    tag,
    unfold,
)
from volery.ir.values import Raw, Wire, join_record
from volery.types.codec import Codec
from volery.types.written.reading import to_wire
from volery.types.written.showing import to_json

_PRIMITIVES: dict[str, Any] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "bytes": bytes,
    "datetime": datetime,
    "date": date,
    "time": time,
    "duration": timedelta,
    "decimal": Decimal,
    "complex": complex,
    "uuid": UUID,
    "path": Path,
}


def packed(interface: Interface, inputs: Mapping[str, Any]) -> bytes:
    """The record of inputs for an entity of which only the interface is known.

    Files, folders and tables may be given as `File` and its like, as a path or as a URI. What the
    interface does not have is packed as it is: whoever starts the execution refuses it.

    Raises:
        TypeMismatch: a value is not of the declared type.
        StorageError: a file cannot be read or stored.
    """
    types = {each.name: each.type for each in interface.inputs}
    return join_record(
        {
            name: offload.pack(to_wire(types.get(name, JsonType()), plain(value), f"$.{name}"))
            for name, value in inputs.items()
        }
    )


def unpacked(kind: LiteralType, value: bytes | Raw) -> Any:
    """The value of a type. What was offloaded is read from the current storage."""
    return _value(kind, offload.unpack(value))


def plain(value: Any) -> Any:
    """A Python object as JSON: times in ISO 8601, a dataclass as an object, a file as its path."""
    return msgspec.to_builtins(value, str_keys=True, enc_hook=_path)


def _path(value: Any) -> str:
    return str(value) if isinstance(value, complex) else cast("str", os.fspath(value))


def _value(kind: LiteralType, wire: Wire) -> Any:
    if wire is None:
        return None
    match kind:
        case ListType(element):
            return [_value(element, each) for each in wire]
        case SetType(element):
            return _set([_value(element, each) for each in wire])
        case TupleType(elements):
            return tuple(_value(*each) for each in zip(elements, wire, strict=True))
        case MapType(key, value):
            return {_value(key, name): _value(value, each) for name, each in _pairs(wire)}
        case RecordType():
            types = {field.name: field.type for field in unfold(kind)}
            return {
                name: _value(types[name], each)
                for name, each in wire.items()
                if not is_hidden(name)
            }
        case UnionType(variants):
            if is_tagged(kind):
                chosen, wire = wire
                variants = tuple(each for each in variants if tag(each) == chosen)
            return _value(next(each for each in variants if each != NONE), wire)
        case CustomType(_, base):
            return _value(base, wire)
        case _:
            codec = _codec(kind)
            return to_json(kind, wire) if codec is None else codec.from_wire(wire, "$")


def _pairs(wire: Wire) -> Iterable[tuple[Wire, Wire]]:
    """The entries of a map, which stand as pairs where a key is an extension."""
    entries: Iterable[tuple[Wire, Wire]] = wire.items() if hasattr(wire, "items") else wire
    return entries


def _set(elements: list[Any]) -> Any:
    """A set; of what came as dicts there is none, and they stay a list."""
    try:
        return set(elements)
    except TypeError:
        return elements


def _codec(kind: LiteralType) -> Codec | None:
    """What reads values without parts; None: they are shown as JSON."""
    from volery.types.registry import codec_for

    match kind:
        case PrimitiveType(name) if name in _PRIMITIVES:
            return codec_for(_PRIMITIVES[name])
        case ContentType("file", format):
            from volery.types.builtin.file import FileCodec

            return FileCodec(format)
        case ContentType("directory", format):
            from volery.types.builtin.directory import DirectoryCodec

            return DirectoryCodec(format)
        case FrameType():
            from volery.types.builtin.structured_dataset import StructuredDatasetCodec

            return StructuredDatasetCodec(kind)
        case _:
            return None
