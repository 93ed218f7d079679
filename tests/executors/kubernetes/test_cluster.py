"""The suite for executors on a real cluster: ``make test-kubernetes``.

`tests.servers.cluster` says which variables name it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from msgspec.structs import replace
from tests.executors.warmed import Warmed
from tests.servers.cluster import cluster_settings, said

from volery.data.current import current, using
from volery.data.storage import Storage
from volery.executors.base import Executor
from volery.executors.kubernetes.api import Api
from volery.executors.kubernetes.connect import connect
from volery.executors.kubernetes.executor import KubernetesExecutor
from volery.executors.kubernetes.pod import MINE
from volery.executors.kubernetes.warm import HOST
from volery.ir.placement import Reuse
from volery.ir.policy import Request
from volery.testing.conformance.executor import (
    IsolatedExecutorConformance,
    LastingExecutorConformance,
)
from volery.testing.conformance.executor_calls import CallsConformance
from volery.testing.conformance.executor_tasks import SECRET, code, grow, run, work

pytestmark = pytest.mark.kubernetes

SERVER = f"tests-{os.getpid()}"


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


@pytest.fixture
def storage() -> Iterator[Storage]:
    with ExitStack() as stack:
        if url := said("STORAGE"):
            stack.enter_context(using(Storage(url)))
        yield current()


@pytest.fixture(scope="module")
def secret() -> Iterator[None]:
    """The Secret of the suite."""
    from kubernetes import client, config

    settings = cluster_settings(current())
    configuration = client.Configuration()
    config.load_kube_config(client_configuration=configuration)
    configuration.host = settings.api or configuration.host
    core = client.CoreV1Api(client.ApiClient(configuration))
    namespace = settings.namespace or connect(settings).namespace
    body = {"metadata": {"name": SECRET.group}, "stringData": {SECRET.key: SECRET.value}}
    core.create_namespaced_secret(namespace, body)
    yield
    core.delete_namespaced_secret(SECRET.group, namespace)


@pytest.fixture
def start(storage, secret):
    """A function that makes executors, of which nothing is left at the end."""
    settings = cluster_settings(storage)
    with ExitStack() as stack:

        def make() -> KubernetesExecutor:
            return stack.enter_context(opened(settings, storage))

        yield make
        stack.close()
        api, namespace = Api(connect(settings)), settings.namespace or connect(settings).namespace
        for label in (MINE, HOST):  # what was not waited for
            api.delete_all(namespace, f"{label}={SERVER}")
        api.close()


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


def test_an_attempt_that_uses_up_its_memory_is_told_so(executor):
    greedy = work(grow, text="x" * 60_000_000)
    (result,) = run(executor, [replace(greedy, requests=Request(mem=64 << 20))])
    assert code(result) == "OutOfMemory"
