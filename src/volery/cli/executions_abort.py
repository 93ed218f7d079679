"""`volery executions abort`: an execution is stopped, whether somebody drives it or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.named import ExecutionName, home_of
from volery.cli.output import phase, print_json, say
from volery.errors import ConfigError

if TYPE_CHECKING:
    from volery.wire.executions import Execution


HELP = """Stop an execution, whether a process drives it or not.

Tasks that run are ended, and what waits never starts, also in executions that launch plans in it
have started. What has succeeded stays on record. A failure handler still runs; abort again to end
that, too.

\b
  volery executions abort nightly --reason "wrong month"
"""


@click.command(
    "abort",
    help=HELP,
    short_help="Stop an execution.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Option(["--reason"], default="from the command line", help="Why; it is recorded."),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def abort(name: str, reason: str, **given: Any) -> None:
    """See `HELP`."""
    with there.backend(given) as backend:
        execution = backend.execution(name)
        if execution.ended is not None or not backend.abort(name, reason):
            ended = backend.execution(name).phase
            raise ConfigError(f"execution {name} has ended: it is {ended}")
    if execution.driven or there.is_meant(given):
        say(f"{name} was asked to stop; whoever drives it does so")
    else:
        say(f"{name} {phase(_ended(execution, given), sys.stderr)}")
    if given["output"] == "json":
        print_json({"execution": name, "reason": reason})


def _ended(execution: Execution, given: dict[str, Any]) -> str:
    """The phase that an execution ends in whose abort nobody else is there to carry out."""
    from volery.services.engine import embedded
    from volery.services.executors import executors_of

    home = home_of(given)
    roots = [execution.code_folder, *sys.path]  # for a failure handler
    storage = home.storage(execution.storage)
    with embedded(
        home.folder,
        database=home.url,
        storage=storage,
        import_roots=roots,
        executors=executors_of(options.settings_of(given)),
    ) as engine:
        return engine.resume(execution.root).phase
