"""Executions and failures as JSON documents, and failures in words."""

from __future__ import annotations

from typing import Any

from volery.cli.options import IMPORT_ROOT, RESERVED, STORAGE
from volery.cli.output import iso
from volery.ir.failure import ABORTED, Failure
from volery.store.base import ExecutionRecord


def document(record: ExecutionRecord) -> dict[str, Any]:
    """An execution as the JSON document of commands."""
    return {
        "execution": record.id,
        "project": record.project,
        "domain": record.domain,
        "kind": record.entity.kind,
        "entity": record.entity.name,
        "phase": record.phase.value,
        "labels": users_labels(record),
        "code_folder": code_folder(record),
        "storage": storage_url(record) or None,
        "priority": record.options.priority,
        "max_parallelism": record.max_parallelism,
        "recovers": record.options.recovers or None,
        "created": iso(record.created),
        "ended": iso(record.ended),
        "seconds": None if record.ended is None else round(record.ended - record.created, 6),
        "failure": failure_document(record.failure),
    }


def users_labels(record: ExecutionRecord) -> dict[str, str]:
    """The labels that its user gave an execution."""
    return {key: value for key, value in record.labels if key not in RESERVED}


def code_folder(record: ExecutionRecord) -> str | None:
    """Where the user's modules were found, if that is known."""
    return record.options.import_root or dict(record.labels).get(IMPORT_ROOT)


def storage_url(record: ExecutionRecord) -> str:
    """Where the large values and files of an execution are; empty: in the home's own storage."""
    return record.options.storage or dict(record.labels).get(STORAGE, "")


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
