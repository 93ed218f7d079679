"""The orchestrator: the services of one process, and the loop that drives executions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

import msgspec

from volery.engine.definitions import Definitions
from volery.errors import AlreadyExists, Busy, ConfigError, LeaseLost, NotFound
from volery.executors.placing import Only, Placing
from volery.ids import digest, new_execution_id
from volery.ir.codec import canonical
from volery.ir.executors import executors_of
from volery.ir.policy import Limits
from volery.ir.ref import Ref
from volery.ir.values import join_record, split_record
from volery.services.advance import Advance, Looked
from volery.services.context import Contexts
from volery.services.dispatch import BATCH, Dispatch, OnPrint
from volery.services.lease import Lease
from volery.services.provisions import Provisions, Unpacked
from volery.services.reap import Alive, Reap
from volery.services.report import Report
from volery.services.starting import prepared
from volery.services.values import Values, complete
from volery.store.base import Created, ExecutionRecord, NewExecution, Options, Signalled, Store
from volery.store.moves import IllegalMove

if TYPE_CHECKING:
    from volery.clock import Clock
    from volery.executors.base import Executor
    from volery.ir.specs import Bundle
    from volery.sdk.vault import Vault

IDLE = 0.25
"""Seconds between looks at the store while nothing happens here: others may have written to it."""


class Particulars(TypedDict, total=False):
    """What may be said about an execution when it is submitted.

    Attributes:
        name: becomes the execution's id; by default a fresh one is made.
        project: where the execution belongs.
        domain: where in the project it belongs.
        labels: for people and filters.
        annotations: for people and programs.
        version: of the entity, if it is registered.
        scheduled: the instant that it is started for.
        priority: of its attempts; higher ones are taken first.
        limits: how long it may take; by default as its workflow says.
        max_parallelism: most of its attempts at once; by default as its workflow says.
        overwrite_cache: run everything, and fill the cache.
        recovers: an execution whose succeeded nodes are not run again.
        code: of `recovers`, nodes count only if code and inputs are the same.
        executor: of its attempts, where tasks and nodes name none.
        storage: URL of the storage, if it is not the one that belongs to the store.
        import_root: where its modules are found.
    """

    name: str | None
    project: str
    domain: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    version: str
    scheduled: float | None
    priority: int
    limits: Limits | None
    max_parallelism: int | None
    overwrite_cache: bool
    recovers: str
    code: bool
    executor: str
    storage: str
    import_root: str


class Bounds(msgspec.Struct, frozen=True):
    """How large dynamic work may grow.

    Attributes:
        depth: dynamic and eager tasks may lie in each other so deep.
        nodes: so many may be in the graph that one task emits.
    """

    depth: int = 100
    nodes: int = 100_000


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
        pool: str = "",
        bounds: Bounds = Bounds(),  # noqa: B008 - it is immutable
        unpacked: Unpacked | None = None,
        vault: Vault | None = None,
        placing: Placing | None = None,
    ) -> None:
        """`alive` tells whether another owner may live; `on_print` hears what tasks print.

        `pool`: owners of one pool share their work; empty: this one is alone. `placing`: what
        stands behind the executor; None: it is the only one, and has no name. `unpacked` and
        `vault`: see `Provisions`.
        """
        self.store = store
        self.owner = owner
        self._clock = clock
        self.contexts = Contexts(store)
        self.values = Values(store)
        self._lease = Lease(store, clock, owner, pool or owner)
        self._placing = placing or Only(executor)
        self._advance = Advance(
            store,
            contexts=self.contexts,
            values=self.values,
            clock=clock,
            owner=owner,
            most_depth=bounds.depth,
            executor_of=self._placing.name_of,
        )
        self._dispatch = Dispatch(
            store,
            executor,
            placing=self._placing,
            contexts=self.contexts,
            values=self.values,
            clock=clock,
            owner=owner,
            on_print=on_print,
            most_nodes=bounds.nodes,
            provisions=Provisions(store, self.contexts, unpacked, vault),
        )
        self._report = Report(
            store, self._advance, self._dispatch, values=self.values, clock=clock, owner=owner
        )
        self._reap = Reap(
            store,
            clock=clock,
            owner=owner,
            alive=alive,
            lasts=self._dispatch.lasts,
            go_on=self._dispatch.begin,
        )
        self._bundles: dict[int, tuple[Bundle, str]] = {}
        self._upcoming: float | None = 0.0
        self._looked_outside = 0.0
        self._looked = 0.0
        self._stirred = True
        """Whether there may be something to look at, by what this process knows."""

    # -- executions -----------------------------------------------------------------------

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
            Busy: as many executions of the launch plan run as may, and it skips others.
            ConfigError: there is no executor of a name that is wanted.
            LeaseLost: others may have gone on with what was this process's own.
        """
        if recovers := particulars.get("recovers", ""):
            from volery.services.recovery import check_recoverable

            check_recoverable(recovers, self._record(recovers).phase)
        key = self.keep(bundle)
        definitions = self.contexts.definitions(key)
        id = particulars.get("name") or new_execution_id()
        now = self._clock.now()
        self._lease.begin(now)
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
            options=_options(particulars),
            max_parallelism=particulars.get("max_parallelism"),
            version=particulars.get("version", ""),
            annotations=tuple(sorted(particulars.get("annotations", {}).items())),
            scheduled=particulars.get("scheduled"),
        )
        new = prepared(definitions, new, particulars.get("limits"), now)
        if new.options.executor:
            self._placing.name_of(new.options.executor)
        match self._create(bundle, new, now):
            case "taken":
                raise AlreadyExists(
                    f"an execution named {id} exists already", hint="choose another name"
                )
            case "full":
                raise Busy(
                    f"{entity.name} has as many executions under way as it may",
                    hint="wait for one to end, abort one, or let its concurrency queue them",
                )
            case "created":
                return id

    def _create(self, bundle: Bundle, new: NewExecution, now: float) -> Created:
        try:
            return self.store.create(new, now)
        except IllegalMove:  # nothing had referred to the bundle for a while, and it was removed
            self.store.put_bundle(new.bundle, canonical(bundle))
            return self.store.create(new, now)

    def abort(self, execution: str, reason: str) -> bool:
        """Ask for an abort; False when the execution has ended already."""
        return self.store.abort(execution, reason, self._clock.now())

    def signal(self, execution: str, path: str, value: bytes) -> Signalled:
        """Give a gate the packed value that it waits for."""
        return self.store.signal(execution, path, value, self._clock.now())

    # -- driving --------------------------------------------------------------------------

    def drain(self, execution: str, watch: Callable[[], None] | None = None) -> ExecutionRecord:
        """Drive an execution and its children to the end, in this thread.

        Args:
            execution: the top of a family.
            watch: called after every round.

        Raises:
            LeaseLost: others have gone on with it.
        """
        root = self._record(execution).root
        self._stirred = True
        self._looked_outside = self._clock.now()
        while True:
            if execution in self._round(root):
                break
            if watch is not None:
                watch()
            if self._is_time_to_look_outside() and self._record(execution).phase.terminal:
                break
        return self._record(execution)

    def serve(self, stop: Callable[[], bool], late: Callable[[], bool] = lambda: True) -> None:
        """Drive everything that this owner drives, and what dead owners of its pool drove.

        Args:
            stop: asked after every round; True ends it: no more attempts are begun.
            late: asked from then on, while attempts run; True: those are not waited for any more.

        Raises:
            LeaseLost: others have gone on in its place.
        """
        self._lease.begin(self._clock.now())  # before a look for the dead, who may be this one
        self._reap.tick()
        self._reap.adopt()
        self._stirred = True
        while True:
            self._round(None)
            if stop():
                break
            if self._is_time_to_look_outside():
                self._reap.adopt()
        self._dispatch.rest()
        while self._dispatch.tied and not late():
            self._round(None)
        self._dispatch.go_on()

    def keeping_lease(self) -> AbstractContextManager[None]:
        """Keep the lease meanwhile, also where something takes longer than that."""
        return self._lease.kept()

    def rest(self) -> None:
        """No more attempts are begun from now on. Any thread may call it."""
        self._dispatch.rest()

    def steps(self, root: str | None) -> Mapping[str, Callable[[], object]]:
        """The ticks that driving is made of, for whoever wants another order."""
        adopt = {} if root else {"adopt": self._reap.adopt}
        return adopt | {
            "lease": lambda: self._lease.keep(self._clock.now()),
            "time": lambda: self._pass_time(root, self._clock.now()),
            "advance": partial(self._advance.tick, root),
            "stop": self._dispatch.stop,
            "launch": partial(self._dispatch.launch, root),
            "collect": partial(self._report.tick, 0.0),
            "reap": partial(self._reap.tick, root),
        }

    def close(self) -> None:
        """Nothing is driven any more; what is unfinished may be taken over at once."""
        self._lease.end()

    def _round(self, root: str | None) -> set[str]:
        """Go round once; returns the executions that have ended."""
        now = self._clock.now()
        try:
            self._lease.keep(now)
        except LeaseLost:
            self._report.tick(0.0)  # nothing of it counts, and the journal is to say so
            raise
        self._reap.look(root, now)
        self._pass_time(root, now)
        ended: set[str] = set()
        # What others have done meanwhile can wait for a moment while all goes on here.
        if self._stirred or not 0 <= now - self._looked < IDLE:  # a clock may be set back
            self._looked, self._stirred = now, False
            ended |= self._look(root)
        if not (self._stirred or self._dispatch.busy) and self._upcoming:
            self._clock.skip(self._upcoming)
        # Without news, nothing is left to do here before something happens elsewhere.
        reported = self._report.tick(0.0 if self._stirred else self._patience())
        ended |= self._note(reported)
        return ended

    def _look(self, root: str | None) -> set[str]:
        """Look at all that there is to do; returns the executions that have ended."""
        self.store.heard()
        looked = self._advance.tick(root)
        self._dispatch.stop()
        launched = self._dispatch.launch(root)
        self._stirred |= launched >= BATCH
        return self._note(looked)

    def _note(self, looked: Looked) -> set[str]:
        """What a service has done, and may have left; returns the executions that have ended."""
        self._stirred |= looked.stirred
        if looked.put_off:
            self._upcoming = 0.0
        return looked.ended

    def _pass_time(self, root: str | None, now: float) -> None:
        """Do what was put off until now. Without anything put off this costs nothing."""
        if self._upcoming is not None and now >= self._upcoming:
            self.store.time_out(self.owner, root, now)
            self._upcoming = self.store.wake(self.owner, root, now)
            self._stirred = True

    def _patience(self) -> float:
        """How long to wait for the executor when there is nothing else to do."""
        if self._upcoming is None:
            return IDLE
        return min(max(self._upcoming - self._clock.now(), 0.0), IDLE)

    def _is_time_to_look_outside(self) -> bool:
        now = self._clock.now()
        if 0 <= now - self._looked_outside < IDLE:  # a clock may be set back
            return False
        self._looked_outside = now
        self._upcoming = 0.0
        return True

    def take_over(self, execution: str) -> None:
        """Become the owner of an execution's family whose owner is gone.

        Raises:
            ConfigError: its owner lives, or another process was faster.
            LeaseLost: others may have gone on with what was this process's own.
        """
        self._lease.begin(self._clock.now())
        self._reap.bury()
        record = self._record(execution)
        owner = None if record.owner is None else self.store.owner(record.owner)
        if owner is not None and not owner.gone:
            raise ConfigError(f"execution {execution} is driven by a living process already")
        if not self.store.take(execution, record.owner, self.owner):
            raise ConfigError(f"another process has just taken execution {execution} over")
        self._reap.tick(record.root)

    def keep(self, bundle: Bundle) -> str:
        """Put a bundle into the store; returns its digest. A bundle is immutable, so once.

        Raises:
            ConfigError: there is no executor of a name that is wanted in it.
        """
        known = self._bundles.get(id(bundle))
        if known is not None and known[0] is bundle:
            return known[1]
        data = canonical(bundle)
        key = digest(data)
        for executor in executors_of(bundle):
            self._placing.name_of(executor)
        self.store.put_bundle(key, data)
        self.contexts.add(key, Definitions(bundle))
        self._bundles[id(bundle)] = (bundle, key)
        return key

    def _record(self, execution: str) -> ExecutionRecord:
        record = self.store.execution(execution)
        if record is None:
            raise NotFound(f"there is no execution {execution}")
        return record


def _options(particulars: Particulars) -> Options:
    return Options(
        priority=particulars.get("priority", 0),
        overwrite_cache=particulars.get("overwrite_cache", False),
        recovers=particulars.get("recovers", ""),
        code=particulars.get("code", False),
        executor=particulars.get("executor", ""),
        storage=particulars.get("storage", ""),
        import_root=particulars.get("import_root", ""),
    )
