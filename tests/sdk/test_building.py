"""Nodes as objects, and workflows that are built by calls."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from volery import LaunchPlan, Workflow, create_node, map_task, task, workflow
from volery.errors import (
    CompileError,
    DefinitionError,
    NotFound,
    PromiseError,
    TypeMismatch,
    UnsupportedType,
)
from volery.ir.bindings import InputRef, OutputRef
from volery.ir.nodes import BranchTarget, LaunchPlanTarget, MapTarget, TaskTarget, WorkflowTarget
from volery.sdk.compile import compile_entity


class Stats(NamedTuple):
    mean: float
    count: int


@task
def number() -> int:
    return 1


@task
def double(n: int) -> int:
    return n * 2


@task
def stats(n: int) -> Stats:
    return Stats(1.0, n)


@task
def nothing() -> None: ...


@workflow
def inner(n: int) -> int:
    return double(n=n)


# -- create_node ---------------------------------------------------------------------------------


def test_a_node_has_its_outputs_by_name_and_as_attributes():
    @workflow
    def wf(n: int) -> tuple[int, float]:
        first = create_node(double, n=n)
        second = create_node(stats, n=first.outputs["o0"])
        return first.o0, second.mean

    assert [each.binding for each in wf.spec.graph.outputs] == [
        OutputRef("n0", "o0"),
        OutputRef("n1", "mean"),
    ]


def test_nodes_are_put_in_order_and_adjusted():
    @workflow
    def wf() -> None:
        first = create_node(nothing).with_overrides(node_name="first", retries=1)
        second = create_node(number)
        third = create_node(inner, n=1)
        first >> second >> third
        first.runs_before(third)

    nodes = wf.spec.graph.nodes
    assert [(node.id, node.after) for node in nodes] == [
        ("first", ()),
        ("n1", ("first",)),
        ("n2", ("n1", "first")),
    ]


def test_a_map_can_be_a_node():
    @workflow
    def wf() -> list[int]:
        return create_node(map_task(double), n=[1]).o0

    assert isinstance(wf.spec.graph.nodes[0].target, MapTarget)


def doing(act):
    def body() -> None:
        act()

    return compile_entity(workflow(body))


def test_wrong_uses_of_create_node_are_refused():
    with pytest.raises(CompileError, match=r"write double\(n=1\)"):
        doing(lambda: create_node(double, 1))
    with pytest.raises(DefinitionError, match=r"create_node takes a task.*got 3"):
        doing(lambda: create_node(3))
    with pytest.raises(DefinitionError, match="stands outside of a workflow"):
        create_node(double, n=1)
    with pytest.raises(PromiseError, match=r"no output o1(.|\n)*did you mean o0"):
        doing(lambda: create_node(number).o1)
    with pytest.raises(NotFound, match=r"no output o1(.|\n)*did you mean o0"):
        doing(lambda: create_node(number).outputs["o1"])
    with pytest.raises(PromiseError, match=r"indexed(.|\n)*take an output of it: node.o0"):
        doing(lambda: create_node(number)[0])
    with pytest.raises(CompileError, match="expected int, got the whole <node n0 number>"):
        doing(lambda: double(n=create_node(number)))


# -- Workflow ------------------------------------------------------------------------------------


def built():
    wf = Workflow(name="built.by.hand", docs="Made of calls.")
    n = wf.add_workflow_input("n", int)
    node = wf.add_entity(double, n=n)
    wf.add_workflow_output("doubled", node.outputs["o0"])
    return wf


def test_a_workflow_is_built_by_calls():
    wf = built()
    assert wf.ready()
    assert wf.spec.name == "built.by.hand"
    assert wf.spec.description == "Made of calls."
    assert wf.spec.graph.nodes[0].inputs[0].binding == InputRef("n")
    assert [(each.name, each.binding) for each in wf.spec.graph.outputs] == [
        ("doubled", OutputRef("n0", "o0"))
    ]
    assert wf.spec.source.file.endswith("test_building.py")


def test_all_kinds_of_entities_can_be_added():
    wf = Workflow(name="built.kinds")
    n = wf.add_workflow_input("n", int)
    first = wf.add_task(double, n=n)
    second = wf.add_subwf(inner, n=first.o0)
    plan = LaunchPlan.get_or_create(inner, "test_building_plan")
    third = wf.add_launch_plan(plan, n=second.o0)
    wf.add_entity(map_task(double), n=[n, first.o0])
    first >> third
    targets = [type(node.target) for node in wf.spec.graph.nodes]
    assert targets == [TaskTarget, WorkflowTarget, LaunchPlanTarget, MapTarget]


def test_outputs_may_be_lists_of_promises_when_their_type_is_said():
    wf = Workflow(name="built.lists")
    n = wf.add_workflow_input("n", int)
    node = wf.add_entity(stats, n=n)
    wf.add_workflow_output("both", [n, node.count], python_type=list[int])
    wf.add_workflow_output("table", {"a": n}, python_type=dict[str, int])
    wf.add_workflow_output("same", n)
    assert [each.name for each in wf.interface.outputs] == ["both", "table", "same"]
    assert wf.spec.graph.nodes


def test_a_conditional_can_be_built():
    wf = Workflow(name="built.choice")
    n = wf.add_workflow_input("n", int)
    result = (
        wf.create_conditional("c")
        .if_(n > 1)
        .then(wf.add_entity(double, n=n))
        .else_()
        .then(wf.add_entity(number))
    )
    wf.add_workflow_output("o", result, python_type=int)
    assert isinstance(wf.spec.graph.nodes[0].target, BranchTarget)
    assert number() == 1


def test_a_built_workflow_can_be_embedded():
    wf = built()

    @workflow
    def outer() -> int:
        return wf(n=1).doubled if False else create_node(wf, n=1).doubled

    assert outer.spec.graph.nodes[0].target == WorkflowTarget("built.by.hand")


def test_a_workflow_is_ready_when_it_has_a_node_and_uses_its_inputs():
    wf = Workflow(name="built.slowly")
    assert not wf.ready()
    n = wf.add_workflow_input("n", int)
    wf.add_entity(number)
    assert not wf.ready()
    with pytest.raises(DefinitionError, match="is not ready: input n is not used"):
        compile_entity(wf)
    wf.add_entity(double, n=wf.inputs["n"])
    assert wf.ready()
    assert repr(n) == "Promise(n: int)"


def test_wrong_uses_of_a_built_workflow_are_refused():
    wf = Workflow(name="built.wrongly")
    n = wf.add_workflow_input("n", int)
    with pytest.raises(DefinitionError, match="has an input n already"):
        wf.add_workflow_input("n", str)
    with pytest.raises(DefinitionError, match="'a b' cannot be the name of an input"):
        wf.add_workflow_input("a b", str)
    with pytest.raises(DefinitionError, match=r"type of output o is not known(.|\n)*python_type="):
        wf.add_workflow_output("o", [n])
    with pytest.raises(TypeMismatch, match="expected str, got 3"):
        wf.add_workflow_output("o", 3, python_type=str)
    wf.add_workflow_output("o", n)
    with pytest.raises(DefinitionError, match="has an output o already"):
        wf.add_workflow_output("o", n)
    with pytest.raises(DefinitionError, match=r"no option failure_polic=(.|\n)*failure_policy"):
        Workflow(name="x", failure_polic=1)
    with pytest.raises(DefinitionError, match="default_options= is not available yet"):
        Workflow(name="x", default_options=None)
    with pytest.raises(DefinitionError, match="name= takes a string, got 3"):
        Workflow(name=3)


def test_the_problems_of_a_built_workflow_are_listed():
    wf = Workflow(name="built.badly")
    wf.add_entity(double, n="x")
    wf.add_entity(double)
    with pytest.raises(CompileError, match="has 2 problems"):
        compile_entity(wf)


def test_a_compiled_workflow_cannot_be_changed():
    wf = built()
    compile_entity(wf)
    with pytest.raises(DefinitionError, match="has been compiled and cannot be changed"):
        wf.add_entity(number)


def test_an_arm_that_is_never_closed_leaves_plain_calls_plain():
    wf = Workflow(name="built.open")
    n = wf.add_workflow_input("n", int)
    with pytest.raises(ZeroDivisionError):
        wf.create_conditional("c").if_(n > 1).then(1 / 0)
    assert number() == 1
    with pytest.raises(DefinitionError, match="arm 1 of conditional c is left open"):
        compile_entity(wf)


def test_a_plain_call_with_a_promise_says_where_to_make_it():
    wf = Workflow(name="built.plainly")
    n = wf.add_workflow_input("n", int)
    with pytest.raises(TypeMismatch, match=r"got Promise\(n: int\)(.|\n)*add_entity"):
        double(n=n)


def test_an_unknown_input_names_the_nearest():
    wf = Workflow(name="built.inputs")
    wf.add_workflow_input("number", int)
    with pytest.raises(NotFound, match=r"has no input numbr(.|\n)*did you mean number"):
        _ = wf.inputs["numbr"]


def test_ports_that_cannot_be_are_refused_with_their_names():
    wf = Workflow(name="built.ports")
    with pytest.raises(UnsupportedType, match=r"built.ports .*: input n: (.|\n)*tuple\[int"):
        wf.add_workflow_input("n", tuple)
    with pytest.raises(TypeMismatch, match=r"output o \(.*test_building.py:\d+\): expected str"):
        wf.add_workflow_output("o", 3, str)
