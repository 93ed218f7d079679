"""Attempts in pods that stay: hosts, attached to by a WebSocket."""

from __future__ import annotations

import sys

import pytest
from msgspec.structs import replace
from tests.executors.kubernetes.pods import Clock, ends, waits
from tests.executors.warmed import Warmed
from tests.servers.kubernetes import Log, Refused

from volery.data.current import current
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.contact import Contact
from volery.executors.kubernetes.host import HOST, host_pod
from volery.executors.kubernetes.pod import ATTEMPT, MINE
from volery.executors.kubernetes.settings import settings_of
from volery.executors.kubernetes.space import Space
from volery.executors.kubernetes.status import Meta, Pod, Status
from volery.executors.kubernetes.warm import Room
from volery.executors.warm.environment import Environment
from volery.executors.warm.pool import FAILED_STARTS
from volery.ir.placement import Placement, Reuse
from volery.ir.policy import Request
from volery.testing.conformance.executor import UnlimitedExecutorConformance
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


class TestWarmPods(UnlimitedExecutorConformance):
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


def theirs(cluster):
    """A pod of others."""
    node, cluster.node = cluster.node, None
    made = cluster.create("default", {"metadata": {"name": "theirs"}, "spec": {}})
    cluster.node = node
    return made


def test_an_attempt_waits_for_the_quota(executor, cluster):
    other = theirs(cluster)
    cluster.quota = 1
    target = work(double, x=1)
    executor.launch([target])
    cluster.wait_for(lambda: cluster.full)
    cluster.remove(other)
    assert output(results(executor, [target])[0]) == 2


def test_a_pod_for_which_others_leave_no_room_is_given_up_in_time(start, cluster):
    """It was asked for for ever."""
    theirs(cluster)
    cluster.quota = 1
    executor = start(namespace="default", limits={"quota": 0.1})
    (result,) = run(warmed(executor), [work(double, x=1)])
    assert code(result) == "QuotaUsedUp"
    assert "used: pods=1, limited: pods=1" in result.failure.message


def test_a_pod_that_is_larger_than_the_quota_fails_at_once(start, cluster):
    """It was asked for for ever."""
    cluster.cpus = 2
    large = replace(work(double, x=1), requests=Request(cpu=4))
    (result,) = run(warmed(start(namespace="default")), [large])
    assert code(result) == "QuotaTooSmall"
    assert cluster.full == 1


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def space(clock):
    """A namespace whose pods are heard of."""
    made = Space("default", contact=Contact(clock))
    with made.contact.made():
        yield made


FULL = Refusal(403, "Forbidden", "exceeded quota: q, requested: pods=1, used: pods=1, limited: ...")


def lasts(room, clock):
    """Whether there may be room for a host after a long time of refusals."""
    assert room(FULL)
    clock.now += 3600.0
    return room(FULL)


def test_a_host_waits_for_room_as_long_as_another_one_does_its_work(space, clock):
    room = Room(space, "volery-birds-2", 60.0)
    space.hosts["volery-birds-1"] = Pod(Meta("volery-birds-1", uid="1"), Status("Running"))
    assert lasts(room, clock)
    space.forget("volery-birds-1")
    assert not lasts(room, clock)


def test_a_host_waits_for_room_as_long_as_attempts_run(space, clock):
    space.running = 1
    assert lasts(Room(space, "volery-birds-2", 60.0), clock)


@pytest.mark.parametrize(
    "other",
    [
        Pod(Meta("volery-fish-1", uid="1"), Status("Running")),
        Pod(Meta("volery-birds-1", uid="1"), Status("Succeeded")),
        Pod(Meta("volery-birds-1")),
    ],
    ids=["of-another-environment", "ended", "not-there-yet"],
)
def test_a_host_does_not_wait_for_room_for_ever_because_of_one_that_does_other_work(
    space, clock, other
):
    space.hosts[other.metadata.name] = other
    assert not lasts(Room(space, "volery-birds-2", 60.0), clock)


def test_a_pod_that_comes_up_is_told_by_the_watch(executor, cluster, kubelet):
    """It was asked for four times a second."""
    run(executor, [work(double, x=1)])
    executor.close()
    cluster.wait_for(lambda: not cluster.pods())
    asked = dict(cluster.requests)
    assert asked == {"list": 1, "watch": 1, "create": 1, "attach": 1, "delete": 1}


def test_a_pod_of_which_no_news_came_is_asked_for_before_it_is_given_up(start, cluster, kubelet):
    assert kubelet
    clock, cluster.mute = Clock(), True
    executor = start(clock=clock, namespace="default", python=sys.executable)
    clock.step = 1_000.0
    assert output(run(warmed(executor), [work(double, x=1)])[0]) == 2


def test_time_in_which_the_api_server_is_away_is_not_held_against_a_pod(start, cluster, kubelet):
    """It had failed as one that did not start in time."""
    clock = Clock()
    executor = warmed(start(clock=clock, namespace="default", python=sys.executable))
    target = work(double, x=1)
    cluster.node = None
    executor.launch([target])
    cluster.wait_for(lambda: cluster.pods() and cluster.requests["watch"])
    cluster.go_away()
    cluster.refuse = lambda *_: Refused(503, "ServiceUnavailable", "it comes up")
    cluster.start()
    cluster.wait_for(lambda: cluster.requests["watch"] > 1)
    clock.now += 3600.0
    cluster.refuse = lambda *_: None
    assert executor.poll(1.5) == []  # it was looked at, once a second
    kubelet.run(cluster, cluster.pods()[0])
    assert output(results(executor, [target])[0]) == 2


def test_a_right_to_see_pods_that_is_missing_is_named(start, cluster):
    said = 'pods is forbidden: User "volery" cannot watch resource "pods" in API group ""'
    cluster.refuse = lambda verb, _: Refused(403, "Forbidden", said) if verb == "watch" else None
    (result,) = run(warmed(start(namespace="default")), [work(double, x=1)])
    assert code(result) == "Forbidden"
    assert 'verbs: ["watch"]' in result.failure.message
    cluster.wait_for(lambda: not cluster.pods())


def test_a_pod_that_somebody_deletes_on_its_way_up_is_told(start, cluster):
    executor = warmed(start(namespace="default"))
    target = work(double, x=1)
    executor.launch([target])
    for _ in range(FAILED_STARTS):
        cluster.wait_for(cluster.pods)
        cluster.remove(cluster.pods()[0])
    assert code(results(executor, [target])[0]) == "ContainerDeleted"


def test_what_is_left_of_hosts_of_an_engine_that_has_died_is_removed(start, cluster, kubelet):
    left = host_pod(ENVIRONMENT, "left", "default", "server-1", settings_of({"image": "volery:1"}))
    cluster.node = None
    ends(cluster, cluster.create("default", left))
    cluster.node = kubelet.run
    executor = warmed(start(namespace="default", python=sys.executable, keep=0))
    run(executor, [work(double, x=1)])
    cluster.wait_for(lambda: "left" not in {each["metadata"]["name"] for each in cluster.pods()})


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
    assert labels[HOST] == labels[MINE] == "server-1"
    assert ATTEMPT not in labels


def test_a_pod_for_which_there_is_no_image_fails_its_works(start):
    (result,) = run(warmed(start(image="", namespace="default")), [work(double, x=1)])
    assert code(result) == "NoImage"
