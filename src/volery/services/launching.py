"""Launching: what begins executions of registered entities, and acts on those under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from msgspec.structs import replace

from volery.clock import Clock
from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.definitions import Definitions
from volery.errors import AlreadyExists, NotFound
from volery.ids import ROOT
from volery.ir.ref import Ref
from volery.ir.values import join_record, split_record
from volery.ir.whole import owner_of, specs_of
from volery.services import records
from volery.services.access import Audit, require
from volery.services.bundles import checked_bundle
from volery.services.context import Contexts
from volery.services.creating import Creating
from volery.services.firing import Start
from volery.services.gates import Gates, answered
from volery.services.inputs import as_it_was, read_inputs
from volery.services.recovery import check_recoverable
from volery.services.registration import Registration, Resolved
from volery.services.values import Values
from volery.services.verdicts import verdicts
from volery.store.base import Created, ExecutionRecord, NewExecution, Store
from volery.store.creations import Creation, Creations
from volery.wire import executions as wire
from volery.wire.access import Identity
from volery.wire.entities import EntityKey


class Launching:
    """Starts executions, and aborts, signals and repeats them.

    Args:
        store: where they are.
        registration: finds entities.
        storage: has their values.
        owner: who drives what begins now; raises Unavailable while nobody can.
        clock: says when.
        audit: of all that is asked for.
        creations: puts executions into the store, together with the audit.
    """

    def __init__(
        self,
        store: Store,
        registration: Registration,
        storage: Storage,
        *,
        owner: Callable[[], str],
        clock: Clock,
        audit: Audit,
        creations: Creations,
    ) -> None:
        self._store = store
        self._registration = registration
        self._storage = storage
        self._clock = clock
        self._audit = audit
        self._creations = creations
        self._creating = Creating(store, creations, owner=owner, clock=clock, audit=audit)

    # -- beginning ------------------------------------------------------------------------

    def execute(self, who: Identity, new: wire.NewExecution) -> wire.Execution:
        """Start an execution. See `Backend.execute`."""
        (started,) = self.execute_all(who, [new])
        if isinstance(started, Exception):
            raise started
        return started

    def execute_all(
        self, who: Identity, news: Sequence[wire.NewExecution]
    ) -> list[wire.Execution | Exception]:
        """Start executions, together. See `Backend.execute_all`."""
        before = self._asked_before(news)
        # What is asked for at one moment without a version means one and the same.
        resolve = cache(self._registration.to_start)
        asked: list[Creation | Exception] = []
        for new in news:
            try:
                asked.append(self._asked(who, new, before.get(new.name or ""), resolve))
            except Exception as error:  # noqa: BLE001 - whatever it is, the others are started
                asked.append(error)
        begun = iter(self._creating.create([each for each in asked if isinstance(each, Creation)]))
        return [next(begun) if isinstance(each, Creation) else each for each in asked]

    def _asked(
        self,
        who: Identity,
        new: wire.NewExecution,
        before: Resolved | None,
        resolve: Callable[[EntityKey], Resolved],
    ) -> Creation:
        """What was asked for; `before`: what an execution of the same name has run."""
        require(who, "operator", new.entity.project)
        again = before is not None and replace(before.key, version="") == new.entity
        resolved = before if before is not None and again else resolve(new.entity)
        definitions = self._creating.definitions(resolved.bundle)
        ref = Ref(resolved.key.kind, resolved.key.name)
        with using(self._storage):
            interface, fixed = definitions.interface(ref), _fixed(definitions, ref)
            inputs = read_inputs(interface, new.inputs, new.record, fixed)
        if new.recovers:
            earlier = self._to_act_on(who, new.recovers)
            check_recoverable(earlier.id, earlier.phase)
        return self._creating.creation(who, "executions.create", resolved, inputs, new)

    def _asked_before(self, news: Iterable[wire.NewExecution]) -> dict[str, Resolved]:
        """What executions of these names have run, of those that are asked for without a version.

        The answer may have been lost, and a newer version registered since.
        """
        names = [new.name for new in news if new.name is not None and not new.entity.version]
        return {id: _pinned(record) for id, record in self._creations.records(names).items()}

    def recover(self, who: Identity, id: str, name: str | None) -> wire.Execution:
        """Run an execution again from where it failed; returns the new one."""
        record = self._to_act_on(who, id)
        check_recoverable(id, record.phase)
        said = replace(_said_of(record), name=name, recovers=id)
        inputs = self._inputs_of(id)
        pinned = _pinned(record)
        return self._begin(
            self._creating.creation(who, "executions.recover", pinned, inputs, said, like=record)
        )

    def verdicts(self, who: Identity, id: str, code: wire.EditedCode) -> tuple[wire.Verdict, ...]:
        """What recovering it on edited code would do. See `Backend.verdicts`."""
        record = self._to_act_on(who, id)
        check_recoverable(id, record.phase)
        bundle = checked_bundle(code.bundle)
        definitions = Definitions(bundle)
        if code.entity not in specs_of(bundle):
            raise NotFound(f"the bundle has no {owner_of(code.entity)}")
        with using(self._storage):
            given = read_inputs(definitions.interface(code.entity), {}, code.record)
            return tuple(verdicts(self._store, record, bundle, code.entity, given))

    def relaunch(self, who: Identity, id: str, changes: wire.NewExecution | None) -> wire.Execution:
        """Run an execution again from the beginning; returns the new one."""
        record = self._to_act_on(who, id)
        said = _said_of(record)
        inputs = self._inputs_of(id)
        if changes is not None:
            if changes.name == id:
                raise AlreadyExists(
                    f"what runs again needs a name of its own, and {id} is taken",
                    hint="choose another name",
                )
            said = _changed(said, changes)
            definitions = self._creating.definitions(record.bundle)
            interface = as_it_was(definitions.interface(record.entity), inputs)
            fixed = _fixed(definitions, record.entity)
            with using(self._storage):
                changed = read_inputs(interface, changes.inputs, changes.record, fixed)
            inputs = join_record(dict(split_record(inputs)) | dict(split_record(changed)))
        pinned = _pinned(record)
        return self._begin(
            self._creating.creation(who, "executions.relaunch", pinned, inputs, said, like=record)
        )

    def start(self, start: Start) -> Created:
        """Start the execution for an instant of a schedule; the same one on every try."""
        said = wire.NewExecution(start.plan, name=start.id)
        resolved = self._registration.resolve(start.plan)
        creation = self._creating.creation(
            start.who, "executions.create", resolved, start.inputs, said, scheduled=start.at
        )
        (created,) = self._creations.create([creation], self._clock.now())
        if created == "taken":
            self._check_same_instant(creation.new)
        return created

    def _check_same_instant(self, new: NewExecution) -> None:
        """Raises AlreadyExists when somebody has given the name to something else."""
        record = self._record(new.id)
        if (record.entity, record.scheduled) != (new.entity, new.scheduled):
            raise AlreadyExists(f"there is another execution named {new.id}")

    def _begin(self, creation: Creation) -> wire.Execution:
        (begun,) = self._creating.create([creation])
        if isinstance(begun, Exception):
            raise begun
        return begun

    # -- acting ---------------------------------------------------------------------------

    def abort(self, who: Identity, id: str, reason: str) -> bool:
        """Ask for an abort; False when it has ended already."""
        record = self._to_act_on(who, id)
        self._audit.write(who, "executions.abort", id, record.project, reason)
        reason = f"{who.name}: {reason}" if reason else f"asked for by {who.name}"
        return self._store.abort(id, reason, self._clock.now())

    def signal(self, who: Identity, id: str, signal: wire.Signal) -> None:
        """Give a gate what it waits for. See `Backend.signal`."""
        record = self._to_act_on(who, id)
        with using(self._storage):
            gates = Gates(self._store, Contexts(self._store), Values(self._store))
            gate = gates.find(record, signal.gate)
            packed = gate.pack(signal.value)
        self._audit.write(who, "executions.signal", id, record.project, gate.label)
        taken = self._store.signal(gate.execution, gate.path, packed, self._clock.now())
        match taken:
            case "taken":
                return
            case "already":
                raise answered(gate.label, id)
            case "not waiting":
                raise NotFound(f"gate {gate.label} of execution {id} waits no longer")

    # -- at hand --------------------------------------------------------------------------

    def _to_act_on(self, who: Identity, id: str) -> ExecutionRecord:
        record = self._store.execution(id)
        if record is not None and who.may("viewer", record.project):
            require(who, "operator", record.project)
            return record
        raise NotFound(f"there is no execution {id}")

    def _record(self, id: str) -> ExecutionRecord:
        record = self._store.execution(id)
        if record is None:
            raise NotFound(f"there is no execution {id}")
        return record

    def _inputs_of(self, id: str) -> bytes:
        return self._store.scope_inputs(id, ROOT)


def _fixed(definitions: Definitions, entity: Ref) -> set[str]:
    """The inputs that a launch plan fixes; other entities fix none."""
    if entity.kind != "launch_plan":
        return set()
    return {each.name for each in definitions.launch_plan(entity.name).fixed}


def _pinned(record: ExecutionRecord) -> Resolved:
    """What an execution has run, whatever has become of its version since."""
    key = EntityKey(
        record.entity.kind, record.entity.name, record.version, record.project, record.domain
    )
    return Resolved(key, record.bundle)


def _said_of(record: ExecutionRecord) -> wire.NewExecution:
    """What an execution was started with, but for its inputs."""
    return wire.NewExecution(
        _pinned(record).key,
        labels=records.users_labels(record),
        annotations=dict(record.annotations),
        priority=record.options.priority,
        executor=record.options.executor,
        max_parallelism=record.max_parallelism,
        limits=record.options.limits,
    )


def _changed(said: wire.NewExecution, changes: wire.NewExecution) -> wire.NewExecution:
    """What is said anew wins over what was said then."""
    return replace(
        said,
        name=changes.name,
        labels=said.labels | changes.labels,
        annotations=said.annotations | changes.annotations,
        priority=changes.priority or said.priority,
        executor=changes.executor or said.executor,
        max_parallelism=changes.max_parallelism or said.max_parallelism,
        overwrite_cache=changes.overwrite_cache,
        limits=changes.limits or said.limits,
    )
