"""What pyarrow raises about frames and files, as errors of ours."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from volery.errors import MissingContent, TypeMismatch, VoleryError
from volery.types.frames.arrow import pa
from volery.types.mismatch import at

FAULTS: Final = (
    pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, NotImplementedError,
)  # fmt: skip
"""What pyarrow raises about data."""


@contextmanager
def reading(what: str, path: str, file: str = "") -> Generator[None]:
    """Have a file that cannot be read be an error about a value.

    Args:
        what: what is read, such as ``parquet``.
        path: where the frame stands in the whole.
        file: the URI of the file, if it has one.
    """
    try:
        yield
    except VoleryError:
        raise
    except FileNotFoundError as error:
        raise MissingContent(
            f"the frame{at(path)} is not where it was: {first_line(error)}", path=path
        ) from error
    except FAULTS as error:
        got = f"{file}, which" if file else "a file that"
        raise TypeMismatch(
            f"expected a frame in format {what}, got {got} cannot be read as one{at(path)}",
            hint=first_line(error),
            path=path,
        ) from error


@contextmanager
def writing(what: str, path: str) -> Generator[None]:
    """Have a frame that a format or Arrow cannot hold be an error about a value.

    Args:
        what: where it does not go, such as ``csv``.
        path: where the frame stands in the whole.
    """
    try:
        yield
    except VoleryError:
        raise
    except FAULTS as error:
        raise TypeMismatch(
            f"the frame{at(path)} cannot be written as {what}", hint=first_line(error), path=path
        ) from error


def first_line(error: Exception) -> str:
    """What an error says, in one line of bounded length."""
    told = "; ".join(map(str, error.args)) or type(error).__name__
    if isinstance(error, UnicodeError):
        told = str(error)  # its arguments hold what cannot be printed
    return told.partition("\n")[0][:300]
