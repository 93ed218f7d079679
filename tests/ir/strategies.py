"""Strategies for specs."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.ir.kinds import names, opaque, types

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
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.policy import Policy
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.ref import Ref, Source
from volery.ir.specs import Bundle, Given, LaunchPlanSpec, Loader, TaskSpec, WorkflowSpec

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
graphs = opaque(_graphs(targets | branches))
interfaces = st.builds(
    Interface,
    st.lists(st.builds(Input, names, types, st.none() | packed, names), max_size=2).map(tuple),
    st.lists(st.builds(Output, names, types), max_size=2).map(tuple),
)
interfaces = opaque(interfaces)
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
