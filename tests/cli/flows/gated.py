"""A workflow that goes on when the test lets it. Each task that begins leaves a line."""

from __future__ import annotations

import signal

from volery import task, workflow


def _note(folder: str, name: str) -> None:
    with open(f"{folder}/began", "a") as file:
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
    with open(f"{folder}/started", "w") as file:  # a FIFO that the test reads
        file.write("x")
    with open(f"{folder}/gate") as file:  # a FIFO that the test writes
        return file.read()


@workflow
def gated(folder: str, stubborn: bool = False) -> str:
    return second(folder=first(folder=folder), stubborn=stubborn)
