"""`volery executions` on a server: what its commands do where one is meant, and not a home."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from volery.cli import there
from volery.cli.document import failure_text, place_of
from volery.cli.follow import follow
from volery.cli.form import Form, filled_in
from volery.cli.glance import glance
from volery.cli.inputs import read_record
from volery.cli.output import instant, phase, print_json, say, seconds, styled, table
from volery.cli.wired import attempt_document, execution_document, node_document
from volery.data.current import using
from volery.errors import CallError
from volery.ids import split
from volery.ir.codec import read_bundle
from volery.ir.nodes import GateTarget, all_nodes
from volery.ir.types import BOOL
from volery.services.inputs import as_it_was
from volery.types.written.parsing import parse
from volery.types.written.showing import SCREENFUL, cut, record_previews
from volery.wire.executions import ExecutionFilter, NewExecution, Signal
from volery.wire.page import MOST

if TYPE_CHECKING:
    from volery.client.handles import RemoteExecution
    from volery.ir.types import LiteralType
    from volery.ir.values import Wire
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution, Node

ROWS = 100
"""So many nodes are shown as text."""


# -- list and get ----------------------------------------------------------------------------


def list_(given: Mapping[str, Any]) -> None:
    """List executions, newest first."""
    where = ExecutionFilter(phases=tuple(given["phases"]))
    with there.backend(given) as backend:
        found = backend.executions(where, min(given["limit"], MOST)).items
    if given["output"] == "json":
        print_json([execution_document(each) for each in found])
        return
    rows = [
        (
            each.id,
            each.entity.name,
            phase(each.phase, sys.stdout) + ("" if each.driven else " (interrupted)"),
            instant(each.created),
            seconds((each.ended or time.time()) - each.created),
        )
        for each in found
    ]
    click.echo(table([("NAME", "ENTITY", "PHASE", "STARTED", "TOOK"), *rows]))


def get(name: str, given: Mapping[str, Any]) -> None:
    """Show one execution."""
    with there.remote(given) as remote:
        execution = remote.fetch_execution(name)
        nodes = list(_nodes(execution, given))
        if given["output"] == "json":
            print_json(_document(remote.backend, execution, nodes))
        else:
            click.echo("\n".join(_lines(remote.backend, execution, nodes, there.flag(given))))


def _nodes(execution: RemoteExecution, given: Mapping[str, Any]) -> Iterator[Node]:
    """The nodes that are shown: as text a screenful."""
    return islice(execution.nodes(), None if given["output"] == "json" else ROWS + 1)


def _document(backend: Backend, execution: RemoteExecution, nodes: list[Node]) -> dict[str, Any]:
    id = execution.id
    succeeded = execution.seen.phase == "SUCCEEDED"
    return execution_document(execution.seen) | {
        "inputs": backend.inputs(id).values,
        "outputs": backend.outputs(id).values if succeeded else {},
        "nodes": [node_document(node) for node in nodes],
        "attempts": [
            attempt_document(attempt)
            for node in nodes
            if node.attempt
            for attempt in backend.attempts(id, node.path)
        ],
        "gates": list(backend.summary(id).gates),
    }


def _lines(
    backend: Backend, execution: RemoteExecution, nodes: list[Node], flag: str
) -> Iterator[str]:
    seen = execution.seen
    key = seen.entity
    took = seconds((seen.ended or time.time()) - seen.created)
    yield f"{seen.id}  {phase(seen.phase, sys.stdout)} in {took}"
    yield f"  {key.kind.replace('_', ' ')} {key.name}, version {key.version}"
    yield f"  {key.project}/{key.domain}, started {instant(seen.created)}"
    if seen.labels:
        yield "  " + ", ".join(f"{name}={value}" for name, value in seen.labels.items())
    if seen.recovers:
        yield f"  recovers {seen.recovers}"
    if seen.parent:
        yield f"  started by {seen.parent} at {seen.parent_path}"
    if nodes:
        yield "\nnodes"
        yield from map(_node, nodes[:ROWS])
    if len(nodes) > ROWS:
        yield "  and more; --output json has them all"
    gates = backend.summary(seen.id).gates
    if gates:
        yield "\nwaiting for answers"
        yield from (f"  volery executions signal {seen.id} {gate} ...{flag}" for gate in gates)
    yield from _values("inputs", execution, backend.inputs(seen.id).record)
    if seen.phase == "SUCCEEDED":
        yield from _values("outputs", execution, backend.outputs(seen.id).record)
    if seen.failure is not None:
        yield f"\nfailure{place_of(seen.failure, seen.id)}"
        yield from (f"  {line}" for line in failure_text(seen.failure).splitlines())


def _node(node: Node) -> str:
    """A node in a line, below the one that it is a part of."""
    depth = 1 + node.path.count("/") + node.path.count("[")
    taken = node.cached or node.recovered
    parts = [
        "  " * depth + split(node.path)[1],
        node.entity.rpartition(".")[2],
        phase(node.phase, sys.stdout),
    ]
    if taken:
        parts.append(f"{'cached' if node.cached else 'recovered'} from {taken}")
    elif node.ended is not None:
        parts.append(seconds(node.ended - node.created))
    if node.attempt > 1:
        parts.append(f"attempt {node.attempt}")
    if node.child:
        parts.append(f"execution {node.child}")
    if node.failure is not None:
        parts.append(styled(node.failure.message.partition("\n")[0], sys.stdout, fg="red"))
    return "  ".join(filter(None, parts))


def _values(title: str, execution: RemoteExecution, record: bytes) -> Iterator[str]:
    interface = execution.interface
    previews = record_previews(interface.inputs if title == "inputs" else interface.outputs, record)
    if previews:
        yield f"\n{title}"
    for name, tree in previews.items():
        yield from (f"  {cut(each, SCREENFUL)}" for each in glance(name, tree))


# -- abort and signal ------------------------------------------------------------------------


def abort(name: str, reason: str, given: Mapping[str, Any]) -> None:
    """Ask for an abort."""
    with there.backend(given) as backend:
        asked = backend.abort(name, reason)
    say(f"{name} was asked to stop" if asked else f"{name} has ended already")


def signal(
    name: str, gate: str, value: str | None, given: Mapping[str, Any], *, approved: bool | None
) -> None:
    """Answer a gate: with a text as people write it, or with yes or no."""
    if (value is None) == (approved is None):
        said = "no answer was given" if value is None else "two answers were given"
        raise CallError(said, hint=f"volery executions signal {name} {gate} --yes, or a VALUE")
    with there.backend(given) as backend:
        answer: Any = approved
        if value is not None:
            kind = _type_of_gate(backend, backend.execution(name), gate)
            answer = value if kind is None else parse(kind, value)
        backend.signal(name, Signal(gate, answer))
    if given["output"] == "json":
        print_json({"execution": name, "gate": gate})
    say(f"gate {gate} of {name} has its answer")


def _type_of_gate(backend: Backend, execution: Execution, name: str) -> LiteralType | None:
    """What a gate waits for; None: no graph that was registered has it."""
    bundle = read_bundle(backend.bundle(execution.bundle))
    for workflow in bundle.workflows:
        for node in all_nodes(workflow.graph):
            target = node.target
            if isinstance(target, GateTarget) and name in {target.name, node.id}:
                return BOOL if target.gate == "approve" else target.type
    return None


# -- once more -------------------------------------------------------------------------------


def recover(name: str, given: Mapping[str, Any]) -> int:
    """Run again what failed; returns the exit status."""
    said = there.said(given)
    kept = said.pop("name")
    if any(said.values()):
        raise CallError(
            "of an execution that is recovered on a server, only --name can be chosen",
            hint=f"all else is as it was in {name}; or relaunch it",
        )
    with there.backend(given) as backend:
        return follow(backend, backend.recover(name, kept), given)


def relaunch_form(name: str, params: Mapping[str, Any], rest: list[click.Option]) -> Form:
    """The command that relaunches an execution: its inputs are options, with what they were."""
    with there.remote(params) as remote:
        execution = remote.fetch_execution(name)
        record = remote.backend.inputs(name).record
        interface = as_it_was(execution.interface, record)
    return Form(
        name,
        interface,
        rest,
        callback=partial(_relaunch, execution),
        help=f"Run {execution.seen.entity.name} again, as in execution {name}.",
    )


def _relaunch(execution: RemoteExecution, **params: Any) -> int:
    texts, given = filled_in(params)
    said = there.said(given)
    with there.remote(given) as remote:
        with using(remote.storage):
            record = read_record(execution.interface, texts, given["inputs_file"], _any_value)
        changes = NewExecution(execution.seen.entity, record=record, **said)
        return follow(remote.backend, remote.backend.relaunch(execution.id, changes), given)


def _any_value(name: str, wire: Wire) -> None:
    """The type that the record has of an input says all that is known here."""
