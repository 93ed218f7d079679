"""Workflows with every node kind, for the simulator and for comparisons between executors."""

from __future__ import annotations

import functools

from volery.sdk.conditional import conditional
from volery.sdk.context import current_context
from volery.sdk.launch_plan import LaunchPlan
from volery.sdk.map import map_task
from volery.sdk.task import task
from volery.sdk.workflow import WorkflowFailurePolicy, workflow


@task
def increment(x: int) -> int:
    return x + 1


@task
def add(x: int, y: int) -> int:
    return x + y


@task
def numbers(n: int) -> list[int]:
    return list(range(n))


@task
def total(values: list[int]) -> int:
    return sum(values)


@task
def total_of_some(values: list[int | None]) -> int:
    return sum(value for value in values if value is not None)


@task(retries=3)
def stubborn(x: int) -> int:
    if current_context().attempt < 3:
        raise ValueError("not yet")
    return x * 10


@task
def only_even(x: int) -> int:
    if x % 2:
        raise ValueError(f"{x} is odd")
    return x


@task(retries=2)
def even_in_the_end(x: int) -> int:
    if x % 2 and current_context().attempt < 2:
        raise ValueError(f"{x} is odd")
    return x


@task
def refuse(x: int) -> int:
    raise ValueError("never")


@workflow
def chain(x: int = 0) -> int:
    for _ in range(6):
        x = increment(x=x)
    return x


@workflow
def diamond(x: int = 1) -> int:
    first = increment(x=x)
    return add(x=increment(x=first), y=stubborn(x=first))


@workflow
def fan(n: int = 3) -> int:
    return total(values=[increment(x=number) for number in range(8)] + [n])


@workflow
def nested(x: int = 1) -> int:
    a = diamond(x=x)
    b = chain(x=a)
    a >> b
    return add(x=a, y=b)


@workflow
def branching(x: int = 5) -> int:
    seen = increment(x=x)
    chosen = (
        conditional("size")
        .if_(seen > 100)
        .then(increment(x=seen))
        .elif_((seen > 3) & (seen < 50))
        .then(
            conditional("inner")
            .if_(seen == 6)
            .then(add(x=increment(x=seen), y=x))
            .else_()
            .fail("unexpected")
        )
        .else_()
        .then(stubborn(x=seen))
    )
    return increment(x=chosen)


@task
def unless_zero(x: int) -> int | None:
    return x or None


@workflow
def missing_value(x: int = 0) -> int:
    found = unless_zero(x=x)
    known = unless_zero(x=7)
    return add(
        x=conditional("found").if_(found.is_none()).then(increment(x=4)).else_().then(found),
        y=conditional("known").if_(known.is_none()).then(total(values=[])).else_().then(known),
    )


@workflow
def mapping(n: int = 10) -> int:
    values = numbers(n=n)
    return total(values=map_task(increment)(x=values))


@workflow
def mapping_with_retries(n: int = 67) -> int:
    """Ranges of two elements each, and a last one of one."""
    values = numbers(n=n)
    return total(values=map_task(even_in_the_end, concurrency=3)(x=values))


@workflow
def mapping_some(n: int = 10) -> int:
    values = numbers(n=n)
    return total_of_some(values=map_task(only_even, min_success_ratio=0.5)(x=values))


@workflow
def mapping_workflows(n: int = 4) -> int:
    values = numbers(n=n)
    return total(values=map_task(diamond)(x=values))


diamond_of_seven = LaunchPlan.get_or_create(
    diamond, name="tests.diamond_of_seven", fixed_inputs={"x": 7}
)


@workflow
def launching() -> int:
    return add(x=diamond_of_seven(), y=increment(x=1))


diamond_plan = LaunchPlan.get_or_create(diamond, name="tests.diamond_plan", default_inputs={"x": 1})


@workflow
def mapping_launch_plans(n: int = 3) -> int:
    return total(values=map_task(diamond_plan)(x=numbers(n=n)))


@workflow
def mapping_maps(n: int = 3) -> int:
    return total(values=map_task(mapping)(n=numbers(n=n)))


@workflow
def mapping_partial(n: int = 5) -> int:
    values = numbers(n=n)
    shared = increment(x=n)
    sums = map_task(functools.partial(add, y=shared))(x=values)
    return total(values=map_task(add)(x=sums, y=values))


@workflow
def failing(x: int = 1) -> int:
    first = increment(x=x)
    return add(x=refuse(x=first), y=chain(x=first))


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def failing_late(x: int = 1) -> int:
    first = increment(x=x)
    return add(x=refuse(x=first), y=chain(x=first))


SUCCEEDING = {
    chain: 6,
    diamond: 23,
    fan: 39,
    nested: 52,
    branching: 13,
    missing_value: 12,
    mapping: 55,
    mapping_with_retries: 2211,
    mapping_some: 20,
    mapping_workflows: 114,
    mapping_launch_plans: 69,
    mapping_maps: 4,
    mapping_partial: 50,
    launching: 91,
}


@workflow
def mapping_failing(n: int = 200) -> list[int]:
    return map_task(only_even)(x=numbers(n=n))


FAILING = [failing, failing_late]
