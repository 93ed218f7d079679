"""Attempts in pods that stay: hosts, attached to by a WebSocket."""

from __future__ import annotations

import sys

import pytest
from tests.executors.kubernetes.pods import ends, waits
from tests.executors.warmed import Warmed
from tests.servers.kubernetes import Log, Refused

from volery.data.current import current
from volery.executors.kubernetes.settings import settings_of
from volery.executors.kubernetes.warm import HOST, host_pod
from volery.executors.warm.environment import Environment
from volery.ir.placement import Placement, Reuse
from volery.testing.conformance.executor import IsolatedExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance
from volery.testing.conformance.executor_tasks import (
    SECRET,
    code,
    double,
    entrusted,
    hang,
    output,
    results,
    run,
    until_started,
    use_secret,
    work,
)

ENVIRONMENT = Environment("birds", "production", placement=Placement(reuse=Reuse()))


@pytest.fixture
def storage():
    """That of this process, in which the tests look for large outputs."""
    return current()


@pytest.fixture
def executor(start, kubelet):
    assert kubelet
    made = start(namespace="default", python=sys.executable, pods=8, limits={"stop": 1})
    yield warmed(made)
    made.close()


def warmed(executor):
    return Warmed(executor, Reuse((0, 1), concurrency=8), brings_secrets=True)


class TestWarmPods(IsolatedExecutorConformance):
    some = 8
    many = 30
    # A cluster may grow: a pod waits for a node that has as much, and is given up in time.
    test_a_work_that_requests_more_than_there_is_fails_at_once = None


class TestCalls(CallsConformance):
    """Attempts in pods that stay may call others while they run."""


def test_one_pod_serves_many_attempts(executor, cluster):
    for x in range(3):
        assert output(run(executor, [work(double, x=x)])[0]) == 2 * x
    (pod,) = cluster.pods()
    assert pod["metadata"]["labels"][HOST] == "server-1"
    assert cluster.requests["attach"] == 1


def test_attempts_with_secrets_have_a_pod_that_others_are_not_in(executor, cluster):
    plain, secretive = work(use_secret, leak=""), entrusted(work(use_secret, leak=""))
    for _ in range(2):
        other, mine = run(executor, [plain, secretive])
        assert code(other) == "NotFound"
        assert output(mine) == len(SECRET.value)
    mounted = [[each["name"] for each in pod["spec"].get("volumes", ())] for pod in cluster.pods()]
    assert sorted(mounted) == [[], ["volery-secrets"]]


def test_a_secret_that_the_cluster_does_not_have_is_named(executor, kubelet):
    kubelet.secrets.clear()
    (result,) = run(executor, [entrusted(work(use_secret, leak=""))])
    assert code(result) == "NotFound"
    assert "the secret conformance/password is not in the container" in result.failure.message


def test_a_pod_ends_with_its_executor(executor, cluster):
    run(executor, [work(double, x=1)])
    executor.close()
    cluster.wait_for(lambda: cluster.pods() == [])


def test_works_of_a_pod_that_ends_by_itself_fail_by_its_cause(executor, cluster, kubelet):
    stuck = work(hang)
    executor.launch([stuck])
    until_started(executor, stuck)
    (pod,) = cluster.pods()
    kubelet.kill(pod["metadata"]["name"], "OOMKilled")
    assert code(results(executor, [stuck])[0]) == "OutOfMemory"
    assert output(run(executor, [work(double, x=3)])[0]) == 6


def test_an_attempt_waits_for_an_api_server_that_is_away(executor, cluster):
    cluster.go_away()
    target = work(double, x=1)
    executor.launch([target])
    assert executor.poll(0.5) == []
    cluster.start()
    assert output(results(executor, [target])[0]) == 2
    assert len(cluster.pods()) == 1


def test_an_attempt_waits_for_the_quota(executor, cluster):
    cluster.quota = 0
    target = work(double, x=1)
    executor.launch([target])
    cluster.wait_for(lambda: cluster.full)
    cluster.quota = 1
    assert output(results(executor, [target])[0]) == 2


def test_a_pod_whose_creation_was_not_confirmed_is_not_made_twice(executor, cluster):
    cluster.unconfirmed = 1
    assert output(run(executor, [work(double, x=1)])[0]) == 2
    assert len(cluster.pods()) == 1


def test_a_right_that_is_missing_is_named_at_once(executor, cluster):
    said = (
        'pods "p" is forbidden: User "volery" cannot create resource "pods/attach" in API group ""'
        ' in the namespace "default"'
    )
    cluster.refuse = lambda verb, _: Refused(403, "Forbidden", said) if verb == "attach" else None
    (result,) = run(executor, [work(double, x=1)])
    assert code(result) == "Forbidden"
    assert 'resources: ["pods/attach"]' in result.failure.message
    assert cluster.requests["attach"] == 1


def test_a_pod_that_does_not_come_up_is_given_up_in_time(start, cluster):
    cluster.node = waits("ErrImagePull", "volery:1: not found")
    executor = start(namespace="default", limits={"pull": 0.1, "stop": 1})
    (result,) = run(warmed(executor), [work(double, x=1)])
    assert code(result) == "ImageNotFound"


def test_an_image_without_volery_is_told(start, cluster):
    def node(cluster, pod):
        log = cluster.logs[pod["metadata"]["uid"] + "primary"] = Log()
        log.write(b"/usr/bin/python3: No module named volery\n")
        ends(cluster, pod, status=1)

    cluster.node = node
    (result,) = run(warmed(start(namespace="default")), [work(double, x=1)])
    assert code(result) == "ImageWithoutVolery"
    assert len(cluster.pods()) == 0


def test_the_pod_of_a_host_waits_for_what_is_said_to_it():
    pod = host_pod(ENVIRONMENT, "host-1", "birds", "server-1", settings_of({"image": "volery:1"}))
    (primary,) = pod["spec"]["containers"]
    assert primary["command"] == ["python3", "-m", "volery.worker.host"]
    assert (primary["stdin"], primary["stdinOnce"]) == (True, True)
    labels = pod["metadata"]["labels"]
    assert labels[HOST] == "server-1"
    assert "volery.dev/server" not in labels


def test_a_pod_for_which_there_is_no_image_fails_its_works(start):
    (result,) = run(warmed(start(image="", namespace="default")), [work(double, x=1)])
    assert code(result) == "NoImage"
