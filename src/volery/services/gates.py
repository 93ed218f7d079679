"""Gates that wait for somebody's word: which there are, what they ask, and what an answer is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from volery.data import offload
from volery.engine.model import Phase
from volery.errors import (
    AlreadyExists,
    CallError,
    NotFound,
    TypeMismatch,
    VoleryError,
    suggest,
)
from volery.ids import ROOT, split
from volery.ir.nodes import GateTarget
from volery.ir.types import BOOL, LiteralType
from volery.ir.values import Raw, unpack
from volery.services.context import Contexts
from volery.services.values import Values
from volery.store.base import ExecutionRecord, Line, Store
from volery.types.preview import preview
from volery.types.written.describing import describe
from volery.types.written.parsing import Json, parse
from volery.types.written.previews import line
from volery.types.written.reading import to_wire
from volery.types.written.showing import cut

SHOWN = 1_000
"""Characters of a value that are shown to who is to approve it."""

_WORDS = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that waits for an answer.

    Attributes:
        execution, path: where it is.
        name: how it is called in the workflow.
        type: of the value that it waits for; of one that is to be approved, the type of that.
        value: what is to be approved; None where a value is waited for.
        until: it waits no longer than this; None: no limit.
    """

    execution: str
    path: str
    name: str
    type: LiteralType
    value: bytes | Raw | None
    until: float | None = None

    @property
    def key(self) -> str:
        """What it is signalled by: its name, or its path where others may have that name."""
        return self.path if "/" in self.path else self.name

    @property
    def label(self) -> str:
        """What people call it: its name, and where it is if that may be needed."""
        return self.name if self.key == self.name else f"{self.name} ({self.path})"

    @property
    def answer(self) -> LiteralType:
        """The type of an answer."""
        return self.type if self.value is None else BOOL

    def question(self) -> str:
        """What it asks, for people; no answer is read from the value."""
        if self.value is None:
            return f"gate {self.label} waits for {describe(self.type)}"
        shown = line(preview(self.type, unpack(self.value)))
        return f"gate {self.label} waits for approval of\n  {cut(shown, SHOWN)}"

    def read(self, text: str) -> bytes:
        """An answer as people type it, as the packed value for the signal.

        Raises:
            TypeMismatch: it is not of the type.
            StorageError: a large one cannot be stored.
        """
        approves = self.value is not None
        return self.pack(answer_of(self.answer, "no" if approves and not text.strip() else text))

    def pack(self, tree: Json) -> bytes:
        """The same for JSON."""
        return offload.pack(to_wire(self.answer, tree))


def answer_of(kind: LiteralType, text: str) -> Json:
    """An answer as people type it, as JSON by its type. Raises TypeMismatch."""
    if kind != BOOL:
        return parse(kind, text)
    approved = _WORDS.get(text.strip().lower())
    if approved is None:
        raise TypeMismatch(f"expected yes or no, got {text!r}")
    return approved


class Gates:
    """Finds the gates of executions that wait for an answer."""

    def __init__(self, store: Store, contexts: Contexts, values: Values) -> None:
        self._store = store
        self._contexts = contexts
        self._values = values

    def at(self, execution: str, path: str, until: float | None = None) -> Gate | None:
        """The gate that a node execution is; None: it is none, or one that nobody answers."""
        above, id = split(path)
        context = self._contexts.get(execution, above)
        state = self._store.scope_state(execution, above)
        try:
            child = self._contexts.child(context, above, state, id)
        except NotFound:  # a part of a map, say, whose scope is gone
            return None
        target = child.node and child.node.target
        if not isinstance(target, GateTarget) or target.type is None:
            return None
        value = None
        if target.gate == "approve":
            try:
                value = self._values.inputs(context, above, state, id, child)["o0"]
            except TypeMismatch:  # there is no such value: it fails by itself
                return None
        return Gate(execution, path, target.name, target.type, value, until)

    def waits(self, gate: Gate) -> bool:
        """Whether a gate has not ended."""
        return not self._store.ended(gate.execution, [gate.path])

    def waiting(self, record: ExecutionRecord) -> Iterator[Gate]:
        """The gates of an execution that wait, those of executions that it started among them."""
        for node in self._store.nodes(record.id):
            if node.phase is not Phase.RUNNING or node.signalled:
                continue
            if node.kind == "gate":
                gate = self.at(record.id, node.path, node.until)
                if gate is not None:
                    yield gate
            elif node.child is not None:
                child = self._store.execution(node.child)
                if child is not None:
                    yield from self.waiting(child)

    def find(self, record: ExecutionRecord, name: str) -> Gate:
        """The gate of this name or path that waits.

        Raises:
            NotFound: none does; AlreadyExists: it has its answer; CallError: several do.
        """
        waiting = list(self.waiting(record))
        found = [each for each in waiting if each.path == name]
        found = found or [each for each in waiting if each.name == name]
        match found:
            case [gate]:
                return gate
            case [_, *_]:
                paths = ", ".join(f"{each.path} of {each.execution}" for each in found)
                hint = f"name one by path: {paths}"
                raise CallError(f"{len(found)} gates {name} wait", hint=hint)
            case _:
                raise self._not_waiting(record, name, waiting)

    def _not_waiting(self, record: ExecutionRecord, name: str, waiting: list[Gate]) -> VoleryError:
        """What has become of a gate that does not wait, or the nearest that does."""
        for node in self._store.nodes(record.id):
            gate = self.at(record.id, node.path) if node.kind == "gate" else None
            if gate is not None and name in {gate.name, gate.path}:
                if node.signalled:
                    return answered(name, record.id)
                return NotFound(
                    f"gate {name} of execution {record.id} does not wait: it is {node.phase}"
                )
        hint = suggest(name, [each.key for each in waiting]) if waiting else "no gate of it does"
        return NotFound(f"no gate {name} of execution {record.id} waits", hint=hint)


def answered(name: str, execution: str) -> AlreadyExists:
    """The error for a gate that nobody has to answer any more."""
    return AlreadyExists(f"gate {name} of execution {execution} does not wait: it has its answer")


class GateFeed:
    """Tells from the journal of an execution which gates begin to wait, and which do no longer.

    Args:
        gates: finds them.
        begin: told of a gate that waits.
        end: told of the execution and path of one that does no longer.
    """

    def __init__(
        self, gates: Gates, begin: Callable[[Gate], None], end: Callable[[str, str], None]
    ) -> None:
        self._gates = gates
        self._begin = begin
        self._end = end
        self._open: set[tuple[str, str]] = set()

    def lines(self, lines: Iterable[Line]) -> None:
        """Take in what is new in the journal."""
        for each in lines:
            place = each.execution, each.path
            if place in self._open and each.event != Phase.RUNNING:
                self._open.discard(place)
                self._end(*place)
            elif each.event == Phase.RUNNING and each.attempt == 0 and each.path != ROOT:
                gate = self._gates.at(*place)
                # Whoever takes an execution over reads of gates that were answered long ago.
                if gate is not None and self._gates.waits(gate):
                    self._open.add(place)
                    self._begin(gate)
