"""What differs between two specs, in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from volery.ir.bindings import Bound, Constant, InputRef
from volery.ir.difference import differences
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import Graph, Node, TaskTarget
from volery.ir.policy import Policy
from volery.ir.ref import Source
from volery.ir.specs import LaunchPlanSpec, Part, TaskSpec, WorkflowSpec
from volery.ir.types import INT, STR, Field, RecordType
from volery.ir.values import pack

TASK = TaskSpec(
    "m.fit",
    Interface((Input("x", INT), Input("y", INT, pack(1))), (Output("o0", INT),)),
    policy=Policy(retries=1),
    source=Source("m.py", 3),
    fingerprint=(Part("m.fit", "1"), Part("m.old", "1")),
)
NODE = Node("n0", TaskTarget("m.fit"), (Bound("x", InputRef("x")),))
FLOW = WorkflowSpec("m.flow", Interface(), Graph((NODE,)))


def book(field):
    return Interface((Input("book", RecordType("m.Book", (Field(field, INT),))),))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (
            replace(TASK, interface=Interface()),
            ["input x: gone", "input y: gone", "output o0: gone"],
        ),
        (
            replace(TASK, interface=replace(TASK.interface, inputs=(Input("x", STR),))),
            ["input x: str, was int", "input y: gone"],
        ),
        (
            replace(
                TASK, interface=replace(TASK.interface, inputs=(Input("x", INT), Input("y", INT)))
            ),
            ["input y: int, was int = 1"],
        ),
        (
            replace(TASK, fingerprint=(Part("m.fit", "2"), Part("m.new", "1"))),
            ["code of m.fit: changed", "code of m.old: gone", "code of m.new: new"],
        ),
        (replace(TASK, policy=Policy(retries=2)), ["retries: 2, was 1"]),
        (replace(TASK, source=Source("m.py", 4)), ["it stands at m.py:4"]),
        (replace(TASK, mode="dynamic"), ['mode: "dynamic", was ""']),
        (FLOW, ["it was a TaskSpec, and is a WorkflowSpec"]),
        (TASK, []),
    ],
)
def test_differences_of_tasks(now, told):
    assert differences(TASK, now) == told


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        (Graph(), ["node n0: gone"]),
        (Graph((NODE, replace(NODE, id="n1"))), ["node n1: new, n1 fit"]),
        (Graph((replace(NODE, target=TaskTarget("m.guess")),)), ["node n0: n0 guess, was n0 fit"]),
        (
            Graph((replace(NODE, inputs=(Bound("x", Constant(pack(1))),), after=("n1",)),)),
            ["node n0 fit: other inputs and after"],
        ),
        (Graph((NODE,), (Bound("o0", InputRef("x")),)), ["outputs come from elsewhere"]),
    ],
)
def test_differences_of_graphs(graph, told):
    assert differences(FLOW, replace(FLOW, graph=graph)) == told


def test_types_that_read_alike_differ_all_the_same():
    plan = LaunchPlanSpec("daily", "m.flow", book("pages"))
    (told,) = differences(plan, replace(plan, interface=book("words")))
    assert "fields of a type" in told
