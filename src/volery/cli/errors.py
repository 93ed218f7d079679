"""How errors are told, and the exit status of each."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click

from volery.cli.output import say, styled
from volery.errors import ExecutionError, Unavailable, VoleryError

FAILED = 1
"""An execution did not succeed."""
WRONG_USE = 2
"""A command line, a file or a setting that cannot be used."""
NO_SERVER = 3
"""No server is reached, or it cannot do it now."""
BUG = 70
"""An error that Volery did not expect (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""Ctrl-C (128 + SIGINT)."""
TERMINATED = 143
"""SIGTERM (128 + SIGTERM)."""


class Terminated(KeyboardInterrupt):
    """A SIGTERM that is to end all at once, as Ctrl-C does."""


def tell(error: BaseException) -> int:
    """Print an error to stderr as its reader needs it. Returns the exit status."""
    match error:
        case VoleryError():
            complain(error.message, error.hint)
            for note in getattr(error, "__notes__", ()):
                say(note)
            return _status(error)
        case click.exceptions.NoArgsIsHelpError():
            say(error.format_message())
            return WRONG_USE
        case click.UsageError():
            help_text = f"see {error.ctx.command_path} --help" if error.ctx else None
            complain(error.format_message(), help_text)
            return WRONG_USE
        case click.ClickException():
            complain(error.format_message())
            return WRONG_USE
        case click.Abort() | KeyboardInterrupt():
            complain("interrupted")
            # click raises its own from it
            return TERMINATED if isinstance(error.__cause__, Terminated) else INTERRUPTED
        case SystemExit():
            return error.code if isinstance(error.code, int) else FAILED
        case BrokenPipeError():  # as in `volery executions list | head`: nothing is wrong
            _close_stdout()
            return 0
        case OSError():
            _close_stdout()
            complain(*_trouble(error))
            return WRONG_USE
        case _:
            traceback.print_exception(error)
            complain(
                f"this is a bug in Volery: {type(error).__name__}: {error}",
                "please report it with the lines above and the output of volery version",
            )
            return BUG


def _status(error: VoleryError) -> int:
    match error:
        case ExecutionError():
            return FAILED
        case Unavailable():
            return NO_SERVER
        case _:
            return WRONG_USE


def _trouble(error: OSError) -> tuple[str, str | None]:
    """What the system refuses, and what to do about it."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}", None
    try:
        Path.cwd()
    except FileNotFoundError:
        return "the current folder is gone", "cd to one that is there"
    return f"output cannot be written: {error.strerror or error}", None


def complain(message: str, hint: str | None = None) -> None:
    """Print an error, and below it what to do about it, to stderr."""
    say(f"{styled('error:', sys.stderr, fg='red', bold=True)} {message}")
    for line in (hint or "").splitlines():
        say(f"  {styled('hint:', sys.stderr, fg='cyan')} {line}")


def _close_stdout() -> None:
    # Python would complain once more when it flushes stdout at exit, so it now leads nowhere.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
