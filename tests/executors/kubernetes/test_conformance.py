"""The suite for executors, and commands, with pods that are processes of this machine."""

from __future__ import annotations

import sys
from functools import partial

import pytest
from tests.executors.kubernetes.anywhere import Anywhere, command
from tests.servers.kubernetes import Refused

from volery.data.current import current
from volery.testing.conformance.executor import LastingExecutorConformance
from volery.testing.conformance.executor_tasks import (
    code,
    listen,
    run,
    speak,
    until_printed,
    work,
)

SETTINGS = {"python": sys.executable, "pods": 4, "limits": {"stop": 1}}


class TestPods(LastingExecutorConformance):
    some = 8
    many = 12
    hunger = 0

    @pytest.fixture
    def starve(self, kubelet, cluster):
        """The node says that it has killed the containers."""

        def kill(executor, target):
            until_printed(executor, target)
            for pod in cluster.pods():
                kubelet.kill(pod["metadata"]["name"], "OOMKilled")

        return kill

    # A cluster may grow: a pod waits for a node that has as much, and is given up in time.
    test_a_work_that_requests_more_than_there_is_fails_at_once = None


class TestAnywhere(Anywhere):
    @pytest.fixture
    def start(self, kubelet, start):
        kubelet.images, kubelet.cpus = {"volery:1"}, 8.0
        return partial(start, python=sys.executable)

    @pytest.fixture
    def folder(self, tmp_path):
        return tmp_path

    @pytest.fixture
    def quota(self, cluster):
        return partial(setattr, cluster, "quota")

    @pytest.fixture
    def stranger(self, cluster, start):
        cluster.refuse = lambda verb, _: Refused(403, "Forbidden", FORBIDDEN.format(verb))
        return start


FORBIDDEN = 'User "stranger" cannot {} resource "pods" in API group "" in the namespace "default"'


@pytest.fixture
def storage():
    """That of this process, in which the tests look for large outputs."""
    return current()


@pytest.fixture
def executor(kubelet, start):
    assert kubelet
    return start(**SETTINGS)


@pytest.fixture
def lose(cluster):
    def delete():
        for pod in cluster.pods():
            cluster.delete(pod, 0)
        cluster.wait_for(lambda: not cluster.pods())

    return delete


@pytest.fixture
def reopen(start):
    def again(executor):
        executor.close()
        return start(**SETTINGS)

    return again


def test_what_a_short_attempt_prints_needs_no_request(executor, kubelet, cluster):
    kubelet.brief = True  # so that it is a short one on every machine
    (told,) = listen(executor, [work(speak, text="one")])
    assert told.text("stdout") == "one\none from a child\n"
    assert told.text("stderr") == "ONE\n"
    assert cluster.requests["log"] == 0


def test_a_command_that_fails_has_no_outputs(executor, tmp_path):
    (told,) = listen(executor, [command(tmp_path, "echo why >&2; exit 3")])
    assert code(told.result) == "ExitStatus"
    assert "exit code 3" in told.result.failure.message
    assert "why" in told.result.failure.message


def test_a_command_that_leaves_no_output_is_told_so(executor, tmp_path):
    (result,) = run(executor, [command(tmp_path, "true")])
    assert code(result) == "OutputMissing"
    assert "o0" in result.failure.message
