"""Attempts in pods of a real cluster, beside bare pods of the same image. Milliseconds.

python ours/kubernetes_overhead.py SETTINGS STORAGE TIMES

Both start a Python that does nothing, and take turns; attempts in a pod that stays come after them.
SETTINGS are the table [kubernetes], in JSON; the cluster is that of KUBECONFIG.
"""

import itertools
import json
import os
import sys
from functools import partial

from msgspec.structs import replace

from measure import clocked, refuse, report
from volery.data.current import using
from volery.data.storage import Storage
from volery.executors.kubernetes.api import Api, changes
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
from volery.executors.kubernetes.pod import MINE
from volery.executors.kubernetes.settings import Json, KubernetesSettings, settings_of
from volery.ir.placement import Placement, Reuse
from volery.testing.conformance.executor_tasks import double, output, run, work

PATIENCE = 300
numbers = itertools.count(1)


def bare(settings: KubernetesSettings, namespace: str) -> Json:
    """A pod that does nothing."""
    container = {
        "name": "primary",
        "image": settings.image,
        "imagePullPolicy": settings.pull_policy,
        "command": [settings.python, "-c", ""],
    }
    name = f"bench-{os.getpid()}-{next(numbers)}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"bench": name}},
        "spec": {
            "containers": [container],
            "hostNetwork": settings.host_network,
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            **({"serviceAccountName": a} if (a := settings.service_account) else {}),
        },
    }


def run_bare(api: Api, pod: Json) -> None:
    """Until it has ended, as a watch tells."""
    namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
    version = api.create(pod).metadata.resource_version
    with api.watch(namespace, f"bench={name}", version, PATIENCE) as stream:
        for _, seen in changes(stream):
            phase = seen.status.phase
            refuse(phase == "Failed", f"the pod {name} has failed")
            if phase == "Succeeded":
                return
    message = f"the pod {name} has not ended within {PATIENCE} s"
    raise TimeoutError(message)


def attempt(executor: KubernetesExecutor, x: int, reuse: Reuse | None = None) -> None:
    target = work(double, x=x)
    if target.place is not None:
        target = replace(target, place=replace(target.place, placement=Placement(reuse=reuse)))
    (result,) = run(executor, [target])
    refuse(output(result) != 2 * x, f"unexpected: {result}")


def main(table: str, url: str, times: int) -> None:
    settings, storage = settings_of(json.loads(table)), Storage(url)
    cluster = connect(settings)
    server, namespace = f"bench-{os.getpid()}", settings.namespace or cluster.namespace
    api = Api(connect(settings))
    measured: dict[str, list[float]] = {"attempt": [], "bare": [], "stays": []}
    with using(storage):
        executor = KubernetesExecutor(
            Api(cluster), settings, storage,
            server=server, namespace=namespace, wanted=lambda *_: False,
        )  # fmt: skip
        try:
            attempt(executor, 0)
            for x in range(times):
                pod = bare(settings, namespace)
                seconds, _ = clocked(partial(run_bare, api, pod))
                measured["bare"].append(seconds * 1e3)
                api.delete(namespace, pod["metadata"]["name"], 0)
                seconds, _ = clocked(partial(attempt, executor, x))
                measured["attempt"].append(seconds * 1e3)
            attempt(executor, 0, Reuse())
            for x in range(10 * times):
                seconds, _ = clocked(partial(attempt, executor, x, Reuse()))
                measured["stays"].append(seconds * 1e3)
        finally:
            executor.close()
            api.delete_all(namespace, f"{MINE}={server}")
            api.close()
    report(measured)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
