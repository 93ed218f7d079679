"""Cache and recovery: nodes that need not run."""

from __future__ import annotations

from tests.engine.harness import BOOM, Harness, index, launched, lookups, moved, node

from volery.engine.look import POLL
from volery.engine.model import (
    AttemptPhase,
    Busy,
    Create,
    Found,
    Give,
    Lookup,
    Missing,
    Phase,
    Reuse,
    ScopeState,
    Wait,
)
from volery.ir.failure import Failure
from volery.ir.policy import Caching, Limits, Policy

REUSE = Reuse("cached", "other", "a")
FOUND = Found(b"\x80", REUSE)


def cached(id: str, *sources: str, task: str = "m.cached"):
    return node(id, *sources, task=task)


def test_a_node_with_a_cache_asks_before_it_runs():
    harness = Harness(index(cached("a"), node("b")))
    decided = harness.look()
    assert decided.wants == lookups("a")
    assert launched(decided) == [("b", 1)]


def test_a_node_that_was_found_does_not_run_and_its_followers_do_at_once():
    harness = Harness(index(cached("a"), node("b", "a")))
    decided = harness.look(known={Lookup("a"): FOUND})
    assert decided.create[0] == Create("a", "task", Phase.SUCCEEDED)
    assert decided.give == [Give("a", b"\x80", REUSE)]
    assert launched(decided) == [("b", 1)]


def test_a_node_that_is_missing_runs_and_may_reserve_its_entry():
    harness = Harness(index(cached("a", task="m.serialized")))
    [launch] = harness.look(known={Lookup("a"): Missing("key")}).launch
    assert launch.reserve == "key"


def test_a_chain_of_cached_nodes_is_one_plan():
    chain = index(cached("n0"), *(cached(f"n{i}", f"n{i - 1}") for i in range(1, 50)))
    harness = Harness(chain)
    decided = harness.look(known={Lookup(f"n{i}"): FOUND for i in range(50)})
    assert decided.finish is not None
    assert decided.finish.phase is Phase.SUCCEEDED
    assert len(decided.give) == 50


def test_a_wide_fan_of_cached_nodes_is_asked_for_at_once():
    wide = index(node("first"), *(cached(f"n{i}", "first") for i in range(2_000)))
    harness = Harness(wide)
    harness.look()
    harness.answers = {Lookup(f"n{i}"): FOUND for i in range(2_000)}
    finish = harness.run("first").finish
    assert finish is not None
    assert [len(wants) for wants in harness.asked] == [2_000]


def test_a_node_whose_inputs_cannot_be_made_fails():
    refused = Failure("MissingPart", "USER", "no such key", retryable=False)
    finish = Harness(index(cached("a"))).look(known={Lookup("a"): refused}).finish
    assert finish is not None
    assert finish.failure is not None
    assert (finish.failure.code, finish.failure.path) == ("MissingPart", "a")


def busy() -> Harness:
    harness = Harness(index(cached("a", task="m.serialized"), node("b", "a")))
    decided = harness.look(known={Lookup("a"): Busy("key")})
    assert decided.create == [Create("a", "task")]
    assert decided.wait == [Wait("key")]
    assert decided.launch == []
    assert decided.wake_at == harness.now + POLL
    return harness


def test_a_node_waits_while_others_fill_the_cache_and_asks_at_every_look():
    harness = busy()
    for _ in range(3):
        decided = harness.wait(1)
        assert decided.wait == [Wait("key")]
        assert decided.create == []
        assert decided.wake_at == harness.now + POLL
    assert len(harness.asked) == 4


def test_a_node_that_waited_takes_what_others_have_made():
    harness = busy()
    decided = harness.look(known={Lookup("a"): FOUND})
    assert moved(decided) == {"a": Phase.SUCCEEDED}
    assert decided.give == [Give("a", b"\x80", REUSE)]
    assert launched(decided) == [("b", 1)]
    assert decided.wake_at is None


def test_a_node_that_waited_runs_when_others_have_given_up():
    harness = busy()
    [launch] = harness.look(known={Lookup("a"): Missing("key")}).launch
    assert (launch.id, launch.attempt, launch.reserve) == ("a", 1, "key")
    assert harness.look().wait == []


def test_a_node_that_waits_is_known_from_the_rows_alone():
    harness = busy()
    assert launched(harness.look_afresh(known={Lookup("a"): Missing("key")})) == [("a", 1)]


def test_a_node_that_waits_is_ended_by_the_planner_when_its_scope_stops():
    harness = busy()
    decided = harness.stop()
    assert moved(decided) == {"a": Phase.ABORTED}
    assert decided.abort == []
    assert decided.finish is not None
    assert decided.finish.phase is Phase.ABORTED


def test_a_node_does_not_wait_beyond_its_time():
    policy = Policy(limits=Limits(total=3))
    waiting = node("a", task="m.serialized", policy=policy)
    harness = Harness(index(waiting))
    harness.look(known={Lookup("a"): Busy("key")})
    finish = harness.wait(3).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.code == "TimedOut"


def test_the_end_of_a_serialized_node_gives_its_entry_free():
    for failure in (None, BOOM):
        harness = Harness(index(cached("a", task="m.serialized"), node("b")))
        harness.look(known={Lookup("a"): Missing("key")})
        harness.end("a", failure)
        assert harness.look("a").release == ["a"]
    harness = Harness(index(cached("a")))
    harness.look(known={Lookup("a"): Missing()})
    harness.end("a")
    assert harness.look("a").release == []


def lost() -> Harness:
    """A serialized node whose attempt was lost, so that others may have done the same."""
    harness = Harness(index(cached("a", task="m.serialized")))
    harness.look(known={Lookup("a"): Missing("key")})
    harness.end("a", phase=AttemptPhase.LOST)
    return harness


def test_a_serialized_node_that_was_lost_asks_again_before_it_runs():
    harness = lost()
    decided = harness.look("a", known={Lookup("a"): FOUND})
    assert launched(decided) == []
    assert moved(decided) == {"a": Phase.SUCCEEDED}


def test_a_serialized_node_that_was_lost_and_is_missing_is_tried_again():
    harness = lost()
    assert launched(harness.look("a", known={Lookup("a"): Missing("key")})) == [("a", 2)]


def test_a_serialized_node_that_was_lost_may_wait_and_be_stopped():
    harness = lost()
    decided = harness.look("a", known={Lookup("a"): Busy("key")})
    assert (launched(decided), decided.wait) == ([], [Wait("key")])
    assert moved(harness.stop()) == {"a": Phase.ABORTED}


def test_a_serialized_node_gives_its_entry_free_in_a_scope_that_cannot_go_on():
    harness = Harness(index(cached("a", task="m.serialized"), node("b")))
    harness.look(known={Lookup("a"): Missing("key")})
    harness.state = ScopeState(refused=BOOM)
    harness.look_afresh()
    harness.end("a")
    assert harness.look("a").release == ["a"]


def test_nodes_that_were_asked_for_do_not_begin_in_a_scope_that_stops():
    harness = Harness(index(cached("a"), cached("b")))
    refused = Failure("MissingPart", "USER", "no", retryable=False)
    decided = harness.look(known={Lookup("a"): refused, Lookup("b"): BOOM})
    assert decided.finish is not None
    assert launched(decided) == []


def test_in_a_recovered_execution_every_node_is_asked_for():
    graph = index(node("a"), node("b", "a"), node("c", "b"))
    harness = Harness(graph, ScopeState(recovers=True))
    recovered = Found(b"\x80", Reuse("recovered", "old", "a"))
    decided = harness.look(known={Lookup("a"): recovered, Lookup("b"): Missing()})
    assert harness.asked == [lookups("a"), lookups("b")]
    assert launched(decided) == [("b", 1)]


def test_a_dynamic_node_that_was_found_opens_nothing():
    policy = Policy(cache=Caching(version="1"))
    harness = Harness(index(node("d", task="m.dynamic", policy=policy)))
    decided = harness.look(known={Lookup("d"): FOUND})
    assert decided.open == []
    assert decided.finish is not None


def test_a_dynamic_node_that_is_missing_opens_its_scope():
    policy = Policy(cache=Caching(version="1"))
    harness = Harness(index(node("d", task="m.dynamic", policy=policy)))
    [opened] = harness.look(known={Lookup("d"): Missing()}).open
    assert (opened.id, opened.kind, opened.deadline) == ("d", "dynamic", harness.now + 60)
