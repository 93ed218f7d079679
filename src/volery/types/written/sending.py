"""Values as programs in any language get them: JSON, with references to what is kept elsewhere.

A reference is an object with the entry ``@``: ``file``, ``directory``, ``frame`` or another kind of
content, or ``value`` for a large value, which is MessagePack where it is kept.
"""

from __future__ import annotations

import base64
import json  # not msgspec's: it has no integers beyond 64 bits
from collections.abc import Collection, Sequence

import msgspec

from volery.data.current import current
from volery.ir.content import Content, Offloaded, content_of_wire, read_offloaded
from volery.ir.interface import Input
from volery.ir.types import ContentType, ListType, LiteralType
from volery.ir.values import CONTENT, Wire, split_record, unpack
from volery.types.written.reading import Json
from volery.types.written.references import KIND
from volery.types.written.showing import to_json


def sent(
    inputs: Sequence[Input], record: bytes, over: Collection[str] = ()
) -> dict[str, msgspec.Raw]:
    """The inputs that a record holds, as JSON. Nothing is read from the storage.

    Args:
        inputs: of the interface.
        record: their values.
        over: names of those that hold an array, with a value for each element of a map.
    """
    entries = split_record(record)
    return {
        each.name: _encoded(
            ListType(each.type) if each.name in over else each.type, unpack(entries[each.name])
        )
        for each in inputs
        if each.name in entries
    }


def _encoded(kind: LiteralType, wire: Wire) -> msgspec.Raw:
    tree = to_json(kind, wire, kept=_reference)
    return msgspec.Raw(json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode())


def _reference(kind: LiteralType, wire: Wire) -> Json:
    if wire.code == CONTENT:
        return _to_content(kind, content_of_wire(wire))
    return _to_value(read_offloaded(bytes(wire.data)))


def _to_content(kind: LiteralType, content: Content) -> Json:
    known: dict[str, Json] = {
        KIND: kind.kind if isinstance(kind, ContentType) else "frame",
        "name": content.name,
        "format": content.format,
        "digest": content.digest,
        "size": content.size if content.size >= 0 else None,
    }
    if content.data is not None:
        known["data"] = base64.b64encode(content.data).decode()
    else:
        known["uri"] = content.uri or current().uri(content.digest)
    return {name: value for name, value in known.items() if value not in ("", None)}


def _to_value(offloaded: Offloaded) -> Json:
    known = {
        KIND: "value",
        "uri": current().uri(offloaded.digest),
        "digest": offloaded.digest,
        "size": offloaded.size,
        "length": offloaded.length,
        "start": offloaded.start,
        "end": offloaded.end,
    }
    return {name: value for name, value in known.items() if value is not None}
