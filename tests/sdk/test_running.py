"""Plain calls that run on the engine: what is written is what happens."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from hypothesis import given, settings, strategies as st

from volery import LaunchPlan, Workflow, conditional, map_task, task, workflow
from volery.errors import CallError, CompileError, TypeMismatch, VoleryError


class Stats(NamedTuple):
    mean: float
    count: int


@dataclass
class Box:
    size: int
    tags: list[str]


@task
def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@task
def double(n: int) -> int:
    return n * 2


@task
def add(a: int, b: int = 10) -> int:
    return a + b


@task
def picky(n: int) -> int:
    if n < 0:
        raise ValueError(f"negative: {n}")
    return n


@task
def stats(values: list[float]) -> Stats:
    return Stats(mean(values=values), len(values))


@task
def box(n: int) -> Box:
    return Box(n, ["a", "b"])


@task
def maybe(n: int) -> int | None:
    return n or None


@workflow
def pipeline(values: list[float] = [1.0, 2.0]) -> tuple[float, int]:
    found = stats(values=values)
    return found.mean, found.count


def test_a_workflow_runs_with_and_without_defaults():
    assert pipeline() == (1.5, 2)
    assert pipeline(values=[4.0]).o0 == 4.0


def test_named_outputs_come_in_the_class_of_the_user():
    @workflow
    def wf() -> Stats:
        return stats(values=[1.0])

    assert wf() == Stats(1.0, 1)
    assert type(wf()) is Stats


def test_parts_constants_and_mixtures_flow():
    @workflow
    def wf(n: int) -> tuple[int, str, list[int], dict[str, int], str]:
        b = box(n=n)
        return b.size, b.tags[-1], [b.size, 7], {"x": double(n=b.size)}, "c"

    assert wf(n=3) == (3, "b", [3, 7], {"x": 6}, "c")


def test_an_int_stays_an_int_on_the_way_into_a_float():
    @task
    def same(x: float) -> float:
        return x

    @workflow
    def wf(n: int) -> float:
        return same(x=n)

    assert type(wf(n=2)) is int


def test_subworkflows_and_launch_plans_run():
    plan = LaunchPlan.get_or_create(pipeline, "test_running_plan", default_inputs={"values": [5.0]})

    @workflow
    def outer() -> tuple[float, float]:
        a, _ = pipeline(values=[1.0])
        b, _ = plan()
        return a, b

    assert outer() == (1.0, 5.0)
    assert plan() == (5.0, 1)
    assert plan(values=[1.0]) == (1.0, 1)


def test_fixed_inputs_reach_the_workflow():
    plan = LaunchPlan.get_or_create(pipeline, "test_running_fixed", fixed_inputs={"values": [7.0]})
    assert plan() == (7.0, 1)
    with pytest.raises(CallError, match="is fixed"):
        plan(values=[1.0])


def test_the_order_of_nodes_is_kept_without_data():
    happened = []

    @task
    def note(text: str) -> None:
        happened.append(text)

    @workflow
    def wf() -> None:
        third, second, first = note(text="3"), note(text="2"), note(text="1")
        first >> second >> third

    assert wf() is None
    assert happened == ["1", "2", "3"]


@pytest.mark.parametrize(("n", "outcome"), [(1, 2), (5, 15), (50, 50)])
def test_the_arm_whose_condition_holds_runs(n, outcome):
    ran = []

    @task
    def seen(n: int) -> int:
        ran.append(n)
        return n

    @workflow
    def wf(n: int) -> int:
        return (
            conditional("size")
            .if_(n < 2)
            .then(double(n=n))
            .elif_((n < 10) & (n != 3))
            .then(add(a=n))
            .else_()
            .then(seen(n=n))
        )

    assert wf(n=n) == outcome
    assert ran == ([50] if n == 50 else [])


@pytest.mark.parametrize(("a", "b", "outcome"), [(1, 1, 2), (1, -1, 11), (-1, 5, -1)])
def test_nested_conditionals_see_what_is_around_them(a, b, outcome):
    @workflow
    def wf(a: int, b: int) -> int:
        c = picky(n=1)
        return (
            conditional("outer")
            .if_(a > 0)
            .then(conditional("inner").if_(b > 0).then(double(n=c)).else_().then(add(a=a)))
            .else_()
            .then(a)
        )

    assert wf(a=a, b=b) == outcome


def test_an_arm_that_fails_fails_the_workflow_with_its_message():
    @workflow
    def wf(n: int) -> int:
        return conditional("c").if_(n > 0).then(double(n=n)).else_().fail("too small")

    assert wf(n=1) == 2
    with pytest.raises(VoleryError, match="too small"):
        wf(n=0)


def test_none_is_a_condition():
    @workflow
    def wf(n: int) -> str:
        found = maybe(n=n)
        return conditional("c").if_(found.is_none()).then("none").else_().then("some")

    assert (wf(n=0), wf(n=1)) == ("none", "some")


def test_a_map_runs_for_every_element():
    @workflow
    def wf(values: list[int]) -> list[int]:
        b = double(n=1)
        return map_task(functools.partial(add, b=b))(a=values)

    assert wf(values=[1, 2]) == [3, 4]
    assert wf(values=[]) == []


def test_a_map_runs_outside_of_a_workflow():
    assert map_task(add)(a=[1, 2]) == [11, 12]
    assert map_task(add)(a=[1, 2], b=[3, 4]) == [4, 6]
    assert map_task(stats)(values=[[1.0], [2.0, 4.0]]) == Stats([1.0, 3.0], [1, 2])


def test_elements_may_fail_where_that_is_allowed():
    assert map_task(picky, min_success_ratio=0.5)(n=[1, -1]) == [1, None]
    with pytest.raises(ValueError, match="negative: -1"):
        map_task(picky)(n=[1, -1])


def test_workflows_and_launch_plans_are_mapped():
    plan = LaunchPlan.get_or_create(pipeline, "test_running_mapped")
    assert map_task(pipeline)(values=[[1.0], [3.0]]) == ([1.0, 3.0], [1, 1])
    assert map_task(plan)(values=[[1.0], [3.0]]) == ([1.0, 3.0], [1, 1])


def test_retries_count_attempts():
    attempts = []

    @task(retries=2)
    def flaky() -> int:
        attempts.append(1)
        if len(attempts) < 3:
            raise ValueError("not yet")
        return len(attempts)

    @workflow
    def wf() -> int:
        return flaky()

    assert wf() == 3


def test_the_exception_of_the_user_comes_as_itself_with_notes():
    error = ValueError("no")

    @task
    def fails() -> int:
        raise error

    @workflow
    def wf() -> int:
        return fails()

    with pytest.raises(ValueError, match="no") as caught:
        wf()
    assert caught.value is error
    assert any(wf.name in note for note in error.__notes__)


def test_a_workflow_with_problems_runs_nothing():
    ran = []

    @task
    def first() -> str:
        ran.append(1)
        return "x"

    @workflow
    def wf() -> int:
        return double(n=first())

    with pytest.raises(CompileError, match="expected int, got str"):
        wf()
    assert not ran


def test_an_output_of_the_wrong_type_names_the_task():
    @task
    def wrong() -> int:
        return "x"

    @workflow
    def wf() -> int:
        return wrong()

    with pytest.raises(TypeMismatch, match=r"wrong, output o0: expected int, got 'x' \(str\)"):
        wf()


def test_a_built_workflow_runs():
    wf = Workflow(name="built.running")
    n = wf.add_workflow_input("n", int)
    wf.add_workflow_output("o", wf.add_entity(double, n=n).o0)
    assert wf(n=4) == 8


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 99), st.integers(0, 99)), max_size=12),
    st.integers(-5, 5),
)
@settings(max_examples=30)
def test_a_graph_of_any_shape_computes_what_python_does(steps, start):
    def follow(n, doubled, added):
        values = [n]
        for is_double, left, right in steps:
            a, b = values[left % len(values)], values[right % len(values)]
            values.append(doubled(n=a) if is_double else added(a=a, b=b))
        return values[-1]

    @workflow
    def wf(n: int) -> int:
        return follow(n, double, add)

    assert wf(n=start) == follow(start, lambda n: n * 2, lambda a, b: a + b)


def test_a_workflow_in_the_body_of_a_task_runs():
    @task
    def outer() -> float:
        return pipeline(values=[3.0])[0]

    assert outer() == 3.0
