"""How a container ended, as a failure."""

from __future__ import annotations

from typing import get_args

import pytest

from volery.executors.contained.exits import CODES, Code, Exit, failure_of
from volery.ir.placement import ContainerCommand

OWN = None
COMMAND = ContainerCommand(("run",))
PROGRAM = ContainerCommand(("run",), contract=True)


@pytest.mark.parametrize(
    ("command", "end", "code", "kind", "said"),
    [
        (OWN, Exit(7), "WorkerCrashed", "SYSTEM", "exit code 7"),
        (OWN, Exit(0), "WorkerCrashed", "SYSTEM", "the worker process died"),
        (OWN, Exit(137), "WorkerCrashed", "SYSTEM", "SIGKILL"),
        (OWN, Exit(139), "WorkerCrashed", "SYSTEM", "SIGSEGV"),
        (OWN, Exit(143), "Terminated", "SYSTEM", "told to end"),
        (OWN, Exit(74), "StorageUnreachable", "SYSTEM", "could not read its invocation"),
        (OWN, Exit(75), "Expired", "SYSTEM", "has done nothing"),
        (OWN, Exit(76), "InvocationRefused", "SYSTEM", "the Volery of the engine"),
        (OWN, Exit(None), "Killed", "SYSTEM", "was killed"),
        (OWN, Exit(137, "OutOfMemory"), "OutOfMemory", "SYSTEM", "Resources(mem=...)"),
        (OWN, Exit(None, "Evicted", "disk pressure"), "Evicted", "SYSTEM", "disk pressure"),
        (OWN, Exit(None, "ImageNotFound", "no such tag"), "ImageNotFound", "USER", "no such tag"),
        (COMMAND, Exit(3), "ExitStatus", "USER", "exit code 3"),
        (COMMAND, Exit(75), "ExitStatus", "USER", "exit code 75"),
        (COMMAND, Exit(127), "CommandNotFound", "USER", "not in the image"),
        (COMMAND, Exit(137), "Killed", "SYSTEM", "SIGKILL"),
        (PROGRAM, Exit(0), "NoOutcome", "USER", "without an outcome"),
        (PROGRAM, Exit(1), "ExitStatus", "USER", "exit code 1"),
        (PROGRAM, Exit(75), "Expired", "SYSTEM", "exit code 75"),
    ],
)
def test_an_exit_has_a_code_a_kind_and_words(command, end, code, kind, said):
    failure = failure_of(end, command)
    assert (failure.code, failure.kind) == (code, kind)
    assert said in failure.message


@pytest.mark.parametrize(
    ("command", "end", "tail", "code"),
    [
        (OWN, Exit(1), "/bin/python: No module named volery", "ImageWithoutVolery"),
        (OWN, Exit(0), "No module named volery", "WorkerCrashed"),
        (OWN, Exit(None, "CommandNotFound"), "", "ImageWithoutPython"),
        (COMMAND, Exit(None, "CommandNotFound"), "", "CommandNotFound"),
        (COMMAND, Exit(1), "No module named volery", "ExitStatus"),
    ],
)
def test_what_a_function_lacks_in_its_image_is_told(command, end, tail, code):
    assert failure_of(end, command, tail).code == code


@pytest.mark.parametrize("code", [each for each in get_args(Code) if each])
def test_every_code_says_what_has_happened_and_what_to_do(code):
    what, hint, *_ = failure_of(Exit(None, code, "its words"), COMMAND).message.split("\n")
    assert what.endswith(": its words")
    assert len(what) > len("x: its words")
    assert len(hint.removeprefix("  hint: ")) > 10, f"no hint in {hint!r}"
    assert code in CODES


def test_the_end_of_stderr_is_told_last():
    failure = failure_of(Exit(1), COMMAND, "its last words")
    assert failure.message.endswith("\nits last words")


def test_what_no_further_attempt_can_mend_is_not_tried_again():
    never = {code for code, meaning in CODES.items() if not meaning.retryable}
    assert {"ImageNotFound", "InvocationRefused", "ImageWithoutVolery"} <= never
    assert not failure_of(Exit(76), OWN).retryable
    assert failure_of(Exit(7), OWN).retryable
