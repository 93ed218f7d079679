"""A scope that is kept between looks and one that is loaded afresh for each decide the same.

Two harnesses live through the same random events, one of each sort.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, strategies as st
from tests.engine.harness import (
    BOOM,
    CRASH,
    DEFINITIONS,
    EAGER,
    START,
    Harness,
    gate,
    index,
    node,
)

from volery.engine.definitions import Definition, MapDefinition
from volery.engine.model import (
    BODY,
    HANDLER,
    AttemptEnded,
    AttemptPhase,
    Busy,
    CallState,
    Emitted,
    Found,
    Lookup,
    Missing,
    NodeState,
    Phase,
    Plan,
    PolicyOf,
    Reuse,
    ScopeState,
)
from volery.ids import range_of
from volery.ir.bindings import InputRef
from volery.ir.failure import TIMED_OUT, Failure
from volery.ir.nodes import MapTarget, Node, WorkflowTarget
from volery.ir.policy import Backoff, Caching, Limits, Policy
from volery.ir.ref import Ref
from volery.ir.values import pack
from volery.ir.work import ElementFailure

LATE = Failure(TIMED_OUT, "USER", "too slow", retryable=False)
FOUND = Found(b"\x80", Reuse("cached", "other", "x"))
NODES = (
    node("plain"),
    node("stubborn", "plain", task="m.stubborn", policy=Policy(backoff=Backoff(first=4))),
    node("cached", "plain", task="m.cached"),
    node("serialized", "stubborn", task="m.serialized", policy=Policy(limits=Limits(total=40))),
    gate("ok", "approve", "plain", seconds=30),
    gate("nap", "sleep", seconds=10),
    Node("deep", WorkflowTarget("m.workflow")),
    node("both", "cached", "serialized"),
    node("last", "ok", after=("nap", "deep")),
)
GRAPHS = [
    index(*NODES, policy=policy, on_failure=handler)
    for policy in ("fail_immediately", "fail_after_executable_nodes_complete")
    for handler in (None, node(HANDLER, policy=Policy(retries=1)))
]
MAPS = [
    MapDefinition(
        MapTarget(Ref("task", "m"), ("xs",), concurrency, min_success_ratio=ratio),
        "task",
        Policy(retries=1, backoff=Backoff(first=2)),
    )
    for concurrency in (None, 2, 5)
    for ratio in (1.0, 0.5)
]
FUNCTIONS = [DEFINITIONS.scope(Ref("task", name)) for name in ("m.dynamic", EAGER.name)]
STATES = [ScopeState(), ScopeState(deadline=START + 50), ScopeState(recovers=True)]

Event = tuple[Any, ...]
endings = st.sampled_from([None, None, None, BOOM, CRASH, LATE, "lost", "aborted"])
events = st.one_of(
    st.tuples(st.just("end"), st.integers(0, 50), endings, st.integers(0, 7)),
    st.tuples(st.just("end"), st.integers(0, 50), endings, st.integers(0, 7)),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 5.0, 12.0, 40.0])),
    st.tuples(st.just("call"), st.integers(0, 5)),
    st.tuples(st.just("stop")),
    st.tuples(st.just("look")),
)


class Known(dict):
    """What is known. No range of a map was found."""

    def __missing__(self, want):
        if isinstance(want, Lookup) and want.id.startswith("["):
            return Missing()
        raise KeyError(want)

    def __contains__(self, want):
        return isinstance(want, Lookup) or super().__contains__(want)


@st.composite
def answers(draw: Callable[..., Any]) -> dict[Any, Any]:
    """What is known in a run, whenever it is asked."""
    missing, reserved = st.just(Missing()), st.just(Missing("key"))
    known = Known({InputRef("xs"): draw(st.integers(0, 200))})
    for each in (*NODES, node(BODY)):
        known[Lookup(each.id)] = draw(st.one_of(missing, st.just(FOUND)))
    known[Lookup("serialized")] = draw(st.one_of(reserved, st.just(Busy("key")), st.just(FOUND)))
    known[Lookup(BODY)] = Missing()
    known[Emitted("digest")] = GRAPHS[0]
    for number in range(6):
        cached = Policy(retries=1, cache=Caching(version="1", serialize=True))
        known[PolicyOf(f"call{number}")] = draw(st.sampled_from([Policy(retries=1), cached]))
        known[Lookup(f"call{number}")] = draw(st.sampled_from([Busy("key"), Missing(), FOUND]))
    return known


def happen(harness: Harness, event: Event) -> list[str]:
    """Let an event change the rows; returns the ids of the children that changed."""
    match event:
        case ("end", position, ending, detail):
            ids = [row.id for row in harness.rows.values() if not row.phase.terminal]
            if not ids:
                return []
            row = harness.rows[ids[position % len(ids)]]
            _end(harness, row, ending, detail)
            return [row.id]
        case ("wait", seconds):
            harness.now += seconds
        case ("call", number) if BODY in harness.rows:
            if all(call.id != f"call{number}" for call in harness.calls):
                harness.calls.append(CallState(f"call{number}", "task"))
        case ("stop",):
            harness.abort = "enough"
            harness.aborts += 1
        case _:
            pass
    return []


def _end(harness: Harness, row: NodeState, ending: Any, detail: int) -> None:
    failure = ending if isinstance(ending, Failure) else None
    if row.kind == "gate":
        row.signal = pack(detail > 0)
    elif row.kind != "task":
        harness.close(row.id, Phase.SUCCEEDED if ending is None else Phase.FAILED, failure)
    elif row.attempt:
        phases = {"lost": AttemptPhase.LOST, "aborted": AttemptPhase.ABORTED}
        harness.end(row.id, failure, phases.get(ending), "digest" if ending is None else "")
        if ending is None and ":" in row.id:
            start, end = range_of(row.id)
            length = min(detail, end - start)
            row.elements = tuple(ElementFailure(index, BOOM) for index in range(length))


def _end_of(harness: Harness, changed: list[str]) -> AttemptEnded | None:
    """The fact that has changed a child, if it may be foreseen what follows from it."""
    for row in (harness.rows[id] for id in changed):
        if row.kind == "task" and row.attempt_phase is not None and not row.graph:
            phase, failure, elements = row.attempt_phase, row.attempt_failure, row.elements
            end = AttemptEnded("e", row.id, row.attempt, "me", phase, None, failure, elements)
            return end if harness.scope.awaits({row.id: end}) else None
    return None


def essence(decided: Plan) -> dict[str, Any]:
    """What a plan decides. Which of several failures comes first does not count."""
    return {
        "create": sorted((each.id, each.phase, each.until) for each in decided.create),
        "move": sorted((each.id, each.phase) for each in decided.move),
        "give": sorted(each.id for each in decided.give),
        "launch": sorted(map(repr, decided.launch)),
        "open": sorted(map(repr, decided.open)),
        "wait": sorted(each.key for each in decided.wait),
        "release": sorted(decided.release),
        "finish": decided.finish and (decided.finish.phase, decided.finish.outputs),
        "wake_at": decided.wake_at,
    }


def goes_on(harness: Harness, decided: Plan) -> bool:
    """Whether something will wake the scope: an attempt, a scope, a gate, or a time."""
    return decided.wake_at is not None or any(
        row.kind != "task" or (row.attempt and not row.attempt_phase.terminal)
        for row in harness.rows.values()
        if not row.phase.terminal
    )


@given(
    st.sampled_from([*GRAPHS, *MAPS, *FUNCTIONS]),
    st.sampled_from(STATES),
    answers(),
    st.lists(events, max_size=60),
)
def test_a_kept_scope_decides_what_a_fresh_one_does(
    definition: Definition, state: ScopeState, known: dict[Any, Any], story: list[Event]
):
    kept, fresh = Harness(definition, state), Harness(definition, state)
    for harness in (kept, fresh):
        harness.answers = known
    for event in [("look",), *story]:
        before = len(kept.calls)
        changed = happen(kept, event)
        kept.new_calls = kept.calls[before:]
        assert changed == happen(fresh, event)
        end = _end_of(kept, changed) if event[0] == "end" else None
        decided = kept.look(*changed) if end is None else kept.look_ahead(end)
        assert not decided.wants, decided.wants
        assert essence(decided) == essence(fresh.look_afresh())
        for harness in (kept, fresh):
            assert harness.scope.open == len(harness.open())
        if kept.phase.terminal:
            return
        assert goes_on(kept, decided)
