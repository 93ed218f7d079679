"""Gates of plain calls: asked on the terminal of the process, refused where there is none."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from datetime import timedelta

from volery import approve, task, wait_for_input, workflow


@task
def double(x: int) -> int:
    return 2 * x


@workflow
def asking() -> int:
    rate = wait_for_input("rate", timeout=timedelta(hours=1), expected_type=int)
    return approve(double(x=rate), "ship", timeout=timedelta(hours=1))


print("gave", asking())
"""


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    path = tmp_path / "asking.py"
    path.write_text(PROGRAM)
    return [sys.executable, str(path)]


def test_a_plain_call_asks_on_the_terminal_and_asks_again(program: list[str]):
    ours, theirs = pty.openpty()
    with subprocess.Popen(program, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        told = b""
        for question, answer in (
            (b"rate: ", b"many\n"),
            (b"rate: ", b"21\n"),
            (b"approve? [y/N] ", b"y\n"),
            (b"gave 42", b""),
        ):
            while question not in told:
                told += os.read(ours, 1024)
            told = told.partition(question)[2]
            os.write(ours, answer)
        assert process.wait(timeout=30) == 0
    os.close(ours)


def test_a_plain_call_without_a_terminal_says_who_can_answer(program: list[str]):
    done = subprocess.run(
        program, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Aborted" in done.stderr
    assert "gate rate waits for an answer, and there is no terminal to ask on" in done.stderr
    assert "volery run waits, and takes the answer from elsewhere" in done.stderr
