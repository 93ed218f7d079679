"""Attempts in pods that wait for a quota. Milliseconds, requests and megabytes.

python ours/kubernetes_attempts.py SETTINGS STORAGE COUNT

SETTINGS are the table [kubernetes], in JSON.
"""

import itertools
import json
import os
import sys
from typing import Any

from measure import clocked, peak_memory, refuse, report
from volery.data.storage import Storage
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
from volery.executors.kubernetes.pod import MINE
from volery.executors.kubernetes.settings import settings_of
from volery.ir.work import Result
from volery.testing.conformance.executor_tasks import double, work


def attempts(executor: KubernetesExecutor, count: int) -> None:
    """As many as there is room for, until all have ended."""
    begun = ended = 0
    while ended < count:
        some = min(executor.room(), count - begun)
        executor.launch([work(double, x=1) for _ in range(some)])
        begun += some
        results = [each for each in executor.poll(0.1) if isinstance(each, Result)]
        failed = [each.failure for each in results if each.failure is not None]
        refuse(bool(failed), f"failed: {failed[:1]}")
        ended += len(results)


class Counted:
    """Connections to an API server, by which all requests go."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._requests = itertools.count()

    def request(self, *arguments: Any, **options: Any) -> Any:
        next(self._requests)
        return self._pool.request(*arguments, **options)

    def all(self) -> int:
        """How many there were; they cannot be counted any further."""
        return next(self._requests)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)


def main(table: str, storage: str, count: int) -> None:
    settings = settings_of(json.loads(table))
    cluster = connect(settings)
    counted = Counted(cluster.pool)
    server, namespace = f"bench-{os.getpid()}", settings.namespace or cluster.namespace
    executor = KubernetesExecutor(
        Api(cluster._replace(pool=counted)), settings, Storage(storage),
        server=server, namespace=namespace, wanted=lambda *_: False,
    )  # fmt: skip
    try:
        attempts(executor, count // 5)
        first = peak_memory()
        seconds, _ = clocked(lambda: attempts(executor, count - count // 5))
    finally:
        executor.close()
        api = Api(connect(settings))
        api.delete_all(namespace, f"{MINE}={server}")
        api.close()
    each = seconds * 1e3 / (count - count // 5)
    requests = counted.all() / count
    report({"attempt": [each], "requests": [requests], "first": [first], "all": [peak_memory()]})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
