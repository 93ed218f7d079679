from __future__ import annotations

from tests.engine.harness import (
    BOOM,
    CRASH,
    DEFINITIONS,
    EAGER,
    Harness,
    aborted,
    launched,
    moved,
)

from volery.engine.model import (
    BODY,
    AttemptPhase,
    Busy,
    Found,
    Lookup,
    Missing,
    Phase,
    PolicyOf,
    Reuse,
    ScopeState,
)
from volery.engine.nodes.eager import OVER
from volery.ir.bindings import Bound, OutputRef
from volery.ir.policy import Caching, Policy
from volery.ir.ref import Ref

DEFINITION = DEFINITIONS.scope(Ref("task", EAGER.name))
PLAIN = Policy(retries=1)
CACHED = Policy(cache=Caching(version="1", serialize=True))


def running(*, recovers: bool = False) -> Harness:
    harness = Harness(DEFINITION, ScopeState(recovers=recovers))
    harness.answers.update((PolicyOf(id), PLAIN) for id in ("f", "g", "h"))
    harness.look(known={Lookup(BODY): Missing()} if recovers else None)
    return harness


def test_the_function_runs_and_gives_the_scopes_outputs():
    harness = Harness(DEFINITION)
    assert launched(harness.look()) == [(BODY, 1)]
    finish = harness.run(BODY).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED
    assert finish.outputs == (Bound("o0", OutputRef(BODY, "o0")),)


def test_a_call_becomes_a_node_of_its_kind():
    harness = running()
    assert launched(harness.call("f")) == [("f", 1)]
    [opened] = harness.call("g", kind="workflow").open
    assert (opened.id, opened.kind) == ("g", "workflow")


def test_it_is_asked_once_how_a_call_is_carried_out():
    harness = running()
    harness.call("f", "g")
    harness.run("f")
    harness.end("g", BOOM)
    assert launched(harness.look("g")) == [("g", 2)]
    assert harness.asked == [(PolicyOf("f"), PolicyOf("g"))]


def test_a_call_that_fails_fails_and_stops_nothing():
    harness = running()
    harness.call("f", "g")
    for _ in range(2):
        harness.end("f", BOOM)
        decided = harness.look("f")
    assert moved(decided) == {"f": Phase.FAILED}
    assert (decided.abort, decided.finish) == ([], None)
    assert launched(harness.call("h")) == [("h", 1)]


def test_calls_that_are_open_stop_when_the_function_has_ended():
    harness = running()
    harness.call("f", "g")
    decided = harness.run(BODY)
    assert [(abort.id, abort.reason) for abort in decided.abort] == [("f", OVER), ("g", OVER)]
    assert decided.finish is None
    for id in ("f", "g"):
        harness.end(id, phase=AttemptPhase.ABORTED)
    finish = harness.look("f", "g").finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_the_functions_failure_is_the_scopes():
    harness = running()
    harness.call("f")
    for _ in range(2):
        harness.end("f", CRASH)
        harness.look("f")
    for _ in range(2):
        harness.end(BODY, BOOM)
        decided = harness.look(BODY)
    assert aborted(decided) == ["f"]
    harness.end("f", phase=AttemptPhase.ABORTED)
    finish = harness.look("f").finish
    assert finish is not None
    assert finish.failure is not None
    assert (finish.failure.code, finish.failure.path) == ("ValueError", BODY)


def test_a_function_that_is_tried_again_leaves_its_calls_alone():
    harness = running()
    harness.call("f")
    harness.end(BODY, phase=AttemptPhase.LOST)
    decided = harness.look(BODY)
    assert launched(decided) == [(BODY, 2)]
    assert decided.abort == []
    assert launched(harness.call("f")) == []


def test_an_abort_stops_the_function_and_its_calls():
    harness = running()
    harness.call("f")
    assert aborted(harness.stop()) == [BODY, "f"]
    assert harness.call("g").create == []
    for id in (BODY, "f"):
        harness.end(id, phase=AttemptPhase.ABORTED)
    finish = harness.look(BODY, "f").finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED


def test_a_call_of_a_cached_task_need_not_run():
    harness = running()
    harness.answers[PolicyOf("f")] = CACHED
    harness.answers[Lookup("f")] = Found(b"\x80", Reuse("cached", "other", "x"))
    decided = harness.call("f")
    assert decided.launch == []
    assert harness.outputs == {"f": b"\x80"}


def test_a_call_waits_while_others_fill_the_cache():
    harness = running()
    harness.answers[PolicyOf("f")] = CACHED
    harness.answers[Lookup("f")] = Busy("key")
    assert len(harness.call("f").wait) == 1
    harness.answers[Lookup("f")] = Missing("key")
    [launch] = harness.look_afresh().launch
    assert (launch.id, launch.reserve) == ("f", "key")
    harness.end("f")
    assert harness.look("f").release == ["f"]


def test_calls_go_on_from_the_rows_alone():
    harness = running()
    harness.call("f", "g")
    harness.end("f", BOOM)
    harness.calls.append(type(harness.calls[0])("h", "task"))
    assert launched(harness.look_afresh()) == [("f", 2), ("h", 1)]


def test_an_execution_that_recovers_asks_for_the_function_and_its_calls():
    harness = running(recovers=True)
    harness.answers[Lookup("f")] = Found(b"\x80", Reuse("recovered", "old", "f"))
    assert harness.call("f").launch == []
    found = Found(b"\x80", Reuse("recovered", "old", BODY))
    over = Harness(DEFINITION, ScopeState(recovers=True)).look(known={Lookup(BODY): found})
    assert over.finish is not None
    assert over.finish.phase is Phase.SUCCEEDED
