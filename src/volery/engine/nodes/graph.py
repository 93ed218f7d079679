"""Scopes that run a graph: workflows, and the arm that a branch has taken."""

from __future__ import annotations

from volery.engine.graph import GraphIndex
from volery.engine.look import Look
from volery.engine.model import HANDLER, MISSING, Answer, Create, Finish, Missing, NodeState, Phase
from volery.engine.nodes import gate, handler, task
from volery.engine.nodes.begin import begin
from volery.engine.nodes.stop import ending, stop_children, stop_if_asked
from volery.engine.scope import DONE, Scope


def plan_graph(look: Look, graph: GraphIndex) -> None:
    """Carry the scope as far as what is known allows."""
    scope = look.scope
    ready: list[str] = []
    if scope.graph is not graph:
        scope.run(graph)
        ready += (id for id in graph.sources if id not in scope.children)
    _settle(look, graph)
    _follow(look, graph, ready)
    if not look.plan.wants:
        _conclude(look, graph)


def _settle(look: Look, graph: GraphIndex) -> None:
    scope = look.scope
    # Known before the first decision, so that no retry begins in a scope that is about to stop.
    stop_if_asked(look)
    _stop_if_failed(scope, graph)
    changed, scope.changed = scope.changed, []
    if scope.gates:
        changed += scope.due(look.now)
    for id in changed:
        child = scope.children[id]
        if not child.phase.terminal:
            _settle_child(look, graph, child)
            _stop_if_failed(scope, graph)


def _settle_child(look: Look, graph: GraphIndex, child: NodeState) -> None:
    scope = look.scope
    if child.kind == "task":
        stopping = handler.has_to_stop(scope) if child.id == HANDLER else scope.stopping
        task.settle(look, child, graph.policies[child.id], stopping=stopping)
    elif child.kind == "gate" and not scope.stopping:
        gate.settle(look, graph.nodes[child.id], child)


def _stop_if_failed(scope: Scope, graph: GraphIndex) -> None:
    if scope.failure is not None and graph.failure_policy == "fail_immediately":
        scope.stopping = True


def _follow(look: Look, graph: GraphIndex, ready: list[str]) -> None:
    """Start what waits for nothing any more, and what that makes ready in turn."""
    scope = look.scope
    while True:
        _stop_if_failed(scope, graph)
        if scope.stopping:
            scope.asking.clear()
            ready = []
        for id in ready:
            _start(look, graph, id)
        if scope.asking:
            for id, answer in look.answers():
                _begin(look, graph, id, answer)
        if not scope.ended:
            break
        ready = _followers(scope, graph)
    if scope.asking:
        look.ask()


def _followers(scope: Scope, graph: GraphIndex) -> list[str]:
    """Nodes that wait for nothing any more, now that others have ended."""
    ended, scope.ended = scope.ended, []
    ready: list[str] = []
    for id in ended:
        if scope.children[id].phase in DONE:
            for follower in graph.downstream.get(id, ()):
                scope.unmet[follower] -= 1
                if scope.unmet[follower] == 0 and follower not in scope.children:
                    ready.append(follower)
    return ready


def _start(look: Look, graph: GraphIndex, id: str) -> None:
    scope = look.scope
    if _lacks_data(scope, graph, id):
        look.create(Create(id, graph.kinds[id], Phase.SKIPPED))
    elif scope.state.recovers or id in graph.cached or id in graph.doubtful:
        scope.asking[id] = None
    else:
        _begin(look, graph, id, MISSING)


def _begin(look: Look, graph: GraphIndex, id: str, answer: Answer) -> None:
    kind = graph.kinds[id]
    if kind == "gate" and isinstance(answer, Missing):
        gate.begin(look, graph.nodes[id])
    else:
        begin(look, id, kind, graph.policies[id], answer)


def _lacks_data(scope: Scope, graph: GraphIndex, id: str) -> bool:
    """Whether a node uses an output that will never be there. Order alone does not count."""
    return scope.skipped and any(
        scope.children[source].phase is Phase.SKIPPED for source in graph.takes_data_from(id)
    )


def _conclude(look: Look, graph: GraphIndex) -> None:
    """Stop what has to stop, and end the scope when nothing is open and nothing more may start."""
    scope = look.scope
    if scope.open:
        stop = stop_children if scope.state.handled is None else handler.stop
        stop(look)
    if scope.open:
        return
    end = ending(scope, scope.failure)
    if end is None:
        look.plan.finish = _succeed(scope, graph)
    elif handler.answers(scope, graph):
        handler.run(look, graph, end)
    else:
        look.plan.finish = end


def _succeed(scope: Scope, graph: GraphIndex) -> Finish:
    waiting = sorted(id for id in graph.upstream if id not in scope.children)
    if waiting:
        raise AssertionError(
            f"{scope.execution}:{scope.path} has nothing open but {waiting} have not run"
        )
    return Finish(Phase.SUCCEEDED, graph.graph.outputs)
