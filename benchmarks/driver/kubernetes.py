"""Attempts in pods."""

import heapq
import queue
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import count, cycle
from pathlib import Path
from typing import NamedTuple

import msgspec
from tests.servers.cluster import cluster_settings, is_there, quota, said
from tests.servers.kubernetes import Cluster, Log, Pod

from driver.bench import PYTHON, Bench
from driver.rows import Row, Target
from volery.data.storage import Storage
from volery.ir.invocation import Outcome
from volery.ir.values import pack
from volery.worker.records import KEPT, LOG, NOTE

QUOTA = 50


class Kind(NamedTuple):
    """A kind of pod: how many seconds it lasts, and how many lines of 100 bytes it prints."""

    lasts: float
    lines: int


SHORT = Kind(0.5, 0)
TALKS = Kind(1.5, 80)
LASTS = Kind(16.0, 80)
MIX = (*[SHORT] * 5, *[TALKS] * 4, LASTS)
"""Ten pods: half of them end soon and print nothing; the others print more than a status takes."""

Taken = dict[str, float]
"""What attempts have taken: each milliseconds and requests, and the engine megabytes of memory,
after a fifth of them and after all."""
Begun = tuple[float, int, Kind, Pod]
"""A pod: when it ends, its number and its kind."""
Node = Callable[[Cluster, Pod], None]


def bench_kubernetes(bench: Bench) -> list[Row]:
    """Pods on an API server in miniature, and on a real cluster where somebody names one."""
    return _in_miniature(bench) + (_on_a_cluster(bench) if is_there() else [])


def _on_a_cluster(bench: Bench) -> list[Row]:
    """Attempts beside bare pods, and attempts that wait for a quota."""
    storage = Storage(said("STORAGE") or (bench.scratch / "storage").as_uri())
    return _overhead(bench, storage) + _quota(bench, storage)


def _overhead(bench: Bench, storage: Storage) -> list[Row]:
    """Attempts beside bare pods."""
    settings = msgspec.json.encode(cluster_settings(storage)).decode()
    times = "3" if bench.quick else "20"
    command = [PYTHON, "ours/kubernetes_overhead.py", settings, storage.url, times]
    taken = bench.scripts(1, ours=command)["ours"]
    more = taken["attempt"] / taken["bare"] - 1
    return [
        Row("a bare pod of a Python, from its creation to its end", "ms", taken["bare"]),
        Row("an attempt in a pod", "ms", taken["attempt"]),
        Row("an attempt in a pod, beyond a bare pod", "%", more * 100, Target(10)),
        Row("an attempt in a pod that stays", "ms", taken["stays"], Target(30)),
    ]


def _quota(bench: Bench, storage: Storage) -> list[Row]:
    """Attempts that wait for a quota of pods."""
    many = 100 if bench.quick else 5_000
    settings = msgspec.structs.replace(cluster_settings(storage), pods=many)
    with quota(settings, "volery-bench", QUOTA):
        taken = _taken(bench, msgspec.json.encode(settings).decode(), storage.url, many)
    return _rows(f"{many:,} attempts on the cluster with a quota of {QUOTA} pods", taken)


def _in_miniature(bench: Bench) -> list[Row]:
    """Attempts that wait for a quota of pods, and those that last."""
    many, long = (500, 100) if bench.quick else (5_000, 500)
    mixed, refused = _attempts(bench, many, MIX)
    lasting, _ = _attempts(bench, long, (LASTS,))
    what = f"{many:,} attempts with a quota of {QUOTA} pods"
    lasts = f"{long:,} attempts of {LASTS.lasts:g} s that print"
    return [
        Row(f"{what}: refused by the quota, an attempt", "", refused),
        *_rows(what, mixed),
        Row(f"{lasts}: requests an attempt", "", lasting["requests"]),
    ]


def _rows(what: str, taken: Taken) -> list[Row]:
    growth = taken["all"] / taken["first"]
    return [
        Row(f"{what}: requests an attempt", "", taken["requests"], Target(2)),
        Row(f"{what}: memory after a fifth of them", "MB", taken["first"]),
        Row(f"{what}: memory after all, beside that", "times", growth, Target(1.1)),
        Row(f"{what}: an attempt", "ms", taken["attempt"]),
    ]


def _taken(bench: Bench, settings: str, storage: str, many: int) -> Taken:
    command = [PYTHON, "ours/kubernetes_attempts.py", settings, storage, str(many)]
    return bench.scripts(1, ours=command)["ours"]


def _attempts(bench: Bench, many: int, kinds: tuple[Kind, ...]) -> tuple[Taken, float]:
    """On the API server in miniature; and how many pods it has refused for each."""
    cluster, pods = Cluster(), queue.SimpleQueue[Begun | None]()
    cluster.quota = QUOTA
    cluster.node = _node(pods, kinds)
    cluster.start()
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage((Path(folder) / "storage").as_uri())
        kubelet = threading.Thread(target=_run, args=(cluster, storage, pods))
        kubelet.start()
        file = str(cluster.kubeconfig(Path(folder)))
        settings = {"kubeconfig": file, "image": "volery", "keep": 0}
        try:
            taken = _taken(bench, msgspec.json.encode(settings).decode(), storage.url, many)
        finally:
            pods.put(None)
            kubelet.join()
            cluster.go_away()
    return taken, cluster.full / many


def _node(pods: queue.SimpleQueue[Begun | None], kinds: tuple[Kind, ...]) -> Node:
    """A node on which containers run at once; some print all that they do at their beginning."""
    numbers, turns = count(), cycle(kinds)

    def run(cluster: Cluster, pod: Pod) -> None:
        kind = next(turns)
        log = cluster.logs[pod["metadata"]["uid"] + "primary"] = Log()
        for _ in range(kind.lines):
            log.write(b"x" * 99 + b"\n")
        state = {"name": "primary", "state": {"running": {}}}
        cluster.set_status(pod, phase="Running", containerStatuses=[state])
        pods.put((time.monotonic() + kind.lasts, next(numbers), kind, pod))

    return run


def _run(cluster: Cluster, storage: Storage, pods: queue.SimpleQueue[Begun | None]) -> None:
    """A kubelet whose containers succeed when their time is over."""
    running: list[Begun] = []
    while True:
        wait = max(0.0, running[0][0] - time.monotonic()) if running else None
        try:
            begun = pods.get(timeout=wait)
        except queue.Empty:
            _, _, kind, pod = heapq.heappop(running)
            _end(cluster, storage, kind, pod)
        else:
            if begun is None:
                return
            heapq.heappush(running, begun)


def _end(cluster: Cluster, storage: Storage, kind: Kind, pod: Pod) -> None:
    """A container leaves what Volery's own program does."""
    said = pod["metadata"]["annotations"]
    folder = "/".join(said[f"volery.dev/{name}"] for name in ("execution", "path", "number"))
    outcome = Outcome(record=pack({"o0": 2}), started=1.0, ended=2.0)
    storage.put_named(f"{folder}/outcome.json", msgspec.json.encode(outcome))
    if kind.lines:
        storage.put_named(f"{folder}/{LOG}", (b"1.5 " + b"x" * 99 + b"\n") * kind.lines)
    cluster.logs[pod["metadata"]["uid"] + "primary"].end()
    note = KEPT if kind.lines else NOTE
    state = {"terminated": {"exitCode": 0, "reason": "Completed", "message": note}}
    statuses = [{"name": "primary", "state": state}]
    cluster.set_status(pod, phase="Succeeded", containerStatuses=statuses)
