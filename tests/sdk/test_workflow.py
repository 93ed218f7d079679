"""Workflows: compiled graphs, outputs, nesting, and all problems together."""

from __future__ import annotations

import datetime as dt
import enum
import importlib
import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime as moment
from random import randint
from typing import NamedTuple

import pytest

from volery import WorkflowFailurePolicy, task, workflow
from volery.errors import CallError, CompileError, DefinitionError, TypeMismatch
from volery.ir.bindings import (
    Cast,
    Constant,
    Entry,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
)
from volery.ir.nodes import TaskTarget, WorkflowTarget
from volery.ir.ref import Ref
from volery.ir.types import STR
from volery.ir.values import pack
from volery.sdk.compile import compile_entity


class Colour(enum.Enum):
    RED = "red"


class Stats(NamedTuple):
    mean: float
    count: int


@task
def number() -> int:
    return 1


@task
def text() -> str:
    return "a"


@task
def colour() -> Colour:
    return Colour.RED


@task
def nothing() -> None: ...


@task
def stats(values: list[float]) -> Stats:
    return Stats(1.0, len(values))


@task
def take(value: float, times: int = 2) -> float:
    return value * times


@task
def take_text(value: str) -> str:
    return value


@task
def take_colour(value: Colour) -> Colour:
    return value


@task
def take_all(values: list[float]) -> int:
    return len(values)


@task
def take_dict(values: dict[str, float] | None = None) -> int:
    return len(values or {})


@task
def take_pair(pair: tuple[int, str]) -> int:
    return pair[0]


def recorded(body):
    return workflow(body).spec.graph


def problems_of(body) -> str:
    with pytest.raises(CompileError) as caught:
        compile_entity(workflow(body))
    return str(caught.value)


# -- graphs --------------------------------------------------------------------------------------


def test_calls_become_nodes_bound_to_inputs_outputs_and_constants():
    def body(a: float) -> float:
        b = take(value=a)
        return take(times=3, value=b)

    first, second = recorded(body).nodes
    assert (first.id, first.target) == ("n0", TaskTarget(take.name))
    assert {each.name: each.binding for each in first.inputs} == {
        "value": InputRef("a"),
        "times": Constant(pack(2)),
    }
    assert [(each.name, each.binding) for each in second.inputs] == [
        ("value", OutputRef("n0", "o0")),
        ("times", Constant(pack(3))),
    ]
    assert recorded(body).outputs[0].binding == OutputRef("n1", "o0")


def test_a_node_knows_its_line_in_the_users_code():
    def helper():
        return number()

    def body() -> int:
        number()
        return helper()

    start = body.__code__.co_firstlineno
    lines = [node.source.line - start for node in recorded(body).nodes]
    assert lines == [1, helper.__code__.co_firstlineno + 1 - start]


def test_the_body_runs_once_and_not_before_it_is_needed():
    runs = []

    @workflow
    def wf() -> int:
        runs.append(1)
        return number()

    assert not runs
    compile_entity(wf)
    compile_entity(wf)
    assert wf.spec is wf.spec
    assert runs == [1]


def test_an_int_flows_into_a_float_as_it_is():
    def body() -> float:
        return take(value=number())

    assert recorded(body).nodes[1].inputs[0].binding == OutputRef("n0", "o0")


def test_an_enum_flows_into_a_text_through_a_cast():
    def body() -> str:
        return take_text(value=colour())

    kind = colour.interface.outputs[0].type
    assert recorded(body).nodes[1].inputs[0].binding == Cast(OutputRef("n0", "o0"), kind, STR)


def test_lists_and_dicts_mix_promises_and_constants():
    def body(a: float) -> None:
        take_all(values=[a, 1.5, number()])
        take_dict(values={"x": a, "y": 2.0})
        take_pair(pair=(number(), "b"))

    nodes = {
        node.target.name: node.inputs[0].binding for node in recorded(body).nodes if node.inputs
    }
    assert nodes[take_all.name] == ListBinding(
        (InputRef("a"), Constant(pack(1.5)), OutputRef("n0", "o0"))
    )
    assert nodes[take_dict.name] == MapBinding(
        (Entry(pack("x"), InputRef("a")), Entry(pack("y"), Constant(pack(2.0))))
    )
    assert nodes[take_pair.name] == ListBinding((OutputRef("n3", "o0"), Constant(pack("b"))))


def test_constants_are_taken_as_they_are_at_the_call():
    def body() -> None:
        values = [1.0]
        take_all(values=values)
        values.append(2.0)

    assert recorded(body).nodes[0].inputs[0].binding == Constant(pack([1.0]))


def test_a_default_may_be_mutable():
    @task
    def f(values: list[int] = [1, 2]) -> int:
        return len(values)

    graph = workflow(_calls(f)).spec.graph
    assert graph.nodes[0].inputs[0].binding == Constant(pack([1, 2]))


def _calls(entity):
    def body() -> None:
        entity()

    return body


def test_options_and_docs_reach_the_spec():
    @workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
    def wf() -> int:
        """Count."""
        return number()

    assert wf.spec.failure_policy == "fail_after_executable_nodes_complete"
    assert wf.spec.description == "Count."
    assert wf.spec.source.file.endswith("test_workflow.py")


def test_a_subworkflow_is_a_node_and_part_of_the_bundle():
    @workflow
    def inner(a: float = 2.0) -> Stats:
        return stats(values=[a])

    @workflow
    def outer(a: float) -> float:
        mean, _ = inner(a=a)
        inner()
        return mean

    bundle = compile_entity(outer).bundle
    assert [each.name for each in bundle.workflows] == sorted([inner.name, outer.name])
    assert [each.name for each in bundle.tasks] == [stats.name]
    first, second = outer.spec.graph.nodes
    assert first.target == WorkflowTarget(inner.name)
    assert second.inputs[0].binding == Constant(pack(2.0))
    assert outer.spec.graph.outputs[0].binding == OutputRef("n0", "mean")


def test_the_tasks_of_a_program_are_at_hand():
    program = compile_entity(take)
    assert program.tasks == {take.name: take}
    assert program.bundle.tasks == (take.spec,)


# -- outputs -------------------------------------------------------------------------------------


def outputs_of(body):
    return {each.name: each.binding for each in recorded(body).outputs}


def test_an_output_may_be_an_input():
    def body(a: int) -> int:
        return a

    assert outputs_of(body) == {"o0": InputRef("a")}


def test_an_output_may_be_a_constant():
    def body() -> tuple[int, str]:
        return 5, text()

    assert outputs_of(body) == {"o0": Constant(pack(5)), "o1": OutputRef("n0", "o0")}


def test_an_output_may_be_a_list_or_dict_of_promises():
    def body() -> tuple[list[int], dict[str, int]]:
        return [number(), 1], {"a": number()}

    assert outputs_of(body) == {
        "o0": ListBinding((OutputRef("n0", "o0"), Constant(pack(1)))),
        "o1": MapBinding((Entry(pack("a"), OutputRef("n1", "o0")),)),
    }


def test_outputs_may_be_a_named_tuple_of_promises():
    def body() -> Stats:
        return Stats(mean=take(value=1.0), count=3)

    assert outputs_of(body) == {"mean": OutputRef("n0", "o0"), "count": Constant(pack(3))}


def test_outputs_may_be_those_of_a_task():
    def body() -> Stats:
        return stats(values=[])

    assert outputs_of(body) == {"mean": OutputRef("n0", "mean"), "count": OutputRef("n0", "count")}


def test_a_workflow_without_outputs_may_return_what_a_task_without_outputs_gave():
    def body() -> None:
        return nothing()

    assert outputs_of(body) == {}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (lambda: None, r"at line \d+: workflow .* declares int, but its body returns nothing"),
        (
            lambda: (number(), number()),
            r"declares one output, int, but returned a tuple of 2",
        ),
        (text, r"output o0 at line .*: declared int, got str\n     from n0 text at line"),
        (lambda: "x", r"expected int, got 'x' \(str\)"),
        (nothing, "expected int, got nothing: n0 nothing returns nothing"),
    ],
)
def test_a_wrong_output_is_a_problem_of_the_graph(body, told):
    def returns() -> int:
        return body()

    with pytest.raises(CompileError, match=told):
        compile_entity(workflow(returns))


def test_a_wrong_number_of_outputs_is_a_problem_of_the_graph():
    def body() -> tuple[int, str]:
        return number()

    assert (
        "declares 2 outputs (o0, o1), but returned one value, Promise(n0.o0: int)"
        in problems_of(body)
    )


def test_a_value_where_none_is_declared_is_a_problem_of_the_graph():
    def body() -> None:
        return number()

    assert "declares no output, but returned Promise(n0.o0: int)" in problems_of(body)


# -- problems ------------------------------------------------------------------------------------


def test_all_problems_come_together_in_the_order_of_the_code():
    def body(a: int) -> list[float]:
        mu = take(value=text())
        take_text(value=mu)
        take(value="x", times=1)
        take(valeu=1.0)
        return number()

    line = body.__code__.co_firstlineno
    made = workflow(body)
    assert problems_of(body) == "\n".join([
        f"workflow {made.name} ({made.source.file}:{made.source.line}) has 6 problems",
        f"  1. node n1 take(value=...) at line {line + 1}: expected float, got str",
        f"     from n0 text at line {line + 1}",
        f"  2. node n2 take_text(value=...) at line {line + 2}: expected str, got float",
        f"     from n1 take at line {line + 1}",
        f"  3. node n3 take(value=...) at line {line + 3}: expected float, got 'x' (str)",
        "     hint: pass float(...) of it",
        f"  4. node n4 take(valeu=...) at line {line + 4}: task {take.name} has no input valeu",
        "     hint: did you mean value?",
        f"  5. node n4 take(value=...) at line {line + 4}: expected float, got nothing",
        f"  6. output o0 at line {line + 5}: declared list[float], got int",
        f"     from n5 number at line {line + 5}",
    ])  # fmt: skip


def test_a_promise_of_int_into_a_str_input_is_refused():
    def body() -> str:
        return take_text(value=number())

    assert "take_text(value=...)" in problems_of(body)
    assert "expected str, got int" in problems_of(body)


def test_a_text_does_not_flow_into_an_enum():
    def body() -> Colour:
        return take_colour(value=text())

    assert "expected Colour, got str" in problems_of(body)


def test_a_wrong_element_in_a_list_of_promises_names_it():
    def body() -> int:
        return take_all(values=[number(), "x"])

    assert "expected float, got 'x' (str) at $[1]" in problems_of(body)


def test_a_wrong_promise_in_a_list_is_found():
    def body() -> int:
        return take_all(values=[1.0, text()])

    assert "expected float, got str" in problems_of(body)


def test_a_promise_inside_of_an_object_is_no_value_of_its_field():
    @dataclass
    class Config:
        size: int

    @task
    def use(config: Config) -> int:
        return config.size

    def body() -> int:
        return use(config=Config(size=number()))

    told = problems_of(body)
    assert "expected Config, got a Config with promises in it" in told
    assert "call a task that makes it" in told


def test_a_constant_that_contains_itself_is_a_problem_of_the_graph():
    endless = []
    endless.append(endless)

    def body() -> int:
        return take_all(values=endless)

    assert "node n0 take_all(values=...)" in problems_of(body)


def test_keys_that_mean_the_same_in_a_dict_of_promises_are_refused():
    @task
    def paint(rooms: dict[Colour, float]) -> None: ...

    def body(a: float) -> None:
        paint(rooms={Colour.RED: a, "RED": 1.0})

    assert "several keys of a dict mean the same\n     hint: give each once" in problems_of(body)


def test_a_list_of_promises_into_a_dict_is_refused():
    def body() -> None:
        take_dict(values=[number()])

    assert "expected dict[str, float], got a list of 1 with promises in it" in problems_of(body)


def test_the_problems_of_an_error_are_listed_as_data():
    def body() -> None:
        take(value="x")
        take(value="y")

    with pytest.raises(CompileError) as caught:
        compile_entity(workflow(body))
    assert len(caught.value.problems) == 2
    assert caught.value.code == "CompileError"


def test_what_gives_something_else_every_time_is_refused():
    def body() -> None:
        take(value=random.random())
        take(value=time.time())
        take_text(value=str(uuid.uuid4()))
        take_text(value=str(moment.now()))  # noqa: DTZ005 - as people write it
        take(value=randint(1, 2))
        dt.date.today()  # noqa: DTZ011 - as people write it
        time.sleep(0)

    line = body.__code__.co_firstlineno
    told = problems_of(body)
    for number_, call in enumerate(
        [
            "random.random()",
            "time.time()",
            "uuid.uuid4()",
            "moment.now()",
            "randint()",
            "dt.date.today()",
            "time.sleep()",
        ]
    ):
        assert f"{number_ + 1}. at line {line + 1 + number_}: {call} runs once" in told
    assert "move it into a task" in told


def test_what_gives_the_same_every_time_is_allowed():
    def body() -> str:
        day = moment(2024, 1, 2, tzinfo=dt.UTC)
        gap = dt.timedelta(days=1)
        return take_text(value=str(day - gap))

    assert recorded(body).nodes


def test_a_local_variable_may_be_called_like_a_module():
    def body() -> int:
        time = {"time": number}
        return time["time"]()

    assert recorded(body).nodes


def test_two_tasks_of_one_name_are_refused():
    def make(n):
        @task
        def f() -> int:
            return n

        return f

    first, second = make(1), make(2)

    def body() -> None:
        first()
        second()

    with pytest.raises(
        DefinitionError, match=r"uses two that are both task .*f: the one of .*:\d+"
    ):
        compile_entity(workflow(body))

    def uses_first() -> None:
        first()

    def uses_second() -> None:
        second()

    below = [workflow(uses_first), workflow(uses_second)]

    def above() -> None:
        for each in below:
            each()

    with pytest.raises(DefinitionError, match="two different entities are both task"):
        compile_entity(workflow(above))


@workflow
def ring(a: int) -> int:
    return ring_back(a=a)


@workflow
def ring_back(a: int) -> int:
    return ring(a=a)


def test_a_workflow_that_contains_itself_is_refused():
    with pytest.raises(
        DefinitionError, match=r"contains itself: \S*ring -> \S*ring_back -> \S*ring"
    ):
        compile_entity(ring)


def test_an_error_in_the_body_comes_as_itself_with_a_note():
    def body() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        compile_entity(workflow(body))
    assert "which runs to be compiled" in caught.value.__notes__[0]


def test_after_an_error_in_a_body_calls_are_plain_again():
    def body() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        compile_entity(workflow(body))
    assert number() == 1


def test_a_promise_of_another_workflow_is_refused():
    kept = []

    @workflow
    def first() -> None:
        kept.append(number())

    compile_entity(first)

    def body() -> None:
        take(value=kept[0])

    assert f"belongs to workflow {first.name} and cannot be used in workflow" in problems_of(body)


# -- calls and options ---------------------------------------------------------------------------


@workflow
def doubled(a: float, times: int = 2) -> float:
    return take(value=a, times=times)


def test_wrong_calls_of_a_workflow_are_refused():
    with pytest.raises(CallError, match=r"keyword arguments only\n  hint: write doubled\(a=1.0\)"):
        doubled(1.0)
    with pytest.raises(CallError, match="needs a: float"):
        doubled(times=1)
    with pytest.raises(CallError, match="did you mean times"):
        doubled(a=1.0, tmes=1)
    with pytest.raises(TypeMismatch, match="doubled, input a: expected float, got 'x'"):
        doubled(a="x")


def test_positional_arguments_in_a_body_are_problems_of_the_graph():
    def body() -> None:
        take(1.0)

        take_text("a")

    told = problems_of(body)
    assert "task tests.sdk.test_workflow.take takes keyword arguments only" in told
    assert "hint: write take(value=1.0)" in told
    assert "hint: write take_text(value='a')" in told


@pytest.mark.parametrize("option", ["default_options", "pickle_untyped"])
def test_an_option_of_a_later_version_is_refused_by_name(option):
    with pytest.raises(DefinitionError, match=f"{option}= is not available yet"):
        workflow(**{option: 1})(_calls(number))


def test_an_unknown_option_names_the_nearest():
    with pytest.raises(DefinitionError, match="did you mean failure_policy"):
        workflow(failure_polcy=1)(_calls(number))


def test_a_failure_policy_must_be_one():
    with pytest.raises(DefinitionError, match=r"failure_policy= takes .*FAIL_IMMEDIATELY"):
        workflow(failure_policy="fail")(_calls(number))


def test_a_workflow_refers_to_itself_by_kind_and_name():
    assert doubled.ref == Ref("workflow", doubled.name)
    assert repr(doubled) == f"<workflow {doubled.name}>"


def test_an_async_function_is_no_workflow():
    async def body(a: int) -> int:
        return a

    with pytest.raises(DefinitionError, match=r"cannot be async(.|\n)*tasks may be async"):
        workflow(body)


def test_problems_in_another_file_are_shown_with_the_file(tmp_path, monkeypatch):
    (tmp_path / "helping.py").write_text(
        "def call(entity, value):\n    return entity(value=value)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    helping = importlib.import_module("helping")

    def body() -> str:
        take_text(value=number())
        return helping.call(take_text, number())

    line = body.__code__.co_firstlineno
    told = problems_of(body)
    assert f"1. node n1 take_text(value=...) at line {line + 1}: expected str, got int" in told
    assert f"from n0 number at line {line + 1}" in told
    assert "2. node n3 take_text(value=...) at helping.py:2: expected str, got int" in told


def test_the_hint_of_a_wrong_constant_comes_with_its_problem():
    def body() -> None:
        take_all(values=(1.0, 2.0))

    assert "hint: pass list(...) of it" in problems_of(body)
