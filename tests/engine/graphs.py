"""Steps that random workflows are made of: each says what it is, and what it gives in Python."""

from __future__ import annotations

from volery import LaunchPlan, conditional, dynamic, eager, map_task, task, workflow


@task
def add(x: int, y: int) -> int:
    return x + y


@task
def halve(x: int) -> int:
    return x // 2


@task
def total(values: list[int]) -> int:
    return sum(values)


@workflow
def twice(x: int) -> int:
    return add(x=x, y=x)


class Sum:
    """Two earlier values, added."""

    def trace(self, values, picks):
        return add(x=values[picks[0]], y=values[picks[1]])

    def compute(self, values, picks):
        return values[picks[0]] + values[picks[1]]


class Nested(Sum):
    """A subworkflow of one earlier value."""

    def trace(self, values, picks):
        return twice(x=values[picks[0]])

    def compute(self, values, picks):
        return 2 * values[picks[0]]


class Gathered(Sum):
    """A list of earlier values, mapped and added up."""

    def trace(self, values, picks):
        return total(values=map_task(halve)(x=[values[pick] for pick in picks]))

    def compute(self, values, picks):
        return sum(values[pick] // 2 for pick in picks)


class Chosen(Sum):
    """One of two nodes, by comparing two earlier values."""

    def trace(self, values, picks):
        first, second = values[picks[0]], values[picks[1]]
        return (
            conditional("which")
            .if_(first < second)
            .then(halve(x=second))
            .else_()
            .then(add(x=first, y=1))
        )

    def compute(self, values, picks):
        first, second = values[picks[0]], values[picks[1]]
        return second // 2 if first < second else first + 1


twice_plan = LaunchPlan.get_or_create(twice, name="tests.twice_plan")


@task(cache=True, retries=1)
def remembered(x: int) -> int:
    return x * 3


@dynamic
def emitting(values: list[int]) -> int:
    """Halves until one is left."""
    if len(values) == 1:
        return halve(x=values[0])
    half = len(values) // 2
    return add(x=emitting(values=values[:half]), y=emitting(values=values[half:]))


@eager
async def calling(x: int, y: int) -> int:
    """Decides by what has come out."""
    total = await add.aio(x=x, y=y)
    return await halve.aio(x=total) if total > 0 else await twice.aio(x=total)


class Launched(Sum):
    """A launch plan of one earlier value."""

    def trace(self, values, picks):
        return twice_plan(x=values[picks[0]])

    def compute(self, values, picks):
        return 2 * values[picks[0]]


class Remembered(Sum):
    """A cached task over earlier values."""

    def trace(self, values, picks):
        return total(values=map_task(remembered)(x=[values[pick] for pick in picks]))

    def compute(self, values, picks):
        return sum(3 * values[pick] for pick in picks)


class Emitted(Sum):
    """A graph that is made of earlier values at run time."""

    def trace(self, values, picks):
        return emitting(values=[values[pick] for pick in picks])

    def compute(self, values, picks):
        return sum(values[pick] // 2 for pick in picks)


class Called(Sum):
    """Calls that follow from two earlier values."""

    def trace(self, values, picks):
        return calling(x=values[picks[0]], y=values[picks[1]])

    def compute(self, values, picks):
        sum_ = values[picks[0]] + values[picks[1]]
        return sum_ // 2 if sum_ > 0 else 2 * sum_


STEPS = [Sum(), Nested(), Gathered(), Chosen(), Launched(), Remembered(), Emitted(), Called()]


def traced(steps, ordered):
    """The workflow of these steps; pairs of `ordered` run one after the other."""

    @workflow
    def random_graph(seed: int) -> int:
        values = [seed]
        for step, picks in steps:
            values.append(step.trace(values, picks))
        for first, second in ordered:
            values[first] >> values[second]
        return total(values=values[1:])

    return random_graph


def computed(steps, seed):
    """What it gives."""
    values = [seed]
    for step, picks in steps:
        values.append(step.compute(values, picks))
    return sum(values[1:])
