"""Dynamic tasks: the function runs first, and then the graph that it has given."""

from __future__ import annotations

from volery.engine.definitions import DynamicDefinition
from volery.engine.graph import GraphIndex
from volery.engine.look import Look
from volery.engine.model import BODY, Emitted, Finish, Found, Phase
from volery.engine.nodes.body import begin_body, carry_body
from volery.engine.nodes.graph import plan_graph
from volery.engine.nodes.stop import ending, stop_children, stop_if_asked, wind_up
from volery.engine.scope import Scope
from volery.ids import join
from volery.ir.failure import Failure


def plan_dynamic(look: Look, definition: DynamicDefinition) -> None:
    """Carry the scope as far as what is known allows."""
    stop_if_asked(look)
    if not look.scope.state.graph and not _emit(look, definition):
        return
    graph = _graph(look)
    if graph is not None:
        plan_graph(look, graph)


def _emit(look: Look, definition: DynamicDefinition) -> bool:
    """Have the function run; True when it has given a graph."""
    scope = look.scope
    body = carry_body(look, definition)
    if scope.stopping:
        scope.asking.clear()
    for _, answer in look.answers():
        if isinstance(answer, Found):
            look.decide(graph=answer.graph)
        begin_body(look, definition, answer)
    look.ask()
    if look.plan.wants:
        return False
    if not scope.state.graph and body is not None and body.phase is Phase.SUCCEEDED:
        look.decide(graph=body.graph)
    if scope.state.graph:
        return True
    stop_children(look)
    if scope.open == 0:
        look.plan.finish = _fail(scope)
    return False


def _fail(scope: Scope) -> Finish:
    end = ending(scope, scope.failure)
    if end is None:
        raise AssertionError(f"{scope.execution}:{join(scope.path, BODY)} has given no graph")
    return end


def _graph(look: Look) -> GraphIndex | None:
    """The graph that was given; None when it is asked for, or cannot be had."""
    scope = look.scope
    if scope.graph is not None:
        return scope.graph
    emitted = Emitted(scope.state.graph)
    match look.known.get(emitted):
        case GraphIndex() as graph:
            return graph
        case Failure() as failure:
            look.decide(refused=scope.here(failure, BODY))
            wind_up(look)
        case _:
            look.plan.wants = (emitted,)
    return None
