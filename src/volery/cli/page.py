"""One execution, in full: as text for people and as a JSON document."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from volery.cli.document import (
    code_folder,
    document,
    failure_document,
    failure_text,
    place_of,
    users_labels,
)
from volery.cli.gates import how_to_signal
from volery.cli.glance import glance
from volery.cli.labels import Labels, short
from volery.cli.output import instant, iso, phase, seconds, styled
from volery.engine.model import AttemptPhase, Phase
from volery.errors import NotFound
from volery.ids import ROOT, split
from volery.ir.interface import Input, Output
from volery.ir.problem import stands_for
from volery.ir.values import EMPTY
from volery.services import records
from volery.services.context import Contexts
from volery.services.gates import Gates
from volery.services.values import Values
from volery.store.base import ExecutionRecord, NodeRecord, Store
from volery.types.written.describing import describe
from volery.types.written.showing import SCREENFUL, cut, record_json, record_previews

ROWS = 100
"""So many nodes are shown as text; of more, those that failed or run come first."""


class Page:
    """What is known about an execution.

    Args:
        store: where from.
        record: of the execution.
        interrupted: nobody drives it, though it has not ended.
        logs: its attempts have printed something.
        home_flag: see `options.home_flag`.
    """

    def __init__(
        self,
        store: Store,
        record: ExecutionRecord,
        *,
        interrupted: bool,
        logs: bool,
        home_flag: str,
    ) -> None:
        bundle = records.bundle_of(store, record)
        self._interface = records.interface_of(bundle, record.entity)
        self._record = record
        self._interrupted = interrupted
        self._home_flag = home_flag
        self._logs = logs
        self._labels = Labels(bundle, record.entity)
        self._inputs = store.scope_inputs(record.id, ROOT)
        self._outputs = store.outputs(record.id, [ROOT]).get(ROOT, EMPTY)
        self._nodes = store.nodes(record.id)
        self._attempts = store.attempts(record.id)
        self._newest = {each.path: each for each in self._attempts}  # they come by number
        contexts = Contexts(store)
        gates = Gates(store, contexts, Values(store))
        self._gates = [] if record.phase.terminal else list(gates.waiting(record))
        self._contexts = contexts

    def document(self) -> dict[str, Any]:
        """All of it, for programs."""
        return document(self._record) | {
            "interrupted": self._interrupted,
            "logs": self._logs,
            "inputs": record_json(self._interface.inputs, self._inputs),
            "outputs": record_json(self._interface.outputs, self._outputs),
            "nodes": [
                {
                    "path": node.path,
                    "kind": node.kind,
                    "entity": self._label(node) or None,
                    "phase": node.phase.value,
                    "attempt": node.attempt,
                    "child": node.child,
                    "created": iso(node.created),
                    "ended": iso(node.ended),
                    "until": iso(node.until),
                    "reuse": node.reuse
                    and {
                        "how": node.reuse.how,
                        "execution": node.reuse.execution,
                        "path": node.reuse.path,
                    },
                    "failure": failure_document(node.failure),
                }
                for node in self._nodes
            ],
            "attempts": [
                {
                    "path": attempt.path,
                    "number": attempt.number,
                    "phase": attempt.phase.value,
                    "owner": attempt.owner,
                    "created": iso(attempt.created),
                    "due": iso(attempt.due or None),
                    "started": iso(attempt.started),
                    "ended": iso(attempt.ended),
                    "failure": failure_document(attempt.failure),
                }
                for attempt in self._attempts
            ],
            "gates": [
                {
                    "execution": gate.execution,
                    "path": gate.path,
                    "name": gate.name,
                    "answer": describe(gate.answer),
                    "until": iso(gate.until),
                }
                for gate in self._gates
            ],
        }

    def text(self) -> str:
        """As much of it as people want to read."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        record = self._record
        took = seconds((record.ended or time.time()) - record.created)
        stopped = " (interrupted)" if self._interrupted else f" in {took}"
        yield f"{record.id}  {phase(record.phase, sys.stdout)}{stopped}"
        yield f"  {record.entity.kind.replace('_', ' ')} {record.entity.name}"
        yield f"  {record.project}/{record.domain}, started {instant(record.created)}"
        if folder := code_folder(record):
            yield f"  code in {folder}"
        if given := users_labels(record):
            yield "  " + ", ".join(f"{key}={value}" for key, value in given.items())
        if record.options.recovers:
            yield f"  recovers {record.options.recovers}"
        yield from self._tree()
        yield from self._waiting()
        yield from self._values("inputs", self._interface.inputs, self._inputs)
        yield from self._values("outputs", self._interface.outputs, self._outputs)
        if record.failure is not None:
            yield f"\nfailure{place_of(record.failure, record.id)}"
            yield from (f"  {line}" for line in failure_text(record.failure).splitlines())
        if self._logs:
            yield f"\nwhat its tasks printed: volery executions logs {record.id}{self._home_flag}"

    def _values(
        self, title: str, interface: Sequence[Input] | Sequence[Output], record: bytes
    ) -> Iterator[str]:
        previews = record_previews(interface, record)
        if previews:
            yield f"\n{title}"
        for name, tree in previews.items():
            yield from (f"  {cut(each, SCREENFUL)}" for each in glance(name, tree))

    def _tree(self) -> Iterator[str]:
        shown = _worth_a_row(self._nodes)
        below: defaultdict[str, list[NodeRecord]] = defaultdict(list)
        for node in shown:
            below[split(node.path)[0]].append(node)
        if shown:
            yield "\nnodes"
        yield from self._branch(below, ROOT, 1)
        if len(shown) < len(self._nodes):
            hidden = len(self._nodes) - len(shown)
            yield f"  and {hidden:,} more; --output json has them all"

    def _branch(
        self, below: defaultdict[str, list[NodeRecord]], scope: str, depth: int
    ) -> Iterator[str]:
        for node in sorted(below[scope], key=lambda each: (each.created, _order(each.path))):
            yield "  " * depth + self._node(node)
            yield from self._branch(below, node.path, depth + 1)

    def _node(self, node: NodeRecord) -> str:
        parts = [split(node.path)[1], self._label(node), phase(node.phase, sys.stdout)]
        if node.reuse is not None:
            parts.append(f"{node.reuse.how} from {node.reuse.execution}")
        elif node.ended is not None:
            parts.append(seconds(node.ended - node.created))
        if node.attempt > 1:
            parts.append(f"attempt {node.attempt}")
        parts.append(self._put_off(node))
        if node.child is not None:
            parts.append(f"execution {node.child}")
        if node.failure is not None:
            first = node.failure.message.partition("\n")[0]
            parts.append(styled(first, sys.stdout, fg="red"))
        return "  ".join(part for part in parts if part)

    def _put_off(self, node: NodeRecord) -> str:
        """When the next try of a node comes, and why; empty where none waits for its time."""
        newest = self._newest.get(node.path)
        if newest is None or newest.phase is not AttemptPhase.LAUNCHING:
            return ""
        wait = newest.due - time.time()
        return f"next try in {seconds(wait)}" if wait > 0 else ""

    def _label(self, node: NodeRecord) -> str:
        """What a node execution stands for; what was decided at run time is in the store."""
        known = self._labels.of(node.path)
        if known:
            return known
        try:
            child = self._contexts.child_at(self._record.id, node.path)
        except (NotFound, KeyError):
            return ""
        if child.node is not None:
            return stands_for(child.node.target)
        return "" if child.call is None else short(child.call.entity.name)

    def _waiting(self) -> Iterator[str]:
        if self._gates:
            yield "\nwaiting for answers"
        for gate in self._gates:
            yield from (f"  {each}" for each in gate.question().splitlines())
            limit = "" if gate.until is None else f" until {instant(gate.until)}"
            yield f"    answer{limit}: {how_to_signal(gate, self._home_flag)}"


def _worth_a_row(nodes: list[NodeRecord]) -> list[NodeRecord]:
    """All nodes of a small execution. Of a large one, what failed or runs, with all above it."""
    if len(nodes) <= ROWS:
        return nodes
    telling = [node for node in nodes if node.phase in {Phase.FAILED, Phase.RUNNING}]
    first = [*telling, *nodes][:ROWS]
    wanted = {node.path for node in first}
    for path in list(wanted):
        while path := split(path)[0]:
            wanted.add(path)
    return [node for node in nodes if node.path in wanted]


def _order(path: str) -> tuple[int, str]:
    """So that n10 comes after n9 where both began at once."""
    return len(path), path
