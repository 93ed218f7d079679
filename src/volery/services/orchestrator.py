"""The orchestrator: the services of one process, and the loop that drives executions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

from volery.engine.definitions import Definitions
from volery.errors import AlreadyExists, ConfigError, NotFound
from volery.ids import digest, new_execution_id, split
from volery.ir.codec import canonical
from volery.ir.nodes import Ref
from volery.ir.values import join_record, split_record
from volery.services.advance import Advance
from volery.services.context import Contexts
from volery.services.dispatch import Dispatch, OnPrint
from volery.services.reap import Alive, Reap
from volery.services.values import Values, complete
from volery.store.base import ExecutionRecord, NewExecution, Store

if TYPE_CHECKING:
    from volery.clock import Clock
    from volery.executors.base import Executor
    from volery.ir.specs import Bundle

IDLE = 0.25
"""Seconds between looks at the store while nothing happens here: others may have written to it."""


class Particulars(TypedDict, total=False):
    """What may be said about an execution when it is submitted.

    Attributes:
        name: becomes the execution's id; by default a fresh one is made.
        project: where the execution belongs.
        domain: where in the project it belongs.
        labels: for people and filters.
    """

    name: str | None
    project: str
    domain: str
    labels: Mapping[str, str]


class Orchestrator:
    """Advance, dispatch and reap over one store and one executor, in one thread."""

    def __init__(
        self,
        store: Store,
        executor: Executor,
        *,
        clock: Clock,
        owner: str,
        alive: Alive,
        on_print: OnPrint,
    ) -> None:
        """`alive` tells whether another owner still lives; `on_print` hears what tasks print."""
        self.store = store
        self.owner = owner
        self._clock = clock
        self._alive = alive
        values = Values(store)
        self._contexts = Contexts(store)
        self._advance = Advance(store, self._contexts, values, clock)
        self._dispatch = Dispatch(
            store,
            executor,
            contexts=self._contexts,
            values=values,
            clock=clock,
            owner=owner,
            on_print=on_print,
        )
        self._reap = Reap(store, alive, clock)
        self._bundles: dict[int, tuple[Bundle, str]] = {}

    def submit(
        self, bundle: Bundle, entity: Ref, inputs: bytes, **particulars: Unpack[Particulars]
    ) -> str:
        """Accept an execution: from here on it is in the store and will reach an end.

        Args:
            bundle: the specs that the execution is pinned to.
            entity: which of them to run.
            inputs: the input record; defaults and fixed inputs are added here.
            particulars: see `Particulars`.

        Returns:
            The execution's id.

        Raises:
            AlreadyExists: the name is taken.
        """
        key = self._keep(bundle)
        definitions = self._contexts.definitions(key)
        id = particulars.get("name") or new_execution_id()
        new = NewExecution(
            id=id,
            project=particulars.get("project", "default"),
            domain=particulars.get("domain", "development"),
            entity=entity,
            bundle=key,
            inputs=join_record(complete(definitions, entity, dict(split_record(inputs)))),
            root=id,
            owner=self.owner,
            labels=tuple(sorted(particulars.get("labels", {}).items())),
        )
        if not self.store.create(new, self._clock.now()):
            raise AlreadyExists(
                f"an execution named {id} exists already", hint="choose another name"
            )
        return id

    def drain(self, execution: str, watch: Callable[[], None] | None = None) -> ExecutionRecord:
        """Drive an execution and its children to the end, in this thread.

        Args:
            execution: the top of a family.
            watch: called after every round.
        """
        root = self._record(execution).root
        looked_outside = self._clock.now()
        while True:
            looked = self._advance.tick(root)
            if execution in looked.ended:
                break
            self._dispatch.stop()
            launched = self._dispatch.launch(root)
            idle = not looked.scopes and not launched
            self._dispatch.collect(IDLE if idle else 0.0)
            if watch is not None:
                watch()
            now = self._clock.now()
            if not 0 <= now - looked_outside < IDLE:  # a clock may be set back
                looked_outside = now
                if self._record(execution).phase.terminal:
                    break
        return self._record(execution)

    def steps(self, root: str) -> dict[str, Callable[[], object]]:
        """The ticks that `drain` is made of, for whoever wants another order."""
        return {
            "advance": partial(self._advance.tick, root),
            "stop": self._dispatch.stop,
            "launch": partial(self._dispatch.launch, root),
            "collect": partial(self._dispatch.collect, 0.0),
            "reap": partial(self._reap.tick, root),
        }

    def abort(self, execution: str, reason: str) -> bool:
        """Ask for an abort; False when the execution has ended already."""
        return self.store.abort(execution, reason, self._clock.now())

    def carries_out(self, execution: str, path: str) -> str:
        """What a node execution carries out, for people: ``task flows.mean``."""
        scope, id = split(path)
        context = self._contexts.get(execution, scope)
        entity = context.entity(self._contexts.state(execution, scope), id)
        return f"{entity.kind.replace('_', ' ')} {entity.name}"

    def take_over(self, execution: str) -> None:
        """Become the owner of an execution's family whose owner is gone.

        Raises:
            ConfigError: its owner lives, or another process was faster.
        """
        record = self._record(execution)
        if record.owner is not None and self._alive(record.owner):
            raise ConfigError(f"execution {execution} is driven by a living process already")
        if not self.store.take(execution, record.owner, self.owner):
            raise ConfigError(f"another process has just taken execution {execution} over")
        self._reap.tick(record.root)

    def _keep(self, bundle: Bundle) -> str:
        """Put a bundle into the store; returns its digest. A bundle is immutable, so once."""
        known = self._bundles.get(id(bundle))
        if known is not None and known[0] is bundle:
            return known[1]
        data = canonical(bundle)
        key = digest(data)
        self.store.put_bundle(key, data)
        self._contexts.add(key, Definitions(bundle))
        self._bundles[id(bundle)] = (bundle, key)
        return key

    def _record(self, execution: str) -> ExecutionRecord:
        record = self.store.execution(execution)
        if record is None:
            raise NotFound(f"there is no execution {execution}")
        return record
