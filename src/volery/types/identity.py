"""Whether values of an annotation can be told apart by what they mean (see `data.identity`)."""

from __future__ import annotations

from typing import Any, Final

from volery.ir.types import (
    ContentType,
    ListType,
    MapType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
)
from volery.types.hints import hints_of, meaning
from volery.types.marks import HashMethod, is_marked, parts_of
from volery.types.registry import codec_for

_COLLECTIONS: Final = (ListType, SetType, TupleType, MapType, UnionType)


def unidentified(annotation: Any, path: str) -> str | None:
    """The path of the first part whose values have no identity; None: all have one.

    Pickles have none, unless a `HashMethod` gives it: what is pickled again may give other bytes.

    Args:
        annotation: one that a codec handles.
        path: of the value.
    """
    return _search(annotation, path, set())


def _search(annotation: Any, path: str, seen: set[type]) -> str | None:
    if is_marked(annotation, HashMethod):
        return None
    match codec_for(annotation).type:
        case ContentType("pickle"):
            return path
        case RecordType():
            cls = meaning(annotation)
            if cls in seen:
                return None
            seen.add(cls)
            parts = [(f"{path}.{name}", hint) for name, hint in hints_of(cls).items()]
        case kind if isinstance(kind, _COLLECTIONS):
            parts = [(f"{path}[]", each) for each in parts_of(annotation) if each is not Ellipsis]
        case _:
            return None
    return next((found for at, part in parts if (found := _search(part, at, seen))), None)
