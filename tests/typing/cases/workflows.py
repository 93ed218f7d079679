"""Workflows keep the types of their functions, and their bodies read as Python."""

from __future__ import annotations

import functools
from typing import assert_type

from volery import (
    LaunchPlan,
    Workflow,
    WorkflowFailurePolicy,
    conditional,
    create_node,
    current_context,
    map_task,
    task,
    workflow,
)


@task
def double(n: int) -> int:
    return n * 2


@task
def show(n: int) -> str:
    return str(n)


@workflow
def pipeline(n: int, times: int = 2) -> str:
    return show(n=double(n=n))


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_IMMEDIATELY, docs="Chooses.")
def choose(n: int) -> int:
    result = conditional("size").if_(n > 1).then(double(n=n)).else_().fail("too small")
    return result


assert_type(pipeline(n=1), str)
assert_type(choose(n=1), int)
pipeline(n="x")  # pyright: ignore[reportArgumentType]
pipeline()  # pyright: ignore[reportCallIssue]
pipeline(m=1)  # pyright: ignore[reportCallIssue]
choose(n=1.5)  # pyright: ignore[reportArgumentType]


@task
def is_big(n: int) -> bool:
    return n > 9


# A type checker takes what a task gives in a workflow for the value itself. What promises can do
# besides is written with create_node, whose outputs are promises to it, too.
@workflow
def with_promises(n: int) -> str:
    first = create_node(double, n=n).with_overrides(node_name="first", retries=2)
    second = create_node(is_big, n=first.o0)
    first >> second
    conditional("a").if_(second.o0.is_true() & (first.o0 > 3)).then(show(n=n)).else_().fail("no")
    return conditional("b").if_((n > 3) & (n < 9)).then(show(n=n)).else_().then("0")


assert_type(with_promises(n=1), str)
conditional("c").if_(double(n=1) > 2).than(1)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


@workflow
def wrong(n: int) -> int:
    double(n=show(n=n))  # pyright: ignore[reportArgumentType]
    return show(n=n)  # pyright: ignore[reportReturnType]


workflow(failure_policy="fail")  # pyright: ignore[reportArgumentType]
workflow(failure_polcy=None)  # pyright: ignore[reportCallIssue]

plan = LaunchPlan.get_or_create(pipeline, "plan", default_inputs={"n": 1})
assert_type(plan, LaunchPlan)
LaunchPlan.get_or_create(double, "plan")  # pyright: ignore[reportArgumentType]
LaunchPlan.create("plan")  # pyright: ignore[reportCallIssue]

map_task(functools.partial(double, n=1), concurrency=2)
map_task(print)  # pyright: ignore[reportArgumentType]
map_task(double, concurrency="x")  # pyright: ignore[reportArgumentType]

built = Workflow(name="built")
node = built.add_entity(double, n=built.add_workflow_input("n", int))
node >> create_node(double, n=1)
create_node(3)  # pyright: ignore[reportArgumentType]
built.add_workflow_output("o", node.o0)

assert_type(current_context().attempt, int)
conditional("c").then(1)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
