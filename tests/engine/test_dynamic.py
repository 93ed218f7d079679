from __future__ import annotations

from tests.engine.harness import (
    BOOM,
    CRASH,
    DEFINITIONS,
    DYNAMIC,
    Harness,
    aborted,
    index,
    launched,
    moved,
    node,
)

from volery.engine.definitions import DynamicDefinition
from volery.engine.model import (
    BODY,
    AttemptPhase,
    Emitted,
    Found,
    Lookup,
    Missing,
    Phase,
    Reuse,
    ScopeState,
)
from volery.ir.failure import Failure
from volery.ir.ref import Ref

DEFINITION = DEFINITIONS.scope(Ref("task", DYNAMIC.name))
GRAPH = index(node("n0"), node("n1", "n0"))
EMITTED = {Emitted("digest"): GRAPH}


def emitted() -> Harness:
    """The function has run and given a graph."""
    harness = Harness(DEFINITION)
    harness.look()
    harness.answers.update(EMITTED)
    harness.end(BODY, graph="digest")
    harness.look(BODY)
    return harness


def test_the_definition_holds_the_body_to_attempts_and_the_scope_to_the_rest():
    assert isinstance(DEFINITION, DynamicDefinition)
    assert DEFINITION.body.policy.retries == 1
    assert DEFINITION.body.policy.limits.total is None
    assert [bound.name for bound in DEFINITION.body.inputs] == ["x"]


def test_the_function_runs_first():
    assert launched(Harness(DEFINITION).look()) == [(BODY, 1)]


def test_the_function_is_tried_again_like_any_task():
    harness = Harness(DEFINITION)
    harness.look()
    harness.end(BODY, BOOM)
    assert launched(harness.look(BODY)) == [(BODY, 2)]
    harness.end(BODY, CRASH)
    assert launched(harness.look(BODY)) == [(BODY, 3)]
    harness.end(BODY, BOOM)
    finish = harness.look(BODY).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.path == BODY


def test_the_graph_that_it_gave_is_kept_and_begins_in_the_same_plan():
    harness = Harness(DEFINITION)
    harness.look()
    harness.end(BODY, graph="digest")
    assert harness.look(BODY).wants == (Emitted("digest"),)
    harness.scope = type(harness.scope)("e", "")
    decided = harness.look(BODY, known=EMITTED)
    assert moved(decided) == {BODY: Phase.SUCCEEDED}
    assert harness.state.graph == "digest"
    assert launched(decided) == [("n0", 1)]


def test_the_scope_ends_with_the_graph():
    harness = emitted()
    assert launched(harness.run("n0")) == [("n1", 1)]
    finish = harness.run("n1").finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED
    assert harness.asked == [(Emitted("digest"),)]


def test_a_graph_of_nothing_ends_the_scope_at_once():
    harness = Harness(DEFINITION)
    harness.look()
    harness.end(BODY, graph="digest")
    finish = harness.look(BODY, known={Emitted("digest"): index()}).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_the_graph_goes_on_from_the_rows_alone():
    harness = emitted()
    harness.end("n0")
    assert launched(harness.look_afresh()) == [("n1", 1)]


def test_a_graph_that_cannot_be_had_fails_the_scope():
    harness = Harness(DEFINITION)
    harness.look()
    harness.end(BODY, graph="digest")
    unreadable = Failure("Unreadable", "SYSTEM", "a newer schema", retryable=False)
    finish = harness.look(BODY, known={Emitted("digest"): unreadable}).finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert finish.failure is not None
    assert (finish.failure.code, finish.failure.path) == ("Unreadable", BODY)


def test_a_node_that_fails_fails_the_scope():
    harness = emitted()
    harness.end("n0", BOOM)
    finish = harness.look("n0").finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.path == "n0"


def test_an_abort_reaches_the_function_and_the_graph():
    harness = Harness(DEFINITION)
    harness.look()
    assert aborted(harness.stop()) == [BODY]
    harness.end(BODY, phase=AttemptPhase.ABORTED)
    finish = harness.look(BODY).finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED
    assert aborted(emitted().stop()) == ["n0"]


def test_a_function_that_ended_during_an_abort_begins_no_graph():
    harness = Harness(DEFINITION)
    harness.look()
    harness.stop()
    harness.end(BODY, graph="digest")
    decided = harness.look(BODY, known=EMITTED)
    assert decided.launch == []
    assert decided.finish is not None
    assert decided.finish.phase is Phase.ABORTED


def test_an_execution_that_recovers_takes_the_graph_of_the_function_that_succeeded():
    harness = Harness(DEFINITION, ScopeState(recovers=True))
    found = Found(b"", Reuse("recovered", "old", BODY), graph="digest")
    known = EMITTED | {Lookup(BODY): found, Lookup("n0"): Missing()}
    decided = harness.look(known=known)
    assert harness.rows[BODY].phase is Phase.SUCCEEDED
    assert harness.state.graph == "digest"
    assert decided.give == []
    assert launched(decided) == [("n0", 1)]
    assert harness.look_afresh().create == []


def test_an_execution_that_recovers_runs_a_function_that_did_not_succeed():
    harness = Harness(DEFINITION, ScopeState(recovers=True))
    assert launched(harness.look(known={Lookup(BODY): Missing()})) == [(BODY, 1)]
