"""What statuses of pods say: as clusters have reported them."""

from __future__ import annotations

import pytest
from tests.executors.kubernetes.pods import container, seen

from volery.executors.contained.exits import Exit
from volery.executors.kubernetes.status import Ended, Running, Waiting, gone, read

SCHEDULED = {"type": "PodScheduled", "status": "True"}


def disruption(reason, message=""):
    return {"type": "DisruptionTarget", "status": "True", "reason": reason, "message": message}


def terminated(code, reason="Error", message="", name="primary"):
    state = {"exitCode": code, "reason": reason, "message": message}
    return container(name, terminated=state)


def waiting(reason, message="", name="primary"):
    return container(name, waiting={"reason": reason, "message": message})


def phase(phase, *containers, **more):
    return {"phase": phase, "containerStatuses": list(containers), **more}


RUNNING = container(running={"startedAt": "2026-01-01T00:00:10Z"})


def test_a_container_that_runs_says_since_when():
    assert read(seen(phase("Running", RUNNING)), "primary") == Running(1767225610.0)


@pytest.mark.parametrize(
    ("status", "kind", "code", "said"),
    [
        ({}, "start", "NotStarted", "it has not begun"),
        (
            phase("Pending", waiting("ContainerCreating")),
            "start", "NotStarted", "container primary was still being created",
        ),
        (
            {
                "conditions": [
                    {
                        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                        "message": "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
                    }
                ]
            },
            "schedule", "Unschedulable", "3 Insufficient nvidia.com/gpu",
        ),
        (
            phase("Pending", waiting(
                "ErrImagePull",
                'code = NotFound desc = failed to pull and unpack image "x:1": not found',
            )),
            "pull", "ImageNotFound", "failed to pull and unpack",
        ),
        (
            phase("Pending", waiting(
                "ImagePullBackOff", "failed to authorize: 401 Unauthorized: not found",
            )),
            "pull", "RegistryRefused", "401 Unauthorized",
        ),
        (
            phase("Pending", waiting("ImagePullBackOff", "dial tcp 10.0.0.1:443: i/o timeout")),
            "pull", "RegistryAway", "i/o timeout",
        ),
        (
            phase("Pending", waiting("CreateContainerConfigError", 'secret "s" not found')),
            "configure", "ConfigMissing", 'secret "s" not found',
        ),
        (
            phase("Pending", waiting("CreateContainerError", "no such device")),
            "configure", "ContainerRefused", "no such device",
        ),
        (
            phase(
                "Pending", waiting("PodInitializing"),
                initContainerStatuses=[waiting("CrashLoopBackOff", "back-off 10s", "proxy")],
            ),
            "configure", "CrashLoop", "container proxy: CrashLoopBackOff: back-off 10s",
        ),
        (
            phase("Unknown", RUNNING, reason="NodeLost", message="Node n1 which was running"),
            "node", "NodeGone", "Node n1 which was running",
        ),
        (
            phase("Running", RUNNING, conditions=[disruption("DeletionByTaintManager", "taint")]),
            "node", "NodeGone", "taint",
        ),
    ],
)  # fmt: skip
def test_a_pod_that_waits_says_for_what_and_how_it_ends_if_that_lasts(status, kind, code, said):
    found = read(seen(status), "primary")
    assert isinstance(found, Waiting)
    assert (found.kind, found.exit.code, found.hopeless) == (kind, code, False)
    assert said in found.exit.message


@pytest.mark.parametrize(
    ("reason", "code"),
    [("InvalidImageName", "ImageInvalid"), ("ErrImageNeverPull", "ImageNotFound")],
)
def test_an_image_that_will_never_be_there_is_not_waited_for(reason, code):
    found = read(seen(phase("Pending", waiting(reason, "x"))), "primary")
    assert isinstance(found, Waiting)
    assert (found.exit.code, found.hopeless) == (code, True)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (phase("Succeeded", terminated(0, "Completed")), Exit(0)),
        (phase("Failed", terminated(3)), Exit(3)),
        (phase("Failed", terminated(137, "OOMKilled")), Exit(137, "OutOfMemory")),
        (phase("Succeeded", terminated(0, "OOMKilled")), Exit(0, "OutOfMemory")),
        (
            phase("Failed", terminated(128, "StartError", "python3: executable file not found")),
            Exit(None, "CommandNotFound", "python3: executable file not found"),
        ),
        (
            phase("Failed", terminated(128, "StartError", "no space left on device")),
            Exit(128, "ContainerRefused", "no space left on device"),
        ),
        (
            phase("Failed", reason="Evicted", message="The node was low on resource: memory."),
            Exit(None, "Evicted", "Evicted: The node was low on resource: memory."),
        ),
        (
            phase("Failed", terminated(137), reason="Evicted", message="low on memory"),
            Exit(137, "Evicted", "Evicted: low on memory"),
        ),
        (
            phase(
                "Failed", terminated(143),
                conditions=[disruption("PreemptionByScheduler", "gave way")],
            ),
            Exit(143, "Preempted", "gave way"),
        ),
        (
            phase("Failed", terminated(143), conditions=[disruption("EvictionByEvictionAPI")]),
            Exit(143, "Evicted", "EvictionByEvictionAPI"),
        ),
        (
            phase("Failed", terminated(137), reason="DeadlineExceeded", message="too long"),
            Exit(137, "DeadlineExceeded", "DeadlineExceeded: too long"),
        ),
        (
            phase("Failed", reason="OutOfcpu", message="Node didn't have enough resource: cpu"),
            Exit(None, "PodRejected", "OutOfcpu: Node didn't have enough resource: cpu"),
        ),
        (
            phase("Failed", terminated(143), reason="Terminated", message="Pod was terminated"),
            Exit(143, "NodeGone", "Terminated: Pod was terminated"),
        ),
        (
            phase("Failed", terminated(137, "ContainerStatusUnknown", "could not be located")),
            Exit(137, "NodeGone", "could not be located"),
        ),
        (
            phase(
                "Failed", waiting("PodInitializing"),
                initContainerStatuses=[terminated(2, message="no disk", name="fetch")],
            ),
            Exit(None, "InitFailed", "container fetch: exit status 2: no disk"),
        ),
        (
            phase(
                "Failed", waiting("PodInitializing"),
                initContainerStatuses=[terminated(74, message="away", name="volery-inputs")],
            ),
            Exit(None, "StorageUnreachable", "container volery-inputs: away"),
        ),
        (
            phase(
                "Succeeded", terminated(0),
                initContainerStatuses=[terminated(74, message="away", name="volery-outputs")],
            ),
            Exit(0, "StorageUnreachable", "container volery-outputs: away"),
        ),
        (
            phase(
                "Succeeded", terminated(0),
                initContainerStatuses=[terminated(137, "OOMKilled", name="volery-outputs")],
            ),
            Exit(0, "OutOfMemory", "container volery-outputs"),
        ),
        (
            phase(
                "Succeeded", terminated(0),
                initContainerStatuses=[terminated(137, "Error", name="volery-outputs")],
            ),
            Exit(0, "InitFailed", "container volery-outputs: exit status 137"),
        ),
        (  # a sidecar of the user's
            phase(
                "Succeeded", terminated(0),
                initContainerStatuses=[terminated(143, "Error", name="proxy")],
            ),
            Exit(0),
        ),
        (
            phase(
                "Failed", terminated(3),
                initContainerStatuses=[terminated(74, message="away", name="volery-outputs")],
            ),
            Exit(3),
        ),
        (
            phase("Succeeded", terminated(0, name="other")),
            Exit(None, "PrimaryNotFound", "the pod has containers other, and no primary"),
        ),
        (phase("Failed", reason="Odd", message="it is"), Exit(None, "PodFailed", "Odd: it is")),
    ],
)  # fmt: skip
def test_a_pod_that_has_ended_says_how(status, expected):
    assert read(seen(status), "primary") == Ended(expected)


def test_a_container_that_has_ended_counts_although_others_run():
    status = phase("Running", terminated(0), container("proxy", running={}))
    assert read(seen(status), "primary") == Ended(Exit(0), others=True)


def test_a_pod_that_somebody_deletes_says_so():
    pod = seen(phase("Running", terminated(143)), deletionTimestamp="2026-01-01T00:00:10Z")
    assert read(pod, "primary") == Ended(
        Exit(143, "ContainerDeleted", "the pod was deleted by somebody else")
    )


def test_a_pod_that_is_gone_ended_as_its_last_status_says():
    evicted = seen(phase("Running", RUNNING, conditions=[disruption("DeletionByPodGC", "no node")]))
    assert gone(evicted) == Exit(None, "NodeGone", "no node")
    assert gone(seen(phase("Running", RUNNING))).code == "ContainerDeleted"
    assert gone(None).code == "ContainerDeleted"
