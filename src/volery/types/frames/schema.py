"""What Arrow's types are among ours, and whether a schema has the columns that are declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final

from volery.errors import TypeMismatch
from volery.ir.assign import base, refusal
from volery.ir.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    FLOAT,
    INT,
    NONE,
    STR,
    TIME,
    ChoiceType,
    EnumType,
    Field,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    RecordType,
    UnionType,
    show,
    unfold,
)
from volery.types.frames.arrow import BINARIES, TEXTS, ArrowType, Schema, pa, types
from volery.types.mismatch import at, step

_SCALARS: Final = (
    (types.is_null, NONE),
    (types.is_boolean, BOOL),
    (types.is_integer, INT),
    (types.is_floating, FLOAT),
    *((holds, STR) for holds in TEXTS),
    *((holds, BYTES) for holds in BINARIES),
    (types.is_fixed_size_binary, BYTES),
    (types.is_timestamp, DATETIME),
    (types.is_date, DATE),
    (types.is_time, TIME),
    (types.is_duration, DURATION),
    (types.is_decimal, DECIMAL),
)
"""Arrow's scalars, by predicate."""

_LISTS: Final = (
    types.is_list,
    types.is_large_list,
    types.is_fixed_size_list,
    types.is_list_view,
    types.is_large_list_view,
)

_ARROW_TYPES: Final[dict[LiteralType, ArrowType]] = {
    BOOL: pa.bool_(),
    INT: pa.int64(),
    FLOAT: pa.float64(),
    STR: pa.string(),
    BYTES: pa.binary(),
    DATE: pa.date32(),
}


def literal_type(kind: ArrowType) -> LiteralType:
    """What a column of an Arrow type holds. Widths, units and encodings do not count."""
    kind = _plain(kind)
    for holds, literal in _SCALARS:
        if holds(kind):
            return literal
    if _is_list(kind):
        return ListType(literal_type(kind.value_type))
    if types.is_map(kind):
        return MapType(literal_type(kind.key_type), literal_type(kind.item_type))
    return JsonType("dict" if types.is_struct(kind) else "any")


def declared_by(schema: Schema) -> tuple[Field, ...]:
    """The columns that an Arrow schema declares, flattened."""
    return tuple(each for field in schema for each in _flat(field.name, field.type))


def _flat(name: str, kind: ArrowType) -> Iterator[Field]:
    if types.is_struct(kind):
        for field in kind:
            yield from _flat(f"{name}.{field.name}", field.type)
    else:
        yield Field(name, literal_type(kind))


def arrow_types(columns: Sequence[Field]) -> dict[str, ArrowType]:
    """The Arrow types of declared columns that have an obvious one."""
    return {
        field.name: found for field in columns if (found := _arrow_type(field.type)) is not None
    }


def _arrow_type(kind: LiteralType) -> ArrowType | None:
    if isinstance(kind, UnionType):
        known = [_arrow_type(each) for each in kind.variants if each != NONE]
        return known[0] if len(known) == 1 else None
    return _ARROW_TYPES.get(kind)


def check_columns(schema: Schema, columns: Sequence[Field], path: str) -> None:
    """Check that a schema has declared columns.

    Raises:
        TypeMismatch: it lists every column that is missing or holds something else, with its path.
    """
    wrong = {field.name: text for field in columns if (text := _difference(schema, field))}
    if not wrong:
        return
    listed = [f"{_place(path, name)} {text}" for name, text in wrong.items()]
    known = ", ".join(f"{each.name}: {each.type}" for each in list(schema)[:20])
    more = f" and {len(schema) - 20} more" if len(schema) > 20 else ""
    raise TypeMismatch(
        f"the frame{at(path)} does not have the declared columns: {'; '.join(listed)}",
        hint=f"it has {known or 'no columns'}{more}",
        path=_place(path, next(iter(wrong))) if len(wrong) == 1 else path,
    )


def check_alike(
    file: str, schema: Schema, first: Schema, names: list[str] | None, path: str
) -> None:
    """Check that a file of a frame has the columns of the first one.

    Args:
        file: its URI.
        schema: of the file.
        first: of the first one.
        names: the columns that are read; None: all.
        path: where the frame stands in the whole.

    Raises:
        TypeMismatch: it lists every column that is missing, of another type, or new.
    """
    wrong: list[str] = []
    for name in first.names if names is None else names:
        wanted = first.field(name).type
        if name not in schema.names:
            wrong.append(f"{name} is missing")
        elif schema.field(name).type != wanted:
            wrong.append(f"{name} is {schema.field(name).type}, not {wanted}")
    if names is None:
        wrong += [f"{name} is new" for name in schema.names if name not in first.names]
    if wrong:
        raise TypeMismatch(
            f"{file} has other columns than the files before it{at(path)}: {'; '.join(wrong)}",
            hint="declare the columns that all files have, or write them alike",
            path=path,
        )


def names_of(schema: Schema, columns: Sequence[Field]) -> list[str] | None:
    """The columns of a schema that hold declared ones, in the declared order; None: all are read.

    Of a nested column that is declared in parts, it is the whole.
    """
    if not columns:
        return None
    there = set(schema.names)
    names = (name if (name := field.name) in there else name.partition(".")[0] for field in columns)
    return list(dict.fromkeys(names))


def _place(path: str, name: str) -> str:
    """The path of a column; dots lead into structs."""
    return reduce(step, name.split("."), path)


def _difference(schema: Schema, field: Field) -> str | None:
    found = _find(schema, field.name)
    if found is None:
        return "is missing"
    return None if _fits(found, field.type) else f"is {found}, expected {show(field.type)}"


def _find(schema: Schema, name: str) -> ArrowType | None:
    """The type of a column; dots lead into structs where no column has the whole name."""
    if name in schema.names:
        return schema.field(name).type
    head, *rest = name.split(".")
    kind = schema.field(head).type if head in schema.names else None
    for part in rest:
        if kind is None or not types.is_struct(kind) or kind.get_field_index(part) < 0:
            return None
        kind = kind.field(part).type
    return kind


def _fits(kind: ArrowType, declared: LiteralType) -> bool:
    """Whether a column of an Arrow type may stand for a declared one. Any may have nulls."""
    kind = _plain(kind)
    if types.is_null(kind):
        return True
    match declared:
        case UnionType(variants):
            return any(_fits(kind, each) for each in variants if each != NONE)
        case EnumType() | ChoiceType():
            return _fits(kind, base(declared))
        case RecordType():
            return types.is_struct(kind) and all(
                kind.get_field_index(each.name) >= 0
                and _fits(kind.field(each.name).type, each.type)
                for each in unfold(declared)
            )
        case ListType(element) if _is_list(kind):
            return _fits(kind.value_type, element)
        case JsonType("any"):
            return True
        case _:
            return refusal(literal_type(kind), declared) is None


def _plain(kind: ArrowType) -> ArrowType:
    """The type behind an encoding or an extension."""
    while True:
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        elif types.is_dictionary(kind) or types.is_run_end_encoded(kind):
            kind = kind.value_type
        else:
            return kind


def _is_list(kind: ArrowType) -> bool:
    return any(holds(kind) for holds in _LISTS)
