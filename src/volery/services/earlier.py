"""An execution that has ended, as another one that recovers it asks about it."""

from __future__ import annotations

from collections import defaultdict

from volery.engine.model import BODY, Found, Phase, Reuse
from volery.ids import split
from volery.ir.values import EMPTY
from volery.store.base import NodeRecord, Store


class Earlier:
    """An execution that is recovered. It has ended, so what is known of it stays true.

    Attributes:
        nodes: its node executions by path.
        elements: for each map the children that have node executions, and whether they succeeded.
    """

    def __init__(self, store: Store, execution: str) -> None:
        self._store = store
        self.id = execution
        self.nodes: dict[str, NodeRecord] = {each.path: each for each in store.nodes(execution)}
        self.elements: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for node in self.nodes.values():
            scope, id = split(node.path)
            if id.startswith("["):
                self.elements[scope][id] = node.phase is Phase.SUCCEEDED

    def succeeded(self, path: str) -> bool:
        """Whether a node execution has succeeded."""
        node = self.nodes.get(path)
        return node is not None and node.phase is Phase.SUCCEEDED

    def found(self, path: str) -> Found | None:
        """What a node execution gave, if it has succeeded."""
        if not self.succeeded(path):
            return None
        reuse = Reuse("recovered", self.id, path)
        scope, id = split(path)
        if id == BODY and (graph := self._store.scope_state(self.id, scope).graph):
            return Found(EMPTY, reuse, graph)
        record = self._store.outputs(self.id, [path]).get(path)
        return None if record is None else Found(record, reuse)
