"""Maps: targets, bound inputs, types, and what each misuse says."""

from __future__ import annotations

import functools
from typing import NamedTuple

import pytest

from volery import LaunchPlan, dynamic, eager, map_task, task, workflow
from volery.errors import CallError, CompileError, DefinitionError
from volery.ir.bindings import Constant, InputRef, ListBinding, OutputRef
from volery.ir.codec import canonical, digest_of, read_bundle
from volery.ir.nodes import MapTarget
from volery.ir.ref import Ref
from volery.ir.types import INT, ListType
from volery.ir.values import pack
from volery.sdk.compile import compile_entity


class Pair(NamedTuple):
    low: int
    high: int


@task
def add(a: int, b: int, c: int = 0) -> int:
    return a + b + c


@task
def double(a: int) -> int:
    return a * 2


@task
def pair(a: int) -> Pair:
    return Pair(a, a)


@task
def nothing(a: int) -> None: ...


@task
def base() -> int:
    return 1


@workflow
def inner(a: int) -> int:
    return double(a=a)


def node_of(body):
    return next(n for n in workflow(body).spec.graph.nodes if isinstance(n.target, MapTarget))


def test_a_map_is_one_node_over_the_given_lists():
    def body(values: list[int]) -> list[int]:
        return map_task(add, concurrency=4)(a=values, b=[1, 2])

    node = node_of(body)
    assert node.target == MapTarget(Ref("task", add.name), ("a", "b"), concurrency=4)
    assert {each.name: each.binding for each in node.inputs} == {
        "a": InputRef("values"),
        "b": Constant(pack([1, 2])),
        "c": Constant(pack(0)),
    }
    assert workflow(body).spec.graph.outputs[0].binding == OutputRef("n0", "o0")


def test_a_partial_binds_what_is_the_same_for_all_elements():
    def body(values: list[int]) -> list[int]:
        b = base()
        return map_task(functools.partial(add, b=b))(a=values)

    node = node_of(body)
    assert node.target.over == ("a",)
    assert node.inputs[1].binding == OutputRef("n0", "o0")


def test_an_input_with_default_may_be_mapped_too():
    def body(values: list[int]) -> list[int]:
        return map_task(functools.partial(add, b=1))(a=values, c=values)

    assert node_of(body).target.over == ("a", "c")


def test_workflows_and_launch_plans_are_targets():
    plan = LaunchPlan.get_or_create(inner, "test_map_plan")

    def body(values: list[int]) -> list[int]:
        map_task(inner)(a=values)
        return map_task(plan)(a=values)

    first, second = workflow(body).spec.graph.nodes
    assert first.target.target == Ref("workflow", inner.name)
    assert second.target.target == Ref("launch_plan", "test_map_plan")
    assert len(compile_entity(workflow(body)).bundle.workflows) == 2


def test_every_output_becomes_a_list():
    def body(values: list[int]) -> list[int]:
        result = map_task(pair)(a=values)
        return result.high

    assert workflow(body).spec.graph.outputs[0].binding == OutputRef("n0", "high")


def test_a_target_without_outputs_gives_nothing():
    def body(values: list[int]) -> None:
        return map_task(nothing)(a=values)

    assert node_of(body).target.over == ("a",)


@pytest.mark.parametrize("options", [{"min_success_ratio": 0.5}, {"min_successes": 1}])
def test_elements_that_may_fail_give_none(options):
    def lenient(values: list[int]) -> list[int | None]:
        return map_task(double, **options)(a=values)

    def strict(values: list[int]) -> list[int]:
        return map_task(double, **options)(a=values)

    assert node_of(lenient)
    with pytest.raises(CompileError, match=r"expected int, got int \| None"):
        compile_entity(workflow(strict))


def test_a_list_may_mix_promises_and_constants():
    def body() -> list[int]:
        return map_task(double)(a=[base(), 2])

    binding = node_of(body).inputs[0].binding
    assert binding == ListBinding((OutputRef("n0", "o0"), Constant(pack(2))))


def test_no_limit_of_concurrency_may_be_written_as_zero():
    def body(values: list[int]) -> list[int]:
        return map_task(double, concurrency=0)(a=values)

    assert node_of(body).target.concurrency is None


def test_dynamic_and_eager_tasks_are_targets():
    @dynamic
    def grow(a: int) -> int:
        return double(a=a)

    @eager
    async def call(a: int) -> int:
        return await double.aio(a=a)

    def body(values: list[int]) -> list[int]:
        map_task(grow)(a=values)
        return map_task(call)(a=values)

    first, second = workflow(body).spec.graph.nodes
    assert first.target.target == Ref("task", grow.name)
    assert second.target.target == Ref("task", call.name)


# -- maps of maps --------------------------------------------------------------------------------


def test_a_map_of_a_map_maps_a_workflow_of_one_node():
    def body(rows: list[list[int]]) -> list[list[int]]:
        return map_task(map_task(add, concurrency=2))(a=rows, b=rows)

    bundle = compile_entity(workflow(body)).bundle
    inner, outer = sorted(bundle.workflows, key=lambda each: each.name)
    [node] = outer.graph.nodes
    assert node.target == MapTarget(Ref("workflow", inner.name), ("a", "b"))
    [node] = inner.graph.nodes
    assert node.target == MapTarget(Ref("task", add.name), ("a", "b"), concurrency=2)
    assert inner.interface.outputs[0].type == ListType(INT)


def test_what_is_bound_at_any_depth_is_the_same_for_all_elements():
    inner = map_task(functools.partial(add, b=1))

    def body(rows: list[list[int]]) -> list[list[int]]:
        c = base()
        return map_task(functools.partial(inner, c=c))(a=rows)

    _, node = workflow(body).spec.graph.nodes
    assert node.target.over == ("a",)
    assert {each.name: each.binding for each in node.inputs} == {
        "a": InputRef("rows"),
        "b": Constant(pack(1)),
        "c": OutputRef("n0", "o0"),
    }


def test_a_map_that_is_written_twice_is_one_workflow():
    def body(rows: list[list[int]]) -> list[list[int]]:
        map_task(map_task(double))(a=rows)
        map_task(map_task(double, concurrency=1))(a=rows)
        return map_task(map_task(double))(a=rows)

    assert len(compile_entity(workflow(body)).bundle.workflows) == 3


def test_maps_of_maps_may_be_deep():
    def body(cubes: list[list[list[int]]]) -> list[list[list[int]]]:
        return map_task(map_task(map_task(double)))(a=cubes)

    assert len(compile_entity(workflow(body)).bundle.workflows) == 3


def test_the_same_program_comes_of_a_map_wherever_it_is_compiled():
    def body(rows: list[list[int]]) -> list[list[int]]:
        return map_task(map_task(pair))(a=rows).low

    first = digest_of(compile_entity(workflow(body)).bundle)
    assert digest_of(compile_entity(workflow(body)).bundle) == first


# -- misuse --------------------------------------------------------------------------------------


def test_what_is_no_list_is_a_problem_of_the_graph():
    def body(a: int) -> list[int]:
        return map_task(double)(a=a)

    with pytest.raises(CompileError, match=r"expected list\[int\], got int"):
        compile_entity(workflow(body))


def test_a_list_of_other_elements_is_a_problem_of_the_graph():
    def body(values: list[str]) -> list[int]:
        return map_task(double)(a=values)

    with pytest.raises(CompileError, match="in list element: expected int, got str"):
        compile_entity(workflow(body))


def test_constant_lists_of_different_lengths_are_refused():
    with pytest.raises(CallError, match="lists of one length: a has 1, b has 2"):
        map_task(add)(a=[1], b=[1, 2])
    with pytest.raises(CallError, match="lists of one length: a has 1, b has 2"):
        map_task(functools.partial(add, c=1))(a=[1], b=[1, 2])


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (3, r"map_task \(.*test_map.py:\d+\) takes a task, a workflow, a .* partial of one, got 3"),
        (print, "takes a task"),
        (functools.partial(add, 1), "binds 1 values by position(.|\n)*functools.partial"),
        (functools.partial(add, z=1), "binds z; task .*add has no input z"),
    ],
)
def test_what_cannot_be_mapped_is_refused(target, told):
    with pytest.raises(DefinitionError, match=told):
        map_task(target)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"concurrency": -1}, "concurrency= takes a whole number"),
        ({"min_successes": 1.5}, "min_successes= takes a whole number"),
        ({"min_success_ratio": 2}, "min_success_ratio= takes a number from 0 to 1"),
        ({"concurency": 1}, "did you mean concurrency"),
        ({"metadata": 1}, "metadata= is not available yet"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, told):
    with pytest.raises(DefinitionError, match=told):
        map_task(double, **options)


@pytest.mark.parametrize("ratio", [0, 1])
def test_a_whole_number_as_ratio_gives_the_digest_that_it_has_when_read_again(ratio):
    def body(xs: list[int]) -> list[int | None]:
        return map_task(double, min_success_ratio=ratio)(a=xs)

    bundle = compile_entity(workflow(body)).bundle
    assert digest_of(read_bundle(canonical(bundle))) == digest_of(bundle)


def test_wrong_calls_of_a_map_are_refused():
    with pytest.raises(CallError, match=r"keywor.*only\n.*write map_task\(double\)\(a=\[1\]\)"):
        map_task(double)([1])
    with pytest.raises(CallError, match=r"needs a: list\[int\]"):
        map_task(double)()
    with pytest.raises(CallError, match="input b is fixed by map of task"):
        map_task(functools.partial(add, b=1))(a=[1], b=[2])
