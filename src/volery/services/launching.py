"""Launching: what begins executions of registered entities, and acts on those under way."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from msgspec.structs import replace

from volery.clock import Clock
from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.definitions import Definitions
from volery.errors import AlreadyExists, Busy, CallError, NotFound, suggest
from volery.ids import ROOT, is_execution_name, new_execution_id
from volery.ir.codec import read_bundle
from volery.ir.nodes import Ref
from volery.ir.values import join_record, split_record
from volery.services import shown
from volery.services.access import Audit, require
from volery.services.context import Contexts
from volery.services.gates import Gate, Gates
from volery.services.inputs import as_it_was, read_inputs
from volery.services.recovery import check_recoverable
from volery.services.registration import Registration, Resolved
from volery.services.scheduling import Start
from volery.services.starting import prepared
from volery.services.values import Values, complete
from volery.store.base import Created, ExecutionRecord, NewExecution, Options, Store
from volery.wire import executions as wire
from volery.wire.access import Identity
from volery.wire.entities import EntityKey

KEPT = 128
"""Bundles that stay at hand."""


class Launching:
    """Starts executions, and aborts, signals and repeats them.

    Args:
        store: where they are.
        registration: finds entities.
        storage: has their values.
        owner: who drives what begins now; raises Unavailable while nobody can.
        clock: says when.
        audit: of all that is asked for.
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
    ) -> None:
        self._store = store
        self._registration = registration
        self._storage = storage
        self._owner = owner
        self._clock = clock
        self._audit = audit
        self._definitions = lru_cache(KEPT)(self._read)

    # -- beginning ------------------------------------------------------------------------

    def execute(self, who: Identity, new: wire.NewExecution) -> wire.Execution:
        """Start an execution. See `Backend.execute`."""
        require(who, "operator", new.entity.project)
        resolved = self._registration.resolve(new.entity)
        definitions = self._definitions(resolved.bundle)
        ref = Ref(resolved.key.kind, resolved.key.name)
        with using(self._storage):
            inputs = read_inputs(definitions.interface(ref), new.inputs, new.record)
        if new.recovers:
            check_recoverable(self._to_act_on(who, new.recovers))
        return self._begin(who, "executions.create", resolved, inputs, new)

    def recover(self, who: Identity, id: str, name: str | None) -> wire.Execution:
        """Run an execution again from where it failed; returns the new one."""
        record = self._to_act_on(who, id)
        check_recoverable(record)
        said = replace(_said_of(record), name=name, recovers=id)
        return self._begin(who, "executions.recover", _pinned(record), self._inputs_of(id), said)

    def relaunch(self, who: Identity, id: str, changes: wire.NewExecution | None) -> wire.Execution:
        """Run an execution again from the beginning; returns the new one."""
        record = self._to_act_on(who, id)
        said = _said_of(record)
        inputs = self._inputs_of(id)
        if changes is not None:
            said = _changed(said, changes)
            interface = as_it_was(self._definitions(record.bundle).interface(record.entity), inputs)
            with using(self._storage):
                changed = read_inputs(interface, changes.inputs, changes.record)
            inputs = join_record(dict(split_record(inputs)) | dict(split_record(changed)))
        return self._begin(who, "executions.relaunch", _pinned(record), inputs, said)

    def start(self, start: Start) -> Created:
        """Start the execution for an instant of a schedule; the same one on every try."""
        said = wire.NewExecution(start.plan, name=start.id)
        resolved = self._registration.resolve(start.plan)
        now = self._clock.now()
        return self._store.create(self._new(resolved, start.inputs, said, now, start.at), now)

    def _new(
        self,
        resolved: Resolved,
        inputs: bytes,
        said: wire.NewExecution,
        now: float,
        scheduled: float | None = None,
    ) -> NewExecution:
        """What was asked for, with a name, defaults and fixed inputs."""
        definitions = self._definitions(resolved.bundle)
        ref = Ref(resolved.key.kind, resolved.key.name)
        id = said.name or new_execution_id()
        new = NewExecution(
            id=id,
            project=resolved.key.project,
            domain=resolved.key.domain,
            entity=ref,
            bundle=resolved.bundle,
            inputs=join_record(complete(definitions, ref, dict(split_record(inputs)))),
            root=id,
            owner=self._owner(),
            labels=tuple(sorted(said.labels.items())),
            options=Options(
                priority=said.priority,
                overwrite_cache=said.overwrite_cache,
                recovers=said.recovers,
                code=said.code,
            ),
            max_parallelism=said.max_parallelism,
            version=resolved.key.version,
            annotations=tuple(sorted(said.annotations.items())),
            scheduled=scheduled,
        )
        return prepared(definitions, new, said.limits, now)

    def _begin(
        self,
        who: Identity,
        what: str,
        resolved: Resolved,
        inputs: bytes,
        said: wire.NewExecution,
    ) -> wire.Execution:
        _check_name(said.name)
        key = resolved.key
        now = self._clock.now()
        new = self._new(resolved, inputs, said, now)
        self._audit.write(who, what, new.id, key.project, f"{key.kind} {key.name}")
        match self._store.create(new, now):
            case "created":
                return shown.execution(new.record(now), driven=True)
            case "full":
                raise Busy(
                    f"launch plan {key.name} has as many executions under way as it may",
                    hint="wait for one to end, abort one, or let its concurrency queue them",
                )
            case "taken":
                return shown.execution(self._known(new), driven=True)

    def _known(self, new: NewExecution) -> ExecutionRecord:
        """The same asked for twice is answered alike: the answer may have been lost."""
        record = self._record(new.id)
        same = (record.bundle, record.entity) == (new.bundle, new.entity)
        if same and self._inputs_of(new.id) == new.inputs:
            return record
        entity = record.entity
        raise AlreadyExists(
            f"there is another execution named {new.id}, of {entity.kind} {entity.name}"
            + (" with other inputs" if same else ""),
            hint="choose another name",
        )

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
            gate = self._gate(record, signal.gate)
            packed = gate.pack(signal.value)
        self._audit.write(who, "executions.signal", id, record.project, gate.label)
        taken = self._store.signal(gate.execution, gate.path, packed, self._clock.now())
        match taken:
            case "taken":
                return
            case "already":
                raise AlreadyExists(f"gate {gate.label} of execution {id} has its answer")
            case "not waiting":
                raise NotFound(f"gate {gate.label} of execution {id} waits no longer")

    def _gate(self, record: ExecutionRecord, name: str) -> Gate:
        """The gate of this name or path that waits."""
        gates = Gates(self._store, Contexts(self._store), Values(self._store))
        waiting = list(gates.waiting(record))
        found = [each for each in waiting if each.path == name]
        found = found or [each for each in waiting if each.name == name]
        if len(found) > 1:
            paths = ", ".join(each.path for each in found)
            raise CallError(f"{len(found)} gates {name} wait", hint=f"name one by path: {paths}")
        if not found:
            keys = [each.key for each in waiting]
            hint = suggest(name, keys) if keys else "no gate of it does"
            raise NotFound(f"no gate {name} of execution {record.id} waits", hint=hint)
        return found[0]

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

    def _read(self, bundle: str) -> Definitions:
        return Definitions(read_bundle(self._store.bundle(bundle)))


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
        labels=dict(record.labels),
        annotations=dict(record.annotations),
        priority=record.options.priority,
        max_parallelism=record.max_parallelism,
    )


def _changed(said: wire.NewExecution, changes: wire.NewExecution) -> wire.NewExecution:
    """What is said anew wins over what was said then."""
    return replace(
        said,
        name=changes.name,
        labels=said.labels | changes.labels,
        annotations=said.annotations | changes.annotations,
        priority=changes.priority or said.priority,
        max_parallelism=changes.max_parallelism or said.max_parallelism,
        overwrite_cache=changes.overwrite_cache,
        limits=changes.limits,
    )


def _check_name(name: str | None) -> None:
    if name is not None and not is_execution_name(name):
        raise CallError(
            f"{name!r} cannot name an execution",
            hint="lower case letters, digits and -, a letter first, at most 63 of them",
            path="$.name",
        )
