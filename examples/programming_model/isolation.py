"""A task is a block of computing that is kept apart from all others.

A plain call runs in this process, where a debugger can stop in it. Under ``volery run`` each
attempt runs in a worker process: it shares no variables with the caller, and can die alone.

    volery run examples/programming_model/isolation.py apart
    volery run examples/programming_model/isolation.py survive --marker /tmp/died-once
"""

from __future__ import annotations

import os
from pathlib import Path

from volery import task, workflow


@task
def process_id() -> int:
    return os.getpid()


@workflow
def apart() -> int:
    """The id of the process that runs a task."""
    return process_id()


@task
def die_once(marker: str) -> str:
    """The first attempt takes its whole process down, as a crash in a C library would."""
    file = Path(marker)
    if not file.exists():
        file.touch()
        os._exit(1)
    return "the second attempt, in a new process, succeeded"


@task
def carry_on() -> str:
    return "not affected"


@workflow
def survive(marker: str) -> tuple[str, str]:
    """A process that dies fails an attempt, and nothing else.

    Args:
        marker: file that is made by the attempt that dies; must not exist yet.
    """
    return die_once(marker=marker), carry_on()


if __name__ == "__main__":
    print("a plain call runs in this process:", apart() == os.getpid())
