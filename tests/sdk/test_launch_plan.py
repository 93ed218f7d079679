"""Launch plans: what they bind, their names, their calls."""

from __future__ import annotations

import pytest

from volery import (
    ConcurrencyLimitBehavior,
    ConcurrencyPolicy,
    LaunchPlan,
    task,
    workflow,
)
from volery.errors import CallError, CompileError, DefinitionError
from volery.ir.bindings import Constant
from volery.ir.nodes import LaunchPlanTarget
from volery.ir.specs import Concurrency, Given
from volery.ir.values import NIL, pack
from volery.sdk.compile import compile_entity


@task
def total(values: list[float], factor: float, note: str | None) -> float:
    return sum(values) * factor


@workflow
def flow(values: list[float], factor: float = 1.0, note: str | None = "n") -> float:
    return total(values=values, factor=factor, note=note)


@workflow
def other(values: list[float]) -> float:
    return total(values=values, factor=1.0, note=None)


@workflow
def optional(note: str | None) -> float:
    return total(values=[], factor=1.0, note=note)


def defaults_of(plan):
    return {each.name: each.default for each in plan.interface.inputs}


def test_defaults_become_the_launch_plans_own_and_fixed_inputs_disappear():
    plan = LaunchPlan.get_or_create(
        flow, "lp_bound", default_inputs={"values": [3.0]}, fixed_inputs={"factor": 2}
    )
    assert plan.spec.workflow == flow.name
    assert plan.spec.fixed == (Given("factor", pack(2)),)
    assert defaults_of(plan) == {"values": pack([3.0]), "note": pack("n")}
    assert [each.name for each in plan.interface.outputs] == ["o0"]


def test_an_optional_input_of_a_launch_plan_need_not_be_given():
    plan = LaunchPlan.get_or_create(optional, "lp_optional")
    assert defaults_of(plan) == {"note": NIL}


def test_the_default_launch_plan_is_named_like_its_workflow_and_is_one():
    plan = LaunchPlan.get_or_create(flow)
    assert plan.name == flow.name
    assert LaunchPlan.get_default_launch_plan(flow) is plan


def test_the_same_name_with_the_same_inputs_is_the_same_launch_plan():
    make = lambda: LaunchPlan.get_or_create(flow, "lp_same", default_inputs={"values": [1.0]})
    assert make() is make()


def test_a_launch_plan_in_a_workflow_is_a_node_and_part_of_the_bundle():
    plan = LaunchPlan.get_or_create(
        flow, "lp_embedded", default_inputs={"values": [3.0]}, fixed_inputs={"factor": 2.0}
    )

    @workflow
    def outer() -> float:
        return plan(note="x")

    node = outer.spec.graph.nodes[0]
    assert node.target == LaunchPlanTarget("lp_embedded")
    assert {each.name: each.binding for each in node.inputs} == {
        "values": Constant(pack([3.0])),
        "note": Constant(pack("x")),
    }
    bundle = compile_entity(outer).bundle
    assert bundle.launch_plans == (plan.spec,)
    assert [each.name for each in bundle.workflows] == sorted([flow.name, outer.name])


def test_a_clone_takes_over_what_is_not_given():
    plan = LaunchPlan.get_or_create(
        flow, "lp_origin", default_inputs={"values": [3.0]}, fixed_inputs={"factor": 2.0}
    )
    clone = plan.clone_with("lp_clone", fixed_inputs={"values": [1.0]})
    assert clone.workflow is flow
    assert clone.fixed == {"factor": pack(2.0), "values": pack([1.0])}
    assert clone.defaults == {}


def test_a_workflow_that_is_defined_anew_replaces_its_launch_plan():
    def define(value):
        @workflow
        def again(values: list[float]) -> float:
            return total(values=values, factor=value, note=None)

        return LaunchPlan.get_or_create(again, "lp_again", default_inputs={"values": [value]})

    first, second = define(1.0), define(2.0)
    assert first is not second


def test_options_say_how_executions_are_carried_out():
    plan = LaunchPlan.get_or_create(
        flow,
        "lp_options",
        max_parallelism=2,
        concurrency=ConcurrencyPolicy(1, ConcurrencyLimitBehavior.QUEUE),
        overwrite_cache=True,
    )
    spec = plan.spec
    assert spec.max_parallelism == 2
    assert spec.concurrency == Concurrency(1, "queue")
    assert spec.overwrite_cache


def test_a_clone_takes_over_options_that_are_not_given():
    plan = LaunchPlan.get_or_create(flow, "lp_optional_origin", max_parallelism=2)
    clone = plan.clone_with("lp_optional_clone", overwrite_cache=True)
    assert (clone.spec.max_parallelism, clone.spec.overwrite_cache) == (2, True)
    assert plan.clone_with("lp_reset", max_parallelism=None).spec.max_parallelism is None


@pytest.mark.parametrize(
    "changed",
    [
        {"max_parallelism": 3},
        {"concurrency": ConcurrencyPolicy(2)},
        {"overwrite_cache": True},
    ],
)
def test_the_same_name_with_other_options_is_refused(changed):
    def make(options):
        return LaunchPlan.get_or_create(flow, "lp_same_options", **options)

    same = {"max_parallelism": 2, "concurrency": ConcurrencyPolicy(1)}
    assert make(same) is make(same)
    with pytest.raises(DefinitionError, match=f"with another {next(iter(changed))}: it was made"):
        make(same | changed)


# -- misuse --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: LaunchPlan.get_or_create(flow, default_inputs={"values": []}),
            "needs a name",
        ),
        (lambda: LaunchPlan.get_or_create(flow, max_parallelism=1), "has options needs a name"),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", max_parallelism=0),
            "max_parallelism= takes a whole number of at least 1",
        ),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", concurrency=1),
            r"concurrency= takes a ConcurrencyPolicy, got 1\n  hint: write concurrency=Concurr",
        ),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", overwrite_cache=1),
            "overwrite_cache= takes True or False",
        ),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", default_inputs={"valeus": []}),
            r"launch_plan.py:\d+\): default_inputs= has valeus, which is no input(.|\n)*values",
        ),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", fixed_inputs={"values": ["x"]}),
            r"fixed_inputs= has values: expected float, got 'x' \(str\) at \$\[0\]",
        ),
        (
            lambda: LaunchPlan.get_or_create(
                flow, "lp_x", default_inputs={"values": []}, fixed_inputs={"values": []}
            ),
            "input values is in default_inputs and in fixed_inputs",
        ),
        (lambda: LaunchPlan.get_or_create(total, "lp_x"), "takes a workflow, got <task"),
        (
            lambda: LaunchPlan.get_or_create(flow, "lp_x", trigger="daily"),
            "trigger= is not available yet",
        ),
        (
            lambda: LaunchPlan.create("lp_x", flow, fixed_input={}),
            "did you mean fixed_inputs",
        ),
    ],
)
def test_a_launch_plan_that_cannot_be_is_refused(make, told):
    with pytest.raises(DefinitionError, match=told):
        make()


def test_a_name_is_used_once():
    plan = LaunchPlan.create("lp_once", flow)
    taken = r"lp_once \(.*:\d+\) exists already: it was made at .*test_launch_plan.py:\d+"
    with pytest.raises(DefinitionError, match=taken):
        LaunchPlan.create("lp_once", flow)
    with pytest.raises(DefinitionError, match="exists already, with another default_inputs"):
        LaunchPlan.get_or_create(flow, "lp_once", default_inputs={"values": []})
    with pytest.raises(DefinitionError, match="exists already, with another workflow"):
        LaunchPlan.get_or_create(other, "lp_once")
    with pytest.raises(DefinitionError, match=taken):
        plan.clone_with("lp_once")


def test_a_fixed_input_cannot_be_given():
    plan = LaunchPlan.get_or_create(flow, "lp_fixed", fixed_inputs={"values": [1.0]})
    with pytest.raises(CallError, match="input values is fixed by launch plan lp_fixed"):
        plan(values=[2.0])


def test_a_fixed_input_that_is_given_in_a_workflow_is_a_problem_of_its_graph():
    plan = LaunchPlan.get_or_create(flow, "lp_fixed_inside", fixed_inputs={"values": [1.0]})

    @workflow
    def outer() -> None:
        plan(values=[2.0])

    with pytest.raises(CompileError, match="is fixed by launch plan lp_fixed_inside"):
        compile_entity(outer)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: LaunchPlan.create(3, flow), "name= takes a string, got 3"),
        (lambda: LaunchPlan.create("", flow), "name= is empty"),
        (lambda: LaunchPlan.create("x", flow, [1]), r"default_inputs= takes a dict, got \[1\]"),
        (lambda: LaunchPlan.create(flow, "x"), "name= takes a string, got <workflow"),
    ],
)
def test_arguments_of_another_kind_are_refused_at_their_line(make, told):
    with pytest.raises(DefinitionError, match=rf"test_launch_plan.py:\d+\): {told}"):
        make()


def test_wrong_calls_of_a_launch_plan_are_refused():
    plan = LaunchPlan.get_or_create(flow, "lp_calls")
    with pytest.raises(CallError, match=r"write lp_calls\(values=\[1.0\]\)"):
        plan([1.0])
    with pytest.raises(CallError, match="launch plan lp_calls needs values"):
        plan()
    with pytest.raises(CallError, match="has no input value"):
        plan(value=1)
