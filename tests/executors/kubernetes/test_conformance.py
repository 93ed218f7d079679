"""The suite for executors, and commands, with pods that are processes of this machine."""

from __future__ import annotations

import sys

import pytest

from volery.data.current import current
from volery.ir.interface import Input, Interface, Output
from volery.ir.placement import ContainerCommand
from volery.ir.types import STR
from volery.ir.values import pack
from volery.ir.work import Place, Work
from volery.testing.conformance.executor import LastingExecutorConformance
from volery.testing.conformance.executor_tasks import (
    code,
    ids,
    listen,
    output,
    run,
    speak,
    work,
)

SETTINGS = {"python": sys.executable, "pods": 4, "limits": {"stop": 1}}


class TestPods(LastingExecutorConformance):
    some = 8
    many = 12
    # A cluster may grow: a pod waits for a node that has as much, and is given up in time.
    test_a_work_that_requests_more_than_there_is_fails_at_once = None


@pytest.fixture
def storage():
    """That of this process, in which the tests look for large outputs."""
    return current()


@pytest.fixture
def executor(kubelet, start):
    assert kubelet
    return start(**SETTINGS)


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


def command(folder, script):
    """A work whose container has no Volery; `folder` is where it finds and leaves files."""
    interface = Interface((Input("word", STR),), (Output("o0", STR),))
    words = ContainerCommand(("sh", "-c", script), f"{folder}/in", f"{folder}/out")
    number = next(ids)
    return Work(
        number, "commands", f"n{number}", 1, "a.command", None, pack({"word": "quiet"}),
        environment=(("SUFFIX", "!"),),
        place=Place("p", "d", interface, command=words),
    )  # fmt: skip


def test_a_command_finds_its_inputs_as_files_and_leaves_its_outputs_as_files(executor, tmp_path):
    to = f"{tmp_path}/out/o0"
    script = f'tr a-z A-Z < {tmp_path}/in/word > {to}; printf "$SUFFIX" >> {to}'
    (result,) = run(executor, [command(tmp_path, script)])
    assert output(result) == "QUIET!"


def test_a_command_that_fails_has_no_outputs(executor, tmp_path):
    (told,) = listen(executor, [command(tmp_path, "echo why >&2; exit 3")])
    assert code(told.result) == "ExitStatus"
    assert "exit code 3" in told.result.failure.message
    assert "why" in told.result.failure.message


def test_a_command_that_leaves_no_output_is_told_so(executor, tmp_path):
    (result,) = run(executor, [command(tmp_path, "true")])
    assert code(result) == "OutputMissing"
    assert "o0" in result.failure.message
