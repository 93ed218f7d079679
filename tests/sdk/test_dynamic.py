"""Dynamic and eager tasks: how they are declared, and the graphs that dynamic ones emit."""

from __future__ import annotations

import functools
from typing import NamedTuple

import pytest

from volery import (
    LaunchPlan,
    approve,
    conditional,
    dynamic,
    eager,
    map_task,
    sleep,
    task,
    workflow,
)
from volery.errors import CallError, CompileError, DefinitionError, PromiseError
from volery.ir.bindings import Bound, Constant, ListBinding, OutputRef
from volery.ir.nodes import BranchTarget, GateTarget, LaunchPlanTarget, MapTarget, TaskTarget
from volery.ir.ref import Ref
from volery.ir.values import pack
from volery.ir.work import EMITTED
from volery.sdk.compile import compile_entity
from volery.sdk.emit import emit

MANY = 1000


class Pair(NamedTuple):
    low: int
    high: int


@task
def add(a: int, b: int = 0) -> int:
    return a + b


@task
def text(n: int) -> str:
    return str(n)


@workflow
def twice(n: int) -> int:
    return add(a=add(a=n))


@workflow
def four_times(n: int) -> int:
    return add(a=twice(n=n), b=twice(n=n))


@dynamic
def fib(n: int) -> int:
    if n < 2:
        return n
    return add(a=fib(n=n - 1), b=fib(n=n - 2))


def emitted(function, arguments=None, most=MANY):
    return emit(dynamic(function), arguments or {}, most)


def graph_of(function, arguments=None):
    [spec] = [
        each for each in emitted(function, arguments).bundle.workflows if each.name == EMITTED
    ]
    return spec.graph


# -- declarations --------------------------------------------------------------------------------


def test_dynamic_and_eager_tasks_are_tasks_with_a_mode():
    @eager(retries=1)
    async def main(n: int) -> int:
        return n

    assert (fib.spec.mode, main.spec.mode, add.spec.mode) == ("dynamic", "eager", "")
    assert main.spec.policy.retries == 1
    assert repr(fib) == f"<task {fib.name}>"


def test_in_a_workflow_they_are_nodes_like_other_tasks():
    @workflow
    def flow(n: int) -> int:
        return fib(n=n)

    assert flow.spec.graph.nodes[0].target == TaskTarget(fib.name)
    assert [each.mode for each in compile_entity(flow).bundle.tasks] == ["dynamic"]


def test_functions_of_the_wrong_colour_are_refused():
    async def waits(n: int) -> int:
        return n

    def calls(n: int) -> int:
        return n

    def yields(n: int) -> int:
        yield n

    with pytest.raises(DefinitionError, match=r"dynamic task cannot be async(.|\n)*@eager"):
        dynamic(waits)
    with pytest.raises(DefinitionError, match=r"an eager task has to be async(.|\n)*async def"):
        eager(calls)
    with pytest.raises(DefinitionError, match=r"it yields(.|\n)*collect the promises in a list"):
        dynamic(yields)
    with pytest.raises(DefinitionError, match=r"@eager takes a function, got 3"):
        eager(3)
    with pytest.raises(DefinitionError, match=r"no option retrys=\n  hint: did you mean retries"):
        dynamic(retrys=1)(calls)


def test_an_awaited_call_belongs_into_an_eager_function():
    plan = LaunchPlan.get_or_create(twice, "test_dynamic_aio")
    for entity in (add, twice, plan, map_task(add)):
        with pytest.raises(CallError, match=r"\.aio\(\) is for functions of eager tasks"):
            entity.aio(a=1)


# -- emitted graphs ------------------------------------------------------------------------------


def test_calls_with_native_inputs_become_a_graph_without_inputs():
    program = emit(fib, {"n": 4}, MANY)
    [spec] = program.bundle.workflows
    assert spec.name == EMITTED
    assert spec.interface.inputs == ()
    assert spec.interface.outputs == fib.interface.outputs
    assert [each.target.name for each in spec.graph.nodes] == [fib.name, fib.name, add.name]
    assert spec.graph.nodes[0].inputs == (Bound("n", Constant(pack(3))),)
    assert spec.graph.outputs == (Bound("o0", OutputRef("n2", "o0")),)
    assert program.tasks == {fib.name: fib, add.name: add}


def test_plain_values_become_constants():
    graph = graph_of(fib.function, {"n": 1})
    assert graph.nodes == ()
    assert graph.outputs == (Bound("o0", Constant(pack(1))),)


def test_outputs_may_mix_promises_and_values():
    def several(ns: list[int]) -> tuple[list[int], Pair | None]:
        return [add(a=n) if n > 1 else n for n in ns], None

    outputs = graph_of(several, {"ns": [1, 2]}).outputs
    assert outputs[0].binding == ListBinding((Constant(pack(1)), OutputRef("n0", "o0")))

    def named() -> Pair:
        return Pair(low=1, high=add(a=1))

    assert [each.name for each in graph_of(named).outputs] == ["low", "high"]


def test_everything_that_a_workflow_may_hold_may_be_emitted():
    plan = LaunchPlan.get_or_create(twice, "test_dynamic_plan")

    def body(n: int) -> int:
        x = approve(add(a=n), "release")
        sleep(1) >> x
        map_task(functools.partial(add, b=x))(a=list(range(n)))
        y = plan(n=n)
        return conditional("c").if_(y > 1).then(twice(n=n)).else_().then(x)

    assert [type(each.target) for each in graph_of(body, {"n": 3}).nodes] == [
        TaskTarget,
        GateTarget,
        GateTarget,
        MapTarget,
        LaunchPlanTarget,
        BranchTarget,
    ]
    bundle = emitted(body, {"n": 3}).bundle
    assert {each.name for each in bundle.workflows} == {EMITTED, twice.name}


def test_a_value_may_be_approved_of_before_it_is_used():
    def body(n: int) -> int:
        return approve(n, "release")

    [gate] = graph_of(body, {"n": 3}).nodes
    assert gate.inputs == (Bound("o0", Constant(pack(3))),)


def test_all_problems_of_an_emitted_graph_are_listed():
    def body(n: int) -> str:
        add(a=text(n=n))
        return add(a=n)

    line = body.__code__.co_firstlineno
    with pytest.raises(CompileError) as caught:
        emitted(body, {"n": 1})
    told = str(caught.value)
    assert "the graph that task" in told
    assert f"node n1 add(a=...) at line {line + 1}: expected int, got str" in told
    assert f"output o0 at line {line + 2}: declared str, got int" in told
    assert len(caught.value.problems) == 2


def test_a_promise_in_a_body_is_no_value():
    def body(n: int) -> int:
        return 1 if add(a=n) else n

    with pytest.raises(PromiseError, match="cannot be tested for truth"):
        emitted(body, {"n": 1})


def test_what_the_function_raises_comes_with_a_note():
    def body() -> int:
        raise KeyError("no")

    with pytest.raises(KeyError) as caught:
        emitted(body)
    assert "what tasks give back there are promises" in caught.value.__notes__[0]


def test_calls_are_plain_again_behind_an_emission():
    emit(fib, {"n": 4}, MANY)
    assert add(a=1) == 1


# -- limits --------------------------------------------------------------------------------------


def test_a_body_that_never_ends_is_stopped():
    def body() -> int:
        while True:
            add(a=1)

    with pytest.raises(CompileError, match=r"has more than 10 nodes(.|\n)*VOLERY_DYNAMIC_NODES"):
        emitted(body, most=10)


@pytest.mark.parametrize(("count", "fits"), [(2, True), (3, False)])
def test_nodes_of_workflows_count_wherever_they_are_used(count, fits):
    def body() -> None:
        for n in range(count):
            four_times(n=n)  # a node, with 3 inside, of which two hold 2 more

    if fits:
        assert emitted(body, most=16)
    else:
        with pytest.raises(CompileError, match="has more than 16 nodes"):
            emitted(body, most=16)


def test_nodes_in_arms_count():
    def body(n: int) -> int:
        x = add(a=n)
        return conditional("c").if_(x > 1).then(add(a=x)).else_().then(add(a=1))

    assert emitted(body, {"n": 1}, most=4)
    with pytest.raises(CompileError, match="has more than 3 nodes"):
        emitted(body, {"n": 1}, most=3)


def test_a_map_is_one_node_however_long_its_lists():
    def body() -> list[int]:
        return map_task(add)(a=list(range(100)))

    graph = emitted(body, most=1).bundle.workflows[0].graph
    assert graph.nodes[0].target.target == Ref("task", add.name)
