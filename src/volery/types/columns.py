"""Columns that are declared for frames: names, and what they hold.

A column that holds a record is declared as its fields, with names in dots: ``a.b.c``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from volery.errors import UnsupportedType
from volery.ir.types import Field, LiteralType, RecordType, RecursiveType, unfold
from volery.types.making import CodecFor


class Columns(dict[str, Any]):
    """Names and types. What annotates a part of a union has to have a hash, until Python 3.13."""

    def __hash__(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]
        return hash(frozenset(self))


def kwtypes(**types: Any) -> Columns:
    """Names and types, as keyword arguments: ``kwtypes(name=str, age=int)``.

    Columns whose names are no identifiers are declared by a dict: ``{"unit price": float}``.
    """
    return Columns(types)


def is_columns(metadata: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether metadata of an annotation declares columns: what `kwtypes` gives, or a dict."""
    return isinstance(metadata, Mapping)


def columns_of(declared: Mapping[str, Any], codec_for: CodecFor) -> tuple[Field, ...]:
    """Declared columns, flattened.

    Args:
        declared: names and annotations; a dict or a record in place of an annotation holds more.
        codec_for: gives the codec of an annotation.

    Raises:
        UnsupportedType: no codec handles an annotation, a class contains itself, or two columns
            come to the same name.
    """
    fields = tuple(_columns(declared, codec_for, ""))
    names = [field.name for field in fields]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnsupportedType(
            f"column {' and '.join(twice)} is declared more than once", hint="declare it once"
        )
    return fields


def _columns(declared: Mapping[str, Any], codec_for: CodecFor, before: str) -> Iterator[Field]:
    for name, annotation in declared.items():
        if is_columns(annotation):
            yield from _columns(annotation, codec_for, f"{before}{name}.")
        else:
            kind = codec_for(annotation, f".{before}{name}").type
            yield from _flat(f"{before}{name}", kind)


def _flat(name: str, kind: LiteralType) -> Iterator[Field]:
    match kind:
        case RecordType():
            for field in unfold(kind):
                if _is_inside(kind.name, field.type):
                    raise UnsupportedType(
                        f"column {name} holds {kind.name}, which contains itself",
                        hint="declare its columns by a dict, as deep as they go",
                    )
                yield from _flat(f"{name}.{field.name}", field.type)
        case _:
            yield Field(name, kind)


def _is_inside(name: str, kind: LiteralType) -> bool:
    """Whether a record is a field of itself, or stands for one that is defined further out."""
    match kind:
        case RecordType(inner, _, definitions):
            return inner == name or any(each.name == name for each in definitions)
        case RecursiveType():
            return True
        case _:
            return False
