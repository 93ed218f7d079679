"""Attempts in pods that wait for a quota. Milliseconds, and megabytes.

python ours/kubernetes_attempts.py KUBECONFIG STORAGE COUNT
"""

import sys

from measure import clocked, peak_memory, refuse, report
from volery.data.storage import Storage
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
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


def main(kubeconfig: str, storage: str, count: int) -> None:
    settings = settings_of({"kubeconfig": kubeconfig, "image": "volery", "keep": 0})
    cluster = connect(settings)
    executor = KubernetesExecutor(
        Api(cluster), settings, Storage(storage),
        server="bench", namespace=cluster.namespace, wanted=lambda *_: False,
    )  # fmt: skip
    try:
        attempts(executor, count // 5)
        first = peak_memory()
        seconds, _ = clocked(lambda: attempts(executor, count - count // 5))
    finally:
        executor.close()
    each = seconds * 1e3 / (count - count // 5)
    report({"attempt": [each], "first": [first], "all": [peak_memory()]})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
