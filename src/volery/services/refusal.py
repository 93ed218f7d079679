"""Refusals: why a value could not be made, as the failure of what needed it.

Whatever a value does to the code that cuts and joins it, the execution goes on to its end.
"""

from __future__ import annotations

from volery.errors import ConfigError, StorageError, StoreError, TypeMismatch, VoleryError
from volery.ir.failure import Failure


def refusal(error: Exception, execution: str, path: str) -> Failure:
    """The failure that an error amounts to, at a node execution.

    Raises:
        StoreError, AssertionError: these are nobody's value: they are raised as they came.
    """
    if isinstance(error, (StoreError, AssertionError)):
        raise error
    if isinstance(error, StorageError):
        return Failure(
            error.code, "SYSTEM", str(error), path=path, execution=execution, retryable=False
        )
    if isinstance(error, (TypeMismatch, ConfigError, ValueError)):
        code = error.code if isinstance(error, VoleryError) else "Unresolved"
        return Failure(code, "USER", str(error), path=path, execution=execution, retryable=False)
    if isinstance(error, RecursionError):
        text = "a value is nested too deeply to be made"
        return Failure("TooDeep", "USER", text, path=path, execution=execution, retryable=False)
    from traceback import format_exception

    return Failure(
        "Internal",
        "SYSTEM",
        f"{type(error).__name__}: {error}",
        "".join(format_exception(error)),
        path,
        execution,
        retryable=False,
    )
