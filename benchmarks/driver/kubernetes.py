"""Attempts in pods."""

import queue
import tempfile
import threading
import time
from pathlib import Path

import msgspec
from tests.servers.cluster import cluster_settings, is_there, said
from tests.servers.kubernetes import Cluster, Log, Pod

from driver.bench import PYTHON, Bench
from driver.rows import Row, Target
from volery.data.storage import Storage
from volery.ir.invocation import Outcome
from volery.ir.values import pack
from volery.worker.records import NOTE

QUOTA = 50
LASTS = 0.5
"""Seconds that a pod lasts, so that others wait for it."""

Begun = tuple[float, Pod]
"""A pod, and when it began."""


def bench_kubernetes(bench: Bench) -> list[Row]:
    """Pods on an API server in miniature, and on a real cluster where somebody names one."""
    return _quota(bench) + (_overhead(bench) if is_there() else [])


def _overhead(bench: Bench) -> list[Row]:
    """Attempts beside bare pods."""
    storage = said("STORAGE") or (bench.scratch / "storage").as_uri()
    settings = msgspec.json.encode(cluster_settings(Storage(storage))).decode()
    times = "3" if bench.quick else "20"
    command = [PYTHON, "ours/kubernetes_overhead.py", settings, storage, times]
    taken = bench.scripts(1, ours=command)["ours"]
    more = taken["attempt"] / taken["bare"] - 1
    return [
        Row("a bare pod of a Python, from its creation to its end", "ms", taken["bare"]),
        Row("an attempt in a pod", "ms", taken["attempt"]),
        Row("an attempt in a pod, beyond a bare pod", "%", more * 100, Target(10)),
        Row("an attempt in a pod that stays", "ms", taken["stays"], Target(30)),
    ]


def _quota(bench: Bench) -> list[Row]:
    """Attempts that wait for a quota of pods."""
    attempts = 500 if bench.quick else 5_000
    cluster, pods = Cluster(), queue.SimpleQueue[Begun | None]()
    cluster.quota = QUOTA
    cluster.node = lambda _, pod: pods.put((time.monotonic(), pod))
    cluster.start()
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage((Path(folder) / "storage").as_uri())
        kubelet = threading.Thread(target=_run, args=(cluster, storage, pods))
        kubelet.start()
        file = cluster.kubeconfig(Path(folder))
        command = [PYTHON, "ours/kubernetes_attempts.py", file, storage.url, str(attempts)]
        try:
            taken = bench.scripts(1, ours=command)["ours"]
        finally:
            pods.put(None)
            kubelet.join()
            cluster.go_away()
    shared = cluster.requests["list"] + cluster.requests["watch"]
    requests = (cluster.requests.total() - shared) / attempts
    what = f"{attempts:,} attempts with a quota of {QUOTA} pods"
    return [
        Row(f"{what}: refused by the quota, an attempt", "", cluster.full / attempts),
        Row(f"{what}: requests an attempt, beyond the watch", "", requests, Target(2)),
        Row(f"{what}: memory after all of them, beyond that after a tenth", "MB", taken["growth"]),
        Row(f"{what}: an attempt", "ms", taken["attempt"]),
    ]


def _run(cluster: Cluster, storage: Storage, pods: queue.SimpleQueue[Begun | None]) -> None:
    """A kubelet whose containers succeed after a while."""
    outcome = msgspec.json.encode(Outcome(record=pack({"o0": 2}), started=1.0, ended=2.0))
    while begun := pods.get():
        since, pod = begun
        time.sleep(max(0.0, since + LASTS - time.monotonic()))
        said = pod["metadata"]["annotations"]
        folder = "/".join(said[f"volery.dev/{name}"] for name in ("execution", "path", "number"))
        storage.put_named(f"{folder}/outcome.json", outcome)
        log = cluster.logs[pod["metadata"]["uid"] + "primary"] = Log()
        log.end()
        state = {"terminated": {"exitCode": 0, "reason": "Completed", "message": NOTE}}
        statuses = [{"name": "primary", "state": state}]
        cluster.set_status(pod, phase="Succeeded", containerStatuses=statuses)
