"""One execution, in full: as text for people and as a JSON document."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from volery.cli.document import (
    attempt_document,
    execution_document,
    failure_text,
    gate_document,
    node_document,
    place_of,
)
from volery.cli.gates import how_to_signal
from volery.cli.glance import glance
from volery.cli.labels import Labels, short
from volery.cli.output import instant, phase, seconds, styled
from volery.errors import NotFound
from volery.ids import ROOT, split
from volery.ir.codec import read_bundle
from volery.ir.interface import Input, Output
from volery.ir.ref import Ref
from volery.ir.values import EMPTY
from volery.services.records import interface_of
from volery.types.written.showing import SCREENFUL, cut, record_json, record_previews
from volery.wire.executions import NodeFilter
from volery.wire.page import MOST, everything

if TYPE_CHECKING:
    from volery.wire.backend import Backend
    from volery.wire.executions import Execution, Node

ROWS = 100
"""So many nodes are shown as text; of more, those that failed or run come first."""


class Page:
    """What is known about an execution.

    Args:
        backend: has it.
        execution: which.
        flag: see `there.flag`.
    """

    def __init__(self, backend: Backend, execution: Execution, flag: str) -> None:
        entity = Ref(execution.entity.kind, execution.entity.name)
        bundle = read_bundle(backend.bundle(execution.bundle))
        id = execution.id
        self._backend = backend
        self._execution = execution
        self._flag = flag
        self._interface = interface_of(bundle, entity)
        self._labels = Labels(bundle, entity)
        self._summary = backend.summary(id)
        self._gates = () if execution.ended else backend.gates(id)
        self._inputs = backend.inputs(id).record
        self._outputs = backend.outputs(id).record if execution.phase == "SUCCEEDED" else EMPTY

    def document(self) -> dict[str, Any]:
        """All of it, for programs."""
        nodes = self._nodes(NodeFilter())
        return execution_document(self._execution) | {
            "logs": self._summary.logs,
            "inputs": record_json(self._interface.inputs, self._inputs),
            "outputs": record_json(self._interface.outputs, self._outputs),
            "nodes": [
                node_document(node) | {"entity": self._label(node) or None} for node in nodes
            ],
            "attempts": [
                attempt_document(attempt)
                for node in nodes
                if node.attempt
                for attempt in self._backend.attempts(self._execution.id, node.path)
            ],
            "gates": list(map(gate_document, self._gates)),
        }

    def text(self) -> str:
        """As much of it as people want to read."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        shown = self._execution
        key = shown.entity
        took = seconds((shown.ended or time.time()) - shown.created)
        stopped = f" in {took}" if shown.driven else " (interrupted)"
        version = f", version {key.version}" if key.version else ""
        yield f"{shown.id}  {phase(shown.phase, sys.stdout)}{stopped}"
        yield f"  {key.kind.replace('_', ' ')} {key.name}{version}"
        yield f"  {key.project}/{key.domain}, started {instant(shown.created)}"
        if shown.code_folder:
            yield f"  code in {shown.code_folder}"
        if shown.labels:
            yield "  " + ", ".join(f"{name}={value}" for name, value in shown.labels.items())
        if shown.recovers:
            yield f"  recovers {shown.recovers}"
        if shown.parent:
            yield f"  started by {shown.parent} at {shown.parent_path}"
        yield from self._tree()
        yield from self._waiting()
        yield from self._values("inputs", self._interface.inputs, self._inputs)
        yield from self._values("outputs", self._interface.outputs, self._outputs)
        if shown.failure is not None:
            yield f"\nfailure{place_of(shown.failure, shown.id)}"
            yield from (f"  {line}" for line in failure_text(shown.failure).splitlines())
        if self._summary.logs:
            yield f"\nwhat its tasks printed: volery executions logs {shown.id}{self._flag}"

    def _values(
        self, title: str, interface: Sequence[Input] | Sequence[Output], record: bytes
    ) -> Iterator[str]:
        previews = record_previews(interface, record)
        if previews:
            yield f"\n{title}"
        for name, tree in previews.items():
            yield from (f"  {cut(each, SCREENFUL)}" for each in glance(name, tree))

    # -- nodes ----------------------------------------------------------------------------

    def _nodes(self, where: NodeFilter, most: int | None = None) -> list[Node]:
        id, size = self._execution.id, min(most or MOST, MOST)
        return list(everything(lambda cursor: self._backend.nodes(id, where, size, cursor), most))

    def _worth_a_row(self) -> dict[str, Node]:
        """All nodes of a small execution. Of a large one, what failed or runs, with all above."""
        nodes = self._nodes(NodeFilter(), ROWS + 1)
        if len(nodes) <= ROWS:
            return {node.path: node for node in nodes}
        telling = self._nodes(NodeFilter(phases=("FAILED", "RUNNING")), ROWS)
        found = {node.path: node for node in [*telling, *nodes][:ROWS]}
        for path in list(found):
            while (path := split(path)[0]) and path not in found:
                try:
                    found[path] = self._backend.node(self._execution.id, path)
                except NotFound:  # a scope that is no node of its own
                    continue
        return found

    def _tree(self) -> Iterator[str]:
        shown = self._worth_a_row()
        below: defaultdict[str, list[Node]] = defaultdict(list)
        for node in shown.values():
            below[split(node.path)[0]].append(node)
        if shown:
            yield "\nnodes"
        yield from self._branch(below, ROOT, 1)
        hidden = sum(self._summary.nodes.values()) - len(shown)
        if hidden > 0:
            yield f"  and {hidden:,} more; --output json has them all"

    def _branch(self, below: defaultdict[str, list[Node]], scope: str, depth: int) -> Iterator[str]:
        for node in sorted(below[scope], key=lambda each: (each.created, _order(each.path))):
            yield "  " * depth + self._node(node)
            yield from self._branch(below, node.path, depth + 1)

    def _node(self, node: Node) -> str:
        parts = [split(node.path)[1], self._label(node), phase(node.phase, sys.stdout)]
        if origin := node.cached or node.recovered:
            how = "cached" if node.cached else "recovered"
            parts.append(f"{how} from {origin.partition('/')[0]}")
        elif node.ended is not None:
            parts.append(seconds(node.ended - node.created))
        if node.attempt > 1:
            parts.append(f"attempt {node.attempt}")
        if node.attempt and node.ended is None:
            parts.append(self._held_up(node))
        if node.child:
            parts.append(f"execution {node.child}")
        if node.failure is not None:
            first = node.failure.message.partition("\n")[0]
            parts.append(styled(first, sys.stdout, fg="red"))
        return "  ".join(part for part in parts if part)

    def _held_up(self, node: Node) -> str:
        """What the newest attempt of a node waits for; empty where it waits for nothing."""
        newest = self._backend.attempts(self._execution.id, node.path)[-1]
        if newest.phase != "LAUNCHING" or newest.by:
            return ""
        wait = newest.due - time.time()
        if wait > 0:
            return f"next try in {seconds(wait)}"
        return f"waits for executor {newest.executor}" if newest.executor else ""

    def _label(self, node: Node) -> str:
        """What a node execution stands for; what was decided at run time the backend knows."""
        return self._labels.of(node.path) or short(node.entity)

    # -- gates ----------------------------------------------------------------------------

    def _waiting(self) -> Iterator[str]:
        if self._gates:
            yield "\nwaiting for answers"
        for gate in self._gates:
            yield from (f"  {each}" for each in gate.question.splitlines())
            limit = "" if gate.until is None else f" until {instant(gate.until)}"
            yield f"    answer{limit}: {how_to_signal(gate, self._flag)}"


def _order(path: str) -> tuple[int, str]:
    """So that n10 comes after n9 where both began at once."""
    return len(path), path
