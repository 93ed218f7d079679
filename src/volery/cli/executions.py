"""`volery executions`: what was run, what became of it, and what can be done about it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options, there
from volery.cli.document import document, storage_url
from volery.cli.executions_diff import diff
from volery.cli.executions_recover import recover
from volery.cli.executions_relaunch import relaunch
from volery.cli.executions_resume import abort, resume
from volery.cli.executions_signal import signal
from volery.cli.executions_watch import logs, watch
from volery.cli.named import ExecutionName, home_of
from volery.cli.output import instant, phase, print_json, say, seconds, table
from volery.data.current import using
from volery.engine.model import Phase

if TYPE_CHECKING:
    from volery.store.base import ExecutionRecord

PHASES = ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
"""The phases that an execution can be in."""


class InOrder(click.Group):
    """A group whose help names the commands as they stand in the code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(self.commands)


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


@click.group(cls=InOrder, help=HELP)
def executions() -> None:
    """The commands below."""


@executions.command(
    "list",
    params=[
        click.Option(
            ["--limit"],
            type=click.IntRange(min=1),
            metavar="N",
            default=20,
            help="Show at most so many.  [default: 20]",
        ),
        click.Option(
            ["--phase", "phases"],
            multiple=True,
            type=click.Choice(PHASES),
            help="Only in this phase; may be given again.",
        ),
        there.server(),
        options.home(),
        options.output(),
    ],
)
def list_(**given: Any) -> None:
    """List executions, newest first.

    RUNNING (interrupted) means that the process which drove it is gone: nothing is lost, and
    volery executions resume finishes it.
    """
    if there.is_meant(given):
        from volery.cli import executions_there

        executions_there.list_(given)
        return
    from volery.services import records

    home = home_of(given)
    phases = tuple(Phase(name) for name in given["phases"])
    found: list[ExecutionRecord] = []
    interrupted: set[str] = set()
    try:
        with records.opened(home) as store:
            found = records.newest(store, given["limit"], phases)
            interrupted = {each.id for each in found if records.is_interrupted(home, store, each)}
    except records.NothingYet as error:
        say(error.message)
    if given["output"] == "json":
        print_json([document(each) | {"interrupted": each.id in interrupted} for each in found])
        return
    header = ("NAME", "ENTITY", "PHASE", "STARTED", "TOOK")
    click.echo(table([header, *_rows(found, interrupted)]))
    if interrupted:
        say(f"finish what was interrupted: volery executions resume{options.home_flag(given)}")


def _rows(found: list[ExecutionRecord], interrupted: set[str]) -> Iterator[tuple[str, ...]]:
    now = time.time()
    for each in found:
        stopped = " (interrupted)" if each.id in interrupted else ""
        yield (
            each.id,
            each.entity.name,
            phase(each.phase, sys.stdout) + stopped,
            instant(each.created),
            "" if stopped else seconds((each.ended or now) - each.created),
        )


@executions.command(
    "get",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        there.server(),
        options.home(),
        options.output(),
    ],
    short_help="Show one execution: its nodes, inputs, outputs, and why it failed.",
)
def get(name: str, **given: Any) -> None:
    """Show one execution: its nodes, inputs, outputs, and why it failed.

    NAME is one that volery executions list shows, or that stands beside a launch plan node. Of many
    nodes and long values a part is shown; --output json leaves nothing out.
    """
    if there.is_meant(given):
        from volery.cli import executions_there

        executions_there.get(name, given)
        return
    from volery.cli.page import Page
    from volery.services import records
    from volery.services.logs import Logs

    home = home_of(given)
    with records.opened(home) as store:
        record = records.find(store, name)
        interrupted = records.is_interrupted(home, store, record)
        with using(home.storage(storage_url(record))):
            page = Page(
                store,
                record,
                interrupted=interrupted,
                logs=Logs(home, home.storage(), store).any_of(record),
                home_flag=options.home_flag(given),
            )
            if given["output"] == "json":
                print_json(page.document())
                return
            text = page.text()
    click.echo(text)
    if interrupted:
        say(f"finish it: volery executions resume {record.id}{options.home_flag(given)}")


for command in (watch, logs, resume, recover, relaunch, signal, abort, diff):
    executions.add_command(command)
