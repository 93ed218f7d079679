"""What is shown of records: structs of `wire`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from volery.engine.definitions import Definitions
from volery.ids import split
from volery.ir.interface import Interface
from volery.ir.nodes import BranchTarget, GateTarget, MapTarget, entity_of
from volery.ir.policy import Policy
from volery.ir.ref import Ref
from volery.ir.types import JsonType, ListType, LiteralType
from volery.ir.values import split_record, unpack
from volery.services import gates, records
from volery.services.context import Child
from volery.store.base import AttemptRecord, ExecutionRecord, Line, NodeRecord
from volery.types.written.describing import describe
from volery.types.written.showing import to_json
from volery.wire import executions as wire
from volery.wire.definitions import Definition
from volery.wire.entities import EntityKey

Types = Mapping[str, LiteralType]


def execution(record: ExecutionRecord, *, driven: bool) -> wire.Execution:
    """An execution; `driven`: see `wire.Execution`."""
    parent, parent_path = record.parent or ("", "")
    return wire.Execution(
        id=record.id,
        entity=key_of(record, record.entity),
        phase=str(record.phase),
        created=record.created,
        ended=record.ended,
        failure=record.failure,
        labels=records.users_labels(record),
        annotations=dict(record.annotations),
        parent=parent,
        parent_path=parent_path,
        root=record.root,
        bundle=record.bundle,
        recovers=record.options.recovers,
        priority=record.options.priority,
        max_parallelism=record.max_parallelism,
        scheduled=record.scheduled,
        driven=driven,
        code_folder=records.code_folder(record),
        storage=records.storage_url(record),
        executor=record.options.executor,
        limits=record.options.limits,
        by=record.options.by,
    )


def key_of(record: ExecutionRecord, entity: Ref) -> EntityKey:
    """An entity of what an execution is pinned to."""
    return EntityKey(entity.kind, entity.name, record.version, record.project, record.domain)


def node(record: NodeRecord, child: Child | None) -> wire.Node:
    """A node execution; `child`: what its definition says, if that is known."""
    reuse = record.reuse
    origin = "" if reuse is None else f"{reuse.execution}/{reuse.path}"
    return wire.Node(
        path=record.path,
        kind=record.kind,
        phase=str(record.phase),
        created=record.created,
        attempt=record.attempt,
        ended=record.ended,
        entity=name_of(child),
        failure=record.failure,
        child=record.child or "",
        until=record.until,
        cached=origin if reuse and reuse.how == "cached" else "",
        recovered=origin if reuse and reuse.how == "recovered" else "",
        waiting=record.ended is None and not record.signalled and is_answered(child),
    )


def definition(
    record: ExecutionRecord,
    bundle: str,
    definitions: Definitions,
    entity: Ref | None,
    policy: Policy,
) -> Definition:
    """What an execution, or a node execution of it, carries out; the graphs are told elsewhere."""
    spec = None
    if entity is not None:
        by_name = {
            "task": definitions.tasks,
            "workflow": definitions.workflows,
            "launch_plan": definitions.launch_plans,
        }[entity.kind]
        spec = msgspec.to_builtins(by_name[entity.name])
        spec.pop("graph", None)
    package = definitions.bundle.package
    key = entity and key_of(record, entity)
    return Definition(key, bundle, package, policy, spec)


def is_answered(child: Child | None) -> bool:
    """Whether it is a gate that somebody has to answer: one that sleeps wakes by itself."""
    target = child and child.node and child.node.target
    return isinstance(target, GateTarget) and target.type is not None


def name_of(child: Child | None) -> str:
    """What a node execution carries out; empty where that has no name, or is not known."""
    if child is None:
        return ""
    if child.entity is not None:
        return child.entity.name
    match child.node and child.node.target:
        case MapTarget() as target:
            return entity_of(target).name
        case BranchTarget(_, name) | GateTarget(_, name):
            return name
        case _:
            return ""


def attempt(record: AttemptRecord) -> wire.Attempt:
    """An attempt."""
    return wire.Attempt(
        path=record.path,
        number=record.number,
        phase=str(record.phase),
        created=record.created,
        started=record.started,
        ended=record.ended,
        failure=record.failure,
        due=record.due,
        by=record.owner or "",
        executor=record.executor,
        taken=record.taken,
        returned=record.returned,
    )


def gate(gate: gates.Gate) -> wire.Gate:
    """A gate that waits."""
    return wire.Gate(
        execution=gate.execution,
        path=gate.path,
        name=gate.name,
        key=gate.key,
        question=gate.question(),
        answer=gate.answer,
        until=gate.until,
    )


def event(line: Line) -> wire.Event:
    """A line of the journal."""
    return wire.Event(
        line.seq, line.at, line.execution, line.path, line.attempt, line.event, line.detail
    )


# -- values -------------------------------------------------------------------------------------


def values(types: Types, record: bytes) -> wire.Values:
    """The values of a record. What is kept elsewhere is not opened: previews stand for it.

    Args:
        types: of the values; of others it is told what they look like.
        record: the record.
    """
    entries = split_record(record)
    known = {name: types.get(name, _ANY) for name in (*types, *entries) if name in entries}
    return wire.Values(
        values={name: to_json(kind, unpack(entries[name])) for name, kind in known.items()},
        types={name: describe(kind) for name, kind in known.items()},
        record=record,
    )


_ANY = JsonType()


def input_types(interface: Interface) -> dict[str, LiteralType]:
    """The inputs of an entity."""
    return {each.name: each.type for each in interface.inputs}


def output_types(interface: Interface) -> dict[str, LiteralType]:
    """The outputs of an entity."""
    return {each.name: each.type for each in interface.outputs}


def types_at(child: Child, path: str, over: tuple[str, ...]) -> tuple[Types, Types]:
    """The inputs and outputs of a node execution. Those of a map, and of its ranges, are lists.

    Args:
        child: its definition.
        path: where it is.
        over: of an element or a range: the inputs that its map goes over.
    """
    interface = _interface(child)
    inputs, outputs = input_types(interface), output_types(interface)
    target = child.node and child.node.target
    if isinstance(target, MapTarget):
        over = target.over
    elif ":" not in split(path)[1]:
        return inputs, outputs
    lists = {name: ListType(kind) if name in over else kind for name, kind in inputs.items()}
    return lists, {name: ListType(kind) for name, kind in outputs.items()}


def _interface(child: Child) -> Interface:
    if child.entity is not None:
        return interface_of(child.definitions, child.entity)
    return child.definitions.interface(child.node.target) if child.node else Interface()


def interface_of(definitions: Definitions, entity: Ref) -> Interface:
    """Inputs and outputs of an entity; of a launch plan those of its workflow, fixed ones too."""
    if entity.kind == "launch_plan":
        entity = Ref("workflow", definitions.launch_plan(entity.name).workflow)
    return definitions.interface(entity)
