"""Pictures of executions, taken through the store's port, for `volery.engine.invariants`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.definitions import DynamicDefinition, EagerDefinition, MapDefinition
from volery.engine.invariants import Event, Picture, Step, broken
from volery.engine.model import BODY, AttemptPhase, Phase
from volery.ids import ROOT, join, split
from volery.services.context import Contexts
from volery.store.base import ExecutionRecord, Line, NodeRecord, Store

_SCOPES = frozenset({"workflow", "branch", "map", "dynamic", "eager"})
_PHASES = frozenset(Phase)


def family(store: Store, root: str) -> list[str]:
    """The executions under a root, the root first."""
    found = [root]
    for execution in found:
        found += [node.child for node in store.nodes(execution) if node.child is not None]
    return found


def picture(store: Store, execution: str) -> Picture:
    """What the tables say about one execution."""
    record = _record(store, execution)
    nodes = {node.path: node for node in store.nodes(execution)}
    attempts: dict[str, list[AttemptPhase]] = {path: [] for path in nodes}
    for attempt in store.attempts(execution):
        attempts[attempt.path].append(attempt.phase)
    outputs = store.outputs(execution, [ROOT, *nodes])
    steps = {
        path: Step(
            path,
            node.phase,
            tuple(attempts[path]),
            node.kind in _SCOPES,
            path in outputs,
            # A launch plan goes on in its own execution.
            node.kind in {"gate", "launch_plan"}
            or (node.kind == "task" and _may_wait(store, execution, path, attempts[path])),
            _emits(nodes, path),
            None if node.child is None else _record(store, node.child).phase,
        )
        for path, node in nodes.items()
    }
    dirty = {
        ticket.path
        for ticket in store.dirty("", record.root, 10_000)
        if ticket.execution == execution
    }
    events = [
        Event(line.path, Phase(line.event))
        for line in lines(store, record.root)
        if line.execution == execution and line.attempt == 0 and line.event in _PHASES
    ]
    return Picture(
        execution,
        record.phase,
        ROOT in outputs,
        steps,
        frozenset(dirty),
        {path: _waits(store, execution, path) for path in nodes},
        events,
        not store.scope_state(execution, ROOT).begun,
    )


def check(store: Store, root: str) -> None:
    """Raise AssertionError with everything that is wrong in a family of executions."""
    problems = [
        problem
        for execution in family(store, root)
        for problem in broken(picture(store, execution))
    ]
    assert not problems, "\n".join(problems)


def lines(store: Store, root: str) -> list[Line]:
    """The whole journal of a family."""
    return store.journal(root, 0, 1_000_000)


def _record(store: Store, execution: str) -> ExecutionRecord:
    record = store.execution(execution)
    assert record is not None, execution
    return record


def _may_wait(store: Store, execution: str, path: str, attempts: Sequence[AttemptPhase]) -> bool:
    """Whether a task may wait for another execution to fill the cache."""
    if not attempts:
        return True
    if attempts[-1] is not AttemptPhase.LOST:
        return False
    caching = Contexts(store).child_at(execution, path).policy.cache
    return caching is not None and caching.serialize


def _emits(nodes: Mapping[str, NodeRecord], path: str) -> bool:
    """Whether this is the function of a dynamic task."""
    scope, id = split(path)
    return id == BODY and nodes[scope].kind == "dynamic"


def _waits(store: Store, execution: str, path: str) -> list[str]:
    scope, id = split(path)
    contexts = Contexts(store)
    context = contexts.get(execution, scope)
    match context.definition:
        case MapDefinition() | EagerDefinition():
            return []
        case DynamicDefinition() if id == BODY:
            return []
        case _:
            _, graph = contexts.graph(context, contexts.state(execution, scope))
            return [join(scope, source) for source in graph.takes_data_from(id)]
