"""A run that is killed while one attempt has a container of its own, and one shares its own."""

from __future__ import annotations

import json
import signal
from itertools import islice

from tests.servers.project import Project

_FLOW = """\
import time

from volery import ReusePolicy, task, workflow


@task(executor="EXECUTOR")
def alone(x: int) -> int:
    print("alone begins", flush=True)
    time.sleep(4)
    print("alone ends", flush=True)
    return x


@task(executor="EXECUTOR", reuse=ReusePolicy(replicas=1))
def shared(x: int) -> int:
    print("shared begins", flush=True)
    time.sleep(4)
    print("shared ends", flush=True)
    return x


@workflow
def both(x: int) -> tuple[int, int]:
    return alone(x=x), shared(x=x)
"""


def flow(executor: str) -> str:
    """The code of a workflow of two tasks that last."""
    return _FLOW.replace("EXECUTOR", executor)


def killed_and_resumed(project: Project) -> list[tuple[str, int, str]]:
    """What becomes of its attempts: task, number and phase of each."""
    with project.start("run", "flow.py", "both", "--x", "3", "--name", "cut-off") as process:
        assert process.stdout is not None
        begun = (line for line in process.stdout if "begins" in line)
        assert len(list(islice(begun, 2))) == 2
        process.send_signal(signal.SIGKILL)
    status, told = project.volery("executions", "resume", "cut-off")
    assert status == 0, told
    assert "o0 = 3\no1 = 3" in told
    status, told = project.volery("executions", "get", "cut-off", "--output", "json")
    assert status == 0, told
    attempts = json.loads(told)["attempts"]
    tasks = {"n0": "alone", "n1": "shared"}
    return sorted((tasks[each["path"]], each["number"], each["phase"]) for each in attempts)
