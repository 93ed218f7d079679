"""A cluster in miniature, and executors on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from tests.servers.kubelet import Kubelet
from tests.servers.kubernetes import Cluster

from volery.data.storage import Storage
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
from volery.executors.kubernetes.settings import settings_of
from volery.testing.conformance.executor_tasks import SECRET

REAL = ("KUBECONFIG", "VOLERY_TEST_KUBERNETES_IMAGE")
collect_ignore = [] if all(map(os.environ.get, REAL)) else ["test_cluster.py"]
"""A real cluster is there when somebody says so: ``make test-kubernetes``."""

Start = Callable[..., KubernetesExecutor]


@pytest.fixture
def cluster():
    """A cluster whose node does nothing by itself."""
    made = Cluster()
    made.start()
    yield made
    made.go_away()


@pytest.fixture
def kubelet(cluster: Cluster, tmp_path: Path):
    """The node of the cluster: pods are processes of this machine."""
    made = Kubelet(tmp_path / "volumes")
    made.secrets[SECRET.group] = {SECRET.key: SECRET.value}
    cluster.node, cluster.stop = made.run, made.stop
    yield made
    made.close()


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Where the documents of attempts are."""
    return Storage((tmp_path / "storage").as_uri())


@pytest.fixture
def start(cluster: Cluster, storage: Storage, tmp_path: Path):
    """A function that makes executors, which are closed at the end."""
    made: list[KubernetesExecutor] = []

    def make(wanted=lambda *_: True, clock=monotonic, **table: Any) -> KubernetesExecutor:
        file = cluster.kubeconfig(tmp_path)
        settings = settings_of({"kubeconfig": str(file), "image": "volery:1"} | table)
        found = connect(settings)
        made.append(
            KubernetesExecutor(
                Api(found), settings, storage,
                server="server-1", namespace=found.namespace, wanted=wanted, clock=clock,
                folder=tmp_path / "kubernetes",
            )
        )  # fmt: skip
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(start: Start) -> KubernetesExecutor:
    return start()
