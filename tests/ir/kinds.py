"""Strategies for literal types, and for wire trees of them."""

from __future__ import annotations

import struct

from hypothesis import strategies as st

from volery.ir.content import Content, content_to_wire
from volery.ir.types import (
    BOOL,
    BYTES,
    COMPLEX,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    PATH,
    STR,
    UUID,
    ChoiceType,
    ContentType,
    CustomType,
    EnumMember,
    EnumType,
    Field,
    FrameType,
    JsonType,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    SetType,
    TupleType,
    UnionType,
    is_tagged,
    tag,
)
from volery.ir.values import (
    COMPLEX as COMPLEX_CODE,
    CONTENT,
    DECIMAL as DECIMAL_CODE,
    UUID as UUID_CODE,
    Ext,
    pack,
)


def opaque(strategy):
    """The same strategy with a short repr, which would otherwise hold those of all its parts."""

    @st.composite
    def opaque(draw):
        return draw(strategy)

    return opaque()


names = st.sampled_from(["a", "b", "c", "value", "größe"])

primitives = st.sampled_from([NONE, BOOL, INT, FLOAT, STR, BYTES, DECIMAL, COMPLEX, UUID, PATH])
JSON = JsonType()
jsons = st.sampled_from([JSON, JsonType("list"), JsonType("dict")])
contents = st.builds(
    ContentType, st.sampled_from(["file", "directory", "pickle"]), st.sampled_from(["", "csv"])
)
frames = st.builds(
    FrameType,
    st.lists(
        st.builds(Field, names, st.sampled_from([INT, FLOAT, STR])),
        max_size=3,
        unique_by=lambda each: each.name,
    ).map(tuple),
    st.sampled_from(["", "csv", "parquet"]),
)
COLOR = EnumType("m.Color", (EnumMember("RED", "red"), EnumMember("BLUE", "blue")))
SAME = EnumType("m.Same", (EnumMember("x", "x"),))
LEVEL = EnumType("m.Level", (EnumMember("LOW", 1), EnumMember("HIGH", 2)))
enums = st.sampled_from([COLOR, SAME, LEVEL])
choices = st.lists(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["a", "b", "red"])),
    min_size=1,
    max_size=4,
    unique_by=lambda each: (type(each), each),
).map(lambda values: ChoiceType(tuple(values)))


def _union(parts):
    flat = [each for part in parts for each in getattr(part, "variants", [part])]
    distinct = {tag(part): part for part in flat}
    return UnionType(tuple(distinct.values()))


def _record(name, fields):
    return RecordType(name, tuple(Field(*each) for each in fields))


def _composites(parts):
    types = opaque(parts)
    fields = st.lists(
        st.tuples(names, types, st.booleans()), max_size=3, unique_by=lambda each: each[0]
    )
    return st.one_of(
        st.builds(ListType, types),
        st.builds(SetType, types),
        st.builds(CustomType, st.sampled_from(["m.Money", "m.Shape"]), types),
        st.builds(TupleType, st.lists(types, max_size=3).map(tuple)),
        st.builds(MapType, st.sampled_from([STR, INT]) | enums, types),
        st.builds(_union, st.lists(types, min_size=2, max_size=4)),
        st.builds(_record, st.sampled_from(["m.Point", "m.Row"]), fields),
    )


leaves = primitives | enums | choices | jsons | contents | frames
types = opaque(st.recursive(leaves, _composites, max_leaves=8))


@st.composite
def wires(draw, kind):
    """A wire tree of a type."""
    match kind:
        case ListType(element):
            return draw(st.lists(wires(element), max_size=3))
        case SetType(element):
            elements = st.lists(wires(element), max_size=3, unique_by=pack)
            return sorted(draw(elements), key=pack)
        case TupleType(elements):
            return [draw(wires(each)) for each in elements]
        case MapType(key, value):
            return draw(st.dictionaries(wires(key), wires(value), max_size=3))
        case RecordType(_, fields):
            return {each.name: draw(wires(each.type)) for each in fields}
        case UnionType(parts):
            part = draw(st.sampled_from(parts))
            value = draw(wires(part))
            return [tag(part), value] if is_tagged(kind) and part != NONE else value
        case CustomType(_, base):
            return draw(wires(base))
        case _:
            return draw(_leaf_wires(kind))


def _leaf_wires(kind):
    match kind:
        case EnumType(_, members):
            return st.sampled_from([each.name for each in members])
        case ChoiceType(values):
            return st.sampled_from(values)
        case JsonType(shape):
            return _JSONS[shape]
        case ContentType() | FrameType():
            return st.builds(Content, st.just("0" * 64), st.integers(0, 9)).map(content_to_wire)
        case _:
            return _SCALARS[kind.name]


def _json_parts(parts):
    return st.lists(parts, max_size=3) | st.dictionaries(_JSON_KEYS, parts, max_size=3)


_JSON_KEYS = st.text(max_size=3) | st.integers(-3, 3)
_INTS = st.integers(-(2**63), 2**63 - 1)
_FLOATS = st.floats(allow_nan=False)
_JSON = st.recursive(
    st.none() | st.booleans() | _INTS | _FLOATS | st.text(max_size=5), _json_parts, max_leaves=4
)
_JSONS = {
    "any": _JSON,
    "list": st.lists(_JSON, max_size=3),
    "dict": st.dictionaries(_JSON_KEYS, _JSON, max_size=3),
}
_SCALARS = {
    "none": st.none(),
    "bool": st.booleans(),
    "int": _INTS,
    "float": _FLOATS | st.integers(-3, 3),
    "str": st.text(max_size=5),
    "bytes": st.binary(max_size=5),
    "decimal": st.decimals(allow_nan=False).map(lambda each: Ext(DECIMAL_CODE, str(each).encode())),
    "complex": st.complex_numbers(allow_nan=False).map(
        lambda each: Ext(COMPLEX_CODE, struct.pack(">dd", each.real, each.imag))
    ),
    "uuid": st.uuids().map(lambda each: Ext(UUID_CODE, each.bytes)),
    "path": st.text(min_size=1, max_size=5),
}


def conforms(wire, kind) -> bool:
    """Whether a wire tree is one of a type; written apart from what it is a check of."""
    match kind:
        case ListType(element):
            return type(wire) is list and all(conforms(each, element) for each in wire)
        case SetType(element):
            return conforms(wire, ListType(element)) and _is_in_order(list(map(pack, wire)))
        case TupleType(elements):
            same = type(wire) is list and len(wire) == len(elements)
            return same and all(map(conforms, wire, elements))
        case MapType(key, value):
            return type(wire) is dict and all(
                conforms(each, key) and conforms(wire[each], value) for each in wire
            )
        case RecordType(_, fields):
            known = {each.name: each for each in fields}
            required = {each.name for each in fields if each.required}
            return (
                type(wire) is dict
                and required <= wire.keys() <= known.keys()
                and all(conforms(wire[name], known[name].type) for name in wire)
            )
        case UnionType(parts) if wire is not None and is_tagged(kind):
            return type(wire) is list and any(
                tag(part) == wire[0] and conforms(wire[1], part) for part in parts
            )
        case UnionType(parts):
            return any(conforms(wire, part) for part in parts)
        case _:
            return _leaf_conforms(wire, kind)


def _is_in_order(packed) -> bool:
    return packed == sorted(set(packed))


def _leaf_conforms(wire, kind) -> bool:
    match kind:
        case EnumType(_, members):
            return wire in [each.name for each in members]
        case ChoiceType(values):
            return (type(wire), wire) in [(type(each), each) for each in values]
        case JsonType(shape):
            return _is_json(wire) and shape in {"any", type(wire).__name__}
        case ContentType() | FrameType():
            return type(wire) is Ext and wire.code == CONTENT
        case CustomType(_, base):
            return conforms(wire, base)
        case _:
            return type(wire) in _PYTHON[kind.name]


def _is_json(wire) -> bool:
    match wire:
        case None | bool() | int() | float() | str():
            return True
        case list():
            return all(map(_is_json, wire))
        case dict():
            keys_fit = all(type(key) in {str, int} for key in wire)
            return keys_fit and all(map(_is_json, wire.values()))
        case _:
            return False


_PYTHON = {
    "none": [type(None)],
    "bool": [bool],
    "int": [int],
    "float": [float, int],
    "str": [str],
    "bytes": [bytes],
    "decimal": [Ext],
    "complex": [Ext],
    "uuid": [Ext],
    "path": [str],
}


@st.composite
def widened(draw, kind):
    """A type that values of another may often go to: the same, or wider here and there."""
    how = draw(st.sampled_from(["parts", "parts", "same", "union", "shape", "json"]))
    match how:
        case "same":
            return kind
        case "union" if not isinstance(kind, UnionType):
            return _union([kind, draw(primitives)])
        case "shape":
            return draw(_of_wider_shape(kind))
        case "json":
            return draw(jsons)
        case _:
            return draw(_with_wider_parts(kind))


@st.composite
def _of_wider_shape(draw, kind):
    match kind:
        case TupleType((first, *_)):
            return ListType(draw(widened(first)))
        case UnionType(parts):
            return _union([*parts, draw(primitives)])
        case FrameType(columns):
            return FrameType(columns[1:])
        case ContentType(name):
            return ContentType(name)
        case ChoiceType(values):
            return ChoiceType((*values, "one more"))
        case _:
            return _SCALAR_WIDER.get(kind, kind)


@st.composite
def _with_wider_parts(draw, kind):
    match kind:
        case ListType(element) | SetType(element):
            return type(kind)(draw(widened(element)))
        case CustomType(name, base):
            return CustomType(name, draw(widened(base)))
        case TupleType(elements):
            return TupleType(tuple(draw(widened(each)) for each in elements))
        case MapType(key, value):
            return MapType(_SCALAR_WIDER.get(key, key), draw(widened(value)))
        case RecordType(name, fields):
            return _record(name, [(f.name, draw(widened(f.type)), f.required) for f in fields])
        case UnionType(parts):
            return _union(parts[::-1])
        case FrameType(columns, format):
            wider = tuple(Field(each.name, draw(widened(each.type))) for each in columns)
            return FrameType(wider, format)
        case _:
            return _SCALAR_WIDER.get(kind, kind)


_SCALAR_WIDER = {INT: FLOAT, COLOR: STR, SAME: STR}

TREE = RecordType(
    "m.Tree",
    (
        Field("value", INT),
        Field("children", ListType(RecursiveType("m.Tree"))),
        Field("left", UnionType((RecursiveType("m.Tree"), NONE)), required=False),
    ),
)
