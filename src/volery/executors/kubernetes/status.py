"""What a pod's status says: it waits, it runs, or it has ended. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from volery.executors.contained.exits import NO_PROGRAM, Code, Exit, code_of_ours
from volery.executors.kubernetes.folders import INPUTS, OUTPUTS
from volery.executors.kubernetes.settings import Kind
from volery.worker.records import KEPT, NOTE

# --- the parts of a pod that are read -------------------------------------------------------------


class StateWaiting(msgspec.Struct, frozen=True):
    """A container that does not run yet."""

    reason: str = ""
    message: str = ""


class StateRunning(msgspec.Struct, frozen=True, rename="camel"):
    """A container that runs."""

    started_at: datetime | None = None


class StateTerminated(msgspec.Struct, frozen=True, rename="camel"):
    """A container that has ended."""

    exit_code: int
    reason: str = ""
    message: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


class State(msgspec.Struct, frozen=True):
    """One of the three is set."""

    waiting: StateWaiting | None = None
    running: StateRunning | None = None
    terminated: StateTerminated | None = None


class ContainerStatus(msgspec.Struct, frozen=True):
    """How a container is."""

    name: str
    state: State = State()


class Condition(msgspec.Struct, frozen=True):
    """A condition of a pod."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """How a pod is."""

    phase: str = "Pending"
    reason: str = ""
    message: str = ""
    conditions: tuple[Condition, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()


class Meta(msgspec.Struct, frozen=True, rename="camel"):
    """What a pod is called, and whose it is."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    deletion_timestamp: datetime | None = None


class Pod(msgspec.Struct, frozen=True):
    """A pod, as far as it is of interest."""

    metadata: Meta
    status: Status = Status()


def has_ended(pod: Pod) -> bool:
    """Whether all of a pod has ended."""
    return pod.status.phase in {"Succeeded", "Failed"}


# --- what they say --------------------------------------------------------------------------------


class Waiting(msgspec.Struct, frozen=True):
    """The container does not run yet.

    Attributes:
        kind: see `Limits`.
        exit: how the attempt ends if it lasts longer.
        hopeless: it will never come out of this by itself.
    """

    kind: Kind
    exit: Exit
    hopeless: bool = False


class Running(msgspec.Struct, frozen=True):
    """The container runs, since so many seconds since the epoch (0: not known)."""

    since: float


class Ended(msgspec.Struct, frozen=True):
    """The container has ended, or will never run.

    Attributes:
        exit: how.
        others: containers beside it still run.
        printed: all that it printed, if it was little and the container has said so; else None.
        kept: all that it printed is in the storage.
    """

    exit: Exit
    others: bool = False
    printed: str | None = None
    kept: bool = False


Reading = Waiting | Running | Ended


def read(pod: Pod, primary: str) -> Reading:
    """How the attempt of a pod is.

    Args:
        pod: as the API server has it.
        primary: name of the container that is the task's.
    """
    status = pod.status
    state = next((each.state for each in status.container_statuses if each.name == primary), None)
    if state is not None and state.terminated is not None:
        said, others = state.terminated, _others_run(status, primary)
        if said.exit_code == 0 and said.message == KEPT:
            return Ended(Exit(0), others, kept=True)
        if said.exit_code == 0 and said.message.startswith(NOTE):
            return Ended(Exit(0), others, said.message[len(NOTE) :])
        unstored = _unstored(status) if said.exit_code == 0 else None
        return Ended(unstored or _exit(pod, said), others)
    if status.phase in {"Failed", "Succeeded"}:
        return Ended(_never_ran(pod, primary))
    if status.phase == "Unknown" or status.reason == "NodeLost" or _lost(status):
        message = status.message or "nothing is heard of the node of the pod"
        return Waiting("node", Exit(code="NodeGone", message=_with_disruption(status, message)))
    if state is not None and state.running is not None:
        return Running(_seconds(state.running.started_at))
    return _waiting(status)


# --- waiting --------------------------------------------------------------------------------------

_PULL: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable"})
_NO_IMAGE: Final = frozenset({"InvalidImageName", "ErrImageNeverPull", "ImageInspectError"})
_CONFIGURE: Final[dict[str, Code]] = {
    "CreateContainerConfigError": "ConfigMissing",
    "CreateContainerError": "ContainerRefused",
    "RunContainerError": "ContainerRefused",
    "PreStartHookError": "ContainerRefused",
    "PostStartHookError": "ContainerRefused",
}
_NOT_FOUND: Final = re.compile(r"not ?found|does not exist|manifest unknown", re.IGNORECASE)
_REFUSED: Final = re.compile(
    r"unauthori[sz]ed|denied|forbidden|authentication|authorization|no basic auth", re.IGNORECASE
)


def _waiting(status: Status) -> Waiting:
    statuses = (*status.init_container_statuses, *status.container_statuses)
    for each in statuses:
        if (state := each.state.waiting) and (waiting := _stuck(each.name, state)):
            return waiting
    for each in status.conditions:
        if each.type == "PodScheduled" and each.status == "False":
            return Waiting("schedule", Exit(code="Unschedulable", message=each.message))
    begun = next((each.name for each in statuses if each.state.waiting), "")
    message = f"its container {begun} was still being created" if begun else "it has not begun"
    return Waiting("start", Exit(code="NotStarted", message=status.message or message))


def _stuck(container: str, state: StateWaiting) -> Waiting | None:
    """What keeps a container from running; None: nothing unusual."""
    reason = state.reason
    message = f"container {container}: {reason}: {state.message}".removesuffix(": ")
    if reason in _NO_IMAGE:
        code = "ImageInvalid" if reason == "InvalidImageName" else "ImageNotFound"
        return Waiting("pull", Exit(code=code, message=message), hopeless=True)
    if reason in _PULL:
        return Waiting("pull", Exit(code=_pull_code(state.message), message=message))
    if reason == "CrashLoopBackOff":
        return Waiting("configure", Exit(code="CrashLoop", message=message))
    if code := _CONFIGURE.get(reason):
        return Waiting("configure", Exit(code=code, message=message))
    return None


def _pull_code(message: str) -> Code:
    """Docker Hub says "denied" of what does not exist, so that refusal comes first."""
    if _REFUSED.search(message):
        return "RegistryRefused"
    return "ImageNotFound" if _NOT_FOUND.search(message) else "RegistryAway"


# --- ended ----------------------------------------------------------------------------------------

_REASONS: Final[dict[str, Code]] = {
    "Evicted": "Evicted",
    "Preempting": "Preempted",
    "Preempted": "Preempted",
    "DeadlineExceeded": "DeadlineExceeded",
    "NodeLost": "NodeGone",
    "NodeShutdown": "NodeGone",
    "Shutdown": "NodeGone",
    "Terminated": "NodeGone",
    "NodeAffinity": "PodRejected",
    "UnexpectedAdmissionError": "PodRejected",
}
"""By the reason of a pod that has failed."""
_DISRUPTIONS: Final[dict[str, Code]] = {
    "PreemptionByScheduler": "Preempted",
    "PreemptionByKubeScheduler": "Preempted",
    "DeletionByTaintManager": "NodeGone",
    "DeletionByPodGC": "NodeGone",
    "EvictionByEvictionAPI": "Evicted",
    "TerminationByKubelet": "Evicted",
}
"""By the reason of the condition ``DisruptionTarget``."""
_NOT_BEGUN: Final = frozenset({"StartError", "ContainerCannotRun"})


def gone(pod: Pod | None) -> Exit:
    """How an attempt ended whose pod is not there any more, as it was when last seen."""
    said = pod and _disruption(pod.status)
    return said or Exit(code="ContainerDeleted", message="the pod was deleted by somebody else")


def _exit(pod: Pod, state: StateTerminated) -> Exit:
    if state.reason == "OOMKilled":
        return Exit(state.exit_code, "OutOfMemory", state.message)
    if state.reason in _NOT_BEGUN and NO_PROGRAM.search(state.message):
        return Exit(None, "CommandNotFound", state.message)
    if state.reason in _NOT_BEGUN:
        return Exit(state.exit_code, "ContainerRefused", state.message)
    if state.exit_code:
        said = _disruption(pod.status)
        if said is None and pod.metadata.deletion_timestamp is not None:
            said = gone(pod)
        if said is None and state.reason == "ContainerStatusUnknown":
            said = Exit(code="NodeGone", message=state.message)
        if said is not None:
            return msgspec.structs.replace(said, status=state.exit_code)
    return Exit(state.exit_code, "", state.message)


def _never_ran(pod: Pod, primary: str) -> Exit:
    """How a pod ended whose primary container has no end."""
    status = pod.status
    if said := _disruption(status):
        return said
    for each in status.init_container_statuses:
        if said := _failed_beside(each):
            return said
    if status.container_statuses:
        names = ", ".join(each.name for each in status.container_statuses)
        return Exit(None, "PrimaryNotFound", f"the pod has containers {names}, and no {primary}")
    return Exit(None, "PodFailed", f"{status.reason}: {status.message}".strip(": "))


def _unstored(status: Status) -> Exit | None:
    """Why the outputs of a command that has succeeded were not stored; None: nothing is known."""
    failed = (
        _failed_beside(each) for each in status.init_container_statuses if each.name == OUTPUTS
    )
    said = next(failed, None)
    return said and msgspec.structs.replace(said, status=0)  # if there is an outcome, it counts


def _failed_beside(container: ContainerStatus) -> Exit | None:
    """How a container failed that is beside the task's; None: it has not."""
    state = container.state.terminated
    if state is None or not state.exit_code:
        return None
    code: Code = code_of_ours(state.exit_code) if container.name in {INPUTS, OUTPUTS} else ""
    words = f"container {container.name}: "
    if state.reason == "OOMKilled":
        code = "OutOfMemory"
    elif not code:
        code, words = "InitFailed", f"{words}exit status {state.exit_code}: "
    return Exit(None, code, f"{words}{state.message}".removesuffix(": "))


def _disruption(status: Status) -> Exit | None:
    """What the cluster says of a pod that it has ended itself; None: it has not."""
    code: Code = _REASONS.get(status.reason, "")
    if not code and status.reason.startswith("OutOf"):  # the kubelet: OutOfcpu, OutOfpods, ...
        code = "PodRejected"
    if code:
        return Exit(None, code, f"{status.reason}: {status.message}".removesuffix(": "))
    for each in status.conditions:
        if each.type == "DisruptionTarget" and each.status == "True":
            return Exit(None, _DISRUPTIONS.get(each.reason, "Evicted"), each.message or each.reason)
    return None


def _with_disruption(status: Status, message: str) -> str:
    said = _disruption(status)
    return said.message if said else message


def _lost(status: Status) -> bool:
    """Whether the node is given up by the cluster, so that nobody will say how the pod ended."""
    said = _disruption(status)
    return said is not None and said.code == "NodeGone" and status.phase == "Running"


def _others_run(status: Status, primary: str) -> bool:
    statuses: Sequence[ContainerStatus] = (
        *status.init_container_statuses, *status.container_statuses,
    )  # fmt: skip
    return any(each.state.running is not None for each in statuses if each.name != primary)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at is not None else 0.0
