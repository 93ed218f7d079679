"""Recovery: what succeeded in an earlier execution need not run again."""

from __future__ import annotations

from collections import OrderedDict
from itertools import groupby

from volery.engine.model import HANDLER, Found, Phase, Reuse, ScopeState
from volery.errors import ConfigError
from volery.ids import join, range_id, range_of
from volery.services.caching import is_stored
from volery.services.context import Context, Contexts
from volery.services.earlier import Earlier
from volery.services.edited import Edited, Same, Scope, everything
from volery.services.elements import Elements
from volery.services.values import NOTHING_PENDING, Pending, Values
from volery.store.base import Store

KEPT = 64
"""Earlier executions, and maps of them, that are kept at hand."""


def check_recoverable(id: str, phase: Phase) -> None:
    """Refuse to recover what cannot be recovered. Raises ConfigError."""
    if not phase.terminal:
        raise ConfigError(
            f"execution {id} has not ended: it is {phase}",
            hint=f"finish it with volery executions resume {id}, or abort it first",
        )
    if phase is Phase.SUCCEEDED:
        raise ConfigError(
            f"execution {id} has succeeded: there is nothing to recover",
            hint=f"run it again with volery executions relaunch {id}",
        )


class Recovery:
    """Answers for executions that recover another one: what of it is there already."""

    def __init__(self, store: Store, contexts: Contexts, values: Values) -> None:
        self._store = store
        self._edited = Edited(store, contexts, values)
        self._earlier: OrderedDict[str, Earlier] = OrderedDict()
        self._maps: OrderedDict[tuple[str, str], tuple[Elements, Same]] = OrderedDict()

    def found(
        self,
        context: Context,
        path: str,
        state: ScopeState,
        id: str,
        *,
        pending: Pending = NOTHING_PENDING,
    ) -> Found | None:
        """What a node of a scope gave in the execution that is recovered; None: it has to run.

        Args:
            context: of the scope, in the execution that recovers.
            path: of the scope.
            state: what the scope has decided.
            id: of the node.
            pending: outputs of nodes of the scope that are not committed yet.
        """
        options = context.execution.options
        if HANDLER in join(path, id):  # a handler answers what fails now
            return None
        if id.startswith("["):
            return self._piece(context, path, *range_of(id))
        earlier = self._of(options.recovers)
        if not options.code:
            return _stored(earlier.found(join(path, id)))
        place = self._edited.place(earlier, Scope(context, path, state), id, pending)
        return _stored(earlier.found(place.path)) if place is not None and place.counts else None

    def pieces(self, context: Context, path: str, id: str) -> tuple[tuple[str, Found | None], ...]:
        """The same for a range of a map: ids of its pieces, in order, and what each gave.

        In a piece all elements have succeeded, or all have to run.
        """
        start, end = range_of(id)
        if HANDLER in path:
            return ((id, None),)
        elements, same = self._elements(context, path)
        there = (elements.has(index) and same(index) for index in range(start, end))
        pieces: list[tuple[str, Found | None]] = []
        for is_there, run in groupby(enumerate(there, start), key=lambda each: each[1]):
            indexes = [index for index, _ in run]
            first, last = indexes[0], indexes[-1] + 1
            found = self._piece(context, path, first, last) if is_there else None
            pieces.append((range_id(first, last), found))
        return tuple(pieces)

    def child(self, context: Context, path: str) -> str:
        """The execution that the launch plan node at `path` recovers; empty: none."""
        options = context.execution.options
        earlier = self._of(options.recovers)
        place = self._edited.known(earlier, context, path) if options.code else path
        node = None if place is None else earlier.nodes.get(place)
        if node is None or node.child is None or self._store.execution(node.child) is None:
            return ""
        return node.child

    def _piece(self, context: Context, path: str, start: int, end: int) -> Found | None:
        """What neighbouring elements of a map gave, if all of them have succeeded."""
        elements, same = self._elements(context, path)
        if not all(elements.has(index) and same(index) for index in range(start, end)):
            return None
        recovers = context.execution.options.recovers
        where = join(elements.path, range_id(start, end))
        return _stored(Found(elements.outputs(start, end), Reuse("recovered", recovers, where)))

    def _elements(self, context: Context, path: str) -> tuple[Elements, Same]:
        """The elements of a map that succeeded, and which of those still mean the same."""
        key = (context.execution.id, path)
        found = self._maps.get(key)
        if found is None:
            options = context.execution.options
            earlier = self._of(options.recovers)
            place, same = path, everything
            if options.code:
                place, same = self._edited.elements(earlier, context, path)
            found = Elements(self._store, earlier.id, place, earlier.elements.get(place, {})), same
            self._maps[key] = found
            if len(self._maps) > KEPT:
                self._maps.popitem(last=False)
        return found

    def _of(self, execution: str) -> Earlier:
        found = self._earlier.get(execution)
        if found is None:
            found = self._earlier[execution] = Earlier(self._store, execution)
            if len(self._earlier) > KEPT:
                self._earlier.popitem(last=False)
        return found


def _stored(found: Found | None) -> Found | None:
    """What was found, unless somebody has removed a part of it from the storage."""
    return found if found is not None and is_stored(found.outputs) else None
