"""The user's code, while it runs in this process."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException, extract_tb

from volery.errors import RegistrationError, VoleryError

_OURS = str(Path(__file__).parent.parent)
_PYTHONS = sysconfig.get_path("stdlib")


@contextmanager
def users_code() -> Generator[None]:
    """While code of the user runs here, what it prints goes to stderr: stdout is for results.

    Raises:
        RegistrationError: in place of what the user's code raises, with the user's traceback.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except VoleryError:
        raise
    except (Exception, SystemExit) as error:
        frames = _users_frames(error)
        if not frames:  # a mistake of ours
            raise
        shown = TracebackException.from_exception(error)
        shown.stack = StackSummary.from_list(frames)
        told = "".join(shown.format()).rstrip()
        raise RegistrationError(f"your code raised {type(error).__name__}\n{told}") from error


def _users_frames(error: BaseException) -> list[FrameSummary]:
    """Where in the user's code an error comes from; empty where it comes from ours."""
    frames = extract_tb(error.__traceback__)
    ours = [index for index, each in enumerate(frames) if each.filename.startswith(_OURS)]
    below = frames[ours[-1] + 1 :]
    return [] if below and below[0].filename.startswith(_PYTHONS) else below
