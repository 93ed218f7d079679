"""`Remote`: a Volery, for programs. It speaks to a server, or to the home in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from msgspec.structs import replace

from volery.client import guess
from volery.client.connect import connect, storage_of
from volery.client.handles import RemoteEntity, RemoteExecution
from volery.client.options import Options
from volery.client.publish import publish
from volery.config import settings
from volery.data.current import using
from volery.errors import NotFound
from volery.ir.ref import EntityKind
from volery.ir.values import join_record, split_record
from volery.sdk.entity import Entity
from volery.wire.entities import EntityFilter, EntityKey, EntitySummary, Registered
from volery.wire.executions import Event, ExecutionFilter, NewExecution
from volery.wire.lineage import Lineage, LineageQuery
from volery.wire.logs import LogRecord
from volery.wire.page import everything

if TYPE_CHECKING:
    from datetime import timedelta

    from volery.data.storage import Storage
    from volery.wire.backend import Backend

T = TypeVar("T")

Runnable = Entity | RemoteEntity | EntityKey | str
"""A Python object, something fetched, an identity, or a name."""
Started = RemoteExecution | str
"""An execution, or its name."""

_KINDS: tuple[EntityKind, ...] = ("workflow", "launch_plan", "task")
"""What a name alone may mean, in this order."""
_PAGE = 500


class EntityWhere(TypedDict, total=False):
    """See `wire.entities.EntityFilter`."""

    project: str
    domain: str
    name: str
    search: str
    versions: bool


class ExecutionWhere(TypedDict, total=False):
    """See `wire.executions.ExecutionFilter`."""

    project: str
    domain: str
    phases: tuple[str, ...]
    kind: EntityKind | None
    name: str
    version: str
    since: float | None
    until: float | None
    labels: dict[str, str]
    inputs: dict[str, Any]
    children: bool
    parent: str
    search: str


class Remote:
    """Registers, starts, finds and acts on what a Volery has. A context manager.

    Args:
        url: of a server; None: the one of the settings, and where they name none, the home, on an
            engine in this process.
        token: says who asks; None: that of the settings.
        home: folder of a home, in place of any server.
        project, domain: where things are that do not say; None: as the settings say.

    Methods raise what `wire.backend.Backend` says, Unavailable when no server is reached.

    Attributes:
        backend: what it speaks to, for all that has no method here.
        project, domain: where things are that do not say.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        home: str | Path | None = None,
        *,
        project: str | None = None,
        domain: str | None = None,
    ) -> None:
        given = {"server": url, "token": token, "project": project, "domain": domain}
        chosen = settings({**given, "home": None if home is None else str(home)})
        if home is not None and url is None:
            chosen = replace(chosen, server="")
        self.project = chosen.project
        self.domain = chosen.domain
        self._settings = chosen
        self._open = ExitStack()
        self.backend: Backend = connect(chosen)
        self._open.callback(self.backend.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Remote({self._settings.server or str(self._settings.home)!r})"

    def close(self) -> None:
        """End what is open. Executions go on where a server drives them."""
        self._open.close()

    # -- entities -------------------------------------------------------------------------

    def register(
        self,
        *what: str | Path | Entity,
        version: str = "",
        activate: tuple[str, ...] | None = None,
    ) -> Registered:
        """Make entities known, with their code. The same again changes nothing.

        Args:
            what: files, folders, modules, or entities themselves.
            version: of all of them; empty: it is derived from the content.
            activate: launch plans that become active, by name; None: those that ask for it.
        """
        from volery.sdk.collect import collect

        return publish(
            self.backend,
            collect(what),
            self.storage,
            project=self.project,
            domain=self.domain,
            version=version,
            activate=activate,
        )

    def fetch_task(self, name: str, version: str = "") -> RemoteEntity:
        """A registered task; without a version the newest."""
        return self._fetch("task", name, version)

    def fetch_workflow(self, name: str, version: str = "") -> RemoteEntity:
        """A registered workflow; without a version the newest."""
        return self._fetch("workflow", name, version)

    def fetch_launch_plan(self, name: str, version: str = "") -> RemoteEntity:
        """A registered launch plan; without a version the active one, and else the newest."""
        return self._fetch("launch_plan", name, version)

    def list_tasks(self, **where: Unpack[EntityWhere]) -> Iterator[EntitySummary]:
        """Tasks by project, domain and name, versions newest first."""
        return self._list("task", where)

    def list_workflows(self, **where: Unpack[EntityWhere]) -> Iterator[EntitySummary]:
        """Workflows by project, domain and name, versions newest first."""
        return self._list("workflow", where)

    def list_launch_plans(self, **where: Unpack[EntityWhere]) -> Iterator[EntitySummary]:
        """Launch plans by project, domain and name, versions newest first."""
        return self._list("launch_plan", where)

    def activate(self, name: str, version: str = "") -> EntitySummary:
        """Make a version of a launch plan the active one; without one the newest."""
        return self.backend.activate(self._key("launch_plan", name, version))

    def deactivate(self, name: str) -> bool:
        """See to it that no version of a launch plan is active; False: none was."""
        return self.backend.deactivate(self._key("launch_plan", name))

    # -- executions -----------------------------------------------------------------------

    def execute(
        self,
        entity: Runnable,
        inputs: Mapping[str, Any] | None = None,
        *,
        version: str = "",
        name: str | None = None,
        wait: bool = False,
        options: Options | None = None,
    ) -> RemoteExecution:
        """Start an execution; once this returns it will reach an end.

        Args:
            entity: what to run. A Python object without a `version` is registered first, as it is
                now; of a name a workflow is looked for, then a launch plan, then a task.
            inputs: as Python values. Of what was fetched only types are known: there records may
                be dicts, and enums the names of their members.
            version: of what is registered; empty: the newest, of a launch plan the active one.
            name: of the execution; asking again with the same one and the same inputs is answered
                alike. None: a new one.
            wait: until it has ended, however it does.
            options: all else.

        Raises:
            CallError, TypeMismatch: the inputs are not those of the entity.
            CallError: no version of the launch plan is active, and none is named.
            NotFound: there is no such entity.
            AlreadyExists: there is another execution of this name.
            Busy: the launch plan has as many as it may.
        """
        given = inputs or {}
        if isinstance(entity, Entity):
            key, record = self._of_object(entity, given, version)
        else:
            key, found = self._found(entity, version)
            with using(self.storage):
                record = guess.packed(found.interface, given)
        said = (options or Options()).said()
        seen = self.backend.execute(NewExecution(key, record=record, name=name, **said))
        started = RemoteExecution(self, seen, entity if isinstance(entity, Entity) else None)
        return started.wait() if wait else started

    def fetch_execution(self, id: str) -> RemoteExecution:
        """An execution by name."""
        return RemoteExecution(self, self.backend.execution(id))

    def list_executions(self, **where: Unpack[ExecutionWhere]) -> Iterator[RemoteExecution]:
        """Executions, newest first."""
        said: dict[str, Any] = {**self._place, **where}
        chosen = ExecutionFilter(**said)
        found = everything(lambda cursor: self.backend.executions(chosen, _PAGE, cursor))
        return (RemoteExecution(self, each) for each in found)

    def wait(self, execution: Started, timeout: timedelta | float | None = None) -> RemoteExecution:
        """See `RemoteExecution.wait`."""
        return self._started(execution).wait(timeout)

    def watch(self, execution: Started, after: int = 0) -> Iterator[Event]:
        """See `RemoteExecution.watch`."""
        return self._started(execution).watch(after)

    def outputs(self, execution: Started) -> dict[str, Any]:
        """See `RemoteExecution.outputs`."""
        return self._started(execution).outputs

    def logs(
        self, execution: Started, path: str, attempt: int | None = None
    ) -> Iterator[LogRecord]:
        """See `RemoteExecution.logs`."""
        return self._started(execution).logs(path, attempt)

    def decks(self, execution: Started, path: str, attempt: int | None = None) -> dict[str, str]:
        """See `RemoteExecution.decks`."""
        return self._started(execution).decks(path, attempt)

    def abort(self, execution: Started, reason: str = "") -> bool:
        """See `RemoteExecution.abort`."""
        return self._started(execution).abort(reason)

    def recover(self, execution: Started, *, name: str | None = None) -> RemoteExecution:
        """See `RemoteExecution.recover`."""
        return self._started(execution).recover(name=name)

    def relaunch(
        self,
        execution: Started,
        inputs: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        options: Options | None = None,
    ) -> RemoteExecution:
        """See `RemoteExecution.relaunch`."""
        return self._started(execution).relaunch(inputs, name=name, options=options)

    def signal(self, execution: Started, gate: str, value: Any = True) -> None:  # noqa: FBT002 - most gates take one
        """See `RemoteExecution.signal`."""
        self._started(execution).signal(gate, value)

    def lineage(self, query: LineageQuery, limit: int = 1000) -> Lineage:
        """Where something comes from, or what it went into."""
        return self.backend.lineage(query, limit)

    # -- at hand --------------------------------------------------------------------------

    @cached_property
    def storage(self) -> Storage:
        """Where large values and files of executions are."""
        return self._open.enter_context(storage_of(self.backend, self._settings))

    @property
    def _place(self) -> dict[str, Any]:
        return {"project": self.project, "domain": self.domain}

    def _key(self, kind: EntityKind, name: str, version: str = "") -> EntityKey:
        return EntityKey(kind, name, version, self.project, self.domain)

    def _fetch(self, kind: EntityKind, name: str, version: str) -> RemoteEntity:
        return RemoteEntity(self, self.backend.entity(self._key(kind, name, version)))

    def _list(self, kind: EntityKind, where: EntityWhere) -> Iterator[EntitySummary]:
        said: dict[str, Any] = {**self._place, **where}
        chosen = EntityFilter(**said)
        return everything(lambda cursor: self.backend.entities(kind, chosen, _PAGE, cursor))

    def _started(self, execution: Started) -> RemoteExecution:
        return self.fetch_execution(execution) if isinstance(execution, str) else execution

    def _found(
        self, entity: RemoteEntity | EntityKey | str, version: str
    ) -> tuple[EntityKey, RemoteEntity]:
        """What is asked for, and what that is. Which version is meant the backend says, once."""
        match entity:
            case RemoteEntity():
                return entity.key, entity
            case EntityKey():
                return entity, RemoteEntity(self, self.backend.entity(entity))
            case str():
                found = self._named(entity, version)
                return replace(found.key, version=version), found

    def _named(self, name: str, version: str) -> RemoteEntity:
        """What has a name, whatever it is. Raises NotFound."""
        errors: list[NotFound] = []
        for kind in _KINDS:
            try:
                return self._fetch(kind, name, version)
            except NotFound as error:
                errors.append(error)
        raise errors[0]

    def _of_object(
        self, entity: Entity, given: Mapping[str, Any], version: str
    ) -> tuple[EntityKey, bytes]:
        """What to run of an entity whose Python object is at hand, and with which record."""
        entity.check(given)
        with using(self.storage):
            packed = split_record(entity.signature.pack_inputs(given))
        record = join_record({name: packed[name] for name in given})
        version = version or self.register(entity).version
        return self._key(entity.kind, entity.name, version), record
