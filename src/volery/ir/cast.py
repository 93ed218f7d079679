"""Casts: the wire form of a value, changed from one type to another that it is assignable to.

Most assignable pairs share their wire form. It differs where an enum becomes its text, and where a
union adds, changes or takes away the tag of a variant. A set whose elements change is put in order
again; elements that become the same are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from volery.ir.assign import among, laid_out, takers, variants
from volery.ir.types import (
    NONE,
    ChoiceType,
    CustomType,
    EnumType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
    is_tagged,
    tag,
    unfold,
)
from volery.ir.values import Wire, pack

Pair = tuple[LiteralType, LiteralType]
Change = Callable[[Wire], Wire]


def needs_cast(source: LiteralType, target: LiteralType) -> bool:
    """Whether the wire form changes between two types, the first assignable to the second."""
    return _differs(source, target, set())


def cast_wire(wire: Wire, source: LiteralType, target: LiteralType) -> Wire:
    """The wire tree of a value of `source` as one of `target`, which `source` is assignable to."""
    return _change(source, target, {})(wire)


def _differs(source: LiteralType, target: LiteralType, seen: set[Pair]) -> bool:
    """Whether this pair or one that it leads to changes the wire form; each is looked at once."""
    if source == target or (source, target) in seen:
        return False
    seen.add((source, target))
    match source, target:
        case (UnionType(), _) | (_, UnionType()):
            return any(
                _word(part, source) != _word(taker, target) or _differs(part, taker, seen)
                for part, taker in _routes(source, target)
            )
        case EnumType(_, members), PrimitiveType() | JsonType():
            return any(each.name != each.value for each in members)
        case (
            (ListType(given), ListType(wanted))
            | (SetType(given), SetType(wanted))
            | (CustomType(_, given), CustomType(_, wanted))
        ):
            return _differs(given, wanted, seen)
        case TupleType(), TupleType() | ListType():
            return any(_differs(*pair, seen) for pair in _elements(source, target))
        case MapType(), MapType():
            return _differs(source.key, target.key, seen) or _differs(
                source.value, target.value, seen
            )
        case RecordType(), RecordType():
            return any(_differs(*pair, seen) for pair in _fields(source, target).values())
        case _, JsonType() if laid_out(target, source) != target:
            return _differs(source, laid_out(target, source), seen)
        case _:
            return False


def _change(source: LiteralType, target: LiteralType, made: dict[Pair, Change]) -> Change:
    """The function that changes the wire form. `made` ties the knot of records that recur."""
    pair = source, target

    def made_by_then(wire: Wire) -> Wire:
        return made[pair](wire)

    if pair not in made:
        made[pair] = made_by_then
        made[pair] = _make(source, target, made) if needs_cast(source, target) else _unchanged
    return made[pair]


def _make(source: LiteralType, target: LiteralType, made: dict[Pair, Change]) -> Change:
    match source, target:
        case (UnionType(), _) | (_, UnionType()):
            return _between_unions(source, target, made)
        case EnumType(_, members), _:
            return {each.name: each.value for each in members}.__getitem__
        case ListType(given), ListType(wanted):
            element = _change(given, wanted, made)
            return lambda wire: [element(each) for each in wire]
        case SetType(given), SetType(wanted):
            element = _change(given, wanted, made)
            return lambda wire: _distinct(element(each) for each in wire)
        case CustomType(_, given), CustomType(_, wanted):
            return _change(given, wanted, made)
        case TupleType(), TupleType() | ListType():
            elements = [_change(*pair, made) for pair in _elements(source, target)]
            return lambda wire: [change(each) for change, each in zip(elements, wire, strict=True)]
        case MapType(), MapType():
            key = _change(source.key, target.key, made)
            value = _change(source.value, target.value, made)
            return lambda wire: _entries(wire, key, value)
        case RecordType(), RecordType():
            fields = {name: _change(*pair, made) for name, pair in _fields(source, target).items()}
            return lambda wire: {name: fields[name](wire[name]) for name in wire}
        case _, JsonType() if laid_out(target, source) != target:
            return _change(source, laid_out(target, source), made)
        case _:
            return _unchanged


def _between_unions(source: LiteralType, target: LiteralType, made: dict[Pair, Change]) -> Change:
    routes = {
        part: (_word(taker, target), _change(part, taker, made))
        for part, taker in _routes(source, target)
    }

    def change(wire: Wire) -> Wire:
        part, bare = _opened(wire, source)
        word, inner = routes[part]
        return inner(bare) if word is None else [word, inner(bare)]

    return change


def _routes(source: LiteralType, target: LiteralType) -> list[Pair]:
    """The variants of `source`, each with what takes it in `target`."""
    if not isinstance(target, UnionType):
        return [(part, target) for part in variants(source)]
    return [(part, takers(part, target)[0]) for part in variants(source)]


def _opened(wire: Wire, source: LiteralType) -> tuple[LiteralType, Wire]:
    """The variant that a value is of, and its wire tree without the tag."""
    parts = variants(source)
    match source:
        case _ if wire is None and NONE in parts:
            return NONE, None
        case ChoiceType():
            choices = [part for part in parts if isinstance(part, ChoiceType)]
            return next(part for part in choices if among(wire, part.values)), wire
        case UnionType() if is_tagged(source):
            word, bare = cast("tuple[str, Wire]", wire)
            return next(part for part in parts if tag(part) == word), bare
        case _:
            return next(part for part in parts if part != NONE), wire


def _word(part: LiteralType, whole: LiteralType) -> str | None:
    """The tag that a value of this variant carries; None: it stands bare."""
    if isinstance(whole, UnionType) and is_tagged(whole) and part != NONE:
        return tag(part)
    return None


def _elements(source: TupleType, target: TupleType | ListType) -> list[Pair]:
    match target:
        case TupleType(wanted):
            return list(zip(source.elements, wanted, strict=True))
        case ListType(wanted):
            return [(each, wanted) for each in source.elements]


def _fields(source: RecordType, target: RecordType) -> dict[str, Pair]:
    """The fields that both versions of a record have, with their two types."""
    wanted = {each.name: each.type for each in unfold(target)}
    return {each.name: (each.type, wanted[each.name]) for each in unfold(source)}


def _entries(wire: Wire, key: Change, value: Change) -> Wire:
    """The entries of a map changed; one with keys that no wire map can have is a list of pairs."""
    if isinstance(wire, dict):
        entries = cast("dict[Wire, Wire]", wire)
        return {key(each): value(entries[each]) for each in entries}
    return [[key(each), value(found)] for each, found in wire]


def _distinct(elements: Iterable[Wire]) -> Wire:
    """Elements of a set in its order, that of their packed form."""
    packed = {pack(each): each for each in elements}
    return [packed[each] for each in sorted(packed)]


def _unchanged(wire: Wire) -> Wire:
    return wire
