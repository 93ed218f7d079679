"""Mocks in place of tasks and workflows."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from tests.testing import flows

from volery import map_task, task
from volery.errors import CallError, TypeMismatch
from volery.testing import patch, run_locally, task_mock


def test_a_mock_is_called_with_inputs_by_name_in_place_of_the_function():
    with task_mock(flows.fetch) as mock:
        mock.return_value = 7
        assert flows.fetch(x=1) == 7
    mock.assert_called_once_with(x=1)
    assert flows.fetch(x=1) == 2


@pytest.mark.parametrize("run", [flows.twice, lambda **xs: run_locally(flows.twice, xs).output])
def test_nodes_of_a_workflow_are_mocked(run):
    with task_mock(flows.fetch) as mock:
        mock.side_effect = lambda x: x * 10
        assert run(x=1) == 100
    assert mock.call_count == 2


def test_elements_of_a_map_are_mocked():
    with task_mock(flows.fetch) as mock:
        mock.return_value = 2
        assert flows.mapped(xs=[1, 2, 3]) == 6


def test_types_are_checked():
    with task_mock(flows.fetch) as mock:
        mock.return_value = "seven"
        with pytest.raises(TypeMismatch, match=r"fetch, output o0: expected int, got 'seven'"):
            flows.fetch(x=1)
        with pytest.raises(TypeMismatch, match="expected int"):
            flows.fetch(x="1")


def test_what_a_mock_raises_is_retried():
    with task_mock(flows.fetch) as mock:
        mock.side_effect = [ConnectionError("busy"), 3]
        assert run_locally(flows.hurried, {"x": 1}).output == 3


def test_async_tasks_are_mocked():
    with task_mock(flows.later) as mock:
        mock.return_value = 9
        assert flows.later(x=1) == 9
        assert flows.side_by_side(x=1) == (2, 9)


def test_dynamic_and_eager_tasks_are_mocked():
    with task_mock(flows.grown) as grown, task_mock(flows.awaited) as awaited:
        grown.return_value, awaited.return_value = 5, 6
        assert (flows.grown(x=1), flows.awaited(x=1), flows.everything(x=1)) == (5, 6, 7)
    awaited.assert_called_with(x=5)


def test_a_workflow_is_mocked_wherever_it_is_called():
    before = flows.around(x=1), flows.grown(x=1), flows.awaited(x=1), flows.planned(x=1)
    with task_mock(flows.twice) as mock:
        mock.return_value = 100
        assert flows.twice(x=1) == 100
        assert flows.around(x=1) == 101
        assert flows.grown(x=1) == 101
        assert flows.awaited(x=1) == 102
        assert flows.planned(x=1) == 101
    mock.assert_called_with(x=1)
    assert (flows.around(x=1), flows.grown(x=1), flows.awaited(x=1), flows.planned(x=1)) == before


def test_mocks_lie_in_each_other():
    with task_mock(flows.fetch) as outer:
        outer.return_value = 1
        with task_mock(flows.fetch) as inner:
            inner.return_value = 2
            assert flows.fetch(x=0) == 2
        assert flows.fetch(x=0) == 1


def test_a_mock_ends_with_its_block_whatever_happens():
    with pytest.raises(KeyError), task_mock(flows.twice), task_mock(flows.fetch):
        raise KeyError
    assert flows.around(x=1) == 4


@patch(flows.fetch)
@patch(flows.later)
def test_patches_give_their_mocks_in_order_after_fixtures(tmp_path, fetch, later):
    fetch.return_value, later.return_value = 1, 2
    assert flows.side_by_side(x=0) == (1, 2)
    assert tmp_path.is_dir()


def test_a_patched_coroutine_has_its_mock_while_it_runs():
    @patch(flows.twice)
    async def check(mock) -> int:
        mock.return_value = 3
        await asyncio.sleep(0)
        return await asyncio.to_thread(flows.twice, x=1)

    assert list(inspect.signature(check).parameters) == []
    assert asyncio.run(check()) == 3


def test_a_test_without_an_argument_for_its_mock_is_refused():
    with pytest.raises(CallError, match=r"no argument for the mock of tests\.testing"):

        @patch(flows.fetch)
        def check() -> None:
            """It is never called."""


def bare(x: int) -> int:
    return x


@pytest.mark.parametrize("way", [lambda target: task_mock(target).__enter__(), patch])
@pytest.mark.parametrize(
    ("target", "hint"),
    [
        (3, "object that @task or @workflow has made"),
        (bare, "put @task above"),
        (flows.plan, "the workflow that it runs"),
        (map_task(flows.fetch), "the task that is mapped"),
    ],
)
def test_other_targets_are_refused(way, target, hint):
    with pytest.raises(TypeError, match=f"for a task or a workflow, not for .*\n.*{hint}"):
        way(target)


@pytest.mark.parametrize("target", [flows.fetch, flows.twice])
def test_mocks_do_not_reach_other_processes(target):
    with task_mock(target), pytest.raises(CallError, match=r'not of others\n.*"inline"'):
        run_locally(flows.around, {"x": 1}, isolation="processes")


def test_a_task_that_was_defined_here_is_mocked():
    @task
    def local(x: int) -> int:
        return x

    with task_mock(local) as mock:
        mock.return_value = 4
        assert local(x=1) == 4
