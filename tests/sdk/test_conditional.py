"""Conditionals: how arms become graphs, and what each misuse says."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple

import pytest

from volery import LaunchPlan, conditional, create_node, task, workflow
from volery.errors import CompileError, DefinitionError, PromiseError
from volery.ir.bindings import Bound, Cast, Constant, InputRef, OutputRef
from volery.ir.nodes import BranchTarget, LaunchPlanTarget, TaskTarget, WorkflowTarget
from volery.ir.predicates import And, Comparison, IsNone, Or
from volery.ir.types import INT
from volery.ir.values import pack
from volery.sdk.compile import compile_entity


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Box:
    size: int
    colour: Colour


class Pair(NamedTuple):
    low: int
    high: int


@task
def number() -> int:
    return 1


@task
def box() -> Box:
    return Box(1, Colour.RED)


@task
def double(n: int) -> int:
    return n * 2


@task
def text(n: int) -> str:
    return str(n)


@task
def pair(n: int) -> Pair:
    return Pair(n, n)


@task
def nothing() -> None: ...


@workflow
def inner(n: int) -> int:
    return double(n=n)


TRUE, FALSE = map(Constant, map(pack, (True, False)))
plan = LaunchPlan.get_or_create(inner, "test_conditional_plan")


def graph_of(body):
    return compile_entity(workflow(body)).bundle.workflows[-1].graph


def branch_of(body):
    return next(n for n in workflow(body).spec.graph.nodes if isinstance(n.target, BranchTarget))


def doing(act):
    def body(n: int) -> None:
        act(n)

    return body


# -- graphs --------------------------------------------------------------------------------------


def test_arms_are_graphs_that_see_what_the_branch_captures():
    def body(n: int) -> int:
        m = double(n=n)
        return conditional("c").if_(m > 3).then(double(n=m)).else_().then(double(n=n))

    first, branch = workflow(body).spec.graph.nodes
    assert first.id == "n0"
    assert branch.id == "n1"
    assert branch.inputs == (Bound("n0.o0", OutputRef("n0", "o0")), Bound("n", InputRef("n")))
    yes, no = branch.target.arms
    assert yes.predicate == Comparison(">", InputRef("n0.o0"), Constant(pack(3)))
    assert [node.id for node in yes.graph.nodes] == ["n2"]
    assert yes.graph.nodes[0].inputs[0].binding == InputRef("n0.o0")
    assert yes.graph.outputs == (Bound("o0", OutputRef("n2", "o0")),)
    assert no.predicate is None
    assert no.graph.nodes[0].inputs[0].binding == InputRef("n")
    assert workflow(body).spec.graph.outputs[0].binding == OutputRef("n1", "o0")


def test_an_arm_may_fail():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).then(double(n=n)).else_().fail("too small")

    arm = branch_of(body).target.arms[1]
    assert (arm.fail, arm.graph) == ("too small", None)


def test_elif_makes_another_arm():
    def body(n: int) -> int:
        return (
            conditional("c")
            .if_(n == 1)
            .then(double(n=n))
            .elif_(n == 2)
            .then(inner(n=n))
            .elif_(n == 3)
            .then(plan(n=n))
            .else_()
            .fail("no")
        )

    targets = [arm.graph.nodes[0].target for arm in branch_of(body).target.arms if arm.graph]
    assert targets == [
        TaskTarget(double.name),
        WorkflowTarget(inner.name),
        LaunchPlanTarget("test_conditional_plan"),
    ]


def test_nested_conditionals_capture_through_every_level():
    def body(n: int) -> int:
        m = number()
        return (
            conditional("outer")
            .if_(n > 0)
            .then(conditional("inner").if_(m > n).then(double(n=m)).else_().then(double(n=n)))
            .else_()
            .then(m)
        )

    outer = branch_of(body)
    assert outer.id == "n1"
    assert {each.name for each in outer.inputs} == {"n", "n0.o0"}
    inside = outer.target.arms[0].graph.nodes[0]
    assert inside.id == "n2"
    assert {each.name: each.binding for each in inside.inputs} == {
        "n0.o0": InputRef("n0.o0"),
        "n": InputRef("n"),
    }
    assert inside.target.arms[0].predicate == Comparison(">", InputRef("n0.o0"), InputRef("n"))
    assert outer.target.arms[1].graph.outputs == (Bound("o0", InputRef("n0.o0")),)


def test_conditions_join_with_and_and_or():
    def body(n: int, flag: bool, some: int | None) -> None:
        conditional("c").if_((n > 1) & flag.is_true() | some.is_none()).then(nothing())

    predicate = branch_of(body).target.arms[0].predicate
    assert predicate == Or(
        And(
            Comparison(">", InputRef("n"), Constant(pack(1))),
            Comparison("==", InputRef("flag"), TRUE),
        ),
        IsNone(InputRef("some")),
    )


def test_the_unary_conditions_of_flyte_are_there():
    def body(flag: bool) -> None:
        conditional("a").if_(flag.is_false()).then(nothing())
        conditional("b").if_(flag.is_(value=True)).then(nothing())

    found = [node.target.arms[0].predicate.right for node in workflow(body).spec.graph.nodes]
    assert found == [FALSE, TRUE]


def test_parts_and_enums_are_operands():
    def body() -> None:
        b = box()
        conditional("a").if_((b.size > 1) & (b.colour == Colour.BLUE)).then(nothing())
        conditional("b").if_(b.colour != "blue").then(nothing())

    _, first, second = workflow(body).spec.graph.nodes
    predicate = first.target.arms[0].predicate
    assert predicate.left.left == InputRef("n0.o0", ("size",))
    assert predicate.right.right == Constant(pack("BLUE"))
    assert second.target.arms[0].predicate.right == Constant(pack("BLUE"))


def test_an_arm_may_give_a_promise_or_a_constant():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).then(n).else_().then(7)

    first, second = branch_of(body).target.arms
    assert first.graph.outputs == (Bound("o0", InputRef("n")),)
    assert second.graph.outputs == (Bound("o0", Cast(Constant(pack(7)), INT, INT)),)


def test_several_outputs_can_be_unpacked():
    def body(n: int) -> tuple[int, str]:
        a, b = conditional("c").if_(n > 0).then((n, text(n=n))).else_().then((double(n=n), "x"))
        return a, b

    outputs = workflow(body).spec.graph.outputs
    assert [each.binding.output for each in outputs] == ["o0", "o1"]


def test_named_outputs_keep_their_names():
    def body(n: int) -> int:
        result = conditional("c").if_(n > 0).then(pair(n=n)).else_().then(Pair(n, 1))
        return result.high

    assert workflow(body).spec.graph.outputs[0].binding.output == "high"


def test_ints_and_floats_of_different_arms_give_a_float():
    def body(n: int, x: float) -> float:
        return conditional("c").if_(n > 0).then(n).else_().then(x)

    assert branch_of(body).target.arms


def test_the_result_takes_part_in_order_and_overrides():
    def body(n: int) -> None:
        before = nothing()
        result = conditional("c").if_(n > 0).then(nothing()).else_().then(nothing())
        before >> result.with_overrides(node_name="choice")

    branch = branch_of(body)
    assert (branch.id, branch.after) == ("choice", ("n0",))


def test_the_result_may_be_ignored_without_else():
    def body(n: int) -> None:
        conditional("c").if_(n > 0).then(double(n=n))

    assert len(branch_of(body).target.arms) == 1


def test_order_inside_of_an_arm_stays_there():
    def body(n: int) -> None:
        conditional("c").if_(n > 0).then(nothing() >> double(n=n)).else_().fail("no")

    first = branch_of(body).target.arms[0].graph
    assert [node.after for node in first.nodes] == [(), ("n1",)]


# -- misuse --------------------------------------------------------------------------------------


def test_a_conditional_outside_of_a_workflow_is_refused():
    with pytest.raises(DefinitionError, match=r"outside of a workflow(.|\n)*Python's own if"):
        conditional("c")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (lambda n: n, r"write .is_true\(\) for a bool"),
        (lambda n: True, "Python has evaluated it already"),
        (lambda n: None, "give it a comparison"),
        (lambda n: "x", "for a choice use conditional"),
    ],
)
@pytest.mark.parametrize("method", ["if_", "elif_"])
def test_what_is_no_condition_is_refused_with_a_way_out(method, condition, told):
    def act(n):
        start = conditional("c")
        if method == "elif_":
            start = start.if_(n > 0).then(nothing())
        getattr(start, method)(condition(n)).then(nothing())

    with pytest.raises(CompileError, match=rf"{method}\(.*: it takes a condition\n *hint: {told}"):
        graph_of(doing(act))


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (lambda n: (n > 1) and (n < 3), "join conditions with &"),
        (lambda n: not (n > 1), "write the opposite comparison"),
        (lambda n: ~(n > 1), "write the opposite comparison"),
        (lambda n: (n > 1) & 1, "cannot be joined"),
        (lambda n: 1 | (n > 1), "cannot be joined"),
        (lambda n: n & n, "is_true"),
    ],
)
def test_wrongly_joined_conditions_are_refused(condition, told):
    with pytest.raises(PromiseError, match=told):
        graph_of(doing(lambda n: conditional("c").if_(condition(n))))


def test_a_result_without_else_used_as_a_value_says_so():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).then(double(n=n))

    with pytest.raises(CompileError, match="has no else: end it with"):
        graph_of(body)


def test_a_result_of_which_an_arm_gives_nothing_is_nothing():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).then(double(n=n)).else_().then(nothing())

    with pytest.raises(CompileError, match=r"gives \(o0\) or nothing, depending on the arm"):
        graph_of(body)


def test_arms_that_give_different_types_are_a_problem_of_the_graph():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).then(double(n=n)).else_().then(text(n=n))

    with pytest.raises(CompileError, match="int"):
        graph_of(body)


def test_a_promise_from_inside_of_an_arm_is_refused_outside():
    def body(n: int) -> int:
        kept = []
        conditional("c").if_(n > 0).then(kept.append(double(n=n))).else_().then(nothing())
        return double(n=kept[0])

    with pytest.raises(CompileError, match="belongs to arm 1 of conditional c and cannot be used"):
        graph_of(body)


def test_a_promise_from_another_arm_is_refused_in_then():
    def body(n: int) -> None:
        kept = []
        first = conditional("c").if_(n > 0).then(kept.append(double(n=n)))
        first.else_().then(kept[0])

    told = (
        r"belongs to arm 1 of conditional c and cannot be used in arm 2 (.|\n)*conditional.py:\d+"
    )
    with pytest.raises(PromiseError, match=told):
        graph_of(body)


def test_a_promise_from_an_arm_is_refused_in_a_condition():
    def body(n: int) -> None:
        kept = []
        first = conditional("c").if_(n > 0).then(kept.append(double(n=n)))
        first.elif_((n > 1) & (kept[0] > 1)).then(nothing())

    with pytest.raises(PromiseError, match="belongs to arm 1 of conditional c and cannot be used"):
        graph_of(body)


def test_arms_that_all_fail_give_nothing():
    def body(n: int) -> int:
        return conditional("c").if_(n > 0).fail("a").else_().fail("b")

    with pytest.raises(CompileError, match="expected int, got nothing: n0 conditional c always f"):
        graph_of(body)


@pytest.mark.parametrize(
    ("chain", "told"),
    [
        (lambda n: conditional("c").else_(), r"has no .else_ here(.|\n)*begin with .if_"),
        (lambda n: conditional("c").if_(n > 0).than(n), r"has no .than here(.|\n)*.then\(value\)"),
    ],
)
def test_a_chain_that_goes_on_wrongly_says_how_it_goes_on(chain, told):
    with pytest.raises(PromiseError, match=told):
        graph_of(doing(chain))


def test_the_name_of_a_conditional_is_a_text():
    with pytest.raises(DefinitionError, match=r"test_conditional.py:\d+\): name= takes a string"):
        graph_of(doing(lambda n: conditional(3)))


def test_an_entity_that_is_not_called_cannot_be_what_an_arm_gives():
    with pytest.raises(PromiseError, match=r"cannot be what an arm gives(.|\n)*call it: .then"):
        graph_of(doing(lambda n: conditional("c").if_(n > 0).then(double)))


def test_an_arm_may_give_the_outputs_of_a_node():
    def body(n: int) -> int:
        first = conditional("c").if_(n > 0).then(create_node(double, n=n))
        return first.else_().then(create_node(double, n=1))

    assert [each.name for each in branch_of(body).target.arms[0].graph.outputs] == ["o0"]


def test_order_across_arms_is_refused():
    def body(n: int) -> None:
        before = nothing()
        conditional("c").if_(n > 0).then(before >> nothing()).else_().then(nothing())

    with pytest.raises(PromiseError, match="stand in different graphs"):
        graph_of(body)


def test_an_arm_that_is_left_open_is_refused():
    with pytest.raises(DefinitionError, match=r"arm 1 of conditional c is left open"):
        graph_of(doing(lambda n: conditional("c").if_(n > 0)))


def test_a_second_condition_without_then_is_refused():
    with pytest.raises(PromiseError, match=r"has no .elif_ here(.|\n)*an arm is open: say wh"):
        graph_of(doing(lambda n: conditional("c").if_(n > 0).elif_(n > 1)))


def test_an_arm_cannot_be_closed_twice():
    def act(n):
        case = conditional("c").if_(n > 0)
        case.then(nothing())
        case.then(nothing())

    with pytest.raises(DefinitionError, match="closed out of turn"):
        graph_of(doing(act))


def test_a_second_else_is_refused():
    def act(n):
        chain = conditional("c").if_(n > 0).then(nothing())
        chain.else_().then(nothing())
        chain.else_().then(nothing())

    with pytest.raises(PromiseError, match="it has its else already"):
        graph_of(doing(act))


def test_a_constant_that_says_no_type_is_refused():
    with pytest.raises(PromiseError, match=r"cannot be what an arm gives(.|\n)*call a task"):
        graph_of(doing(lambda n: conditional("c").if_(n > 0).then([1, 2])))


def test_a_failure_needs_a_message():
    with pytest.raises(DefinitionError, match="fail= takes a string, got 3"):
        graph_of(doing(lambda n: conditional("c").if_(n > 0).fail(3)))


def test_after_an_error_in_an_arm_calls_are_plain_again():
    def body(n: int) -> None:
        conditional("c").if_(n > 0).then(1 / 0)

    with pytest.raises(ZeroDivisionError):
        graph_of(body)
    assert number() == 1
