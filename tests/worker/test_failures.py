from __future__ import annotations

import asyncio
import json

import pytest

from volery import errors
from volery.ir.failure import Failure
from volery.worker.failures import MAX_CAUSES, MAX_MESSAGE, MAX_TRACEBACK, failure_of


def raised(function):
    """The exception that a function raises."""
    try:
        function()
    except BaseException as exception:  # noqa: BLE001 - SystemExit is one of the cases
        return exception
    raise AssertionError("nothing was raised")


def raised_as_it_is(exception):
    """The exception, with a frame of its own."""

    def body():
        raise exception

    return raised(body)


def test_the_code_is_the_class_of_the_exception():
    assert failure_of(ValueError("no")).code == "ValueError"


def test_an_exception_may_name_its_code():
    class Throttled(Exception):
        error_code = "Throttled429"

    assert failure_of(Throttled()).code == "Throttled429"


def test_an_error_code_that_is_no_text_is_not_used():
    class Numbered(Exception):
        error_code = 42

    assert failure_of(Numbered()).code == "Numbered"


def test_errors_of_the_library_keep_their_code_and_hint():
    failure = failure_of(errors.RecoverableError("busy", code="Busy", hint="wait"))
    assert failure.code == "Busy"
    assert failure.retryable
    assert "hint: wait" in failure.message


def test_out_of_memory_is_of_the_system():
    failure = failure_of(MemoryError())
    assert (failure.code, failure.kind) == ("OutOfMemory", "SYSTEM")
    assert failure.message


def test_the_traceback_has_the_frames_of_the_user():
    def inner():
        json.loads("{")

    failure = failure_of(raised(inner))
    assert "in inner" in failure.traceback
    assert "json/decoder.py" in failure.traceback


def test_frames_of_the_library_are_dropped():
    def body():
        errors.suggest(1, 2)  # raises inside of our own file

    failure = failure_of(raised(body))
    assert "in body" in failure.traceback
    assert "in suggest" not in failure.traceback
    assert failure.traceback.endswith("TypeError: 'int' object is not iterable\n")


def test_frames_of_the_event_loop_are_dropped():
    async def body():
        raise ValueError("no")

    failure = failure_of(raised(lambda: asyncio.run(body())))
    assert "in body" in failure.traceback
    assert "asyncio/" not in failure.traceback


def test_an_exception_without_frames_has_no_traceback():
    assert failure_of(ValueError("no")).traceback == ""


def test_causes_contexts_and_notes_are_kept():
    def body():
        try:
            {}["first"]
        except KeyError as first:
            second = ValueError("second")
            second.add_note("think again")
            raise second from first

    traceback = failure_of(raised(body)).traceback
    assert "KeyError: 'first'" in traceback
    assert "direct cause" in traceback
    assert "ValueError: second\nthink again" in traceback


def chain(failure):
    """The codes of a failure and of its causes."""
    while failure is not None:
        yield failure.code
        failure = failure.cause


def test_what_an_exception_was_raised_from_is_its_cause():
    def body():
        try:
            try:
                {}["first"]
            except KeyError as first:
                raise OSError("no such table") from first
        except OSError as second:
            raise ValueError("third") from second

    failure = failure_of(raised(body))
    assert list(chain(failure)) == ["ValueError", "OSError", "KeyError"]
    assert failure.cause.message == "no such table"
    assert "KeyError" in failure.traceback
    assert failure.cause.traceback == ""


def test_what_only_happened_before_is_no_cause():
    def body():
        try:
            {}["first"]
        except KeyError:
            raise ValueError("second")  # noqa: B904 - it is what the test is for

    assert failure_of(raised(body)).cause is None


def test_causes_go_back_only_so_far():
    first, second = ValueError("first"), KeyError("second")
    first.__cause__, second.__cause__ = second, first
    assert len(list(chain(failure_of(first)))) == MAX_CAUSES + 1


def test_an_exception_with_thousands_of_causes_is_described():
    exception = None
    for number in range(3000):
        cause, exception = exception, ValueError(number)
        exception.__cause__ = cause
    failure = failure_of(raised_as_it_is(exception))
    assert failure.message == "2999"
    assert "raise exception" in failure.traceback


def test_the_failure_of_a_call_is_the_cause_of_what_it_raised():
    def body():
        error = errors.TaskFailed("not done", code="Full")
        inner = Failure("Worse", "USER", "worst of all", "its frames")
        error.failure = Failure("Full", "USER", "not done", "frames", "a/b", "e", cause=inner)
        raise error

    failure = failure_of(raised(body))
    assert list(chain(failure)) == ["Full", "Full", "Worse"]
    assert (failure.cause.path, failure.cause.execution) == ("a/b", "e")
    assert (failure.cause.traceback, failure.cause.cause.traceback) == ("", "")


def test_causes_of_calls_in_calls_go_back_only_so_far():
    failure = None
    for _ in range(3 * MAX_CAUSES):
        failure = Failure("Deep", "USER", "deeper", cause=failure)
    error = errors.TaskFailed("no")
    error.failure = failure
    assert len(list(chain(failure_of(error)))) == MAX_CAUSES + 1


def test_members_of_a_group_are_kept():
    def body():
        raise ExceptionGroup("several", [raised(lambda: 1 / 0), ValueError("no")])

    traceback = failure_of(raised(body)).traceback
    assert "ZeroDivisionError" in traceback
    assert "ValueError: no" in traceback


def test_a_long_message_and_a_long_traceback_are_shortened():
    failure = failure_of(raised(lambda: exec("raise ValueError('<' + 'x' * 1_000_000 + '>')")))
    assert len(failure.message) < MAX_MESSAGE + 100
    assert failure.message.startswith("<xxx")
    assert failure.message.endswith("xxx>")
    assert "characters left out" in failure.message
    assert len(failure.traceback) < MAX_TRACEBACK + 100


def test_an_exception_that_has_no_text_is_still_described():
    class Broken(Exception):
        def __str__(self):
            raise ValueError("no text")

    failure = failure_of(Broken())
    assert failure.code == "Broken"
    assert "Broken" in failure.message


def test_an_exception_that_misbehaves_is_still_described():
    class Broken(Exception):
        @property
        def error_code(self):
            raise ValueError("no code")

    class Status:
        def __repr__(self):
            raise ValueError("no status")

    assert failure_of(Broken("no")).code == "Broken"
    assert "SystemExit" in failure_of(SystemExit(Status())).message


def test_bytes_that_are_no_text_are_spelled_out():
    def body():
        raise FileNotFoundError("caf\udce9.csv")

    failure = failure_of(raised(body))
    assert failure.message == r"caf\udce9.csv"
    assert r"FileNotFoundError: caf\udce9.csv" in failure.traceback


@pytest.mark.parametrize(("value", "text"), [(3, "3"), ("why", "'why'"), (None, "None")])
def test_sys_exit_tells_its_status(value, text):
    failure = failure_of(SystemExit(value))
    assert failure.kind == "USER"
    assert failure.message == f"sys.exit({text}) was called"
