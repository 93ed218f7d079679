"""The suite for executors on a real cluster: ``make test-kubernetes``.

`tests.servers.cluster` says which variables name it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import pytest
from msgspec import to_builtins
from tests.executors.kubernetes.anywhere import Anywhere
from tests.executors.warmed import Warmed
from tests.servers.cluster import cluster_settings, core as client_of, quota, said

from volery.data.current import current, using
from volery.data.storage import Storage
from volery.executors.base import Executor
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
from volery.executors.kubernetes.host import HOST
from volery.executors.kubernetes.pod import MINE
from volery.executors.kubernetes.settings import settings_of
from volery.ir.placement import Reuse
from volery.testing.conformance.executor import (
    IsolatedExecutorConformance,
    LastingExecutorConformance,
)
from volery.testing.conformance.executor_calls import CallsConformance
from volery.testing.conformance.executor_tasks import SECRET

pytestmark = pytest.mark.kubernetes

SERVER = f"tests-{os.getpid()}"
NAME = f"volery-{SERVER}"
"""Of what the tests make in the cluster."""


class TestRealPods(LastingExecutorConformance):
    some = 8
    many = 12
    # A cluster may grow: a pod waits for a node that has as much, and is given up in time.
    test_a_work_that_requests_more_than_there_is_fails_at_once = None


class TestRealWarmPods(IsolatedExecutorConformance):
    some = 8
    many = 100
    test_a_work_that_requests_more_than_there_is_fails_at_once = None

    @pytest.fixture
    def executor(self, start):
        return warmed(start())


class TestRealCalls(CallsConformance):
    """Attempts in pods that stay may call others while they run."""

    @pytest.fixture
    def executor(self, start):
        return warmed(start())


class TestReal(Anywhere):
    """In a namespace of its own: a quota is for all that is there."""

    @pytest.fixture
    def folder(self):
        return "/var/volery"

    @pytest.fixture
    def quota(self, core, namespace):
        while core.list_namespaced_pod(namespace).items:
            time.sleep(0.2)  # those of earlier tests would count
        with ExitStack() as stack:
            settings = cluster_settings(current())
            yield lambda pods: stack.enter_context(quota(settings, NAME, pods))

    @pytest.fixture
    def stranger(self, core, namespace, start, tmp_path):
        """Somebody with a service account that has no rights."""
        core.create_namespaced_service_account(namespace, {"metadata": {"name": NAME}})
        body = {"spec": {"expirationSeconds": 3600}}
        answer = core.create_namespaced_service_account_token(NAME, namespace, body)
        file = tmp_path / "kubeconfig"
        file.write_text(kubeconfig(core.api_client.configuration, namespace, answer.status.token))
        yield partial(start, kubeconfig=str(file))
        core.delete_namespaced_service_account(NAME, namespace)


def kubeconfig(known, namespace: str, token: str) -> str:
    """A file for somebody else on the same cluster."""
    trust = {"certificate-authority": known.ssl_ca_cert} if known.ssl_ca_cert else {}
    if not known.verify_ssl:
        trust = {"insecure-skip-tls-verify": True}
    context = {"cluster": "here", "user": "stranger", "namespace": namespace}
    told = {
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "clusters": [{"name": "here", "cluster": {"server": known.host, **trust}}],
        "users": [{"name": "stranger", "user": {"token": token}}],
        "contexts": [{"name": "here", "context": context}],
    }  # fmt: skip
    return json.dumps(told)


@pytest.fixture
def storage() -> Iterator[Storage]:
    with ExitStack() as stack:
        if url := said("STORAGE"):
            stack.enter_context(using(Storage(url)))
        yield current()


@pytest.fixture(scope="module")
def namespace() -> str:
    settings = cluster_settings(current())
    return settings.namespace or connect(settings).namespace


@pytest.fixture(scope="module")
def core() -> Any:
    """The official client of the cluster."""
    return client_of(cluster_settings(current()))


@pytest.fixture(scope="module")
def secret(core, namespace) -> Iterator[None]:
    """The Secret of the suite."""
    from kubernetes import client

    body = {"metadata": {"name": SECRET.group}, "stringData": {SECRET.key: SECRET.value}}
    with suppress(client.ApiException):  # one that a suite has left which was killed
        core.delete_namespaced_secret(SECRET.group, namespace)
    core.create_namespaced_secret(namespace, body)
    yield
    core.delete_namespaced_secret(SECRET.group, namespace)


@pytest.fixture
def start(storage, secret, api, namespace):
    """A function that makes executors, of which nothing is left at the end."""
    settings = cluster_settings(storage)
    with ExitStack() as stack:

        def make(**table: Any) -> KubernetesExecutor:
            changed = settings_of({**to_builtins(settings), **table})
            return stack.enter_context(opened(changed, storage))

        yield make
        stack.close()
        for label in (MINE, HOST):  # what was not waited for
            api.delete_all(namespace, f"{label}={SERVER}")


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api(connect(cluster_settings(current())))
    yield made
    made.close()


@pytest.fixture
def lose(api, namespace):
    def delete():
        mine = f"{MINE}={SERVER}"
        for pod in api.page(namespace, mine, "").pods:
            api.delete(namespace, pod.metadata.name, 0)
        while api.page(namespace, mine, "").pods:
            time.sleep(0.2)  # a test may ask as well as watch

    return delete


@contextmanager
def opened(settings, storage):
    cluster = connect(settings)
    executor = KubernetesExecutor(
        Api(cluster), settings, storage,
        server=SERVER, namespace=settings.namespace or cluster.namespace, wanted=lambda *_: False,
    )  # fmt: skip
    yield executor
    executor.close()


def warmed(executor: Executor) -> Warmed:
    return Warmed(executor, Reuse((0, 1), concurrency=8), brings_secrets=True)


@pytest.fixture
def executor(start):
    return start()


@pytest.fixture
def reopen(start):
    def close_and_open(executor):
        executor.close()
        return start()

    return close_and_open
