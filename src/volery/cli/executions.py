"""`volery executions`: what was run, what became of it, and what can be done about it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from volery.cli import options
from volery.cli.document import code_folder, document, storage_url
from volery.cli.errors import INTERRUPTED, tell
from volery.cli.output import instant, phase, print_json, say, seconds, table
from volery.data.current import using
from volery.engine.model import Phase
from volery.errors import ConfigError, VoleryError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from volery.services.home import Home
    from volery.store.base import ExecutionRecord, Store


PHASES = ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
"""The phases that an execution can be in."""


class ExecutionName(click.ParamType[str]):
    """The name of an execution; the shell completes it from the newest ones."""

    name = "name"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 (click's signature)
        incomplete: str,
    ) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from volery.services import records

        try:
            with records.opened(_home(ctx.params)) as store:
                found = records.newest(store, 200)
        except VoleryError:
            return []
        return [
            CompletionItem(each.id, help=f"{each.entity.name} {each.phase}")
            for each in found
            if each.id.startswith(incomplete)
        ]


def _home(params: dict[str, Any]) -> Home:
    from volery.services.home import Home

    return Home(options.settings_of({"home": params.get("home")}).home)


class InOrder(click.Group):
    """A group whose help names the commands as they stand in the code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(self.commands)


HELP = """See, resume and abort what was run.

Everything that volery run starts is recorded in the home: nodes, attempts, inputs, outputs and
failures.

\b
  volery executions list --phase FAILED   what went wrong lately
  volery executions get NAME              one of them, with its traceback
  volery executions resume                finish what a crash or a kill cut off
"""


@click.group(cls=InOrder, help=HELP)
def executions() -> None:
    """The commands below."""


# -- list and get ----------------------------------------------------------------------------


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
        options.home(),
        options.output(),
    ],
)
def list_(**given: Any) -> None:
    """List executions, newest first.

    RUNNING (interrupted) means that the process which drove it is gone: nothing is lost, and
    volery executions resume finishes it.
    """
    from volery.services import records

    home = _home(given)
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
    from volery.cli.page import Page
    from volery.services import records

    home = _home(given)
    with records.opened(home) as store:
        record = records.find(store, name)
        interrupted = records.is_interrupted(home, store, record)
        with using(home.storage(storage_url(record))):
            page = Page(store, record, interrupted=interrupted, logs=home.logs / record.id)
            if given["output"] == "json":
                print_json(page.document())
                return
    click.echo(page.text())
    if interrupted:
        say(f"finish it: volery executions resume {record.id}{options.home_flag(given)}")


# -- resume and abort ------------------------------------------------------------------------


@executions.command(
    "resume",
    params=[
        click.Argument(["name"], type=ExecutionName(), required=False),
        options.storage(),
        *options.driving(),
    ],
    short_help="Finish what was interrupted.",
)
def resume(name: str | None, **given: Any) -> int:
    """Finish what was interrupted: NAME, or all executions that nobody drives any more.

    What has succeeded is not run again; the rest runs your code as it is now. Attempts that were
    under way are repeated. What a living process drives is left alone.
    """
    from volery.services import records

    if given["storage"] is not None and not name:
        raise ConfigError(
            "--storage: it says where the data of one execution is, and none is named",
            hint="volery executions resume NAME --storage URL",
        )
    home = _home(given)
    with records.opened(home) as store:
        if name:
            found = [records.top_of(store, _open_one(store, name))]
        else:
            unfinished = records.newest(store, sys.maxsize, (Phase.RUNNING,))
            found = [each for each in unfinished if records.is_interrupted(home, store, each)]
    if not found:
        say("nothing to resume")
    status = 0
    for record in found:
        try:
            status = max(status, _drive_on(home, record, given))
        except Exception as error:  # whatever is wrong with one, the others can be finished
            if name:
                raise
            status = max(status, tell(error))
        if status == INTERRUPTED:
            break
    return status


def _open_one(store: Store, name: str) -> ExecutionRecord:
    """An execution that can still be resumed or aborted. Raises NotFound, ConfigError."""
    from volery.services import records

    record = records.find(store, name)
    if record.phase.terminal:
        raise ConfigError(f"execution {record.id} has ended: it is {record.phase}")
    return record


def _drive_on(home: Home, record: ExecutionRecord, given: dict[str, Any]) -> int:
    from volery.cli.drive import Driver, Manner
    from volery.cli.labels import Labels
    from volery.services import records
    from volery.services.engine import embedded

    recorded = home.storage(storage_url(record))
    storage = options.storage_to_drive(record.id, recorded, home, given)
    with records.opened(home) as store:
        bundle = records.bundle_of(store, record)
    driver = Driver(
        record.entity.name,
        Labels(bundle, record.entity),
        records.interface_of(bundle, record).outputs,
        Manner.of(given),
    )
    with embedded(
        home.folder,
        storage=storage,
        workers=options.settings_of(given).workers,
        import_roots=_import_roots(record, options.home_flag(given)),
        on_print=driver.view.printed,
    ) as engine:
        engine.take_over(record.id)
        return driver.drive(engine, record.id)


def _import_roots(record: ExecutionRecord, home_flag: str) -> list[str]:
    """Where workers find the modules of an execution. Raises ConfigError: not any more."""
    root = code_folder(record)
    if root is None:
        return sys.path
    if not Path(root).is_dir():
        raise ConfigError(
            f"execution {record.id} runs code from {root}, which is gone",
            hint=f"put it back, or give up: volery executions abort {record.id}{home_flag}",
        )
    return [root, *sys.path]


@executions.command(
    "abort",
    short_help="Stop an execution.",
    params=[
        click.Argument(["name"], type=ExecutionName()),
        click.Option(["--reason"], default="from the command line", help="Why; it is recorded."),
        options.home(),
    ],
)
def abort(name: str, reason: str, **given: Any) -> None:
    """Stop an execution, whether a process drives it or not.

    Tasks that run are ended, and what waits never starts. What has succeeded stays on record.
    """
    from volery.services import records
    from volery.services.engine import embedded

    home = _home(given)
    with records.opened(home, to_write=True) as store:
        record = _open_one(store, name)
        store.abort(record.id, reason, time.time())
        driven = not records.is_interrupted(home, store, record)
    if driven:
        say(f"{record.id} was asked to stop; the process that drives it does so")
        return
    # Nobody else is there to do it.
    with embedded(home.folder, storage=home.storage(storage_url(record))) as engine:
        ended = engine.resume(record.id)
    say(f"{ended.id} {phase(ended.phase, sys.stderr)}")
