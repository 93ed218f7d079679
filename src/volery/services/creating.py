"""Creating: what was asked for becomes executions, each with its line in the audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from volery.clock import Clock
from volery.engine.definitions import Definitions
from volery.errors import AlreadyExists, Busy, CallError, NotFound, StoreError
from volery.executors.known import check as check_executors
from volery.ids import ROOT, is_execution_name, new_execution_id
from volery.ir.codec import read_bundle
from volery.ir.ref import Ref
from volery.ir.values import join_record, split_record
from volery.services import records, shown
from volery.services.access import Audit
from volery.services.firing import SCHEDULE
from volery.services.registration import Resolved
from volery.services.starting import prepared
from volery.services.values import complete
from volery.store.base import Created, ExecutionRecord, NewExecution, Options, Store
from volery.store.creations import Creation, Creations
from volery.wire import executions as wire
from volery.wire.access import LOCAL, Identity

KEPT = 128
"""Bundles that stay at hand."""


class Creating:
    """Creates executions.

    Args:
        store: where they are.
        creations: puts them there, together with the audit.
        owner: who drives what begins now; raises Unavailable while nobody can.
        clock: says when.
        audit: makes its lines.

    Attributes:
        definitions: those of a bundle, by its digest.
    """

    def __init__(
        self,
        store: Store,
        creations: Creations,
        *,
        owner: Callable[[], str],
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._store = store
        self._creations = creations
        self._owner = owner
        self._clock = clock
        self._audit = audit
        self.definitions = lru_cache(KEPT)(self._read)

    def _read(self, bundle: str) -> Definitions:
        return Definitions(read_bundle(self._store.bundle(bundle)))

    def new(
        self,
        resolved: Resolved,
        inputs: bytes,
        said: wire.NewExecution,
        now: float,
        *,
        scheduled: float | None = None,
        like: ExecutionRecord | None = None,
        by: str = "",
    ) -> NewExecution:
        """What was asked for, with a name, defaults and fixed inputs.

        `like`: the execution that is run again, whose code and values are where they were; `by`:
        see `Options`.
        """
        definitions = self.definitions(resolved.bundle)
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
                executor=said.executor,
                overwrite_cache=said.overwrite_cache,
                recovers=said.recovers,
                code=said.code,
                storage=records.storage_url(like) if like else "",
                import_root=records.code_folder(like) if like else "",
                by=by,
            ),
            max_parallelism=said.max_parallelism,
            version=resolved.key.version,
            annotations=tuple(sorted(said.annotations.items())),
            scheduled=scheduled,
        )
        check_executors(filter(None, [said.executor]))
        return prepared(definitions, new, said.limits, now)

    def creation(
        self,
        who: Identity,
        what: str,
        resolved: Resolved,
        inputs: bytes,
        said: wire.NewExecution,
        *,
        scheduled: float | None = None,
        like: ExecutionRecord | None = None,
    ) -> Creation:
        """The same with its line. Raises CallError: this cannot be its name."""
        _check_name(said.name)
        key, now = resolved.key, self._clock.now()
        by = "" if who in {LOCAL, SCHEDULE} else who.name
        new = self.new(resolved, inputs, said, now, scheduled=scheduled, like=like, by=by)
        line = self._audit.line(who, what, new.id, key.project, f"{key.kind} {key.name}")
        return Creation(new, line)

    def create(self, creations: Sequence[Creation]) -> list[wire.Execution | Exception]:
        """Create executions; for each its answer, or why there is none."""
        now = self._clock.now()
        made = self._create(creations, now) if creations else []
        return [
            each if isinstance(each, Exception) else self._told(creation.new, each, now)
            for creation, each in zip(creations, made, strict=True)
        ]

    def _create(self, creations: Sequence[Creation], now: float) -> list[Created | Exception]:
        try:
            return [*self._creations.create(creations, now)]
        except StoreError as error:  # the database cannot be used, for whatever
            return [error] * len(creations)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to whoever asked
            if len(creations) == 1:
                return [error]
        # Nothing has happened. One of them was refused, and that is no concern of the others.
        return [made for each in creations for made in self._create([each], now)]

    def _told(self, new: NewExecution, made: Created, now: float) -> wire.Execution | Exception:
        match made:
            case "created":
                return shown.execution(new.record(now), driven=True)
            case "full":
                return Busy(
                    f"launch plan {new.entity.name} has as many executions under way as it may",
                    hint="wait for one to end, abort one, or let its concurrency queue them",
                )
            case "taken":
                return self._asked_again(new)

    def _asked_again(self, new: NewExecution) -> wire.Execution | Exception:
        """The same asked for twice is answered alike: the answer may have been lost."""
        record = self._store.execution(new.id)
        if record is None:
            return NotFound(f"there is no execution {new.id}")
        known = new.record(record.created)
        same = _asks(record) == _asks(known)
        if same and self._store.scope_inputs(new.id, ROOT) == new.inputs:
            return shown.execution(record, driven=True)
        what = f"there is another execution named {new.id}"
        if record.project == new.project:  # who may not see that one need not know more
            what += f", of {record.entity.kind} {record.entity.name} in {record.domain}"
        return AlreadyExists(
            what + (" with other inputs" if same else ""), hint="choose another name"
        )


def _asks(record: ExecutionRecord) -> tuple[object, ...]:
    """What an execution was asked for as, but for its inputs."""
    return (
        record.project,
        record.domain,
        record.bundle,
        record.entity,
        record.version,
        record.options.recovers,
    )


def _check_name(name: str | None) -> None:
    if name is not None and not is_execution_name(name):
        raise CallError(
            f"{name!r} cannot name an execution",
            hint="lower case letters, digits and -, a letter first, at most 63 of them",
            path="$.name",
        )
