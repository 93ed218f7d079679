"""Verdicts: what recovering an execution on edited code will run again, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from volery.engine.definitions import Definitions
from volery.engine.graph import effective
from volery.engine.model import Phase
from volery.errors import VoleryError
from volery.ids import ROOT, join, split
from volery.ir.codec import contract_of
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import Arm, BranchTarget, Graph, Node, WorkflowTarget
from volery.ir.order import in_order
from volery.ir.problem import label
from volery.ir.ref import Ref
from volery.ir.specs import Bundle
from volery.ir.types import show
from volery.ir.values import EMPTY, NIL, Raw, split_record
from volery.services.bindings import resolve
from volery.services.caching import is_stored
from volery.services.codes import Codes, places_of_inputs
from volery.services.context import Contexts
from volery.services.earlier import Earlier
from volery.services.edited import Scope, by_lasting_name, same_value
from volery.services.pairing import pairs, renamed
from volery.services.values import Values, complete
from volery.store.base import ExecutionRecord, NodeRecord, Store
from volery.wire.executions import Verdict

_ENDED = {
    Phase.FAILED: "it failed before",
    Phase.ABORTED: "it was aborted before",
    Phase.SKIPPED: "it was skipped before",
}


def verdicts(
    store: Store, old: ExecutionRecord, bundle: Bundle, entity: Ref, inputs: bytes
) -> list[Verdict]:
    """What recovering an execution on edited code will do, node by node.

    Only what can be known beforehand is called reused: a node whose inputs come from one that runs
    again is reused nevertheless if those turn out to be the same.

    Args:
        store: with the execution.
        old: the execution; it has ended.
        bundle: the code as it is now, with its fingerprints.
        entity: what of it is to run.
        inputs: the input record, complete.
    """
    return list(_Forecast(store, Definitions(bundle), Earlier(store, old.id)).of(entity, inputs))


class _UnknownError(Exception):
    """A value that only the run will show. Its text says why."""


class _Known(dict[str, Raw]):
    """Inputs of a scope, as far as they are known beforehand; others say why they are not."""

    def __init__(self, known: Mapping[str, Raw], unknown: Mapping[str, str]) -> None:
        super().__init__(known)
        self.unknown = unknown

    def __missing__(self, name: str) -> Raw:
        raise _UnknownError(self.unknown[name])


class _Forecast:
    """Follows the graph of an execution, with the outputs that its nodes had before."""

    def __init__(self, store: Store, definitions: Definitions, earlier: Earlier) -> None:
        self._store = store
        self._contexts = Contexts(store)
        self._values = Values(store)
        self._definitions = definitions
        self._codes = Codes(definitions)
        self._earlier = earlier

    def of(self, entity: Ref, inputs: bytes) -> Iterator[Verdict]:
        """Verdicts on all nodes of an execution of an entity."""
        graph = self._definitions.root(entity).graph
        return self._scope(self._before(ROOT), ROOT, graph, _Known(split_record(inputs), {}))

    def _before(self, path: str) -> Scope:
        """A scope of the earlier execution."""
        execution = self._earlier.id
        state = self._contexts.state(execution, path)
        return Scope(self._contexts.get(execution, path), path, state)

    def _scope(self, before: Scope, path: str, graph: Graph, given: _Known) -> Iterator[Verdict]:
        """Verdicts on the nodes of a scope and on those below them.

        Args:
            before: the scope in the earlier execution.
            path: of the scope now.
            graph: that it runs now.
            given: its inputs.
        """
        old = self._contexts.graph(before.context, before.state)[1].graph
        paired = pairs(old, graph)
        outputs: dict[str, Mapping[str, Raw]] = {}
        for node in in_order(graph).nodes:
            there = join(before.path, paired[node.id]) if node.id in paired else None
            inputs = self._inputs(node, given, outputs)
            verdict = self._verdict(node, join(path, node.id), there, inputs, outputs)
            yield verdict
            if there is None or there not in self._earlier.nodes:
                continue
            if verdict.verdict == "reuse":
                outputs[node.id] = split_record(self._gave(there))
            else:
                yield from self._below(node, verdict.path, there, inputs)
        had = set(paired.values())
        for node in old.nodes:
            there = join(before.path, node.id)
            if node.id not in had and there in self._earlier.nodes:
                yield Verdict(there, label(node), "incompatible", "it is gone from the code")

    def _below(self, node: Node, path: str, there: str, inputs: _Known) -> Iterator[Verdict]:
        """Verdicts on the nodes of a subworkflow or of the arm that a branch took."""
        match node.target:
            case WorkflowTarget(name):
                graph = self._definitions.workflow(name).graph
            case BranchTarget(arms):
                arm = None if inputs.unknown else self._same_arm(node, there, arms)
                if arm is None or arm.graph is None:
                    return
                graph = arm.graph
            case _:
                return
        yield from self._scope(self._before(there), path, graph, inputs)

    def _same_arm(self, node: Node, there: str, arms: tuple[Arm, ...]) -> Arm | None:
        """The arm that a branch takes again, if nothing changed in what decides about it."""
        old = self._contexts.child_at(self._earlier.id, there).node
        taken = self._contexts.state(self._earlier.id, there).arm
        if old is None or not isinstance(old.target, BranchTarget) or taken is None:
            return None
        was = [renamed(arm.predicate, {}, places_of_inputs(old)) for arm in old.target.arms]
        now = [renamed(arm.predicate, {}, places_of_inputs(node)) for arm in arms]
        return arms[taken] if now[: taken + 1] == was[: taken + 1] else None

    def _inputs(
        self, node: Node, given: _Known, outputs: Mapping[str, Mapping[str, Raw]]
    ) -> _Known:
        """The inputs of a node, as far as they follow from what is reused."""

        def outputs_of(id: str) -> Mapping[str, Raw]:
            if id not in outputs:
                raise _UnknownError(f"it takes from {id}, which runs again")
            return outputs[id]

        known: dict[str, bytes | Raw] = {}
        unknown: dict[str, str] = {}
        for bound in node.inputs:
            try:
                known[bound.name] = resolve(bound.binding, given, outputs_of)
            except _UnknownError as error:
                unknown[bound.name] = str(error)
            except VoleryError as error:
                unknown[bound.name] = f"{bound.name} cannot be made: {error.message}"
        blanks = dict.fromkeys(unknown, NIL)
        whole = complete(self._definitions, node.target, known | blanks)
        fixed = {name: Raw(value) for name, value in whole.items() if name not in unknown}
        return _Known(fixed, unknown)

    def _verdict(
        self,
        node: Node,
        path: str,
        there: str | None,
        inputs: _Known,
        outputs: Mapping[str, object],
    ) -> Verdict:
        name = label(node)
        record = None if there is None else self._earlier.nodes.get(there)
        if there is None:
            return Verdict(path, name, "rerun", "it is new")
        if record is None:
            return Verdict(path, name, "rerun", "it did not run before")
        old = self._contexts.child_at(self._earlier.id, there)
        if old.node is None:
            raise AssertionError(f"{there} is no node of a graph")
        misfit = _misfit(
            old.definitions.interface(old.node.target), self._definitions.interface(node.target)
        )
        if misfit:
            return Verdict(path, name, "incompatible", misfit)
        reasons = [
            *changes(Codes(old.definitions), self._codes, old.node, node),
            *self._differing(node, there, inputs, outputs),
        ]
        if effective(node, self._definitions).environment != old.policy.environment:
            reasons.append("its environment changed")
        if record.phase is not Phase.SUCCEEDED:
            reasons = [_did_not_succeed(record, whole=not reasons), *reasons]
        elif not is_stored(self._gave(there)):
            reasons.append("what it gave is not stored any more")
        verdict = "rerun" if reasons else "reuse"
        return Verdict(path, name, verdict, "; ".join(reasons))

    def _differing(
        self, node: Node, there: str, inputs: _Known, outputs: Mapping[str, object]
    ) -> Iterator[str]:
        """What of its surroundings is not, or may not be, what it was."""
        yield from dict.fromkeys(inputs.unknown.values())
        above, id = split(there)
        before = self._before(above)
        child = self._contexts.child(before.context, above, before.state, id)
        had = self._values.inputs(before.context, above, before.state, id, child)
        was, known = by_lasting_name(child.node, had), by_lasting_name(node, inputs)
        unknown = by_lasting_name(node, dict.fromkeys(inputs.unknown, NIL)).keys()
        for name in sorted((was.keys() | known.keys()) - unknown):
            if name not in was or name not in known or not same_value(was[name], known[name]):
                what = f"input {name}" if name in inputs else "what it depends on"
                yield f"{what} differs"
        for id in node.after:
            if id not in outputs:
                yield f"it comes after {id}, which runs again"

    def _gave(self, there: str) -> bytes:
        """The outputs of a node execution."""
        return self._store.outputs(self._earlier.id, [there]).get(there, EMPTY)


def _did_not_succeed(record: NodeRecord, *, whole: bool) -> str:
    """`whole`: there is no other reason, so what succeeded inside of it counts."""
    said = _ENDED.get(record.phase, "it had not ended before")
    if whole and record.kind in {"map", "launch_plan", "dynamic", "eager"}:
        return f"{said}: what succeeded in it is reused"
    return said


def changes(old: Codes, new: Codes, was: Node, now: Node) -> list[str]:
    """What changed in the code of what a node stands for, in words; empty: nothing."""
    code = new.of_node(now)
    if code is not None and code == old.of_node(was):
        return []
    before, after = old.tasks(was.target), new.tasks(now.target)
    if not all(each.fingerprint for each in (*before.values(), *after.values())):
        return ["its code cannot be compared: it has no fingerprint"]
    parts = {part.name: part.digest for task in before.values() for part in task.fingerprint}
    found = {part.name: part.digest for task in after.values() for part in task.fingerprint}
    said = [f"{name} changed" for name in found if name in parts and found[name] != parts[name]]
    said += [f"it uses {name} now" for name in found if name not in parts]
    said += [f"it does not use {name} any more" for name in parts if name not in found]
    return said or ["its graph changed"]


def _misfit(old: Interface, new: Interface) -> str:
    """How an interface differs from what it was, in what callers rely on; empty: not at all."""
    if contract_of(old) == contract_of(new):
        return ""
    said = [
        *_differences("input", _types(old.inputs), _types(new.inputs)),
        *_differences("output", _types(old.outputs), _types(new.outputs)),
    ]
    return "; ".join(said) or "its interface changed"


def _types(interface: Sequence[Input] | Sequence[Output]) -> dict[str, str]:
    return {each.name: show(each.type) for each in interface}


def _differences(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, kind in new.items():
        if name not in old:
            yield f"{what} {name} is new"
        elif old[name] != kind:
            yield f"{what} {name} is {kind} now, and was {old[name]}"
    yield from (f"{what} {name} is gone" for name in old if name not in new)
