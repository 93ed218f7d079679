"""Works for tests of pods, and statuses as clusters report them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec
from tests.servers.kubernetes import Cluster, Log, Pod as Made

from volery.data.storage import Storage
from volery.executors.contained.invocations import Written
from volery.executors.kubernetes.pod import Order
from volery.executors.kubernetes.status import Pod
from volery.ir.interface import Interface, Output
from volery.ir.invocation import Invocation, Outcome
from volery.ir.placement import Placement
from volery.ir.types import INT
from volery.ir.values import pack
from volery.ir.work import Place, Work

SCHEDULED = {"type": "PodScheduled", "status": "True"}
INTERFACE = Interface((), (Output("o0", INT),))
numbers = count(1)
URI = "s3://bucket/attempts/birds/fit/2/invocation.json"


class Clock:
    """A clock that is moved by hand, and by `step` whenever somebody looks."""

    now = step = 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def work(**changes: Any) -> Work:
    """A work that has a place, with attributes of the place or of the work."""
    place = Place("birds", "production", INTERFACE, placement=Placement())
    for name in ("placement", "caps", "command", "crashes"):
        if name in changes:
            place = msgspec.structs.replace(place, **{name: changes.pop(name)})
    made = Work(7, "birds", "train/fit", 2, "flows.fit", None, pack({}), place=place)
    return msgspec.structs.replace(made, **changes)


def order(target: Work) -> Order:
    """What its pod is made from."""
    invocation = Invocation(
        execution=target.execution,
        path=target.path,
        attempt=target.attempt,
        token="token",
        task=target.task,
        outputs="s3://bucket/outputs",
        outcome="s3://bucket/outcome.json",
        interface=Interface(),
        inputs={},
    )
    return Order("server-1", "birds-train-fit-2-abc", "birds", target, Written(URI, invocation))


def seen(status: dict[str, Any], **metadata: Any) -> Pod:
    """A pod with a status."""
    return msgspec.convert({"metadata": {"name": "birds", **metadata}, "status": status}, Pod)


def container(name: str = "primary", **state: Any) -> dict[str, Any]:
    """The status of a container: `waiting`, `running` or `terminated`."""
    return {"name": name, "state": state}


def attempt(**changes: Any) -> Work:
    """A work that has not been before."""
    number = next(numbers)
    return msgspec.structs.replace(work(**changes), id=number, path=f"n{number}", attempt=1)


def runs(cluster: Cluster, pod: Made) -> None:
    """What a kubelet reports of a pod that runs."""
    began = {"startedAt": "2026-01-01T00:00:10Z"}
    cluster.logs.setdefault(pod["metadata"]["uid"] + "primary", Log())
    cluster.set_status(
        pod,
        phase="Running",
        conditions=[SCHEDULED],
        containerStatuses=[container(running=began)],
    )


def ends(
    cluster: Cluster, pod: Made, status: int = 0, reason: str = "", message: str = "", **more: Any
) -> None:
    """What a kubelet reports of a pod that has ended; `message` is the container's."""
    cluster.logs.setdefault(pod["metadata"]["uid"] + "primary", Log()).end()
    reason = reason or ("Error" if status else "Completed")
    state = {"exitCode": status, "reason": reason, "message": message}
    cluster.set_status(
        pod,
        phase="Failed" if status else "Succeeded",
        containerStatuses=[container(terminated=state)],
        **more,
    )


def leaves(storage: Storage, pod: Made, value: int = 1) -> None:
    """What an attempt leaves that succeeds."""
    said = pod["metadata"]["annotations"]
    folder = "/".join(said[f"volery.dev/{name}"] for name in ("execution", "path", "number"))
    outcome = Outcome(record=pack({"o0": value}), started=1.0, ended=2.0)
    storage.put_named(f"{folder}/outcome.json", msgspec.json.encode(outcome))


def succeeds(storage: Storage) -> Callable[[Cluster, Made], None]:
    """A node on which every pod succeeds at once."""

    def run(cluster: Cluster, pod: Made) -> None:
        leaves(storage, pod)
        ends(cluster, pod)

    return run


def waits(reason: str, message: str = "") -> Callable[[Cluster, Made], None]:
    """A node on which every container waits."""

    def run(cluster: Cluster, pod: Made) -> None:
        state = container(waiting={"reason": reason, "message": message})
        cluster.set_status(pod, containerStatuses=[state], conditions=[SCHEDULED])

    return run
