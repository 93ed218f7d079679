"""`run_locally`: the engine with time, failures and answers in the hands of the test."""

from __future__ import annotations

import os

import pytest
from tests.testing import flows
from tests.testing.flows import Address

from volery import task
from volery.engine.model import Phase
from volery.errors import CallError, ExecutionError, TimedOut, TypeMismatch
from volery.testing import Crash, FakeClock, Hang, run_locally

WAYS = pytest.mark.parametrize("isolation", ["inline", "processes"])


@task
def process_id() -> int:
    return os.getpid()


@WAYS
def test_a_workflow_gives_what_a_plain_call_gives(isolation):
    run = run_locally(flows.everything, {"x": 1}, isolation=isolation)
    assert run.phase is Phase.SUCCEEDED
    assert run.output == flows.everything(x=1)


def test_tasks_run_where_they_are_told_to():
    assert run_locally(process_id).output == os.getpid()
    assert run_locally(process_id, isolation="processes").output != os.getpid()


def test_defaults_are_filled_in():
    assert run_locally(flows.twice).output == 3


def test_a_launch_plan_runs_and_its_nodes_lie_below_the_node_that_runs_it():
    run = run_locally(flows.planned, {"x": 1})
    assert run_locally(flows.plan, {"x": 1}).output == 3
    assert [*run.nodes] == ["n0", "n0/n0", "n0/n1", "n1"]
    assert [len(run.attempts[path]) for path in run.nodes] == [0, 1, 1, 1]


def test_several_outputs_are_asked_for_by_name():
    run = run_locally(flows.both, {"x": 1})
    assert run.outputs == {"o0": 1, "o1": "1"}
    with pytest.raises(CallError, match=r"2 outputs \(o0, o1\)"):
        _ = run.output


def test_the_journal_tells_everything():
    lines = run_locally(flows.twice, fail={"n0": [ValueError("first")]}).journal
    assert [(line.path, line.attempt) for line in lines if line.event == "FAILED"] == [("n0", 1)]


# -- failures -------------------------------------------------------------------------------------


@WAYS
def test_an_injected_exception_is_retried_as_one_of_the_users(isolation):
    run = run_locally(flows.twice, fail={"fetch": [ConnectionError("busy")]}, isolation=isolation)
    assert run.output == 3
    assert {path: len(tries) for path, tries in run.attempts.items()} == {"n0": 2, "n1": 2}


@WAYS
def test_a_node_fails_alone_and_the_exception_is_raised_on_demand(isolation):
    run = run_locally(flows.twice, fail={"n1": ValueError("never")}, isolation=isolation)
    assert (run.phase, run.outputs) == (Phase.FAILED, {})
    assert run.failure is not None
    assert (run.failure.code, run.failure.path) == ("ValueError", "n1")
    assert [len(run.attempts[path]) for path in ("n0", "n1")] == [1, 3]
    with pytest.raises(ValueError, match="never") as caught:
        run.raise_for_failure()
    assert "at node n1 (task tests.testing.flows.fetch)" in caught.value.__notes__[0]
    with pytest.raises(ValueError, match="never"):
        _ = run.output


def test_a_run_that_succeeded_raises_nothing():
    run_locally(flows.twice).raise_for_failure()


def test_a_class_of_exceptions_stands_for_one_of_them():
    run = run_locally(flows.twice, fail={"n0": KeyError})
    assert isinstance(run.error, KeyError)


def test_the_full_name_of_a_task_will_do():
    assert run_locally(flows.twice, fail={"tests.testing.flows.fetch": KeyError}).failure


def test_filters_of_exceptions_count():
    fails = {"picky": [ConnectionError(), ConnectionError(), KeyError()]}
    run = run_locally(flows.picky, {"x": 1}, fail=fails)
    assert run.failure is not None
    assert run.failure.code == "KeyError"
    assert sum(map(len, run.attempts.values())) == 3


@WAYS
def test_a_crash_is_a_failure_of_the_system_with_retries_of_its_own(isolation):
    once = run_locally(flows.total, {"xs": [1]}, fail={"total": [Crash()]}, isolation=isolation)
    assert once.output == 1
    always = run_locally(flows.total, {"xs": [1]}, fail={"total": Crash()}, isolation=isolation)
    assert always.failure is not None
    assert (always.failure.code, always.failure.kind) == ("WorkerCrashed", "SYSTEM")


def test_functions_of_dynamic_and_eager_tasks_are_found_by_their_node():
    fails = {"n0": [Crash()], "awaited": [Crash()]}
    run = run_locally(flows.everything, {"x": 1}, fail=fails)
    assert run.output == flows.everything(x=1)
    assert [len(run.attempts[path]) for path in ("n0/@body", "n1/@body")] == [2, 2]
    by_function = run_locally(flows.everything, {"x": 1}, fail={"n0/@body": [Crash()]})
    assert len(by_function.attempts["n0/@body"]) == 2


def test_a_node_of_a_launch_plan_is_found_by_its_path_from_the_top():
    run = run_locally(flows.planned, {"x": 1}, fail={"n0/n1": ValueError("below")})
    assert run.failure is not None
    assert [len(run.attempts[path]) for path in ("n0/n0", "n0/n1")] == [1, 3]


@pytest.mark.parametrize("length", [3, 300], ids=["alone", "in a range"])
def test_an_element_of_a_map_fails_alone(length):
    xs = list(range(length))
    once = run_locally(flows.mapped, {"xs": xs}, fail={"n0[2]": [ValueError("odd")]})
    assert once.output == sum(xs) + length
    always = run_locally(flows.mapped, {"xs": xs}, fail={"n0[2]": ValueError("odd")})
    assert always.failure is not None
    assert (always.failure.code, always.failure.path) == ("ValueError", "n0[2]")
    crashed = run_locally(flows.mapped, {"xs": xs}, fail={"n0[2]": [Crash()]})
    assert crashed.output == sum(xs) + length


def test_siblings_of_what_fails_run():
    run = run_locally(flows.side_by_side, {"x": 1}, fail={"n0": [ValueError(), KeyError()]})
    assert run.outputs == {"o0": 2, "o1": 1}


def test_a_fault_that_meets_nothing_is_refused_with_what_has_run():
    with pytest.raises(CallError, match=r"'fetsch', and nothing .*\n.*did you mean fetch"):
        run_locally(flows.twice, fail={"fetsch": ValueError()})


@pytest.mark.parametrize("fault", ["no", [3], int])
def test_what_is_no_fault_is_refused(fault):
    with pytest.raises(CallError, match=r"fail=\{'fetch': ...\} takes exceptions, Crash\(\)"):
        run_locally(flows.twice, fail={"fetch": fault})


@pytest.mark.parametrize("seconds", [-1, 0, float("nan")])
def test_what_hangs_for_no_time_is_refused(seconds):
    with pytest.raises(CallError, match="Hang takes a time above 0"):
        Hang(seconds)


# -- time -----------------------------------------------------------------------------------------


@WAYS
def test_a_sleep_passes_at_once(isolation):
    clock = FakeClock(0.0)
    run = run_locally(flows.sleeping, {"x": 1}, clock=clock, isolation=isolation)
    assert run.output == 2
    assert clock.now() == pytest.approx(86_400)


def test_backoff_passes_at_once_and_is_kept():
    clock = FakeClock(0.0)
    fails = {"patient": [ValueError(), ValueError()]}
    run = run_locally(flows.patient, {"x": 1}, clock=clock, fail=fails)
    assert run.output == 1
    [attempts] = [tries for tries in run.attempts.values() if tries]
    ended = [each.ended for each in attempts]
    assert len(attempts) == 3
    assert None not in ended
    assert ended == sorted(ended)
    assert clock.now() == ended[-1] > 3600


def test_records_have_the_times_of_the_clock():
    run = run_locally(flows.twice, clock=FakeClock(1000.0))
    times = {each.started for tries in run.attempts.values() for each in tries}
    assert times | {line.at for line in run.journal} == {1000.0}


@WAYS
def test_an_attempt_that_hangs_for_longer_than_it_may_times_out(isolation):
    clock = FakeClock(0.0)
    run = run_locally(
        flows.quick, {"x": 1}, clock=clock, fail={"quick": Hang()}, isolation=isolation
    )
    assert run.failure is not None
    assert run.failure.code == "TimedOut"
    assert clock.now() == pytest.approx(300)
    with pytest.raises(TimedOut):
        run.raise_for_failure()


def test_an_attempt_that_hangs_for_a_while_goes_on_then():
    clock = FakeClock(0.0)
    assert run_locally(flows.quick, {"x": 1}, clock=clock, fail={"quick": Hang(60)}).output == 1
    assert clock.now() == 60


def test_an_execution_ends_what_hangs_in_it():
    clock = FakeClock(0.0)
    run = run_locally(flows.hurried, {"x": 1}, clock=clock, fail={"fetch": Hang()})
    assert run.failure is not None
    assert run.failure.code == "TimedOut"
    assert clock.now() == pytest.approx(3600)


def test_what_hangs_for_ever_is_an_error():
    with pytest.raises(ExecutionError, match=r"nothing goes on.*\n.*timeout="):
        run_locally(flows.twice, fail={"n1": Hang()})


# -- gates ----------------------------------------------------------------------------------------


@WAYS
def test_a_gate_is_answered_when_it_waits(isolation):
    clock = FakeClock(0.0)
    run = run_locally(
        flows.asking, {"x": 1}, clock=clock, signals={"more": 41}, isolation=isolation
    )
    assert run.output == 42
    assert clock.now() == 0


def test_a_gate_is_found_by_its_path_too():
    assert run_locally(flows.asking, {"x": 1}, signals={"n0": 41}).output == 42


@pytest.mark.parametrize("answer", [Address("Elm", 3), {"street": "Elm", "number": 3}])
def test_an_answer_is_an_object_of_the_type_or_what_stands_for_it_in_json(answer):
    run = run_locally(flows.asking_for_an_address, signals={"where": answer})
    assert run.output == Address("Elm", 3)


def test_an_answer_of_another_type_is_refused():
    with pytest.raises(TypeMismatch, match="gate more: expected int"):
        run_locally(flows.asking, {"x": 1}, signals={"more": "many"})


def test_an_approval_is_given_or_not():
    assert run_locally(flows.approved, {"x": 1}, signals={"release": True}).output == 2
    refused = run_locally(flows.approved, {"x": 1}, signals={"release": False})
    assert refused.failure is not None
    assert refused.failure.code == "Disapproved"


def test_a_gate_that_nobody_answers_gives_up_at_its_time_limit():
    clock = FakeClock(0.0)
    run = run_locally(flows.asking, {"x": 1}, clock=clock)
    assert run.failure is not None
    assert run.failure.code == "TimedOut"
    assert clock.now() == pytest.approx(86_400)


@WAYS
def test_a_gate_without_a_limit_that_nobody_answers_is_an_error_that_names_it(isolation):
    with pytest.raises(ExecutionError, match=r"gate answers waits for .*\n.*signals=.'answers'"):
        run_locally(flows.asking_for_ever, isolation=isolation)
    with pytest.raises(ExecutionError, match="did you mean answer"):
        run_locally(flows.asking_for_ever, signals={"answer": [1]}, isolation=isolation)


# -- what cannot be run ---------------------------------------------------------------------------


def test_wrong_inputs_are_refused_as_in_a_call():
    with pytest.raises(CallError, match="has no input y"):
        run_locally(flows.twice, {"y": 1})
    with pytest.raises(TypeMismatch, match="expected int"):
        run_locally(flows.twice, {"x": "1"})


@pytest.mark.parametrize("option", ["fail", "signals"])
def test_faults_and_answers_are_given_by_name(option):
    with pytest.raises(CallError, match=f"{option}= takes a dict by names or paths, got"):
        run_locally(flows.asking, {"x": 1}, **{option: ["more"]})


def test_another_isolation_is_refused():
    with pytest.raises(CallError, match=r"isolation= takes .inline. or .processes., got 'thread'"):
        run_locally(flows.everything, {"x": 1}, isolation="thread")


def test_what_is_no_entity_is_refused():
    with pytest.raises(CallError, match=r"takes a task, a workflow or a launch plan.*\n.*@task"):
        run_locally(print)
