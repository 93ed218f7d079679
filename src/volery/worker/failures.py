"""From an exception of user code to a `Failure`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from volery.errors import ExecutionError, StorageError, VoleryError
from volery.ir.failure import Failure

if TYPE_CHECKING:
    import traceback
    from collections.abc import Iterator

MAX_MESSAGE = 8 * 1024
"""Longest message of a failure, in characters."""
MAX_TRACEBACK = 64 * 1024
"""Longest traceback of a failure, in characters."""
MAX_CAUSES = 8
"""Most causes that a failure goes back to."""

_OURS = __file__.removesuffix("worker/failures.py")
_PLUMBING = (
    "<frozen importlib._bootstrap>",
    "<frozen importlib._bootstrap_external>",
    "/importlib/__init__.py",
    "/contextlib.py",
    "/asyncio/runners.py",
    "/asyncio/base_events.py",
)
"""Ends of the names of files that stand between ours and the user's."""


def failure_of(exception: BaseException, *, retryable: bool = True) -> Failure:
    """Describe an exception, and those that it was raised from.

    Running out of memory is a SYSTEM failure: the machine is the cause and another attempt,
    elsewhere or with more memory, may succeed. So is a storage that fails. Everything else is the
    user's. The traceback is that of all of them together.
    """
    failure = _described(exception, MAX_CAUSES)
    return msgspec.structs.replace(
        failure,
        traceback=_traceback_of(exception),
        retryable=retryable or isinstance(exception, MemoryError),
    )


def _described(exception: BaseException, causes: int) -> Failure:
    """An exception without its traceback, and at most so many that led to it."""
    cause = _cause(exception, causes) if causes else None
    if isinstance(exception, MemoryError):
        message = str(exception) or "the task asked for more memory than there is"
        return Failure("OutOfMemory", "SYSTEM", fit(message, MAX_MESSAGE), cause=cause)
    return Failure(
        code=fit(_code(exception), MAX_MESSAGE),
        kind="SYSTEM" if isinstance(exception, StorageError) else "USER",
        message=fit(_message(exception), MAX_MESSAGE),
        cause=cause,
    )


def _cause(exception: BaseException, causes: int) -> Failure | None:
    """What an exception was raised from; of a call that did not succeed: how that failed."""
    if exception.__cause__ is not None:
        return _described(exception.__cause__, causes - 1)
    failure = exception.failure if isinstance(exception, ExecutionError) else None
    return failure and _in_short(failure, causes - 1)


def _in_short(failure: Failure, causes: int) -> Failure:
    """A failure that is on record elsewhere, with its traceback."""
    cause = failure.cause and (_in_short(failure.cause, causes - 1) if causes else None)
    return msgspec.structs.replace(failure, traceback="", cause=cause)


def _traceback_of(exception: BaseException) -> str:
    """The traceback with causes and notes, without frames of ours; empty when none are left."""
    import traceback

    whole = traceback.TracebackException.from_exception(exception, compact=True)
    links = list(_links(whole))
    for link in links:
        link.stack[:] = [frame for frame in link.stack if not _is_ours(frame.filename)]
    if not any(link.stack for link in links):
        return ""
    return fit("".join(whole.format()), MAX_TRACEBACK)


def fit(text: str, limit: int) -> str:
    """The text, or its head and tail around a line that says how much was left out.

    What no encoding can carry, such as bytes of a file's name that are no text, is spelled out.
    """
    text = text.encode(errors="backslashreplace").decode()
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n... {len(text) - 2 * half} characters left out ...\n{text[-half:]}"


def _code(exception: BaseException) -> str:
    with suppress(Exception):  # it may be a property of the user's
        own = getattr(exception, "error_code", None)
        if isinstance(own, str):
            return own
    return exception.code if isinstance(exception, VoleryError) else type(exception).__name__


def _message(exception: BaseException) -> str:
    try:
        if isinstance(exception, SystemExit):
            return f"sys.exit({exception.code!r}) was called"
        return str(exception)
    except Exception:  # noqa: BLE001 - an exception of the user's may not even have a text
        return f"<{type(exception).__name__} that cannot be shown>"


def _links(whole: traceback.TracebackException) -> Iterator[traceback.TracebackException]:
    """An exception, what caused it, and the members of groups; chains may be long."""
    ahead = [whole]
    while ahead:
        link = ahead.pop()
        yield link
        others = (link.__cause__, link.__context__, *(link.exceptions or ()))
        ahead += [other for other in others if other is not None]


def _is_ours(filename: str) -> bool:
    return filename.startswith(_OURS) or filename.endswith(_PLUMBING)
