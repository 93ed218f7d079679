"""Scopes that run a graph: workflows, and the arm that a branch has taken."""

from __future__ import annotations

from volery.engine.graph import GraphIndex, kind_of
from volery.engine.model import Create, Finish, Launch, Open, Phase, Plan
from volery.engine.nodes import task
from volery.engine.nodes.stop import aborted, stop_children
from volery.engine.scope import Scope


def plan_graph(scope: Scope, plan: Plan, graph: GraphIndex) -> None:
    """Carry the scope as far as what is known allows."""
    if scope.graph is not graph:
        scope.run(graph)
        ready = [id for id in graph.sources if id not in scope.children]
    else:
        ready = []
    _settle_tasks(scope, plan, graph)
    _follow(scope, plan, graph, ready)
    stop_children(scope, plan)
    if scope.open == 0:
        plan.finish = _finish(scope, graph)


def _settle_tasks(scope: Scope, plan: Plan, graph: GraphIndex) -> None:
    changed, scope.changed = scope.changed, []
    # Known before the first decision, so that no retry begins in a scope that is about to stop.
    if scope.abort is not None:
        scope.stopping = True
    for id in changed:
        child = scope.children[id]
        if child.kind == "task" and not child.phase.terminal:
            task.settle(scope, plan, child, graph.retries[id])
            if scope.failure is not None and graph.failure_policy == "fail_immediately":
                scope.stopping = True


def _follow(scope: Scope, plan: Plan, graph: GraphIndex, ready: list[str]) -> None:
    """Start what waits for nothing any more, and what that makes ready in turn."""
    if scope.failure is not None and graph.failure_policy == "fail_immediately":
        scope.stopping = True
    while True:
        for id in ready:
            if not scope.stopping:
                _start(scope, plan, graph, id)
        if not scope.settled:
            return
        settled, scope.settled = scope.settled, []
        ready = []
        for id in settled:
            for follower in graph.downstream[id]:
                scope.unmet[follower] -= 1
                if scope.unmet[follower] == 0 and follower not in scope.children:
                    ready.append(follower)


def _start(scope: Scope, plan: Plan, graph: GraphIndex, id: str) -> None:
    node = graph.nodes[id]
    kind = kind_of(node)
    if _lacks_data(scope, graph, id):
        scope.create(plan, Create(id, kind, Phase.SKIPPED))
        return
    scope.create(plan, Create(id, kind))
    if kind == "task":
        scope.launch(plan, Launch(id, 1))
    else:
        plan.open.append(Open(id, kind))


def _lacks_data(scope: Scope, graph: GraphIndex, id: str) -> bool:
    """Whether a node uses an output that will never be there. Order alone does not count."""
    return scope.skipped and any(
        scope.children[source].phase is Phase.SKIPPED for source in graph.takes_data_from(id)
    )


def _finish(scope: Scope, graph: GraphIndex) -> Finish:
    """The end of a scope in which nothing is open and nothing more may start."""
    if scope.abort is not None:
        return aborted(scope.abort)
    if scope.failure is not None:
        return Finish(Phase.FAILED, failure=scope.failure)
    if len(scope.children) != len(graph.nodes):
        waiting = sorted(set(graph.nodes) - set(scope.children))
        raise AssertionError(
            f"{scope.execution}:{scope.path} has nothing open but {waiting} have not run"
        )
    return Finish(Phase.SUCCEEDED, graph.graph.outputs)
