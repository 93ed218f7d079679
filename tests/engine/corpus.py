"""Workflows with every node kind, for the simulator and for comparisons between executors."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

from volery import (
    Cache,
    ConcurrencyLimitBehavior,
    ConcurrencyPolicy,
    LaunchPlan,
    Retry,
    Timeout,
    WorkflowFailure,
    WorkflowFailurePolicy,
    approve,
    conditional,
    current_context,
    dynamic,
    eager,
    map_task,
    sleep,
    task,
    wait_for_input,
    workflow,
)
from volery.engine.model import Phase
from volery.errors import TaskFailed
from volery.ir.values import unpack
from volery.testing.shuffled import hang

if TYPE_CHECKING:
    from volery.sdk.entity import Entity
    from volery.store.base import ExecutionRecord
    from volery.testing.simulate import World


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


# -- time -------------------------------------------------------------------------------------


@task(retries=Retry(3, backoff=30, jitter=0.5))
def stubborn_with_backoff(x: int) -> int:
    if current_context().attempt < 3:
        raise ConnectionError("not yet")
    return x * 10


@task(retries=1, timeout=0.5)
def hang_at_first(x: int) -> int:
    if current_context().attempt == 1:
        hang()
    return x + 1


@task(timeout=Timeout(queued=36_000, running=0.5, total=72_000))
def hang_always(x: int) -> int:
    hang()


@workflow
def backing_off(x: int = 1) -> int:
    return add(x=stubborn_with_backoff(x=x), y=increment(x=x))


@workflow
def overdue_at_first(x: int = 1) -> int:
    return hang_at_first(x=x).with_overrides(timeout=0.4, retries=2)


@workflow
def sleeping(x: int = 1) -> int:
    first = increment(x=x)
    pause = sleep(0.2)
    second = increment(x=first)
    first >> pause
    pause >> second
    return second


@workflow(max_parallelism=1)
def narrow() -> int:
    return total(values=[increment(x=number) for number in range(6)])


@workflow(max_parallelism=1)
def narrow_and_eager() -> int:
    return total(values=[branching_out(n=3), branching_out(n=2)])


# -- gates ------------------------------------------------------------------------------------


@workflow
def gated(x: int = 1) -> int:
    passed = approve(increment(x=x), "fine", timeout=86_400)
    given = wait_for_input("number", timeout=86_400, expected_type=int)
    return add(x=passed, y=increment(x=given))


SIGNALS = {"fine": True, "number": 40}
"""What gates are given, by name."""


# -- dynamic ----------------------------------------------------------------------------------


@dynamic
def countdown(n: int) -> int:
    """Recursive."""
    if n == 0:
        return increment(x=n)
    return add(x=n, y=countdown(n=n - 1))


@dynamic
def emitting(n: int) -> int:
    """A choice, maps and a launch plan, decided at run time."""
    parts = [increment(x=number) for number in range(n)]
    mapped = total(values=map_task(increment)(x=parts))
    chosen = (
        conditional("emitted").if_(mapped > 3).then(diamond(x=mapped)).else_().then(chain(x=mapped))
    )
    return add(x=chosen, y=diamond_of_seven())


@dynamic(retries=2)
def emitting_at_last(x: int) -> int:
    if current_context().attempt == 1:
        raise ConnectionError("not yet")
    return stubborn(x=x)


@dynamic
def emitting_nothing() -> int:
    return 7


@workflow
def dynamically(n: int = 3) -> int:
    return total(values=[countdown(n=n), emitting(n=n), emitting_at_last(x=n), emitting_nothing()])


@workflow
def mapping_dynamically(n: int = 3) -> int:
    return total(values=map_task(countdown)(n=numbers(n=n)))


# -- eager ------------------------------------------------------------------------------------


@eager
async def branching_out(n: int) -> int:
    """Calls inside of calls, side by side."""
    if n <= 1:
        return await increment.aio(x=n)
    left, right = await asyncio.gather(branching_out.aio(n=n // 2), branching_out.aio(n=n - n // 2))
    return await add.aio(x=left, y=right)


@eager
async def falling_back(x: int) -> int:
    """Goes on after a failure; makes the same call twice."""
    try:
        return await refuse.aio(x=x)
    except TaskFailed:
        twice = [await increment.aio(x=x), await increment.aio(x=x)]
        return sum(twice) + await diamond_plan.aio(x=x) + await emitting.aio(n=x)


@eager(retries=2)
async def calling_at_last(x: int) -> int:
    first = await increment.aio(x=x)
    if current_context().attempt == 1:
        raise ConnectionError("not yet")
    mapped = await map_task(increment).aio(x=[first, first])
    return sum(mapped)


@workflow
def eagerly(n: int = 3) -> int:
    parts = [branching_out(n=n), falling_back(x=n), calling_at_last(x=n)]
    return total(values=parts)


# -- cache ------------------------------------------------------------------------------------


@task(cache=True)
def costly(x: int) -> int:
    return x * x


@task(cache=Cache(serialize=True, salt="corpus"), retries=1)
def costly_alone(x: int) -> int:
    if x == 3 and current_context().attempt == 1:
        raise ValueError("not yet")
    return x * x


@dynamic(cache=True)
def costly_graph(n: int) -> int:
    return total(values=[costly(x=n), increment(x=n)])


@workflow
def cached(n: int = 4) -> int:
    values = numbers(n=n)
    first = total(values=map_task(costly)(x=values))
    again = total(values=map_task(costly)(x=values))
    alone = total(values=map_task(costly_alone)(x=values))
    same = [costly_alone(x=2), costly_alone(x=2), costly_graph(n=2), costly_graph(n=2)]
    first >> again
    return total(values=[first, again, alone, *same])


# -- failure ----------------------------------------------------------------------------------


@task
def clean_up(x: int, err: WorkflowFailure | None = None) -> None:
    assert err is None or err.message


@workflow(on_failure=clean_up)
def handled_below(x: int) -> int:
    return refuse(x=increment(x=x))


@workflow(on_failure=clean_up)
def handled(x: int = 1) -> int:
    return add(x=handled_below(x=x), y=chain(x=x))


@workflow(on_failure=clean_up)
def handled_unless_even(x: int) -> int:
    return only_even(x=x)


failing_plan = LaunchPlan.get_or_create(handled, name="tests.failing_plan")


@workflow
def failing_in_a_child(x: int = 1) -> int:
    return add(x=failing_plan(x=x), y=chain(x=x))


@workflow
def mapping_failing(n: int = 200) -> list[int]:
    return map_task(only_even)(x=numbers(n=n))


@workflow
def overdue(x: int = 1) -> int:
    return hang_always(x=increment(x=x))


@dynamic
def failing_graph(x: int) -> int:
    return add(x=refuse(x=x), y=increment(x=x))


@eager
async def failing_call(x: int) -> int:
    return await failing_graph.aio(x=x)


@workflow
def failing_deep(x: int = 1) -> int:
    return failing_call(x=x)


@workflow
def turned_down(x: int = 1) -> int:
    return approve(increment(x=x), "never", timeout=0.2)


queued_plan = LaunchPlan.get_or_create(
    diamond,
    name="tests.queued_plan",
    default_inputs={"x": 1},
    concurrency=ConcurrencyPolicy(1, ConcurrencyLimitBehavior.QUEUE),
)


@workflow
def queueing(n: int = 3) -> int:
    return total(values=map_task(queued_plan)(x=numbers(n=n)))


@workflow
def everything(n: int = 3) -> int:
    """Every kind of node, and a failure node that runs."""
    values = numbers(n=n)
    mapped = total(values=map_task(even_in_the_end)(x=values))
    chosen = (
        conditional("any").if_(mapped > 100).then(increment(x=mapped)).else_().then(chain(x=mapped))
    )
    waited = approve(chosen, "fine", timeout=86_400)
    pause = sleep(0.01)
    mapped >> pause
    some = total_of_some(values=map_task(handled_unless_even, min_success_ratio=0.5)(x=[1, 2]))
    pause >> some
    parts = [waited, some, diamond_plan(x=n), countdown(n=n), branching_out(n=n), costly_alone(x=n)]
    return total(values=parts)


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
    backing_off: 12,
    overdue_at_first: 2,
    sleeping: 3,
    narrow: 21,
    narrow_and_eager: 10,
    gated: 43,
    dynamically: 244,
    mapping_dynamically: 7,
    eagerly: 269,
    cached: 64,
    queueing: 69,
    everything: 78,
}
"""What each gives."""

FAILING = {
    failing: "ValueError",
    failing_late: "ValueError",
    handled: "ValueError",
    failing_in_a_child: "ValueError",
    failing_deep: "ValueError",
    mapping_failing: "ValueError",
    overdue: "TimedOut",
    turned_down: "TimedOut",
}
"""The code of the failure that each ends with."""

EVERY = [*SUCCEEDING, *FAILING]


def assert_phase(entity: Entity, record: ExecutionRecord) -> None:
    """An execution has ended as it does when nothing happens to whoever drives it."""
    if entity in SUCCEEDING:
        assert record.phase is Phase.SUCCEEDED, record.failure
    else:
        assert record.phase is Phase.FAILED
        assert record.failure is not None
        assert record.failure.code == FAILING[entity], record.failure


def assert_right(entity: Entity, world: World) -> None:
    """The same, and it gives what it has to give."""
    assert_phase(entity, world.record())
    if entity in SUCCEEDING:
        assert unpack(world.outputs())["o0"] == SUCCEEDING[entity]
