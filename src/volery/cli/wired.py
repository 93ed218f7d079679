"""Executions as a backend gives them: as JSON documents, and in the words of `cli`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from volery.cli.document import failure_document
from volery.cli.output import iso

if TYPE_CHECKING:
    from volery.wire.entities import EntitySummary
    from volery.wire.executions import Attempt, Execution, Node


def execution_document(execution: Execution) -> dict[str, Any]:
    """An execution, with the keys that `cli.document` has, as far as a backend tells of them."""
    key = execution.entity
    ended = execution.ended
    return {
        "execution": execution.id,
        "project": key.project,
        "domain": key.domain,
        "kind": key.kind,
        "entity": key.name,
        "version": key.version,
        "phase": execution.phase,
        "labels": execution.labels,
        "annotations": execution.annotations,
        "priority": execution.priority,
        "max_parallelism": execution.max_parallelism,
        "recovers": execution.recovers or None,
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
        "cached": node.cached or None,
        "recovered": node.recovered or None,
        "failure": failure_document(node.failure),
    }


def attempt_document(attempt: Attempt) -> dict[str, Any]:
    """An attempt."""
    return {
        "path": attempt.path,
        "number": attempt.number,
        "phase": attempt.phase,
        "owner": attempt.by,
        "created": iso(attempt.created),
        "due": iso(attempt.due or None),
        "started": iso(attempt.started),
        "ended": iso(attempt.ended),
        "failure": failure_document(attempt.failure),
    }


def entity_document(summary: EntitySummary) -> dict[str, Any]:
    """A registered version of an entity."""
    key = summary.key
    return {
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
        **({"active": summary.active} if key.kind == "launch_plan" else {}),
    }
