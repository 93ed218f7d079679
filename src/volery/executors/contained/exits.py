"""Exits: how a container ended that left no outcome, as a failure that people can act on."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

from volery.ir.failure import Failure, FailureKind
from volery.ir.invocation import EXPIRED, REFUSED, UNREACHABLE
from volery.worker.warden import BY_SIGNAL

if TYPE_CHECKING:
    from volery.ir.placement import ContainerCommand


Code = Literal[
    "",
    # while it ran
    "OutOfMemory", "Killed", "Terminated", "ExitStatus", "NoOutcome", "WorkerCrashed",
    "DeadlineExceeded", "Evicted", "Preempted", "NodeGone", "ContainerDeleted", "DockerAway",
    "DockerRefused", "ClusterAway", "HostLost", "HostNotUnderstood", "ExecutorClosed",
    # what Volery's own program says by its status
    "StorageUnreachable", "Expired", "InvocationRefused",
    # before it ran
    "NoImage", "ImageNotFound", "RegistryRefused", "RegistryAway", "ImageInvalid",
    "ImageWithoutPython", "ImageWithoutVolery", "CommandNotFound", "ContainerRefused", "CrashLoop",
    "InitFailed", "NotStarted", "HostNotStarted", "PodFailed", "PodRejected", "PrimaryNotFound",
    "ConfigMissing", "Unschedulable",
]  # fmt: skip
"""What can be said of an exit beside its status; empty: nothing. `CODES` has the meaning."""


class Exit(msgspec.Struct, frozen=True):
    """How a container ended, or why there was none.

    Attributes:
        status: its exit status; None: not known, or it never ran.
        code: what the container's engine says about it; empty: only the status counts.
        message: the engine's own words.
    """

    status: int | None = None
    code: Code = ""
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
    hint: str
    kind: FailureKind = "SYSTEM"
    retryable: bool = True


CODES: Final[dict[Code, _Meaning]] = {
    # while it ran
    "OutOfMemory": _Meaning(
        "the container used up its memory and was killed",
        "ask for more: requests=Resources(mem=...)",
    ),
    "Killed": _Meaning(
        "the container was killed", "somebody did, or its machine was short of memory"
    ),
    "Terminated": _Meaning(
        "the container was told to end, and did",
        "somebody stopped it, or its machine was about to go; retries= says how often it is tried "
        "again",
    ),
    "ExitStatus": _Meaning(
        "the command failed",
        "see what it printed last; run it in the same image to see more",
        kind="USER",
    ),
    "NoOutcome": _Meaning(
        "the program ended without an outcome",
        "it has to write one to the URI that its invocation names, also when it fails",
        kind="USER",
    ),
    "WorkerCrashed": _Meaning(
        "the worker process died",
        "a library of the task has ended the process, or its machine was short of memory: see what "
        "it printed last",
    ),
    "DeadlineExceeded": _Meaning(
        "the container took longer than its cluster allows",
        "give the task a longer timeout=, or see activeDeadlineSeconds in its pod template",
    ),
    "Evicted": _Meaning(
        "the container was evicted from its machine",
        "ask for what it uses: requests=Resources(mem=..., ephemeral_storage=...)",
    ),
    "Preempted": _Meaning(
        "the container gave way to one of higher priority",
        "give its pod template a higher priorityClassName, or more retries",
    ),
    "NodeGone": _Meaning(
        "the machine of the container is gone",
        "see the events of the machine; an interruptible task may be taken its machine at any time",
    ),
    "ContainerDeleted": _Meaning(
        "somebody has removed the container",
        "abort the execution in place of deleting its containers; see who else cleans up there",
    ),
    "DockerAway": _Meaning(
        "the Docker engine does not answer",
        "see whether it runs: docker info; [docker] patience says how long it is waited for",
    ),
    "DockerRefused": _Meaning(
        "the Docker engine refuses what is asked of it", "see the log of the Docker engine"
    ),
    "ClusterAway": _Meaning(
        "the API server of the cluster does not answer", "see whether it runs: kubectl get nodes"
    ),
    "HostLost": _Meaning(
        "the connection to the container that stays was lost",
        "see whether its machine is well, and what may cut connections that last, such as proxies",
    ),
    "HostNotUnderstood": _Meaning(
        "the container that stays does not speak as one of Volery's",
        "use an image with the Volery of the engine, whose entrypoint prints nothing",
    ),
    "ExecutorClosed": _Meaning(
        "the engine was ended meanwhile", "start it again: it goes on with what is under way"
    ),
    # what Volery's own program says by its status
    "StorageUnreachable": _Meaning(
        "the container could not read its invocation or not write its outcome",
        "check the address of the storage as seen from there, and the credentials it is given",
    ),
    "Expired": _Meaning(
        "the container started after its time was over, and has done nothing",
        "see why it started so late, or give the task a longer timeout=",
    ),
    "InvocationRefused": _Meaning(
        "the program in the image does not understand its invocation",
        "use an image with the Volery of the engine",
        retryable=False,
    ),
    # before it ran
    "NoImage": _Meaning(
        "the task names no image for its container",
        "@task(container_image=...), or [docker] image for all tasks",
        kind="USER",
        retryable=False,
    ),
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
        "the program to be run is not in the image",
        "check its name, or give its whole path in the image",
        kind="USER",
        retryable=False,
    ),
    "ContainerRefused": _Meaning(
        "the container could not be started",
        "see the options of the task that its machine is to carry out: volumes, devices, user",
    ),
    "CrashLoop": _Meaning(
        "a container of the pod ends again and again",
        "see its log: kubectl logs, with the names of the pod and of the container",
    ),
    "InitFailed": _Meaning(
        "what prepares the container, or stores its outputs, failed",
        "see the log of that container: it is in the pod template, or brings inputs and outputs of "
        "a command",
    ),
    "NotStarted": _Meaning(
        "the container did not start in time",
        "see what it waits for: an image that is large, volumes; or raise limits.start of "
        "[kubernetes]",
    ),
    "HostNotStarted": _Meaning(
        "the container that stays could not be started",
        "it is a fault of Volery's: please report it with the log of the server",
    ),
    "PodFailed": _Meaning(
        "the pod failed before its container ran", "see the events of the pod: kubectl get events"
    ),
    "PodRejected": _Meaning(
        "the machine did not take the pod",
        "it had no room left when the pod came: it is tried again as the task says; if it lasts, "
        "see the requests of what else runs there",
    ),
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
"""The meaning of every code."""

_STATUS: Final[dict[int, Code]] = {
    UNREACHABLE: "StorageUnreachable",
    EXPIRED: "Expired",
    REFUSED: "InvocationRefused",
}
"""By the exit status of Volery's own programs."""
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
    meaning = CODES[code]
    details = [each for each in (_described(end.status), end.message.strip()) if each]
    lines = [": ".join((meaning.what, *details)), f"  hint: {meaning.hint}"]
    if tail:
        lines.append(tail)
    return Failure(code, meaning.kind, "\n".join(lines), retryable=meaning.retryable)


def code_of_ours(status: int) -> Code:
    """What a program of Volery's says by its exit status; empty: nothing."""
    return _STATUS.get(status, "")


def _code_of(end: Exit, command: ContainerCommand | None, tail: str) -> Code:
    """The code for an exit."""
    if command is None and end.code == "CommandNotFound":
        return "ImageWithoutPython"
    if command is None and not end.code and end.status and _NO_VOLERY.search(tail):
        return "ImageWithoutVolery"
    return end.code or _code_by_status(end.status, command)


def _code_by_status(status: int | None, command: ContainerCommand | None) -> Code:
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
        return "WorkerCrashed"
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
