"""Dynamic and eager tasks, from plain calls and from the embedded engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.services import emitting
from tests.services.conftest import ROOT

from volery.engine.model import Phase
from volery.errors import CompileError, ExecutionError, TaskFailed
from volery.services.engine import embedded
from volery.testing import pictures

SUCCEEDING = {
    "tree": (emitting.tree, {"numbers": [1, 2, 3, 4, 5]}, 15),
    "an empty tree": (emitting.tree, {"numbers": []}, 0),
    "several outputs": (emitting.sums, {"numbers": [1, 2]}, (3, [0, 2, 4])),
    "every kind": (emitting.every_kind, {"x": 3}, [6, 12, 12, 5, 6]),
    "a large constant": (emitting.large, {"size": 500_000}, 500_000),
    "eager tree": (emitting.eager_tree, {"numbers": [1, 2, 3, 4]}, 10),
    "every call": (emitting.every_call, {"x": 3}, [6, 12, 12, 2, 6]),
    "a loop": (emitting.collatz, {"n": 6}, 8),
    "catching": (emitting.catching, {"x": 1}, "ValueError: 1 is refused"),
    "mapped": (emitting.mapped, {"lists": [[1, 2], [], [3]]}, [6, 6]),
}

FAILING = {
    "a call": (emitting.failing, ValueError, "2 is refused", "failing/n1"),
    "an ill-typed graph": (emitting.confused, CompileError, "has 2 problems", "confused/@body"),
    "a call that is awaited": (
        emitting.not_catching, TaskFailed, "1 is refused", "not_catching/@body",
    ),
}  # fmt: skip


def parametrized(cases):
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


class TestPlain:
    @parametrized(SUCCEEDING)
    def test_a_plain_call_gives_what_python_gives(self, case):
        entity, inputs, result = case
        assert entity(**inputs) == result

    @parametrized(FAILING)
    def test_the_exception_is_raised(self, case):
        entity, kind, message, _ = case
        with pytest.raises(kind, match=message):
            entity(x=1)

    def test_a_graph_without_end_is_ended(self):
        with pytest.raises(ExecutionError, match="deep"):
            emitting.endless(x=0)

    def test_a_task_that_only_this_process_knows_can_be_called(self):
        from volery import dynamic, eager, task

        @task
        def local(x: int) -> int:
            return x + 1

        @dynamic
        def emits(x: int) -> int:
            return local(x=x)

        @eager
        async def calls(x: int) -> int:
            return await local.aio(x=await emits.aio(x=x))

        assert calls(x=1) == 3


@pytest.mark.keeps_running("the warm engine's workers")
class TestWarm:
    @parametrized(SUCCEEDING)
    def test_the_engine_gives_the_same_as_a_plain_call(self, warm, case):
        entity, inputs, result = case
        run = warm.run(entity, inputs)
        assert run.failure is None
        [*outputs] = run.outputs.values()
        assert outputs == (list(result) if isinstance(result, tuple) else [result])
        pictures.check(warm.store, run.execution)

    @parametrized(FAILING)
    def test_a_failure_names_the_node(self, warm, case):
        entity, kind, message, path = case
        run = warm.run(entity, {"x": 1})
        assert (run.phase, run.failure.path) == (Phase.FAILED, path)
        assert run.failure.code == ("ValueError" if kind is TaskFailed else kind.__name__)
        assert message in run.failure.message
        pictures.check(warm.store, run.execution)

    def test_what_caused_the_failure_of_a_call_is_kept(self, warm):
        failure = warm.run(emitting.not_catching, {"x": 1}).failure
        assert failure.cause is not None
        assert failure.cause.path.startswith("not_catching/refuse-")
        assert failure.cause.execution == failure.execution

    def test_only_the_function_of_a_dynamic_task_is_tried_again(self, warm, tmp_path):
        run = warm.run(emitting.late, {"folder": str(tmp_path)})
        assert run.outputs == {"o0": "late"}
        assert ran(tmp_path, "late") == 1

    def test_what_has_been_awaited_is_not_done_again_when_the_process_dies(self, warm, tmp_path):
        run = warm.run(emitting.killed_between, {"folder": str(tmp_path)})
        assert run.outputs == {"o0": ["first", "second"]}
        assert (ran(tmp_path, "first"), ran(tmp_path, "second")) == (1, 1)
        pictures.check(warm.store, run.execution)

    def test_what_is_not_awaited_is_stopped_when_the_function_has_ended(self, warm, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        run = warm.run(emitting.hasty, {"folder": str(tmp_path)})
        assert (run.phase, run.outputs) == (Phase.SUCCEEDED, {"o0": "done"})
        pictures.check(warm.store, run.execution)


def ran(folder: Path, name: str) -> int:
    return len((folder / name).read_text().splitlines())


def test_calls_inside_of_calls_end_with_one_worker(volery_home):
    with embedded(volery_home, workers=1, import_roots=[ROOT]) as engine:
        run = engine.run(emitting.eager_tree, {"numbers": [1, 2, 3]})
        assert run.outputs == {"o0": 6}


DRIVER = """
import sys
from pathlib import Path
from tests.services import emitting
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded

entity = emitting.killing_its_engine
with embedded(Path(sys.argv[1]), import_roots=[{root!r}]) as engine:
    inputs = pack({{"folder": sys.argv[2]}})
    engine.submit(compile_entity(entity), entity.ref, inputs, name="mine")
    engine.drain("mine")
"""


def test_what_has_been_awaited_is_not_done_again_when_the_engine_dies(volery_home, tmp_path):
    command = [sys.executable, "-c", DRIVER.format(root=ROOT), volery_home, tmp_path]
    driven = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert driven.returncode == -9
    with embedded(volery_home, import_roots=[ROOT]) as engine:
        assert engine.resume("mine").phase is Phase.SUCCEEDED
        pictures.check(engine.store, "mine")
    assert (ran(tmp_path, "first"), ran(tmp_path, "second")) == (1, 1)
