"""`volery executions diff`: in what two executions differ."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import execution_document
from volery.cli.labels import Labels
from volery.cli.named import ExecutionName
from volery.cli.output import phase, print_json, seconds, table
from volery.ir.codec import read_bundle
from volery.ir.nodes import Node, target_of
from volery.ir.ref import Ref
from volery.ir.values import EMPTY
from volery.services.records import interface_of
from volery.types.written.previews import line
from volery.types.written.showing import SCREENFUL, cut, record_previews
from volery.wire.executions import NodeFilter
from volery.wire.page import MOST, everything

if TYPE_CHECKING:
    from volery.wire import executions as wire
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution


HELP = """Show in what two executions differ: code, inputs, nodes, outputs.

Nodes are compared by path: how they ended, and how long they took.

\b
  volery executions diff monday tuesday
"""


@click.command(
    "diff",
    help=HELP,
    short_help="Show in what two executions differ.",
    params=[
        click.Argument(["one"], type=ExecutionName()),
        click.Argument(["other"], type=ExecutionName()),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def diff(one: str, other: str, **given: Any) -> None:
    """See `HELP`."""
    with there.backend(given, reading=True) as backend:
        found = compared(*(Side(backend, backend.execution(name)) for name in (one, other)))
    if given["output"] == "json":
        print_json(found)
        return
    click.echo("\n".join(_lines(found)))


class Side:
    """One of the executions, with what is compared of it."""

    def __init__(self, backend: Backend, execution: Execution) -> None:
        id = execution.id
        bundle = read_bundle(backend.bundle(execution.bundle))
        entity = Ref(execution.entity.kind, execution.entity.name)
        interface = interface_of(bundle, entity)
        nodes = everything(lambda cursor: backend.nodes(id, NodeFilter(), MOST, cursor))
        outputs = backend.outputs(id).record if execution.phase == "SUCCEEDED" else EMPTY
        self.execution = execution
        self.entity = entity
        self.bundle = bundle
        self.labels = Labels(bundle, entity)
        self.nodes = {node.path: node for node in nodes}
        self.inputs = record_previews(interface.inputs, backend.inputs(id).record)
        self.outputs = record_previews(interface.outputs, outputs)


def compared(one: Side, other: Side) -> dict[str, Any]:
    """The differences, as the JSON document of the command."""
    paths = sorted(one.nodes.keys() | other.nodes.keys(), key=lambda path: (len(path), path))
    return {
        "executions": [execution_document(side.execution) for side in (one, other)],
        "code": _code(one, other),
        "inputs": _values(one.inputs, other.inputs),
        "outputs": _values(one.outputs, other.outputs),
        "nodes": [
            {
                "path": path,
                "entity": other.labels.of(path) or one.labels.of(path) or None,
                "sides": [_node(side.nodes.get(path)) for side in (one, other)],
            }
            for path in paths
        ],
    }


def _code(one: Side, other: Side) -> list[str]:
    """What of the code differs, in words."""
    if one.entity != other.entity:
        return [f"{one.entity.name} ran first, then {other.entity.name}"]
    if one.execution.bundle == other.execution.bundle:
        return []
    from volery.engine.definitions import Definitions
    from volery.services.codes import Codes
    from volery.services.verdicts import changes

    node = Node("", target_of(one.entity))
    first, second = (Codes(Definitions(side.bundle)) for side in (one, other))
    return changes(first, second, node, node)


def _values(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Values of one name that differ, as their previews; null where there is none."""
    return [
        {"name": name, "sides": [one.get(name), other.get(name)]}
        for name in dict.fromkeys((*one, *other))
        if (name in one, one.get(name)) != (name in other, other.get(name))
    ]


def _node(node: wire.Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {
        "phase": node.phase,
        "seconds": round((node.ended or time.time()) - node.created, 6),
        "attempt": node.attempt,
        "reuse": "cached" if node.cached else "recovered" if node.recovered else None,
    }


def _lines(found: dict[str, Any]) -> Iterator[str]:
    """The same for people."""
    one, other = found["executions"]
    yield f"{one['execution']}  {_ended(one)}"
    yield f"{other['execution']}  {_ended(other)}"
    yield from _section("code", found["code"])
    for title in ("inputs", "outputs"):
        yield from _section(title, [_value(each) for each in found[title]])
    if found["nodes"]:
        yield "\nnodes"
        header = ("", "", one["execution"], "", other["execution"], "")
        rows = [(each["path"], each["entity"] or "", *_sides(each)) for each in found["nodes"]]
        yield from (f"  {row}" for row in table([header, *rows]).splitlines())


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"\n{title}"
        yield from (f"  {each}" for each in lines)


def _ended(execution: Mapping[str, Any]) -> str:
    took = "" if execution["seconds"] is None else f" in {seconds(execution['seconds'])}"
    return f"{phase(execution['phase'], sys.stdout)}{took}  {execution['entity']}"


def _value(each: Mapping[str, Any]) -> str:
    one, other = (cut(line(side), SCREENFUL) for side in each["sides"])
    return f"{each['name']}: {one} -> {other}"


def _sides(each: Mapping[str, Any]) -> Iterator[str]:
    for side in each["sides"]:
        if side is None:
            yield from ("-", "")
            continue
        yield phase(side["phase"], sys.stdout)
        yield side["reuse"] or seconds(side["seconds"])
