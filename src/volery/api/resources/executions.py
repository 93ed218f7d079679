"""Executions: starting, finding and reading them, and acting on them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import msgspec

from volery.api.routes import get, post
from volery.wire.backend import Backend
from volery.wire.cache import Explanation
from volery.wire.definitions import Definition
from volery.wire.executions import (
    Counts,
    EditedCode,
    Event,
    Execution,
    ExecutionFilter,
    Gate,
    NewExecution,
    Signal,
    Summary,
    Values,
    Verdict,
)
from volery.wire.notices import Notice
from volery.wire.openings import ExecutionOpening
from volery.wire.order import Order, Sort
from volery.wire.page import Limit, Page
from volery.wire.parts import Parts, PartsQuery

Seq = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Of a line of the journal; 0: before the first."""


class ExecutionPage(ExecutionFilter, frozen=True, forbid_unknown_fields=True):
    """Which executions, and which part of their list.

    Attributes:
        sort: what the list goes by: when they were created; how long those took that have ended;
            the name of the entity, and of each the newest first.
        ascending: the earliest, shortest or first comes first.
        limit: most items of a page.
        cursor: `next` of the page before, which was in the same order.
    """

    sort: Sort = "started"
    ascending: bool = False
    limit: Limit = 100
    cursor: str = ""


class AbortRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an execution is to be aborted, for people."""

    reason: str = ""


class Recovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of the execution that goes on; null: a new one."""

    name: str | None = None


# -- starting and finding ---------------------------------------------------------------------


def execute_all(
    asked: Sequence[tuple[Backend, NewExecution]],
) -> list[Execution | Exception]:
    """Start executions that are asked for at the same time: those of one identity together."""
    answers: list[Execution | Exception] = []
    for _, some in groupby(asked, lambda each: each[0].identity()):
        backends, news = zip(*some, strict=True)
        answers += backends[0].execute_all(news)
    return answers


@post("/executions", 201, together=execute_all)
def execute(backend: Backend, data: NewExecution) -> Execution:
    """Start an execution; with a name, asking again is answered alike."""
    return backend.execute(data)


@get("/executions")
def executions(backend: Backend, query: ExecutionPage) -> Page[Execution]:
    """List executions, newest first if nothing else is said."""
    order = Order(query.sort, query.ascending)
    return backend.executions(query, query.limit, query.cursor, order)


@get("/counts")
def counts(backend: Backend, query: ExecutionFilter) -> Counts:
    """Count executions in each phase."""
    return backend.count(query)


# -- reading ----------------------------------------------------------------------------------


@get("/executions/{id}")
def execution(backend: Backend, id: str) -> Execution:
    """Get an execution."""
    return backend.execution(id)


@get("/executions/{id}/summary")
def summary(backend: Backend, id: str) -> Summary:
    """Say how far an execution is."""
    return backend.summary(id)


@get("/executions/{id}/opening")
def opening(backend: Backend, id: str) -> ExecutionOpening:
    """Get all that is shown of an execution when it is opened."""
    return backend.opening(id)


@get("/executions/{id}/inputs")
def inputs(backend: Backend, id: str, path: str = "") -> Values:
    """Get the inputs of an execution, or of one of its node executions."""
    return backend.inputs(id, path)


@get("/executions/{id}/outputs")
def outputs(backend: Backend, id: str, path: str = "") -> Values:
    """Get the outputs of an execution, or of one of its node executions."""
    return backend.outputs(id, path)


@get("/executions/{id}/values")
def parts(backend: Backend, id: str, query: PartsQuery) -> Parts:
    """Look into inputs or outputs, part by part, with a preview of each."""
    return backend.parts(id, query)


@get("/executions/{id}/definition")
def definition(backend: Backend, id: str, path: str = "") -> Definition:
    """Say what an execution, or one of its node executions, carries out."""
    return backend.definition(id, path)


@get("/executions/{id}/journal")
def journal(backend: Backend, id: str, after: Seq = 0, limit: Limit = 1000) -> tuple[Event, ...]:
    """Read lines of the journal of an execution's family, from after a line on."""
    return backend.events(id, after, limit)


@get("/executions/{id}/gates")
def gates(backend: Backend, id: str) -> tuple[Gate, ...]:
    """List the gates that wait for somebody: what they ask, and what they take."""
    return backend.gates(id)


@get("/executions/{id}/cache")
def explain(backend: Backend, id: str, path: str) -> Explanation:
    """Say why a node execution was found in the cache, or had to run."""
    return backend.explain(id, path)


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


@post("/executions/{id}/verdicts")
def verdicts(backend: Backend, id: str, data: EditedCode) -> tuple[Verdict, ...]:
    """Say what recovering an execution on edited code would do, node by node."""
    return backend.verdicts(id, data)


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
    opening,
    inputs,
    outputs,
    parts,
    definition,
    journal,
    gates,
    explain,
    notices,
    abort,
    recover,
    verdicts,
    relaunch,
    signal,
]
