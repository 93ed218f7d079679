"""`volery executions`: what was run, what became of it, and what can be done about it."""

from __future__ import annotations

from typing import Any

import click

from volery.cli import options, there
from volery.cli.commands import Commands
from volery.cli.executions_abort import abort
from volery.cli.executions_decks import decks
from volery.cli.executions_diff import diff
from volery.cli.executions_list import list_
from volery.cli.executions_recover import recover
from volery.cli.executions_relaunch import relaunch
from volery.cli.executions_resume import resume
from volery.cli.executions_signal import signal
from volery.cli.executions_watch import logs, watch
from volery.cli.named import ExecutionName
from volery.cli.output import plainly, print_json, say

HELP = """See what was run, and act on it.

Everything that volery run starts is recorded in the home: nodes, attempts, inputs, outputs and
failures. With --server, or VOLERY_SERVER, the commands speak to a server.

\b
  volery executions list --phase FAILED   what went wrong lately
  volery executions get NAME              one of them, with its traceback
  volery executions resume                finish what a crash or a kill cut off
  volery executions recover NAME          run again what failed, and nothing that succeeded
  volery executions relaunch NAME         run it again, with other inputs if you like
  volery executions signal NAME GATE      answer a gate that waits
"""


@click.group(cls=Commands, help=HELP)
def executions() -> None:
    """The commands below."""


GET = """Show one execution: its nodes, inputs, outputs, and why it failed.

NAME is one that volery executions list shows, or that stands beside a launch plan node. Of many
nodes and long values a part is shown; --output json leaves nothing out.

\b
  volery executions get nightly
  volery executions get nightly --output json
"""


@click.command(
    "get",
    help=GET,
    params=[
        click.Argument(["name"], type=ExecutionName()),
        there.server(),
        options.home(),
        options.output(),
    ],
    short_help="Show one execution: its nodes, inputs, outputs, and why it failed.",
)
def get(name: str, **given: Any) -> None:
    """See `GET`."""
    from volery.cli.page import Page

    with there.backend(given, reading=True) as backend:
        execution = backend.execution(name)
        page = Page(backend, execution, there.flag(given))
        if given["output"] == "json":
            with there.storage(backend, given, execution):
                print_json(page.document())
            return
        click.echo(plainly(page.text()))
    if not execution.driven and not there.is_meant(given):
        say(f"finish it: volery executions resume {name}{there.flag(given)}")


for command in (list_, get, watch, logs, decks, resume, recover, relaunch, signal, abort, diff):
    executions.add_command(command)
