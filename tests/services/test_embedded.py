"""The embedded engine: SQLite and worker processes."""

from __future__ import annotations

import os
import tracemalloc

import pytest
from tests.engine import corpus
from tests.services import flows

from volery.engine.model import Phase
from volery.errors import AlreadyExists, RegistrationError
from volery.ids import ROOT
from volery.sdk.compile import compile_entity
from volery.sdk.task import task
from volery.services.engine import embedded
from volery.services.logs import Logs
from volery.testing import pictures

AT_ONCE = [
    each
    for each in corpus.SUCCEEDING
    if each not in {corpus.backing_off, corpus.gated, corpus.everything, corpus.overdue_at_first}
]
"""Those that need neither patience nor an answer, nor somebody who stops what hangs."""

RAISING = [corpus.failing, corpus.failing_late]


@pytest.mark.keeps_running("the warm engine's workers")
class TestWarm:
    @pytest.mark.parametrize("entity", AT_ONCE, ids=lambda entity: entity.name)
    def test_a_workflow_gives_the_same_as_a_plain_call(self, warm, entity):
        run = warm.run(entity)
        assert run.outputs == {"o0": entity()} == {"o0": corpus.SUCCEEDING[entity]}
        pictures.check(warm.store, run.execution)

    def test_what_hangs_is_stopped_and_tried_again(self, warm):
        run = warm.run(corpus.overdue_at_first)
        assert run.outputs == {"o0": corpus.SUCCEEDING[corpus.overdue_at_first]}
        pictures.check(warm.store, run.execution)

    @pytest.mark.parametrize("entity", RAISING, ids=lambda entity: entity.name)
    def test_a_failure_names_the_node_and_keeps_the_users_traceback(self, warm, entity):
        run = warm.run(entity)
        assert run.phase is Phase.FAILED
        assert run.failure is not None
        assert (run.failure.code, run.failure.path) == ("ValueError", "n1")
        assert 'raise ValueError("never")' in run.failure.traceback
        assert "volery" not in run.failure.traceback.replace("tests/engine", "")
        pictures.check(warm.store, run.execution)

    def test_the_failure_policy_decides_what_else_runs(self, warm):
        at_once, late = (warm.run(entity).execution for entity in RAISING)
        ended = {execution: warm.store.nodes(execution)[-1].phase for execution in (at_once, late)}
        assert ended[late] is Phase.SUCCEEDED

    def test_a_crash_fails_only_its_attempt_and_the_worker_is_replaced(self, warm):
        run = warm.run(flows.crashing)
        assert run.failure is not None
        assert (run.failure.kind, run.failure.code) == ("SYSTEM", "WorkerCrashed")
        assert "SIGKILL" in run.failure.message
        assert warm.run(flows.where).phase is Phase.SUCCEEDED

    def test_a_crash_is_answered_by_another_attempt(self, warm):
        run = warm.run(flows.recovering)
        assert run.outputs == {"o0": 1}
        assert [each.phase for each in warm.store.attempts(run.execution)] == [
            "FAILED",
            "SUCCEEDED",
        ]

    def test_tasks_run_in_another_process(self, warm):
        assert warm.run(flows.where).outputs["o0"] != os.getpid()

    def test_what_a_task_prints_is_kept_with_its_attempt(self, warm):
        run = warm.run(flows.speaking)
        log = Logs(warm.home, warm.storage, warm.store).log(run.execution, "n0", 1)
        assert [(each.stream, each.text) for each in log.records] == [
            ("stdout", "to stdout"),
            ("stderr", "to stderr"),
        ]

    @pytest.mark.parametrize(
        "entity", [flows.missing_key, flows.missing_output, flows.missing_key_of_a_subworkflow]
    )
    def test_a_key_that_is_not_there_is_a_failure_that_names_it(self, warm, entity):
        run = warm.run(entity)
        assert run.phase is Phase.FAILED
        assert run.failure is not None
        assert run.failure.code == "MissingPart"
        assert "'absent'" in run.failure.message
        assert "'present'" in run.failure.message
        pictures.check(warm.store, run.execution)

    def test_a_map_writes_a_row_per_range_and_not_per_element(self, warm):
        run = warm.run(flows.large_map)
        assert run.outputs == {"o0": list(range(2_000))}
        assert len(warm.store.nodes(run.execution)) < 100

    def test_large_inputs_of_many_nodes_do_not_fill_the_memory(self, warm):
        """60 nodes with 5 MB each: all at once they were 300 MB in this process."""
        warm.run(flows.large_inputs, {"megabytes": 1})
        tracemalloc.start()
        try:
            run = warm.run(flows.large_inputs)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert run.outputs == {"o0": [5_000_000] * 60}
        assert peak < 200_000_000

    def test_a_launch_plan_node_is_an_execution_of_its_own(self, warm):
        run = warm.run(corpus.launching)
        [child] = [each.child for each in warm.store.nodes(run.execution) if each.child]
        record = warm.store.execution(child)
        assert record.root == run.execution
        assert record.parent is not None
        assert warm.store.outputs(child, [ROOT]) != {}

    def test_a_name_can_be_used_once(self, warm):
        program = compile_entity(corpus.chain)
        warm.submit(program, corpus.chain.ref, name="only-once")
        with pytest.raises(AlreadyExists, match="only-once"):
            warm.submit(program, corpus.chain.ref, name="only-once")
        warm.drain("only-once")

    def test_a_task_that_no_other_process_can_reach_is_refused_before_anything_is_recorded(
        self, warm
    ):
        @task
        def local(x: int) -> int:
            return x

        before = len(warm.store.executions(limit=1_000))
        with pytest.raises(RegistrationError, match="local"):
            warm.run(local, {"x": 1})
        assert len(warm.store.executions(limit=1_000)) == before

    def test_an_abort_by_somebody_else_is_heard(self, warm):
        program = compile_entity(corpus.chain)
        execution = warm.submit(program, corpus.chain.ref)
        assert warm.request_abort(execution, "changed my mind")
        record = warm.drain(execution)
        assert record.phase is Phase.ABORTED
        assert not warm.request_abort(execution, "again")

    def test_an_abort_ends_executions_in_executions_and_what_runs_there(self, warm, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        entity = flows.waiting_in_a_grandchild
        inputs = entity.signature.pack_inputs({"folder": str(tmp_path)})
        execution = warm.submit(compile_entity(entity), entity.ref, inputs)
        ends = []

        def abort_once_it_runs(lines):
            if any((line.event, line.attempt) == ("RUNNING", 1) for line in lines):
                ends.append(pipe.open("wb", buffering=0))  # when the task has opened it
                warm.request_abort(execution, "enough")

        warm.drain(execution, abort_once_it_runs)
        [end] = ends
        with end, pytest.raises(BrokenPipeError):
            end.write(b"is anybody there?")
        family = [warm.store.execution(each) for each in pictures.family(warm.store, execution)]
        assert [each.phase for each in family] == [Phase.ABORTED] * 3
        assert {each.failure.message for each in family} == {"enough"}
        pictures.check(warm.store, execution)


def test_rows_written_for_a_task_are_few(volery_home):
    """The cost of a task is a budget: rows, counted."""
    with embedded(volery_home, workers=1) as engine:
        run = engine.run(corpus.chain)
        nodes = engine.store.nodes(run.execution)
        attempts = engine.store.attempts(run.execution)
        lines = [
            line
            for line in pictures.lines(engine.store, run.execution)
            if (line.attempt > 0, line.event) != (True, "RUNNING")  # only of tasks that last
        ]
        assert len(nodes) == len(attempts) == 6
        assert len(lines) == 2 + 3 * 6


def test_an_engine_that_has_finished_everything_takes_more(volery_home):
    program = compile_entity(flows.speak)
    inputs = flows.speak.signature.pack_inputs({"x": 1})
    with embedded(volery_home, workers=1) as engine:
        for _ in range(2):
            execution = engine.submit(program, flows.speak.ref, inputs)
            engine.finish()
            assert engine.store.execution(execution).phase is Phase.SUCCEEDED


def test_of_executions_that_wait_those_of_a_higher_priority_run_first(volery_home):
    program = compile_entity(flows.speak)
    inputs = flows.speak.signature.pack_inputs({"x": 1})
    with embedded(volery_home, workers=1) as engine:
        priorities = {
            engine.submit(program, flows.speak.ref, inputs, priority=priority): priority
            for priority in (-1, 0, 5, 0)
        }
        engine.finish()
        ended = {each: pictures.lines(engine.store, each)[-1].seq for each in priorities}
        assert [priorities[each] for each in sorted(ended, key=ended.__getitem__)] == [5, 0, 0, -1]
