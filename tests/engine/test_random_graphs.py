"""Random workflows give what plain Python gives, in whatever order their nodes run."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.ir.values import pack, unpack
from volery.sdk.compile import compile_entity
from volery.sdk.conditional import conditional
from volery.sdk.map import map_task
from volery.sdk.task import task
from volery.sdk.workflow import workflow
from volery.testing import pictures
from volery.testing.simulate import Chances, World


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


@st.composite
def programs(draw):
    """Steps, each with the earlier values that it uses; and pairs that are only ordered."""
    size = draw(st.integers(1, 12))
    steps = [
        (
            draw(st.sampled_from([Sum(), Nested(), Gathered(), Chosen()])),
            draw(st.lists(st.integers(0, position), min_size=2, max_size=4)),
        )
        for position in range(size)
    ]
    pairs = st.tuples(st.integers(1, size), st.integers(1, size)).filter(lambda p: p[0] < p[1])
    ordered = draw(st.lists(pairs, max_size=4)) if size > 1 else []
    return steps, ordered


def traced(steps, ordered):
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
    values = [seed]
    for step, picks in steps:
        values.append(step.compute(values, picks))
    return sum(values[1:])


@given(programs(), st.integers(-100, 100))
def test_a_plain_call_gives_what_python_gives(program, seed):
    steps, ordered = program
    assert traced(steps, ordered)(seed=seed) == computed(steps, seed)


@settings(max_examples=50)
@given(programs(), st.integers(-100, 100), st.integers(0, 1_000))
def test_two_replicas_give_what_python_gives(program, seed, luck):
    steps, ordered = program
    entity = traced(steps, ordered)
    world = World(compile_entity(entity), luck, chances=Chances(death=0.0, crash=0.0))
    record = world.run(entity.ref, pack({"seed": seed}))
    pictures.check(world.store, record.id)
    assert record.phase is Phase.SUCCEEDED
    outputs = world.store.outputs(record.id, [ROOT])[ROOT]
    assert unpack(outputs)["o0"] == computed(steps, seed)


@settings(max_examples=50)
@given(programs(), st.integers(0, 1_000))
def test_nodes_that_are_only_ordered_run_in_that_order(program, luck):
    steps, ordered = program
    entity = traced(steps, ordered)
    compiled = compile_entity(entity)
    world = World(compiled, luck, chances=Chances(death=0.0, crash=0.0))
    record = world.run(entity.ref, pack({"seed": 1}))
    seen = [
        (line.path, line.event)
        for line in pictures.lines(world.store, record.id)
        if line.attempt == 0
    ]
    [spec] = [each for each in compiled.bundle.workflows if each.name == entity.name]
    for node in spec.graph.nodes:
        for earlier in node.after:
            assert seen.index((earlier, "SUCCEEDED")) < seen.index((node.id, "RUNNING"))
