"""Executions: starting, finding and reading them, and acting on them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from volery.api.routes import get, post
from volery.engine.model import Phase
from volery.errors import CallError
from volery.ir.nodes import EntityKind
from volery.wire.backend import Backend
from volery.wire.executions import (
    Counts,
    Event,
    Execution,
    ExecutionFilter,
    NewExecution,
    Signal,
    Summary,
    Values,
)
from volery.wire.notices import Notice
from volery.wire.page import Limit, Page

Instant = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
"""Seconds since the epoch."""

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Of a line of the journal; 0: before the first."""


class ExecutionQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which executions. Parameters that may come again are lists.

    Attributes:
        project: empty: any.
        domain: empty: any.
        phase: any of these; may be given again.
        kind: of the entity.
        name: of the entity.
        version: of the entity.
        since: created from then on, in seconds since the epoch.
        until: created before, in seconds since the epoch.
        label: `key=value`; all that are given.
        input: `name=value`, the value as JSON by the input's type; all that are given.
        children: with those that other executions started.
        parent: those that this execution started.
        search: a part of the id or of the entity's name.
    """

    project: str = ""
    domain: str = ""
    phase: tuple[Phase, ...] = ()
    kind: EntityKind | None = None
    name: str = ""
    version: str = ""
    since: Instant | None = None
    until: Instant | None = None
    label: tuple[str, ...] = ()
    input: tuple[str, ...] = ()
    children: bool = False
    parent: str = ""
    search: str = ""

    def filter(self) -> ExecutionFilter:
        """The filter that this says. Raises CallError: a label or an input is none."""
        return ExecutionFilter(
            project=self.project,
            domain=self.domain,
            phases=tuple(phase.value for phase in self.phase),
            kind=self.kind,
            name=self.name,
            version=self.version,
            since=self.since,
            until=self.until,
            labels=dict(_pair("label", each) for each in self.label),
            inputs={name: _json(name, text) for name, text in self._inputs()},
            children=self.children,
            parent=self.parent,
            search=self.search,
        )

    def _inputs(self) -> list[tuple[str, str]]:
        return [_pair("input", each) for each in self.input]


class ExecutionPage(ExecutionQuery, frozen=True, forbid_unknown_fields=True):
    """Which executions, and which part of their list.

    Attributes:
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    limit: Limit = 100
    cursor: str = ""


class AbortRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an execution is to be aborted, for people."""

    reason: str = ""


class Recovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of the execution that goes on; null: a new one."""

    name: str | None = None


def _pair(parameter: str, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise CallError(f"{parameter}: expected KEY=VALUE, got {text!r}", path=f"$.{parameter}")
    return key, value


def _json(name: str, text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise CallError(
            f"input {name}: this is not JSON: {error}",
            hint='a text is written "so"',
            path="$.input",
        ) from None


# -- starting and finding ---------------------------------------------------------------------


@post("/executions", 201)
def execute(backend: Backend, data: NewExecution) -> Execution:
    """Start an execution; with a name, asking again is answered alike."""
    return backend.execute(data)


@get("/executions")
def executions(backend: Backend, query: ExecutionPage) -> Page[Execution]:
    """List executions, newest first."""
    return backend.executions(query.filter(), query.limit, query.cursor)


@get("/counts")
def counts(backend: Backend, query: ExecutionQuery) -> Counts:
    """Count executions in each phase."""
    return backend.count(query.filter())


# -- reading ----------------------------------------------------------------------------------


@get("/executions/{id}")
def execution(backend: Backend, id: str) -> Execution:
    """Get an execution."""
    return backend.execution(id)


@get("/executions/{id}/summary")
def summary(backend: Backend, id: str) -> Summary:
    """Say how far an execution is."""
    return backend.summary(id)


@get("/executions/{id}/inputs")
def inputs(backend: Backend, id: str, path: str = "") -> Values:
    """Get the inputs of an execution, or of one of its node executions."""
    return backend.inputs(id, path)


@get("/executions/{id}/outputs")
def outputs(backend: Backend, id: str, path: str = "") -> Values:
    """Get the outputs of an execution, or of one of its node executions."""
    return backend.outputs(id, path)


@get("/executions/{id}/journal")
def journal(backend: Backend, id: str, after: Seq = 0, limit: Limit = 1000) -> tuple[Event, ...]:
    """Read lines of the journal of an execution's family, from after a line on."""
    return backend.events(id, after, limit)


@get("/executions/{id}/notices")
def notices(backend: Backend, id: str) -> tuple[Notice, ...]:
    """List what somebody was or will be told of how an execution has ended."""
    return tuple(backend.notices(id))


# -- acting -----------------------------------------------------------------------------------


@post("/executions/{id}/abort")
def abort(backend: Backend, id: str, data: AbortRequest) -> bool:
    """Ask for an abort; false: the execution had ended already."""
    return backend.abort(id, data.reason)


@post("/executions/{id}/recover", 201)
def recover(backend: Backend, id: str, data: Recovery) -> Execution:
    """Run an execution again from where it failed."""
    return backend.recover(id, data.name)


@post("/executions/{id}/relaunch", 201)
def relaunch(backend: Backend, id: str, data: NewExecution | None) -> Execution:
    """Run an execution again from the beginning; null: with the same inputs."""
    return backend.relaunch(id, data)


@post("/executions/{id}/signal")
def signal(backend: Backend, id: str, data: Signal) -> None:
    """Give a gate what it waits for."""
    backend.signal(id, data)


ROUTES = [
    execute,
    executions,
    counts,
    execution,
    summary,
    inputs,
    outputs,
    journal,
    notices,
    abort,
    recover,
    relaunch,
    signal,
]
