"""Openings: all that is shown of something when it is opened, in one answer.

What can be asked for alone, too, is as it is there. What of it cannot be had is None: asking for it
alone says why.
"""

from __future__ import annotations

import msgspec

from volery.wire.decks import Deck
from volery.wire.executions import Attempt, Gate, Node, Summary
from volery.wire.failures import FailureReport
from volery.wire.graphs import Graph
from volery.wire.parts import Parts
from volery.wire.progress import Cells, Statuses


class ExecutionOpening(msgspec.Struct, frozen=True):
    """An execution.

    Attributes:
        graph: of its outermost scope.
        scopes: the outermost, and the branches in it, which stand in place in the graph.
        statuses: of the node executions in these.
        gates: those that wait for somebody.
        outputs: None: it has none yet, as well.
        failure: None: it has not failed, as well.
    """

    summary: Summary
    graph: Graph | None
    scopes: tuple[str, ...]
    statuses: Statuses
    gates: tuple[Gate, ...]
    inputs: Parts | None
    outputs: Parts | None
    failure: FailureReport | None


class ScopeOpening(msgspec.Struct, frozen=True):
    """A scope of an execution that is opened in place, within what is around it.

    Attributes:
        scopes: it, and the branches in it; of a map none, for its elements are cells.
        statuses: of the node executions in these; None: there are no scopes.
        cells: of a map that has begun.
    """

    graph: Graph
    scopes: tuple[str, ...]
    statuses: Statuses | None
    cells: Cells | None


class NodeOpening(msgspec.Struct, frozen=True):
    """A node execution.

    Attributes:
        attempts: by number; of a dynamic or an eager task those of its function.
        decks: of the newest of these.
        inputs: of one that has failed.
        failure: None: it has not failed, as well.
    """

    node: Node
    attempts: tuple[Attempt, ...]
    decks: tuple[Deck, ...]
    inputs: Parts | None
    failure: FailureReport | None
