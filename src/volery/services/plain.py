"""Plain calls: an entity runs to its end in this process and leaves no record.

The same engine as everywhere, with the store in memory and the inline executor plugged in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from volery.clock import SystemClock
from volery.engine.model import Phase
from volery.errors import Aborted, ExecutionError, TaskFailed, TimedOut
from volery.executors.inline import InlineExecutor
from volery.ids import ROOT
from volery.ir.failure import TIMED_OUT
from volery.ir.gates import may_have_gates
from volery.ir.ref import Ref
from volery.ir.values import EMPTY
from volery.sdk.program import Program
from volery.services.context import Contexts
from volery.services.orchestrator import Orchestrator
from volery.store.base import Claim, ExecutionRecord
from volery.store.memory import MemoryStore

_OWNER = "here"


def run(program: Program, entity: Ref, inputs: bytes) -> bytes:
    """Run an entity; returns its output record.

    Raises:
        Exception: whatever the task that failed has raised, with a note that says where.
        ExecutionError: it failed for another reason.
    """
    store = MemoryStore()
    with closing(InlineExecutor(program.tasks)) as executor:
        orchestrator = Orchestrator(
            store,
            executor,
            clock=SystemClock(),
            owner=_OWNER,
            alive=_OWNER.__eq__,
            on_print=_printed_already,
        )
        execution = orchestrator.submit(program.bundle, entity, inputs)
        record = _drain(orchestrator, program, execution)
    if record.phase is Phase.SUCCEEDED:
        return store.outputs(execution, [ROOT]).get(ROOT, EMPTY)
    raise exception_of(record, orchestrator.contexts, executor.exceptions)


def _drain(orchestrator: Orchestrator, program: Program, execution: str) -> ExecutionRecord:
    if not may_have_gates(program.bundle):
        return orchestrator.drain(execution)
    from volery.services.asking import Asking

    with Asking(orchestrator, execution) as asking:
        return orchestrator.drain(execution, asking.look)


def exception_of(
    record: ExecutionRecord,
    contexts: Contexts,
    exceptions: Mapping[tuple[str, str], BaseException],
) -> BaseException:
    """What a plain call raises for an execution that did not succeed.

    Args:
        record: of the execution.
        contexts: of its store.
        exceptions: what user code has raised, by execution and path.
    """
    failure, entity = record.failure, record.entity
    raised = failure and exceptions.get((failure.execution, failure.path))
    if failure is None or raised is None:
        return _error_of(record)
    ran = contexts.child_at(failure.execution, failure.path).started
    raised.add_note(f"at node {failure.path} ({_told(ran)}) of {_told(entity)}")
    return raised


def _told(entity: Ref) -> str:
    """An entity, for people: ``task flows.mean``."""
    return f"{entity.kind.replace('_', ' ')} {entity.name}"


def _error_of(record: ExecutionRecord) -> ExecutionError:
    """The error for an execution that failed, though no task raised here."""
    failure = record.failure
    if failure is None:
        return ExecutionError(f"execution {record.id} is {record.phase}")
    where = f" at {failure.path}" if failure.path else ""
    message = f"{record.entity.name} failed{where}: {failure.message}"
    if record.phase is Phase.ABORTED:
        return Aborted(f"{record.entity.name} was aborted: {failure.message}", code=failure.code)
    if failure.code == TIMED_OUT:
        return TimedOut(message, path=failure.path)
    kind = TaskFailed if failure.kind == "USER" else ExecutionError
    return kind(message, path=failure.path, code=failure.code)


def _printed_already(_claim: Claim, _records: object) -> None:
    """Inline tasks print straight to where this process prints."""
