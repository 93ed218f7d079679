"""Exits: how a container ended that left no outcome, as a failure that people can act on."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from volery.executors.results import CRASHED
from volery.ir.failure import Failure, FailureKind
from volery.ir.invocation import EXPIRED, REFUSED, UNREACHABLE
from volery.worker.warden import BY_SIGNAL

if TYPE_CHECKING:
    from volery.ir.placement import ContainerCommand


class Exit(msgspec.Struct, frozen=True):
    """How a container ended, or why there was none.

    Attributes:
        status: its exit status; None: not known, or it never ran.
        code: what the container's engine says about it, one of `CODES` or another one; empty:
            only the status counts.
        message: the engine's own words.
    """

    status: int | None = None
    code: str = ""
    message: str = ""


class _Meaning(NamedTuple):
    """What a code means.

    Attributes:
        what: has happened.
        hint: what people can do about it.
        kind: whose fault it is.
        retryable: whether another attempt may do.
    """

    what: str
    hint: str = ""
    kind: FailureKind = "SYSTEM"
    retryable: bool = True


CODES: Final = {
    # while it ran
    "OutOfMemory": _Meaning(
        "the container used up its memory and was killed",
        "ask for more: requests=Resources(mem=...)",
    ),
    "Killed": _Meaning(
        "the container was killed", "somebody did, or its machine was short of memory"
    ),
    "Terminated": _Meaning("the container was told to end, and did"),
    "ExitStatus": _Meaning("the command failed", kind="USER"),
    "NoOutcome": _Meaning(
        "the program ended without an outcome",
        "it has to write one to the URI that its invocation names, also when it fails",
        kind="USER",
    ),
    "DeadlineExceeded": _Meaning("the container took longer than its cluster allows"),
    "Evicted": _Meaning(
        "the container was evicted from its machine",
        "ask for what it uses: requests=Resources(mem=..., ephemeral_storage=...)",
    ),
    "Preempted": _Meaning("the container gave way to one of higher priority"),
    "NodeGone": _Meaning("the machine of the container is gone"),
    "ContainerDeleted": _Meaning("somebody has removed the container"),
    "HostLost": _Meaning("the connection to the container that stays was lost"),
    # what Volery's own program says by its status
    "StorageUnreachable": _Meaning(
        "the container could not read its invocation or not write its outcome",
        "check the address of the storage as seen from there, and the credentials it is given",
    ),
    "Expired": _Meaning("the container started after its time was over, and has done nothing"),
    "InvocationRefused": _Meaning(
        "the program in the image does not understand its invocation",
        "use an image with the Volery of the engine",
        retryable=False,
    ),
    # before it ran
    "ImageNotFound": _Meaning(
        "there is no such image", "check its name and tag", kind="USER", retryable=False
    ),
    "RegistryRefused": _Meaning(
        "the registry does not give the image away",
        "check its name, and the credentials of whoever pulls it",
    ),
    "RegistryAway": _Meaning("the registry does not answer", "check the network"),
    "ImageInvalid": _Meaning(
        "the name of the image is none, or what is there is no image",
        "write it like registry.example/name:tag",
        kind="USER",
        retryable=False,
    ),
    "ImageWithoutPython": _Meaning(
        "the image has no Python, which a task needs that is a Python function",
        "take an image with Python and Volery; any other program can be a ContainerTask",
        kind="USER",
        retryable=False,
    ),
    "ImageWithoutVolery": _Meaning(
        "the image has no Volery that its Python could import",
        "install it there: pip install volery",
        kind="USER",
        retryable=False,
    ),
    "CommandNotFound": _Meaning(
        "the program to be run is not in the image", kind="USER", retryable=False
    ),
    "ContainerRefused": _Meaning("the container could not be started"),
    "ContainerNotCreated": _Meaning("the container could not be created"),
    "CrashLoop": _Meaning("a container of the pod ends again and again"),
    "InitFailed": _Meaning("what prepares the container failed"),
    "NotStarted": _Meaning("the container did not start in time"),
    "PodFailed": _Meaning("the pod failed before its container ran"),
    "PodRejected": _Meaning("the machine did not take the pod"),
    "PrimaryNotFound": _Meaning(
        "the pod template has no container for the task",
        "name it: PodTemplate(primary_container_name=...)",
        kind="USER",
        retryable=False,
    ),
    "ConfigMissing": _Meaning(
        "something that the container needs is not in its namespace", "create it there"
    ),
    "Unschedulable": _Meaning(
        "no machine of the cluster takes the container",
        "request less, or let the cluster grow; see what its scheduler says",
    ),
}
"""What has a meaning; of what else an engine says only its words are passed on."""

_STATUS: Final = {
    UNREACHABLE: "StorageUnreachable",
    EXPIRED: "Expired",
    REFUSED: "InvocationRefused",
}
_CANNOT_RUN: Final = (126, 127)
_NO_VOLERY: Final = re.compile(r"No module named '?volery")
NO_PROGRAM: Final = re.compile(
    r"executable file .*not found|exec: .*no such file or directory", re.IGNORECASE
)
"""What runtimes of containers say of a program that is not in the image."""


def failure_of(end: Exit, command: ContainerCommand | None, tail: str = "") -> Failure:
    """The failure of an attempt without an outcome: message, hint, the end of its stderr.

    Args:
        end: how its container ended.
        command: that ran in it; None: Volery's own program.
        tail: the end of its stderr.
    """
    code = _code_of(end, command, tail)
    meaning = CODES.get(code) or _Meaning("the container ended")
    details = [each for each in (_described(end.status), end.message.strip()) if each]
    what = "the worker process died" if code == CRASHED else meaning.what
    lines = [": ".join((what, *details))]
    if meaning.hint:
        lines.append(f"  hint: {meaning.hint}")
    if tail:
        lines.append(tail)
    return Failure(code, meaning.kind, "\n".join(lines), retryable=meaning.retryable)


def _code_of(end: Exit, command: ContainerCommand | None, tail: str) -> str:
    """The code for an exit, one of `CODES` or another one."""
    if command is None and end.code == "CommandNotFound":
        return "ImageWithoutPython"
    if command is None and not end.code and end.status and _NO_VOLERY.search(tail):
        return "ImageWithoutVolery"
    return end.code or _code_by_status(end.status, command)


def _code_by_status(status: int | None, command: ContainerCommand | None) -> str:
    """The code for an exit of which only the status is known."""
    if status is None:
        return "Killed"
    if (command is None or command.contract) and status in _STATUS:
        return _STATUS[status]
    if status in _CANNOT_RUN and command is not None:
        return "CommandNotFound"
    if status == BY_SIGNAL + signal.SIGTERM:
        return "Terminated"
    if command is None:
        return CRASHED
    if _signal_of(status):
        return "Killed"
    return "ExitStatus" if status else "NoOutcome"


def _described(status: int | None) -> str:
    """An exit status in words."""
    if not status:
        return ""
    name = _signal_of(status)
    return f"killed by {name} (exit code {status})" if name else f"exit code {status}"


def _signal_of(status: int) -> str:
    """The name of the signal that an exit status tells of; empty: it tells of none."""
    known = set(map(int, signal.valid_signals()))
    number = status - BY_SIGNAL
    return signal.Signals(number).name if number in known else ""
