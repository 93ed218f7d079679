"""Logs of pods: which are read while they run, and what is elsewhere is not asked for."""

from __future__ import annotations

import pytest
from tests.executors.kubernetes.pods import attempt, ends, leaves, runs

from volery.executors.base import Printed
from volery.executors.contained.invocations import log_name
from volery.testing.conformance.executor_tasks import heard, results
from volery.worker.records import KEPT, NOTE


@pytest.fixture
def at_once(monkeypatch):
    """Logs are read as soon as they may be."""
    monkeypatch.setattr("volery.executors.kubernetes.ending.SOON", 0.0)
    monkeypatch.setattr("volery.executors.kubernetes.ending.EACH", 0.0)


def running(executor, cluster, *works):
    """Launch works one after the other; their pods, which run."""
    for number, work in enumerate(works, start=1):
        executor.launch([work])
        cluster.wait_for(lambda number=number: len(cluster.pods()) == number)
        (pod,) = (each for each in cluster.pods() if each["status"]["phase"] == "Pending")
        runs(cluster, pod)
        yield pod


def log_of(cluster, pod):
    return cluster.logs[pod["metadata"]["uid"] + "primary"]


def printed(executor, work):
    """What a work says next."""
    told = []
    while not told:
        events = executor.poll(20.0)
        assert events, "nothing was heard"
        found = [each for each in events if isinstance(each, Printed) and each.id == work.id]
        told = [record.text for each in found for record in each.records]
    return told


@pytest.mark.usefixtures("at_once")
def test_the_log_of_a_pod_that_could_not_be_read_is_read_when_another_one_has_ended(
    start, cluster, storage
):
    """One more than `streams` was never read before its end."""
    executor = start(streams=1)
    works = [attempt() for _ in range(3)]
    pods = list(running(executor, cluster, *works))
    for number, (work, pod) in enumerate(zip(works, pods, strict=True)):
        log_of(cluster, pod).write(b"so far\n")
        assert printed(executor, work) == ["so far"]
        assert cluster.requests["log"] == number + 1
        leaves(storage, pod)
        ends(cluster, pod)
        results(executor, [work])


def test_where_many_run_the_log_of_a_short_one_costs_nothing(start, cluster, storage, monkeypatch):
    """An attempt of a few seconds cost a request for its log, beside that for its pod."""
    monkeypatch.setattr("volery.executors.kubernetes.ending.SOON", 0.0)
    monkeypatch.setattr("volery.executors.kubernetes.ending.EACH", 100.0)
    executor = start()
    works = [attempt() for _ in range(9)]
    pods = list(running(executor, cluster, *works))
    for work, pod in zip(works, pods, strict=True):
        leaves(storage, pod)
        ends(cluster, pod, message=f"{NOTE}said\n")
        (told,) = heard(executor, [work])
        assert [each.text for each in told.records] == ["said"]
    assert cluster.requests["log"] == 0


def test_the_log_of_one_of_many_is_read_when_the_others_have_ended(
    start, cluster, storage, monkeypatch
):
    """What was decided while many ran held for the one that went on."""
    monkeypatch.setattr("volery.executors.kubernetes.ending.SOON", 0.0)
    monkeypatch.setattr("volery.executors.kubernetes.ending.EACH", 1.5)
    executor = start()
    works = [attempt() for _ in range(20)]
    first, *others = running(executor, cluster, *works)
    log_of(cluster, first).write(b"so far\n")
    for work, pod in zip(works[1:], others, strict=True):
        leaves(storage, pod)
        ends(cluster, pod)
        results(executor, [work])
    assert printed(executor, works[0]) == ["so far"]
    leaves(storage, first)
    ends(cluster, first)
    results(executor, works[:1])


def test_a_log_that_the_storage_has_is_not_asked_for(executor, cluster, storage):
    work = attempt()
    kept = b'1.5 one\n2.5 half\rway\n3.5 \x1e{"at":3.25,"stream":"stderr","text":"two"}\n'

    def node(cluster, pod):
        leaves(storage, pod)
        storage.put_named(log_name(work), kept)
        ends(cluster, pod, message=KEPT)

    cluster.node = node
    executor.launch([work])
    (told,) = heard(executor, [work])
    assert [(each.at, each.stream, each.text) for each in told.records] == [
        (1.5, "stdout", "one"), (2.5, "stdout", "half\rway"), (3.25, "stderr", "two"),
    ]  # fmt: skip
    assert cluster.requests["log"] == 0


def test_a_log_that_the_storage_has_lost_is_read(executor, cluster, storage):
    work = attempt()

    def node(cluster, pod):
        leaves(storage, pod)
        ends(cluster, pod, message=KEPT)
        log_of(cluster, pod).lines.append(("2026-01-01T00:00:00.000000000Z", b"one\n"))

    cluster.node = node
    executor.launch([work])
    (told,) = heard(executor, [work])
    assert [each.text for each in told.records] == ["one"]
