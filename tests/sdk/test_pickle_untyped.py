"""Tasks that have pickled what no codec handles."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import pytest

from volery import Pickle, map_task, task, workflow
from volery.errors import CompileError, DefinitionError, TypeMismatch, UnsupportedType
from volery.ir.types import INT, ContentType
from volery.sdk.compile import compile_entity


class Engine:
    def __init__(self, power: int) -> None:
        self.power = power


class Pair(NamedTuple):
    engine: Engine
    number: int


@task(pickle_untyped=True)
def build(power: int) -> Engine:
    return Engine(power)


@task(pickle_untyped=True)
def read(engine: Engine | None = None) -> int:
    return engine.power if engine else 0


@task(pickle_untyped=True)
def total(engines: list[Engine], spare: Any) -> int:
    return sum(each.power for each in [*engines, spare])


@task(pickle_untyped=True)
def twins(power: int) -> Pair:
    return Pair(Engine(power), power)


@task(pickle_untyped=True)
def loose(value, factor: int = 2):
    return value * factor


@task
def strict(engine: Annotated[Engine, Pickle]) -> int:
    return engine.power


def test_a_plain_call_takes_and_gives_objects():
    assert build(power=3).power == 3
    assert read(engine=Engine(4)) == 4
    assert read() == 0
    assert total(engines=[Engine(1)], spare=Engine(2)) == 3
    assert twins(power=5).engine.power == 5


def test_the_function_gets_a_copy():
    engine = Engine(1)

    @task(pickle_untyped=True)
    def change(engine: Engine) -> Engine:
        engine.power = 9
        return engine

    assert change(engine=engine).power == 9
    assert engine.power == 1


def test_what_has_no_annotation_may_be_anything():
    assert loose(value="ab") == "abab"
    assert loose(value=[1], factor=3) == [1, 1, 1]
    assert [each.type for each in loose.interface.inputs] == [ContentType("pickle"), INT]
    assert [each.type for each in loose.interface.outputs] == [ContentType("pickle")]


def test_a_task_without_annotations_that_returns_nothing_has_no_output():
    @task(pickle_untyped=True)
    def drop(value): ...

    assert drop(value=1) is None
    assert drop.interface.outputs == ()


def test_a_method_is_refused_all_the_same():
    def method(self, value): ...

    with pytest.raises(DefinitionError, match="a method cannot be used"):
        task(pickle_untyped=True)(method)


def test_workflows_connect_tasks_that_pickle():
    @workflow
    def flow(power: int) -> int:
        engine = build(power=power)
        pair = twins(power=power)
        return total(engines=[engine, pair.engine], spare=build(power=strict(engine=engine)))

    assert flow(power=2) == 6


def test_elements_of_a_map_are_pickled_too():
    @workflow
    def flow(powers: list[int]) -> list[int | None]:
        return map_task(read, min_success_ratio=0.5)(engine=map_task(build)(power=powers))

    assert flow(powers=[1, 2]) == [1, 2]


def test_objects_that_may_be_missing_after_a_map_are_pickled():
    @task(pickle_untyped=True)
    def count(engines: list[Engine | None]) -> int:
        return len(engines)

    @workflow
    def flow(powers: list[int]) -> int:
        return count(engines=map_task(build, min_success_ratio=0.5)(power=powers))

    assert flow(powers=[1, 2, 3]) == 3


def test_an_object_of_a_class_that_is_not_declared_is_checked_when_it_arrives():
    @workflow
    def flow() -> int:
        return strict(engine=loose(value="ab"))

    with pytest.raises(TypeMismatch, match=r"expected Engine, got 'abab'"):
        flow()


def test_an_object_of_another_class_is_refused_at_compile_time():
    class Other: ...

    @task(pickle_untyped=True)
    def other() -> Other:
        return Other()

    @workflow
    def flow() -> int:
        return strict(engine=other())

    with pytest.raises(CompileError, match=r"expected pickle\[.*Engine.*got pickle\[.*Other"):
        compile_entity(flow)


def test_nothing_is_pickled_unless_it_is_asked_for():
    with pytest.raises(UnsupportedType, match=r"pickle_untyped=True"):

        @task
        def f(engine: Engine) -> int:
            return engine.power

    with pytest.raises(DefinitionError, match="has no annotation"):

        @task(pickle_untyped=False)
        def g(engine) -> int:
            return engine.power


def test_the_option_is_true_or_false():
    with pytest.raises(DefinitionError, match="pickle_untyped= takes True or False, got 'yes'"):
        task(pickle_untyped="yes")(lambda: None)
