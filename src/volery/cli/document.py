"""What a backend tells of, as the JSON documents of commands; and failures in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from volery.cli.output import iso
from volery.ir.failure import ABORTED, Failure

if TYPE_CHECKING:
    from volery.wire.entities import EntitySummary
    from volery.wire.executions import Attempt, Execution, Gate, Node


def execution_document(execution: Execution) -> dict[str, Any]:
    """An execution."""
    key = execution.entity
    ended = execution.ended
    return {
        "execution": execution.id,
        "project": key.project,
        "domain": key.domain,
        "kind": key.kind,
        "entity": key.name,
        "version": key.version or None,
        "phase": execution.phase,
        "labels": execution.labels,
        "annotations": execution.annotations,
        "code_folder": execution.code_folder or None,
        "storage": execution.storage or None,
        "priority": execution.priority,
        "executor": execution.executor or None,
        "max_parallelism": execution.max_parallelism,
        "recovers": execution.recovers or None,
        "parent": _place(execution.parent, execution.parent_path),
        "scheduled": iso(execution.scheduled),
        "created": iso(execution.created),
        "ended": iso(ended),
        "seconds": None if ended is None else round(ended - execution.created, 6),
        "failure": failure_document(execution.failure),
        "interrupted": not execution.driven,
    }


def node_document(node: Node) -> dict[str, Any]:
    """A node execution."""
    return {
        "path": node.path,
        "kind": node.kind,
        "entity": node.entity or None,
        "phase": node.phase,
        "attempt": node.attempt,
        "child": node.child or None,
        "created": iso(node.created),
        "ended": iso(node.ended),
        "until": iso(node.until),
        "reuse": _reuse(node),
        "failure": failure_document(node.failure),
    }


def _reuse(node: Node) -> dict[str, Any] | None:
    """Where the outputs of a node come from that did not run."""
    origin = node.cached or node.recovered
    if not origin:
        return None
    how = "cached" if node.cached else "recovered"
    execution, _, path = origin.partition("/")
    return {"how": how, "execution": execution, "path": path}


def _place(execution: str, path: str) -> dict[str, str] | None:
    return {"execution": execution, "path": path} if execution else None


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """An attempt."""
    return {
        "path": attempt.path,
        "number": attempt.number,
        "phase": attempt.phase,
        "executor": attempt.executor or None,
        "owner": attempt.by or None,
        "created": iso(attempt.created),
        "due": iso(attempt.due or None),
        "started": iso(attempt.started),
        "ended": iso(attempt.ended),
        "failure": failure_document(attempt.failure),
    }


def gate_document(gate: Gate) -> dict[str, Any]:
    """A gate that waits."""
    from volery.types.written.describing import describe

    return {
        "execution": gate.execution,
        "path": gate.path,
        "name": gate.name,
        "question": gate.question,
        "answer": describe(gate.answer),
        "until": iso(gate.until),
    }


def entity_document(summary: EntitySummary) -> dict[str, Any]:
    """A registered version of an entity."""
    key = summary.key
    document = {
        "kind": key.kind,
        "project": key.project,
        "domain": key.domain,
        "name": key.name,
        "version": key.version,
        "description": summary.description,
        "digest": summary.digest,
        "bundle": summary.bundle,
        "created": iso(summary.created),
        "by": summary.by,
    }
    if key.kind == "launch_plan":
        document |= {"active": summary.active, "active_version": summary.active_version or None}
    return document


def failure_document(failure: Failure | None) -> dict[str, Any] | None:
    """A failure in such a document; every key is always there."""
    if failure is None:
        return None
    found = {name: getattr(failure, name) for name in Failure.__struct_fields__}
    return found | {"cause": failure_document(failure.cause)}


def failure_text(failure: Failure) -> str:
    """Why something failed: the user's traceback, which has what led to it, else the messages."""
    if failure.code == ABORTED:  # the message says so
        return failure.message
    if failure.traceback:
        return failure.traceback.rstrip()
    told = f"{failure.code}: {failure.message}"
    return told if failure.cause is None else f"{told}\ncaused by {failure_text(failure.cause)}"


def place_of(failure: Failure, execution: str) -> str:
    """Where an execution's failure began, to be put behind a sentence; empty where unknown."""
    if not failure.path:
        return ""
    inside = failure.execution not in {"", execution}
    return f" at node {failure.path}" + (f" of execution {failure.execution}" if inside else "")
