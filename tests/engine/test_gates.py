from __future__ import annotations

from tests.engine.harness import BOOM, Harness, gate, index, launched, moved, node

from volery.engine.model import Found, Give, Lookup, Phase, Reuse, ScopeState
from volery.ir.bindings import Bound, OutputRef
from volery.ir.values import EMPTY, Raw, join_record, pack

APPROVAL = index(node("a"), gate("ok", "approve", "a", seconds=60), node("b", "ok"))


def waiting(graph=APPROVAL) -> Harness:
    harness = Harness(graph)
    harness.look()
    if "a" in harness.rows:
        harness.run("a")
    return harness


def signal(harness: Harness, id: str, value: object):
    harness.rows[id].signal = pack(value)
    return harness.look(id)


def test_a_gate_waits_without_an_attempt():
    harness = Harness(APPROVAL)
    harness.look()
    decided = harness.run("a")
    assert [(create.id, create.kind) for create in decided.create] == [("ok", "gate")]
    assert (decided.launch, decided.open) == ([], [])
    assert decided.wake_at == harness.now + 60


def test_an_approval_gives_its_value_on():
    decided = signal(waiting(), "ok", value=True)
    assert moved(decided) == {"ok": Phase.SUCCEEDED}
    assert decided.give == [Give("ok", (Bound("o0", OutputRef("a", "o0")),))]
    assert launched(decided) == [("b", 1)]


def test_a_refusal_fails_the_gate_by_name():
    harness = waiting()
    finish = signal(harness, "ok", value=False).finish
    assert finish is not None
    assert finish.failure is not None
    assert (finish.failure.code, finish.failure.path) == ("Disapproved", "ok")
    assert "the ok" in finish.failure.message


def test_nobody_is_waited_for_longer_than_the_gate_says():
    harness = waiting()
    assert harness.wait(59).move == []
    finish = harness.wait(1).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.code == "TimedOut"
    assert "within 60 s" in finish.failure.message


def test_a_signal_that_comes_with_the_time_counts():
    harness = waiting()
    harness.now += 100
    assert moved(signal(harness, "ok", value=True)) == {"ok": Phase.SUCCEEDED}


def test_an_input_is_the_gates_output():
    harness = waiting(index(gate("ask", "input"), node("b", "ask")))
    decided = signal(harness, "ask", value=42)
    assert decided.give == [Give("ask", join_record({"o0": Raw(pack(42))}))]
    assert launched(decided) == [("b", 1)]


def test_a_gate_without_a_time_waits_for_ever():
    harness = waiting(index(gate("ask", "input")))
    decided = harness.wait(1e9)
    assert (decided.move, decided.wake_at) == ([], None)


def test_a_sleep_ends_by_itself():
    harness = waiting(index(gate("nap", "sleep", seconds=10), node("b", after=("nap",))))
    assert harness.wait(9.5).wake_at == harness.now + 0.5
    decided = harness.wait(0.5)
    assert decided.give == [Give("nap", EMPTY)]
    assert launched(decided) == [("b", 1)]


def test_the_scope_wakes_for_the_gate_whose_time_comes_first():
    graph = index(*(gate(f"g{n}", "sleep", seconds=10 * n) for n in range(1, 5)))
    harness = Harness(graph)
    assert harness.look().wake_at == harness.now + 10
    ended = harness.wait(25)
    assert set(moved(ended)) == {"g1", "g2"}
    assert ended.wake_at == harness.now + 5
    assert harness.look_afresh().wake_at == harness.now + 5


def test_a_gate_that_was_answered_wakes_nobody_any_more():
    graph = index(gate("first", "approve", "a", seconds=10), node("a"), gate("ask", "input"))
    harness = Harness(graph)
    harness.look()
    harness.run("a")
    assert signal(harness, "first", value=True).wake_at is None


def test_a_gate_is_ended_by_the_planner_when_its_scope_stops():
    harness = waiting()
    decided = harness.stop()
    assert moved(decided) == {"ok": Phase.ABORTED}
    assert decided.abort == []
    assert decided.finish is not None
    assert decided.finish.phase is Phase.ABORTED


def test_a_gate_goes_when_another_node_fails():
    harness = Harness(index(gate("ask", "input"), node("a")))
    harness.look()
    harness.end("a", BOOM)
    decided = harness.look("a")
    assert moved(decided) == {"a": Phase.FAILED, "ask": Phase.ABORTED}
    assert decided.finish is not None
    assert decided.finish.failure is not None
    assert decided.finish.failure.code == "ValueError"


def test_the_answer_of_a_recovered_gate_is_not_asked_for_again():
    harness = Harness(index(gate("ask", "input")), ScopeState(recovers=True))
    reuse = Reuse("recovered", "old", "ask")
    decided = harness.look(known={Lookup("ask"): Found(b"\x80", reuse)})
    assert decided.give == [Give("ask", b"\x80", reuse)]


def test_a_gate_whose_value_was_skipped_is_skipped():
    harness = Harness(APPROVAL)
    harness.look()
    harness.close("a", Phase.SKIPPED)
    harness.look("a")
    assert harness.rows["ok"].phase is Phase.SKIPPED
    assert harness.rows["b"].phase is Phase.SKIPPED
