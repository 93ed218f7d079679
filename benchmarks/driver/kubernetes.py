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
from tests.servers.cluster import cluster_settings, is_there, said
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
LASTS = Kind(8.0, 80)
MIX = (*[SHORT] * 5, *[TALKS] * 4, LASTS)
"""Ten pods: half of them end soon and print nothing; the others print more than a status takes."""

Begun = tuple[float, int, Kind, Pod]
"""A pod: when it ends, its number and its kind."""
Node = Callable[[Cluster, Pod], None]


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
    many, long = (500, 200) if bench.quick else (5_000, 1_000)
    mixed, lasting = _attempts(bench, many, MIX), _attempts(bench, long, (LASTS,))
    what = f"{many:,} attempts with a quota of {QUOTA} pods"
    each = "requests an attempt, beyond the watch"
    growth = mixed.memory_of_all / mixed.memory
    return [
        Row(f"{what}: refused by the quota, an attempt", "", mixed.refused),
        Row(f"{what}: {each}", "", mixed.requests, Target(2)),
        Row(f"{what}: memory after a fifth of them", "MB", mixed.memory),
        Row(f"{what}: memory after all, beside that", "times", growth, Target(1.1)),
        Row(f"{what}: an attempt", "ms", mixed.attempt),
        Row(f"{long:,} attempts of {LASTS.lasts:g} s that print: {each}", "", lasting.requests),
    ]


class Taken(NamedTuple):
    """What attempts have taken, each: milliseconds, requests, and refusals by the quota.

    Memory is that of the engine, in megabytes, after a fifth of them and after all.
    """

    attempt: float
    requests: float
    refused: float
    memory: float
    memory_of_all: float


def _attempts(bench: Bench, many: int, kinds: tuple[Kind, ...]) -> Taken:
    cluster, pods = Cluster(), queue.SimpleQueue[Begun | None]()
    cluster.quota = QUOTA
    cluster.node = _node(pods, kinds)
    cluster.start()
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage((Path(folder) / "storage").as_uri())
        kubelet = threading.Thread(target=_run, args=(cluster, storage, pods))
        kubelet.start()
        file = cluster.kubeconfig(Path(folder))
        command = [PYTHON, "ours/kubernetes_attempts.py", file, storage.url, str(many)]
        try:
            taken = bench.scripts(1, ours=command)["ours"]
        finally:
            pods.put(None)
            kubelet.join()
            cluster.go_away()
    shared = cluster.requests["list"] + cluster.requests["watch"]
    requests = (cluster.requests.total() - shared) / many
    refused = cluster.full / many
    return Taken(taken["attempt"], requests, refused, taken["first"], taken["all"])


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
