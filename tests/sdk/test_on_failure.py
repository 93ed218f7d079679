"""Failure handlers: what they are given, and what each misfit says."""

from __future__ import annotations

import pytest

from volery import LaunchPlan, Timeout, Workflow, WorkflowFailure, dynamic, map_task, task, workflow
from volery.engine import model
from volery.errors import CompileError, DefinitionError
from volery.ir.bindings import Cast, Constant, FailureRef, InputRef
from volery.ir.failure import WORKFLOW_FAILURE
from volery.ir.nodes import LaunchPlanTarget, TaskTarget, WorkflowTarget
from volery.ir.policy import Limits
from volery.ir.values import NIL, pack
from volery.sdk.compile import compile_entity
from volery.sdk.handler import HANDLER
from volery.types.packing import unpack
from volery.types.registry import codec_for


@task
def double(n: int) -> int:
    return n * 2


@task
def clean(n: int, err: WorkflowFailure | None = None, note: str = "x") -> None: ...


@task
def tell(failure: WorkflowFailure, hint: str | None) -> None: ...


@task
def needy(n: str, extra: int) -> None: ...


@workflow
def clean_all(n: int) -> None:
    clean(n=n)


def handled(handler):
    @workflow(on_failure=handler)
    def flow(n: int) -> int:
        return double(n=n)

    return flow


def bindings_of(handler):
    return {each.name: each.binding for each in handled(handler).spec.on_failure.inputs}


def test_a_handler_is_given_inputs_by_name_and_the_failure_by_type():
    node = handled(clean).spec.on_failure
    assert node.id == HANDLER == model.HANDLER
    assert node.target == TaskTarget(clean.name)
    assert bindings_of(clean) == {
        "n": InputRef("n"),
        "err": FailureRef(),
        "note": Constant(pack("x")),
    }


def test_the_failure_need_not_be_optional_and_what_is_optional_need_not_have_a_default():
    assert bindings_of(tell) == {"failure": FailureRef(), "hint": Constant(NIL)}


def test_a_workflow_a_launch_plan_and_a_dynamic_task_may_be_handlers():
    plan = LaunchPlan.get_or_create(clean_all, "test_on_failure_plan")

    @dynamic
    def grow(n: int) -> None:
        clean(n=n)

    assert handled(clean_all).spec.on_failure.target == WorkflowTarget(clean_all.name)
    assert handled(plan).spec.on_failure.target == LaunchPlanTarget(plan.name)
    assert handled(grow).spec.on_failure.target == TaskTarget(grow.name)


def test_what_a_handler_refers_to_is_in_the_bundle():
    bundle = compile_entity(handled(clean_all)).bundle
    assert {each.name for each in bundle.tasks} == {clean.name, double.name}
    assert clean_all.name in {each.name for each in bundle.workflows}


def test_an_input_is_cast_where_its_form_changes():
    @task
    def either(n: int | str | None = None) -> None: ...

    assert isinstance(bindings_of(either)["n"], Cast)


def test_all_that_does_not_fit_is_listed_with_the_other_problems():
    @workflow(on_failure=needy)
    def flow(n: int) -> int:
        return double(n="x")

    with pytest.raises(CompileError) as caught:
        compile_entity(flow)
    told = str(caught.value)
    assert "has 3 problems" in told
    assert "node @on_failure needy(n=...) at line" in told
    assert "expected str, got int\n     from input n" in told
    assert "node @on_failure needy(extra=...)" in told
    assert "expected int, got nothing" in told
    assert "a failure handler gets inputs of its workflow, by name, and the WorkflowFail" in told


@pytest.mark.parametrize("handler", [print, 3, map_task(double)])
def test_what_is_no_entity_is_no_handler(handler):
    with pytest.raises(DefinitionError, match="on_failure= takes a task, a workflow or a launch"):
        handled(handler)


def test_a_workflow_that_handles_itself_is_refused():
    wf = Workflow(name="test_on_failure.itself")
    n = wf.add_workflow_input("n", int)
    wf.add_entity(double, n=n)
    wf.add_on_failure_handler(wf)
    with pytest.raises(DefinitionError, match="contains itself"):
        compile_entity(wf)


def test_a_built_workflow_has_a_handler_too():
    wf = Workflow(name="test_on_failure.built", max_parallelism=2, timeout=5)
    wf.add_entity(double, n=wf.add_workflow_input("n", int))
    wf.add_on_failure_handler(clean)
    with pytest.raises(DefinitionError, match=r"has a failure handler already: .*clean"):
        wf.add_on_failure_handler(clean)
    assert wf.spec.on_failure.target == TaskTarget(clean.name)
    assert (wf.spec.max_parallelism, wf.spec.limits) == (2, Limits(running=5.0))


def test_the_class_of_a_failure_is_the_type_that_the_engine_gives():
    codec = codec_for(WorkflowFailure)
    assert codec.type == WORKFLOW_FAILURE
    told = {"message": "no", "failed_node_id": "a/b", "code": "E", "kind": "USER"}
    failure = unpack(codec, pack({**told, "execution_id": "x"}))
    assert failure == WorkflowFailure("no", "a/b", "E", "USER", "x")


# -- other options of workflows ------------------------------------------------------------------


def test_a_workflow_limits_its_executions():
    @workflow(max_parallelism=3, timeout=Timeout(queued=1, total=60))
    def flow(n: int) -> int:
        return double(n=n)

    assert flow.spec.max_parallelism == 3
    assert flow.spec.limits == Limits(queued=1.0, total=60.0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"max_parallelism": 0}, "max_parallelism= takes a whole number of at least 1, got 0"),
        ({"timeout": -1}, "timeout= takes a timedelta"),
    ],
)
def test_limits_that_cannot_work_are_refused(options, told):
    with pytest.raises(DefinitionError, match=rf"workflow .* \(.*\): {told}"):

        @workflow(**options)
        def flow(n: int) -> int:
            return double(n=n)
