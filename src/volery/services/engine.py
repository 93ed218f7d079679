"""The composition root of the embedded engine: SQLite, warm worker processes, one home."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Unpack

import msgspec
from msgspec.structs import replace

from volery import worker
from volery.clock import Clock, SystemClock
from volery.config import Settings
from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.model import Phase
from volery.errors import RegistrationError
from volery.executors.base import Executor
from volery.executors.capacity import this_machine
from volery.executors.machine import SharedMachine
from volery.executors.placing import Placing
from volery.executors.process import ProcessExecutor
from volery.ids import ROOT
from volery.ir.executors import executors_of
from volery.ir.failure import Failure
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, TaskSpec
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.program import Program
from volery.sdk.vault import Vault
from volery.services.carry import carry
from volery.services.executors import Executors, placed, sites
from volery.services.feed import Feed
from volery.services.home import Home
from volery.services.log_keeper import Listener, LogKeeper
from volery.services.orchestrator import Bounds, Orchestrator, Particulars
from volery.services.owners import Owner, is_alive, may_live, sweep
from volery.services.secrets import Secrets
from volery.store.base import ExecutionRecord, Line, Signalled, Store
from volery.store.sql import SqlStore
from volery.worker.emit import require_loaders


class Run(msgspec.Struct, frozen=True):
    """An execution that has ended, with its outputs as Python values."""

    execution: str
    phase: Phase
    outputs: dict[str, Any]
    failure: Failure | None


class Engine:
    """Drives executions of one home from this process. Made by `embedded`.

    Any thread may use it, one at a time.
    """

    def __init__(
        self,
        store: Store,
        storage: Storage,
        orchestrator: Orchestrator,
        home: Home,
        placing: Placing,
    ) -> None:
        self.store = store
        self.storage = storage
        self.home = home
        self.contexts = orchestrator.contexts
        self.values = orchestrator.values
        self.owner = orchestrator.owner
        self._orchestrator = orchestrator
        self._placing = placing
        self._elsewhere = "" if storage.url == home.storage().url else storage.url

    def submit(
        self,
        program: Program,
        entity: Ref,
        inputs: bytes = EMPTY,
        **particulars: Unpack[Particulars],
    ) -> str:
        """Accept an execution; from here on its record is on disk. Returns its id.

        Raises:
            RegistrationError: a task cannot be reached from another process, or its code cannot be
                packed for another machine.
            ConfigError: there is no executor of a name that is wanted.
            AlreadyExists: the name is taken.
        """
        require_loaders(program.bundle)
        bundle = fingerprinted(program).bundle
        particulars.setdefault("storage", self._elsewhere)
        root = particulars.get("import_root", "")
        if root and self._leaves(bundle, particulars.get("executor", "")):
            bundle = replace(bundle, package=_packed(self.home, self.storage, root))
        with using(self.storage):
            carry(bundle, inputs, self.storage)
            return self._orchestrator.submit(bundle, entity, inputs, **particulars)

    def _leaves(self, bundle: Bundle, executor: str) -> bool:
        """Whether a task may run where the folder of its code is not."""
        wanted = {executor or self._placing.default, *executors_of(bundle)}
        names = map(self._placing.name_of, wanted)
        away = any(self._placing.about(each).away for each in names)
        return away and not bundle.package and any(map(_needs_package, bundle.tasks))

    def drain(
        self, execution: str, watch: Callable[[list[Line]], None] | None = None
    ) -> ExecutionRecord:
        """Drive an execution to its end. `watch` is handed new lines of the journal."""
        feed = None if watch is None else Feed(self.store, execution, watch)
        with using(self.storage), self._orchestrator.keeping_lease():
            record = self._orchestrator.drain(execution, None if feed is None else feed.look)
        if feed is not None:
            feed.read()
        return record

    def run(self, entity: Entity, inputs: Mapping[str, Any] | None = None) -> Run:
        """Compile, submit and drain an entity; Python values in and out.

        Raises:
            CallError, TypeMismatch: the inputs are not those of the entity.
            RegistrationError: see `submit`.
        """
        given = inputs or {}
        entity.check(given)
        with using(self.storage):
            packed = entity.signature.pack_inputs(given)
            execution = self.submit(compile_entity(entity), entity.ref, packed)
            record = self.drain(execution)
            outputs: dict[str, Any] = {}
            if record.phase is Phase.SUCCEEDED:
                returned = entity.signature.unpack_outputs(self.outputs(execution) or EMPTY)
                values = entity.signature.split(returned)
                outputs = dict(zip(entity.signature.outputs, values, strict=True))
            return Run(execution, record.phase, outputs, record.failure)

    def outputs(self, execution: str) -> bytes | None:
        """The output record of an execution that SUCCEEDED."""
        return self.store.outputs(execution, [ROOT]).get(ROOT)

    def request_abort(self, execution: str, reason: str) -> bool:
        """Ask for an abort; False when the execution has ended already.

        Any thread may call it, also while another one drives.
        """
        return self._orchestrator.abort(execution, reason)

    def signal(self, execution: str, path: str, value: bytes) -> Signalled:
        """Give a gate the packed value that it waits for. Any thread may call it."""
        return self._orchestrator.signal(execution, path, value)

    def serve(self, stop: Callable[[], bool], late: Callable[[], bool] = lambda: True) -> None:
        """Drive everything that was submitted here, and what dead engines of the pool drove.

        Args:
            stop: asked after every round; True ends it: no more attempts are begun.
            late: asked from then on, while attempts run; True: those are not waited for any more.
        """
        with using(self.storage), self._orchestrator.keeping_lease():
            self._placing.tidy()
            self._orchestrator.serve(stop, late)

    def rest(self) -> None:
        """No more attempts are begun from now on. Any thread may call it."""
        self._orchestrator.rest()

    def finish(self) -> None:
        """Drive everything that this engine drives to its end."""

        def over() -> bool:
            return not self.store.executions(limit=1, phases=[Phase.RUNNING], owner=self.owner)

        self.serve(over)

    def take_over(self, execution: str) -> None:
        """Become the one who drives an execution that nobody drives; `drain` then finishes it.

        Raises:
            ConfigError: a living process drives it.
        """
        self._orchestrator.take_over(execution)

    def resume(self, execution: str) -> ExecutionRecord:
        """Take an execution over and finish it. Raises ConfigError: see `take_over`."""
        self.take_over(execution)
        return self.drain(execution)


@contextmanager
def embedded(
    home: Path,
    *,
    database: str = "",
    storage: Storage | None = None,
    workers: int | None = None,
    import_roots: Sequence[str] | None = None,
    on_print: Listener | None = None,
    pool: str = "",
    bounds: Bounds = Bounds(),  # noqa: B008 - it is immutable
    clock: Clock | None = None,
    around: Callable[[Executor, Store], Executor] | None = None,
    vault: Vault | None = None,
    executors: Executors = Executors(),  # noqa: B008 - it is immutable
) -> Generator[Engine]:
    """An engine on a home, with worker processes that end with it.

    Args:
        home: the folder with the database; made if it is not there.
        database: URL of a PostgreSQL database; empty: the one in the home.
        storage: where large values and files are kept; by default in the home.
        workers: at most so many worker processes; by default one for each processor.
        import_roots: where workers find the user's modules; by default this process's `sys.path`.
        on_print: told what attempts print.
        pool: engines of one pool share their work, and take over from those that die; empty: this
            one is alone.
        bounds: how large dynamic work may grow.
        clock: by default the machine's.
        around: makes of the executor, and the store, the executor that is used in its place.
        vault: has the secrets; by default the environment, the home and the keyring.
        executors: what carries attempts out; by default worker processes, where nothing else is
            said.

    An interrupt of the block ends the workers at once, its regular end gives them a moment.

    Raises:
        StoreError: the home cannot be used.
        ConfigError: there is no executor of a name.
        RegistrationError: this is a worker, which imports the module that opens the engine.
    """
    if worker.running:
        raise RegistrationError(
            "an engine is opened while a worker imports this module",
            hint="put it under: if __name__ == '__main__':",
        )
    place = Home(home, database)
    place.make()
    with ExitStack() as stack:
        store = place.open()
        stack.callback(store.close)
        for dead in sweep(place):
            store.retire(dead)
        kept = storage or place.storage()
        _enter(place, kept, store)
        owner = stack.enter_context(Owner(place))
        roots = [entry or "." for entry in sys.path] if import_roots is None else import_roots
        keeper = LogKeeper(place, kept, store, on_print, shared=bool(database))
        stack.callback(keeper.close)
        keeper.sweep()
        clock = clock or SystemClock()
        process = ProcessExecutor(
            roots,
            scratch=owner.scratch,
            storage=kept,
            workers=workers,
            machine=SharedMachine(place.owners, owner.id, this_machine(workers)),
        )
        stack.callback(process.close)
        site = sites(place, kept, store, owner, tables=executors.tables, clock=clock)
        executor = placed(executors, process, site, place)
        orchestrator = Orchestrator(
            store,
            around(executor, store) if around else executor,
            placing=executor,
            clock=clock,
            owner=owner.id,
            alive=partial(may_live if database else is_alive, place),
            on_print=keeper.keep,
            pool=pool,
            bounds=bounds,
            unpacked=partial(_unpacked, place, kept),
            vault=vault or Secrets(Settings(home=home)),
        )
        stack.callback(orchestrator.close)
        stack.callback(executor.close)  # first: others go on with what has ended here
        try:
            yield Engine(store, kept, orchestrator, place, executor)
        except KeyboardInterrupt:
            process.close(grace=0)
            raise


def _enter(home: Home, storage: Storage, store: SqlStore) -> None:
    """Say in a storage that may have others' values that this database has some there."""
    if home.url or storage.url != home.storage().url:
        from volery.services.sharing import Sharing
        from volery.store.retention import Families

        Sharing(home, storage, Families(store.database).database()).enter(time.time())


def _needs_package(task: TaskSpec) -> bool:
    """Whether a task's code has to be brought to where it runs."""
    placement = task.policy.placement
    return task.command is None and (placement is None or placement.code != "image")


def _packed(home: Home, storage: Storage, root: str) -> str:
    """The digest of the package of a folder, which is in the storage from now on."""
    from volery.services.packages import Packages

    return Packages(home, storage).pack(Path(root))


def _unpacked(home: Home, storage: Storage, package: str) -> Path:
    """The folder of a code package; most homes have none, and nothing of it is loaded."""
    from volery.services.packages import Packages

    return Packages(home, storage).unpacked(package)
