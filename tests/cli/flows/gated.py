"""A workflow that goes on when the test lets it. Each task that begins leaves a line."""

from __future__ import annotations

import signal
from pathlib import Path

from volery import task, workflow


def _note(folder: str, name: str) -> None:
    with Path(folder, "began").open("a") as file:
        file.write(f"{name}\n")


@task
def first(folder: str) -> str:
    _note(folder, "first")
    return folder


@task
def second(folder: str, stubborn: bool) -> str:
    if stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _note(folder, "second")
    Path(folder, "started").write_text("x")  # a FIFO that the test reads
    return Path(folder, "gate").read_text()  # a FIFO that the test writes


@workflow
def gated(folder: str, stubborn: bool = False) -> str:
    return second(folder=first(folder=folder), stubborn=stubborn)
