"""Assignability: whether a value of one type may go where another type is expected.

It may when nothing is lost and nothing has to be guessed. Where the wire form differs all the same
(`ir.cast`), the compiler puts a `Cast` on the edge.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from volery.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    ChoiceType,
    EnumType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    Scalar,
    TupleType,
    UnionType,
    is_tagged,
    show,
    tag,
    unfold,
)

Assumed = frozenset[tuple[LiteralType, LiteralType]]
"""Pairs of records that are being compared further out: taken to fit, so that recursion ends."""


def refusal(source: LiteralType, target: LiteralType) -> str | None:
    """Why a value of `source` may not flow into `target`, for people; None when it may.

    Ints go where floats are expected (and stay ints), enums where all their values go, choices
    where their base type does. Lists, tuples and maps follow their parts. A record goes where one
    of the same name is expected, with the same fields, whose types fit.
    """
    return _refusal(source, target, frozenset())


def way_out(source: LiteralType, target: LiteralType) -> str | None:
    """What to do where a value of `source` may not flow into `target`, where that is known."""
    match source, target:
        case (ListType(given), ListType(wanted)) | (MapType(_, given), MapType(_, wanted)):
            return way_out(given, wanted)
        case PrimitiveType("str"), EnumType() | ChoiceType():
            return f"declare it as {show(target)} where it is made"
        case RecordType(given), RecordType(wanted) if given != wanted:
            return f"call a task that takes {show(source)} and gives {show(target)}"
        case _:
            return None


def takers(source: LiteralType, union: UnionType) -> list[LiteralType]:
    """The variants of a union that take a value of `source`; the same type alone if it is there."""
    return _takers(source, union, frozenset())


def variants(kind: LiteralType) -> tuple[LiteralType, ...]:
    """What a type falls apart into: a union into its variants, a choice by base types."""
    match kind:
        case UnionType(parts):
            return parts
        case ChoiceType(values):
            groups = groupby(sorted(values, key=_base_name), key=_base_name)
            return tuple(
                NONE if name == "NoneType" else ChoiceType(tuple(group)) for name, group in groups
            )
        case _:
            return (kind,)


def base(kind: ChoiceType | EnumType) -> LiteralType:
    """The type of the values of a choice or enum; where they are mixed, that of the first."""
    first = kind.members[0].value if isinstance(kind, EnumType) else kind.values[0]
    return _BASES[type(first)]


def among(value: Scalar, values: Iterable[Scalar]) -> bool:
    """Whether a scalar is one of several: True is not 1 here."""
    return any(type(value) is type(each) and value == each for each in values)


_BASES: dict[type, LiteralType] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}


def _base_name(value: Scalar) -> str:
    return type(value).__name__


def _refusal(source: LiteralType, target: LiteralType, assumed: Assumed) -> str | None:
    if source == target:
        return None
    parts = variants(source)
    if parts != (source,):
        return _from_each(parts, source, target, assumed)
    match source, target:
        case _, UnionType():
            return _into_union(source, target, assumed)
        case ListType(given), ListType(wanted):
            return _within("list element", given, wanted, assumed)
        case TupleType(given), TupleType(wanted) if len(given) == len(wanted):
            return _elementwise(given, wanted, assumed)
        case TupleType(given), ListType(wanted):
            return _elementwise(given, (wanted,) * len(given), assumed)
        case MapType(), MapType():
            return _within("dict key", source.key, target.key, assumed) or _within(
                "dict value", source.value, target.value, assumed
            )
        case RecordType(), RecordType():
            return _record(source, target, assumed)
        case _:
            return None if _fits(source, target) else _mismatch(source, target)


def _fits(source: LiteralType, target: LiteralType) -> bool:
    """Assignability of types without parts."""
    match source, target:
        case PrimitiveType("int"), PrimitiveType("float"):
            return True
        case PrimitiveType("none"), ChoiceType(accepted):
            return None in accepted
        case EnumType(_, members), PrimitiveType("str" | "int" | "float"):
            return all(_fits(ChoiceType((each.value,)), target) for each in members)
        case ChoiceType(values), ChoiceType(accepted):
            return all(among(each, accepted) for each in values)
        case ChoiceType(), _:
            return _fits(base(source), target)
        case _:
            return source == target


def _from_each(
    parts: tuple[LiteralType, ...], source: LiteralType, target: LiteralType, assumed: Assumed
) -> str | None:
    misfits = [part for part in parts if _refusal(part, target, assumed) is not None]
    if not misfits:
        return None
    return f"{_mismatch(source, target)}, which may be {' or '.join(map(show, misfits))}"


def _into_union(source: LiteralType, union: UnionType, assumed: Assumed) -> str | None:
    fits = _takers(source, union, assumed)
    if len(fits) == 1:
        return None
    if fits:
        return f"{_mismatch(source, union)}, which fits {' and '.join(map(show, fits))} alike"
    if not is_tagged(union):
        only = next((part for part in union.variants if part != NONE), NONE)
        reason = _refusal(source, only, assumed)
        if reason != _mismatch(source, only):
            return reason  # it tells which part does not fit
    return _mismatch(source, union)


def _takers(source: LiteralType, union: UnionType, assumed: Assumed) -> list[LiteralType]:
    if source in union.variants:
        return [source]
    fits = [part for part in union.variants if _refusal(source, part, assumed) is None]
    same = [part for part in fits if tag(part) == tag(source)]
    if not same and isinstance(source, ChoiceType | EnumType):
        same = [part for part in fits if part == base(source)]
    return same or fits


def _within(part: str, source: LiteralType, target: LiteralType, assumed: Assumed) -> str | None:
    reason = _refusal(source, target, assumed)
    return None if reason is None else f"in {part}: {reason}"


def _elementwise(
    sources: tuple[LiteralType, ...], targets: tuple[LiteralType, ...], assumed: Assumed
) -> str | None:
    pairs = zip(sources, targets, strict=True)
    reasons = (
        _within(f"element {index}", source, target, assumed)
        for index, (source, target) in enumerate(pairs)
    )
    return next(filter(None, reasons), None)


def _record(source: RecordType, target: RecordType, assumed: Assumed) -> str | None:
    if (source, target) in assumed:
        return None
    if source.name != target.name:
        return _mismatch(source, target)
    assumed |= {(source, target)}
    given = {each.name: each.type for each in unfold(source)}
    wanted = {each.name: each.type for each in unfold(target)}
    reasons = [f"field {name} is missing" for name in wanted if name not in given]
    reasons += [f"field {name} is not expected" for name in given if name not in wanted]
    for name in (name for name in wanted if name in given):
        reason = _refusal(given[name], wanted[name], assumed)
        if reason is not None:
            reasons.append(f"field {name}: {reason}")
    return f"{_mismatch(source, target)} ({'; '.join(reasons)})" if reasons else None


def _mismatch(source: LiteralType, target: LiteralType) -> str:
    wanted, given = show(target), show(source)
    if wanted == given:  # two types of one short name: their full names tell them apart
        wanted, given = tag(target), tag(source)
    if wanted == given:
        given = f"another {given}"
    return f"expected {wanted}, got {given}"
