"""Attempts in pods, against a cluster whose node does what a test says."""

from __future__ import annotations

from threading import Event

import pytest
from tests.executors.kubernetes.pods import (
    Clock,
    attempt,
    container,
    ends,
    leaves,
    runs,
    succeeds,
    waits,
)
from tests.servers.kubernetes import Refused

from volery.data.names import NAMED
from volery.data.places import path_of
from volery.executors.base import Printed
from volery.executors.contained.invocations import outcome_name
from volery.executors.contained.lines import LEFT_OUT
from volery.executors.kubernetes.executor import AHEAD, FEW
from volery.ir.placement import ContainerCommand
from volery.ir.policy import Request
from volery.ir.values import unpack
from volery.ir.work import Result
from volery.testing.conformance.executor_tasks import code, heard, results
from volery.worker.records import NOTE


def value(result):
    assert result.failure is None, result.failure
    return unpack(result.outputs)["o0"]


def forbidden(verb):
    """How an API server refuses who may not do that with pods."""
    said = (
        f'pods is forbidden: User "system:serviceaccount:volery:server" cannot {verb} resource '
        '"pods" in API group "" in the namespace "default"'
    )
    return Refused(403, "Forbidden", said)


def launched(executor, cluster, *works):
    """Launch works, and wait until there is a pod for each."""
    executor.launch(works)
    cluster.wait_for(lambda: len(cluster.pods()) >= len(works))
    return cluster.pods()


# --- from a work to a result ----------------------------------------------------------------------


def test_an_attempt_costs_one_pod_and_two_requests(executor, cluster, storage):
    cluster.node = succeeds(storage)
    works = [attempt() for _ in range(20)]
    executor.launch(works)
    assert [value(each) for each in results(executor, works)] == [1] * 20
    assert (cluster.requests["create"], cluster.requests["log"]) == (20, 20)
    assert (cluster.requests["list"], cluster.requests["watch"]) == (1, 1)
    assert cluster.requests["get"] == cluster.requests["delete"] == 0


def test_a_log_that_came_with_the_status_is_not_asked_for(executor, cluster, storage):
    def node(cluster, pod):
        leaves(storage, pod)
        ends(cluster, pod, message=f"{NOTE}one\n")

    cluster.node = node
    target = attempt()
    executor.launch([target])
    (told,) = heard(executor, [target])
    assert [each.text for each in told.records] == ["one"]
    assert cluster.requests["log"] == 0


def test_pods_that_have_ended_are_deleted_together(start, cluster, storage):
    cluster.node = succeeds(storage)
    executor = start(keep=0)
    works = [attempt() for _ in range(40)]
    executor.launch(works)
    results(executor, works)
    cluster.wait_for(lambda: not cluster.pods())
    assert cluster.requests["deletecollection"] == 1


def test_a_pod_that_has_ended_is_kept_for_a_while(start, cluster, storage):
    cluster.node = succeeds(storage)
    executor = start(keep=1000)
    works = [attempt() for _ in range(40)]
    executor.launch(works)
    results(executor, works)
    assert len(cluster.pods()) == 40


def test_what_a_pod_prints_comes_while_it_runs(executor, cluster, storage):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    log = cluster.logs[pod["metadata"]["uid"] + "primary"]
    log.write(b"one\n")
    first = executor.poll(20.0)
    assert [each.records[0].text for each in first if isinstance(each, Printed)] == ["one"]
    log.write(b"two\n")
    leaves(storage, pod)
    ends(cluster, pod)
    (told,) = heard(executor, [target])
    assert [each.text for each in told.records] == ["two"]


def test_a_log_that_is_cut_off_goes_on_where_it_was(executor, cluster, storage):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    log = cluster.logs[pod["metadata"]["uid"] + "primary"]
    log.write(b"one\n")
    told = [each.text for event in executor.poll(20.0) for each in event.records]
    cluster.go_away()
    log.write(b"two\n")
    cluster.start()
    while told != ["one", "two"]:
        told += [each.text for event in executor.poll(20.0) for each in event.records]
    leaves(storage, pod)
    ends(cluster, pod)
    (rest,) = heard(executor, [target])
    assert rest.records == []


def test_a_log_that_nobody_follows_is_read_at_the_end(start, cluster, storage):
    executor = start(streams=0)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    for text in (b"one\n", b"two\n", b"no end"):
        cluster.logs[pod["metadata"]["uid"] + "primary"].write(text)
    leaves(storage, pod)
    ends(cluster, pod)
    (told,) = heard(executor, [target])
    assert [each.text for each in told.records] == ["one", "two", "no end"]


@pytest.fixture
def short(monkeypatch):
    """No more is read of a log than three short lines, and two more from its end."""
    monkeypatch.setattr("volery.executors.kubernetes.log.MOST", 3 * 33)
    monkeypatch.setattr("volery.executors.kubernetes.log.LINES", 2)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("lines", "told"), [(9, ["0", "1", "2", LEFT_OUT, "7", "8"]), (4, ["0", "1", "2", "3"])]
)
def test_of_a_log_that_is_too_large_the_end_is_read_as_well(start, cluster, storage, lines, told):
    """It was left out without a word."""
    executor = start(streams=0)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    log = cluster.logs[pod["metadata"]["uid"] + "primary"]
    for number in range(lines):
        log.write(b"%d\n" % number, at=f"2026-01-01T00:00:{number:02}.000000000Z")
    leaves(storage, pod)
    ends(cluster, pod)
    (found,) = heard(executor, [target])
    assert [each.text for each in found.records] == told


def test_lines_of_the_same_time_are_all_read(start, cluster, storage):
    """CRI-O gives all lines of a buffer the same: only the first one was told."""
    executor = start(streams=0)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    cluster.logs[pod["metadata"]["uid"] + "primary"].write(b"one\n", b"two\n", b"two\n")
    leaves(storage, pod)
    ends(cluster, pod)
    (told,) = heard(executor, [target])
    assert [each.text for each in told.records] == ["one", "two", "two"]


def test_a_line_with_an_earlier_time_than_the_one_before_is_read(start, cluster, storage):
    """Of two streams of a container the one may come late."""
    executor = start(streams=0)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    log = cluster.logs[pod["metadata"]["uid"] + "primary"]
    log.write(b"one\n", at="2026-01-01T00:00:12.000000000Z")
    log.write(b"late\n", at="2026-01-01T00:00:11.000000000Z")
    leaves(storage, pod)
    ends(cluster, pod)
    (told,) = heard(executor, [target])
    assert [each.text for each in told.records] == ["one", "late"]


def test_lines_of_the_same_time_are_read_once_though_the_log_is_cut_off(executor, cluster, storage):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    log = cluster.logs[pod["metadata"]["uid"] + "primary"]
    at = "2026-01-01T00:00:11.000000000Z"
    log.write(b"one\n", b"two\n", at=at)
    told = []
    while told != ["one", "two"]:
        told += [each.text for event in executor.poll(20.0) for each in event.records]
    cluster.go_away()
    log.write(b"two\n", b"three\n", at=at)
    leaves(storage, pod)
    ends(cluster, pod)
    cluster.start()
    (rest,) = heard(executor, [target])
    assert [each.text for each in rest.records] == ["two", "three"]


def test_a_right_to_read_logs_that_is_missing_is_told_in_the_log(executor, cluster, storage):
    """Logs were empty, and nobody was told why."""
    said = (
        'pods "p" is forbidden: User "volery" cannot get resource "pods/log" in API group ""'
        ' in the namespace "default"'
    )
    cluster.refuse = lambda verb, _: Refused(403, "Forbidden", said) if verb == "log" else None
    cluster.node = succeeds(storage)
    target = attempt()
    executor.launch([target])
    (told,) = heard(executor, [target])
    assert value(told.result) == 1
    (record,) = told.records
    assert 'resources: ["pods/log"]' in record.text
    assert (record.stream, record.level) == ("log", "WARNING")


# --- attempts that are there already --------------------------------------------------------------


def test_an_attempt_that_is_launched_by_another_executor_is_found(start, cluster, storage):
    target = attempt()
    first = start()
    (pod,) = launched(first, cluster, target)
    runs(cluster, pod)
    first.close()
    second = start()
    second.launch([target])
    leaves(storage, pod)
    ends(cluster, pod)
    assert value(results(second, [target])[0]) == 1
    assert cluster.requests["create"] == 1


def test_an_attempt_that_has_ended_meanwhile_is_found(start, cluster, storage):
    target = attempt()
    first = start()
    (pod,) = launched(first, cluster, target)
    first.close()
    leaves(storage, pod)
    ends(cluster, pod)
    second = start()
    second.launch([target])
    assert value(results(second, [target])[0]) == 1
    assert cluster.requests["create"] == 1


def test_a_pod_whose_creation_was_not_confirmed_is_not_made_twice(executor, cluster, storage):
    cluster.node = succeeds(storage)
    cluster.unconfirmed = 1
    target = attempt()
    executor.launch([target])
    assert value(results(executor, [target])[0]) == 1
    assert len(cluster.pods()) == 1


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("Conflict", 'Operation cannot be fulfilled on resourcequotas "q"'),
        ("AlreadyExists", "the pod of that name goes just now"),
    ],
)
def test_a_pod_that_others_were_in_the_way_of_is_asked_for_again(
    executor, cluster, storage, reason, said
):
    """It was taken for a namespace that does not exist."""
    cluster.node = succeeds(storage)
    refusals = [Refused(409, reason, said)]
    cluster.refuse = lambda verb, _: refusals.pop() if verb == "create" and refusals else None
    target = attempt()
    executor.launch([target])
    assert value(results(executor, [target])[0]) == 1
    assert cluster.requests["create"] == 2


def test_a_pod_of_others_with_the_same_name_is_left_alone(start, cluster):
    first = start()
    target = attempt()
    (pod,) = launched(first, cluster, target)
    first.close()
    cluster.remove(pod)
    other = {"metadata": {"name": pod["metadata"]["name"], "labels": {}}, "spec": {}}
    cluster.create("default", other)
    second = start()
    second.launch([target])
    assert code(results(second, [target])[0]) == "NameTaken"
    assert len(cluster.pods()) == 1


# --- an API server that is away -------------------------------------------------------------------


def test_an_attempt_waits_for_an_api_server_that_is_away(start, cluster, storage):
    cluster.node = succeeds(storage)
    executor = start()
    cluster.go_away()
    works = [attempt() for _ in range(3)]
    executor.launch(works)
    assert executor.poll(0.5) == []
    cluster.start()
    assert [value(each) for each in results(executor, works)] == [1] * 3
    assert cluster.requests["create"] == 3


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_pod_that_ends_while_the_api_server_is_away_is_noticed(
    executor, cluster, storage, forgotten
):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    while executor.room() < AHEAD:  # until it has been told that there is a pod
        assert executor.poll(0.01) == []
    cluster.go_away()
    leaves(storage, pod)
    ends(cluster, pod)
    if forgotten:  # 410: the list is asked for anew
        cluster.forget()
    cluster.start()
    assert value(results(executor, [target])[0]) == 1
    assert cluster.requests["list"] == 1 + forgotten


def refusals(verb):
    """What an API server says that does not know yet who has which rights."""
    return [Refused(401, "Unauthorized", "Unauthorized"), forbidden(verb)]


def test_an_api_server_that_has_just_come_up_is_not_believed_at_once(executor, cluster, storage):
    """What it refused for a moment failed the attempts that waited, for good."""
    cluster.node = succeeds(storage)
    first, later = attempt(), attempt()
    executor.launch([first])
    results(executor, [first])
    cluster.go_away()
    left = {verb: refusals(verb) for verb in ("watch", "create")}
    cluster.refuse = lambda verb, _: left[verb].pop() if left.get(verb) else None
    cluster.start()
    executor.launch([later])
    assert value(results(executor, [later])[0]) == 1
    assert not any(left.values())


def test_a_right_that_was_taken_away_is_named_in_time(executor, cluster, storage, monkeypatch):
    monkeypatch.setattr("volery.executors.kubernetes.watch.DOUBT", 0.0)
    cluster.node = succeeds(storage)
    first, later = attempt(), attempt()
    executor.launch([first])
    results(executor, [first])
    cluster.go_away()
    cluster.refuse = lambda verb, _: forbidden(verb)
    cluster.start()
    executor.launch([later])
    (result,) = results(executor, [later])
    assert code(result) == "Forbidden"
    assert 'verbs: ["create"]' in result.failure.message


def test_a_watch_that_breaks_off_at_once_is_asked_for_ever_later(executor, cluster, monkeypatch):
    """It was asked for again without a pause."""
    waits = []
    monkeypatch.setattr(
        "volery.executors.kubernetes.watch.backoff", lambda tries: waits.append(tries) or 0.0
    )
    cluster.brief = True
    launched(executor, cluster, attempt())
    cluster.wait_for(lambda: 3 in waits)


def test_a_pod_that_is_gone_when_the_api_server_is_back_has_ended(executor, cluster):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    cluster.go_away()
    cluster.remove(pod)
    cluster.forget()
    cluster.start()
    assert code(results(executor, [target])[0]) == "ContainerDeleted"


def test_time_in_which_the_api_server_is_away_is_not_held_against_a_pod(start, cluster, storage):
    """It had failed as `RegistryAway` after a minute in which nothing was heard of it."""
    clock = Clock()
    cluster.node = waits("ErrImagePull", "a timeout")
    executor = start(clock=clock)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    cluster.wait_for(lambda: cluster.requests["watch"])
    cluster.go_away()
    cluster.refuse = lambda *_: Refused(503, "ServiceUnavailable", "it comes up")
    cluster.start()
    cluster.wait_for(lambda: cluster.requests["watch"] > 1)
    clock.now += 3600.0
    cluster.refuse = lambda *_: None
    assert executor.poll(1.5) == []  # it was looked at, once a second
    leaves(storage, pod)
    ends(cluster, pod)
    assert value(results(executor, [target])[0]) == 1


def test_a_pod_of_which_no_news_came_is_asked_for_before_it_is_given_up(start, cluster, storage):
    clock, cluster.mute = Clock(), True
    executor = start(clock=clock)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    clock.step = 1_000.0
    cluster.wait_for(lambda: cluster.requests["get"])
    leaves(storage, pod)
    ends(cluster, pod)
    cluster.mute = False
    assert value(results(executor, [target])[0]) == 1
    assert cluster.requests["get"] == 1


def test_a_pod_that_is_gone_when_it_is_asked_for_has_ended(start, cluster):
    clock, cluster.mute = Clock(), True
    executor = start(clock=clock)
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    cluster.remove(pod)
    clock.step = 1_000.0
    assert code(results(executor, [target])[0]) == "ContainerDeleted"


def test_many_pods_are_listed_in_pages(start, cluster, storage):
    cluster.most = 2
    first = start()
    works = [attempt() for _ in range(7)]
    pods = launched(first, cluster, *works)
    first.close()
    for pod in pods:
        leaves(storage, pod)
        ends(cluster, pod)
    second = start()
    second.launch(works)
    assert [value(each) for each in results(second, works)] == [1] * 7
    assert cluster.requests["create"] == 7


def test_a_server_that_has_too_much_to_do_is_left_alone_as_long_as_it_asks(
    executor, cluster, storage
):
    cluster.node = succeeds(storage)
    refusals = [
        Refused(429, "TooManyRequests", "priority and fairness", {"retry-after": "1"}),
        Refused(500, "InternalError", "etcd leader changed"),
    ]
    cluster.refuse = lambda verb, _: refusals.pop() if verb == "create" and refusals else None
    target = attempt()
    executor.launch([target])
    assert value(results(executor, [target])[0]) == 1
    assert cluster.requests["create"] == 3


# --- room -----------------------------------------------------------------------------------------


def test_works_wait_for_the_quota_of_their_namespace(start, cluster, storage):
    cluster.quota = 3
    executor = start(keep=0)
    works = [attempt() for _ in range(12)]
    executor.launch(works)
    while executor.room() > FEW:  # until it has been refused
        assert executor.poll(0.01) == []
    ended = []
    while len(ended) < 12:
        pods = min(3, 12 - len(ended))
        cluster.wait_for(lambda pods=pods: sum(map(_live, cluster.pods())) == pods)
        pod = next(filter(_live, cluster.pods()))
        leaves(storage, pod)
        ends(cluster, pod)
        ended += [each for each in executor.poll(20.0) if isinstance(each, Result)]
    assert [value(each) for each in ended] == [1] * 12
    assert executor.room() > 0


def _live(pod):
    return pod["status"]["phase"] not in {"Succeeded", "Failed"}


def _others(cluster, cpus):
    """A pod of others."""
    resources = {"requests": {"cpu": f"{cpus}000m"}}
    spec = {"containers": [{"name": "theirs", "resources": resources}]}
    return cluster.create("default", {"metadata": {"name": "theirs"}, "spec": spec})


def test_an_attempt_that_is_larger_than_the_quota_fails_at_once_and_blocks_nobody(
    executor, cluster, storage
):
    cluster.node, cluster.cpus = succeeds(storage), 4
    large, small = attempt(requests=Request(cpu=8)), attempt(requests=Request(cpu=1))
    executor.launch([large, small])
    refused, ended = results(executor, [large, small])
    assert value(ended) == 1
    assert (code(refused), refused.failure.kind) == ("QuotaTooSmall", "USER")
    assert not refused.failure.retryable
    assert "requested: requests.cpu=8, used: requests.cpu=" in refused.failure.message
    assert "kubectl describe quota -n default" in refused.failure.message
    assert cluster.full == 1


def test_an_attempt_that_may_fit_later_does_not_block_smaller_ones(executor, cluster, storage):
    cluster.cpus = 4
    theirs = _others(cluster, 3)
    cluster.node = succeeds(storage)
    large, small = attempt(requests=Request(cpu=2)), attempt(requests=Request(cpu=1))
    executor.launch([large])
    while executor.room() > FEW:  # until it is known that there is no room
        assert executor.poll(0.01) == []
    executor.launch([small])
    assert value(results(executor, [small])[0]) == 1
    cluster.remove(theirs)
    assert value(results(executor, [large])[0]) == 1


def test_an_attempt_waits_for_a_quota_that_is_not_counted_yet(executor, cluster, storage):
    cluster.node = succeeds(storage)
    refusals = [Refused(403, "Forbidden", "status unknown for quota: small, resources: pods")]
    cluster.refuse = lambda verb, _: refusals.pop() if verb == "create" and refusals else None
    target = attempt()
    executor.launch([target])
    assert value(results(executor, [target])[0]) == 1


def test_an_attempt_for_which_others_leave_no_room_is_given_up_in_time(start, cluster):
    cluster.cpus = 4
    _others(cluster, 3)
    executor = start(limits={"quota": 0.1})
    target = attempt(requests=Request(cpu=2))
    executor.launch([target])
    (result,) = results(executor, [target])
    assert (code(result), result.failure.kind) == ("QuotaUsedUp", "SYSTEM")
    assert result.failure.retryable
    assert "used: requests.cpu=3, limited: requests.cpu=4" in result.failure.message
    assert executor.room() > FEW


# --- stopping -------------------------------------------------------------------------------------


def test_an_abort_deletes_the_pod_once(executor, cluster):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    executor.abort([target.id])
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"
    assert cluster.pods() == []
    assert cluster.requests["delete"] == 1


def test_a_work_that_waits_for_a_pod_is_aborted_without_one(executor, cluster):
    cluster.go_away()
    target = attempt()
    executor.launch([target])
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"
    cluster.start()


def test_a_pod_that_does_not_end_is_given_up(start, cluster):
    cluster.stop = lambda *_: None
    executor = start(limits={"stop": 0, "node": 0.2})
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"


def test_a_pod_that_somebody_deletes_is_lost(executor, cluster):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    cluster.remove(pod)
    (result,) = results(executor, [target])
    assert code(result) == "ContainerDeleted"
    assert result.failure.kind == "SYSTEM"


def test_an_attempt_that_has_succeeded_before_its_pod_was_deleted_has_succeeded(
    executor, cluster, storage
):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    runs(cluster, pod)
    leaves(storage, pod)
    cluster.remove(pod)
    assert value(results(executor, [target])[0]) == 1


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "waiting", "expected"),
    [
        ("pull", ("ErrImagePull", 'failed to pull image "x:1": not found'), "ImageNotFound"),
        ("configure", ("CreateContainerConfigError", 'secret "s" not found'), "ConfigMissing"),
        ("start", ("ContainerCreating", ""), "NotStarted"),
    ],
)
def test_a_pod_that_does_not_come_up_is_given_up_in_time(start, cluster, limit, waiting, expected):
    cluster.node = waits(*waiting)
    executor = start(limits={limit: 0.1})
    target = attempt()
    executor.launch([target])
    (result,) = results(executor, [target])
    assert code(result) == expected
    assert waiting[1] in result.failure.message
    cluster.wait_for(lambda: not cluster.pods())


def test_a_pod_that_no_node_takes_is_given_up_in_time(start, cluster):
    message = "0/3 nodes are available: 3 Insufficient cpu."
    condition = {
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message,
    }  # fmt: skip
    cluster.node = lambda cluster, pod: cluster.set_status(pod, conditions=[condition])
    executor = start(limits={"schedule": 0.1})
    target = attempt()
    executor.launch([target])
    (result,) = results(executor, [target])
    assert code(result) == "Unschedulable"
    assert message in result.failure.message


def test_a_container_that_used_up_its_memory_says_so(executor, cluster):
    cluster.node = lambda cluster, pod: ends(cluster, pod, 137, "OOMKilled")
    target = attempt()
    executor.launch([target])
    assert code(results(executor, [target])[0]) == "OutOfMemory"


def unreadable(storage, target):
    """Have a storage that does not say what an attempt has left."""
    root = path_of(storage.url)
    assert root is not None
    (root / NAMED / outcome_name(target)).mkdir(parents=True)


def test_an_abort_does_not_wait_for_a_storage_that_is_away(executor, cluster, storage):
    """Nobody saw it: the attempt was over when the storage was back."""
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    unreadable(storage, target)
    ends(cluster, pod)
    cluster.wait_for(lambda: cluster.requests["log"])
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"


def test_an_abort_does_not_wait_for_an_api_server_that_is_away(executor, cluster):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    cluster.refuse = lambda verb, _: Refused(503, "", "away") if verb == "log" else None
    ends(cluster, pod)
    cluster.wait_for(lambda: cluster.requests["log"])
    executor.abort([target.id])
    assert code(results(executor, [target])[0]) == "Aborted"


def test_an_outcome_that_cannot_be_read_is_given_up_in_time(start, cluster, storage):
    """It was waited for without an end."""
    executor = start(limits={"storage": 0.0})
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    unreadable(storage, target)
    ends(cluster, pod)
    (result,) = results(executor, [target])
    assert (code(result), result.failure.kind) == ("StorageError", "SYSTEM")
    assert result.failure.retryable


def test_a_storage_that_takes_no_inputs_is_given_up_in_time(start, storage):
    root = path_of(storage.url)
    root.mkdir()
    (root / NAMED).touch()
    target = attempt()
    executor = start(limits={"storage": 0.0})
    executor.launch([target])
    (result,) = results(executor, [target])
    assert (code(result), result.failure.kind) == ("StorageError", "SYSTEM")


def test_a_storage_that_a_pod_does_not_reach_is_no_mistake_of_its_command(executor, cluster):
    """The task had "ended without an outcome", as if it had forgotten to write one."""
    said = "volery: cannot write s3://bucket/x: connection refused"
    state = {"exitCode": 74, "reason": "Error", "message": said}

    def node(cluster, pod):
        helper = container("volery-outputs", terminated=state)
        ends(cluster, pod, initContainerStatuses=[helper])

    cluster.node = node
    target = attempt(command=ContainerCommand(("/fit",)))
    executor.launch([target])
    (result,) = results(executor, [target])
    assert code(result) == "StorageUnreachable"
    assert (result.failure.kind, result.failure.retryable) == ("SYSTEM", True)
    assert said in result.failure.message


@pytest.mark.parametrize("verb", ["create", "list", "watch"])
def test_a_right_that_is_missing_is_named_with_the_role_that_grants_it(start, cluster, verb):
    cluster.refuse = lambda asked, _: forbidden(verb) if asked == verb else None
    executor = start()
    target = attempt()
    executor.launch([target])
    (result,) = results(executor, [target])
    assert code(result) == "Forbidden"
    assert not result.failure.retryable
    assert f'verbs: ["{verb}"]' in result.failure.message
    assert "system:serviceaccount:volery:server" in result.failure.message


@pytest.mark.parametrize(
    ("refused", "expected", "kind"),
    [
        (Refused(404, "NotFound", 'namespaces "x" not found'), "NamespaceNotFound", "SYSTEM"),
        (
            Refused(403, "Forbidden", "maximum cpu usage per Container is 2, but limit is 4"),
            "OutsideLimitRange",
            "USER",
        ),
        (Refused(422, "Invalid", "spec.containers[0].image: Required value"), "PodRefused", "USER"),
        (Refused(403, "Forbidden", "violates PodSecurity restricted"), "PodRefused", "USER"),
        (Refused(401, "Unauthorized", "Unauthorized"), "Unauthorized", "SYSTEM"),
    ],
)
def test_what_the_cluster_refuses_is_a_failure_with_its_words(
    executor, cluster, refused, expected, kind
):
    cluster.refuse = lambda verb, _: refused if verb == "create" else None
    target = attempt()
    executor.launch([target])
    (result,) = results(executor, [target])
    assert (code(result), result.failure.kind) == (expected, kind)
    assert str(refused) in result.failure.message


def test_a_work_without_an_image_is_a_mistake(start, cluster):
    executor = start(image="")
    target = attempt()
    executor.launch([target])
    (result,) = results(executor, [target])
    assert (code(result), result.failure.kind) == ("NoImage", "USER")


# --- what is left over ----------------------------------------------------------------------------


def test_pods_of_attempts_that_nobody_wants_are_removed(start, cluster):
    first = start()
    unwanted, wanted, target = attempt(), attempt(), attempt()
    launched(first, cluster, unwanted, wanted)
    first.close()

    def asked(execution, path, number):
        return (execution, path, number) == ("birds", wanted.path, 1)

    second = start(asked, orphans=0)
    second.launch([target])
    cluster.wait_for(lambda: _paths(cluster) == {wanted.path, target.path})


def test_pods_that_have_ended_and_belong_to_nobody_are_removed(start, cluster):
    first = start()
    (pod,) = launched(first, cluster, attempt())
    first.close()
    ends(cluster, pod)
    target = attempt()
    second = start(lambda _, path, __: path == target.path, keep=0)
    second.launch([target])
    cluster.wait_for(lambda: _paths(cluster) == {target.path})


def test_a_pod_that_has_ended_and_is_not_launched_again_yet_is_left(start, cluster, storage):
    """It was removed after `keep` seconds, and with it what it had printed."""
    target, asked = attempt(), Event()
    first = start()
    (pod,) = launched(first, cluster, target)
    first.close()
    leaves(storage, pod)
    ends(cluster, pod)
    second = start(lambda *_: bool(asked.set()) or True, keep=0)
    second.launch([attempt()])
    assert asked.wait(20.0)
    second.launch([target])
    assert value(results(second, [target])[0]) == 1
    assert cluster.requests["create"] == 2


def _paths(cluster):
    return {each["metadata"]["annotations"]["volery.dev/path"] for each in cluster.pods()}


def test_a_sidecar_that_goes_on_does_not_hold_an_attempt_up(executor, cluster, storage):
    target = attempt()
    (pod,) = launched(executor, cluster, target)
    leaves(storage, pod)
    cluster.logs.clear()
    cluster.set_status(
        pod,
        phase="Running",
        containerStatuses=[
            container(terminated={"exitCode": 0}), container("proxy", running={}),
        ],
    )  # fmt: skip
    assert value(results(executor, [target])[0]) == 1
    cluster.wait_for(lambda: not cluster.pods())
