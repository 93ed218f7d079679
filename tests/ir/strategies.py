"""Strategies for literal types, wire trees of them, and specs."""

from __future__ import annotations

from hypothesis import strategies as st

from volery.ir.bindings import (
    Bound,
    Cast,
    Constant,
    Entry,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
)
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import (
    Arm,
    BranchTarget,
    Graph,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Policy,
    Ref,
    Source,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.specs import Bundle, Given, LaunchPlanSpec, Loader, TaskSpec, WorkflowSpec
from volery.ir.types import (
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    ChoiceType,
    EnumMember,
    EnumType,
    Field,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    TupleType,
    UnionType,
    is_tagged,
    tag,
)


def _opaque(strategy):
    """The same strategy with a short repr, which would otherwise hold those of all its parts."""

    @st.composite
    def opaque(draw):
        return draw(strategy)

    return opaque()


names = st.sampled_from(["a", "b", "c", "value", "größe"])

# -- types -------------------------------------------------------------------------------------

primitives = st.sampled_from([NONE, BOOL, INT, FLOAT, STR, BYTES])
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
    types = _opaque(parts)
    fields = st.lists(
        st.tuples(names, types, st.booleans()), max_size=3, unique_by=lambda each: each[0]
    )
    return st.one_of(
        st.builds(ListType, types),
        st.builds(TupleType, st.lists(types, max_size=3).map(tuple)),
        st.builds(MapType, st.sampled_from([STR, INT]) | enums, types),
        st.builds(_union, st.lists(types, min_size=2, max_size=4)),
        st.builds(_record, st.sampled_from(["m.Point", "m.Row"]), fields),
    )


types = _opaque(st.recursive(primitives | enums | choices, _composites, max_leaves=8))


@st.composite
def wires(draw, kind):
    """A wire tree of a type."""
    match kind:
        case EnumType(_, members):
            return draw(st.sampled_from([each.name for each in members]))
        case ChoiceType(values):
            return draw(st.sampled_from(values))
        case ListType(element):
            return draw(st.lists(wires(element), max_size=3))
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
        case _:
            return draw(_SCALARS[kind.name])


_SCALARS = {
    "none": st.none(),
    "bool": st.booleans(),
    "int": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False) | st.integers(-3, 3),
    "str": st.text(max_size=5),
    "bytes": st.binary(max_size=5),
}


def conforms(wire, kind) -> bool:
    """Whether a wire tree is one of a type; written apart from what it is a check of."""
    match kind:
        case EnumType(_, members):
            return wire in [each.name for each in members]
        case ChoiceType(values):
            return (type(wire), wire) in [(type(each), each) for each in values]
        case ListType(element):
            return type(wire) is list and all(conforms(each, element) for each in wire)
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
            return type(wire) in _PYTHON[kind.name]


_PYTHON = {
    "none": [type(None)],
    "bool": [bool],
    "int": [int],
    "float": [float, int],
    "str": [str],
    "bytes": [bytes],
}


@st.composite
def widened(draw, kind):
    """A type that values of another may often go to: the same, or wider here and there."""
    how = draw(st.integers(0, 4))
    if how == 0:
        return kind
    if how == 1 and not isinstance(kind, UnionType):
        return _union([kind, draw(primitives)])
    match kind:
        case ListType(element):
            return ListType(draw(widened(element)))
        case TupleType((first, *_)) if how == 2:
            return ListType(draw(widened(first)))
        case TupleType(elements):
            return TupleType(tuple(draw(widened(each)) for each in elements))
        case MapType(key, value):
            return MapType(_SCALAR_WIDER.get(key, key), draw(widened(value)))
        case RecordType(name, fields):
            return _record(name, [(f.name, draw(widened(f.type)), f.required) for f in fields])
        case UnionType(parts):
            return _union([*parts, draw(primitives)] if how == 2 else parts[::-1])
        case ChoiceType(values):
            return ChoiceType((*values, "one more"))
        case _:
            return _SCALAR_WIDER.get(kind, kind)


_SCALAR_WIDER = {INT: FLOAT, COLOR: STR, SAME: STR}


# -- specs -------------------------------------------------------------------------------------

paths = st.lists(names | st.integers(0, 3), max_size=2).map(tuple)
packed = st.binary(max_size=4)
references = st.builds(InputRef, names, paths) | st.builds(OutputRef, names, names, paths)
bindings = st.recursive(
    references | st.builds(Constant, packed),
    lambda inner: st.one_of(
        st.builds(ListBinding, st.lists(inner, max_size=3).map(tuple)),
        st.builds(MapBinding, st.lists(st.builds(Entry, packed, inner), max_size=3).map(tuple)),
        st.builds(Cast, inner, types, types),
    ),
    max_leaves=4,
)
bounds = st.lists(st.builds(Bound, names, bindings), max_size=2).map(tuple)
operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
predicates = st.recursive(
    st.builds(Comparison, operators, bindings, bindings) | st.builds(IsNone, bindings),
    lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner),
    max_leaves=3,
)
refs = st.builds(Ref, st.sampled_from(["task", "workflow", "launch_plan"]), names)
targets = st.one_of(
    st.builds(TaskTarget, names),
    st.builds(WorkflowTarget, names),
    st.builds(LaunchPlanTarget, names),
    st.builds(
        MapTarget,
        refs,
        st.lists(names, max_size=2).map(tuple),
        st.none() | st.integers(1, 9),
        st.floats(0, 1),
        st.none() | st.integers(0, 9),
    ),
)
sources = st.none() | st.builds(Source, names, st.integers(1, 999))
policies = st.builds(
    Policy,
    st.none() | st.integers(0, 5),
    st.lists(st.tuples(names, names), max_size=2).map(tuple),
)


def _graphs(targets):
    nodes = st.builds(
        Node, names, targets, bounds, st.lists(names, max_size=2).map(tuple), policies, sources
    )
    return st.builds(Graph, st.lists(nodes, max_size=3).map(tuple), bounds)


arms = st.builds(Arm, st.none() | predicates, st.none() | _graphs(targets), st.none() | names)
branches = st.builds(BranchTarget, st.lists(arms, max_size=2).map(tuple))
graphs = _opaque(_graphs(targets | branches))
interfaces = st.builds(
    Interface,
    st.lists(st.builds(Input, names, types, st.none() | packed, names), max_size=2).map(tuple),
    st.lists(st.builds(Output, names, types), max_size=2).map(tuple),
)
interfaces = _opaque(interfaces)
tasks = st.builds(
    TaskSpec,
    names,
    interfaces,
    st.sampled_from(["python", "shell"]),
    st.none() | st.builds(Loader, names, names),
    names,
    policies,
)
workflows = st.builds(WorkflowSpec, names, interfaces, graphs)
launch_plans = st.builds(
    LaunchPlanSpec,
    names,
    names,
    interfaces,
    st.lists(st.builds(Given, names, packed), max_size=2).map(tuple),
)
bundles = st.builds(
    Bundle,
    st.lists(tasks, max_size=2).map(tuple),
    st.lists(workflows, max_size=2).map(tuple),
    st.lists(launch_plans, max_size=2).map(tuple),
)

TREE = RecordType(
    "m.Tree",
    (
        Field("value", INT),
        Field("children", ListType(RecursiveType("m.Tree"))),
        Field("left", UnionType((RecursiveType("m.Tree"), NONE)), required=False),
    ),
)
