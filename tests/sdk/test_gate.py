"""Gates: the nodes that they leave, and what each misuse says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from volery import approve, conditional, create_node, sleep, task, wait_for_input, workflow
from volery.errors import (
    CallError,
    CompileError,
    DefinitionError,
    PromiseError,
    UnsupportedType,
)
from volery.ir.bindings import Bound, InputRef, OutputRef
from volery.ir.nodes import GateTarget, TaskTarget
from volery.ir.types import INT, NONE, STR, ListType, UnionType
from volery.sdk.compile import compile_entity


@dataclass
class Point:
    x: int


@task
def double(n: int) -> int:
    return n * 2


@task
def locate() -> Point:
    return Point(1)


@task
def pair() -> tuple[int, str]:
    return 1, "a"


@task
def nothing() -> None: ...


def nodes_of(body):
    return workflow(body).spec.graph.nodes


def problems_of(body):
    with pytest.raises(CompileError) as caught:
        compile_entity(workflow(body))
    return "\n".join(caught.value.problems)


def test_an_approval_gives_its_value_on():
    def body(n: int) -> int:
        return double(n=approve(double(n=n), "release", timeout=timedelta(hours=1)))

    _, gate, last = nodes_of(body)
    assert gate.target == GateTarget("approve", "release", 3600.0, INT)
    assert gate.inputs == (Bound("o0", OutputRef("n0", "o0")),)
    assert last.inputs == (Bound("n", OutputRef("n1", "o0")),)
    assert gate.source.line == body.__code__.co_firstlineno + 1


def test_an_input_or_a_part_of_a_value_may_be_approved_of():
    def body(n: int) -> int:
        approve(n, "number")
        return approve(locate().x, "x")

    number, _, part = nodes_of(body)
    assert number.inputs == (Bound("o0", InputRef("n")),)
    assert number.target.seconds is None
    assert part.inputs == (Bound("o0", OutputRef("n1", "o0", ("x",))),)
    assert part.target.type == INT


def test_an_input_that_is_waited_for_has_the_type_that_is_expected():
    def body() -> list[int]:
        wait_for_input("note", None, str | None)
        return wait_for_input("numbers", timeout=60, expected_type=list[int])

    note, numbers = nodes_of(body)
    assert note.target == GateTarget("input", "note", None, UnionType((STR, NONE)))
    assert numbers.target == GateTarget("input", "numbers", 60.0, ListType(INT))


def test_a_sleep_takes_part_in_the_order():
    def body(n: int) -> None:
        double(n=n) >> sleep(timedelta(days=1)) >> nothing()

    _, gate, last = nodes_of(body)
    assert gate.target == GateTarget("sleep", seconds=86400.0)
    assert gate.after == ("n0",)
    assert last.after == ("n1",)


def test_a_gate_may_stand_in_an_arm_and_be_renamed():
    def body(n: int) -> int:
        return (
            conditional("size")
            .if_(n > 1)
            .then(approve(double(n=n), "big").with_overrides(node_name="gate"))
            .else_()
            .then(n)
        )

    [branch] = nodes_of(body)
    assert [each.id for each in branch.target.arms[0].graph.nodes] == ["n1", "gate"]


def test_what_a_gate_gives_is_checked_where_it_goes():
    def body() -> str:
        double(n=wait_for_input("note", None, str))
        return approve(double(n=1), "release")

    told = problems_of(body)
    assert "node n1 double(n=...)" in told
    assert "expected int, got str" in told
    assert "from n0 wait_for_input note at line" in told
    assert "declared str, got int" in told
    assert "from n3 approve release at line" in told


def test_gates_are_told_apart_by_their_names():
    def body(n: int) -> int:
        wait_for_input("ok", None, int)
        sleep(1)
        sleep(1)
        approve(n, "a/b")
        return conditional("c").if_(n > 1).then(approve(n, "ok")).else_().then(n)

    told = problems_of(body)
    assert told.count("2 gates are called ok, so a signal could mean each of them") == 2
    assert "node n3 approve a/b at line" in told
    assert "'a/b' cannot be the name of a gate" in told


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: approve(nothing(), "a"), r"needs a value .* n0 nothing returns nothing"),
        (lambda: approve(pair(), "a"), r"the 2 outputs of n0 pair\n  hint: take one of them: o0"),
        (lambda: approve(create_node(double, n=1), "a"), "the whole <node n0 double>"),
        (lambda: approve(None, "a"), "cannot tell of what type None is"),
        (lambda: approve([1], "a"), r"of what type \[1\] is\n  hint: give it what a task returns"),
    ],
)
def test_what_has_no_value_cannot_be_approved_of(call, told):
    def body() -> None:
        call()

    with pytest.raises(PromiseError, match=rf"approve \(.*test_gate\.py:\d+\) .*{told}"):
        compile_entity(workflow(body))


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: sleep(-1), r"sleep \(.*\): duration= takes .* 0 or more, got -1"),
        (lambda: sleep("1d"), "duration= takes a timedelta"),
        (lambda: wait_for_input("a", 0, int), "timeout= takes .* more than 0"),
        (lambda: wait_for_input(3, None, int), "name= takes a string, got 3"),
        (lambda: wait_for_input("", None, int), "'' cannot be the name of a gate"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused(call, told):
    def body() -> None:
        call()

    with pytest.raises(DefinitionError, match=told):
        compile_entity(workflow(body))


def test_a_type_without_codec_is_refused_with_the_place():
    with pytest.raises(UnsupportedType, match=r"wait_for_input \(.*\), expected_type: no codec"):
        wait_for_input("a", None, object)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: sleep(1), "sleep"),
        (lambda: wait_for_input("a", None, int), "wait_for_input a"),
        (lambda: approve(3, "b"), "approve b"),
    ],
)
def test_a_gate_outside_of_a_workflow_says_where_it_belongs(call, told):
    with pytest.raises(CallError, match=rf"{told} \(.*\) stands outside of a workf(.|\n)*dynamic"):
        call()


def test_a_gate_of_a_closed_arm_is_refused():
    kept = []

    def keep(value):
        kept.append(value)
        return value

    def body(n: int) -> int:
        conditional("c").if_(n > 1).then(keep(double(n=n))).else_().then(n)
        return approve(kept[0], "a")

    told = problems_of(body)
    assert "belongs to arm 1 of conditional c and cannot be used in workflow" in told


def test_no_gate_refers_to_an_entity():
    def body(n: int) -> int:
        sleep(1)
        return approve(double(n=n), "a")

    bundle = compile_entity(workflow(body)).bundle
    assert [each.name for each in bundle.tasks] == [double.name]
    assert TaskTarget(double.name) in [each.target for each in bundle.workflows[0].graph.nodes]
