"""Why something did not succeed."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from volery.ir.types import STR, Field, RecordType

FailureKind = Literal["USER", "SYSTEM"]

ABORTED = "Aborted"
"""Code of what was stopped on request."""
TIMED_OUT = "TimedOut"
"""Code of what took longer than it may."""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reason, for people and for retry budgets.

    Attributes:
        code: a short word: the class of the exception, or one of the system's own.
        kind: USER when the user's code or data is the cause, SYSTEM otherwise.
        message: one or more lines of text.
        traceback: the user's frames, formatted; empty where there are none.
        path: the node execution where it began; empty until it is known.
        execution: the execution that `path` is in; a child's failure is passed on to its parent.
        retryable: False when another attempt cannot help.
        cause: what led to it: the exception that this one was raised from.
    """

    code: str
    kind: FailureKind
    message: str
    traceback: str = ""
    path: str = ""
    execution: str = ""
    retryable: bool = True
    cause: Failure | None = None


def overdue(limit: float) -> Failure:
    """Why a work is stopped that runs longer than it may, in seconds."""
    return Failure(TIMED_OUT, "USER", f"ran longer than {limit} s")


def unloaded(limit: float) -> Failure:
    """Why a work is stopped whose module takes longer to be imported than it may, in seconds."""
    return Failure(TIMED_OUT, "USER", f"its module was still being imported after {limit:g} s")


WORKFLOW_FAILURE: Final = RecordType(
    "volery.WorkflowFailure",
    tuple(
        Field(name, STR, required=name == "message")
        for name in ("message", "failed_node_id", "code", "kind", "execution_id")
    ),
)
"""Type of what a failure handler is told (`FailureRef`): that of the class of this name."""
