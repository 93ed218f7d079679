"""From the record of an execution that did not succeed to the error that says so."""

from __future__ import annotations

from volery.engine.model import Phase
from volery.errors import Aborted, ExecutionError, TaskFailed
from volery.store.base import ExecutionRecord


def error_of(record: ExecutionRecord) -> ExecutionError:
    """The error for an execution that ended otherwise than SUCCEEDED."""
    failure = record.failure
    if failure is None:
        return ExecutionError(f"execution {record.id} is {record.phase}")
    where = f" at {failure.path}" if failure.path else ""
    message = f"{record.entity.name} failed{where}: {failure.message}"
    if record.phase is Phase.ABORTED:
        return Aborted(f"{record.entity.name} was {failure.message}", code=failure.code)
    if failure.kind == "USER":
        return TaskFailed(message, path=failure.path, code=failure.code)
    return ExecutionError(message, path=failure.path, code=failure.code)
