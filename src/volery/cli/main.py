"""The `volery` command.

Commands are named here and imported when they are used, so that `volery --help` loads click alone.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import click

from volery.cli.commands import Commands

if TYPE_CHECKING:
    import io

COMMANDS = {
    "run": "Run a task, workflow or launch plan here, and record it.",
    "register": "Make tasks, workflows and launch plans known, with their code.",
    "build": "Build the images that tasks describe.",
    "tasks": "See the tasks that are registered.",
    "workflows": "See the workflows that are registered.",
    "launch-plans": "See the launch plans that are registered; activate and deactivate them.",
    "serve": "Serve the API, drive executions and fire schedules.",
    "tokens": "Make and revoke the tokens with which others come in.",
    "executions": "See what was run, and act on it: resume, recover, relaunch, abort.",
    "debug": "Make an attempt again here, with its real inputs, under pdb.",
    "schedules": "See which launch plans start by themselves, and when.",
    "backfill": "Start what a schedule would have started in the past.",
    "lineage": "See where a file or a value comes from, and what has used it.",
    "cache": "See why something had to run again; forget what is kept.",
    "backup": "Copy a home that is in use.",
    "restore": "Make a home of a backup.",
    "migrate": "Bring the records to this version before a server begins.",
    "retain": "Remove what is old, and what nothing refers to any more.",
    "doctor": "Look whether everything that is needed is there and works.",
    "init": "Make a small project to start from.",
    "version": "Say which version this is.",
}
"""Every command and what it does. ``x-y`` is the object ``x_y`` in ``volery.cli.x_y``."""

EPILOG = """\b
Start here:
  volery init hello && cd hello   a small project
  volery run flow.py              what is in it, and how to run that
  volery executions list          what was run

\b
Completion in the shell (bash; zsh and fish alike), in its start-up file:
  eval "$(_VOLERY_COMPLETE=bash_source volery)"
"""


class Lazy(Commands):
    """A group that imports a command when it is asked for it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"volery.cli.{name}")
        return cast("click.Command", getattr(module, name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 (click's signature)
    if wanted:
        from volery.cli.version import text

        click.echo(text())
        ctx.exit()


@click.group(
    cls=Lazy,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Say which version this is.",
)
def volery() -> None:
    """Typed workflows in Python: checked before they run, recorded while they run."""


def run(args: Sequence[str] | None = None) -> int:
    """Carry out one command line (None: this process's). Returns the exit status."""
    try:
        status = volery.main(args, prog_name="volery", standalone_mode=False)
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is told in one place)
        from volery.cli.errors import tell

        return tell(error)
    return status if isinstance(status, int) else 0


def main() -> None:
    """Entry point of the `volery` script."""
    _complete_streams()
    status = run()
    _give_up_stderr()
    sys.exit(status)


def _give_up_stderr() -> None:
    """What stderr cannot take is no reason to fail: Python would, at its end."""
    try:
        sys.stderr.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def _complete_streams() -> None:
    """See to it that stdin, stdout and stderr are there and take any text.

    What the caller has closed leads nowhere from now on. Otherwise the next file that is opened,
    such as the database, would be what some library takes for stdout.
    """
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)
    sys.stdin = sys.stdin or open(0, closefd=False)  # noqa: SIM115 (a descriptor, open to the end)
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115 (the same)
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115 (the same)
    for stream in (sys.stdout, sys.stderr):
        cast("io.TextIOWrapper", stream).reconfigure(errors="backslashreplace")
