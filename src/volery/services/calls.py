"""Calls: what the functions of eager tasks call, on the way to the record and back."""

from __future__ import annotations

from volery.engine.model import Called, Phase
from volery.executors.base import Executor
from volery.ids import digest, join, split
from volery.ir.failure import Failure
from volery.ir.work import Call, CallEnded
from volery.services.context import Contexts
from volery.store.base import Claim, NodeRecord, Store


class Calls:
    """The calls whose end works under way wait for.

    Attributes:
        waiting: how many works wait for the end of a call.
    """

    def __init__(self, store: Store, executor: Executor, contexts: Contexts, owner: str) -> None:
        self._store = store
        self._executor = executor
        self._contexts = contexts
        self._owner = owner
        self._open: dict[int, dict[str, tuple[str, str]]] = {}
        """By work: for the path of each call its execution and its id."""
        self._bundles: set[tuple[str, str]] = set()
        """By execution: once that is removed, so may be what only it has called."""

    @property
    def waiting(self) -> int:
        return len(self._open)

    def made(self, claim: Claim, call: Call) -> Called:
        """The fact that a work has made a call."""
        scope, _ = split(claim.path)
        bundle = digest(call.bundle)
        if (claim.execution, bundle) not in self._bundles:
            self._store.put_bundle(bundle, call.bundle)
            self._bundles.add((claim.execution, bundle))
        path = join(scope, call.id)
        self._open.setdefault(call.work, {})[path] = (claim.execution, call.id)
        return Called(
            claim.execution,
            scope,
            claim.attempt,
            self._owner,
            call.id,
            self._contexts.definitions(bundle).kind(call.entity),
            call.entity,
            bundle,
            call.inputs,
        )

    def answer(self) -> None:
        """Tell works how their calls have ended, as far as they have."""
        ends: list[CallEnded] = []
        for work, calls in list(self._open.items()):
            execution = next(iter(calls.values()))[0]
            for path, node in self._store.ended(execution, list(calls)).items():
                ends.append(self._end(work, execution, calls.pop(path)[1], node))
            if not calls:
                del self._open[work]
        if ends:
            self._executor.answer(ends)

    def over(self, work: int) -> None:
        """A work waits for nothing any more."""
        self._open.pop(work, None)

    def _end(self, work: int, execution: str, call: str, node: NodeRecord) -> CallEnded:
        if node.phase is Phase.SUCCEEDED:
            return CallEnded(work, call, self._store.outputs(execution, [node.path])[node.path])
        failure = node.failure or Failure(
            str(node.phase), "USER", f"{node.path} was {node.phase}", path=node.path
        )
        return CallEnded(work, call, failure=failure)
