"""Policies: what options of tasks and overrides of nodes ask for, and what of that cannot work."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

import pytest

from volery import (
    Cache,
    HashMethod,
    LaunchPlan,
    Pickle,
    Resources,
    Retry,
    Timeout,
    conditional,
    dynamic,
    eager,
    map_task,
    sleep,
    task,
    workflow,
)
from volery.errors import CompileError, DefinitionError, RecoverableError
from volery.ir.policy import Backoff, Caching, Limits, Policy, Request
from volery.sdk.compile import compile_entity


class Model:
    """Something that is pickled."""


def name_of(model: Model) -> str:
    return type(model).__name__


@dataclass
class Tree:
    leaf: Annotated[Model, Pickle]
    children: list[Tree] = field(default_factory=list)


@task(cache=True)
def early(x: Later) -> int:
    return 1


Later = Annotated[Model, Pickle]


def work(n: int, path: str = "") -> int:
    return n


@task(cache=Cache("1"), requests=Resources(cpu=2))
def cached(n: int) -> int:
    return n


@workflow
def inner(n: int) -> int:
    return cached(n=n)


plan = LaunchPlan.get_or_create(inner, "test_policy_plan")


def problems_of(body):
    with pytest.raises(CompileError) as caught:
        compile_entity(workflow(body))
    return "\n".join(caught.value.problems)


def overridden(**overrides):
    def body(n: int) -> None:
        cached(n=n).with_overrides(**overrides)

    return workflow(body).spec.graph.nodes[0].policy


# -- options of tasks ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "policy"),
    [
        ({}, Policy()),
        ({"retries": None, "timeout": None, "cache": False, "requests": None}, Policy()),
        ({"retries": 2}, Policy(retries=2)),
        ({"retries": Retry(3, backoff=1)}, Policy(retries=2, backoff=Backoff(first=1.0))),
        ({"timeout": timedelta(minutes=1)}, Policy(limits=Limits(running=60.0))),
        ({"timeout": 1.5}, Policy(limits=Limits(running=1.5))),
        ({"timeout": Timeout(total=3)}, Policy(limits=Limits(total=3.0))),
        ({"cache": True}, Policy(cache=Caching())),
        ({"cache": Cache(salt="s")}, Policy(cache=Caching(salt="s"))),
        (
            {
                "cache": True,
                "cache_version": "1",
                "cache_serialize": True,
                "cache_ignore_input_vars": ("path",),
            },
            Policy(cache=Caching("1", serialize=True, ignored=("path",))),
        ),
        ({"requests": Resources(cpu=1)}, Policy(requests=Request(cpu=1.0))),
        (
            {"limits": Resources(cpu=1)},
            Policy(requests=Request(cpu=1.0), caps=Request(cpu=1.0)),
        ),
        (
            {"requests": Resources(cpu=1), "limits": Resources(cpu=2)},
            Policy(requests=Request(cpu=1.0), caps=Request(cpu=2.0)),
        ),
        (
            {"resources": Resources(cpu=(1, 2), gpu=1)},
            Policy(requests=Request(cpu=1.0, gpu=1), caps=Request(cpu=2.0)),
        ),
        ({"resources": Resources(mem=1)}, Policy(requests=Request(mem=1))),
        ({"priority": -3}, Policy(priority=-3)),
    ],
)
def test_options_become_the_policy(options, policy):
    assert task(**options)(work).spec.policy == policy


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"timeout": 0}, "timeout= takes a timedelta or .* more than 0, got 0"),
        ({"timeout": "1h"}, "timeout= takes a timedelta"),
        ({"cache": "yes"}, "cache= takes True, False or a Cache, got 'yes'"),
        (
            {"cache": Cache("1"), "cache_version": "2"},
            "cache= is a Cache, and cache_version= says a part of it again",
        ),
        ({"cache_version": "2"}, r"cache_version= is given, but outputs are not(.|\n)*cache=True"),
        ({"cache": False, "cache_serialize": True}, "cache_serialize= is given, but"),
        ({"requests": "1"}, r"requests= takes Resources, got '1'(.|\n)*Resources\(cpu="),
        ({"requests": Resources(cpu=(1, 2))}, r"requests= takes single amounts(.|\n)*resources="),
        (
            {"resources": Resources(cpu=1), "limits": Resources(cpu=1)},
            "resources= says what requests= and limits= say",
        ),
        (
            {"requests": Resources(mem="2Gi"), "limits": Resources(mem="1Gi")},
            "it requests mem=.*, more than the limit of",
        ),
        ({"resources": Resources(cpu=(2, 1))}, "it requests cpu=2, more than the limit of 1"),
        ({"priority": 1.5}, "priority= takes a whole number of at least -2147483647, got 1.5"),
        ({"priority": 2**31}, "priority= takes a whole number of at most 2147483647, got 2147"),
        (
            {"retries": Retry(3, backoff=20, jitter=0.5), "timeout": Timeout(total=10)},
            "the first wait, 10 s, outlasts total=, 10 s",
        ),
        (
            {"cache": Cache(ignored_inputs="pth")},
            r"the cache is to ignore pth, which is no input\n  hint: did you mean path",
        ),
    ],
)
def test_options_that_cannot_work_are_refused_with_the_place_of_the_task(options, told):
    with pytest.raises(DefinitionError, match=rf"task \S+work \(.*test_policy\.py:\d+\): {told}"):
        task(**options)(work)


def test_an_exception_is_followed_by_a_retry_unless_the_task_says_otherwise():
    plain = task(retries=1)(work)
    choosy = task(retries=Retry(2, on=ValueError))(work)
    assert plain.retryable(KeyError())
    assert choosy.retryable(ValueError())
    assert not choosy.retryable(KeyError())
    assert choosy.retryable(RecoverableError("again"))


# -- identity of inputs --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "part"),
    [
        (Annotated[Model, Pickle], "x"),
        (Annotated[Model, Pickle] | None, r"x\[\]"),
        (dict[str, list[Annotated[Model, Pickle]]], r"x\[\]\[\]"),
        (tuple[Annotated[Model, Pickle], ...], r"x\[\]"),
        (Tree, r"x\.leaf"),
    ],
)
def test_a_cache_on_an_input_that_is_pickled_is_refused(annotation, part):
    def use(x: annotation) -> int:
        return 1

    with pytest.raises(
        DefinitionError,
        match=rf"it is cached, but {part} is pickled(.|\n)*HashMethod, or add 'x' to ignored_inp",
    ):
        task(cache=True)(use)
    assert task(cache=Cache(ignored_inputs="x"))(use)


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[Model, Pickle, HashMethod(name_of)],
        list[Annotated[Model, Pickle, HashMethod(name_of)]],
        dict[str, int],
        list,
    ],
)
def test_a_cache_on_inputs_with_an_identity_is_fine(annotation):
    def use(x: annotation) -> int:
        return 1

    assert task(cache=True)(use).spec.policy.cache == Caching()


def test_what_is_pickled_for_want_of_a_codec_has_no_identity():
    def use(x) -> int:
        return 1

    with pytest.raises(DefinitionError, match="x is pickled"):
        task(cache=True, pickle_untyped=True)(use)


def test_a_signature_that_is_resolved_late_is_judged_when_it_is_compiled():
    with pytest.raises(DefinitionError, match="x is pickled"):
        compile_entity(early)


def test_dynamic_and_eager_tasks_have_no_turn_to_wait_for():
    async def calls(n: int) -> int:
        return n

    with pytest.raises(DefinitionError, match="for one attempt, which no dynamic task is"):
        dynamic(cache=Cache(serialize=True))(work)
    with pytest.raises(DefinitionError, match="for one attempt, which no eager task is"):
        eager(cache=Cache(serialize=True))(calls)


# -- overrides of nodes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "policy"),
    [
        ({"retries": Retry(2)}, Policy(retries=1, backoff=Backoff())),
        ({"timeout": 3}, Policy(limits=Limits(running=3.0))),
        ({"cache": False}, Policy(uncached=True)),
        ({"cache": True}, Policy()),  # as the task says
        ({"cache": Cache("2")}, Policy(cache=Caching("2"))),
        ({"cache": True, "cache_version": "3"}, Policy(cache=Caching("3"))),
        ({"limits": Resources(cpu=3)}, Policy(requests=Request(cpu=3.0), caps=Request(cpu=3.0))),
        ({"priority": 1}, Policy(priority=1)),
    ],
)
def test_overrides_become_the_policy_of_the_node(overrides, policy):
    assert overridden(**overrides) == policy


def test_later_overrides_replace_earlier_ones():
    def body(n: int) -> None:
        cached(n=n).with_overrides(cache=False, retries=1).with_overrides(cache=Cache("2"))

    policy = workflow(body).spec.graph.nodes[0].policy
    assert policy == Policy(retries=1, cache=Caching("2"))


def test_overrides_of_a_map_are_those_of_its_node():
    def body(ns: list[int]) -> None:
        map_task(cached)(n=ns).with_overrides(retries=2, timeout=5)

    policy = workflow(body).spec.graph.nodes[0].policy
    assert policy == Policy(retries=2, limits=Limits(running=5.0))


def test_overrides_that_cannot_work_with_their_task_are_problems_of_the_graph():
    def body(n: int) -> None:
        cached(n=n).with_overrides(resources=Resources(cpu=(4, 8)))
        cached(n=n).with_overrides(resources=Resources(cpu=(4, 3)))
        cached(n=n).with_overrides(cache=Cache(ignored_inputs="m"))

    line = body.__code__.co_firstlineno
    told = problems_of(body)
    assert f"node n1 cached at line {line + 2}: it requests cpu=4, more than the lim" in told
    assert f"node n2 cached at line {line + 3}: the cache is to ignore m, which is no" in told
    assert "n0" not in told


def test_what_is_for_attempts_means_nothing_where_there_are_none():
    def body(n: int) -> None:
        x = inner(n=n).with_overrides(retries=2)
        plan(n=n).with_overrides(cache=True, timeout=3)
        sleep(1).with_overrides(environment={"A": "1"})
        map_task(inner)(n=[n]).with_overrides(priority=1)
        y = conditional("c").if_(x > 1).then(x).else_().then(n)
        y.with_overrides(timeout=3)

    told = problems_of(body)
    assert "node n0 inner" in told
    assert "retries= is for attempts, and workflow tests.sdk.test_policy.inner has none" in told
    assert "cache= is for attempts, and launch plan test_policy_plan has none" in told
    assert "environment= is for attempts, and it has none" in told
    assert "priority= is for attempts, and workflow" in told
    assert "timeout= is for attempts, and it has none" in told
    assert told.count("is for attempts") == 5


def test_filters_of_a_retry_are_refused_as_overrides():
    with pytest.raises(DefinitionError, match="on= and never= of a Retry belong to the task"):
        overridden(retries=Retry(2, on=ValueError))


def test_a_partial_of_a_map_may_be_overridden_too():
    def body(ns: list[int]) -> None:
        map_task(functools.partial(task(work), path="x"))(n=ns).with_overrides(cache=True)

    assert workflow(body).spec.graph.nodes[0].policy == Policy(cache=Caching())
