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
    ContentType,
    CustomType,
    EnumType,
    FrameType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    Scalar,
    SetType,
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
    where their base type does. Lists, sets, tuples and maps follow their parts. A record goes where
    one of the same name is expected, with the same fields, whose types fit; so does a custom type.

    What JSON can say goes where JSON is expected, but JSON goes nowhere else: what is in it shows
    only when it runs. Content goes where its kind is expected, a table where its columns are; what
    either of the two sides leaves open is checked when the content is read.
    """
    return _refusal(source, target, frozenset())


def way_out(source: LiteralType, target: LiteralType) -> str | None:
    """What to do where a value of `source` may not flow into `target`, where that is known."""
    match source, target:
        case (
            (ListType(given), ListType(wanted))
            | (SetType(given), SetType(wanted))
            | (MapType(_, given), MapType(_, wanted))
        ):
            return way_out(given, wanted)
        case PrimitiveType("str"), EnumType() | ChoiceType():
            return f"declare it as {show(target)} where it is made"
        case (JsonType(), _) | (_, JsonType()):
            return _way_out_of_json(source, target)
        case (ContentType("pickle"), _) | (_, ContentType("pickle")):
            return _way_out_of_pickles(source, target)
        case ListType() | TupleType(), SetType():
            return "make a set of it in a task"
        case SetType(), ListType():
            return "make a list of it in a task, in the order that you want"
        case RecordType(given), RecordType(wanted) if given != wanted:
            return f"call a task that takes {show(source)} and gives {show(target)}"
        case _:
            return None


def _way_out_of_json(source: LiteralType, target: LiteralType) -> str | None:
    match source, target:
        case JsonType(), RecordType() | JsonType():
            return f"declare {show(target)} where it is made"
        case JsonType(), _:
            return "say what is in it where it is made: declare a dataclass or a TypedDict"
        case _, JsonType() if laid_out(target, source) != target:
            return way_out(source, laid_out(target, source))
        case _, JsonType("any"):
            return "make it of None, bool, int, float, str, lists and dicts in a task"
        case _:
            return None


def _way_out_of_pickles(source: LiteralType, target: LiteralType) -> str:
    match source, target:
        case ContentType("pickle"), ContentType("pickle"):
            return "declare the same class on both sides, or Any where it is taken"
        case ContentType("pickle"), _:
            return f"declare {show(target)} where it is made: a pickle is not opened on the way"
        case _:
            return (
                f"declare {show(source)} where it is taken, or have it pickled where it is made: "
                "Annotated[..., Pickle]"
            )


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


def laid_out(json: JsonType, source: LiteralType) -> LiteralType:
    """JSON as a type with parts, as far as a type that goes there has parts; else JSON itself."""
    match source, json.shape:
        case ListType(), "any" | "list":
            return ListType(_JSON)
        case TupleType(elements), "any" | "list":
            return TupleType((_JSON,) * len(elements))
        case MapType(key), "any" | "dict":
            return MapType(INT if refusal(key, INT) is None else STR, _JSON)
        case _:
            return json


def among(value: Scalar, values: Iterable[Scalar]) -> bool:
    """Whether a scalar is one of several: True is not 1 here."""
    return any(type(value) is type(each) and value == each for each in values)


_JSON = JsonType()
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
        case _, JsonType() if laid_out(target, source) != target:
            return _refusal(source, laid_out(target, source), assumed)
        case RecordType(), RecordType():
            return _record(source, target, assumed)
        case CustomType(given, form), CustomType(wanted, expected) if given == wanted:
            return _told(source, target, [_within("its form", form, expected, assumed)])
        case FrameType(), FrameType() if _may_be_one_format(source.format, target.format):
            return _frame(source, target, assumed)
        case _:
            return _collection(source, target, assumed)


def _collection(source: LiteralType, target: LiteralType, assumed: Assumed) -> str | None:
    """Assignability of types whose parts are all that there is to them, or that have none."""
    match source, target:
        case ListType(given), ListType(wanted):
            return _within("list element", given, wanted, assumed)
        case SetType(given), SetType(wanted):
            return _within("set element", given, wanted, assumed)
        case TupleType(given), TupleType(wanted) if len(given) == len(wanted):
            return _elementwise(given, wanted, assumed)
        case TupleType(given), ListType(wanted):
            return _elementwise(given, (wanted,) * len(given), assumed)
        case MapType(), MapType():
            return _within("dict key", source.key, target.key, assumed) or _within(
                "dict value", source.value, target.value, assumed
            )
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
        case EnumType(_, members), JsonType("any"):
            return all(each.value is not None for each in members)
        case PrimitiveType("none" | "bool" | "int" | "float" | "str") | JsonType(), JsonType("any"):
            return True
        case ContentType(given), ContentType(wanted):
            return given == wanted and _may_be_one_format(source.format, target.format)
        case _:
            return source == target


def _may_be_one_format(source: str, target: str) -> bool:
    return not source or not target or source.casefold() == target.casefold()


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
    return _told(source, target, reasons)


def _frame(source: FrameType, target: FrameType, assumed: Assumed) -> str | None:
    """A table may have more columns than are expected. Where it says none, it may have any."""
    if not source.columns:
        return None
    given = {each.name: each.type for each in source.columns}
    return _told(
        source,
        target,
        [
            _within(f"column {each.name}", given[each.name], each.type, assumed)
            if each.name in given
            else f"column {each.name} is missing"
            for each in target.columns
        ],
    )


def _told(source: LiteralType, target: LiteralType, reasons: Iterable[str | None]) -> str | None:
    """A mismatch with all its reasons; None where there are none."""
    found = "; ".join(filter(None, reasons))
    return f"{_mismatch(source, target)} ({found})" if found else None


def _mismatch(source: LiteralType, target: LiteralType) -> str:
    wanted, given = show(target), show(source)
    if wanted == given:  # two types of one short name: their full names tell them apart
        wanted, given = tag(target), tag(source)
    if wanted == given:
        given = f"another {given}"
    return f"expected {wanted}, got {given}"
