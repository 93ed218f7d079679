"""``WorkflowFailure``: what a failure handler is told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkflowFailure:
    """Why a workflow failed, timed out or was aborted.

    Attributes:
        message: for people.
        failed_node_id: path of the node execution where it began, such as ``train/fit``.
        code: a short word: the class of the exception, or one of the system's own.
        kind: ``USER`` when the user's code or data is the cause, ``SYSTEM`` otherwise.
        execution_id: the execution that the path is in.
    """

    __module__ = "volery"  # a part of its type's name, which is on record

    message: str
    failed_node_id: str = ""
    code: str = ""
    kind: str = ""
    execution_id: str = ""
